"""Shuttles in campus words: stops, routes, and when which bus leaves where."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from campus.record import Record
from campus.text import Text


class StopKey(NamedTuple):
    system: str
    stop: str


class Stop(Record, frozen=True):
    key: StopKey
    campus: str
    name: Text
    latitude: float
    longitude: float

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


class StopTime(Record, frozen=True):
    """A trip's call at a stop; times count from the start of the service day and may pass 24 hours."""

    stop: str
    sequence: int
    arrives: timedelta
    departs: timedelta


class Trip(Record, frozen=True):
    id: str
    route: str
    service: str
    headsign: str | None
    calls: Sequence[StopTime]
    """In order of sequence."""


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
    expected_at: datetime | None = None
    """By the vehicle's own report; None where it reports nothing."""
    cancelled: bool = False


class TripUpdate(Record, frozen=True):
    cancelled: bool
    delays: Mapping[int, timedelta]
    """By stop sequence; holds for the following stops too, until the next one told."""

    def delay_at(self, sequence: int) -> timedelta | None:
        told = [each for each in sorted(self.delays) if each <= sequence]
        return self.delays[told[-1]] if told else None


class TripUpdates(Record, frozen=True):
    """What the vehicles report, by trip and service day."""

    as_of: datetime
    by_trip: Mapping[tuple[str, date | None], TripUpdate]

    def of(self, departure: Departure) -> TripUpdate | None:
        return self.by_trip.get((departure.trip, departure.service_day)) or self.by_trip.get((departure.trip, None))
