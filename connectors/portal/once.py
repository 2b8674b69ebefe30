"""A change that carries a key happens once, however often it is asked for, whatever was lost on the way.

The key is written down before anything is looked at or sent. A repeat is answered by what came of the first, whatever
would stand against it by now; while nobody knows what that is, the system is searched for our mark, and only when its
own time for a request is over may it be sent again.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec

from campus.problem import Refused
from connectors.reads import settled
from connectors.wire import UpstreamError, UpstreamTimeout

from . import outcomes
from .outcomes import Begun, OutcomeKey
from .store import Store
from .together import Together

Made = TypeVar("Made", bound=msgspec.Struct)
Unmade = TypeVar("Unmade")

PATIENCE = 6.5
"""Seconds that a caller waits for a change under way; it goes on without them. Less than an operation may take."""

LOOKING = 10.0
"""Seconds from when a change is begun until its system has it, at most: what is looked at before has two a system."""

SOON = 2.0
"""Seconds after which to repeat what the system may have finished by then."""

_log = logging.getLogger("gateway.portal")


class KeyReused(NamedTuple):
    """The key stands for another request of this person."""


class Attempt(NamedTuple, Generic[Made, Unmade]):
    """How a change is made in its system, and how it is found there again."""

    system: str
    shape: type[Made]
    """What comes of it, as it is kept."""
    send: Callable[[str], Awaitable[Made | Unmade]]
    """Looks whether it may be, makes the change and leaves the mark on it. Raises UpstreamError, and Refused.

    An answer of any other shape says why nothing was changed. It is not kept, so that the key is good for another try.
    """
    find: Callable[[str], Awaitable[Made | None]]
    """What came of the change with this mark; None if there is none. Raises UpstreamError."""
    limit: float
    """Seconds after which the system works on no request any longer."""
    patience: float = PATIENCE
    """Seconds that a caller waits for it; files take their time."""


class Once:
    """The changes with a key that this process makes now; the store knows those of all processes and times."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._together = Together(store)
        self._now = now
        self._under_way: dict[OutcomeKey, tuple[str, asyncio.Task[Any]]] = {}

    async def made(self, key: OutcomeKey, request: object, attempt: Attempt[Made, Unmade]) -> Made | Unmade | KeyReused:
        """What came of it. Raises UpstreamError, `unsettled` while nobody knows.

        It goes on when the caller leaves; whoever comes meanwhile with the same key waits for the same.
        """
        fingerprint = _hash(msgspec.json.encode(request, order="sorted").decode())
        if key not in self._under_way:
            making = self._make(key, fingerprint, attempt)
            task = asyncio.create_task(making, name=f"{key.mutation} once")
            self._under_way[key] = fingerprint, task
            task.add_done_callback(lambda done: self._ended(key, done))
        first, task = self._under_way[key]
        if first != fingerprint:
            return KeyReused()
        try:
            async with asyncio.timeout(attempt.patience):
                return cast("Made | Unmade | KeyReused", await asyncio.shield(task))
        except TimeoutError as late:
            raise _unsettled(attempt.system, "under way for too long to wait for", SOON) from late

    async def _make(
        self, key: OutcomeKey, fingerprint: str, attempt: Attempt[Made, Unmade]
    ) -> Made | Unmade | KeyReused:
        known = await self._together.change(outcomes.begun(key, fingerprint, self._now()))
        if known.request != fingerprint:
            return KeyReused()
        if known.outcome is not None:
            return msgspec.convert(known.outcome, attempt.shape)
        made: Made | Unmade | None = None if known.new else await self._found(key, attempt)
        if made is None:
            since = await self._ours_to_send(key, known, attempt)
            made = await self._sent(key, since, attempt)
        if isinstance(made, attempt.shape):
            await self._keep(key, made)
        return made

    async def _found(self, key: OutcomeKey, attempt: Attempt[Made, Unmade]) -> Made | None:
        try:
            return await attempt.find(mark_of(key))
        except UpstreamError as failure:
            failure.unsettled = True  # as it was before
            raise

    async def _ours_to_send(self, key: OutcomeKey, known: Begun, attempt: Attempt[Made, Unmade]) -> datetime:
        """Since when. Raises UpstreamError while an earlier sending may still arrive, or another process sends."""
        if known.new:
            return known.sent_at
        now = self._now()
        left = (known.sent_at + timedelta(seconds=LOOKING + attempt.limit) - now).total_seconds()
        if left > 0:
            raise _unsettled(attempt.system, "sent before, and not found yet", left)
        if not await self._together.change(outcomes.sent_again(key, known.sent_at, now)):
            raise _unsettled(attempt.system, "sent again by another", SOON)
        return now

    async def _sent(self, key: OutcomeKey, since: datetime, attempt: Attempt[Made, Unmade]) -> Made | Unmade:
        try:
            made = await attempt.send(mark_of(key))
        except UpstreamError as failure:
            if not failure.unsettled:
                await self._together.change(outcomes.forgotten(key, since))
            elif failure.retry_after is None:
                failure.retry_after = SOON
            raise
        except Refused:
            await self._together.change(outcomes.forgotten(key, since))
            raise
        if not isinstance(made, attempt.shape):
            await self._together.change(outcomes.forgotten(key, since))
        return made

    async def _keep(self, key: OutcomeKey, made: Made) -> None:
        try:
            await self._together.change(outcomes.settled(key, msgspec.to_builtins(made), self._now()))
        except UpstreamError as failure:
            # It has happened, which is what its caller wants to know; a repeat will find it by its mark.
            _log.warning("%s: what came of a change is not kept: %s", key.mutation, failure)

    async def close(self) -> None:
        """Waits for what is under way, which ends in its own time."""
        await settled(task for _, task in list(self._under_way.values()))

    def _ended(self, key: OutcomeKey, task: asyncio.Task[Any]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # told to whoever waited; nobody may


def mark_of(key: OutcomeKey) -> str:
    """What is left on the thing in its system: the same for each repeat, and nothing to be read from it."""
    return _hash("\n".join(key))[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _unsettled(system: str, reason: str, retry_after: float) -> UpstreamError:
    failure = UpstreamTimeout(system, reason, retry_after)
    failure.unsettled = True
    return failure
