"""Where a person lives and what their campus card tells, in campus words."""

import enum
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from campus.location import Location
from campus.money import Money
from campus.record import Record
from campus.text import Text


class HousingState(enum.Enum):
    UPCOMING = "UPCOMING"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    CANCELLED = "CANCELLED"
    OTHER = "OTHER"


class RentPeriod(enum.Enum):
    MONTH = "MONTH"
    TERM = "TERM"
    YEAR = "YEAR"
    OTHER = "OTHER"


class RoomChange(Record, frozen=True):
    opens: date
    closes: date
    """The last day."""


class Housing(Record, frozen=True):
    """A contract for a room. Who else lives there is nowhere in it."""

    system: str
    campus: str
    owner: str
    """The number under which the housing office keeps the person."""
    id: str
    """Number of the contract."""
    state: HousingState
    state_label: Text
    starts: date
    ends: date
    residence: Text
    residence_code: str
    room: str
    location: Location
    beds: int
    roommates: int
    rent: Money
    rent_period: RentPeriod
    room_change: RoomChange | None


class CardStatus(enum.Enum):
    ACTIVE = "ACTIVE"
    FROZEN = "FROZEN"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"
    OTHER = "OTHER"


class LossState(enum.Enum):
    NOT_REPORTED = "NOT_REPORTED"
    REPORTED = "REPORTED"
    REPLACED = "REPLACED"
    OTHER = "OTHER"


class TransactionKind(enum.Enum):
    PURCHASE = "PURCHASE"
    TOP_UP = "TOP_UP"
    FEE = "FEE"
    REFUND = "REFUND"
    OTHER = "OTHER"


class CardTransaction(Record, frozen=True):
    number: int
    """Counts up with time, per card."""
    posted_at: datetime
    kind: TransactionKind
    kind_label: Text
    place: Text
    amount: Money
    """Below zero where it was spent."""
    balance: Money
    """After it."""


class Statement(Record, frozen=True):
    """A page of a card's transactions, the latest first."""

    total: int
    """Of all pages."""
    transactions: Sequence[CardTransaction]
    more: bool
    """Whether earlier ones follow."""


class StatementKey(NamedTuple):
    system: str
    account: str
    size: int
    before: int | None
    """Only transactions with a smaller number; the latest, where it is None."""


class CampusCard(Record, frozen=True):
    system: str
    campus: str
    owner: str
    """The number of the card."""
    status: CardStatus
    status_label: Text
    valid_until: date
    balance: Money
    loss_state: LossState
    loss_label: Text
    loss_reported_at: datetime | None
    latest: Statement
    """What the office told along with the card."""
