"""Keys that name their system, and the batch that asks each system side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

Protocol = TypeVar("Protocol")
Value = TypeVar("Value")


class AccountKey(NamedTuple):
    """What belongs to one account in one system."""

    system: str
    account: str


def one_call_each(
    ask: Callable[[str], Protocol], endpoint: Callable[[Protocol, str], Awaitable[Value]]
) -> Callable[[list[AccountKey]], Awaitable[Sequence[Value | Exception]]]:
    """A batch for systems that cannot batch: one call per key, side by side, each failing alone."""

    async def batch(keys: list[AccountKey]) -> Sequence[Value | Exception]:
        return await settled(endpoint(ask(key.system), key.account) for key in keys)

    return batch


async def settled(calls: Iterable[Awaitable[Value]]) -> list[Value | Exception]:
    """What each call gave or failed with, in order; only being cancelled ends them all."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException) or isinstance(outcome, Exception)]
