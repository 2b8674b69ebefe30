"""Who has borrowed, requested and owes what in the simulated library, in the shape Alma keeps it."""

import json
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from .library_licences import collections, licences
from .library_titles import LIBRARIES, Title, all_titles
from .university import CAMPUS_TIME, Person, University

_TABLES = """
create table bib (mms_id text primary key, copies integer not null, document text not null);
create table patron (primary_id text primary key, document text not null);
create table loan (
    loan_id text primary key, user_id text not null, status text not null, renewals_left integer not null,
    document text not null);
create index loan_by_user on loan (user_id);
create index loan_by_title on loan (document ->> 'mms_id');
create table request (
    request_id text primary key, user_id text not null, type text not null, open integer not null,
    mms_id text not null, document text not null);
create index request_by_user on request (user_id);
create table fee (id text primary key, user_id text not null, status text not null, document text not null);
create index fee_by_user on fee (user_id);
create table licence (key text primary key, document text not null);
create table e_collection (key text primary key, document text not null);
"""


def zulu(moment: datetime, milliseconds: bool = False) -> str:
    """A moment as Alma prints it: UTC with Z; what a person did has milliseconds, what a policy set has none."""
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds").replace("+00:00", "Z")
    )


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Fills the library of one campus for everybody who has a `library_id`, whichever campus is theirs."""
    db.executescript(_TABLES)
    chance = random.Random(f"{university.seed}:alma:{campus}")
    titles = all_titles(university.seed)
    db.executemany("insert into licence values (?, ?)", [(each["code"], json.dumps(each)) for each in licences()])
    resources = [(each["id"], json.dumps(each)) for each in collections()]
    db.executemany("insert into e_collection values (?, ?)", resources)
    db.executemany("insert into bib values (?, ?, ?)", [(t.mms_id, t.copies, json.dumps(asdict(t))) for t in titles])
    printed = [title for title in titles if title.copies]
    # Named people share no title with anybody, so that a leak shows by its title alone.
    own, shared = iter(printed[:500]), printed[500:]
    desk = _Desk(db, chance, university.now)
    for person in university.people:
        if "library_id" not in person.accounts:
            continue
        _patron(db, person)
        loans, holds, fees = _amounts(chance, person)
        pick = own if person.persona else iter(chance.sample(shared, loans + holds + fees))
        user = person.accounts["library_id"]
        desk.lend(user, [next(pick) for _ in range(loans)])
        desk.queue(user, [next(pick) for _ in range(holds)])
        desk.charge(user, [next(pick) for _ in range(fees)])
    db.commit()


def hold_document(title: Title, user_id: str, request_id: str, moment: datetime, place: int) -> dict[str, Any]:
    """A hold that waits in the queue, as it is when just placed."""
    return {
        "user_primary_id": user_id,
        "request_id": request_id,
        "request_type": "HOLD",
        "request_sub_type": {"value": "PATRON_PHYSICAL", "desc": "Patron physical item request"},
        "mms_id": title.mms_id,
        "title": title.title,
        "author": title.author,
        "description": None,
        "pickup_location": LIBRARIES["MAIN"],
        "pickup_location_type": "LIBRARY",
        "pickup_location_library": "MAIN",
        "managed_by_library": "",
        "managed_by_circulation_desk": "",
        "managed_by_library_code": "",
        "managed_by_circulation_desk_code": "",
        "material_type": {"value": "BOOK", "desc": "Book"},
        "volume": "",
        "issue": "",
        "part": "",
        "date_of_publication": str(title.year),
        "comment": None,
        "request_status": "Not Started",
        "place_in_queue": place,
        "request_date": f"{moment.astimezone(UTC).date()}Z",
        "request_time": zulu(moment, milliseconds=True),
        "barcode": None,
    }


def _amounts(chance: random.Random, person: Person) -> tuple[int, int, int]:
    if person.persona == "quinn":
        return 40, 12, 12
    if person.persona == "bo":
        return 2, 2, 2
    if person.persona:
        return chance.randint(2, 6), chance.randint(2, 4), chance.randint(2, 3)
    if chance.random() < 0.6:
        return chance.randint(0, 8), chance.choice((0, 0, 0, 1, 2)), chance.choice((0, 0, 0, 0, 1))
    return 0, 0, 0


def _patron(db: sqlite3.Connection, person: Person) -> None:
    street, house, city, country = person.address
    document = {
        "record_type": {"value": "PUBLIC", "desc": "Public"},
        "primary_id": person.accounts["library_id"],
        "first_name": person.given_name,
        "last_name": person.surname,
        "full_name": f"{person.given_name} {person.surname}",
        "external_id": "SIS",
        "user_group": {"value": person.affiliations[0].upper(), "desc": person.affiliations[0].title()},
        "preferred_language": {"value": "en", "desc": "English"},
        "account_type": {"value": "EXTERNAL", "desc": "External"},
        "status": {"value": "ACTIVE", "desc": "Active"},
        "contact_info": {
            "email": [
                {
                    "email_address": person.private_email,
                    "preferred": True,
                    "email_type": [{"value": "personal", "desc": "Personal"}],
                }
            ],
            "phone": [
                {
                    "phone_number": person.telephone,
                    "preferred": True,
                    "preferred_sms": False,
                    "phone_type": [{"value": "mobile", "desc": "Mobile"}],
                }
            ],
            "address": [
                {
                    "line1": f"{house} {street}",
                    "city": city,
                    "country": {"value": {"HK": "HKG", "CN": "CHN"}[country]},
                    "preferred": True,
                    "address_type": [{"value": "home", "desc": "Home"}],
                }
            ],
        },
    }
    db.execute("insert into patron values (?, ?)", (person.accounts["library_id"], json.dumps(document)))


@dataclass(slots=True)
class _Desk:
    """Where the past of the library was written down: by whom, when, under which numbers."""

    db: sqlite3.Connection
    chance: random.Random
    now: datetime
    last: int = 1_332_733_700

    def lend(self, user: str, titles: Sequence[Title]) -> None:
        for number, title in enumerate(titles):
            # Every fourth loan of a long list is overdue; the first never is, and the second is due today.
            days = -self.chance.randint(1, 9) if number % 4 == 3 else self.chance.randint(1, 30)
            days = 0 if number == 1 else days
            renewals_left = 0 if number % 3 == 2 else self.chance.randint(1, 5)
            document = {
                "loan_id": self._number(),
                "circ_desk": {"value": "DEFAULT_CIRC_DESK", "desc": "Circulation"},
                "library": {"value": title.library, "desc": LIBRARIES[title.library]},
                "user_id": user,
                "item_barcode": self._barcode(),
                "due_date": zulu(datetime.combine(self.now.date() + timedelta(days=days), time(23, 59), CAMPUS_TIME)),
                "loan_status": "ACTIVE",
                "loan_date": zulu(self._ago(9, 40), milliseconds=True),
                "process_status": "NORMAL",
                "mms_id": title.mms_id,
                "holding_id": f"22{self._number()}",
                "item_id": f"23{self._number()}",
                "title": title.title,
                "author": title.author,
                "description": None,
                "publication_year": f"c{title.year}.",
                "location_code": {"value": "stacks", "name": "Stacks"},
                "item_policy": {"value": None, "description": None},
                "call_number": title.call_number,
                "loan_fine": max(0, -days) * 2.0,
                "last_renew_status": {"value": None, "desc": ""},
            }
            self.db.execute(
                "insert into loan values (?, ?, 'ACTIVE', ?, ?)",
                (document["loan_id"], user, renewals_left, json.dumps(document)),
            )

    def queue(self, user: str, titles: Sequence[Title]) -> None:
        for number, title in enumerate(titles):
            document = hold_document(title, user, self._number(), self._ago(0, 12), self.chance.randint(1, 5))
            if number % 3:
                del document["place_in_queue"]
                document |= self._at_the_desk(on_shelf=number % 3 == 1)
            self.db.execute(
                "insert into request values (?, ?, 'HOLD', 1, ?, ?)",
                (document["request_id"], user, title.mms_id, json.dumps(document)),
            )

    def charge(self, user: str, titles: Sequence[Title]) -> None:
        for number, title in enumerate(titles):
            made = self._ago(3, 60)
            original, paid = self.chance.randint(4, 40) * 2.5, 5.0 if number % 2 else 0.0
            document = {
                "id": self._number(),
                "type": {"value": "OVERDUEFINE", "desc": "Overdue fine"},
                "status": {"value": "ACTIVE", "desc": "Active"},
                "user_primary_id": {"value": user},
                "balance": original - paid,
                "remaining_vat_amount": 0,
                "original_amount": original,
                "original_vat_amount": 0,
                "creation_time": zulu(made, milliseconds=True),
                "status_time": zulu(made, milliseconds=True),
                "comment": f"Date generated: {made:%m/%d/%Y}, Action: Item was returned",
                "owner": {"value": "MAIN", "desc": LIBRARIES["MAIN"]},
                "title": title.title,
                "barcode": {"value": self._barcode()},
            }
            if paid:
                document["transaction"] = [self._payment(made + timedelta(days=1), paid)]
            self.db.execute("insert into fee values (?, ?, 'ACTIVE', ?)", (document["id"], user, json.dumps(document)))

    def _at_the_desk(self, on_shelf: bool) -> dict[str, Any]:
        """What Alma adds once staff work on a hold."""
        return {
            "request_status": "On Hold Shelf" if on_shelf else "In Process",
            "task_name": "On Hold Shelf Processing" if on_shelf else "Pickup From Shelf",
            "expiry_date": f"{self.now.date() + timedelta(days=self.chance.randint(2, 7))}Z",
            "managed_by_library": LIBRARIES["MAIN"],
            "managed_by_circulation_desk": f"{LIBRARIES['MAIN']} Circulation",
            "managed_by_library_code": "MAIN",
            "managed_by_circulation_desk_code": "DEFAULT_CIRC_DESK",
            "barcode": self._barcode(),
        }

    def _payment(self, paid_at: datetime, amount: float) -> dict[str, Any]:
        return {
            "type": {"value": "PAYMENT", "desc": "Payment"},
            "amount": amount,
            "vat_amount": 0,
            "created_by": "Ex Libris",
            "external_transaction_id": self._number(),
            "transaction_time": zulu(paid_at, milliseconds=True),
            "received_by": {"value": "Circulation", "desc": LIBRARIES["MAIN"]},
            "payment_method": {"value": "CASH", "desc": "Cash"},
        }

    def _number(self) -> str:
        # A running number and the institution's suffix, as Alma's identifiers are made.
        self.last += 7
        return f"{self.last}0003412"

    def _barcode(self) -> str:
        return f"X{self.chance.randrange(10**6):06d}"

    def _ago(self, fewest: int, most: int) -> datetime:
        days = self.chance.randint(fewest, most)
        return self.now - timedelta(days=days, seconds=self.chance.random() * 36_000)
