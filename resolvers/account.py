"""What a student owes and has paid, over all campuses: each in its own currency, added up where that is the same."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from strawberry import Parent

from campus.money import Money
from campus.record import Record
from connectors import sis
from connectors.wire import UpstreamError

from .context import Info
from .merged import Merged, parts
from .people import Me, persons_of, studies


class Account(Record, frozen=True):
    """The accounts of all campuses as one."""

    charges: Merged[sis.Charge]
    payments: Merged[sis.Payment]
    payable_by: Merged[sis.PaymentMethod]
    balances: Sequence[Money]
    """Of the campuses that answered."""
    failure: UpstreamError | None
    """Why a campus is missing, if one is."""


async def account(me: Parent[Me], info: Info) -> Account | None:
    """None for who never was a student. What is due last, and what was paid last, comes first."""
    students = await studies(me, info, lambda who: persons_of(info, who))
    if students is None:
        return None
    found = parts(students, lambda person: [person.account] if person.account else [])
    charges = parts(found, lambda each: each.charges)
    payments = parts(found, lambda each: each.payments)
    return Account(
        charges=Merged(
            nodes=sorted(charges.nodes, key=lambda each: each.due, reverse=True), unavailable=found.unavailable
        ),
        payments=Merged(
            nodes=sorted(payments.nodes, key=lambda each: each.paid_at, reverse=True), unavailable=found.unavailable
        ),
        payable_by=parts(found, lambda each: each.methods),
        balances=[each.balance for each in found.nodes],
        failure=next(iter(found.failures), None),
    )


def balance(account: Parent[Account]) -> list[Money] | None:
    """One amount for each currency. Raises if a campus is missing: nobody is told less than what they owe."""
    if account.failure:
        raise account.failure
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in account.balances:
        sums[each.currency] += each.amount
    return [Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items())]
