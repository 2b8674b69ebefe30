"""Opaque words for clients: global ids and cursors, to us the parts of a key."""

import base64
import binascii
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

Part = str | int


def opaque(parts: Sequence[Part]) -> str:
    """Parts of a key as one URL-safe word, the same for the same parts."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(parts))).rstrip(b"=").decode()


def parts_of(word: str) -> list[Part] | None:
    """What `opaque` made the word of; None where it did not make it."""
    try:
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        parts = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=list[Part])
    except (binascii.Error, UnicodeError, msgspec.DecodeError):
        return None
    return parts if opaque(parts) == word else None


class GlobalId(NamedTuple):
    """What one thing is called over the whole graph; what belongs to a person carries the owner in its key."""

    type: str
    """Name of the GraphQL type."""
    system: str
    """Id of the system that holds the thing, as configured."""
    key: tuple[str, ...]
    """The system's own words for it, outermost first: (owner's account, loan)."""

    def encoded(self) -> str:
        return opaque((self.type, self.system, *self.key))


def global_id(word: str) -> GlobalId | None:
    """The GlobalId in a client's word; None where it is none."""
    parts = parts_of(word)
    if parts is None or len(parts) < 3 or not all(isinstance(part, str) for part in parts):
        return None
    type_name, system, *key = (str(part) for part in parts)
    return GlobalId(type_name, system, tuple(key))
