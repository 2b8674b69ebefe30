"""What goes up for loaders at the moment, for all operations of the process: asked once, told to all who wait."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from connectors.wire import Operation, Upstream, UpstreamBadResponse, meters

from .cache import Begun, Cache, Held
from .caches import Caches
from .keys import system_of
from .loader import LoadAbortedError
from .second_level import SharedThing

if TYPE_CHECKING:
    from .joined import Joined, Loaders
    from .waiter import Waiter

Key = TypeVar("Key", bound=Hashable)

IN_FLIGHT = 8
"""Batches of one loader to one system; further keys wait for the first that is answered, and go up together."""

NOT_YET: Any = object()


class Asked(Generic[Key]):
    """One key from the first who asks for it to its answer. Nobody keeps it after that but operations that asked."""

    __slots__ = ("batch", "begun", "held", "key", "loaders", "operation", "outcome", "system", "waiting")

    def __init__(self, key: Key, loaders: "Loaders") -> None:
        self.key = key
        self.system = system_of(key)
        self.operation = loaders.operation
        """That asked first."""
        self.loaders: Loaders | None = loaders
        """Of that; None when nothing is to come any more, for they keep what they have asked: held in a circle, all
        that an operation has read would stay until the garbage collector comes, who stops everybody."""
        self.waiting: set[Waiter] = set()
        self.batch: _Batch | None = None
        """None until it has left, and afterwards."""
        self.outcome: Any = NOT_YET
        """The value, or the Exception that the key failed with."""
        self.begun: Begun | None = None
        """When it left, where what comes of it is kept."""
        self.held: Held[Any] | None = None
        """The value and its age, where it is kept."""

    def settle(self, outcome: Any) -> None:
        self.outcome = outcome
        self.loaders = self.batch = None
        waiting, self.waiting = self.waiting, set()
        for waiter in waiting:
            waiter.arrived()


class _Batch:
    """Keys that went up with one call."""

    __slots__ = ("asked", "changes", "joined_until", "lane", "operation", "task")

    def __init__(self, lane: "_Lane", asked: list[Asked[Any]], operation: Operation, upstream: Upstream) -> None:
        self.lane = lane
        self.asked = asked
        self.operation = operation
        self.changes = upstream.changes
        self.joined_until = time.monotonic() + upstream.timeout
        self.task: asyncio.Task[Any]


class _Lane:
    """Keys of one loader that may go up together: by key what is asked, and what has not left yet."""

    __slots__ = ("asked", "in_flight", "leaving", "name", "queue")

    def __init__(self, name: tuple["Joined[Any, Any]", Hashable]) -> None:
        self.name = name
        self.asked: dict[Any, Asked[Any]] = {}
        self.queue: list[Asked[Any]] = []
        self.in_flight = 0
        self.leaving = False

    def drop(self, asked: Asked[Any]) -> None:
        if self.asked.get(asked.key) is asked:
            del self.asked[asked.key]

    def give_up(self, asked: Asked[Any]) -> None:
        """Whoever wants it later asks anew."""
        asked.settle(LoadAbortedError("all who asked have left"))
        self.drop(asked)


class Joining:
    """One for the process. A key that is in flight is joined and not asked again; keys of one tick go up together.

    A batch has an operation of its own: twice the time that one may spend on the system, so that whoever joins while
    it is younger than that has all of theirs; it goes by the correlation id, and on the tally, of who asked first.
    Joined by nobody is what is older than that, and what left before something was changed in the system.
    """

    def __init__(
        self,
        ask: Callable[[str, Operation], Any],
        upstreams: Mapping[str, Upstream],
        caches: Caches | None = None,
    ) -> None:
        """Of the loop that is running. `ask`: a system's wire module, bound to the operation that asks. `caches` keep
        what has a lifetime."""
        self.ask = ask
        self.upstreams = upstreams
        self.loop = asyncio.get_running_loop()
        """Asking for it again costs more than a future."""
        self._caches = caches
        self._lanes: dict[tuple[Joined[Any, Any], Hashable], _Lane] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is asked, and so nothing is kept."""
        return not self._lanes and not self._tasks

    def cache_of(self, declared: "Joined[Any, Any]") -> Cache[Any, Any] | None:
        """Where what a loader was told is kept; None where it is not."""
        if self._caches is None or not self._caches.on or declared.lifetime is None:
            return None
        return self._caches.of(declared.name, declared.lifetime, personal=declared.audience.personal)

    def asked(self, declared: "Joined[Key, Any]", key: Key, loaders: "Loaders") -> Asked[Key]:
        """What is asked by this key: already, or from now on. Whoever calls has somebody wait for it at once."""
        name = (declared, declared.together(key))
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(name)
        found = lane.asked.get(key)
        if found is not None and self._may_be_joined(found):
            if found.operation is not loaders.operation:
                _count(found, declared, loaders.operation)
            return found
        lane.asked[key] = asked = Asked(key, loaders)
        lane.queue.append(asked)
        if not lane.leaving and lane.in_flight < IN_FLIGHT:
            lane.leaving = True
            # The tick after next, since who is cancelled in this one says so in the next; and in a context of its own,
            # so that nothing that belongs to who asks first goes along.
            self.loop.call_soon(self.loop.call_soon, self._leave, lane, context=Context())
        return asked

    def left(self, asked: Asked[Any], *, late: bool) -> None:
        """Nobody waits for it any longer, as their time is over or as they gave up; the last takes the call along."""
        batch = asked.batch
        if batch is None or any(each.waiting for each in batch.asked):
            return
        batch.operation.over = late
        batch.task.cancel()
        for each in batch.asked:
            batch.lane.give_up(each)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _may_be_joined(self, asked: Asked[Any]) -> bool:
        batch = asked.batch
        return batch is None or (
            batch.changes == self.upstreams[asked.system].changes and time.monotonic() < batch.joined_until
        )

    def _leave(self, lane: _Lane) -> None:
        lane.leaving = False
        most = lane.name[0].max_batch or len(lane.queue)
        while lane.queue and lane.in_flight < IN_FLIGHT:
            going, lane.queue = lane.queue[:most], lane.queue[most:]
            self._go_up(lane, going)
        if not lane.asked and not lane.in_flight and self._lanes.get(lane.name) is lane:
            del self._lanes[lane.name]

    def _go_up(self, lane: _Lane, going: list[Asked[Any]]) -> None:
        """As far as somebody still waits."""
        for each in going:
            if not each.waiting:
                lane.give_up(each)
        asked = [each for each in going if each.waiting]
        loaders = asked[0].loaders if asked else None
        if loaders is None:
            return
        declared, first = lane.name[0], asked[0]
        upstream, theirs = self.upstreams[first.system], first.operation
        operation = Operation(theirs.correlation_id, seconds=2 * upstream.timeout, on_tally_of=theirs)
        operation.waited_for = True
        batch = _Batch(lane, asked, operation, upstream)
        cache = self.cache_of(declared)
        for each in asked:
            if each.operation is not theirs and each.batch is None:
                _count(first, declared, each.operation)
            each.batch = batch
            if cache:
                each.begun = cache.begin(each.key)
        meters.loaded(declared.name, len(asked))
        loading = self._loading(declared, loaders.of(operation), asked)
        batch.task = self.loop.create_task(loading)
        self._tasks.add(batch.task)
        batch.task.add_done_callback(lambda task: self._answered(batch, task))
        lane.in_flight += 1

    def _loading(
        self, declared: "Joined[Any, Any]", loaders: "Loaders", asked: list[Asked[Any]]
    ) -> Coroutine[Any, Any, Sequence[Any]]:
        """What is everybody's, by way of what other processes were told."""
        keys, caches, lifetime = [each.key for each in asked], self._caches, declared.lifetime
        if caches is None or not caches.on or caches.second is None or lifetime is None or declared.audience.personal:
            return declared.batch_load(loaders, keys)
        if not all(map(caches.is_untouched, keys)):
            return declared.batch_load(loaders, keys)

        def aged(key: Any, seconds: float) -> None:
            for each in asked:
                if each.key == key and each.begun:
                    each.begun = each.begun._replace(at=each.begun.at - seconds)

        thing = SharedThing(declared.name, declared.shape, lifetime)
        return caches.second.load(thing, keys, partial(declared.batch_load, loaders), aged)

    def _answered(self, batch: _Batch, task: asyncio.Task[Sequence[Any]]) -> None:
        self._tasks.discard(task)
        lane = batch.lane
        lane.in_flight -= 1
        told = _told(task, len(batch.asked))
        apart = _by_operations(batch.asked)
        if len(apart) > 1 and isinstance(told[0], UpstreamBadResponse) and task.exception():
            # Something among the keys cannot be answered: only who asked for it is to notice.
            for asked in apart:
                self._go_up(lane, asked)
        else:
            for each, outcome in zip(batch.asked, told, strict=True):
                lane.drop(each)
                if each.begun and not isinstance(outcome, Exception) and (cache := self.cache_of(lane.name[0])):
                    each.held = cache.keep(each.key, outcome, each.begun)
                each.settle(outcome)
        self._leave(lane)


def _count(asked: Asked[Any], declared: "Joined[Any, Any]", operation: Operation) -> None:
    """What is told to this operation by a call that is on the tally of another."""
    if operation.calls is not asked.operation.calls:
        operation.joined[asked.system] += 1
        meters.joined(declared.name)


def _told(task: asyncio.Task[Sequence[Any]], many: int) -> Sequence[Any]:
    """One outcome for each key."""
    if task.cancelled():
        return [LoadAbortedError("the batch was cancelled")] * many
    failure = task.exception()
    if failure is None and len(task.result()) != many:
        failure = TypeError(f"{len(task.result())} answers to {many} keys")
    return task.result() if failure is None else [failure] * many


def _by_operations(asked: list[Asked[Any]]) -> list[list[Asked[Any]]]:
    """Together what the same operations wait for, whoever came first; the tally tells which they are."""
    found: dict[frozenset[int], list[Asked[Any]]] = {}
    for each in asked:
        whose = frozenset([id(waiter.operation.calls) for waiter in each.waiting])
        found.setdefault(whose, []).append(each)
    return list(found.values())
