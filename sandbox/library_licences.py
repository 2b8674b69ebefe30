"""What the simulated library at Clear Water Bay has licences of, in the shape Alma keeps it."""

from typing import Any, NamedTuple

EVERYBODY = ("STUDENT", "FACULTY", "STAFF", "ALUMNI")
HERE = ("STUDENT", "FACULTY", "STAFF")

_LICENCES = (
    # code, status, first day, last day, whom it lets in
    ("LIC-CAMPUS", "ACTIVE", "2024-07-01Z", None, HERE),
    ("LIC-ALUMNI", "ACTIVE", "2023-01-01Z", None, EVERYBODY),
    ("LIC-STAFF", "ACTIVE", "2025-01-01Z", None, ("FACULTY", "STAFF")),
    ("LIC-OVER", "EXPIRED", "2019-01-01Z", "2021-12-31Z", HERE),
    ("LIC-SILENT", "ACTIVE", "2022-09-01Z", None, ()),
)


class _Collection(NamedTuple):
    name: str
    type: str
    category: str | None
    licence: str | None
    groups: tuple[str, ...] = ()
    """What it is available for; where nothing is named, the whole institution."""
    free: str = "0"


_COLLECTIONS = (
    _Collection("Anthology of Engineering Standards", "Database", None, "LIC-CAMPUS"),
    _Collection("Bauhinia Journals Online", "Selective package", "Journals", "LIC-CAMPUS", ("CWB", "GZ")),
    _Collection("Clear Water E-books", "Aggregator package", "E-books", "LIC-ALUMNI"),
    _Collection("Delta Statistics Workbench", "Selective package", "Software", "LIC-CAMPUS", ("CWB", "GZ")),
    _Collection("Electron Microscopy Suite", "Selective package", "Software", "LIC-STAFF"),
    _Collection("Fragrant Harbour Newspapers", "Database", "Newspapers", "LIC-OVER"),
    _Collection("Greater Bay Patents", "Database", None, "LIC-SILENT", ("GZ",)),
    _Collection("Hong Kong Open Theses", "Database", None, None, (), "1"),
    _Collection("Index of Chinese Science", "Database", None, None),
)


def licences() -> list[dict[str, Any]]:
    return [_licence(*each) for each in _LICENCES]


def collections() -> list[dict[str, Any]]:
    return [_collection(number, each) for number, each in enumerate(_COLLECTIONS, 1)]


def _licence(code: str, status: str, begins: str, ends: str | None, lets_in: tuple[str, ...]) -> dict[str, Any]:
    terms = [_term(f"AUTH_{who}", f"{who.title()} authorised", "YES" if who in lets_in else "NO") for who in EVERYBODY]
    return {
        "link": f"/almaws/v1/acq/licenses/{code}",
        "code": code,
        "name": f"Licence {code.removeprefix('LIC-').title()}",
        "type": {"value": "LICENSE", "desc": "License"},
        "status": {"value": status, "desc": status.title()},
        "licensor": {"value": "PUBLISHER", "desc": "A publisher"},
        "start_date": begins,
        "end_date": ends,
        "term": [*(terms if lets_in else ()), _term("WALKIN", "Walk-in user", "PERMITTED")],
    }


def _term(code: str, name: str, value: str) -> dict[str, Any]:
    return {"code": {"value": code, "desc": name}, "value": {"value": value, "desc": value.title()}}


def _collection(number: int, held: _Collection) -> dict[str, Any]:
    pid = f"6111{number:06d}0003412"
    return {
        "id": pid,
        "link": f"/almaws/v1/electronic/e-collections/{pid}",
        "is_local": True,
        "public_name": held.name,
        "description": f"{held.name}, as the publisher tells of it.",
        "library": {"value": None, "desc": None},
        "type": {"value": {"Selective package": "0", "Aggregator package": "1"}.get(held.type, "2"), "desc": held.type},
        "access_type": {"value": "current", "desc": "Current"},
        "license": {"value": held.licence, "desc": held.licence and f"Licence {held.licence}"},
        "url": f"https://library.example/e/{number}",
        "url_override": "",
        "free": {"value": held.free, "desc": "Yes" if held.free == "1" else "No"},
        "proxy_enabled": {"value": "false", "desc": "No"},
        "category": held.category,
        "public_note": "",
        "authentication_note": "",
        "group_settings": [
            {
                "group": {"value": group, "desc": f"Available for {group}"},
                "proxy_enabled": {"value": "false", "desc": "No"},
                "proxy": "",
                "public_name": "",
                "authentication_note": "",
                "public_note": "",
            }
            for group in held.groups
        ],
        "portfolios": {"value": 0, "link": f"/almaws/v1/electronic/e-collections/{pid}/e-services"},
    }
