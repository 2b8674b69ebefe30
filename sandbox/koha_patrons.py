"""What Koha takes of an update of a patron, by its OpenAPI document: each member of its type, and nothing else."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from .koha_answers import InvalidBody, KohaError
from .koha_records import FIELDS, LIBRARIES

_NEEDED = ("surname", "library_id", "category_id")
_ONLY_READ = frozenset({"patron_id", "restricted", "anonymized"})
_YES_OR_NO = frozenset({"autorenew_checkouts", "incorrect_address", "patron_card_lost", "protected"})
_NUMBERS = frozenset({"login_attempts", "privacy", "sms_provider_id"})
_DATES = frozenset({"date_enrolled", "date_of_birth", "date_renewed", "expiry_date"})
_NEVER_NULL = frozenset({"library_id", "category_id", "autorenew_checkouts", "privacy", "lang", "protected"})
_CATEGORIES = ("ST", "AL", "S")


def why_not_updated(db: sqlite3.Connection, patron: int, asked: Mapping[str, Any]) -> KohaError | InvalidBody | None:
    """None where it is."""
    if wrong := list(_wrong(asked)):
        return InvalidBody(wrong)
    for name, known in (("library_id", LIBRARIES), ("category_id", _CATEGORIES)):
        if asked[name] not in known:
            return KohaError(400, f"Given {name} does not exist")
    for name in ("cardnumber", "userid"):
        query = f"select 1 from patron where document ->> '{name}' = ? and id <> ?"  # noqa: S608  of the two above
        if asked.get(name) and db.execute(query, (asked[name], patron)).fetchone():
            return KohaError(409, f"Duplicate entry for key {name}")
    return None


def _wrong(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and message of each fault."""
    if odd := sorted(set(asked) - set(FIELDS["patron"])):
        yield "/body", f"Properties not allowed: {', '.join(odd)}."
    yield from ((f"/body/{name}", "Missing property.") for name in _NEEDED if name not in asked)
    for name, value in asked.items():
        if name in _ONLY_READ:
            yield f"/body/{name}", "Read-only."
        elif value is None:
            if name in _NEVER_NULL:
                yield f"/body/{name}", "Expected string - got null."
        elif name in FIELDS["patron"] and not _of_its_type(name, value):
            yield f"/body/{name}", f"Expected another type - got {type(value).__name__}."


def _of_its_type(name: str, value: Any) -> bool:
    if name in _YES_OR_NO:
        return isinstance(value, bool)
    if name in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and (name not in _DATES or _is_date(value))


def _is_date(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False
