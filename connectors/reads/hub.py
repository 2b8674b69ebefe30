"""What all live things of a process share: how much may wait for one follower, and the way to other processes."""

from collections.abc import Callable
from typing import Protocol

Heard = Callable[[bytes], None]


class Relay(Protocol):
    """The way to the other processes."""

    def hear(self, name: str, heard: Heard) -> None:
        """Calls `heard` with what the others send by this name."""

    def missed(self, told: Callable[[], None]) -> None:
        """Calls `told` when it hears the others again: what they said meanwhile is lost."""

    def send(self, name: str, message: bytes) -> None:
        """To the others. What cannot be sent now is lost to them, until there is something newer."""

    async def leads(self, name: str, seconds: float) -> bool:
        """Whether it falls to this process to ask a source, now and for so many seconds."""

    def resign(self, name: str) -> None:
        """This process asks no longer; another may."""

    async def first(self, word: str, seconds: float) -> bool:
        """Whether no process said this word within so many seconds. True as well where nobody can be asked."""


class Hub:
    """One process, alone or with others."""

    def __init__(self, waiting: int, relay: Relay | None = None) -> None:
        self.waiting = waiting
        """Things whose news may wait for one follower."""
        self._relay = relay

    def hear(self, name: str, heard: Heard) -> None:
        if self._relay:
            self._relay.hear(name, heard)

    def missed(self, told: Callable[[], None]) -> None:
        if self._relay:
            self._relay.missed(told)

    def send(self, name: str, message: bytes) -> None:
        if self._relay:
            self._relay.send(name, message)

    async def leads(self, name: str, seconds: float) -> bool:
        return self._relay is None or await self._relay.leads(name, seconds)

    def resign(self, name: str) -> None:
        if self._relay:
            self._relay.resign(name)

    async def first(self, word: str, seconds: float) -> bool:
        return self._relay is None or await self._relay.first(word, seconds)
