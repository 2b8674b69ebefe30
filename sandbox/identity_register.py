"""Who can sign in at the simulated identity providers, with which applications, and what a token says of them."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .identity_keys import add_key
from .university import Person, University

OWN = (
    "profile:read", "record:read", "enrolment:read", "account:read", "library:read", "services:read", "tickets:read",
    "housing:read", "card:read", "bookings:read",
    "dashboard:read", "notifications:read",
    "library:write", "services:write", "tickets:write", "bookings:write", "contacts:write", "portal:write",
)  # fmt: skip
"""What is one's own: everybody may ask for it, whether there is anything or not."""

APPLICANTS = (
    "profile:read", "services:read", "dashboard:read", "notifications:read", "contacts:write", "portal:write",
)  # fmt: skip
"""What they gave of themselves, which services there are, and how they arranged their portal: there is nothing else."""

SCOPES = {
    "student": OWN,
    "alumni": OWN,
    "faculty": (*OWN, "students:read"),
    "staff": (*OWN, "students:read"),
    "applicant": APPLICANTS,
}
"""What each affiliation may ask for. A scope opens a door; whose data lie behind it is the gateway's row rule."""

EVERY_SCOPE = tuple(dict.fromkeys(scope for scopes in (*SCOPES.values(), ("catalogue:read",)) for scope in scopes))

_CLIENTS = (
    ("dashboard", "Student dashboard", "", ()),
    ("graphiql", "GraphiQL", "", ()),
    ("partner-portal", "Partner portal", "partner-portal-sandbox-secret", ("catalogue:read",)),
)

_TABLES = """
create table person (
    key text primary key, persona text not null, name text not null, home text not null, campuses text not null,
    roles text not null, about text not null, scopes text not null);
create index person_by_persona on person (persona);
create table subject (campus text not null, person text not null, sub text not null, claims text not null,
    primary key (campus, person));
create table client (id text primary key, name text not null, secret text not null, scopes text not null);
create table signing_key (
    number integer primary key, campus text not null, kid text not null unique, private text not null);
"""


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    secret: str
    """Empty for a public client, which proves itself by PKCE alone."""
    scopes: tuple[str, ...]
    """What it may ask for in its own name (client credentials)."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person as one issuer knows them."""

    person: str
    sub: str
    name: str
    scopes: tuple[str, ...]
    claims: Mapping[str, Any]
    """What an access token says beyond the protocol's own claims."""


def seed(db: sqlite3.Connection, university: University) -> None:
    """Registers everybody who may sign in, the applications, and one signing key per issuer (campus)."""
    db.executescript(_TABLES)
    advisors = {record.advisor for person in university.people for record in person.records.values()}
    for person in university.people:
        _register(db, university, person, advises=person.key in advisors)
    db.executemany("insert into client values (?, ?, ?, ?)", [(*row, json.dumps(scopes)) for *row, scopes in _CLIENTS])
    for campus in university.campuses:
        add_key(db, campus)
    db.commit()


