"""When and where courses examine: finals in the last weeks of a term, mid-terms in the evening where lectures are."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from zlib import crc32

from .academic_calendar import EXAMINATIONS, events_of
from .systems import CAMPUSES
from .terms import is_main, term_of
from .university import CAMPUS_TIME, Section, Term

EXAMS = frozenset({"midterm", "final"})
"""The items of an assessment that are sat in a room; the others are handed in."""
HALLS = {"CWB": "Sports Hall", "GZ": "Multifunction Hall (102), C2"}

_DAY = timedelta(days=1)
_FINAL, _MID_TERM = timedelta(hours=3), timedelta(hours=2)
_HANDED_IN = time(18, 0)


def held(term: Term, course: str, item: str, share: float) -> tuple[datetime, datetime]:
    """From when to when an item is sat, or the moment until which it is handed in.

    share: how much of the term is over by then; a mid-term is within that fortnight, a final in the last weeks.
    """
    day = term.starts + (term.ends - term.starts) * share
    if item not in EXAMS:
        due = datetime.combine(day, _HANDED_IN, CAMPUS_TIME)
        return due, due
    starts = _finals(term.code) if item == "final" else _mid_terms(term.code, day)
    start = starts[crc32(f"{course} {item}".encode()) % len(starts)]
    return start, start + (_FINAL if item == "final" else _MID_TERM)


def room_of(campus: str, item: str, sections: Sequence[Section]) -> str:
    """The hall, but for a mid-term of a lecture that has a room."""
    rooms = (meeting.room for section in sections for meeting in section.meetings if meeting.room != "TBA")
    return next(rooms, HALLS[campus]) if item == "midterm" else HALLS[campus]


def seat(number: int) -> str:
    """The seat of the number-th to sit an examination: A1 to A20, B1 …"""
    row, place = divmod(number, 20)
    return f"{chr(ord('A') + row % 26)}{chr(ord('A') + row // 26 - 1) if row >= 26 else ''}{place + 1}"


@cache
def _finals(code: str) -> list[datetime]:
    """When finals begin: three a day, but on Sundays and holidays. Of a winter or summer course, on the last day."""
    term = term_of(code)
    first = term.ends - EXAMINATIONS + _DAY if is_main(term) else term.ends
    days = [first + each * _DAY for each in range((term.ends - first).days + 1)]
    days = [day for day in days if day.weekday() < 6 and day not in _days_off(code)] or [term.ends]
    return [_at(day, hour) for day in days for hour in (8.5, 12.5, 16.5)]


@cache
def _mid_terms(code: str, around: date) -> list[datetime]:
    """When mid-terms of a fortnight begin: on evenings, and twice on Saturdays. On the day itself where all is off."""
    monday = term_of(code).starts - term_of(code).starts.weekday() * _DAY
    first = monday + (around - monday).days // 14 * 14 * _DAY
    days = [day for each in range(14) if (day := first + each * _DAY) not in _days_off(code) and day.weekday() < 6]
    starts = [_at(day, hour) for day in days for hour in ((10, 14) if day.weekday() == 5 else (19,))]
    return starts or [_at(around, 19)]


def _at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), CAMPUS_TIME) + timedelta(hours=hour)


@cache
def _days_off(code: str) -> frozenset[date]:
    """At either campus, since many courses are sat at both."""
    events = [event for campus in CAMPUSES for event in events_of(campus, term_of(code))]
    off = [event for event in events if event.kind in ("public_holiday", "reading_week")]
    return frozenset(
        event.starts + each * _DAY for event in off for each in range((event.ends - event.starts).days + 1)
    )
