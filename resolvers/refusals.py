"""Why we answer a field with a refusal although every system is well. pipeline/errors.py puts these into words."""

from typing import ClassVar


class Refusal(Exception):
    """The base of what a resolver raises on purpose; the message is safe to show."""

    code: ClassVar[str] = "FORBIDDEN"


class Forbidden(Refusal):
    """The viewer is known and may not read this."""


class Unauthenticated(Refusal):
    """Nobody is signed in, and this is somebody's own."""

    code = "UNAUTHENTICATED"


class BadUserInput(Refusal):
    """An argument names something that cannot be: an unknown campus, a broken cursor, an inverted range."""

    code = "BAD_USER_INPUT"
