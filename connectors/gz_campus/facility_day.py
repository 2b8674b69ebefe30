"""A day of a facility: its opening hours, cut where it becomes taken, free or closed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from campus.timetable import DAYS

from .facility_records import Facility, OpeningHours, Slot, SlotState, Taken


def slots(facility: Facility, day: date, taken: Sequence[Taken], zone: tzinfo) -> list[Slot]:
    """In order of time; none where it is closed that day or out of service. `day` is one on the clock of `zone`."""
    if not facility.in_service:
        return []
    today = DAYS[day.weekday()]
    found: list[Slot] = []
    for hours in facility.opening_hours:
        if hours.day.value == today:
            found += _cut(*_span(hours, day, zone), facility, taken)
    return found


def _span(hours: OpeningHours, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day + timedelta(days=1) if hours.until <= hours.from_ else day
    return datetime.combine(day, hours.from_, zone), datetime.combine(last, hours.until, zone)


def _cut(opens: datetime, closes: datetime, facility: Facility, taken: Sequence[Taken]) -> Iterator[Slot]:
    """Neighbours of one state are one slot, however many bookings make it up."""
    spans = (*taken, *facility.closures)
    edges = sorted({opens, closes, *(edge for each in spans for edge in each if opens < edge < closes)})
    begun, state = opens, None
    for start, end in pairwise(edges):
        now = _state(start, end, facility, taken)
        if state not in (None, now):
            yield Slot(from_=begun, until=start, state=state)
            begun = start
        state = now
    if state:
        yield Slot(from_=begun, until=closes, state=state)


def _state(start: datetime, end: datetime, facility: Facility, taken: Sequence[Taken]) -> SlotState:
    """What is closed and booked is taken: whoever booked it was told before us whether that still holds."""
    if sum(each.start < end and each.end > start for each in taken) >= facility.at_once:
        return SlotState.TAKEN
    closed = any(each.start < end and each.end > start for each in facility.closures)
    return SlotState.CLOSED if closed else SlotState.FREE
