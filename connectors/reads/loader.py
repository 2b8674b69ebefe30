"""aiodataloader, hardened for an executor that cancels siblings: no asker's end is another's."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar, cast

from aiodataloader import DataLoader

from connectors.wire import meters

from .kept import Kept

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

BatchLoad = Callable[[list[Key]], Awaitable[Sequence[Value | Exception]]]


class LoadAbortedError(Exception):
    """The batch was cancelled under its askers, as when the process ends."""


class Loader(DataLoader[Key, Value]):
    """Keys asked for in one tick go up in one batch; each asker has a future of its own.

    A batch answers with one value per key, in order; an Exception in that place fails this key alone.
    What aiodataloader 0.4.3 does otherwise, and why we mind: a cancelled asker cancels the future that all share;
    a cancelled batch leaves its askers waiting for ever; a key that failed stays failed; the event loop is bound
    at construction. graphql-core 3.3 cancels the siblings of a failed non-null field, so these happen in practice.
    """

    kept: ClassVar[Kept] = Kept.OPERATION

    def __init__(self, batch_load: BatchLoad[Key, Value], *, max_batch: int | None = None) -> None:
        self._batch_load = batch_load
        self._askers: Counter[Key] = Counter()
        self._batches: dict[asyncio.Task[Any], frozenset[Key]] = {}
        super().__init__(self._run_batch, max_batch_size=max_batch, loop=_NOT_YET)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Whichever loop is asking."""
        return asyncio.get_running_loop()

    @loop.setter
    def loop(self, _: object) -> None:
        """The parent wants to bind one for good; we do not."""

    def load(self, key: Key) -> asyncio.Future[Value]:
        """A future of the asker's own: cancel it, and nobody else notices."""
        shared = self._shared(key)
        own: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        if shared.done():
            _hand_over(shared, own)
            return own
        self._askers[key] += 1
        own.add_done_callback(lambda done: self._left(key, done))
        shared.add_done_callback(lambda done: _hand_over(done, own))
        return own

    def load_many(self, keys: Iterable[Key]) -> asyncio.Future[list[Value]]:
        """One future for all: of each key its value or, in that place, the exception it failed with.

        So one that fails, fails alone. Whoever cancels it leaves all its keys.
        """
        asked, cached = list(keys), self._cache.get
        shared = [cached(key) or self._shared(key) for key in asked]
        own: asyncio.Future[list[Value]] = asyncio.get_running_loop().create_future()
        pending = [(key, each) for key, each in zip(asked, shared, strict=True) if not each.done()]
        missing = len(pending)

        def arrived(_: object) -> None:
            nonlocal missing
            missing -= 1
            if missing <= 0 and not own.done():
                own.set_result([cast("Value", each.exception() or each.result()) for each in shared])

        def left(_: object) -> None:
            for key, _shared in pending:
                self._left(key, own)

        if not pending:
            arrived(None)
            return own
        for key, each in pending:
            self._askers[key] += 1
            each.add_done_callback(arrived)
        own.add_done_callback(left)
        return own

    def ahead(self, key: Key) -> None:
        """Asks now for whoever needs it later in the operation; they are told if it failed, and ask anew."""
        self.load(key).add_done_callback(lambda done: done.cancelled() or done.exception())

    def _shared(self, key: Key) -> asyncio.Future[Value]:
        shared = self._cache.get(key)
        if shared is None:
            shared = super().load(key)
            shared.add_done_callback(lambda done: self._forget_failure(key, done))
        return shared

    async def _run_batch(self, keys: list[Key]) -> list[Value]:
        if not self._wanted(keys):
            raise LoadAbortedError("all who asked have left")
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._batches[task] = frozenset(keys)
        meters.loaded(_name_of(self._batch_load), len(keys))
        try:
            return list(cast("Sequence[Value]", await self._batch_load(keys)))
        except asyncio.CancelledError:
            # Told in each key's place: whoever asks anew while the call is given up stays in the cache.
            return [cast("Value", LoadAbortedError("the batch was cancelled")) for _ in keys]
        finally:
            del self._batches[task]

    def _wanted(self, keys: Iterable[Key]) -> bool:
        return any(self._askers[key] for key in keys)

    def _forget_failure(self, key: Key, done: asyncio.Future[Value]) -> None:
        if self._cache.get(key) is done and (done.cancelled() or done.exception() is not None):
            del self._cache[key]

    def _left(self, key: Key, own: asyncio.Future[Any]) -> None:
        """The last asker to give up takes the call with it; until then it goes on."""
        self._askers[key] -= 1
        if not own.cancelled():
            return
        for task, keys in self._batches.items():
            if key in keys and not self._wanted(keys):
                task.cancel()
                for given_up in keys:
                    self._cache.pop(given_up, None)


_NOT_YET = cast("asyncio.AbstractEventLoop", object())


def _name_of(batch_load: Callable[..., object]) -> str:
    """Class and method where it is declared; of a function made there, where that was."""
    return getattr(batch_load, "__qualname__", type(batch_load).__name__).replace(".<locals>", "")


def _hand_over(shared: asyncio.Future[Value], own: asyncio.Future[Value]) -> None:
    if own.done():
        return
    failure = shared.exception()
    if failure is not None:
        own.set_exception(failure)
    else:
        own.set_result(shared.result())
