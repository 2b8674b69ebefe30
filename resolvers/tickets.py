"""A person's tickets at every desk that knows them, and what happened to each."""

from collections.abc import AsyncGenerator

from strawberry import Parent

from connectors import onestop
from connectors.wire import UpstreamError
from execution.derived import derived
from execution.relation import relation

from .context import Info
from .merged import of_accounts
from .news import Found, followed
from .paging import Page, paged
from .people import Me


async def tickets(me: Parent[Me], info: Info, first: int = 20, after: str | None = None) -> Page[onestop.Ticket] | None:
    """The latest first."""
    found = await of_accounts(info, "tickets", info.context.onestop.tickets_by_account, key=_latest_first)
    return paged(found, first=first, after=after, cursor=_latest_first) if found else None


def _latest_first(ticket: onestop.Ticket) -> tuple[int, str, str]:
    return (-int(ticket.created_at.timestamp()), ticket.system, ticket.id)


history = relation(
    key=lambda ticket: onestop.TicketKey(ticket.system, ticket.owner, ticket.id),
    by=lambda context: context.onestop.history_by_ticket,
)

WRITTEN = (onestop.TicketEventKind.CREATED, onestop.TicketEventKind.REPLY)

text_of_event = relation(
    key=lambda event: onestop.TicketEventKey(event.system, event.id) if event.kind in WRITTEN else None,
    by=lambda context: context.onestop.text_by_event,
)


@derived
def number(ticket: onestop.Ticket) -> str:
    return ticket.id


def ticket_changed(
    info: Info, resume: str | None = None
) -> AsyncGenerator[Found[onestop.Ticket] | UpstreamError | None, None]:
    source = info.context.followed.onestop.tickets
    return followed(info, "tickets", info.context.accounts.name, source, resume)
