"""What comes of a change at a library, in campus words: what was done, or why the library would not."""

import enum

from campus.record import Record

from .records import Loan, RenewalRefusal


class HoldRefusal(enum.Enum):
    """Why a title is not kept for a reader."""

    ALREADY_REQUESTED = "ALREADY_REQUESTED"
    ALREADY_BORROWED = "ALREADY_BORROWED"
    TOO_MANY_HOLDS = "TOO_MANY_HOLDS"
    READER_BLOCKED = "READER_BLOCKED"
    NOT_REQUESTABLE = "NOT_REQUESTABLE"
    NOT_AT_THIS_PLACE = "NOT_AT_THIS_PLACE"
    NO_ACCOUNT = "NO_ACCOUNT"
    OTHER = "OTHER"


class CancellationRefusal(enum.Enum):
    """Why a hold is not cancelled."""

    GONE = "GONE"
    NOT_ALLOWED = "NOT_ALLOWED"
    OTHER = "OTHER"


class Renewed(Record, frozen=True):
    system: str
    owner: str
    id: str
    """Of the loan."""
    loan: Loan
    """As it is now."""


class NotRenewed(Record, frozen=True):
    system: str
    owner: str
    id: str
    reason: RenewalRefusal | None
    """Where the library says why."""
    reason_label: str | None
    """The library's own word for that."""


class HoldRefused(Record, frozen=True):
    reason: HoldRefusal
    reason_label: str | None


class HoldCancelled(Record, frozen=True):
    system: str
    owner: str
    id: str
    """Of the hold."""
    pending: bool
    """The library decides later; until then the hold stands."""


class HoldNotCancelled(Record, frozen=True):
    system: str
    owner: str
    id: str
    reason: CancellationRefusal
    reason_label: str | None


class PickupLocation(Record, frozen=True):
    """A branch where what was asked for can be fetched."""

    system: str
    campus: str
    code: str
    name: str
