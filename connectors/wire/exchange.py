"""One request to a system and its answer, whoever carries them; and what there is in place of an answer."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from .raw import Content

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes; more than any page of any protocol we speak, and little enough to survive."""


class Request(NamedTuple):
    """What goes out, but for what every request to the system carries."""

    method: str
    target: str
    """Path and query, escaped."""
    headers: Mapping[str, str]
    content: Content | None = None


class Answer(NamedTuple):
    """What came back, unpacked."""

    status: int
    headers: Mapping[str, str]
    """Whatever case a name is looked up in."""
    body: bytes
    changes: bool = False
    """Whether it answers a request to change something."""


class Carrier(Protocol):
    """A way to one system."""

    async def exchange(self, request: Request) -> Answer:
        """The answer, whatever its status: redirects are not followed, and nothing is sent twice.

        Raises ExchangeFailed; whoever has no more time for it cancels it.
        """


class ExchangeFailed(Exception):
    """There is no answer. The reason is for our own log."""


class NotConnected(ExchangeFailed):
    """There never was a connection, so nothing was sent."""


class LostConnection(ExchangeFailed):
    """A connection that stood ended before there was an answer."""


class UnusableAnswer(ExchangeFailed):
    """What came is no HTTP, breaks off, is packed otherwise than it says, or is longer than BODY_LIMIT."""


def too_long() -> UnusableAnswer:
    return UnusableAnswer(f"more than {BODY_LIMIT} bytes")
