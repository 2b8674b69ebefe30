"""What was read lately, by key, with its age: told while it is fresh, and longer where that is declared."""

import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from cachetools import TTLCache

from connectors.wire import meters

from .keys import system_of

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MINUTE, HOUR = 60.0, 3600.0

LEFT_ALONE = 5.0
"""Seconds for which a system that failed, or is being asked, is not asked again for what may be told stale."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """For how long what was read may be told, in seconds after it was asked for.

    Sources: freshness lifetime as in RFC 9111; stale-while-revalidate and stale-if-error as in RFC 5861, both counted
    from the end of freshness.
    """

    fresh: float
    stale_while_revalidate: float = 0.0
    """Told at once, while it is asked for anew."""
    stale_if_error: float = 0.0
    """Told where the system does not answer."""

    def scaled(self, by: float) -> "Lifetime":
        return Lifetime(self.fresh * by, self.stale_while_revalidate * by, self.stale_if_error * by)

    @property
    def longest(self) -> float:
        """Seconds after which nobody is told it any longer."""
        return self.fresh + max(self.stale_while_revalidate, self.stale_if_error)


class Held(NamedTuple, Generic[Value]):
    """A value, and how old it is."""

    value: Value
    age: float
    """Seconds since it was asked for."""
    fresh_for: float
    """Seconds for which it stays fresh; 0 for what is stale."""

    @property
    def stale(self) -> bool:
        return self.fresh_for <= 0


class Begun(NamedTuple):
    """A question when it was asked: what comes of it is of then, or later."""

    at: float
    forgotten: int


@dataclass(slots=True)
class _Entry(Generic[Value]):
    value: Value
    asked_at: float
    left_alone_until: float = 0.0


class Cache(Generic[Key, Value]):
    """Things of one kind. It asks nobody, and keeps no failures; what is not in it is None, and not a Held of None."""

    def __init__(
        self,
        name: str,
        lifetime: Lifetime,
        *,
        entries: int,
        untouched: Callable[[Key], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`entries` of each system at most, the least recently used go first. `untouched`: nothing is being changed
        that a key is about; what is, is evicted when the change begins, and not kept until it is over."""
        self.name = name
        self.lifetime = lifetime
        self._untouched = untouched
        self._clock = clock
        self._most = entries
        self._entries: dict[str, TTLCache[Key, _Entry[Value]]] = {}
        """By system, so that a change in one costs nothing in the others."""
        self._forgotten: Counter[str] = Counter()
        """How often something of a system was."""

    @property
    def size(self) -> int:
        """Entries at present."""
        return sum(map(len, self._entries.values()))

    def begin(self, key: Key) -> Begun:
        """It is about to be asked for."""
        return Begun(self._clock(), self._forgotten[system_of(key)])

    def keep(self, key: Key, value: Value, begun: Begun) -> Held[Value]:
        """What was answered; unless something of the system was forgotten since, for then it may be of before."""
        if begun.forgotten == self._forgotten[system_of(key)] and self._untouched(key):
            self._of(system_of(key))[key] = _Entry(value, begun.at)
        return self._of_age(value, begun.at)

    def leave_alone(self, key: Key) -> None:
        """It could not be asked for, or is being asked for: for a while nobody else need try who may be told it."""
        if entry := self._entry(key):
            entry.left_alone_until = self._clock() + LEFT_ALONE

    def at_once(self, key: Key) -> Held[Value] | None:
        """What may be told without waiting for the system."""
        held = self._held(key)
        if held is None:
            meters.cached(self.name, "miss")
            return None
        if held.fresh_for > 0:
            meters.cached(self.name, "hit")
            return held
        past = held.age - self.lifetime.fresh
        if past >= self.lifetime.stale_while_revalidate and not self._left_alone(key, past):
            meters.cached(self.name, "miss")
            return None
        meters.cached(self.name, "stale")
        return held

    def is_due(self, key: Key) -> bool:
        """Whether what was told stale is to be asked for anew."""
        entry = self._entry(key)
        return entry is None or self._clock() >= entry.left_alone_until

    def if_error(self, key: Key) -> Held[Value] | None:
        """What may be told where the system did not answer."""
        held = self._held(key)
        if held is None or held.age - self.lifetime.fresh >= self.lifetime.stale_if_error:
            return None
        meters.cached(self.name, "stale_if_error")
        return held

    def evict(self, system: str, concerned: Callable[[Key, Value], bool]) -> None:
        """Forgets what is concerned; what of the system is being asked for now is not kept, as it may be too."""
        self._forgotten[system] += 1
        if (entries := self._entries.get(system)) is not None:
            for key, entry in list(entries.items()):
                if concerned(key, entry.value):
                    entries.pop(key, None)

    def sweep(self) -> None:
        """Takes what nobody may be told any longer out of memory."""
        for entries in self._entries.values():
            entries.expire()

    def _of(self, system: str) -> TTLCache[Key, _Entry[Value]]:
        if system not in self._entries:
            self._entries[system] = TTLCache(self._most, self.lifetime.longest, timer=self._clock)
        return self._entries[system]

    def _entry(self, key: Key) -> _Entry[Value] | None:
        try:
            return self._entries[system_of(key)][key]
        except KeyError:  # `get` would look twice
            return None

    def _held(self, key: Key) -> Held[Value] | None:
        entry = self._entry(key)
        if entry is None:
            return None
        return self._of_age(entry.value, entry.asked_at)

    def _of_age(self, value: Value, asked_at: float) -> Held[Value]:
        age = max(0.0, self._clock() - asked_at)
        return Held(value, age, max(0.0, self.lifetime.fresh - age))

    def _left_alone(self, key: Key, past: float) -> bool:
        return past < self.lifetime.stale_if_error and not self.is_due(key)
