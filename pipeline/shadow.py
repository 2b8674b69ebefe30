"""Shadow mode: the same query once more by graphql-core, to learn from live traffic where plans answer otherwise."""

import logging
from collections.abc import Awaitable, Iterator
from datetime import date
from typing import Any

from graphql import ExecutionResult

from connectors.reads import settled

log = logging.getLogger("gateway.shadow")

SHOWN = 20
"""Paths in one line of the log."""


async def compared(
    running: Awaitable[ExecutionResult], shadow: Awaitable[ExecutionResult], told: str
) -> ExecutionResult:
    """What is running gives, whatever becomes of its shadow; `told` says in the log which operation it is.

    The log names paths and no values, not even those in messages.
    """
    result, expected = await settled([running, shadow])
    if isinstance(result, Exception):
        raise result
    if isinstance(expected, Exception):
        log.error("%s only the shadow failed", told, exc_info=expected)
    elif found := differences(result, expected):
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