def personas(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The named people, as the login page and documentation list them: id, name, home campus, roles, about."""
    rows = db.execute("select persona, name, home, roles, about from person where persona != '' order by rowid")
    return [
        {"id": persona, "name": name, "campus": home, "roles": json.loads(roles), "about": about}
        for persona, name, home, roles, about in rows
    ]


def personas_at(db: sqlite3.Connection, campus: str) -> list[dict[str, Any]]:
    """The personas that the issuer of this campus can sign in."""
    here = {
        persona
        for (persona,) in db.execute(
            "select persona from person join subject on subject.person = person.key where campus = ?", (campus,)
        )
    }
    return [persona for persona in personas(db) if persona["id"] in here]


def clients(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The registered applications: id, name, secret (empty: public), scopes in their own name."""
    rows = db.execute("select id, name, secret, scopes from client order by rowid")
    return [
        {"id": id_, "name": name, "secret": secret, "scopes": json.loads(scopes)} for id_, name, secret, scopes in rows
    ]


def client(db: sqlite3.Connection, id_: str) -> Client | None:
    row = db.execute("select id, secret, scopes from client where id = ?", (id_,)).fetchone()
    return Client(row[0], row[1], tuple(json.loads(row[2]))) if row else None


def account(db: sqlite3.Connection, campus: str, hint: str) -> Account | None:
    """Who a login hint (persona or university person id) means at this issuer; None when unknown here."""
    row = db.execute(
        "select key, sub, name, scopes, claims from person join subject on subject.person = person.key"
        " where campus = ? and (key = ? or (persona != '' and persona = ?))",
        (campus, hint, hint),
    ).fetchone()
    return Account(row[0], row[1], row[2], tuple(json.loads(row[3])), json.loads(row[4])) if row else None


def granted(requested: str, allowed: Iterable[str]) -> list[str]:
    """The scopes a token gets: those asked for and allowed, or all allowed when none are asked for (RFC 6749, 3.3)."""
    wanted = requested.split()
    return [scope for scope in (*allowed, "openid") if scope in wanted] if wanted else list(allowed)


def _register(db: sqlite3.Connection, university: University, person: Person, *, advises: bool) -> None:
    campuses = sorted({person.home_campus, *person.records})
    belongs = [] if "applicant" in person.affiliations else campuses
    scopes = dict.fromkeys(scope for affiliation in person.affiliations for scope in SCOPES.get(affiliation, ()))
    roles = _roles(person, advises=advises)
    name = f"{person.given_name} {person.surname}"
    db.execute(
        "insert into person values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            person.key,
            person.persona,
            name,
            person.home_campus,
            json.dumps(campuses),
            json.dumps(roles),
            _about(university, person),
            json.dumps(list(scopes)),
        ),
    )
    for campus in campuses:
        # Opaque, and different at each issuer, so that nobody may join people by subject.
        sub = hashlib.sha256(f"{university.seed}:{campus}:{person.key}".encode()).hexdigest()[:32]
        db.execute(
            "insert into subject values (?, ?, ?, ?)",
            (campus, person.key, sub, json.dumps(_claims(person, campus, belongs))),
        )


def _claims(person: Person, campus: str, campuses: list[str]) -> dict[str, Any]:
    own = f"{campus.lower()}_sis_id"
    # The issuer of the other campus knows its own student number only; the rest has to be looked up.
    released = {name: value for name, value in person.accounts.items() if campus == person.home_campus or name == own}
    return {
        "university_person_id": person.key,
        "affiliations": list(person.affiliations),
        "campuses": campuses,
        "programmes": sorted(record.programme for record in person.records.values() if record.state != "finished"),
        "entitlements": list(person.entitlements),
        "locale": "zh-Hans" if person.home_campus == "GZ" and person.nationality == "CN" else "en",
        **released,
    }


def _roles(person: Person, *, advises: bool) -> list[str]:
    """What the person is, in words for people: an alumna rather than alumni."""
    graduate = {"f": "alumna", "m": "alumnus"}.get(person.gender, "alumni")
    roles = [graduate if affiliation == "alumni" else affiliation for affiliation in person.affiliations]
    duties = (entitlement.split(":")[0] for entitlement in person.entitlements)
    return [*roles, *(["advisor"] if advises else []), *dict.fromkeys(duties)]


def _about(university: University, person: Person) -> str:
    studies = []
    for campus, record in person.records.items():
        names = [p.name["en"] for p in university.campuses[campus].programmes if p.code == record.programme]
        finished = "graduated from" if record.state == "finished" else f"year {record.year_of_study} of"
        studies.append(f"{finished} {names[0] if names else record.programme} at {campus}")
    does = "wants to study" if "applicant" in person.affiliations else "works"
    what = ", ".join(studies) or f"{does} at {person.home_campus}"
    duties = f"; {', '.join(person.entitlements)}" if person.entitlements else ""
    return f"{person.chinese_name or person.given_name}: {what}{duties}"
