"""Keys that name their system, and what came of several calls side by side."""

import asyncio
from collections.abc import Awaitable, Hashable, Iterable
from typing import NamedTuple, TypeVar

Value = TypeVar("Value")


class AccountKey(NamedTuple):
    """What belongs to one account in one system."""

    system: str
    account: str


def system_of(key: Hashable) -> str:
    """The system that a key is asked of: the key itself, or its first part."""
    return str(key[0] if isinstance(key, tuple) else key)


async def settled(calls: Iterable[Awaitable[Value]]) -> list[Value | Exception]:
    """What each call gave or failed with, in order; only being cancelled ends them all."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException) or isinstance(outcome, Exception)]
