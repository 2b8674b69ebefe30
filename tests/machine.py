"""How slow this machine is just now, so that bounds on time measure the gateway and not who else uses the machine."""

import time
from pathlib import Path

REFERENCE = 0.025
"""Seconds that `_work` took on the machine the bounds were set on, with nothing else running."""


def soon_enough(took: float, seconds: float) -> bool:
    """Whether something took no longer than that; how slow the machine is, is asked only if it did."""
    return took <= seconds or took <= patience(seconds)


def patience(seconds: float) -> float:
    """A bound of so many seconds, as long as it is here; never shorter."""
    started = time.perf_counter()
    _work()
    return seconds * max(1.0, (time.perf_counter() - started) / REFERENCE)


def queued(pid: int) -> float:
    """Seconds that a process has waited for a processor which others had (Linux)."""
    _running, waiting, _slices = Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(waiting) / 1e9


def _work() -> int:
    return sum(number * number % 7 for number in range(400_000))
