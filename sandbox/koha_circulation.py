"""What the simulated Koha's rules allow: who may renew what, and who may wait for what.

In the order and in the words of Koha's own checks: C4::Circulation::CanBookBeRenewed, and for holds what is checked of
the place to fetch it, of the patron (Koha::Patron::can_place_holds) and of the title (C4::Reserves::CanBookBeReserved).
"""

import json
import sqlite3
from datetime import datetime
from typing import Any

from .koha_answers import KohaError
from .koha_records import stamp

MAX_RENEWALS = 3
MAX_HOLDS = 8
"""The system preference maxreserves."""
OWED_AT_MOST = 100.0
"""The system preference maxoutstanding, in CNY."""


def why_not_renewed(db: sqlite3.Connection, checkout: dict[str, Any], now: datetime) -> str | None:
    """Koha's word for it; None where it may be renewed. Overdue items are blocked (OverduesBlockRenewing)."""
    own, title = db.execute(
        "select refusal, biblio_id from checkout join item on item.id = checkout.document ->> 'item_id'"
        " where checkout.id = ?",
        (checkout["checkout_id"],),
    ).fetchone()
    if own is not None:
        return str(own)
    if checkout["renewals_count"] >= MAX_RENEWALS:
        return "too_many"
    if checkout["due_date"] < stamp(now):
        return "overdue"
    waiting = db.execute(
        "select 1 from hold where open and document ->> 'status' is null and document ->> 'biblio_id' = ?"
        " and document ->> 'patron_id' <> ?",
        (title, checkout["patron_id"]),
    ).fetchone()
    return "on_reserve" if waiting else None


def why_not_held(db: sqlite3.Connection, asked: dict[str, Any]) -> KohaError | None:
    reader, title, pickup = (asked.get(name) for name in ("patron_id", "biblio_id", "pickup_library_id"))
    if not isinstance(reader, int) or not isinstance(pickup, str):
        return KohaError(400, "Missing property.: /body/patron_id")
    if title is None:
        return KohaError(400, "At least one of biblio_id, item_id should be given")
    if not db.execute("select 1 from biblio where id = ?", (title,)).fetchone():
        return KohaError(400, "Bibliographic record not found")
    if not db.execute("select 1 from patron where id = ?", (reader,)).fetchone():
        return KohaError(400, "patron_id not found")
    copies = [json.loads(row) for (row,) in db.execute("select document from item where biblio_id = ?", (title,))]
    place = db.execute("select document ->> 'pickup_location' from library where id = ?", (pickup,)).fetchone()
    if not copies or not place or not place[0]:
        return KohaError(400, "The supplied pickup location is not valid")
    if word := _of_patron(db, reader):
        return KohaError(409, f"Hold cannot be placed. Reason: {word}", word)
    if word := _of_title(db, reader, title, copies):
        return KohaError(403, f"Hold cannot be placed. Reason: {word}")
    return None


def _of_patron(db: sqlite3.Connection, reader: int) -> str | None:
    (restricted,) = db.execute("select document ->> 'restricted' from patron where id = ?", (reader,)).fetchone()
    (owed,) = db.execute(
        "select total(document ->> 'amount_outstanding') from line where document ->> 'patron_id' = ?", (reader,)
    ).fetchone()
    (holds,) = db.execute("select count(*) from hold where open and document ->> 'patron_id' = ?", (reader,)).fetchone()
    if owed > OWED_AT_MOST:
        return "debt_limit"
    if restricted:
        return "restricted"
    return "hold_limit" if holds >= MAX_HOLDS else None


def _of_title(db: sqlite3.Connection, reader: int, title: int, copies: list[dict[str, Any]]) -> str | None:
    """One hold for each record and reader (holds_per_record); what is not for loan is not reserved either."""
    if all(copy["not_for_loan_status"] or copy["lost_status"] or copy["withdrawn"] for copy in copies):
        return "notReservable"
    theirs = db.execute(
        "select 1 from hold where open and document ->> 'biblio_id' = ? and document ->> 'patron_id' = ?",
        (title, reader),
    ).fetchone()
    return "tooManyHoldsForThisRecord" if theirs else None
