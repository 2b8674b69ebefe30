"""graphql-transport-ws to the letter: what is answered, and with which code and for what reason a socket closes."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, ClientWSTimeout, WSMsgType, WSServerHandshakeError

from connectors.wire.errors import UpstreamTimeout
from resolvers.refusals import Forbidden

from .small_gateway import SECRET, SmallGateway, small_gateway

PROTOCOL = "graphql-transport-ws"
AT_ONCE = ClientWSTimeout(ws_close=0.1)
"""How long a client waits that knows that nobody says goodbye."""


@pytest.fixture(scope="module")
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway(server={"cors_origins": ["https://portal.example"]}) as gate:
        yield gate


class Socket:
    """A client that says exactly what a test wants."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, type: str, **more: Any) -> None:
        await self.socket.send_json({"type": type, **more})

    async def heard(self) -> dict[str, Any]:
        return await self.socket.receive_json(timeout=20)

    async def closed(self) -> tuple[int | None, str]:
        """The code and the reason, once everything before is read."""
        while True:
            frame = await self.socket.receive(timeout=5)
            if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
                return self.socket.close_code, str(frame.extra or "")

    async def begin(self, payload: Any = None) -> None:
        await self.say("connection_init", **({} if payload is None else {"payload": payload}))
        assert await self.heard() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, **more: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, **more})


@asynccontextmanager
async def socket_to(gate: SmallGateway, begun: bool = True, **more: Any) -> AsyncIterator[Socket]:
    async with gate.client.ws_connect("/graphql", **{"protocols": (PROTOCOL,), **more}) as opened:
        socket = Socket(opened)
        if begun:
            await socket.begin()
        yield socket


async def nobody_follows(gate: SmallGateway) -> None:
    """Soon."""
    for _ in range(250):
        if not gate.followers:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("somebody still follows")


def next_of(id: str, data: Any) -> dict[str, Any]:
    return {"id": id, "type": "next", "payload": {"data": data}}


async def test_operations_of_every_kind_are_answered_side_by_side(gate: SmallGateway) -> None:
    async with socket_to(gate) as socket:
        await socket.subscribe("news", "subscription { news }")
        assert await socket.heard() == next_of("news", {"news": "hello nobody"})
        await socket.subscribe("q", "query Greet($n: String!) { hello(name: $n) }", variables={"n": "Ann"})
        assert await socket.heard() == next_of("q", {"hello": "hello Ann"})
        assert await socket.heard() == {"id": "q", "type": "complete"}
        await socket.subscribe("q", "mutation { renew }")
        assert await socket.heard() == next_of("q", {"renew": "renewed"})
        assert await socket.heard() == {"id": "q", "type": "complete"}
        await socket.subscribe("t", "subscription { ticks(upTo: 2) }")
        told = [await socket.heard() for _ in range(3)]
        assert told == [next_of("t", {"ticks": 1}), next_of("t", {"ticks": 2}), {"id": "t", "type": "complete"}]
        gate.news.put_nowait("rain")
        assert await socket.heard() == next_of("news", {"news": "rain"})
        await socket.say("ping")
        assert await socket.heard() == {"type": "pong"}
        await socket.say("pong")
        assert len(gate.followers) == 1
        await socket.say("complete", id="news")
        await socket.say("complete", id="never-there")
        await socket.subscribe("news", "{ hello }")
        assert await socket.heard() == next_of("news", {"hello": "hello world"})
    await nobody_follows(gate)


async def test_each_event_has_a_context_of_its_own(gate: SmallGateway) -> None:
    gate.contexts.clear()
    async with socket_to(gate) as socket:
        await socket.subscribe("1", "subscription { contexts { name friend { name } } }")
        told = [await socket.heard() for _ in range(3)]
    assert [each["payload"]["data"]["contexts"]["name"] for each in told[:2]] == ["Ann", "Bea"]
    assert len(gate.contexts) == 3  # the subscription itself, and two events
    assert len({context.correlation_id for context in gate.contexts}) == 1


async def test_documents_are_refused_by_the_same_rules_as_over_http(gate: SmallGateway) -> None:
    asked = [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "subscription ($n: Int!) { ticks(upTo: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "{ " + " ".join(f"a{n}: hello" for n in range(31)) + " }"}, "QUERY_TOO_COMPLEX"),
        ({"query": "query A { hello }", "operationName": "B"}, "BAD_REQUEST"),
        ({"query": 7}, "BAD_REQUEST"),
        ([], "BAD_REQUEST"),
        (None, "BAD_REQUEST"),
    ]
    async with socket_to(gate) as socket:
        for number, (payload, code) in enumerate(asked):
            await socket.say("subscribe", id=str(number), payload=payload)
            told = await socket.heard()
            assert (told["id"], told["type"]) == (str(number), "error")
            assert {error["extensions"]["code"] for error in told["payload"]} == {code}


