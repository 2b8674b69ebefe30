"""Faults of a settings file in plain sentences: which file, which key, what is wrong."""

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .settings_systems import BY_CLAIM, BY_LOOK_UP


class SettingsError(Exception):
    """The settings cannot be used; the message has one line for each fault, fit to be shown as it is."""

    def __init__(self, source: str, problems: Iterable[str]) -> None:
        self.problems = tuple(f"{source}: {problem}" for problem in problems)
        super().__init__("\n".join(self.problems))


def sentences(error: ValidationError) -> list[str]:
    """One sentence for each fault. Values of free text are not repeated: a secret may stand in a wrong place."""
    return [line for detail in error.errors() for line in _lines(detail)]


def _lines(detail: ErrorDetails) -> list[str]:
    steps = [step for step in detail["loc"] if step not in (BY_CLAIM, BY_LOOK_UP)]
    if detail["type"] == "extra_forbidden":
        return [f"{_joined(_key(steps[:-1]))}unknown key {steps[-1]!r}"]
    if detail["type"] == "missing":
        return [f"{_joined(_key(steps[:-1]))}the key {steps[-1]!r} is missing"]
    words = detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return [f"{_joined(_key(steps))}{line}" for line in words.split("\n")]


def _joined(key: str) -> str:
    return f"{key}: " if key else ""


def _key(steps: list[str | int]) -> str:
    key = ""
    for step in steps:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
    return key
