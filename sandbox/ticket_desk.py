"""The tickets of the simulated IT service desk: who asked what, in which queue, and what became of it."""

import json
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .university import Person, University

QUEUES = {
    1: ("IT Service Desk", "Everything that has no better place"),
    2: ("Network", "Wi-Fi, wired network, VPN"),
    3: ("Accounts", "Accounts, passwords, two-factor sign-in"),
}
CUSTOM_FIELDS = {1: "Location", 2: "Idempotency Key"}
"""`Idempotency Key` is there because RT ignores the header of that name: who needs it stores and searches it."""
SERVICE_USER = "campus-portal"
"""Whose token the portal uses: it may see queues and tickets, but neither comments nor recorded mail."""
STAFF_ONLY = ("Comment", "CommentEmailRecord", "EmailRecord")
"""Transactions for which RT wants rights of their own: ShowTicketComments, ShowOutgoingEmail."""
UNSET = "1970-01-01T00:00:00Z"

_TABLES = """
create table user (name text primary key collate nocase, id integer not null unique, address text not null,
    real_name text not null, privileged integer not null,
    mobile text not null default '', street text not null default '', further text not null default '',
    city text not null default '', state text not null default '', post_code text not null default '',
    country text not null default '');
create table ticket (
    id integer primary key, queue text not null, subject text not null, status text not null, owner text not null,
    creator text not null, created text not null, last_updated text not null, last_updated_by text not null,
    started text not null, resolved text not null, due text not null, priority integer not null);
create table requestor (ticket integer not null, address text not null collate nocase, primary key (ticket, address));
create index requestor_by_address on requestor (address collate nocase);
create table cf (ticket integer not null, name text not null, value text not null);
create index cf_by_value on cf (name, value);
create index cf_by_ticket on cf (ticket);
create table txn (
    id integer primary key, ticket integer not null, type text not null, field text not null, old text not null,
    new text not null, data text not null, creator text not null, created text not null);
create index txn_by_ticket on txn (ticket);
create table attachment (
    id integer primary key, txn integer not null, parent integer not null, filename text not null,
    content_type text not null, content blob not null, creator text not null, created text not null);
create index attachment_by_txn on attachment (txn);
"""

_STAFF = ("helpdesk.lau", "network.kwok", "accounts.fung")
_TROUBLES = (
    (2, "Wi-Fi keeps dropping", "The eduroam signal disappears every few minutes."),
    (2, "VPN refuses my phone", "The VPN app says the certificate is not trusted."),
    (2, "No network in the lab", "The wall socket next to my bench is dead."),
    (3, "Two-factor app lost", "I have a new phone and cannot sign in any more."),
    (3, "Password expired abroad", "I am on exchange and the reset page does not open."),
    (3, "Mailbox almost full", "Please raise my quota until my thesis is in."),
    (1, "Printer takes the wrong tray", "It prints A3 when I ask for A4."),
    (1, "MATLAB licence not found", "It worked last week on the same machine."),
    (1, "Projector shows green only", "We have a presentation there tomorrow."),
    (1, "Canvas upload fails", "Files above 50 MB stop at 99 per cent."),
)  # fmt: skip
_PLACES = ("Academic Building", "Library", "Hall 3", "Hall 7", "Lee Shau Kee Business Building", "C2-1")
_STATUSES = ("open", "new", "stalled", "resolved", "resolved", "rejected")


@dataclass(frozen=True, slots=True)
class Asked:
    queue: int
    subject: str
    text: str
    requestors: Sequence[str]
    priority: int
    custom_fields: dict[str, str]
    due: str = ""
    """As RT writes it; empty where the desk decides."""


def zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Fills the desk of one campus with the tickets of everybody who has a `ticket_address`."""
    db.executescript(_TABLES)
    chance = random.Random(f"{university.seed}:request_tracker:{campus}")
    for name in ("RT_System", "Nobody", SERVICE_USER, *_STAFF):
        add_user(db, name, name.replace(".", " ").title(), privileged=True)
    history = _History(db, chance, university.now)
    for person in university.people:
        if person.persona == "wing":
            # Her graduate's alias was given to somebody else since: this ticket must not go along with it.
            alias = f"Please keep my old alias ({person.given_name}, {person.key})"
            asked = Asked(3, alias, "My alias ends with my account, can I keep it?", (person.email,), 0, {})
            add_user(db, person.email, f"{person.given_name} {person.surname}", privileged=False)
            history.tell(asked, "resolved", university.now - timedelta(days=900))
        if "ticket_address" in person.accounts:
            add_user(db, person.accounts["ticket_address"], f"{person.given_name} {person.surname}", privileged=False)
            for number in range(_amount(chance, person)):
                history.tell_one_of(person, number)
    add_user(db, "root", "Enoch Root", privileged=True)
    db.commit()


def add_user(db: sqlite3.Connection, name: str, real_name: str, *, privileged: bool) -> None:
    """RT names users who wrote from outside after their address."""
    address = name if "@" in name else f"{name}@desk.ust.hk"
    db.execute(
        "insert or ignore into user (name, id, address, real_name, privileged)"
        " values (?, (select coalesce(max(id), 0) + 1 from user), ?, ?, ?)",
        (name, address, real_name, privileged),
    )


def create(db: sqlite3.Connection, asked: Asked, creator: str, now: datetime) -> int:
    """A new ticket with its Create transaction; returns its number. What is urgent is due in 24 hours."""
    for address in asked.requestors:
        add_user(db, address, address, privileged=False)
    made = zulu(now)
    due = asked.due or (zulu(now + timedelta(hours=24)) if asked.priority >= 80 else UNSET)
    ticket = db.execute(
        "insert into ticket values (null, ?, ?, 'new', 'Nobody', ?, ?, ?, ?, ?, ?, ?, ?)",
        (QUEUES[asked.queue][0], asked.subject, creator, made, made, creator, UNSET, UNSET, due, asked.priority),
    ).lastrowid
    if ticket is None:
        raise RuntimeError("SQLite gave the new ticket no number")
    db.executemany("insert or ignore into requestor values (?, ?)", [(ticket, name) for name in asked.requestors])
    db.executemany("insert into cf values (?, ?, ?)", [(ticket, *pair) for pair in asked.custom_fields.items()])
    txn = record(db, ticket, "Create", creator, now)
    attach(db, txn, creator, now, [("", "text/plain", asked.text.encode())])
    record(db, ticket, "EmailRecord", "RT_System", now, data=f"<rt-5.0.3-{ticket}-{txn}@desk.ust.hk>")
    return ticket


def record(db: sqlite3.Connection, ticket: int, kind: str, creator: str, now: datetime, **what: str) -> int:
    """One transaction; its number is the ticket's new ETag. `what` may hold field, old, new, data."""
    values = [what.get(name, "") for name in ("field", "old", "new", "data")]
    txn = db.execute(
        "insert into txn values (null, ?, ?, ?, ?, ?, ?, ?, ?)", (ticket, kind, *values, creator, zulu(now))
    ).lastrowid
    if txn is None:
        raise RuntimeError("SQLite gave the new transaction no number")
    if kind != "EmailRecord":
        db.execute("update ticket set last_updated = ?, last_updated_by = ? where id = ?", (zulu(now), creator, ticket))
    return txn


