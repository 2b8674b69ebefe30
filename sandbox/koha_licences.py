"""What the simulated library in Guangzhou has licences of, in the shape Koha's module for e-resources keeps it."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from .koha_erm_records import agreement, extended, licence, package, resource

_TABLES = """
create table erm_field (id integer primary key, document text not null);
create table erm_license (id integer primary key, document text not null, more text not null);
create table erm_agreement (id integer primary key, document text not null, more text not null);
create table erm_package (id integer primary key, document text not null, more text not null);
create table erm_resource (
    id integer primary key, package_id integer not null, document text not null, more text not null);
"""

LINK, CAMPUSES, USERS = 1, 2, 3
"""Numbers of the fields that the library has added."""

_FIELDS = ((LINK, "package", "Access link"), (CAMPUSES, "license", "Campuses"), (USERS, "license", "Authorised users"))

HERE = ("student", "faculty", "staff")


class _Licence(NamedTuple):
    name: str
    status: str
    begins: str | None
    ends: str | None
    users: tuple[str, ...] = ()
    campuses: tuple[str, ...] = ()


_LICENCES = {
    1: _Licence("University licence", "active", "2024-09-01", None, HERE),
    2: _Licence("Both campuses", "active", "2025-01-01", None, HERE, ("CWB", "GZ")),
    3: _Licence("Staff", "active", "2025-01-01", None, ("faculty", "staff")),
    # Nobody told the register that it is over; its last day did.
    4: _Licence("Newspapers until 2025", "active", "2023-01-01", "2025-12-31", HERE),
    5: _Licence("Trial", "trial", "2026-09-01", "2026-12-31", HERE),
    6: _Licence("For members of the library", "active", "2022-09-01", None),
    7: _Licence("Alumni too", "active", "2023-01-01", None, (*HERE, "alumni")),
}


class _Agreement(NamedTuple):
    name: str
    status: str
    licence: int
    packages: tuple[int, ...]
    periods: tuple[tuple[str, str | None], ...] = ()
    perpetual: bool = False


_AGREEMENTS = {
    1: _Agreement("Engineering, yearly", "active", 1, (1,), (("2025-01-01", "2025-12-31"), ("2026-01-01", None))),
    2: _Agreement("Of both universities", "active", 2, (2, 5), (("2025-01-01", "2027-12-31"),)),
    3: _Agreement("E-books bought", "active", 7, (3,), perpetual=True),
    4: _Agreement("Laboratories", "active", 3, (4,), (("2025-01-01", None),)),
    5: _Agreement("Newspapers", "active", 4, (6,)),
    6: _Agreement("Patents on trial", "active", 5, (7,)),
    7: _Agreement("Standards until 2025", "closed", 6, (11,), (("2022-09-01", "2025-08-31"),)),
    8: _Agreement("Standards", "active", 6, (11,), (("2025-09-01", "2028-08-31"),)),
}


class _Package(NamedTuple):
    name: str
    content_type: str
    titles: int = 1
    access_type: str = "P"


_PACKAGES = {
    1: _Package("Jade Gate Engineering Index", "AbstractAndIndex"),
    2: _Package("Kapok Journals 木棉期刊", "EJournal", 3),
    3: _Package("Lingnan E-books 岭南电子书", "EBook", 2),
    4: _Package("Mirror Lake Circuit Simulator", "Software"),
    5: _Package("Nansha Computing Workbench", "Software"),
    6: _Package("Oyster Shell Newspapers", "MixedContent", 2),
    7: _Package("Pearl River Patents", "AggregatedFullText"),
    8: _Package("Quarry Statistics", "OnlineReference"),
    9: _Package("River Delta Open Theses 湾区学位论文", "OnlineReference", 1, "F"),
    10: _Package("Shelves of Nansha", "Print", 2),
    11: _Package("Textile Standards", "AbstractAndIndex"),
}


def seed(db: sqlite3.Connection) -> None:
    db.executescript(_TABLES)
    fields = [
        (number, {"extended_attribute_type_id": number, "resource_type": of, "name": name, "searchable": False})
        for number, of, name in _FIELDS
    ]
    db.executemany("insert into erm_field values (?, ?)", [(number, json.dumps(row)) for number, row in fields])
    _keep(db, "erm_license", ((number, *_licence(number, each)) for number, each in _LICENCES.items()))
    _keep(db, "erm_agreement", ((number, *_agreement(number, each)) for number, each in _AGREEMENTS.items()))
    _keep(db, "erm_package", ((number, *_package(number, each)) for number, each in _PACKAGES.items()))
    numbers = count(1)
    for number, each in _PACKAGES.items():
        for volume in range(each.titles):
            of_title = next(numbers)
            row, title = resource(of_title, number, each.name, volume, each.access_type)
            more = json.dumps({"title": title}, ensure_ascii=False)
            db.execute("insert into erm_resource values (?, ?, ?, ?)", (of_title, number, json.dumps(row), more))


def _keep(db: sqlite3.Connection, table: str, rows: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]]) -> None:
    told = [
        tuple(each if isinstance(each, int) else json.dumps(each, ensure_ascii=False) for each in row) for row in rows
    ]
    db.executemany(f"insert into {table} values (?, ?, ?)", told)  # noqa: S608  tables are this module's own


def _licence(number: int, held: _Licence) -> tuple[dict[str, Any], dict[str, Any]]:
    told = [(USERS, held.users), (CAMPUSES, held.campuses)]
    return (
        licence(number, held.name, held.status, held.begins, held.ends),
        {"extended_attributes": extended(number, told)},
    )


def _agreement(number: int, held: _Agreement) -> tuple[dict[str, Any], dict[str, Any]]:
    return agreement(number, held.name, held.status, held.perpetual), {
        "periods": [
            {"agreement_period_id": 10 * number + place, "agreement_id": number, "started_on": begins, "ended_on": ends}
            for place, (begins, ends) in enumerate(held.periods)
        ],
        "agreement_licenses": _linked(number, held.licence),
        "agreement_packages": [{"agreement_id": number, "package_id": package} for package in held.packages],
    }


def _linked(number: int, licence: int) -> Sequence[Mapping[str, Any]]:
    """The licence that holds, and beside it one of the past, which says nothing any more."""
    past = next(each for each in _LICENCES if each != licence)
    return [
        {"agreement_license_id": 10 * number + place, "agreement_id": number, "license_id": each, "status": status}
        for place, (each, status) in enumerate(((licence, "controlling"), (past, "history")))
    ]


def _package(number: int, held: _Package) -> tuple[dict[str, Any], dict[str, Any]]:
    link = (f"https://e.hkust-gz.example/{number}",) if held.titles > 1 else ()
    return package(number, held.name, held.content_type), {
        "resources_count": held.titles,
        "extended_attributes": extended(number, [(LINK, link)]),
    }
