"""News of several kinds come as they do, and end together."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.reads import either


class Source:
    """News as a test lets them come; None or an exception among them ends it."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        self.left = False

    async def told(self) -> AsyncIterator[str]:
        try:
            while (each := await self.news.get()) is not None:
                if isinstance(each, Exception):
                    raise each
                yield each
        finally:
            self.left = True


async def test_whatever_comes_first_is_told_first_and_nothing_is_lost() -> None:
    one, other = Source(), Source()
    both = either(one.told(), other.told())
    for source, each in ((other, "a"), (one, "b"), (other, "c")):
        source.news.put_nowait(each)
        assert await anext(both) == each
    one.news.put_nowait("d")
    other.news.put_nowait("e")
    assert {await anext(both), await anext(both)} == {"d", "e"}


async def test_where_one_ends_both_end() -> None:
    one, other = Source(), Source()
    one.news.put_nowait("a")
    one.news.put_nowait(None)
    assert [each async for each in either(one.told(), other.told())] == ["a"]
    assert other.left


async def test_what_fails_in_one_ends_both_and_lets_both_go() -> None:
    one, other = Source(), Source()
    both = either(one.told(), other.told())
    one.news.put_nowait(ValueError("over"))
    with pytest.raises(ValueError, match="over"):
        await anext(both)
    assert one.left
    assert other.left


async def test_whoever_leaves_leaves_both() -> None:
    one, other = Source(), Source()
    both = either(one.told(), other.told())
    one.news.put_nowait("a")
    assert await anext(both) == "a"
    await both.aclose()  # type: ignore[attr-defined]
    assert one.left
    assert other.left
