"""What an amount is in another currency, by the last published rate."""

from decimal import Decimal

from strawberry import Parent

from campus.money import Conversion, Money, exchanged, unconverted

from .context import Info
from .refusals import BadUserInput

ONE = Decimal(1)


async def converted(money: Parent[Money], currency: str, info: Info) -> Conversion | None:
    """None if no rate of its own currency is published. Of several systems that tell rates, the first is asked.

    Raises BadUserInput for a currency without a rate, UpstreamError before the rates were read for the first time.
    """
    if currency == money.currency:
        return unconverted(money)
    system = next(iter(info.context.campus.answering("rates")), None)
    if system is None:
        raise BadUserInput("Nobody is asked for exchange rates here; known is: {known}.", known=money.currency)
    rates = await info.context.collection(info.context.indexes.rates.rates, system)
    known = {rates.counted_in, *rates.prices}
    if currency not in known:
        raise BadUserInput(
            "No exchange rate of this currency is known; known are: {known}.", known=", ".join(sorted(known))
        )
    if money.currency not in known:
        return None
    own, other = rates.prices.get(money.currency), rates.prices.get(currency)
    return exchanged(
        money,
        currency,
        costs=own.amount if own else ONE,
        other_costs=other.amount if other else ONE,
        day=min(price.day for price in (own, other) if price),
    )
