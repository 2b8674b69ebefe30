"""Asking the ticket desks for help."""

from typing import Annotated

import strawberry

from connectors import onestop
from resolvers import ticket_changes as resolvers

from .cards import Data
from .changes import KEY, InvalidInput
from .fields import campus_type, field, input_type, resolved
from .node import Listing
from .tickets import REQUESTOR, Ticket

WRITE = "tickets:write"

input_type(
    resolvers.TicketInput,
    {
        "campus": "Code of the campus whose desk is asked.",
        "queue": "Name of the team, as `ticketQueues` tells it.",
        "subject": "What it is about, in one line of at most 200 characters.",
        "text": "What is wrong and what was tried, in plain text of at most 20,000 characters.",
        "priority": "How urgent it is. What is HIGH is done within 24 hours.",
    },
)
input_type(
    resolvers.TicketReplyInput,
    {
        "ticket": "Global id of a ticket of one's own.",
        "text": "Plain text of at most 20,000 characters.",
    },
)


@campus_type(record=onestop.TicketQueue, data=Data.PUBLIC, system="onestop")
class TicketQueue:
    """A team of a ticket desk that takes requests."""

    campus: str = field("Code of the campus whose desk it is.")
    name: str = field("Its name, for `createTicket`.")
    description: str = field("What it is for, in the desk's own words; may be empty.")


@campus_type(
    record=resolvers.TicketCreated,
    data=Data.PERSONAL,
    system="onestop",
    purpose=REQUESTOR,
    requires=WRITE,
    in_union=True,
)
class TicketCreated:
    """The desk has the request."""

    ticket: Ticket = field("The new ticket.")


@campus_type(
    record=resolvers.TicketReplied,
    data=Data.PERSONAL,
    system="onestop",
    purpose=REQUESTOR,
    requires=WRITE,
    in_union=True,
)
class TicketReplied:
    """The desk has the reply."""

    ticket: Ticket = field("The ticket, as it is since.")


CreateTicketResult = Annotated[
    TicketCreated | InvalidInput, strawberry.union("CreateTicketResult", description="What came of `createTicket`.")
]
ReplyToTicketResult = Annotated[
    TicketReplied | InvalidInput, strawberry.union("ReplyToTicketResult", description="What came of `replyToTicket`.")
]


@strawberry.type
class TicketQueries:
    ticket_queues: Listing[TicketQueue] | None = resolved(
        resolvers.ticket_queues,
        "The teams one can ask for help, by desk.",
        arguments={"campus": "Code of a campus; all, if left out."},
    )


@strawberry.type
class TicketMutations:
    create_ticket: CreateTicketResult | None = resolved(
        resolvers.create_ticket,
        "Asks a ticket desk for help.",
        requires=WRITE,
        arguments={"input": "The request.", "idempotencyKey": KEY},
    )
    reply_to_ticket: ReplyToTicketResult | None = resolved(
        resolvers.reply_to_ticket,
        "Writes to the desk on a ticket of one's own; one that was done is opened again.",
        requires=WRITE,
        arguments={"input": "The reply.", "idempotencyKey": KEY},
    )
