"""Shuttles in campus words: stops, routes, and when which bus leaves where by the timetable."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from campus.location import Location
from campus.record import Record
from campus.text import Text


class StopKey(NamedTuple):
    system: str
    stop: str


class Stop(Record, frozen=True):
    key: StopKey
    campus: str
    name: Text
    location: Location
    zone: str | None = None
    """Time zone of where it is, by which a feed tells the sides of a border; None where the feed does not say."""

    @property
    def code(self) -> str:
        return self.key.stop


class Route(Record, frozen=True):
    system: str
    campus: str
    id: str
    code: str
    """Short name, as on the bus."""
    name: Text
    type: int
    """Kind of vehicle, as the reference counts them; 3 is a bus."""
    agency: str | None = None


class StopTime(Record, frozen=True):
    """A trip's call at a stop; times count from the start of the service day and may pass 24 hours."""

    stop: str
    sequence: int
    arrives: timedelta
    departs: timedelta
    boards: bool = True
    """Whether one may get on there, and"""
    alights: bool = True
    """off."""


class Trip(Record, frozen=True):
    id: str
    route: str
    service: str
    headsign: str | None
    calls: Sequence[StopTime]
    """In order of sequence."""
    direction: int | None = None


class ServiceDays(Record, frozen=True):
    """On which dates a trip runs."""

    weekdays: frozenset[int]
    """0 is Monday."""
    first: date
    last: date
    added: frozenset[date]
    removed: frozenset[date]

    def runs(self, day: date) -> bool:
        if day in self.removed:
            return False
        return day in self.added or (self.first <= day <= self.last and day.weekday() in self.weekdays)


class Crossing(Record, frozen=True):
    """Where a ride passes a border: everybody walks through, from the one stop to the other."""

    exit: Stop
    entry: Stop
    arrives_at: datetime
    """At the one, by the timetable."""
    continues_at: datetime
    """From the other."""


class Departure(Record, frozen=True):
    system: str
    campus: str
    route: Route
    trip: str
    service_day: date
    headsign: str | None
    origin: Stop
    origin_sequence: int
    destination: Stop
    """The stop asked for, or the last one of the trip where none was."""
    scheduled_at: datetime
    arrives_at: datetime
    crossings: Sequence[Crossing] = ()
    stops: frozenset[str] = frozenset()
    """Codes of all stops from the one to the other."""
    direction: int | None = None
    delay: timedelta | None = None
    """By the vehicle's own report, at the origin; None where it reports nothing."""
    cancelled: bool = False

    @property
    def expected_at(self) -> datetime | None:
        return None if self.delay is None else self.scheduled_at + self.delay