async def test_failures_are_masked_and_only_a_refusal_ends_the_stream(
    gate: SmallGateway, caplog: pytest.LogCaptureFixture
) -> None:
    async with socket_to(gate) as socket:
        await socket.subscribe("1", "subscription { news }")
        await socket.heard()
        for failure, code in (
            (RuntimeError(SECRET), "INTERNAL"),
            (UpstreamTimeout("sis-gz", SECRET), "UPSTREAM_TIMEOUT"),
        ):
            gate.news.put_nowait(failure)
            told = (await socket.heard())["payload"]
            assert told["data"] == {"news": None}
            assert [error["extensions"]["code"] for error in told["errors"]] == [code]
            assert SECRET not in json.dumps(told)
        gate.news.put_nowait("and on")
        assert await socket.heard() == next_of("1", {"news": "and on"})
        gate.news.put_nowait(Forbidden("Withdrawn."))
        told = (await socket.heard())["payload"]
        assert [error["extensions"]["code"] for error in told["errors"]] == ["FORBIDDEN"]
        assert await socket.heard() == {"id": "1", "type": "complete"}
        await socket.subscribe("2", "subscription { closed }")
        told = await socket.heard()
        assert [error["extensions"]["code"] for error in told["payload"]["errors"]] == ["FORBIDDEN"]
        assert await socket.heard() == {"id": "2", "type": "complete"}
    assert SECRET in caplog.text


async def test_the_token_comes_with_connection_init_or_else_with_the_handshake(gate: SmallGateway) -> None:
    bearer = f"Bearer {gate.issuer.token(university_person_id='p-000017')}"
    for payload, headers in (
        ({"Authorization": bearer}, {}),
        ({"authorization": bearer, "other": 7}, {"Authorization": "Bearer x.y.z"}),
        (None, {"Authorization": bearer}),
    ):
        async with socket_to(gate, begun=False, headers=headers) as socket:
            await socket.begin(payload)
            await socket.subscribe("1", "{ person }")
            assert await socket.heard() == next_of("1", {"person": "p-000017"})
    async with socket_to(gate) as socket:
        await socket.subscribe("1", "{ person }")
        assert await socket.heard() == next_of("1", {"person": None})


BAD_TOKEN = {"Authorization": "Bearer x.y.z"}


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}}], 4401, "Unauthorized"),
        ([{"type": "connection_init", "payload": BAD_TOKEN}], 4403, "Forbidden"),
        ([{"type": "connection_init", "payload": {"Authorization": 7}}], 4403, "Forbidden"),
        ([{"type": "connection_init", "payload": []}], 4400, "Invalid message"),
        ([{"type": "connection_init"}] * 2, 4429, "Too many initialisation requests"),
        (
            [
                {"type": "connection_init"},
                *[{"type": "subscribe", "id": "1", "payload": {"query": "subscription { news }"}}] * 2,
            ],
            4409,
            "Subscriber for this id already exists",
        ),
        (
            [{"type": "connection_init"}, {"type": "subscribe", "payload": {"query": "{ hello }"}}],
            4400,
            "Invalid message",
        ),
        ([{"type": "start", "id": "1"}], 4400, "Invalid message"),
        (["{"], 4400, "Invalid message"),
        ([b"{}"], 4400, "Invalid message"),
        ([{"id": "1"}], 4400, "Invalid message"),
        ([{"type": "connection_init"}, "x" * 300_000], 1009, ""),
    ],
    ids=lambda part: str(part)[:50],
)
async def test_what_breaks_the_protocol_closes_the_socket(
    gate: SmallGateway, said: Any, code: int, reason: str
) -> None:
    async with socket_to(gate, begun=False) as socket:
        for each in said:
            if isinstance(each, bytes):
                await socket.socket.send_bytes(each)
            else:
                await socket.socket.send_str(each if isinstance(each, str) else json.dumps(each))
        closed = await socket.closed()
        assert closed[0] == code
        assert reason in closed[1]
    await nobody_follows(gate)


async def test_other_protocols_are_not_spoken(gate: SmallGateway) -> None:
    for protocols in (("graphql-ws",), ()):
        async with socket_to(gate, begun=False, protocols=protocols) as socket:
            assert await socket.closed() == (4406, "Subprotocol not acceptable")
    answer = await gate.client.get("/graphql", headers={"Upgrade": "websocket"})
    assert answer.status == 400
    assert (await answer.json())["errors"][0]["message"] == "This is no handshake of a WebSocket."


