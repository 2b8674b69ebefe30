"""What all changes share: whose they are, what is wrong with an input, and that a key is good for one change."""

import re
from collections.abc import Awaitable
from typing import TypeVar

import msgspec

from campus.labels import Message
from campus.problem import InvalidInput, Problem
from connectors import portal
from connectors.reads import settled
from connectors.wire import UpstreamError

from .access import signed_in_person
from .context import Info

Made = TypeVar("Made", bound=msgspec.Struct)
Unmade = TypeVar("Unmade")
Read = TypeVar("Read")


def invalid(*path: str | int, message: Message) -> InvalidInput:
    """One thing that is wrong."""
    return InvalidInput(problems=[Problem(path=[str(each) for each in path], message=message)])


async def once(
    info: Info, mutation: str, key: str | None, request: object, attempt: portal.Attempt[Made, Unmade]
) -> Made | Unmade | InvalidInput:
    """Makes the change; with a key at most once, however often the viewer asks.

    `request` is all of the input, and nothing that was looked up: what systems tell now is looked at where the change
    is sent, so that a repeat is told what came of the first. Raises UpstreamError, `unsettled` where nobody knows.
    """
    person = signed_in_person(info.context.viewer).person
    made: Made | Unmade
    if key is None:
        made = await attempt.send("")
    elif not re.fullmatch(r"[!-~]+", key) or len(key) > portal.LONGEST_KEY:
        words = Message("A key has 1 to {most} characters, visible ones of ASCII.", {"most": portal.LONGEST_KEY})
        return invalid("idempotencyKey", message=words)
    else:
        outcome = await info.context.campus.once.made(portal.OutcomeKey(person, mutation, key), request, attempt)
        if isinstance(outcome, portal.KeyReused):
            return invalid("idempotencyKey", message=Message("This key was used for another request."))
        made = outcome
    if isinstance(made, attempt.shape):
        info.context.changed(attempt.system)
    return made


async def afterwards(reading: Awaitable[Read]) -> Read:
    """What is read to show what a change has made. If that fails, the change stands, and its maker does not know."""
    (found,) = await settled([reading])
    if isinstance(found, UpstreamError):
        found.unsettled = True
    if isinstance(found, Exception):
        raise found
    return found


def blank_or_long(text: str, most: int, *, lines: bool = False) -> Message | None:
    """What is wrong with a text that people wrote: one line of it, or several."""
    if not text.strip():
        return Message("Something must be written here.")
    if len(text) > most:
        return Message("At most {most} characters.", {"most": most})
    if any(not each.isprintable() and not (lines and each in "\n\r\t") for each in text):
        return Message("Only characters that can be printed.")
    return None
