"""What a library tells of a reader, in campus words."""

import enum
from datetime import date, datetime

from campus.money import Money
from campus.record import Record


class Renewable(enum.Enum):
    """Whether a loan may be renewed, as far as the library tells it for a list."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


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
    requested_at: datetime
    expires: date | None


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
