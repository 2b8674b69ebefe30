"""Amounts of money, and what they are in another currency."""

from datetime import date
from decimal import Decimal

from campus import money as records
from resolvers import money

from .cards import Data
from .fields import campus_type, field, resolved


@campus_type(record=records.Conversion, data=Data.PUBLIC, system="rates")
class Conversion:
    """An amount in another currency, for information: it is paid in its own."""

    amount: Decimal = field(
        "To two decimals, halves rounded up (away from zero), worked out from the published prices themselves."
    )
    currency: str = field("ISO 4217 code.")
    rate: Decimal = field("Units of this currency for one of the original, to ten digits.")
    rate_date: date | None = field(
        "The day at whose end the rate held, which may lie weeks back: rates are published by the month. Null in the "
        "amount's own currency, where the rate is 1."
    )


@campus_type(record=records.Money, data=Data.PUBLIC)
class Money:
    """An amount in one currency."""

    amount: Decimal = field("Exact, as a decimal string.")
    currency: str = field("ISO 4217 code: HKD, CNY.")
    in_: Conversion | None = resolved(
        money.converted,
        "The same in another currency, by the last published rate. Null if no rate of its own currency is published.",
        name="in",
        arguments={"currency": "ISO 4217 code: HKD, CNY."},
    )
