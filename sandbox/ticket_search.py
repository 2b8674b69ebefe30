"""The two searches of Request Tracker's collections: TicketSQL for tickets, JSON limits for everything else."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from .ticket_changes import BadTicket
from .ticket_sql import parse

_TICKET_ORDER = {
    "id": "id",
    "Created": "created",
    "LastUpdated": "last_updated",
    "Due": "due",
    "Priority": "priority",
    "Status": "status",
    "Subject": "subject",
    "Queue": "queue",
}
_SEARCHABLE = {
    "transaction": {
        "id": "id",
        "ObjectType": "'RT::Ticket'",
        "ObjectId": "ticket",
        "Type": "type",
        "Field": "field",
        "Creator": "creator",
        "Created": "created",
    },
    "attachment": {"id": "id", "Filename": "filename", "ContentType": "content_type", "TransactionId": "txn"},
    "user": {"id": "id", "Name": "name", "EmailAddress": "address", "RealName": "real_name"},
}
_TABLES = {"transaction": ("txn", "id"), "attachment": ("attachment", "id"), "user": ("user", "name")}
_OF_TICKET = {"transaction": "ticket = ?", "attachment": "txn in (select id from txn where ticket = ?)"}
_SHOWN = "type not in (select value from json_each(?))"
_SEEN = {"transaction": _SHOWN, "attachment": f"txn in (select id from txn where {_SHOWN})"}  # noqa: S608 (constants)
_OPERATORS = {"=": "=", "!=": "!=", "<": "<", ">": ">", "LIKE": "like", "IS": "=", "IS NOT": "!="}


def tickets(db: sqlite3.Connection, request: web.Request) -> list[int]:
    """Numbers of the tickets that `query` finds, in the order asked for; TicketSQLError."""
    where = parse(request.query.get("query", ""))
    order = _TICKET_ORDER.get(request.query.get("orderby", "id"), "id")
    direction = "desc" if request.query.get("order", "ASC").upper() == "DESC" else "asc"
    # The condition is built by our parser out of fixed fragments, its values are bound.
    query = f"select id from ticket where {where.sql or 'true'} order by {order} {direction}, id"  # noqa: S608
    return [number for (number,) in db.execute(query, where.values)]


async def limits(request: web.Request) -> list[dict[str, Any]]:
    """The JSON search of a request: the body of a POST, or `query` of a GET. BadTicket when it is none."""
    text = await request.text() if request.method == "POST" else request.query.get("query", "")
    found = json.loads(text) if text else []
    if not isinstance(found, list) or not all(isinstance(limit, dict) for limit in found):
        raise BadTicket("JSON object must be a ARRAY")
    return found


def records(
    db: sqlite3.Connection,
    kind: str,
    search: list[dict[str, Any]],
    ticket: int | None = None,
    hidden: Sequence[str] = (),
) -> list[Any]:
    """Keys of the records that fit. Limits of one field are joined by their aggregator (OR), fields by AND;
    fields that nobody may search are ignored, as RT does.

    `ticket` narrows transactions and attachments to those of one, `hidden` are types of transaction that the reader
    may not see."""
    by_field: dict[str, tuple[str, list[Any]]] = {}
    for limit in search:
        column = _SEARCHABLE[kind].get(limit.get("field", ""))
        if column is None or limit.get("value") is None:
            continue
        test = f"({column} {_OPERATORS.get(limit.get('operator', '=').upper(), '=')} ? collate nocase)"
        so_far, values = by_field.get(column, ("", []))
        joined = " and " if str(limit.get("entry_aggregator", "OR")).upper() == "AND" else " or "
        like = limit.get("operator", "=").upper() == "LIKE"
        value = f"%{limit['value']}%" if like else str(limit["value"])
        by_field[column] = (so_far + joined + test if so_far else test, [*values, value])
    table, key = _TABLES[kind]
    conditions, values = [f"({test})" for test, _ in by_field.values()], [v for _, vs in by_field.values() for v in vs]
    if ticket is not None:
        conditions.append(_OF_TICKET[kind])
        values.append(ticket)
    if hidden and kind in _SEEN:
        conditions.append(_SEEN[kind])
        values.append(json.dumps(hidden))
    # Column names and operators are ours; what came from outside is bound.
    query = f"select {key} from {table} where {' and '.join(conditions) or 'true'} order by id"  # noqa: S608
    return [found for (found,) in db.execute(query, values)]
