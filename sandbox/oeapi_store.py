"""How a simulated student system keeps its resources: each as the JSON document it is served as, in one table."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import orjson

from .university import CAMPUS_TIME, Text

_TABLE = """
CREATE TABLE resource (
    kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, place INTEGER NOT NULL,
    code TEXT NOT NULL, search TEXT NOT NULL, document TEXT NOT NULL
)
"""
_COURSES = "course-offering-associations"
END_OF_DAY = time(23, 59, 59)
_SPACE = bytes.fromhex("5d3c1f6a0b7e4a52931f0c8e64d2ab17")


@dataclass(frozen=True, slots=True)
class Resource:
    kind: str
    """The collection's name in the standard's paths: course-offerings."""
    id: str
    document: Mapping[str, Any]
    parent: str = ""
    """Id of the resource in whose nested collection this one is listed; empty for a collection at the root."""
    search: str = ""
    """What `q` looks in, beside the name."""


def identify(system: str, kind: str, number: str) -> str:
    """The UUID of a resource: version 5 of RFC 9562 over the system, the kind and the number it has there."""
    digest = bytearray(hashlib.sha1(_SPACE + f"{system}:{kind}:{number}".encode(), usedforsecurity=False).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x50, digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def keep(db: sqlite3.Connection, resources: Iterable[Resource]) -> None:
    """Stores resources in the order in which their collections will list them."""
    db.execute(_TABLE)
    db.executemany(
        "INSERT INTO resource VALUES (?,?,?,?,?,?,?)", (_row(place, one) for place, one in enumerate(resources))
    )
    db.execute("CREATE UNIQUE INDEX by_id ON resource (kind, id)")
    db.execute("CREATE INDEX listing ON resource (kind, parent, place)")
    db.execute("CREATE INDEX by_code ON resource (kind, code) WHERE code != ''")


def _row(place: int, one: Resource) -> tuple[str, str, str, int, str, str, str]:
    document = orjson.dumps(one.document).decode()
    code = one.document.get("primaryCode", {}).get("code", "")
    names = " ".join(name["value"] for name in one.document.get("name", ()))
    return (one.kind, one.id, one.parent, place, code, f"{names} {one.search}".lower(), document)


# What a query name asks of a document. All of them take one value.
Condition = Callable[[str], tuple[str, str]]


def _equals(member: str) -> Condition:
    return lambda value: (f"json_extract(document, '$.{member}') = ?", value)


def _contains(member: str) -> Condition:
    return lambda value: (f"? IN (SELECT value FROM json_each(document, '$.{member}'))", value)  # noqa: S608 - ours


CONDITIONS: Mapping[str, Condition] = {
    "primaryCode": lambda value: ("code != '' AND code = ?", value),
    "q": lambda value: ("instr(search, ?)", value.lower()),
    "affiliations": _contains("affiliations"),
    "teachingLanguage": _contains("teachingLanguages"),
    "modeOfDelivery": _contains("modesOfDelivery"),
    "resultExpected": lambda value: ("json_extract(document, '$.resultExpected') = (? = 'true')", value),
    "resultState": _equals("result.state"),
    "parent": _equals("parentId"),
    "year": _equals("yearId"),
    **{
        name: _equals(name)
        for name in (
            "state", "role", "level", "academicSessionType", "programmeType", "qualificationAwarded",
            "levelOfQualification", "roomType", "groupType",
        )
    },
}  # fmt: skip


def listed(
    db: sqlite3.Connection, kind: str, parent: str, asked: Mapping[str, str], page: tuple[int, int]
) -> Sequence[str]:
    """The documents of a page (offset, length) of a collection that meet all conditions asked."""
    conditions = [CONDITIONS[name](value) for name, value in asked.items()]
    where = "".join(f" AND {condition}" for condition, _ in conditions)
    # The conditions are the fixed texts above; every value is bound.
    statement = f"SELECT document FROM resource WHERE kind = ? AND parent = ?{where} ORDER BY place LIMIT ? OFFSET ?"  # noqa: S608
    offset, length = page
    rows = db.execute(statement, (kind, parent, *(value for _, value in conditions), length, offset))
    return [document for (document,) in rows]


def single(db: sqlite3.Connection, kind: str, id_: str) -> str | None:
    row = db.execute("SELECT document FROM resource WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
    return row[0] if row else None


def replaced(db: sqlite3.Connection, kind: str, id_: str, document: Mapping[str, Any]) -> None:
    with db:
        db.execute(
            "UPDATE resource SET document = ? WHERE kind = ? AND id = ?", (orjson.dumps(document).decode(), kind, id_)
        )


def released_grade(db: sqlite3.Connection, number: str, grade: str, at_: datetime) -> dict[str, Any] | None:
    """The association of the first running course of a person, with a grade from now on; None where there is none."""
    person = db.execute("SELECT id FROM resource WHERE kind = 'persons' AND code = ?", (number,)).fetchone()
    running = listed(db, _COURSES, person[0], {"state": "associated"}, (0, 250)) if person else ()
    for text in running:
        document: dict[str, Any] = orjson.loads(text)
        if document["result"] is None:
            document["result"] = {
                "state": "completed", "pass": "failed" if grade == "F" else "passed", "score": grade, "final": True,
                "resultDateTime": at(at_), "studyLoad": document["studyLoad"],
            }  # fmt: skip
            replaced(db, _COURSES, document["associationId"], document)
            return document
    return None


def in_languages(text: Text) -> list[dict[str, str]]:
    """A text as the standard's list of LanguageTypedString."""
    return [{"language": language, "value": value} for language, value in text.items()]


def at(day: date | datetime, moment: time = time()) -> str:
    """RFC 3339 with the campuses' +08:00."""
    return (day if isinstance(day, datetime) else datetime.combine(day, moment, CAMPUS_TIME)).isoformat(
        timespec="seconds"
    )


def coded(kind: str, code: str) -> dict[str, str]:
    return {"codeType": kind, "code": code}
