"""What one account holds of one kind, such as all its tickets, each thing by a word for the state that it is in."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from campus.record import Record

from .keys import AccountKey

Thing = TypeVar("Thing")

STATE_LENGTH = 8
"""Characters of a state's word: 48 bits, so that two of a thousand are alike once in half a billion times."""


class Holding(Record, Generic[Thing], frozen=True):
    """What is held now, in the system's order."""

    key: AccountKey
    by_state: Mapping[str, Thing]


def state_of(*parts: Any) -> str:
    """A word for what these parts are now: the same on every process, and as long as nothing of them changes."""
    digest = hashlib.blake2b(msgspec.json.encode(parts), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()
