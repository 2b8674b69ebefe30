"""What one operation may spend: time per system, counted from the first call to it, and a tally of calls."""

import asyncio
from collections import Counter
from collections.abc import Hashable


class Operation:
    """One GraphQL operation, or one refresh of an index: its calls share a correlation id and a purse of seconds."""

    def __init__(self, correlation_id: str, *, seconds: float | None = None) -> None:
        self.correlation_id = correlation_id
        self._seconds = seconds  # a refresh of an index nobody waits for may take longer than a system's own allowance
        self.calls: Counter[str] = Counter()
        """Calls made, by system id; a retry is a call."""
        self.outcomes: dict[Hashable, object] = {}
        """What came of each question, by method, URL and body."""
        self._until: dict[str, float] = {}

    def seconds_left(self, system: str, allowance: float) -> float:
        """How long this operation may still wait for that system; 0 or less when its time is used up.

        The clock of a system starts with the first question about it, so that look-ups and retries count
        while a system that is asked second loses nothing to the one asked first.
        """
        now = asyncio.get_running_loop().time()
        return self._until.setdefault(system, now + (self._seconds or allowance)) - now
