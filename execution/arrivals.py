"""What an operation waits for: begun in one wave, awaited side by side, given up where nobody needs it any more."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import CoroutineType
from typing import Any, NamedTuple

from .plan import PlannedField
from .siblings import Siblings


class Waiting(NamedTuple):
    """Where what an awaitable gives belongs."""

    siblings: Siblings
    field: PlannedField
    numbers: Sequence[int]
    """Of the objects. If they are `many`, it gives a list: for each the value of its field, or an exception."""
    many: bool = False
    place: int | None = None
    """In the field's list, where it is an item's."""
    completed: bool = False
    """It gives the response, and not a value that is still to be completed."""


class Arrivals:
    """Each awaitable has a task of its own, so that none holds another up; what comes together is taken together."""

    def __init__(self, is_needed: Callable[[Waiting], bool]) -> None:
        self._is_needed = is_needed
        self._begun: list[tuple[Awaitable[Any], Waiting]] = []
        self._running: dict[asyncio.Future[Any], list[Waiting]] = {}
        self._arrived: list[asyncio.Future[Any]] = []
        self._woken: asyncio.Future[None] | None = None

    def __bool__(self) -> bool:
        """Whether there is something to wait for."""
        return bool(self._begun or self._running)

    def begin(self, awaitable: Awaitable[Any], waiting: Waiting) -> None:
        """Nothing runs before `next`; until then there need not be an event loop."""
        self._begun.append((awaitable, waiting))

    def give_up(self) -> list[Awaitable[Any]]:
        """Cancels what runs and nobody needs any more. What has only begun comes back, for it must be settled."""
        for future, waiting in self._running.items():
            if waiting and not any(map(self._is_needed, waiting)):
                waiting.clear()
                future.cancel()
        begun, self._begun = self._begun, []
        left = []
        for awaitable, waiting_for in begun:
            if self._is_needed(waiting_for):
                self._begun.append((awaitable, waiting_for))
            else:
                left.append(awaitable)
        return left

    async def next(self, turns: int = 0) -> list[tuple[Waiting, Any]]:
        """All that has arrived by now, at least one: where it belongs, with the value or the exception.

        It may be none if that takes more than so many turns of the event loop; 0 is to wait for as long as it takes.

        What was given up arrives as well, for nobody: an operation ends after all that it waits for. If the operation
        is cancelled, so is all that it waits for.
        """
        try:
            self._run()
            for _ in range(turns):
                if not self._arrived:
                    await asyncio.sleep(0)
            if not self._arrived and not turns:
                self._woken = asyncio.get_running_loop().create_future()
                await self._woken
            arrived, self._arrived = self._arrived, []
            return [pair for future in arrived for pair in self._outcomes(future)]
        except asyncio.CancelledError:
            for future in self._running:
                future.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            raise

    def _run(self) -> None:
        begun, self._begun = self._begun, []
        begin = asyncio.get_running_loop().create_task
        for awaitable, waiting in begun:
            future = begin(awaitable) if isinstance(awaitable, CoroutineType) else asyncio.ensure_future(awaitable)
            if future in self._running:
                self._running[future].append(waiting)  # two resolvers gave the same one
                continue
            self._running[future] = [waiting]
            if future.done():
                self._arrived.append(future)
            else:
                future.add_done_callback(self._arrive)

    def _arrive(self, future: asyncio.Future[Any]) -> None:
        self._arrived.append(future)
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def _outcomes(self, future: asyncio.Future[Any]) -> list[tuple[Waiting, Any]]:
        waiting = self._running.pop(future)
        error = asyncio.CancelledError() if future.cancelled() else future.exception()
        if not waiting:
            return []  # given up, and whatever came of it is nobody's
        if error is not None and not isinstance(error, Exception):
            raise error  # a resolver that cancels itself, or worse, means the whole operation
        return [(each, future.result() if error is None else error) for each in waiting]
