"""Who lives where and what each card was used for, drawn once for everybody whom a campus's offices know."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .campus_life_offices import KINDS, OFFICES, PAID_IN, PLACES, Offices, Residence
from .finance_office import WORDS
from .terms import is_main
from .university import Person, StudentRecord, Term, University

_TABLES = """
create table office (cards integer not null);
create table person (account text primary key, card text);
create table stay (account text not null, room text not null, document text not null);
create table payment (account text not null, number integer not null, document text not null,
    primary key (account, number));
create index stay_by_account on stay (account);
create index stay_by_room on stay (room);
"""
_DAYS_OF_PAYMENTS = 45


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Everybody with a number here; named people get their rooms first, so that some of them share one."""
    offices = OFFICES[campus]
    db.executescript(_TABLES)
    db.execute("insert into office values (?)", (offices.cards,))
    known = [person for person in university.people if offices.account in person.accounts]
    terms = [term for term in university.campuses[campus].terms if is_main(term) and term.ends >= university.now.date()]
    housing = _Housing(offices, campus)
    for person in sorted(known, key=lambda person: not person.persona):
        account = person.accounts[offices.account]
        card = None
        if offices.cards:
            dice = Random(f"{university.seed}:card:{account}")
            payments = list(_payments(dice, offices.currency, university.now))
            db.executemany("insert into payment values (?, ?, ?)", ((account, *each) for each in payments))
            card = json.dumps(_card(dice, person, university.now, terms))
        db.execute("insert into person values (?, ?)", (account, card))
        record = person.records.get(campus)
        if record and record.state != "finished":
            db.executemany(
                "insert into stay values (?, ?, ?)", ((account, *each) for each in housing.of(record, terms))
            )
    db.commit()


@dataclass(slots=True)
class _Housing:
    """Fills each residence bed by bed."""

    offices: Offices
    campus: str
    taken: dict[str, int] = field(default_factory=dict)

    def of(self, record: StudentRecord, terms: list[Term]) -> Iterator[tuple[str, str]]:
        """(room and term, contract) for this term and, for who is still here then, the next."""
        residence = self._paid_for(record, terms[0])
        if residence is None:
            return
        number = self.taken.get(residence.code, 0)
        self.taken[residence.code] = number + 1
        floor, door = divmod(number // residence.beds, 20)
        room = f"{floor + 2}{door + 1:02}"
        for term in terms[:2]:
            if term.starts < record.expected_graduation:
                yield f"{residence.code} {room} {term.code}", json.dumps(self._stay(residence, room, number, term))

    def _paid_for(self, record: StudentRecord, term: Term) -> Residence | None:
        """The residence whose rent the finance office charges this term; a record without a file has the first."""
        if record.file is None:
            return self.offices.residences[0]
        charged = sum(
            (
                charge.amount
                for charge in record.file.account.charges
                if (charge.item, charge.term) == (WORDS["residence"], term.code)
            ),
            Decimal(),
        )
        return next((each for each in self.offices.residences if each.rent == charged), None)

    def _stay(self, residence: Residence, room: str, number: int, term: Term) -> dict[str, Any]:
        opens = term.starts + timedelta(days=49)
        return {
            "contract": {
                "number": f"{self.campus}-{term.code}-{residence.code}-{number + 1:04}",
                "starts": term.starts.isoformat(),
                "ends": term.ends.isoformat(),
            },
            "residence": {
                "code": residence.code,
                "name": residence.name,
                "latitude": residence.latitude,
                "longitude": residence.longitude,
            },
            "room": room,
            "beds": residence.beds,
            "rent": {"amount": _money(residence.rent, self.offices.currency), "per": "term"},
            "roomChange": {"opens": opens.isoformat(), "closes": (opens + timedelta(days=17)).isoformat()},
        }


def _card(dice: Random, person: Person, now: datetime, terms: list[Term]) -> dict[str, Any]:
    """Jordan's is the lost one among named people's; of the others' one in fifty is."""
    lost = person.persona == "jordan" if person.persona else dice.random() < 0.02
    reported = now - timedelta(hours=dice.randrange(3, 70), minutes=dice.randrange(60))
    ends = [record.expected_graduation for record in person.records.values()]
    return {
        "validUntil": max([*ends, terms[0].ends]).isoformat(),
        "lostAt": reported.isoformat(timespec="seconds") if lost else None,
    }


def _payments(dice: Random, currency: str, now: datetime) -> Iterator[tuple[int, str]]:
    """(number, transaction), the earliest first: a card starts with nothing and is filled before it runs out."""
    balance = Decimal()
    count = dice.randrange(24, 61)
    moments = sorted(now - timedelta(minutes=dice.randrange(60, _DAYS_OF_PAYMENTS * 24 * 60)) for _ in range(count))
    for number, moment in enumerate(moments, 1):
        name, prices = PLACES[dice.choice(("canteen",) * 5 + tuple(PLACES))]
        kind, amount, place = "purchase", -Decimal(dice.choice(prices)), name
        if balance < 30:
            kind, amount, place = "top-up", Decimal(dice.choice(("50.00", "100.00", "200.00"))), PAID_IN
        elif number % 17 == 0:
            kind, amount = "refund", -amount
        balance += amount
        yield number, json.dumps(_transaction(number, moment, kind, place, amount, balance, currency))


def _transaction(  # noqa: PLR0913 - a line of a statement is all of this
    number: int, moment: datetime, kind: str, place: Mapping[str, str], amount: Decimal, balance: Decimal, currency: str
) -> dict[str, Any]:
    return {
        "number": number,
        "postedAt": moment.isoformat(timespec="seconds"),
        "kind": kind,
        "kindLabel": KINDS[kind],
        "place": place,
        "amount": _money(amount, currency),
        "balance": _money(balance, currency),
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}
