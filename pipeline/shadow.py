"""Shadow mode: the same query once more by graphql-core, to learn from live traffic where plans answer otherwise."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Iterator
from datetime import date
from typing import Any

from graphql import ExecutionResult

log = logging.getLogger("gateway.shadow")

SHOWN = 20
"""Paths in one line of the log."""

PATIENCE = 0.5
"""Seconds that a shadow may be behind; it asks the same systems at the same time."""


async def compared(
    running: Awaitable[ExecutionResult], shadow: Coroutine[Any, Any, ExecutionResult], told: str
) -> ExecutionResult:
    """What is running gives, whatever becomes of its shadow; `told` says in the log which operation it is.

    The log names paths and no values, not even those in messages.
    """
    shadowing = asyncio.create_task(shadow)
    shadowing.add_done_callback(lambda done: done.cancelled() or done.exception())  # where what it follows fails, too
    try:
        result = await running
        await asyncio.wait([shadowing], timeout=PATIENCE)
    finally:
        shadowing.cancel()
    if not shadowing.done() or shadowing.cancelled():
        log.error("%s only the shadow did not end", told)
    elif failure := shadowing.exception():
        log.error("%s only the shadow failed", told, exc_info=failure)
    elif found := differences(result, shadowing.result()):
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        log.error("%s differs from its shadow at %s%s", told, ", ".join(found[:SHOWN]), more)
    return result


def differences(result: ExecutionResult, expected: ExecutionResult) -> list[str]:
    """Dotted paths at which data differ or an error is on one side only; empty if the answers are the same."""
    ours, theirs = _errors(result), _errors(expected)
    found = [*_differing(result.data, expected.data, "data")]
    found += sorted({f"error {path}" for path, _ in ours ^ theirs})
    return found


def _differing(one: Any, other: Any, path: str) -> Iterator[str]:
    one, other = _as_text(one), _as_text(other)
    if one.__class__ is not other.__class__ or _keys(one) != _keys(other):
        yield path
    elif isinstance(one, dict | list):
        for key in _keys(one):
            yield from _differing(one[key], other[key], f"{path}.{key}")
    elif one != other:
        yield path


def _as_text(value: Any) -> Any:
    """A date that a plan has left to be written with the rest is what graphql-core makes text of at once."""
    return value.isoformat() if isinstance(value, date) else value


def _keys(value: Any) -> list[Any]:
    """Of an object in their order, or the places of a list."""
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def _errors(result: ExecutionResult) -> set[tuple[str, str]]:
    return {(".".join(map(str, error.path or ())), error.message) for error in result.errors or ()}
