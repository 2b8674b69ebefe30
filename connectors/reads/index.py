"""A public collection, whole and in memory: filled once for everybody, renewed in the background."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from connectors.wire import Operation, UpstreamError

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PATIENCE = 1.5
"""Seconds a question waits for a first fill; less than what one operation may spend on a system."""

FILL_SECONDS = 60.0
"""What one fill may take; a real term is some twenty pages."""

FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0
"""Seconds between attempts to fill while the system does not answer; doubled each time."""

_log = logging.getLogger("gateway.index")


class Index(Generic[Key, Value]):
    """One Value per Key, as a public collection of one system (and term). The key's first part names the system.

    `fill` reads a collection on behalf of an operation of its own, `refresh` says after how many seconds anew. Fills
    are single flight, belong to no operation's budget, and carry a correlation id of their own. Once there,
    a Value stays until a newer one is there: what is public may be old, and says so elsewhere.
    """

    def __init__(
        self, name: str, fill: Callable[[Key, Operation], Awaitable[Value]], refresh: Callable[[Key], float]
    ) -> None:
        self._name = name
        self._fill = fill
        self._refresh = refresh
        self._values: dict[Key, Value] = {}
        self._failures: dict[Key, UpstreamError] = {}
        self._filled: dict[Key, asyncio.Event] = {}
        self._keepers: dict[Key, asyncio.Task[None]] = {}

    def peek(self, key: Key) -> Value | None:
        """What is there now, without asking for more."""
        return self._values.get(key)

    def keep(self, key: Key) -> None:
        """Fill this key and keep it new until the index is closed."""
        if key not in self._keepers:
            self._filled[key] = asyncio.Event()
            self._keepers[key] = asyncio.create_task(self._kept(key), name=f"index {self._name} {key}")

    async def get(self, key: Key) -> Value:
        """The collection; waits a moment for the first fill. Raises what keeps it from being filled."""
        if key not in self._values:
            self.keep(key)
            try:
                await asyncio.wait_for(self._filled[key].wait(), PATIENCE)
            except TimeoutError as late:
                raise self._unfilled(key) from late
        return self._values[key]

    async def close(self) -> None:
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)

    def _unfilled(self, key: Key) -> UpstreamError:
        known = self._failures.get(key)
        system = known.system if known else str(key[0] if isinstance(key, tuple) else key)
        return UpstreamError(system, f"{self._name} not read yet", retry_after=FIRST_RETRY)

    async def _kept(self, key: Key) -> None:
        pause = FIRST_RETRY
        while True:
            try:
                self._values[key] = await self._fill(key, Operation(f"index-{uuid.uuid4().hex}", seconds=FILL_SECONDS))
            except UpstreamError as failure:
                self._failures[key] = failure
                _log.warning("%s %s: %s; next try in %.0f s", self._name, key, failure, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_RETRY)
            else:
                self._failures.pop(key, None)
                self._filled[key].set()
                pause = FIRST_RETRY
                await asyncio.sleep(self._refresh(key))
