"""Booking in campus words: what a facility asks of whoever books it, what is wished for, and what comes of it."""

import enum
from datetime import datetime

from campus.record import Record

from .facility_records import Booking, FacilityKey


class BookingWish(Record, frozen=True):
    """One stretch of time in one facility."""

    facility: FacilityKey
    starts: datetime
    ends: datetime
    title: str = ""


class BookingRefusalReason(enum.Enum):
    IN_THE_PAST = "IN_THE_PAST"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    NOT_PERMITTED = "NOT_PERMITTED"
    ACROSS_DAYS = "ACROSS_DAYS"
    CLOSED = "CLOSED"
    BETWEEN_SLOTS = "BETWEEN_SLOTS"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    TOO_SOON = "TOO_SOON"
    TOO_FAR_AHEAD = "TOO_FAR_AHEAD"
    QUOTA = "QUOTA"
    OTHER = "OTHER"


class BookingRefused(Record, frozen=True):
    """A rule of the facility's is in the way."""

    reason: BookingRefusalReason
    words: str | None = None
    """The booking system's own, where it refused for a reason that we did not foresee."""


class SlotTaken(Record, frozen=True):
    """Others were first. Who they are stays in the system."""

    facility: FacilityKey | None
    """None where the booking system does not know what was wanted."""
    starts: datetime
    ends: datetime


class BookingOutcome(Record, frozen=True):
    """What came of a wish: exactly one of these."""

    booked: Booking | None = None
    taken: SlotTaken | None = None
    refused: BookingRefused | None = None


class CancellationRefusalReason(enum.Enum):
    BEGUN = "BEGUN"
    TOO_LATE = "TOO_LATE"
    OTHER = "OTHER"


class CancellationRefused(Record, frozen=True):
    """The booking stands."""

    reason: CancellationRefusalReason
    words: str | None = None
    """The booking system's own, where it refused for a reason that we did not foresee."""
