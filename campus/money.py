"""Amounts of money."""

from decimal import Decimal

from .record import Record


class Money(Record, frozen=True):
    amount: Decimal
    """Exact; never a binary fraction."""
    currency: str
    """ISO 4217: HKD, CNY."""
