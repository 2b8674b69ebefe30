"""Loaders whose calls carry the service's own credential: declared once, shared while in flight, seen by operation."""

import asyncio
import enum
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, get_args, get_type_hints, overload

from connectors.wire import AccountConflict, Operation, UpstreamError

from .cache import Cache, Lifetime
from .joining import Asked, Joining
from .kept import Kept
from .keys import AccountKey, system_of
from .loader import LoadAbortedError
from .reading import Places, Reading
from .waiter import Waiter

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Wanted = TypeVar("Wanted", bound=Hashable, contravariant=True)


class Audience(enum.Enum):
    """Whom an answer is for. A call may be shared in any case: it is ours, and who may see its answer is decided after
    it, for each viewer."""

    PUBLIC = "PUBLIC"
    """Everybody."""
    PERSONAL = "PERSONAL"
    """One person, and who may see that person's."""

    @property
    def personal(self) -> bool:
        return self is Audience.PERSONAL


_PAST_CACHES = Reading()
"""Told nothing, so one is enough for all that read so."""


class Loaders:
    """One operation's view of the loaders that its class declares. What it has read stands for as long as it lives."""

    def __init__(self, joining: Joining, operation: Operation, reading: Reading | None = None) -> None:
        """`reading` through caches; without, past them."""
        self.joining = joining
        self.operation = operation
        self.reading = reading or Reading()
        self.asked: dict[Joined[Any, Any], dict[Any, Asked[Any]]] = {}
        """Of each loader by key."""

    def ask(self, system: str) -> Any:
        """A system's wire module, bound to the operation."""
        return self.joining.ask(system, self.operation)

    def of(self, operation: Operation) -> Self:
        """The same for another operation, which has read nothing yet, and reads past the caches."""
        another = object.__new__(type(self))
        another.__dict__.update(self.__dict__)
        another.operation, another.reading, another.asked = operation, _PAST_CACHES, {}
        return another


def alone(key: Key) -> Key:
    """Each key goes up by itself, so that no answer is held back by one that is slow."""
    return key


