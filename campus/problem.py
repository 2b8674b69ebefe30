"""What is wrong with an input, place by place."""

from collections.abc import Sequence

from .labels import Message
from .record import Record


class Refused(Exception):
    """Raised on purpose, before anything was changed."""


class Problem(Record, frozen=True):
    path: Sequence[str]
    """From the mutation's arguments down to the value, as the client names them; places in a list as numbers from 0."""
    message: Message


class InvalidInput(Record, frozen=True):
    """Nothing was changed, since the input cannot be right."""

    problems: Sequence[Problem]
