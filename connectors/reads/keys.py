"""Keys that name their system, and the loader that asks for each key by a call of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

from .loader import Loader

Protocol = TypeVar("Protocol")
Value = TypeVar("Value")


class AccountKey(NamedTuple):
    """What belongs to one account in one system."""

    system: str
    account: str


def one_call_each(
    ask: Callable[[str], Protocol], endpoint: Callable[[Protocol, str], Awaitable[Value]]
) -> Loader[AccountKey, Value]:
    """A loader over systems that cannot batch: one call per key, side by side.

    Each key is a batch of its own, so that an answer of one system is not held back by another that is slow.
    """

    async def call(keys: list[AccountKey]) -> list[Value]:
        return [await endpoint(ask(key.system), key.account) for key in keys]

    return Loader(call, max_batch=1)


async def settled(calls: Iterable[Awaitable[Value]]) -> list[Value | Exception]:
    """What each call gave or failed with, in order; only being cancelled ends them all."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException) or isinstance(outcome, Exception)]
