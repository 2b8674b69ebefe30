"""A public collection, whole and in memory: filled once for everybody, renewed in the background."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Hashable
from typing import ClassVar, Generic, TypeVar

from cachetools import LRUCache

from connectors.wire import Operation, UpstreamError, meters

from .due import until_due
from .kept import Kept
from .keys import settled, system_of

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PATIENCE = 1.5
"""Seconds a question waits for a first fill; less than what one operation may spend on a system."""

FILL_SECONDS = 60.0
"""What one fill may take; a real term is some twenty pages."""

FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0
"""Seconds between attempts to fill while the system does not answer; doubled each time."""

COLLECTIONS_KEPT = 200
"""More than the terms of ten campuses; those asked for long ago are forgotten."""

_log = logging.getLogger("gateway.index")


class _Remembered(LRUCache[Key, Value]):
    """What was asked for last; tells of each key it drops, so that nobody keeps it new any longer."""

    def __init__(self, dropped: Callable[[Key], None]) -> None:
        super().__init__(COLLECTIONS_KEPT)
        self._dropped = dropped

    def popitem(self) -> tuple[Key, Value]:
        key, value = super().popitem()
        self._dropped(key)
        return key, value


class Index(Generic[Key, Value]):
    """One Value per Key, as a public collection of one system (and term). The key's first part names the system.

    `fill` reads a collection on behalf of an operation of its own, `refresh` says after how many seconds anew. Fills
    are single flight and belong to no asker's budget. A Value stays until a newer one is there, for as long as it is
    among the COLLECTIONS_KEPT asked for last.

    Whoever has one declares it in the class, `name: Index[Key, Value]`: what is of type Value is public by that.
    """

    kept: ClassVar[Kept] = Kept.EVERYBODY

    def __init__(
        self,
        name: str,
        fill: Callable[[Key, Operation], Awaitable[Value]],
        refresh: Callable[[Key], float],
        *,
        renewed: Callable[[Key, Value | None, Value], None] = lambda _key, _before, _now: None,
    ) -> None:
        """`renewed`: (key, what was there before, what is there now); called after each fill."""
        self._name = name
        self._fill = fill
        self._refresh = refresh
        self._renewed = renewed
        self._values: _Remembered[Key, Value] = _Remembered(self._forget)
        self._filled: dict[Key, asyncio.Event] = {}
        """Whom the next fill of a key wakes."""
        self._keepers: dict[Key, asyncio.Task[None]] = {}
        self._due: dict[Key, asyncio.Event] = {}
        """Whom somebody tells that a key's collection has changed."""

    def peek(self, key: Key) -> Value | None:
        """What is there now, without asking for more."""
        return self._values.get(key)

    def keep(self, key: Key) -> None:
        """Fill this key, and keep it new while it is remembered and the index is open."""
        if key in self._keepers:
            return
        self._keepers[key] = asyncio.create_task(self._kept(key), name=f"{self._name} {key}")
        self._filled[key], self._due[key] = asyncio.Event(), asyncio.Event()

    def renew(self, key: Key) -> None:
        """Reads what is kept under this key anew, soon: once, however often one says so meanwhile."""
        if key in self._due:
            self._due[key].set()

    async def get(self, key: Key, seconds: float = PATIENCE) -> Value:
        """The collection; waits for the first fill, as long as the asker has `seconds` and is patient.

        Raises UpstreamError while there is none.
        """
        if key not in self._values:
            self.keep(key)
            try:
                await asyncio.wait_for(self._filled[key].wait(), min(seconds, PATIENCE))
            except TimeoutError as late:
                reason = f"{self._name} not read yet"
                raise UpstreamError(system_of(key), reason, retry_after=FIRST_RETRY) from late
        return self._values[key]

    async def close(self) -> None:
        keepers = list(self._keepers.values())
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    async def _kept(self, key: Key) -> None:
        pause, due = FIRST_RETRY, self._due[key]
        while True:
            due.clear()
            operation = Operation(f"index-{uuid.uuid4().hex}", seconds=FILL_SECONDS)
            # Whatever one answer trips over must not end the renewing for good.
            started = time.perf_counter()
            (found,) = await settled([self._fill(key, operation)])
            could_be = not isinstance(found, Exception)
            meters.filled(self._name, system_of(key), could_be, time.perf_counter() - started)
            if isinstance(found, Exception):
                self._tell(key, found, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_RETRY)
                continue
            before, self._values[key] = self._values.get(key), found
            self._renewed(key, before, found)
            self._filled[key].set()
            pause = FIRST_RETRY
            await until_due(due, self._refresh(key))

    def _forget(self, key: Key) -> None:
        self._keepers.pop(key).cancel()
        del self._due[key]

    def _tell(self, key: Key, failure: Exception, pause: float) -> None:
        words = "%s %s: %s; next try in %.0f s"
        if isinstance(failure, UpstreamError):
            _log.warning(words, self._name, key, failure, pause)
        else:
            _log.error(words, self._name, key, "a mistake of our own", pause, exc_info=failure)
