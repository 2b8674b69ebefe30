"""The academic calendar in campus words: what a term has beside lessons, when there are none, and which phase it is."""

import enum
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from campus.record import Record
from campus.text import Text
from campus.timetable import Day, SchoolDays


class CalendarKind(enum.Enum):
    TERM = "TERM"
    BEFORE_TERM = "BEFORE_TERM"
    ADD_DROP = "ADD_DROP"
    READING_WEEK = "READING_WEEK"
    STUDY_BREAK = "STUDY_BREAK"
    EXAMINATIONS = "EXAMINATIONS"
    PUBLIC_HOLIDAY = "PUBLIC_HOLIDAY"
    MAKE_UP_DAY = "MAKE_UP_DAY"
    OTHER = "OTHER"


WITHOUT_CLASSES = frozenset(
    {
        CalendarKind.READING_WEEK,
        CalendarKind.STUDY_BREAK,
        CalendarKind.EXAMINATIONS,
        CalendarKind.PUBLIC_HOLIDAY,
    }
)


class CalendarEvent(Record, frozen=True):
    system: str
    campus: str
    term_code: str
    kind: CalendarKind
    name: Text
    starts: date
    ends: date
    """The last day."""
    teaches_as: Day | None = None
    """Of a make-up day: the day of the week whose classes take place."""

    @property
    def without_classes(self) -> bool:
        return self.kind in WITHOUT_CLASSES

    @property
    def days(self) -> Iterator[date]:
        return (self.starts + timedelta(days=each) for each in range((self.ends - self.starts).days + 1))


def school_days(events: Sequence[CalendarEvent]) -> SchoolDays:
    """When no class meets, and when those of another day of the week do."""
    return SchoolDays(
        off=frozenset(day for event in events if event.without_classes for day in event.days),
        taught_as={day: event.teaches_as.value for event in events if event.teaches_as for day in event.days},
    )
