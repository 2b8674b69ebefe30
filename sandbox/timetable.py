"""When things meet: a week as one integer, so that a conflict is a single `&`."""

from collections.abc import Iterable
from datetime import time

from .university import Meeting

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_STEP = 5
_STEPS_A_DAY = 24 * 60 // _STEP


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def week_of(meetings: Iterable[Meeting]) -> int:
    """The five-minute steps of a week that meetings fill, a bit each.

    A meeting that takes place in part of the term only fills its hours for the whole term: nobody plans a week
    around the exceptions.
    """
    week = 0
    for meeting in meetings:
        first = _minutes(meeting.start) // _STEP
        length = -(-_minutes(meeting.end) // _STEP) - first
        week |= ((1 << max(length, 0)) - 1) << (DAYS.index(meeting.day) * _STEPS_A_DAY + first)
    return week
