"""A gateway whose caches age by a clock that a test puts forward, and what its answers say of age."""

from tests.simulated_campus import Answer


class Clock:
    """Seconds, which pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def freshness(answer: Answer) -> list[tuple[str, str, int]]:
    """What was told stale: dotted path, system, age."""
    told = answer.body.get("extensions", {}).get("freshness", [])
    return [(".".join(map(str, each["path"])), each["system"], each["age"]) for each in told]
