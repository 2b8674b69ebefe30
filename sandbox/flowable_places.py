"""Where One Stop's process books what it agrees to: with the facilities office, as a service task of the model does.

Both are simulated in one process, so that the office's store is asked itself; what LibreBooking refuses stays refused.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import facilities_closures
from .clock import Clock
from .facilities import FACILITIES, SCHEDULES, Facility, periods
from .facilities_office import SERVICE_ACCOUNT
from .librebooking_rules import Session, Wish, conflict, refusal
from .librebooking_store import Store
from .university import CAMPUS_TIME


@dataclass(frozen=True, slots=True)
class Places:
    db: sqlite3.Connection
    """The store of the facilities office."""
    register: sqlite3.Connection
    """Who is whom: what each system calls a person."""
    clock: Clock

    def book(self, facility: str, starts: int, ends: int, applicant: str, title: str) -> bool:
        """For the applicant, in whole slots of its schedule; False where it is not to be had.

        What the office does not know, nobody books. Times are seconds since 1970.
        """
        place = FACILITIES.get(int(facility)) if facility.isdecimal() else None
        if place is None:
            return True
        begins, until = (datetime.fromtimestamp(moment, CAMPUS_TIME) for moment in (starts, ends))
        wish = Wish(self._account(applicant), place, *_slots(place, begins, until))
        store, closed = Store(self.db), facilities_closures.between(self.db, wish.starts, wish.ends)
        in_the_way = [each for each in closed if each.facility is place]
        if refusal(wish, Session(SERVICE_ACCOUNT, administrator=True), self.clock.now(), store) or conflict(in_the_way):
            return False
        store.reserve(wish.account, place, wish.starts, wish.ends, title)
        return True

    def _account(self, applicant: str) -> int:
        """The office's own where the applicant has none."""
        row = self.register.execute(
            "select claims ->> '$.gz_booking_user' from subject where claims ->> '$.onestop_id' = ?", (applicant,)
        ).fetchone()
        return int(row[0]) if row and row[0] else SERVICE_ACCOUNT


def _slots(place: Facility, starts: datetime, ends: datetime) -> tuple[datetime, datetime]:
    """From the beginning of the slot in which it begins to the end of the one in which it ends."""
    slots = [
        each
        for days in range((ends - starts).days + 2)
        for each in periods(SCHEDULES[place.schedule], (starts + timedelta(days=days)).date())
        if each.reservable and each.starts < ends and each.ends > starts
    ]
    return (slots[0].starts, slots[-1].ends) if slots else (starts, ends)
