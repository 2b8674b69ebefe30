"""Requests for help at the ticket desks."""

from datetime import datetime

import strawberry

from connectors import onestop
from connectors.onestop import TicketActor, TicketEventKind, TicketPriority, TicketStatus
from resolvers import tickets as resolvers
from resolvers.news import news_told

from .cards import Data
from .enums import LABEL, STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved
from .node import RESUME, News, Node
from .streams import streamed

REQUESTOR = "To show people how far their requests for help have come."

described(
    TicketStatus,
    "How far a ticket has come.",
    {
        "NEW": "Nobody has looked at it yet.",
        "OPEN": "Being worked on.",
        "STALLED": "Waiting for somebody.",
        "RESOLVED": "Done.",
        "REJECTED": "Refused.",
        "OTHER": "Something else: see `statusLabel`.",
    },
)
described(
    TicketPriority,
    "How urgent a ticket is.",
    {
        "LOW": "Below 50.",
        "MEDIUM": "From 50 on.",
        "HIGH": "From 80 on: the desk promises to be done within 24 hours.",
    },
)
described(
    TicketEventKind,
    "What happened to a ticket.",
    {
        "CREATED": "It was opened; `text` is what was asked.",
        "REPLY": "Somebody wrote; `text` is what.",
        "STATUS": "Its status changed.",
        "PRIORITY": "Its priority changed.",
        "SUBJECT": "Its subject changed.",
        "DUE": "Another time was set for when it should be done.",
        "ASSIGNED": "Somebody else at the desk has it.",
        "MOVED": "Another team has it.",
    },
)
described(
    TicketActor,
    "In which role somebody acts on a ticket. Who of the desk it was is not told.",
    {
        "REQUESTOR": "Whose ticket it is.",
        "DESK": "The desk, or whoever else takes part.",
        "SYSTEM": "The desk's software, by itself.",
    },
)


@campus_type(
    record=onestop.TicketEvent, data=Data.PERSONAL, system="onestop", purpose=REQUESTOR, requires="tickets:read"
)
class TicketEvent:
    """Something that happened to a ticket."""

    kind: TicketEventKind = field("What happened.")
    kind_label: str = labelled("kind", LABEL)
    at: datetime = field("When.")
    by: TicketActor = field("In which role.")
    by_label: str = labelled("by", LABEL)
    before: str | None = field("Of a status, priority or subject: what it was, in the desk's own word.")
    after: str | None = field("Of a status, priority or subject: what it is since, in the desk's own word.")
    text: str | None = resolved(
        resolvers.text_of_event,
        "What was written; null where it is no plain text. Asks the desk once more, for all events of the answer.",
    )


@campus_type(
    record=onestop.Ticket, data=Data.PERSONAL, system="onestop", purpose=REQUESTOR, requires="tickets:read", node=True
)
class Ticket(Node):
    """A request for help at a ticket desk."""

    id: strawberry.ID = global_id_of("Ticket")
    number: str = resolved(resolvers.number, "The desk's own number.")
    subject: str = field("What it is about.")
    campus: str = field("Code of the campus whose desk it is.")
    status: TicketStatus = field("How far it has come.")
    status_label: str = labelled("status", STATE_LABEL, own="status_label")
    queue: str | None = field("Which team has it.")
    priority: int = field("The higher, the more urgent.")
    priority_level: TicketPriority = field("The same in three steps.")
    priority_level_label: str = labelled("priority_level", LABEL)
    created_at: datetime = field("When it was opened.")
    updated_at: datetime = field("When anything last happened to it.")
    due_at: datetime | None = field(
        "When it should be done: as the desk says, or 24 hours after it was opened if it is urgent."
    )
    resolved_at: datetime | None = field("When it was done.")
    history: list[TicketEvent] | None = resolved(
        resolvers.history, "What happened to it, in order of time, but for what the desk keeps to itself."
    )


@strawberry.type
class TicketSubscriptions:
    ticket_changed: News[Ticket] | None = streamed(
        resolvers.ticket_changed,
        "The person's tickets; then each that is new or to which anything has happened.",
        each=news_told,
        requires="tickets:read",
        arguments={"resume": RESUME},
    )
