"""What a campus keeps on a student beside enrolments: standing, holds, exchanges, recognised credits, the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Origin:
    """A course as another institution gave it, before its credits were transferred."""

    institution: str
    course_code: str
    course_title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    state: str
    """good, warning, probation, or x-deans-list, which is this university's own."""
    since: str
    """Code of the term after which it was given."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that stands in a student's way until it is settled."""

    reason: Mapping[str, str]
    blocks_enrolment: bool
    since: date
    contact: str
    """Who can lift it: an office and its address."""


@dataclass(frozen=True, slots=True)
class Exchange:
    institution: str
    country: str
    """ISO 3166-1 alpha-2."""
    term: str


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """A course of the other campus, recognised here; it stands in the enrolments of the other campus alone."""

    from_campus: str
    from_course: str
    from_term: str
    to_course: str
    units: float
    state: str
    """requested, approved or refused."""


@dataclass(frozen=True, slots=True)
class Charge:
    item: Mapping[str, str]
    amount: Decimal
    term: str
    posted: date
    due: date


@dataclass(frozen=True, slots=True)
class Payment:
    amount: Decimal
    paid: datetime
    method: str
    """As in the campus's payment methods: fps, pps, alipay."""
    reference: str


@dataclass(frozen=True, slots=True)
class Account:
    currency: str
    """ISO 4217: HKD at Clear Water Bay, CNY in Guangzhou."""
    charges: Sequence[Charge]
    payments: Sequence[Payment]

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; below zero where more was paid than charged."""
        charged = sum((charge.amount for charge in self.charges), Decimal())
        return charged - self._paid

    def overdue_since(self, today: date) -> date | None:
        """The first day on which less was paid than had been due; payments settle what is due first."""
        left = self._paid
        for charge in sorted(self.charges, key=lambda charge: charge.due):
            left -= charge.amount
            if left < 0:
                return charge.due + timedelta(days=1) if charge.due < today else None
        return None

    @property
    def _paid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), Decimal())


@dataclass(frozen=True, slots=True)
class StudentFile:
    standing: Standing | None
    """None until a term is over."""
    holds: Sequence[Hold]
    exchanges: Sequence[Exchange]
    credit_transfers: Sequence[CreditTransfer]
    account: Account
