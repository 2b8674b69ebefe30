"""One who follows what changes: of each thing the newest news waits, and no more than so many things."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from typing import Generic, TypeVar

from connectors.wire import UpstreamError

Value = TypeVar("Value")


class FellBehind(Exception):
    """More things have news than may wait for one follower."""


class Follower(Generic[Value]):
    """News on their way to one subscription, in the order in which they came."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[Hashable, Value | UpstreamError] = {}
        self._woken: asyncio.Future[None] | None = None
        """For what is waited; an Event would have a queue of those who wait, for the one there is."""

    def put(self, key: Hashable, news: Value | UpstreamError) -> None:
        """The newest of the thing of this key; what waited of it before is of no interest any more."""
        if len(self._waiting) > self._most:
            return  # it fell behind, and is about to be told
        self._waiting.pop(key, None)
        self._waiting[key] = news
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def news(self) -> AsyncIterator[Value | UpstreamError]:
        """Raises FellBehind."""
        while True:
            if not self._waiting:
                self._woken = asyncio.get_running_loop().create_future()
                await self._woken
            while self._waiting:
                if len(self._waiting) > self._most:
                    raise FellBehind
                yield self._waiting.pop(next(iter(self._waiting)))
