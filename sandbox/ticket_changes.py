"""What one may write to a ticket over REST2, and what Request Tracker says to each change."""

import base64
import json
import re
import sqlite3
from datetime import datetime
from typing import Any

from aiohttp import web

from .ticket_desk import CUSTOM_FIELDS, QUEUES, UNSET, Asked, record, set_status
from .ticket_records import LIFECYCLE, REACHED_BY

_ROOM = {"MobilePhone": 30, "Address1": 200, "Address2": 200, "City": 100, "State": 100, "Zip": 16, "Country": 50}
"""Characters that RT's tables have for each; the rest is cut off without a word."""
_COLUMNS = {"Subject": "subject", "Owner": "owner", "Priority": "priority", "Due": "due"}


class BadTicket(Exception):
    """RT refuses the request as a whole; the message is its own."""


async def sent(request: web.Request) -> tuple[dict[str, Any], list[tuple[str, str, bytes]]]:
    """The JSON of a request and its files (name, type, content), from multipart or from Base64 in the JSON."""
    if request.content_type != "multipart/form-data":
        data = await request.json()
        uploads: list[Any] = []
    else:
        form = await request.post()
        if not form.get("JSON"):
            raise BadTicket("JSON is a required field for multipart/form-data")
        part = form["JSON"]
        data = json.loads(part.file.read() if isinstance(part, web.FileField) else part)
        uploads = form.getall("Attachments", [])
    if not isinstance(data, dict):
        raise BadTicket("JSON object must be a HASH")
    files = [(upload.filename, upload.content_type, upload.file.read()) for upload in uploads]
    for one in data.pop("Attachments", []):
        files.append((one["FileName"], one["FileType"], base64.b64decode(one["FileContent"])))
    return data, files


def asked_for(data: dict[str, Any], user: str) -> Asked:
    """A new ticket's particulars from its JSON."""
    asked = data.get("Queue")
    if not asked:
        raise BadTicket("Could not create ticket. Queue not set")
    queue = next((number for number, (name, _) in QUEUES.items() if str(asked) in (str(number), name)), None)
    if queue is None:
        raise BadTicket("Unable to find queue")
    requestor = data.get("Requestor") or user
    return Asked(
        queue,
        str(data.get("Subject", "")),
        str(data.get("Content", "")),
        requestor if isinstance(requestor, list) else [str(requestor)],
        int(data.get("Priority") or 0),
        # A field the queue does not have is logged by RT and otherwise passed over.
        {
            name: str(value)
            for name, value in (data.get("CustomFields") or {}).items()
            if name in CUSTOM_FIELDS.values()
        },
        # A new ticket takes the moment as RT writes it, a changed one as SQL does; any other form leaves it unset.
        _due(data["Due"], r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z") if "Due" in data else "",
    )


def change(db: sqlite3.Connection, ticket: int, data: dict[str, Any], user: str, now: datetime) -> list[str]:
    """Applies each member and returns RT's sentence on each; what it does not know it passes over."""
    said = []
    for name, column in _COLUMNS.items():
        if name in data:
            value = _due(data[name], r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)") if name == "Due" else data[name]
            # The column is one of the four above.
            (old,) = db.execute(f"select {column} from ticket where id = ?", (ticket,)).fetchone()  # noqa: S608
            db.execute(f"update ticket set {column} = ? where id = ?", (value, ticket))  # noqa: S608
            record(db, ticket, "Set", user, now, field=name, old=str(old), new=str(data[name]))
            said.append(f"Ticket {ticket}: {name} changed from '{old}' to '{data[name]}'")
    if "Status" in data:
        said.append(_moved(db, ticket, str(data["Status"]), user, now))
    for name, value in (data.get("CustomFields") or {}).items():
        if name in CUSTOM_FIELDS.values():
            db.execute("delete from cf where ticket = ? and name = ?", (ticket, name))
            db.execute("insert into cf values (?, ?, ?)", (ticket, name, str(value)))
            record(db, ticket, "CustomField", user, now, field=name, new=str(value))
            said.append(f"{name} {value} added")
    return said


def change_user(db: sqlite3.Connection, name: str, data: dict[str, Any]) -> list[str]:
    """Applies each member, in the order of the alphabet, and returns RT's sentence on each that is otherwise now.

    What is null or unknown is passed over.
    """
    said = []
    for member, column in sorted(REACHED_BY.items()):
        value = data.get(member)
        (old,) = db.execute(f"select {column} from user where name = ?", (name,)).fetchone()  # noqa: S608  our columns
        if value is not None and str(value) != old:
            kept = str(value)[: _ROOM[member]]
            db.execute(f"update user set {column} = ? where name = ?", (kept, name))  # noqa: S608
            before = f"'{old}'" if old else "(no value)"
            said.append(f"User {name}: {member} changed from {before} to '{value}'")
    return said


def _due(moment: Any, form: str) -> str:
    found = re.fullmatch(form, str(moment))
    return f"{found[1]}T{found[2]}Z" if found else UNSET


def _moved(db: sqlite3.Connection, ticket: int, status: str, user: str, now: datetime) -> str:
    (old,) = db.execute("select status from ticket where id = ?", (ticket,)).fetchone()
    if status == old:
        return f"Ticket {ticket}: That is already the current value"
    if not any((start, end) == (old, status) for start, end, _, _ in LIFECYCLE):
        return f"Ticket {ticket}: You can't change status from '{old}' to '{status}'."
    set_status(db, ticket, status, user, now)
    return f"Ticket {ticket}: Status changed from '{old}' to '{status}'"
