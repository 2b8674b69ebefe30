"""What one operation may spend: time per system, counted from the first call to it, and a tally of calls."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


class Asked(NamedTuple):
    """A question, as far as it tells whether it was asked before."""

    system: str
    method: str
    target: str
    content: bytes | None
    headers: frozenset[tuple[str, str]]
    """Those of its own."""


class Watch(Protocol):
    """Whoever must know of changes that are made."""

    def begins(self, system: str) -> str:
        """A change is about to be sent; the answer is a word for it."""

    def ends(self, system: str, change: str, *, unsettled: bool) -> None:
        """It has ended; `unsettled` means that nobody knows whether it was made, and it may still be."""


@dataclass(slots=True)
class Change:
    """What is known of one."""

    unsettled: bool = True
    """Until there is an answer; so it stays where the asker is cancelled on the way."""


class Operation:
    """One GraphQL operation, one batch, or one refresh of an index: its calls share a correlation id and a purse of
    seconds."""

    __slots__ = (
        "_until", "ahead", "calls", "correlation_id", "joined", "outcomes", "over", "seconds", "waited_for", "watch",
    )  # fmt: skip

    def __init__(
        self, correlation_id: str, *, seconds: float | None = None, on_tally_of: "Operation | None" = None
    ) -> None:
        self.correlation_id = correlation_id
        self.seconds = seconds
        """For each system, where that is more than its own allowance: nobody waits for an index, files take long."""
        self.calls: Counter[str] = Counter() if on_tally_of is None else on_tally_of.calls
        """Calls made, by system id; a retry is a call."""
        self.joined: Counter[str] = Counter() if on_tally_of is None else on_tally_of.joined
        """What was asked together with other operations, by system id: its call is on the tally of one of those."""
        self.waited_for = False
        """Whether whoever waits for its calls gives each up in time, so that a call needs no clock of its own."""
        self.over = False
        """Whether nobody waits for it any longer, since their time is over."""
        self.ahead: list[asyncio.Future[Any]] = []
        """What is waited for in case it is needed."""
        self.outcomes: dict[Asked, object] = {}
        """What came of each question."""
        self.watch: Watch | None = None
        """Told of each change; None where nothing is changed."""
        self._until: dict[str, float] = {}

    def end(self) -> None:
        """It has its answer, or its asker has left: nothing is needed any more."""
        for waiting in self.ahead:
            waiting.cancel()

    def apart(self, watch: Watch) -> "Operation":
        """One for changes, that goes on when this is over: with a purse of its own, and the same tally."""
        other = Operation(self.correlation_id, seconds=self.seconds, on_tally_of=self)
        other.watch = watch
        return other

    @contextmanager
    def changing(self, system: str) -> Iterator[Change]:
        """Around a change: what the system told before it is not what it would tell afterwards."""
        change, watch = Change(), self.watch
        word = watch.begins(system) if watch else ""
        try:
            yield change
        finally:
            self.forget(system)
            if watch:
                watch.ends(system, word, unsettled=change.unsettled)

    def forget(self, system: str) -> None:
        self.outcomes = {asked: told for asked, told in self.outcomes.items() if asked.system != system}

    def seconds_left(self, system: str, allowance: float) -> float:
        """How long this operation may still wait for that system; 0 or less when its time is used up.

        The clock of a system starts with the first question about it, so that look-ups and retries count
        while a system that is asked second loses nothing to the one asked first.
        """
        if self.over:
            return 0.0
        now = time.monotonic()
        return self._until.setdefault(system, now + (self.seconds or allowance)) - now
