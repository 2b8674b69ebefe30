"""The whole schedule of one shuttle operator, in memory, and the question everybody asks of it: when does one leave?"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

import msgspec
from cachetools import LRUCache

from campus.record import Record

from .records import Crossing, Departure, Route, ServiceDays, Stop, StopTime, Trip

HORIZON = timedelta(days=2)
"""How far ahead a departure is looked for: the night and a day without service lie between."""

WAYS = 32
"""From one stop to another on one day, of which it is remembered what leaves there."""


class ShuttleTimetable(Record, frozen=True):
    system: str
    campus: str
    zone: tzinfo
    stops: Mapping[str, Stop]
    routes: Mapping[str, Route]
    trips: Mapping[str, Trip]
    service_days: Mapping[str, ServiceDays]
    etag: str | None
    """By which the operator tells whether anything changed."""

    _known: LRUCache[tuple[date, str | None, str | None], Sequence[Departure]] = msgspec.field(
        default_factory=lambda: LRUCache(WAYS)
    )
    """By the day on which somebody asks, and from where to where."""

    def departures(self, now: datetime, origin: str | None, destination: str | None, limit: int) -> list[Departure]:
        """The next departures from one stop (or from any trip's first), to another where one is named."""
        if any(stop and stop not in self.stops for stop in (origin, destination)):
            return []
        asked = now.astimezone(self.zone).date(), origin, destination
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._around(*asked)
        begin = bisect_left(known, now, key=lambda departure: departure.scheduled_at)
        return [each for each in known[begin : begin + limit] if each.scheduled_at <= now + HORIZON]

    def _around(self, day: date, origin: str | None, destination: str | None) -> list[Departure]:
        """All that somebody who asks on this day may be told. A service day reaches into the next calendar day, so it
        begins with yesterday's."""
        days = [day + timedelta(days=days) for days in range(-1, HORIZON.days + 1)]
        found = [each for trip in self.trips.values() for each in self._of_trip(trip, days, origin, destination)]
        return sorted(found, key=lambda departure: (departure.scheduled_at, departure.trip))

    def _of_trip(
        self, trip: Trip, days: Sequence[date], origin: str | None, destination: str | None
    ) -> Iterator[Departure]:
        leg = _leg(trip, origin, destination)
        if leg is None:
            return
        board, leave = leg
        ridden = [call for call in trip.calls if board.sequence <= call.sequence <= leave.sequence]
        for day in days:
            start = datetime.combine(day, time(), self.zone)
            if self.service_days[trip.service].runs(day):
                yield Departure(
                    system=self.system,
                    campus=self.campus,
                    route=self.routes[trip.route],
                    trip=trip.id,
                    service_day=day,
                    headsign=trip.headsign,
                    origin=self.stops[board.stop],
                    origin_sequence=board.sequence,
                    destination=self.stops[leave.stop],
                    scheduled_at=start + board.departs,
                    arrives_at=start + leave.arrives,
                    crossings=list(self._crossings(ridden, start)),
                    stops=frozenset(call.stop for call in ridden),
                    direction=trip.direction,
                )

    def _crossings(self, ridden: Sequence[StopTime], start: datetime) -> Iterator[Crossing]:
        """GTFS has no word for a border. Where the time zone changes from one stop to the next, there is one."""
        for before, after in pairwise(ridden):
            exit_, entry = self.stops[before.stop], self.stops[after.stop]
            if exit_.zone and entry.zone and exit_.zone != entry.zone:
                yield Crossing(
                    exit=exit_,
                    entry=entry,
                    arrives_at=start + before.arrives,
                    continues_at=start + after.departs,
                )


def _leg(trip: Trip, origin: str | None, destination: str | None) -> tuple[StopTime, StopTime] | None:
    """Where one gets on and off; None where the trip does not go that way. The last call is no departure."""
    board = next((call for call in trip.calls[:-1] if call.boards and origin in (None, call.stop)), None)
    if board is None:
        return None
    later = [call for call in trip.calls if call.sequence > board.sequence and call.alights]
    if destination:
        later = [call for call in later if call.stop == destination][:1]
    return (board, later[-1]) if later else None
