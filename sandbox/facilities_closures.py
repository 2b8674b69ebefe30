"""When Guangzhou's facilities office keeps something closed: what LibreBooking calls blackouts."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from .facilities import FACILITIES, Facility
from .university import CAMPUS_TIME

_TABLE = (
    "create table closure (facility integer not null, starts text not null, ends text not null, title text not null)"
)

_PLANNED = (
    (43, 2, time(12), timedelta(hours=5), "The floor is made anew"),
    (23, 5, time(0), timedelta(days=2), "Power cut in W2"),
)
"""Facility, days from now, the clock of the campus, how long, and why."""


@dataclass(frozen=True, slots=True)
class Closure:
    facility: Facility
    starts: datetime
    ends: datetime
    title: str


def seed(db: sqlite3.Connection, now: datetime) -> None:
    """What was booked in the meantime is deleted, as LibreBooking does on request."""
    db.execute(_TABLE)
    for facility, days, clock, length, title in _PLANNED:
        starts = datetime.combine(now.astimezone(CAMPUS_TIME).date() + timedelta(days=days), clock, CAMPUS_TIME)
        span = starts.isoformat(), (starts + length).isoformat()
        db.execute("insert into closure values (?, ?, ?, ?)", (facility, *span, title))
        db.execute(
            "update reservation set deleted = 1"
            " where facility = ? and datetime(ends) > datetime(?) and datetime(starts) < datetime(?)",
            (facility, *span),
        )


def between(db: sqlite3.Connection, since: datetime, until: datetime) -> Sequence[Closure]:
    rows = db.execute("select facility, starts, ends, title from closure order by facility, starts")
    closures = [
        Closure(FACILITIES[facility], datetime.fromisoformat(starts), datetime.fromisoformat(ends), title)
        for facility, starts, ends, title in rows
    ]
    return [each for each in closures if each.starts < until and each.ends > since]
