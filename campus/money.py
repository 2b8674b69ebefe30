"""Amounts of money, and what they are in another currency."""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from .record import Record

DIGITS = 10
"""Significant digits of a rate that cannot be told to the end, such as one third."""


class Money(Record, frozen=True):
    amount: Decimal
    """Exact; never a binary fraction."""
    currency: str
    """ISO 4217: HKD, CNY."""


class Conversion(Record, frozen=True):
    """An amount in another currency than it is owed in."""

    amount: Decimal
    """To two decimals, halves rounded up; of what one owes or has, up is away from zero."""
    currency: str
    rate: Decimal
    """Units of this currency for one of the original, to DIGITS digits."""
    rate_date: date | None
    """At whose end the rate held; None where nothing was converted."""


def unconverted(money: Money) -> Conversion:
    """The amount as it is, in its own currency."""
    return Conversion(amount=money.amount, currency=money.currency, rate=Decimal(1), rate_date=None)


def exchanged(money: Money, currency: str, *, costs: Decimal, other_costs: Decimal, day: date) -> Conversion:
    """The amount in `currency`, when one unit of its own costs `costs` and one of that `other_costs`, in whatever both
    are bought with.

    Worked out in whole numbers from these prices and not from the rate, which may have to be cut off.
    """
    exact = Fraction(money.amount) * Fraction(costs) / Fraction(other_costs)
    rate = Context(prec=DIGITS, rounding=ROUND_HALF_UP).divide(costs, other_costs)
    return Conversion(
        amount=_in_hundredths(exact),
        currency=currency,
        rate=Decimal(f"{rate:f}"),  # 2000 and not 2E+3
        rate_date=day,
    )


def _in_hundredths(value: Fraction) -> Decimal:
    hundredths = abs(value) * 100
    whole = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(value < 0 and whole > 0), digits, -2))
