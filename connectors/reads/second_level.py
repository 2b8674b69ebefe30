"""What one process was told of everybody's things, for the others: in Redis, for as long as it is fresh."""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from .cache import Lifetime
from .keys import system_of

LONGEST = 60.0
"""Seconds that anything is fresh; the table in docs/caches.md has nothing longer."""

_log = logging.getLogger("gateway.caches")


class Shelf(Protocol):
    """Where values lie that all processes may read. Whoever cannot reach it finds nothing."""

    async def fetch(self, names: Sequence[str]) -> list[bytes | None]:
        """The values of these names, in one question."""

    def put(self, name: str, value: bytes, seconds: float) -> None:
        """Lies there for so many seconds at most."""

    def count(self, name: str, seconds: float, done: Callable[[bool], None]) -> None:
        """Counts one up, before whatever is told to the other processes later; `done` is told whether it was."""


class SharedThing(NamedTuple):
    """A public thing: its name, and of what type its values are."""

    name: str
    shape: Any
    lifetime: Lifetime


class Found(NamedTuple):
    """What lay there of a batch of keys of one system."""

    generation: int | None
    """How often something of the system was changed; None where nothing may be kept there now."""
    values: Mapping[Any, tuple[Any, float]]
    """By key the value, and its age in seconds."""


class SecondLevel:
    """A change in a system counts its generation up, and what lies there of an earlier one is not read any longer.

    It is written as MessagePack, whose maps may have any keys, under a name that changes with the fields of its
    records: another version of the gateway may run beside this one.
    """

    def __init__(self, shelf: Shelf, *, scale: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        """`clock` in seconds since 1970, by which processes on several machines agree on age."""
        self._shelf = shelf
        self._scale = scale
        self._clock = clock
        self._codecs: dict[str, tuple[str, msgspec.msgpack.Decoder[Any]]] = {}
        self._counting: Counter[str] = Counter()
        """By system, changes that are not counted yet."""
        self._behind: dict[str, float] = {}
        """Systems whose generation may be behind for good, and until when nothing is read of them here."""

    async def load(
        self,
        thing: SharedThing,
        keys: Sequence[Any],
        ask: Callable[[list[Any]], Awaitable[Sequence[Any]]],
        aged: Callable[[Any, float], None],
    ) -> list[Any]:
        """What lies there of keys of one system, and the rest as it is asked for; `aged` is told how old a value is."""
        found = await self._read(thing, keys)
        missing = [key for key in keys if key not in found.values]
        asked_at = self._clock()
        told = dict(zip(missing, await ask(missing), strict=True)) if missing else {}
        for key, value in told.items():
            if found.generation is not None and not isinstance(value, Exception):
                self._keep(thing, found.generation, key, (value, self._clock() - asked_at))
        for key, (value, age) in found.values.items():
            told[key] = value
            aged(key, age)
        return [told[key] for key in keys]

    async def _read(self, thing: SharedThing, keys: Sequence[Hashable]) -> Found:
        system = system_of(keys[0])
        if self._counting[system] or self._clock() < self._behind.get(system, 0.0):
            return Found(None, {})
        told, *values = await self._shelf.fetch([_generation_of(system), *(self._name(thing, key) for key in keys)])
        generation = int(told or 0)
        found = {}
        for key, value in zip(keys, values, strict=True):
            if value and (known := self._known(thing, value, generation)):
                found[key] = known
        return Found(generation, found)

    def _keep(self, thing: SharedThing, generation: int, key: Hashable, told: tuple[Any, float]) -> None:
        value, age = told
        left = thing.lifetime.fresh * self._scale - age
        if left > 0:
            # Moments as text, which tells of how many hours they are from Greenwich; MessagePack's own do not.
            plain = msgspec.to_builtins((generation, self._clock() - age, value))
            written = msgspec.msgpack.encode(plain)
            self._shelf.put(self._name(thing, key), written, left)

    def outdate(self, system: str) -> None:
        """Something is changed there. Until that is counted nothing is read of the system here; if it cannot be, for as
        long as anything lies there."""
        self._counting[system] += 1

        def done(counted: bool) -> None:
            self._counting[system] -= 1
            if not counted:
                self._behind[system] = self._clock() + LONGEST * self._scale

        self._shelf.count(_generation_of(system), 2 * LONGEST * self._scale, done)

    def _known(self, thing: SharedThing, written: bytes, generation: int) -> tuple[Any, float] | None:
        try:
            of, asked_at, value = self._codec(thing)[1].decode(written)
        except msgspec.DecodeError as failure:
            _log.warning("%s: what another process kept cannot be read: %s", thing.name, failure)
            return None
        age = max(0.0, self._clock() - asked_at)
        return (value, age) if of == generation and age < thing.lifetime.fresh * self._scale else None

    def _name(self, thing: SharedThing, key: Hashable) -> str:
        # What somebody searched for is nobody's to read there.
        digest = hashlib.blake2b(msgspec.json.encode(key), digest_size=16).hexdigest()
        return f"{thing.name}:{self._codec(thing)[0]}:{digest}"

    def _codec(self, thing: SharedThing) -> tuple[str, msgspec.msgpack.Decoder[Any]]:
        if thing.name not in self._codecs:
            fields = msgspec.json.encode(msgspec.json.schema(thing.shape), order="sorted")
            version = hashlib.blake2b(fields, digest_size=6).hexdigest()
            self._codecs[thing.name] = version, msgspec.msgpack.Decoder(tuple[int, float, thing.shape])  # type: ignore[name-defined]
        return self._codecs[thing.name]


def _generation_of(system: str) -> str:
    return f"generation:{system}"
