"""Why we answer a field with a refusal although every system is well. pipeline/errors.py puts these into words."""

from typing import ClassVar

from campus.labels import Message
from campus.problem import Refused


class Refusal(Refused):
    """The base of what a resolver raises on purpose: a sentence that is safe to show, and what is filled into it."""

    code: ClassVar[str] = "FORBIDDEN"

    def __init__(self, english: str, /, **values: object) -> None:
        self.message = Message(english, values)
        super().__init__(str(self.message))


class Forbidden(Refusal):
    """The viewer is known and may not read this."""


class Unauthenticated(Refusal):
    """Nobody is signed in, and this is somebody's own."""

    code = "UNAUTHENTICATED"


class BadUserInput(Refusal):
    """An argument names something that cannot be: an unknown campus, a broken cursor, an inverted range."""

    code = "BAD_USER_INPUT"
