"""Reads of one operation at the same time share one visit to the store: to come and go costs more than most of them."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.reads import settled

from .store import Store

T = TypeVar("T")

Read = Callable[[AsyncConnection], Awaitable[T]]

TURNS = 4
"""Of the event loop in which a visit waits for whoever asks because of what was just read."""


class Visits:
    """Of one operation."""

    def __init__(self, store: Store, tally: Counter[str]) -> None:
        """Statements are counted in `tally`."""
        self._store = store
        self._tally = tally
        self._latest: _Visit | None = None

    def read(self, read: Read[T]) -> asyncio.Future[T]:
        """What `read` finds. Raises UpstreamError where the store does not answer."""
        if self._latest is None or self._latest.over:
            self._latest = _Visit(self._store, self._tally)
        return self._latest.read(read)


class _Visit:
    """One connection, one transaction: all that is read is of one moment."""

    def __init__(self, store: Store, tally: Counter[str]) -> None:
        self.over = False
        """Whether nothing more can be read."""
        self._wanted: deque[tuple[Read[Any], asyncio.Future[Any]]] = deque()
        self._task = asyncio.get_running_loop().create_task(self._all_read(store, tally))
        self._task.add_done_callback(self._ended)

    def read(self, read: Read[T]) -> asyncio.Future[T]:
        """The last who gives it up ends the visit."""
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        found.add_done_callback(self._left)
        self._wanted.append((read, found))
        return found

    async def _all_read(self, store: Store, tally: Counter[str]) -> None:
        async with store.reading(tally) as connection:
            while await self._more():
                read, found = self._wanted[0]
                _tell(found, await settled([read(connection)]))
            self.over = True  # before it leaves: who comes now has a visit of its own

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.over = True
        failure = None if task.cancelled() else task.exception()
        for _, found in self._wanted:
            if failure and not found.done():
                found.set_exception(failure)
            found.cancel()  # where there is neither answer nor failure

    async def _more(self) -> bool:
        for _ in range(TURNS):
            if self._waited_for():
                return True
            await asyncio.sleep(0)
        return self._waited_for()

    def _waited_for(self) -> bool:
        while self._wanted and self._wanted[0][1].done():
            self._wanted.popleft()
        return bool(self._wanted)

    def _left(self, found: asyncio.Future[Any]) -> None:
        if found.cancelled() and not self.over and all(each.done() for _, each in self._wanted):
            self.over = True
            self._task.cancel()


def _tell(found: asyncio.Future[T], outcomes: Sequence[T | Exception]) -> None:
    """What keeps the store from answering ends the visit; what is wrong with one thing is told of that alone."""
    (outcome,) = outcomes
    if isinstance(outcome, SQLAlchemyError | OSError):
        raise outcome
    if found.done():
        return
    if isinstance(outcome, Exception):
        found.set_exception(outcome)
    else:
        found.set_result(outcome)