def attach(
    db: sqlite3.Connection, txn: int, creator: str, now: datetime, parts: Sequence[tuple[str, str, bytes]]
) -> None:
    """The text of a transaction, and its files; several parts hang under an empty multipart/mixed one, as in mail."""
    insert = "insert into attachment values (null, ?, ?, ?, ?, ?, ?, ?)"
    parent = 0
    if len(parts) > 1:
        row = db.execute(insert, (txn, 0, "", "multipart/mixed", b"", creator, zulu(now)))
        parent = row.lastrowid or 0
    db.executemany(insert, [(txn, parent, *part, creator, zulu(now)) for part in parts])


def set_status(db: sqlite3.Connection, ticket: int, status: str, creator: str, now: datetime) -> str:
    """Moves a ticket and returns the status it had; the dates that hang on it follow."""
    (old, started) = db.execute("select status, started from ticket where id = ?", (ticket,)).fetchone()
    inactive = status in ("resolved", "rejected")
    started = zulu(now) if started == UNSET and status != "new" else started
    db.execute(
        "update ticket set status = ?, started = ?, resolved = ? where id = ?",
        (status, started, zulu(now) if inactive else UNSET, ticket),
    )
    record(db, ticket, "Status", creator, now, field="Status", old=old, new=status)
    return str(old)


def _amount(chance: random.Random, person: Person) -> int:
    fixed = {"quinn": 40, "bo": 2}
    if person.persona:
        return fixed.get(person.persona) or chance.randint(2, 6)
    return chance.choice((0, 0, 0, 1, 2)) if chance.random() < 0.6 else 0


@dataclass(frozen=True, slots=True)
class _History:
    db: sqlite3.Connection
    chance: random.Random
    now: datetime

    def tell_one_of(self, person: Person, number: int) -> None:
        queue, trouble, text = self.chance.choice(_TROUBLES)
        asked = Asked(
            queue,
            f"{trouble} – {person.given_name} {person.surname}, {person.key}, {number + 1}",
            f"{text} Thank you, {person.given_name} ({person.key})",
            (person.accounts["ticket_address"],),
            90 if number % 4 == 1 else self.chance.choice((0, 20, 50)),
            {"Location": self.chance.choice(_PLACES)},
        )
        at = self.now - timedelta(days=self.chance.randint(1, 120), seconds=self.chance.randrange(36_000))
        if asked.priority >= 80 and number % 8 == 1:
            at = self.now - timedelta(hours=self.chance.randint(1, 20))
        self.tell(asked, _STATUSES[number % len(_STATUSES)], at)

    def tell(self, asked: Asked, status: str, at: datetime) -> None:
        ticket = create(self.db, asked, asked.requestors[0], at)
        if status == "new":
            return
        staff = _STAFF[asked.queue - 1]
        later = min(at + timedelta(minutes=self.chance.randint(5, 600)), self.now)
        self.db.execute("update ticket set owner = ? where id = ?", (staff, ticket))
        record(self.db, ticket, "Set", staff, later, field="Owner", old="Nobody", new=staff)
        txn = record(self.db, ticket, "Correspond", staff, later)
        reply = f"Dear {asked.requestors[0].split('@')[0]}, we are looking into “{asked.subject}”."
        attach(self.db, txn, staff, later, [("", "text/plain", reply.encode())])
        note = record(self.db, ticket, "Comment", staff, later)
        aside = f"Internal note on “{asked.subject}”: not for the requestor."
        attach(self.db, note, staff, later, [("", "text/plain", aside.encode())])
        set_status(self.db, ticket, "open", staff, later)
        if status != "open":
            set_status(self.db, ticket, status, staff, min(later + timedelta(hours=3), self.now))


def custom_fields_of(db: sqlite3.Connection, ticket: int) -> dict[str, list[str]]:
    rows = db.execute("select name, json_group_array(value) from cf where ticket = ? group by name", (ticket,))
    return {name: json.loads(values) for name, values in rows}
