"""A person's tickets at every desk that knows them."""

from strawberry import Parent

from connectors import onestop

from .context import Info
from .merged import of_accounts
from .paging import Page, paged
from .people import Me


async def tickets(me: Parent[Me], info: Info, first: int = 20, after: str | None = None) -> Page[onestop.Ticket] | None:
    """The latest first."""
    found = await of_accounts(info, "tickets", info.context.onestop.tickets_by_account, key=_latest_first)
    return paged(found, first=first, after=after, cursor=_latest_first) if found else None


def _latest_first(ticket: onestop.Ticket) -> tuple[int, str, str]:
    return (-int(ticket.created_at.timestamp()), ticket.system, ticket.id)
