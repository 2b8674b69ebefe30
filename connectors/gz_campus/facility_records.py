"""Facilities in campus words: what can be booked, when it is open and taken, and what somebody has booked."""

import enum
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from campus.location import Location
from campus.record import Record
from campus.text import Text
from campus.timetable import Day


class FacilityKey(NamedTuple):
    system: str
    facility: str


class SystemDay(NamedTuple):
    """One day of one booking system, on the campus's calendar."""

    system: str
    day: date


class OpeningHours(Record, frozen=True):
    """One stretch of one day of the week; a facility may have several, and none on a day when it is closed."""

    day: Day
    from_: time
    until: time
    """00:00 is the end of the day; what is not after `from_` is of the day after."""
    slot: int | None = None
    """Minutes of which a booking is made up, counted from `from_`; None where slots are not all alike."""


class BookingRules(Record, frozen=True):
    """What a facility asks of whoever books it. All in minutes; None where it asks for nothing."""

    shortest: int | None = None
    longest: int | None = None
    notice: int | None = None
    """How long before its beginning it must be booked."""
    ahead: int | None = None
    """How long from now it must have ended."""
    cancelled_before: int | None = None
    """How long before its beginning it must be given back."""
    across_days: bool = True
    most_a_day: int | None = None
    """Bookings that one person may have on a day, in all facilities of the system."""


class Closure(NamedTuple):
    """A time in which the office keeps a facility closed although it would be open."""

    start: datetime
    end: datetime


class Facility(Record, frozen=True):
    key: FacilityKey
    campus: str
    name: Text
    kind: str | None
    """The system's own word: Hall, Meeting room."""
    capacity: int | None
    """People."""
    location: Location
    opening_hours: Sequence[OpeningHours]
    closures: Sequence[Closure]
    """Those of the coming days, as far as they were asked for, in order of time."""
    at_once: int
    """Bookings of the same time that it has room for."""
    in_service: bool
    needs_approval: bool
    """Whether a booking waits until somebody agrees to it."""
    needs_check_in: bool
    rules: BookingRules


class Taken(NamedTuple):
    """A time in which a facility is booked, the time to make it ready included. By whom stays in the system."""

    start: datetime
    end: datetime


class SlotState(enum.Enum):
    FREE = "FREE"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"


class Slot(Record, frozen=True):
    from_: datetime
    until: datetime
    state: SlotState


class BookingState(enum.Enum):
    PENDING_APPROVAL = "PENDING_APPROVAL"
    CONFIRMED = "CONFIRMED"
    CHECKED_IN = "CHECKED_IN"
    CHECKED_OUT = "CHECKED_OUT"


class Booking(Record, frozen=True):
    """What one person has booked. Two facilities booked as one are two of these, of one reference."""

    system: str
    campus: str
    owner: str
    """Account of the person in this system."""
    reference: str
    facility: FacilityKey
    facility_name: str
    title: str | None
    starts: datetime
    ends: datetime
    state: BookingState
    needs_check_in: bool
    check_in_until: datetime | None
    """After that moment an unused facility is given to others; None where it is kept, or is used already."""
    checked_in_at: datetime | None
    checked_out_at: datetime | None

    @property
    def id(self) -> str:
        return f"{self.reference}/{self.facility.facility}"
