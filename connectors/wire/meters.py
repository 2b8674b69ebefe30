"""What is counted in this process: nobody listens, unless the gateway has somewhere to tell it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _nobody(*_: Any) -> None:
    pass


@dataclass(slots=True)
class Meters:
    """Told of everything once, by whoever does it. Names that they are given are few: never what a client wrote."""

    called: Callable[[str, str, float], None] = _nobody
    """A system was asked: its id, what came of it (`ok` or the error's code), seconds."""
    loaded: Callable[[str, int], None] = _nobody
    """A loader went up with a batch: its name, how many keys."""
    joined: Callable[[str], None] = _nobody
    """A key was asked of a loader together with another operation: the loader's name."""
    filled: Callable[[str, str, bool, float], None] = _nobody
    """An index was read: its name, the system's id, whether it could be, seconds."""
    looked_up: Callable[[str, bool], None] = _nobody
    """Something that is kept was looked for: what keeps it, whether it was there."""
    cached: Callable[[str, str], None] = _nobody
    """Something was looked for in a cache: its name; `hit`, `stale` or `miss`, after which `stale_if_error`."""
    answered: Callable[[str, str, str, float], None] = _nobody
    """An operation came to its end: name, type, what came of it (`ok`, `partial`, `refused`, `left`), seconds."""
    connected: Callable[[int], None] = _nobody
    """So many sockets and event streams more, or less."""
    following: Callable[[int], None] = _nobody
    """So many subscriptions more, or less."""
    late: Callable[[str, int], None] = _nobody
    """A system lacks for a day what so many people have changed: its id."""
    told: Callable[[], None] = _nobody
    """A subscription told an event."""


meters = Meters()
