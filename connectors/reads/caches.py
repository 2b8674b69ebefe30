"""All caches of a process, and what makes old what was read: changes through any process, and what systems tell."""

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import msgspec

from connectors.wire import Upstream

from .cache import Cache, Lifetime
from .hub import Hub
from .keys import system_of
from .second_level import SecondLevel, Shelf

NAME = "caches"

SWEPT_AFTER = 10.0
"""Seconds that something may lie in memory beyond its time."""


class Changed(msgspec.Struct, frozen=True):
    """What the processes tell each other: something of an account, or nobody knows of which, is changed there."""

    system: str
    account: str | None
    change: str = ""
    """A word for the change; empty where nothing is under way."""
    seconds: float = 0.0
    """For which the system may still be at work on it; 0 where it is settled."""


class Caches:
    """One cache for each thing by its name. What is personal is found by its account only, whoever asks for it."""

    def __init__(  # noqa: PLR0913 - what is chosen, and a clock
        self,
        hub: Hub,
        upstreams: Mapping[str, Upstream],
        *,
        on: bool = True,
        entries: int = 2_000,
        scale: float = 1.0,
        shelf: Shelf | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`entries` of each thing and system at most; `scale` multiplies every lifetime. What is everybody's and fresh
        lies on the `shelf`, too, for other processes."""
        self.second = SecondLevel(shelf, scale=scale) if shelf else None
        self.on = on
        """Otherwise nobody reads through them."""
        self._hub = hub
        self._upstreams = upstreams
        self._entries = entries
        self._scale = scale
        self._clock = clock
        self._caches: dict[str, Cache[Any, Any]] = {}
        self._personal: set[str] = set()
        self._changes: dict[str, dict[str, tuple[str | None, float]]] = {}
        """By system, the changes under way: whose account they concern, and until when."""
        hub.hear(NAME, self._heard)
        hub.missed(self._forget_all)

    def of(self, name: str, lifetime: Lifetime, *, personal: bool) -> Cache[Any, Any]:
        """Of a `personal` thing the key's second part is the account; its first is the system in any case."""
        if name not in self._caches:
            if personal:
                self._personal.add(name)
            self._caches[name] = Cache(
                name,
                lifetime.scaled(self._scale),
                entries=self._entries,
                untouched=partial(self._untouched, personal),
                clock=self._clock,
            )
        return self._caches[name]

    def changed(self, system: str, account: str | None, change: str = "", seconds: float = 0.0) -> None:
        """Something of this account, or of one that nobody knows, is changed: forgotten here and on all processes, and
        what is in flight there is joined by nobody any more.

        Of everybody's, all of the system is concerned. For so many `seconds`, or until the same change is told with
        none, what is concerned is neither kept nor told out of a cache.
        """
        told = Changed(system, account, change, seconds)
        self._forget(told)
        self._hub.send(NAME, msgspec.json.encode(told))

    def forget(self, system: str, account: str | None = None) -> None:
        """The same, here alone: for what every process is told by itself."""
        self._forget(Changed(system, account))

    def outdate(self, system: str) -> None:
        """What is in flight there is joined by nobody any more, here."""
        if system in self._upstreams:
            self._upstreams[system].changes += 1

    def forget_where(self, name: str, system: str, concerned: Callable[[Any], bool]) -> None:
        """Values of one thing of a system, here."""
        if cache := self._caches.get(name):
            cache.evict(system, lambda _key, value: concerned(value))

    async def keep_swept(self) -> None:
        """Lets nothing lie in memory for much longer than it may be told, also where nobody asks."""
        while True:
            await asyncio.sleep(SWEPT_AFTER)
            self.sweep()

    def sweep(self) -> None:
        """Takes what nobody may be told any longer out of memory."""
        for cache in self._caches.values():
            cache.sweep()
        now = self._clock()
        for system, changes in list(self._changes.items()):
            left = {change: under_way for change, under_way in changes.items() if now < under_way[1]}
            if left:
                self._changes[system] = left
            else:
                del self._changes[system]

    def _untouched(self, personal: bool, key: Hashable) -> bool:
        changes = self._changes.get(system_of(key))
        if not changes:
            return True
        now = self._clock()
        accounts = (account for account, until in changes.values() if now < until)
        return not any(_concerns(account, personal, key) for account in accounts)

    def is_untouched(self, key: Hashable) -> bool:
        """Whether nothing is being changed in the system of what is everybody's."""
        return self._untouched(False, key)

    def _forget(self, told: Changed) -> None:
        self._apply(told)
        if self.second:  # before the other processes are told, so that they find nothing of before there
            self.second.outdate(told.system)

    def _forget_all(self) -> None:
        for system in self._upstreams:
            self._apply(Changed(system, None))

    def _apply(self, told: Changed) -> None:
        self.outdate(told.system)
        if told.change and told.seconds > 0:
            until = self._clock() + told.seconds
            self._changes.setdefault(told.system, {})[told.change] = (told.account, until)
        elif told.change:
            self._changes.get(told.system, {}).pop(told.change, None)
        for name, cache in self._caches.items():
            cache.evict(told.system, partial(_is_concerned, told.account, name in self._personal))

    def _heard(self, message: bytes) -> None:
        self._apply(msgspec.json.decode(message, type=Changed))


def _is_concerned(account: str | None, personal: bool, key: Hashable, _value: object) -> bool:
    return _concerns(account, personal, key)


def _concerns(account: str | None, personal: bool, key: Any) -> bool:
    """Whether a key of that system is about the account; what is everybody's may show any change.

    Some systems write accounts as they were typed: to forget too much does no harm.
    """
    return account is None or not personal or key[1].casefold() == account.casefold()
