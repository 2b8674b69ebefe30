"""What a library tells of a reader, in campus words."""

import enum
from datetime import date, datetime

from campus.money import Money
from campus.record import Record


class Renewable(enum.Enum):
    """Whether a loan may be renewed, as far as the library tells it."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class RenewalRefusal(enum.Enum):
    """Why a loan may not be renewed."""

    RENEWED_TOO_OFTEN = "RENEWED_TOO_OFTEN"
    WANTED_BY_OTHERS = "WANTED_BY_OTHERS"
    TOO_SOON = "TOO_SOON"
    OVERDUE = "OVERDUE"
    READER_BLOCKED = "READER_BLOCKED"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_ON_LOAN = "NOT_ON_LOAN"
    OTHER = "OTHER"


class HoldState(enum.Enum):
    REQUESTED = "REQUESTED"
    IN_PROCESS = "IN_PROCESS"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"
    OTHER = "OTHER"


class Loan(Record, frozen=True):
    system: str
    campus: str
    owner: str
    """Account of the reader in this library."""
    id: str
    title: str
    author: str | None
    barcode: str | None
    call_number: str | None
    library: str | None
    """Branch the item belongs to."""
    lent_at: datetime
    due_at: datetime
    renewable: Renewable
    renewal_refusal: RenewalRefusal | None = None
    """Only of a loan that may not be renewed, and where the library says why."""
    renewal_refusal_label: str | None = None
    """The library's own word for that."""


class Hold(Record, frozen=True):
    system: str
    campus: str
    owner: str
    id: str
    title: str | None
    author: str | None
    state: HoldState
    state_label: str
    place_in_queue: int | None
    pickup_location: str | None
    requested_at: datetime | None
    """Midnight where the library tells the day only."""
    expires: date | None
    record: str | None = None
    """The library's own number of the title."""
    cancellation_requested: bool = False
    """The reader does not want it any longer, and the library has not decided yet."""


class Fine(Record, frozen=True):
    system: str
    campus: str
    owner: str
    id: str
    reason: str
    """The library's own words for the kind of fee."""
    title: str | None
    original: Money
    balance: Money
    """What is still to be paid."""
    charged_at: datetime