async def test_an_issuer_out_of_reach_closes_for_now(gate: SmallGateway) -> None:
    async with small_gateway() as gate:
        gate.issuer.down = True
        async with socket_to(gate, begun=False) as socket:
            await socket.say("connection_init", payload={"Authorization": f"Bearer {gate.issuer.token()}"})
            assert (await socket.closed())[0] == 1013


async def test_pages_of_unknown_origins_open_no_socket(gate: SmallGateway) -> None:
    own = str(gate.client.make_url("")).rstrip("/")
    for origin in ("https://portal.example", own):
        async with socket_to(gate, headers={"Origin": origin}):
            pass
    for origin in ("https://evil.example", "null"):
        with pytest.raises(WSServerHandshakeError) as refusal:
            async with socket_to(gate, headers={"Origin": origin}):
                pass
        assert refusal.value.status == 403


async def test_a_connection_ends_when_its_token_does(gate: SmallGateway) -> None:
    # Tokens are taken for half a minute after their end, as clocks differ.
    token = gate.issuer.token(exp=int(time.time()) - 28)
    async with socket_to(gate, begun=False) as socket:
        await socket.begin({"Authorization": f"Bearer {token}"})
        await socket.subscribe("1", "subscription { news }")
        await socket.heard()
        assert await socket.closed() == (4403, "The access token has ended")
    await nobody_follows(gate)


async def test_every_limit_is_a_setting() -> None:
    limits = {"init_seconds": 0.1, "idle_seconds": 0.3, "operations": 2, "connections": 2}
    async with small_gateway(subscriptions=limits, limits={"body_bytes": 500}) as gate:
        async with socket_to(gate, begun=False) as socket:
            assert await socket.closed() == (4408, "Connection initialisation timeout")
        async with socket_to(gate) as socket:
            await socket.subscribe("1", "subscription { news }")
            await asyncio.sleep(0.5)
            gate.news.put_nowait("still here")
            assert [(await socket.heard())["payload"]["data"]["news"] for _ in range(2)] == [
                "hello nobody",
                "still here",
            ]
            await socket.say("complete", id="1")
            for _ in range(3):  # which ask for nothing
                await asyncio.sleep(0.05)
                await socket.say("ping")
            assert await socket.closed() == (1000, "Idle")
        async with socket_to(gate) as socket:
            for id in "123":
                await socket.subscribe(id, "subscription { news }")
            assert await socket.closed() == (4429, "Too many operations")
        async with socket_to(gate) as socket:
            await socket.subscribe("1", "{ hello }" + " " * 500)
            assert (await socket.closed())[0] == 1009
        async with socket_to(gate), socket_to(gate):
            with pytest.raises(WSServerHandshakeError) as refusal:
                async with socket_to(gate):
                    pass
            assert refusal.value.status == 503
        await nobody_follows(gate)


async def test_a_client_that_answers_no_ping_or_takes_nothing_is_gone() -> None:
    limits = {"keep_alive_seconds": 0.2, "send_seconds": 0.3}
    async with small_gateway(subscriptions=limits) as gate, socket_to(gate, autoping=False, timeout=AT_ONCE) as socket:
        await socket.subscribe("1", "subscription { news }")
        assert (await socket.heard())["type"] == "next"
        await nobody_follows(gate)
    async with small_gateway(subscriptions={"send_seconds": 0.3}) as gate, socket_to(gate, timeout=AT_ONCE) as socket:
        await socket.subscribe("1", "subscription { news }")
        assert (await socket.heard())["type"] == "next"
        socket.socket._conn.transport.pause_reading()
        for _ in range(200):
            gate.news.put_nowait("x" * 200_000)
        await nobody_follows(gate)


async def test_browsers_offer_to_compress_and_are_told_plainly(gate: SmallGateway) -> None:
    async with socket_to(gate, compress=15) as socket:
        assert not socket.socket.compress
        await socket.subscribe("1", "{ hello }")
        assert await socket.heard() == next_of("1", {"hello": "hello world"})


async def test_stopping_ends_subscriptions_and_waits_for_what_is_being_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "gateway.operations")
    async with small_gateway() as gate, socket_to(gate) as socket:
        await socket.subscribe("news", "subscription News { news }")
        assert (await socket.heard())["type"] == "next"
        await socket.subscribe("slow", "{ moment }")
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(gate.client.server.close())
        assert await socket.heard() == next_of("slow", {"moment": "over"})
        assert await socket.heard() == {"id": "slow", "type": "complete"}
        assert await socket.closed() == (1001, "The gateway stops")
        await stopping
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "gateway.operations"]
    (line,) = [line for line in lines if line["operationType"] == "subscription"]
    assert (line["operationName"], line["events"], line["viewer"]) == ("News", 1, "anonymous")
