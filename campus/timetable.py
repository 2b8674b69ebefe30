"""From weekly meetings to what happens when: occurrences within a range, and which of them collide."""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Generic, NamedTuple, TypeVar


class Day(enum.Enum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


DAYS = tuple(day.value for day in Day)

What = TypeVar("What")


class Weekly(NamedTuple, Generic[What]):
    """Something that takes place each week on one day, between two dates, both included."""

    what: What
    day: str
    start: time
    end: time
    first_date: date
    last_date: date


class Occurrence(NamedTuple, Generic[What]):
    what: What
    start: datetime
    end: datetime


class SchoolDays(NamedTuple):
    """Where the calendar differs from an ordinary week."""

    off: frozenset[date] = frozenset()
    """Days on which nothing takes place."""
    taught_as: Mapping[date, str] = {}
    """Days on which what belongs to another day of the week takes place, and nothing else."""


ORDINARY = SchoolDays()


def occurrences(
    weekly: Iterable[Weekly[What]], first: date, last: date, zone: tzinfo, days: SchoolDays = ORDINARY
) -> list[Occurrence[What]]:
    """All that takes place from first to last, both included, in order of time."""
    found = [
        Occurrence(each.what, datetime.combine(day, each.start, zone), datetime.combine(day, each.end, zone))
        for each in weekly
        for day in _days(each, first, last, days)
    ]
    return sorted(found, key=lambda occurrence: (occurrence.start, occurrence.end))


def _days(weekly: Weekly[What], first: date, last: date, days: SchoolDays) -> Iterator[date]:
    begin, end = max(first, weekly.first_date), min(last, weekly.last_date)
    day = begin + timedelta(days=(DAYS.index(weekly.day) - begin.weekday()) % 7)
    while day <= end:
        if day not in days.off and day not in days.taught_as:
            yield day
        day += timedelta(days=7)
    for day, taught in days.taught_as.items():
        if taught == weekly.day and begin <= day <= end and day not in days.off:
            yield day


def conflicts(ordered: Sequence[Occurrence[What]]) -> list[tuple[Occurrence[What], Occurrence[What]]]:
    """Each pair that shares a moment; one that begins when another ends does not. Needs order of start."""
    pairs = []
    for index, earlier in enumerate(ordered):
        for later in ordered[index + 1 :]:
            if later.start >= earlier.end:
                break
            pairs.append((earlier, later))
    return pairs
