"""What one unit of a currency cost, as far as it was last published."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from campus.record import Record


class Price(Record, frozen=True):
    amount: Decimal
    """What one unit cost, in the currency that all are counted in; above zero."""
    day: date
    """At whose end it cost that."""


class Rates(Record, frozen=True):
    """The last published price of each currency."""

    counted_in: str
    """ISO 4217 code of the currency that the prices are in."""
    prices: Mapping[str, Price]
    """By ISO 4217 code of the currency that one unit of was bought; the one they are counted in is not among them."""
