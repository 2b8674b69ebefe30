"""What is written to a Request Tracker: a new ticket, and a reply in the requestor's name.

RT ignores the header `Idempotency-Key`, so that our mark goes into a custom field of a ticket, and below the text of a
reply, where it also tells the desk who wrote: RT knows only that the gateway's user did.
Source: RT::REST2, "Creating and updating", of Request Tracker 5.0; verified against a real 5.0.3.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from .records import NewTicket, TicketPriority

MARK_FIELD = "Idempotency Key"
"""The custom field of tickets that the desk must have."""

PRIORITIES = {TicketPriority.LOW: 0, TicketPriority.MEDIUM: 50, TicketPriority.HIGH: 80}
"""The least number of each step."""

SIGNATURE = re.compile(r"\n\n-- \nWritten by \S+ in the campus portal\.( Reference: (?P<mark>\w+))?\s*\Z")
"""Below a reply; "-- " begins a signature in mail (RFC 3676, 4.3)."""


class CreatedOnWire(Struct):
    id: str


def new_ticket(asked: NewTicket, requestor: str, mark: str) -> Mapping[str, object]:
    """The body of POST /ticket."""
    body = {
        "Queue": asked.queue,
        "Subject": asked.subject,
        "Requestor": requestor,
        "Priority": PRIORITIES[asked.priority],
        "Content": asked.text,
        "ContentType": "text/plain",
    }
    return {**body, "CustomFields": {MARK_FIELD: mark}} if mark else body


def reply(text: str, requestor: str, mark: str) -> Mapping[str, str]:
    """The body of POST /ticket/{id}/correspond."""
    reference = f" Reference: {mark}" if mark else ""
    signed = f"{text.rstrip()}\n\n-- \nWritten by {requestor} in the campus portal.{reference}"
    return {"Content": signed, "ContentType": "text/plain"}


def without_signature(text: str) -> str:
    return SIGNATURE.sub("", text.replace("\r\n", "\n"))


def mark_in(text: str) -> str | None:
    """The mark of a reply that was sent with one."""
    found = SIGNATURE.search(text.replace("\r\n", "\n"))
    return found["mark"] if found else None
