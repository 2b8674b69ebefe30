"""Who leaves before the answer is asked nothing for any longer; only a change that has begun is made all the same."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest

from .command_line import until
from .small_gateway import SmallGateway, small_gateway

LINES = "gateway.operations"


@pytest.fixture
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway() as gate:
        yield gate


@asynccontextmanager
async def asked_and_left(gate: SmallGateway, query: str) -> AsyncIterator[None]:
    """From when it is being answered until its client is gone."""
    url = gate.client.make_url("/graphql")
    _, writer = await asyncio.open_connection(url.host, url.port)
    body = orjson.dumps({"query": query})
    head = f"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    writer.write(f"{head}\r\n\r\n".encode() + body)
    await until(lambda: bool(gate.followers))
    yield
    writer.close()
    await writer.wait_closed()


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    lines = [orjson.loads(record.getMessage()) for record in caplog.records if record.name == LINES]
    return [(line["operationType"], line["status"]) for line in lines]


async def test_what_is_read_for_who_has_left_is_read_no_further(
    gate: SmallGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LINES)
    async with asked_and_left(gate, "{ slow }"):
        assert len(gate.followers) == 1
    await until(lambda: not gate.followers)
    await until(lambda: told(caplog) == [("query", 499)])
    assert [context.ended for context in gate.contexts] == [True]


async def test_a_change_that_has_begun_is_made_for_who_has_left_too(
    gate: SmallGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LINES)
    async with asked_and_left(gate, "mutation { renewWhenTold }"):
        pass
    assert (await (await gate.post()).json())["data"] == {"hello": "hello world"}  # the server has seen it leave
    assert len(gate.followers) == 1
    gate.news.put_nowait("now")
    await until(lambda: not gate.followers)
    await until(lambda: ("mutation", 499) in told(caplog))
