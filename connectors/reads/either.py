"""News of several kinds as they come, whichever comes first."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

News = TypeVar("News")


async def either(*sources: AsyncIterator[News]) -> AsyncIterator[News]:
    """What any of them tells, until one of them ends or fails: so does this."""
    waiting: dict[asyncio.Future[Any], AsyncIterator[News]] = {_next(each): each for each in sources}
    try:
        while True:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                source = waiting.pop(each)
                try:
                    news = each.result()
                except StopAsyncIteration:
                    return
                waiting[_next(source)] = source
                yield news
    finally:
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _next(source: AsyncIterator[News]) -> asyncio.Future[News]:
    return asyncio.ensure_future(source.__anext__())
