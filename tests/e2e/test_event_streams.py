"""GraphQL over server-sent events: when an answer is a stream, how it is framed, and how it ends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse

from .small_gateway import SmallGateway, small_gateway
from .test_sockets import nobody_follows

STREAM = "text/event-stream"
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
URQL = f"{GRAPHQL}, application/graphql+json, {JSON}, {STREAM}, multipart/mixed"
"""What urql sends with everything it asks."""

NEWS = {"query": "subscription { news }"}
COMPLETE = b"event: complete\ndata:\n\n"


@pytest.fixture(scope="module")
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway() as gate:
        yield gate


def next_of(answer: Any) -> bytes:
    return b"event: next\ndata: " + json.dumps(answer, separators=(",", ":")).encode() + b"\n\n"


async def events(response: ClientResponse, number: int) -> list[bytes]:
    """So many of them, comments apart."""
    told: list[bytes] = []
    async with asyncio.timeout(5):
        while len(told) < number:
            event = await response.content.readuntil(b"\n\n")
            if not event.startswith(b":"):
                told.append(event)
    return told


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_subscription_is_streamed_to_who_names_the_type(gate: SmallGateway, method: str) -> None:
    asked = {"json": NEWS} if method == "POST" else {"params": NEWS}
    for accept in (STREAM, URQL, f"{JSON}, {STREAM};q=0.1"):
        async with gate.client.request(method, "/graphql", headers={"Accept": accept}, **asked) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == f"{STREAM}; charset=utf-8"
            assert response.headers["Cache-Control"] == "no-store"
            assert await events(response, 1) == [next_of({"data": {"news": "hello nobody"}})]
            gate.news.put_nowait("雨\r\n")
            (event,) = await events(response, 1)
            assert json.loads(event.decode().split("data: ")[1]) == {"data": {"news": "雨\r\n"}}
        await nobody_follows(gate)


async def test_the_whole_stream_is_framed_by_line_feeds_alone(gate: SmallGateway) -> None:
    asked = {"query": "subscription { ticks(upTo: 2) }"}
    async with gate.client.post("/graphql", json=asked, headers={"Accept": STREAM}) as response:
        assert await response.read() == b":\n\n" + b"".join(
            (next_of({"data": {"ticks": 1}}), next_of({"data": {"ticks": 2}}), COMPLETE)
        )


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (URQL, GRAPHQL), (STREAM, STREAM), (f"{JSON}, {STREAM}", JSON), (f"{JSON};q=0.5, {STREAM}", STREAM),
        (f"{STREAM}, */*;q=0.1", STREAM), (f"{GRAPHQL};q=0.9, {STREAM};q=0.9", GRAPHQL), ("*/*", JSON),
        ("text/*", None),
    ],
)  # fmt: skip
async def test_a_query_is_streamed_only_to_who_likes_that_better(
    gate: SmallGateway, accept: str, expected: str | None
) -> None:
    response = await gate.post(headers={"Accept": accept})
    if expected is None:
        assert response.status == 406
    else:
        assert response.headers["Content-Type"] == f"{expected}; charset=utf-8"
        answer = {"data": {"hello": "hello world"}}
        streamed = b":\n\n" + next_of(answer) + COMPLETE
        assert (await response.read()) == (
            streamed if expected == STREAM else json.dumps(answer, separators=(",", ":")).encode()
        )


async def test_who_does_not_name_the_type_is_told_how_to_subscribe(gate: SmallGateway) -> None:
    for accept in (JSON, "*/*", f"{JSON}, {STREAM};q=0"):
        response = await gate.client.post("/graphql", json=NEWS, headers={"Accept": accept})
        assert response.status == 400
        (error,) = (await response.json())["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "graphql-transport-ws" in error["message"]
        assert STREAM in error["message"]


async def test_what_is_wrong_with_a_document_is_told_in_the_stream(gate: SmallGateway) -> None:
    for query, code in (("{", "GRAPHQL_PARSE_FAILED"), ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED")):
        response = await gate.post(query, headers={"Accept": STREAM})
        assert response.status == 200
        start, told, end = (await response.read()).split(b"\n\n", 2)
        assert (start, end) == (b":", COMPLETE)
        answer = json.loads(told.removeprefix(b"event: next\ndata: "))
        assert ([error["extensions"]["code"] for error in answer["errors"]], "data" in answer) == ([code], False)


async def test_what_is_no_request_of_anybody_known_is_answered_by_its_status(gate: SmallGateway) -> None:
    headers = {"Accept": STREAM, "Authorization": "Bearer x.y.z"}
    assert (await gate.client.post("/graphql", json=NEWS, headers=headers)).status == 401
    assert (await gate.client.post("/graphql", data=b"{", headers={"Accept": STREAM})).status == 415
    by_get = await gate.client.get("/graphql", params={"query": "mutation { renew }"}, headers={"Accept": STREAM})
    assert by_get.status == 405
    page = {"Accept": STREAM, "Origin": "https://evil.example"}
    assert (await gate.post("mutation { renew }", headers=page)).status == 403


async def test_a_stream_ends_with_its_token_and_says_so(gate: SmallGateway) -> None:
    bearer = f"Bearer {gate.issuer.token(exp=int(time.time()) - 28)}"
    headers = {"Accept": STREAM, "Authorization": bearer}
    async with gate.client.post("/graphql", json=NEWS, headers=headers) as response:
        _, last, complete = await events(response, 3)
        (error,) = json.loads(last.removeprefix(b"event: next\ndata: "))["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert complete == COMPLETE
        assert await response.content.read() == b""
    await nobody_follows(gate)


async def test_a_silent_stream_shows_that_it_lives_as_often_as_set() -> None:
    async with small_gateway(subscriptions={"keep_alive_seconds": 0.1, "connections": 1}) as gate:
        async with gate.client.post("/graphql", json=NEWS, headers={"Accept": STREAM}) as response:
            await events(response, 1)
            for _ in range(2):
                assert await asyncio.wait_for(response.content.readuntil(b"\n\n"), 2) == b":\n\n"
            second = await gate.client.post("/graphql", json=NEWS, headers={"Accept": STREAM})
            assert (second.status, second.headers["Retry-After"]) == (503, "5")
        await nobody_follows(gate)


async def test_stopping_ends_a_stream_without_complete_so_that_its_client_comes_back() -> None:
    async with small_gateway() as gate:
        async with gate.client.post("/graphql", json=NEWS, headers={"Accept": STREAM}) as response:
            await events(response, 1)
            stopping = asyncio.create_task(gate.client.server.close())
            assert await asyncio.wait_for(response.content.read(), 5) == b""
            await stopping
        assert gate.followers == []
