"""One visit for all who want to change something at the same time: a visit costs more than what is done in it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.reads import settled
from connectors.wire import UpstreamError

from .store import Store

Made = TypeVar("Made")
Step = Callable[[AsyncConnection], Awaitable[Made]]

SECONDS = 5.0
"""What one visit of many may take."""

AT_ONCE = 200
"""Steps in one visit, so that the first to come need not wait for the last."""


class Together:
    """Whoever comes while a visit is under way goes with the next one. If a visit fails, it fails for all in it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Step[Any], asyncio.Future[Any]]] = []
        self._visiting: asyncio.Task[None] | None = None

    async def change(self, step: Step[Made]) -> Made:
        """What the step gives, once it is committed. Raises UpstreamError."""
        done: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, done))
        if self._visiting is None:
            self._visiting = asyncio.create_task(self._visits(), name="change the portal's tables")
        return await done

    async def _visits(self) -> None:
        try:
            while self._waiting:
                going, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._visit(going)
        finally:
            self._visiting = None

    async def _visit(self, going: list[tuple[Step[Any], asyncio.Future[Any]]]) -> None:
        (outcome,) = await settled([self._made([step for step, _ in going])])
        for place, (_, done) in enumerate(going):
            if done.done():  # left
                continue
            if isinstance(outcome, UpstreamError):  # one of each asker's own, since each adds to it
                done.set_exception(type(outcome)(outcome.system, outcome.reason, outcome.retry_after))
            elif isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome[place])

    async def _made(self, steps: Sequence[Step[Any]]) -> list[Any]:
        async with self._store.changing(SECONDS) as connection:
            return [await step(connection) for step in steps]
