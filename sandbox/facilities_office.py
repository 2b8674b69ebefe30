"""Who has booked what in Guangzhou: three weeks behind and ahead, kept as LibreBooking keeps it."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from . import facilities_closures
from .facilities import FACILITIES, MEMBERS, SCHEDULES, SHOWN, STAFF, Facility, Period, periods
from .university import Person, University

SERVICE_ACCOUNT = 900001
"""The user under which applications come; an application administrator."""

LENT = 23
"""A room of the staff's that Jordan may book, too."""

TABLES = """
create table account (
    id integer primary key, username text not null unique, first text not null, last text not null,
    email text not null, administrator integer not null);
create table reservation (
    reference text primary key, account integer not null, facility integer not null,
    starts text not null, ends text not null, title text not null, description text not null,
    pending integer not null, checked_in text not null default '', checked_out text not null default '',
    deleted integer not null default 0);
create table membership (account integer not null, grouped integer not null, primary key (account, grouped));
create table permission (account integer not null, facility integer not null, primary key (account, facility));
create index reservation_by_account on reservation (account);
create index reservation_by_facility on reservation (facility);
"""

_DAYS_BEHIND, _DAYS_AHEAD = 14, 21
_PURPOSES = ("Group meeting", "Thesis rehearsal", "Training", "Workshop", "Tutorial", "Club night", "Interviews")


def stored(moment: datetime) -> str:
    """UTC, so that text compares like time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Fills the booking system of one campus for everybody who has an account in it."""
    db.executescript(TABLES)
    db.execute(
        "insert into account values (?, 'gateway', 'Campus', 'Gateway', 'gateway@facilities.example', 1)",
        (SERVICE_ACCOUNT,),
    )
    people = [person for person in university.people if "gz_booking_user" in person.accounts]
    db.executemany(
        "insert into account values (?, ?, ?, ?, ?, 0)",
        [(_account(each), each.private_email, each.given_name, each.surname, each.email) for each in people],
    )
    for person in people:
        staff = [STAFF] if {"faculty", "staff"} & set(person.affiliations) else []
        db.executemany("insert into membership values (?, ?)", [(_account(person), each) for each in (MEMBERS, *staff)])
        if person.persona == "jordan":
            db.execute("insert into permission values (?, ?)", (_account(person), LENT))
    office = _Office(db, random.Random(f"{university.seed}:facilities:{campus}"), university.now)
    for person in people:
        if person.persona:
            office.book_for(person)
    crowd = [person for person in people if not person.persona]
    if crowd:
        office.fill(crowd)
    facilities_closures.seed(db, university.now)
    db.commit()


def _account(person: Person) -> int:
    return int(person.accounts["gz_booking_user"])


@dataclass(slots=True)
class _Office:
    db: sqlite3.Connection
    chance: random.Random
    now: datetime

    def book_for(self, person: Person) -> None:
        """What is always there of the people with names: over, in the next hours, in some days, and one that waits."""
        self._book(person, 21, timedelta(days=-1), hours=1)
        self._book(person, 41, timedelta(hours=1), hours=1)
        self._book(person, 11, timedelta(days=3), hours=3)
        self._book(person, 31, timedelta(days=9), hours=2)

    def fill(self, crowd: list[Person]) -> None:
        for facility in FACILITIES.values():
            if facility.state == SHOWN:
                for slot in list(self._slots(facility, -_DAYS_BEHIND, _DAYS_AHEAD)):
                    if self.chance.random() < 0.2:
                        long = self.chance.randint(1, 3) * SCHEDULES[facility.schedule].slot
                        self._keep(self.chance.choice(crowd), facility, slot.starts, slot.starts + long)

    def _book(self, person: Person, number: int, ahead: timedelta, hours: int) -> None:
        """The first slot from then on that is still free; personas ask for the same hours."""
        facility, long = FACILITIES[number], timedelta(hours=hours)
        for slot in self._slots(facility, ahead.days - 1, ahead.days + 7):
            if slot.starts >= self.now + ahead and self._keep(person, facility, slot.starts, slot.starts + long):
                return

    def _slots(self, facility: Facility, first: int, last: int) -> Iterator[Period]:
        for days in range(first, last + 1):
            day = (self.now + timedelta(days=days)).date()
            yield from (each for each in periods(SCHEDULES[facility.schedule], day) if each.reservable)

    def _keep(self, person: Person, facility: Facility, starts: datetime, ends: datetime) -> bool:
        closing = [each.ends for each in periods(SCHEDULES[facility.schedule], starts.date()) if each.reservable]
        if ends > closing[-1] or self._taken(facility, starts, ends) >= facility.at_once:
            return False
        over = ends < self.now
        # People write into a title what nobody else is to read.
        title = f"{self.chance.choice(_PURPOSES)} of {person.given_name} {person.surname}, no. {self._number()}"
        # The hall waits for its office to agree; what is over was agreed to.
        pending = facility.needs_approval and not over
        checked = stored(starts) if facility.release_after and over else ""
        self.db.execute(
            "insert into reservation values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                f"{self.chance.randrange(16**13):013x}", _account(person), facility.id, stored(starts), stored(ends),
                title, f"Ask {person.given_name} {person.surname}, {person.telephone}", pending, checked,
                stored(ends) if checked else "",
            ),
        )  # fmt: skip
        return True

    def _taken(self, facility: Facility, starts: datetime, ends: datetime) -> int:
        (count,) = self.db.execute(
            "select count(*) from reservation where facility = ? and starts < ? and ends > ?",
            (facility.id, stored(ends), stored(starts)),
        ).fetchone()
        return int(count)

    def _number(self) -> str:
        return f"{self.chance.randrange(10**6):06}"
