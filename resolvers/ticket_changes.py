"""Asking a ticket desk for help, and writing to it again."""

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import onestop, portal
from connectors.onestop import NewTicket, TicketPriority, TicketQueue
from connectors.wire import UpstreamBadResponse

from .access import check_owner
from .changes import afterwards, blank_or_long, invalid, once
from .context import Info
from .merged import Merged, merged
from .nodes import id_in

LONGEST_SUBJECT = 200
"""Characters, as many as RT keeps."""

LONGEST_TEXT = 20_000


@dataclass
class TicketInput:
    """What one wants help with."""

    campus: str
    queue: str
    subject: str
    text: str
    priority: TicketPriority = TicketPriority.LOW


@dataclass
class TicketReplyInput:
    """What one has to say to a ticket of one's own."""

    ticket: strawberry.ID
    text: str


class TicketCreated(Record, frozen=True):
    ticket: onestop.Ticket


class TicketReplied(Record, frozen=True):
    ticket: onestop.Ticket


class OpenedTicket(Record, frozen=True):
    """What is kept of it."""

    number: str


async def ticket_queues(info: Info, campus: str | None = None) -> Merged[TicketQueue] | None:
    async def of(system: str) -> Sequence[TicketQueue]:
        return await info.context.collection(info.context.indexes.onestop.queues, system)

    return await merged(info, {system: of(system) for system in info.context.campus.answering("queues", campus)})


async def create_ticket(
    info: Info, input: TicketInput, idempotency_key: str | None = None
) -> TicketCreated | InvalidInput | None:
    """At the desk of a campus at which the viewer has an account."""
    systems = info.context.campus.answering("open_ticket", input.campus)
    if not systems:
        nowhere = Problem(path=["input", "campus"], message=Message("This campus has no ticket desk."))
        return InvalidInput(problems=[*_texts(input), nowhere])
    system = systems[0]
    asked = NewTicket(queue=input.queue, subject=input.subject.strip(), text=input.text, priority=input.priority)
    desk = info.context.apart(system)

    async def send(mark: str) -> OpenedTicket | InvalidInput:
        if problems := [*_texts(input), *await _of_queue(info, system, input.queue)]:
            return InvalidInput(problems=problems)
        account = await info.context.accounts.name(system)
        if account is None:
            words = Message("You have no account at the ticket desk of this campus.")
            return invalid("input", "campus", message=words)
        return OpenedTicket(number=await desk.open_ticket(account, asked, mark))

    async def find(mark: str) -> OpenedTicket | None:
        number = await desk.ticket_by_mark(mark)
        return OpenedTicket(number=number) if number else None

    limit = info.context.campus.upstreams[system].change_limit
    attempt = portal.Attempt(system, OpenedTicket, send, find, limit)
    made = await once(info, "createTicket", idempotency_key, [system, asked], attempt)
    if isinstance(made, InvalidInput):
        return made
    return TicketCreated(ticket=await afterwards(_opened(info, system, made.number)))


async def reply_to_ticket(
    info: Info, input: TicketReplyInput, idempotency_key: str | None = None
) -> TicketReplied | InvalidInput | None:
    """Only the requestor may; a ticket that was done is opened again by it, as the desk has it."""
    wanted, _ = id_in(info, input.ticket)
    if wanted.type != "Ticket" or wanted.system not in info.context.campus.answering("reply"):
        return invalid("input", "ticket", message=Message("This is no id of a ticket."))
    if said := blank_or_long(input.text, LONGEST_TEXT, lines=True):
        return invalid("input", "text", message=said)
    owner, number = wanted.key
    key = onestop.TicketKey(wanted.system, owner, number)
    desk = info.context.apart(wanted.system)

    async def send(mark: str) -> OpenedTicket | InvalidInput:
        await check_owner(info, wanted.system, owner)
        if await info.context.onestop.ticket_by_key.load(key) is None:
            return invalid("input", "ticket", message=Message("This ticket is not there any longer."))
        await desk.reply(owner, number, input.text, mark)
        return OpenedTicket(number=number)

    async def find(mark: str) -> OpenedTicket | None:
        return OpenedTicket(number=number) if await desk.has_reply(owner, number, mark) else None

    limit = info.context.campus.upstreams[wanted.system].change_limit
    attempt = portal.Attempt(wanted.system, OpenedTicket, send, find, limit)
    made = await once(info, "replyToTicket", idempotency_key, [*key, input.text], attempt)
    if isinstance(made, InvalidInput):
        return made
    return TicketReplied(ticket=await afterwards(_ticket(info, key)))


async def _opened(info: Info, system: str, number: str) -> onestop.Ticket:
    account = await info.context.accounts.name(system)
    return await _ticket(info, onestop.TicketKey(system, account or "", number))


async def _ticket(info: Info, key: onestop.TicketKey) -> onestop.Ticket:
    """As the desk has it now. The viewer's own, so that it is there. Raises Forbidden where it is not by now."""
    await check_owner(info, key.system, key.owner)
    found = await info.context.onestop.ticket_by_key.load(key)
    if found is None:
        raise UpstreamBadResponse(key.system, "the ticket of this change is not among its requestor's")
    return found


def _texts(input: TicketInput) -> list[Problem]:
    said = {
        "subject": blank_or_long(input.subject, LONGEST_SUBJECT),
        "text": blank_or_long(input.text, LONGEST_TEXT, lines=True),
    }
    return [Problem(path=["input", name], message=message) for name, message in said.items() if message]


async def _of_queue(info: Info, system: str, queue: str) -> list[Problem]:
    queues = await info.context.collection(info.context.indexes.onestop.queues, system)
    known = [each.name for each in queues]
    if queue in known:
        return []
    words = Message("No such queue; there are {known}.", {"known": ", ".join(known)})
    return [Problem(path=["input", "queue"], message=words)]