class Joined(Generic[Key, Value]):
    """A loader, declared in the body of a class of Loaders: `thing_by_key = Joined(batch_load, audience=…)`.

    `batch_load` is told the loaders of an operation of the batch's own, and the keys that go up; it answers with one
    value per key, in order, where an Exception fails that key alone. A key or its first part names the system.
    """

    def __init__(
        self,
        batch_load: Callable[[Any, list[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]],
        *,
        audience: Audience,
        lifetime: Lifetime | None = None,
        together: Callable[[Key], Hashable] = system_of,
        max_batch: int | None = None,
    ) -> None:
        """Keys go up in one call, whoever asks for them, if they are asked in one tick and `together` of them is
        equal: those of one system, unless something else is said.

        What is told is kept for its `lifetime`, if it has one; the second part of what is personal's key is then its
        account.
        """
        self.batch_load = batch_load
        self.audience = audience
        self.lifetime = lifetime
        self.together = together
        self.max_batch = max_batch
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"{owner.__name__}.{name}"
        self._declared_in = owner, name

    @cached_property
    def shape(self) -> Any:
        """The type of its values, as it is declared: `name: Joined[Key, Value]`."""
        owner, name = self._declared_in
        _, value = get_args(get_type_hints(owner)[name])
        return value

    @overload
    def __get__(self, loaders: None, owner: type) -> Self: ...
    @overload
    def __get__(self, loaders: Loaders, owner: type) -> "JoinedLoader[Key, Value]": ...
    def __get__(self, loaders: Loaders | None, owner: type) -> "Self | JoinedLoader[Key, Value]":
        return self if loaders is None else JoinedLoader(self, loaders)


class Loads(Protocol[Wanted, Value]):
    """A loader, whatever it shares with whom."""

    def load(self, key: Wanted) -> asyncio.Future[Value]: ...

    def load_many(self, keys: Iterable[Wanted]) -> asyncio.Future[list[Value]]: ...

    def ahead(self, key: Wanted) -> None: ...


class JoinedLoader(Generic[Key, Value]):
    """What one operation asks of a loader that all share: each key once, and what was told stands, failures too."""

    kept: ClassVar[Kept] = Kept.OPERATION

    __slots__ = ("_asked", "_declared", "_loaders")

    def __init__(self, declared: Joined[Key, Value], loaders: Loaders) -> None:
        self._declared = declared
        self._loaders = loaders
        asked = loaders.asked.get(declared)
        if asked is None:
            asked = loaders.asked[declared] = {}
        self._asked: dict[Key, Asked[Key]] = asked

    def load(self, key: Key) -> asyncio.Future[Value]:
        """A future of the asker's own: cancel it, and nobody else notices. Raises UpstreamTimeout in time."""
        return self._waiting((key,), many=False)

    def load_many(self, keys: Iterable[Key]) -> asyncio.Future[list[Value]]:
        """One future for all: of each key its value or, in that place, the exception it failed with.

        So one that fails, fails alone. Whoever cancels it leaves all its keys.
        """
        return self._waiting(keys, many=True)

    def ahead(self, key: Key) -> None:
        """Asks now for whoever needs it later in the operation; they are told if it failed, and how old it is. Given up
        where the operation ends before."""
        asked = self._asked_for((key,), self._cache)
        waiting = Waiter(asked, self._loaders.joining, many=False).begin(self._loaders.operation)
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._loaders.operation.ahead.append(waiting)

    def _waiting(self, keys: Iterable[Key], *, many: bool) -> asyncio.Future[Any]:
        cache, loaders = self._cache, self._loaders
        told = partial(self._told, cache, loaders.reading.places()) if cache else None
        asked = self._asked_for(keys, cache)
        return Waiter(asked, loaders.joining, many=many, told=told).begin(loaders.operation)

    def _asked_for(self, keys: Iterable[Key], cache: Cache[Key, Value] | None) -> list[Asked[Key]]:
        known, declared, loaders = self._asked, self._declared, self._loaders
        asked = []
        for key in keys:
            found = known.get(key)
            # What was given up when its last asker here left was never told to anybody.
            if found is None or isinstance(found.outcome, LoadAbortedError):
                kept = self._kept(key, cache) if cache else None
                found = known[key] = kept or loaders.joining.asked(declared, key, loaders)
            asked.append(found)
        return asked

    @property
    def _cache(self) -> Cache[Key, Value] | None:
        return self._loaders.joining.cache_of(self._declared) if self._loaders.reading.through else None

    def _kept(self, key: Key, cache: Cache[Key, Value]) -> Asked[Key] | None:
        """What may be told at once; if it is stale, it is asked for anew, for whoever comes after."""
        held = cache.at_once(key)
        if held is None:
            return None
        if held.stale and cache.is_due(key):
            cache.leave_alone(key)
            self._renew(key)
        asked = Asked(key, self._loaders)
        if held.stale:
            asked.held = held
        else:  # the same at whatever place it is told
            self._loaders.reading.stays_fresh(held.fresh_for)
        asked.settle(held.value)
        return asked

    def _renew(self, key: Key) -> None:
        operation = Operation(f"renewal-{uuid.uuid4().hex}")
        joining, loaders = self._loaders.joining, self._loaders.of(operation)
        waiting = Waiter([joining.asked(self._declared, key, loaders)], joining, many=False).begin(operation)
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _told(self, cache: Cache[Key, Value], places: Places, asked: Asked[Key], outcome: Any) -> Any:
        """What the operation is told, and how old it is: where the system failed, what it told before."""
        held = asked.held
        if isinstance(outcome, AccountConflict):  # it has answered: whose this was before, it need not be now
            cache.evict(asked.system, lambda key, _: key == asked.key)
        elif isinstance(outcome, UpstreamError):
            held = cache.if_error(asked.key)
            cache.leave_alone(asked.key)
        if held is None:
            return outcome
        self._loaders.reading.told(asked.system, held, places)
        return held.value


def one_call_each(
    endpoint: Callable[[Any, str], Awaitable[Value]], *, audience: Audience, lifetime: Lifetime | None = None
) -> Joined[AccountKey, Value]:
    """A loader over systems that cannot batch: one call per key, side by side."""

    async def call(loaders: Loaders, keys: list[AccountKey]) -> list[Value]:
        return [await endpoint(loaders.ask(key.system), key.account) for key in keys]

    return Joined(call, audience=audience, lifetime=lifetime, together=alone)
