"""Who waits for keys: one asker of one operation, with a future of its own and no more time than its operation has."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from connectors.wire import Operation, UpstreamTimeout

from .joining import NOT_YET, Asked, Joining
from .loader import LoadAbortedError


class Waiter:
    """Cancel its `own`, and nobody else notices."""

    __slots__ = ("_asked", "_joining", "_late", "_many", "_missing", "_timers", "_told", "operation", "own")

    def __init__(
        self,
        asked: Sequence[Asked[Any]],
        joining: Joining,
        *,
        many: bool,
        told: Callable[[Asked[Any], Any], Any] | None = None,
    ) -> None:
        """`many`: a list is wanted, of each key its value or the exception it failed with. `told` says what the asker
        is told of a failure, or of what is kept."""
        self._told = told
        self._asked = asked
        self._joining = joining
        self._many = many
        self._late: dict[str, UpstreamTimeout] = {}
        self._timers: list[asyncio.TimerHandle] = []
        self._missing = 0
        self.own: asyncio.Future[Any] = joining.loop.create_future()

    def begin(self, operation: Operation) -> "asyncio.Future[Any]":
        """Waits for what is not answered yet, in each system's time."""
        self.operation = operation
        systems: dict[str, None] = {}
        for each in self._asked:
            if each.outcome is NOT_YET and self not in each.waiting:
                each.waiting.add(self)
                self._missing += 1
                systems[each.system] = None
        if not self._missing:
            self._tell()
            return self.own
        for system in systems:
            allowance = self._joining.upstreams[system].timeout
            seconds = min(allowance, operation.seconds_left(system, allowance))
            if seconds > 0:
                self._timers.append(self._joining.loop.call_later(seconds, self._time_is_over, system))
            else:  # nobody is to knock at the door for an operation that can no longer go in
                self._time_is_over(system)
        self.own.add_done_callback(self._given_up)
        return self.own

    def arrived(self) -> None:
        """One more is answered."""
        self._missing -= 1
        if not self._missing:
            self._tell()

    def _time_is_over(self, system: str) -> None:
        allowance = self._joining.upstreams[system].timeout
        self._late[system] = UpstreamTimeout(system, f"no answer within {allowance} s")
        self._leave([each for each in self._asked if each.system == system], late=True)
        if not self._missing:
            self._tell()

    def _given_up(self, own: "asyncio.Future[Any]") -> None:
        for timer in self._timers:
            timer.cancel()
        if own.cancelled():
            self._leave(self._asked, late=False)

    def _leave(self, asked: Sequence[Asked[Any]], *, late: bool) -> None:
        for each in asked:
            if self in each.waiting:
                each.waiting.discard(self)
                self._missing -= 1
                if not each.waiting:
                    self._joining.left(each, late=late)

    def _tell(self) -> None:
        own = self.own
        if own.done():
            return
        own.remove_done_callback(self._given_up)
        for timer in self._timers:
            timer.cancel()
        told = [self._outcome(each) for each in self._asked]
        if self._many:
            own.set_result(told)
        elif isinstance(told[0], Exception):
            own.set_exception(told[0])
        else:
            own.set_result(told[0])

    def _outcome(self, asked: Asked[Any]) -> Any:
        outcome = asked.outcome
        if self._late and (outcome is NOT_YET or isinstance(outcome, LoadAbortedError)):
            outcome = self._late.get(asked.system, outcome)
        if self._told is not None and (asked.held is not None or isinstance(outcome, Exception)):
            outcome = self._told(asked, outcome)
        return _own(outcome) if isinstance(outcome, Exception) else outcome


def _own(failure: Exception) -> Exception:
    """One for each asker: what an exception gathers on its way up is of one operation, and no other's to see."""
    told: Exception = type(failure).__new__(type(failure), *failure.args)
    told.__dict__.update(failure.__dict__)
    told.__cause__ = failure
    return told
