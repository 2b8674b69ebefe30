"""Global ids: opaque to clients, and to us a type, a system and a key."""

import base64
import binascii
from typing import NamedTuple

import msgspec


class GlobalId(NamedTuple):
    """What one thing is called over the whole graph; what belongs to a person carries the owner in its key."""

    type: str
    """Name of the GraphQL type."""
    system: str
    """Id of the system that holds the thing, as configured."""
    key: tuple[str, ...]
    """The system's own words for it, outermost first: (owner's account, loan)."""

    def encoded(self) -> str:
        parts = msgspec.json.encode([self.type, self.system, *self.key])
        return base64.urlsafe_b64encode(parts).rstrip(b"=").decode()


def decoded(text: str) -> GlobalId:
    """The GlobalId in a client's text; ValueError where it is none."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=list[str])
    except (binascii.Error, UnicodeError, msgspec.DecodeError) as failure:
        raise ValueError("not an id of this graph") from failure
    if len(parts) < 3 or GlobalId(parts[0], parts[1], tuple(parts[2:])).encoded() != text:
        raise ValueError("not an id of this graph")
    return GlobalId(parts[0], parts[1], tuple(parts[2:]))
