"""Moments as systems write them, and as the campus's clock shows them."""

from datetime import datetime, tzinfo
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""A moment that says its zone (RFC 3339). One without would mean whatever the reader's machine takes it for."""


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment on the clock of a campus.

    Systems write the year 9999 for never (or 1 for always), which may have no other zone's time: that keeps its digits.
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=zone)
