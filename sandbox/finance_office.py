"""What students are charged and pay: an account per campus, in its currency. All amounts are invented."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from .student_file import Account, Charge, Payment
from .terms import is_main
from .university import CAMPUS_TIME, StudentRecord, Term, Text

CURRENCY = {"CWB": "HKD", "GZ": "CNY"}

METHODS: Mapping[str, Sequence[tuple[str, Text]]] = {
    "CWB": (
        ("fps", {"en": "Faster Payment System", "zh-hant": "轉數快", "zh-hans": "转数快"}),
        ("pps", {"en": "PPS", "zh-hant": "繳費靈", "zh-hans": "缴费灵"}),
        ("card", {"en": "Credit card", "zh-hant": "信用卡", "zh-hans": "信用卡"}),
    ),
    "GZ": (
        ("alipay", {"en": "Alipay", "zh-hant": "支付寶", "zh-hans": "支付宝"}),
        ("wechat-pay", {"en": "WeChat Pay", "zh-hant": "微信支付", "zh-hans": "微信支付"}),
    ),
}
"""How one can pay at each campus: (code, name)."""

_TUITION = {
    ("CWB", "BSC"): "22250.00", ("CWB", "MPHIL"): "21050.00", ("CWB", "PHD"): "21050.00",
    ("GZ", "BSC"): "45000.00", ("GZ", "MPHIL"): "20000.00", ("GZ", "PHD"): "20000.00",
}  # fmt: skip
"""Per main term, by campus and degree."""
_VISITING = {"CWB": "1200.00", "GZ": "600.00"}
"""What a campus charges per main term whom the other campus teaches."""
RESIDENCE = {"CWB": ("9846.50", "11930.25"), "GZ": ("1500.00", "2400.00")}
"""Per main term, by the kind of room."""
WORDS: Mapping[str, Text] = {
    "tuition": {"en": "Tuition fee", "zh-hant": "學費", "zh-hans": "学费"},
    "visiting": {"en": "Visiting student fee", "zh-hant": "訪問學生費", "zh-hans": "访问学生费"},
    "residence": {"en": "Residence fee", "zh-hant": "宿費", "zh-hans": "住宿费"},
    "deposit": {"en": "Caution money", "zh-hant": "保證金", "zh-hans": "保证金"},
}
_PAYS = ("paid",) * 6 + ("in-part", "owing", "ahead", "paid")


def payment_page(campus: str, method: str) -> str:
    """Where a student pays: there is no such place on the internet."""
    host = {"CWB": "pay.ust.example", "GZ": "pay.hkust-gz.example"}[campus]
    return f"https://{host}/{method}"


@dataclass(frozen=True, slots=True)
class FinanceOffice:
    """Keeps the accounts of one campus."""

    campus: str
    terms: Sequence[Term]
    """From the first there is to the current one."""
    now: datetime

    def account_of(self, record: StudentRecord, dice: Random, *, at_home: bool, affairs: Sequence[str]) -> Account:
        """Everything charged since admission; terms before the current one are paid, this one as `affairs` say."""
        pays = next((word for word in affairs if word in _PAYS), "") or dice.choice(_PAYS)
        charges = tuple(self._charges(record, dice, at_home=at_home, resident="resident" in affairs))
        return Account(CURRENCY[self.campus], charges, tuple(self._payments(record, charges, pays, dice)))

    def _charges(self, record: StudentRecord, dice: Random, *, at_home: bool, resident: bool) -> Iterator[Charge]:
        fee = _TUITION[self.campus, record.programme.split("-")[0]] if at_home else _VISITING[self.campus]
        room = dice.choice((*RESIDENCE[self.campus], "")) or (RESIDENCE[self.campus][0] if resident else "")
        studied = [
            term
            for term in self.terms
            if is_main(term) and record.admitted <= term.ends and term.starts < record.expected_graduation
        ]
        for term in studied:
            if term is studied[0]:
                yield self._charge("deposit", "400.00", term, timedelta(days=-14))
            yield self._charge("tuition" if at_home else "visiting", fee, term, timedelta(days=14))
            if room:
                # Paid in two instalments, the second of which is not due before the term has run for months.
                half = (Decimal(room) / 2).quantize(Decimal("0.01"))
                yield self._charge("residence", str(half), term, timedelta(days=21))
                yield self._charge("residence", str(Decimal(room) - half), term, timedelta(days=75))

    def _charge(self, item: str, amount: str, term: Term, due: timedelta) -> Charge:
        return Charge(WORDS[item], Decimal(amount), term.code, term.starts - timedelta(days=30), term.starts + due)

    def _payments(self, record: StudentRecord, charges: Sequence[Charge], pays: str, dice: Random) -> Iterator[Payment]:
        """One a term and due date."""
        owed: dict[tuple[str, date], Decimal] = {}
        for charge in charges:
            owed[charge.term, charge.due] = owed.get((charge.term, charge.due), Decimal()) + charge.amount
        current = self.terms[-1].code
        for (term, due), amount in owed.items():
            settled = self._settled(amount, due, pays) if term == current else amount
            paid = datetime.combine(due - timedelta(days=dice.randrange(1, 10)), time(9, 15), CAMPUS_TIME)
            if settled and paid < self.now:
                method, _ = dice.choice(METHODS[self.campus])
                yield Payment(settled, paid, method, f"{record.number[-4:]}{term}{due:%m%d}")

    def _settled(self, amount: Decimal, due: date, pays: str) -> Decimal:
        """How much of what is due in the current term is paid by somebody who pays like that."""
        ahead = timedelta(days=30) if pays == "ahead" else timedelta()
        if pays == "owing" or due - ahead > self.now.date():
            return Decimal()
        if pays == "ahead":
            return amount + 500
        return (amount / 2).quantize(Decimal("0.01")) if pays == "in-part" else amount
