"""What a reader has borrowed, asked for and owes, in every library that knows them."""

from strawberry import Parent

from connectors import library

from .context import Info
from .merged import Merged, of_accounts
from .people import Me


async def loans(me: Parent[Me], info: Info) -> Merged[library.Loan] | None:
    """The one due first comes first."""
    loader = info.context.library.loans_by_account
    return await of_accounts(info, "loans", loader, key=lambda loan: (loan.due_at, loan.id))


async def holds(me: Parent[Me], info: Info) -> Merged[library.Hold] | None:
    """The oldest first; those without a date come last."""
    loader = info.context.library.holds_by_account
    return await of_accounts(info, "holds", loader, key=_asked_for)


async def fines(me: Parent[Me], info: Info) -> Merged[library.Fine] | None:
    loader = info.context.library.fines_by_account
    return await of_accounts(info, "fines", loader, key=lambda fine: (fine.charged_at, fine.id))


def _asked_for(hold: library.Hold) -> tuple[bool, float, str]:
    return hold.requested_at is None, hold.requested_at.timestamp() if hold.requested_at else 0.0, hold.id
