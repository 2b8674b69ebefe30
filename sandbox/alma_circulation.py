"""What the simulated Alma's policies allow: who may renew what, ask for what, and where it can be fetched.

The codes are those that Ex Libris documents for renewing a loan and for creating a request. Of a reader who is blocked
they have none of their own: a renewal is refused as any other, a request could not be created.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from .alma_answers import AlmaError
from .library_titles import LIBRARIES, Title

OWED_AT_MOST = 500.0
"""HKD; who owes more is blocked."""

LIBRARIES_TOLD = [
    {
        "link": f"/almaws/v1/conf/libraries/{code}",
        "code": code,
        "path": "",
        "name": name,
        "description": None,
        "resource_sharing": False,
        "campus": {"value": None, "desc": None},
        "proxy": None,
        "default_location": {"value": "stacks", "desc": "Stacks"},
    }
    for code, name in LIBRARIES.items()
]


def renewable(db: sqlite3.Connection, left: int, loan: dict[str, Any]) -> bool:
    """Whether the loan may be renewed: there are renewals left, and nobody else waits for the title."""
    row = db.execute(
        "select 1 from request where open and type = 'HOLD' and mms_id = ? and user_id <> ?",
        (loan["mms_id"], loan["user_id"]),
    ).fetchone()
    return left > 0 and row is None


def owes_too_much(db: sqlite3.Connection, user: str) -> bool:
    """Whether the reader is blocked, which a loan does not tell of itself."""
    (owed,) = db.execute(
        "select total(document ->> 'balance') from fee where user_id = ? and status = 'ACTIVE'", (user,)
    ).fetchone()
    return float(owed) > OWED_AT_MOST


def pickup_of(asked: dict[str, Any]) -> dict[str, str]:
    """Where a request is to be fetched, as a request tells it. Raises AlmaError for what is no library."""
    kind, library = asked.get("pickup_location_type"), asked.get("pickup_location_library")
    if kind != "LIBRARY" or library not in LIBRARIES:
        desk = asked.get("pickup_location_circulation_desk")
        raise AlmaError("401895", f"Pickup circulation desk with code {desk} and library code {library} was not found.")
    return {"pickup_location": LIBRARIES[library], "pickup_location_library": library}


def why_not_requested(
    db: sqlite3.Connection, asked: dict[str, Any], title: Title, user: str, waiting: Sequence[str]
) -> tuple[str, str] | None:
    """Code and words of the refusal; None where nothing stands against it."""
    if asked.get("request_type") != "HOLD" or not title.copies:
        return "401129", "No items can fulfill the submitted request."
    if user in waiting:
        return "401136", "Failed to save the request: Patron has active request for selected item."
    if owes_too_much(db, user):
        return "60331", "Failed to create request."
    return None
