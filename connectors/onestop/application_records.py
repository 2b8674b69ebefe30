"""What somebody hands in: an application, an amended one, and the files that come with either."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from campus.upload import Upload

from .records import Service


class SlotWish(NamedTuple):
    """A time that is wanted for oneself."""

    starts: datetime
    ends: datetime
    booked: bool = False
    """Whether what is agreed to is booked in a system of its own, so that applications tell only who waits."""


class FileWish(NamedTuple):
    """A file to be handed in, and what is taken in its place."""

    id: str
    """As the service calls it."""
    types: Sequence[str]
    maximum: int | None
    """Bytes."""
    upload: Upload


class ApplicationWish(NamedTuple):
    """A filled-in form, held against its schema, and its files in the order in which they come."""

    service: Service
    form: Mapping[str, Any]
    files: Sequence[FileWish] = ()
    slot: SlotWish | None = None


class SlotLost(NamedTuple):
    """Somebody else was first."""
