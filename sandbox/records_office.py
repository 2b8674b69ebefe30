"""The campuses' records offices: what grades and affairs come to, on file beside a student's enrolments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from .elsewhere import exchange_in
from .finance_office import FinanceOffice
from .grades import PASSED, term_average
from .personas import PERSONAS
from .student_file import Account, CreditTransfer, Exchange, Hold, Standing, StudentFile
from .terms import is_main
from .university import Course, Person, StudentRecord, Term, Text

_AFFAIRS = {persona.id: persona.affairs for persona in PERSONAS}
_CHANCES = {"exchange": 0.06, "transcript": 0.04, "library": 0.04, "documents": 0.03}
_OFFICES = {
    "CWB": {"registry": "Academic Registry, arreg@ust.example", "finance": "Finance Office, fo@ust.example"},
    "GZ": {
        "registry": "Academic Registry, arreg@hkust-gz.example",
        "finance": "Finance Office, fo@hkust-gz.example",
    },
}
_REASONS: Mapping[str, tuple[Text, bool, str]] = {
    # affair: (reason, whether it blocks enrolment, office)
    "fees": (
        {"en": "Fees are overdue", "zh-hant": "費用逾期未繳", "zh-hans": "费用逾期未缴"},
        True,
        "finance",
    ),
    "warning": (
        {"en": "Meet your advisor before you enrol", "zh-hant": "選課前請先約見導師", "zh-hans": "选课前请先约见导师"},
        True,
        "registry",
    ),
    "documents": (
        {"en": "Student visa not shown", "zh-hant": "未出示學生簽證", "zh-hans": "未出示学生签证"},
        True,
        "registry",
    ),
    "transcript": (
        {"en": "Transcripts are withheld", "zh-hant": "暫停發出成績單", "zh-hans": "暂停发出成绩单"},
        False,
        "registry",
    ),
    "library": (
        {"en": "Library items long overdue", "zh-hant": "圖書逾期已久", "zh-hans": "图书逾期已久"},
        False,
        "registry",
    ),
}


@dataclass(frozen=True, slots=True)
class RecordsOffice:
    """Files what the terms have brought; draws for each person apart, so that nobody's file depends on another's."""

    seed: int
    terms: Sequence[Term]
    """From the first there is to the current one."""
    now: datetime
    courses: Mapping[str, Mapping[str, Course]]
    """By campus and code."""

    def filed(self, person: Person) -> Person:
        """The person with a file in each record."""
        return replace(
            person,
            records={
                campus: replace(record, file=self._file(person, record)) for campus, record in person.records.items()
            },
        )

    def _file(self, person: Person, record: StudentRecord) -> StudentFile:
        dice = Random(f"{self.seed}:file:{person.key}:{record.campus}")
        at_home = record.campus == person.home_campus
        affairs = _AFFAIRS[person.persona] if person.persona else tuple(self._drawn(dice))
        office = FinanceOffice(record.campus, self.terms, self.now)
        account = office.account_of(record, dice, at_home=at_home, affairs=self._fees(person, record, affairs))
        standing = self._standing(record)
        return StudentFile(
            standing,
            tuple(self._holds(record, affairs if at_home else (), standing, account)),
            tuple(self._exchanges(record, dice)) if at_home and "exchange" in affairs else (),
            tuple(self._credit_transfers(person, record)),
            account,
        )

    def _drawn(self, dice: Random) -> Iterator[str]:
        for affair, chance in _CHANCES.items():
            if dice.random() < chance:
                yield affair

    def _fees(self, person: Person, record: StudentRecord, affairs: Sequence[str]) -> Sequence[str]:
        """Named people pay as they are said to; everybody who has graduated has paid."""
        return (*affairs, "paid") if person.persona or record.state == "finished" else affairs

    def _standing(self, record: StudentRecord) -> Standing | None:
        """By the average of the last main term that is over: below C a warning, from A- on the dean's list."""
        for term in reversed(self.terms):
            if is_main(term) and term.ends < self.now.date():
                reached = term_average(row for row in record.enrolments if row.term == term.code)
                if reached is not None:
                    state = "warning" if reached < 2 else "x-deans-list" if reached >= Decimal("3.7") else "good"
                    return Standing(state, term.code)
        return None

    def _holds(
        self, record: StudentRecord, affairs: Sequence[str], standing: Standing | None, account: Account
    ) -> Iterator[Hold]:
        today, begun = self.now.date(), self.terms[-1].starts
        overdue = [
            charge.due for charge in account.charges if charge.term == self.terms[-1].code and charge.due < today
        ]
        due_by_now = sum((charge.amount for charge in account.charges if charge.due < today), Decimal())
        paid = sum((payment.amount for payment in account.payments), Decimal())
        if paid < due_by_now and overdue:
            yield self._hold("fees", record, min(overdue) + timedelta(days=1))
        if standing and standing.state == "warning" and record.state != "finished":
            yield self._hold("warning", record, begun)
        for affair in affairs:
            if affair in _REASONS:
                yield self._hold(affair, record, begun + timedelta(days=10))

    def _hold(self, affair: str, record: StudentRecord, since: date) -> Hold:
        reason, blocks, office = _REASONS[affair]
        return Hold(reason, blocks, since, _OFFICES[record.campus][office])

    def _exchanges(self, record: StudentRecord, dice: Random) -> Iterator[Exchange]:
        """A summer elsewhere, between two years of study."""
        summers = [
            term
            for term in self.terms
            if term.code.endswith("40")
            and record.admitted < term.starts < min(record.expected_graduation, self.now.date())
            and not any(row.term == term.code for row in record.enrolments)
        ]
        if summers:
            yield exchange_in(dice, dice.choice(summers).code)

    def _credit_transfers(self, person: Person, record: StudentRecord) -> Iterator[CreditTransfer]:
        """What this campus recognises of the other: two courses passed there, and one asked for that still runs."""
        own = [course for course in self.courses[record.campus].values() if course.units]
        for campus, other in person.records.items():
            if campus == record.campus or not own:  # a file of one term may hold nothing that counts
                continue
            rows = [row for row in other.enrolments if row.units]
            passed = [row for row in rows if row.grade in PASSED and row.grade != "T"][:2]
            running = [row for row in rows if row.grade is None and row.state == "associated"][:1]
            for row, state in [*((row, "approved") for row in passed), *((row, "requested") for row in running)]:
                fitting = [course for course in own if course.units == row.units] or own
                taken = Random(f"{record.number}:{row.course_code}").choice(fitting)
                yield CreditTransfer(campus, row.course_code, row.term, taken.code, row.units, state)
