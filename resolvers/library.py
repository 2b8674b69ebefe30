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
    loader = info.context.library.holds_by_account
    return await of_accounts(info, "holds", loader, key=lambda hold: (hold.requested_at, hold.id))


async def fines(me: Parent[Me], info: Info) -> Merged[library.Fine] | None:
    loader = info.context.library.fines_by_account
    return await of_accounts(info, "fines", loader, key=lambda fine: (fine.charged_at, fine.id))
