"""The members of what Koha's module for e-resources answers: licences, agreements, packages, titles."""

from collections.abc import Iterable
from itertools import count
from typing import Any

_TITLE = (
    "access_type", "biblio_id", "coverage_depth", "date_first_issue_online", "date_last_issue_online",
    "date_monograph_published_online", "date_monograph_published_print", "embargo_info", "external_id", "first_author",
    "first_editor", "monograph_edition", "monograph_volume", "notes", "num_first_issue_online", "num_first_vol_online",
    "num_last_issue_online", "num_last_vol_online", "online_identifier", "parent_publication_title_id",
    "preceding_publication_title_id", "print_identifier", "publication_title", "publication_type", "publisher_name",
    "title_id", "title_url",
)  # fmt: skip


def licence(number: int, name: str, status: str, begins: str | None, ends: str | None) -> dict[str, Any]:
    return {
        "license_id": number,
        "vendor_id": None,
        "name": name,
        "description": None,
        "type": "local",
        "status": status,
        "started_on": begins,
        "ended_on": ends,
    }


def agreement(number: int, name: str, status: str, perpetual: bool) -> dict[str, Any]:
    return {
        "agreement_id": number,
        "vendor_id": None,
        "name": name,
        "description": None,
        "status": status,
        "closure_reason": "expired" if status == "closed" else None,
        "is_perpetual": perpetual,
        "renewal_priority": None,
        "license_info": None,
    }


def package(number: int, name: str, content_type: str) -> dict[str, Any]:
    """A local one: an external package has the number of its provider."""
    return {
        "package_id": number,
        "vendor_id": None,
        "name": name,
        "provider": None,
        "external_id": None,
        "package_type": "local",
        "content_type": content_type,
        "notes": None,
        "created_on": "2025-01-06T10:00:00+08:00",
    }


def resource(
    number: int, package_id: int, name: str, volume: int, access_type: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A title as a package has it, and the title."""
    row = {
        "resource_id": number,
        "title_id": number,
        "package_id": package_id,
        "vendor_id": None,
        "started_on": None,
        "ended_on": None,
        "proxy": None,
    }
    title = dict.fromkeys(_TITLE) | {
        "title_id": number,
        "publication_title": f"{name}, {volume + 1}" if volume else name,
        "publication_type": "database",
        "title_url": f"https://e.hkust-gz.example/title/{number}",
        "access_type": access_type,
    }
    return row, title


def extended(number: int, told: Iterable[tuple[int, Iterable[str]]]) -> list[dict[str, Any]]:
    """What stands in the fields that the library added; one row for each value of a field that repeats."""
    ids = count(100 * number)
    return [
        {"id": str(next(ids)), "field_id": field, "record_id": str(number), "value": value}
        for field, values in told
        for value in values
    ]
