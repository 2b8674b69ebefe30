"""How old what one operation was told is: where something is stale, and for how long the rest stays fresh."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .cache import Held

Place = tuple[str | int, ...]
"""Where in the answer."""

Places = Callable[[], Sequence[Place]]


class Stale(NamedTuple):
    """A place of the answer that was told what is not fresh any longer."""

    path: Place
    system: str
    as_of: datetime
    """When the system was asked for it; the oldest of what was told there."""


class Reading:
    """One operation's. Unless it reads through the caches, it is told nothing stale."""

    def __init__(self, *, through: bool = False, places: Callable[[], Places] = lambda: list) -> None:
        """`places` notes for what field something is asked now; what it gives tells the field's place in the answer."""
        self.through = through
        """Whether it is told what is kept."""
        self.places = places
        self.fresh_for: float | None = None
        """Seconds for which all that came out of caches, or will be found there, stays fresh; None where nothing is."""
        self._stale: list[tuple[Places, str, datetime]] = []

    def anew(self) -> None:
        """From now on past the caches: changes rest on what is so, and news tell nothing of before."""
        self.through = False

    def told(self, system: str, held: Held[Any], places: Places) -> None:
        """This was told at these places."""
        self.stays_fresh(held.fresh_for)
        if held.stale:
            self._stale.append((places, system, datetime.now(UTC) - timedelta(seconds=held.age)))

    def stays_fresh(self, seconds: float) -> None:
        """Something that was told does, for so long; 0 for what is stale."""
        if self.fresh_for is None or seconds < self.fresh_for:
            self.fresh_for = seconds

    @property
    def stale(self) -> list[Stale]:
        """Of each place and system the oldest, in the order of the paths."""
        oldest: dict[tuple[Place, str], datetime] = {}
        for places, system, as_of in self._stale:
            for path in places():
                oldest[path, system] = min(as_of, oldest.get((path, system), as_of))
        found = [Stale(path, system, as_of) for (path, system), as_of in oldest.items()]
        return sorted(found, key=lambda each: ([str(part) for part in each.path], each.system))
