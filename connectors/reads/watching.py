"""What an operation changes is forgotten when the change begins and ends, and for as long as nobody knows."""

import secrets
from collections.abc import Callable

from .caches import Caches


class Watching:
    """Told by the wire of each change (`connectors.wire.operation.Watch`), however it was come by and whatever came of
    it: also of one that goes on when its operation is over."""

    def __init__(
        self,
        caches: Caches,
        account: Callable[[str], str | None],
        seconds: Callable[[str], tuple[float, float]],
    ) -> None:
        """`account`: the viewer's in a system, if it is known. `seconds`: how long a change may take there, and after
        how many the system works on no request any longer."""
        self._caches = caches
        self._account = account
        self._seconds = seconds

    def begins(self, system: str) -> str:
        word = secrets.token_hex(8)
        self._caches.changed(system, self._account(system), word, sum(self._seconds(system)))
        return word

    def ends(self, system: str, change: str, *, unsettled: bool) -> None:
        """What is unsettled may still be made: until the system has forgotten of it, it is read past the caches."""
        _, limit = self._seconds(system)
        self._caches.changed(system, self._account(system), change, limit if unsettled else 0.0)
