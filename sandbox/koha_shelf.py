"""Who has borrowed, asked for and owes what in the simulated Koha of Guangzhou, in the shape its API tells it."""

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from .koha_circulation import MAX_RENEWALS
from .koha_licences import seed as seed_licences
from .koha_records import LIBRARIES, biblio, checkout, debit, hold, item, library, patron, stamp
from .koha_titles import Work, own_works, shared_works
from .university import CAMPUS_TIME, Person, University

_TABLES = """
create table biblio (id integer primary key, document text not null);
create table item (id integer primary key, biblio_id integer not null, document text not null);
create index item_by_biblio on item (biblio_id);
create table patron (id integer primary key, document text not null);
create table checkout (id integer primary key, refusal text, document text not null);
create table hold (
    id integer primary key, open integer not null, cancelling integer not null default 0, document text not null);
create table library (id text primary key, document text not null);
create table line (id integer primary key, document text not null);
create table token (token text primary key, ends real not null);
"""
KEPT_FOR_NAMED = 300
"""So many of the library's own titles nobody but named people has anything to do with."""


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Fills the library for everybody who has a `gz_library_id`, whichever campus is theirs."""
    db.executescript(_TABLES)
    seed_licences(db)
    chance = random.Random(f"{university.seed}:koha:{campus}")
    desk = _Desk(db, chance, university.now)
    for code, name in LIBRARIES.items():
        desk.keep("library", code, library(code, name))
    own = [desk.shelve(work) for work in own_works(university.seed)]
    shared = [desk.shelve(work) for work in shared_works(university.seed)]
    # Named people share no title with anybody, so that a leak shows by its title alone.
    apart, common = iter(own[:KEPT_FOR_NAMED]), own[KEPT_FOR_NAMED:] + shared
    for number, person in enumerate((each for each in university.people if "gz_library_id" in each.accounts), 1):
        desk.keep("patron", number, patron(number, person, university.now - timedelta(days=400)))
        loans, holds, fines = _amounts(chance, person)
        titles = apart if person.persona else iter(chance.sample(common, loans + holds + fines))
        desk.lend(number, titles, loans)
        desk.queue(number, titles, holds)
        desk.charge(number, titles, fines)
    db.commit()


def _amounts(chance: random.Random, person: Person) -> tuple[int, int, int]:
    if person.persona:
        return chance.randint(4, 7), chance.randint(3, 5), chance.randint(2, 3)
    if chance.random() < 0.6:
        return chance.randint(0, 8), chance.choice((0, 0, 0, 1, 2)), chance.choice((0, 0, 0, 0, 1))
    return 0, 0, 0


@dataclass(frozen=True, slots=True)
class _Title:
    """A title on the shelf, and its copies that are not lent yet."""

    document: dict[str, Any]
    copies: list[dict[str, Any]]


class _Desk:
    """Where the past of the library was written down, under running numbers like a database's."""

    def __init__(self, db: sqlite3.Connection, chance: random.Random, now: datetime) -> None:
        self._db, self._chance, self._now = db, chance, now
        self._numbers = {table: count(1) for table in ("biblio", "item", "checkout", "hold", "line")}

    def keep(self, table: str, number: int | str, document: dict[str, Any], **more: Any) -> None:
        columns = {"id": number, **more, "document": json.dumps(document, ensure_ascii=False)}
        # Tables and columns are this module's own.
        query = f"insert or replace into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"  # noqa: S608
        self._db.execute(query, tuple(columns.values()))

    def shelve(self, work: Work) -> _Title:
        number = next(self._numbers["biblio"])
        document = biblio(number, work, self._now - timedelta(days=self._chance.randint(60, 900)))
        self.keep("biblio", number, document)
        title = _Title(document, [])
        for _ in range(work.copies):
            copy = next(self._numbers["item"])
            home = "GZE" if self._chance.random() < 0.25 else "GZM"
            title.copies.append(item(copy, document, work, f"GZ{self._chance.randrange(10**5):05d}{copy:05d}", home))
            self.keep("item", copy, title.copies[-1], biblio_id=number)
        return title

    def lend(self, reader: int, titles: Iterator[_Title], loans: int) -> None:
        for place in range(loans):
            title = next(titles)
            if not title.copies:
                continue
            # Every fourth loan is overdue; the first never is, and the second is due today.
            days = -self._chance.randint(1, 9) if place % 4 == 3 else self._chance.randint(1, 30)
            days = 0 if place == 1 else days
            due = datetime.combine(self._now.date() + timedelta(days=days), time(23, 59), CAMPUS_TIME)
            lent = self._ago(9, 40)
            copy, number = title.copies.pop(), next(self._numbers["checkout"])
            document = checkout(number, reader, copy["item_id"], lent, due)
            if place % 3 == 2:
                document |= {"renewals_count": MAX_RENEWALS, "last_renewed_date": stamp(self._ago(1, 8))}
            # Whatever the count of renewals says, the library may have its own reason.
            refusal = "on_reserve" if place % 5 == 4 else None
            self.keep("checkout", number, document, refusal=refusal)
            copy |= {"checked_out_date": str(lent.date()), "last_checkout_date": str(lent.date()), "checkouts_count": 1}
            self.keep("item", copy["item_id"], copy, biblio_id=copy["biblio_id"])

    def queue(self, reader: int, titles: Iterator[_Title], holds: int) -> None:
        for place in range(holds):
            title, number = next(titles), next(self._numbers["hold"])
            placed = self._ago(0, 12).date()
            document = hold(number, reader, title.document["biblio_id"], placed, self._chance.randint(1, 5))
            if place % 4 == 1:
                document |= self._at_the_desk(title, "W")
            elif place % 4 == 2:
                document |= self._at_the_desk(title, "T")
            self.keep("hold", number, document, open=1)

    def charge(self, reader: int, titles: Iterator[_Title], fines: int) -> None:
        for place in range(fines):
            title, number = next(titles), next(self._numbers["line"])
            made = self._ago(3, 60)
            amount, paid = self._chance.randint(4, 40) * 0.5, 1.0 if place % 2 else 0.0
            document = debit(number, reader, made, amount, amount - paid)
            if place % 3 == 2:
                document |= {"debit_type": "NEW_CARD", "description": "New card"}
            else:
                said = f"{title.document['title']} {made:%Y-%m-%d} 23:59"
                item_id = self._item_of(title)
                document |= {"debit_type": "OVERDUE", "status": "RETURNED", "description": said, "item_id": item_id}
            self.keep("line", number, document)

    def _at_the_desk(self, title: _Title, status: str) -> dict[str, Any]:
        """A hold that a copy was found for: it has left the queue."""
        # The document has the item of a hold as a string.
        told: dict[str, Any] = {"status": status, "priority": 0, "item_id": str(self._item_of(title))}
        if status == "W":
            told |= {
                "waiting_date": str(self._now.date()),
                "expiration_date": str(self._now.date() + timedelta(days=self._chance.randint(2, 7))),
            }
        return told

    def _item_of(self, title: _Title) -> int:
        number = title.document["biblio_id"]
        (found,) = self._db.execute("select min(id) from item where biblio_id = ?", (number,)).fetchone()
        return int(found)

    def _ago(self, fewest: int, most: int) -> datetime:
        days = self._chance.randint(fewest, most)
        return self._now - timedelta(days=days, seconds=self._chance.random() * 36_000)
