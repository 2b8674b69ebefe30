"""What processes tell each other through a real Redis, who of them asks a source, and what goes on without it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import pytest
import strawberry

from campus.record import Record
from connectors.reads import Hub, Live, Said, redis_relay
from connectors.reads.redis_relay import RedisRelay, open_relay
from pipeline.errors import RequestRefused
from pipeline.operation_store import OperationStore
from pipeline.request import Parameters
from pipeline.settings import Limits
from tests.redis_server import PASSWORD, RedisServer, redis_server


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[RedisServer]:
    async with redis_server() as server:
        yield server


@asynccontextmanager
async def processes(server: RedisServer, number: int = 2, prefix: str = "test") -> AsyncIterator[list[RedisRelay]]:
    async with AsyncExitStack() as stack:
        opened = [open_relay(server.url, {"password": PASSWORD}, prefix) for _ in range(number)]
        relays = [await stack.enter_async_context(each) for each in opened]
        for relay in relays:
            await asyncio.wait_for(relay.hearing.wait(), 5)
        yield relays


async def soon(done: Callable[[], bool]) -> None:
    for _ in range(300):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come")


async def test_each_message_reaches_every_other_process_under_its_name(server: RedisServer) -> None:
    heard: list[tuple[int, bytes]] = []
    async with processes(server, 3) as relays, processes(server, 1, prefix="others") as (stranger,):
        for number, relay in enumerate([*relays, stranger]):
            relay.hear("seats", lambda message, number=number: heard.append((number, message)))
        relays[0].send("seats", b"one")
        relays[0].send("buses", b"two")
        relays[0].send("seats", b"three")
        await soon(lambda: len(heard) == 4)
        await asyncio.sleep(0.05)
    assert sorted(heard) == [(1, b"one"), (1, b"three"), (2, b"one"), (2, b"three")]


@strawberry.type
class Query:
    stop: int = 1


class Bus(Record, frozen=True):
    number: str
    stop: int


def buses(relay: RedisRelay) -> Live[str, Bus]:
    return Live("buses", Hub(10, relay), tuple[str, Bus], key=lambda bus: bus.number)


async def test_what_one_process_learns_is_told_to_the_followers_of_another(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with processes(server) as (one, other):
        here, there = buses(one), buses(other)
        with there.following(["S1"]) as news:
            one.send("buses", b'["S1", {"number": 7}]')  # as another version of the gateway might tell
            here.tell("S1", Bus(number="a", stop=1))
            assert await asyncio.wait_for(anext(news), 5) == Bus(number="a", stop=1)
    assert "news of another shape" in caplog.text


async def test_a_document_sent_to_one_process_is_known_to_others_by_its_hash(server: RedisServer) -> None:
    schema = strawberry.Schema(Query)
    text = "query Sent { stop }"
    by_hash = Parameters(None, None, {}, hash=sha256(text.encode()).hexdigest())
    async with processes(server, 3) as relays:
        here, there, strict = (OperationStore(schema, Limits(), {}, only_trusted=n == 2) for n in range(3))
        for store, relay in zip((here, there, strict), relays, strict=True):
            store.share(Hub(10, relay))
        here.operation("query Unnamed { stop }", None)
        here.asked_for(replace(by_hash, query=text))
        await soon(lambda: bool(there._heard))
        assert list(there._heard) == [by_hash.hash]
        assert there.asked_for(by_hash).name == "Sent"
        with pytest.raises(RequestRefused, match="PersistedQueryNotFound"):
            strict.asked_for(by_hash)


async def test_what_cannot_be_read_ends_no_hearing(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    async with processes(server) as (one, other):
        other.hear("documents", lambda message: heard.append(message.decode()))
        one.send("documents", b"\xff")
        one.send("documents", b"{ stop }")
        await soon(lambda: heard == ["{ stop }"])
    assert "news of another shape" in caplog.text


async def test_one_process_leads_until_it_resigns_or_is_gone(server: RedisServer) -> None:
    async with processes(server) as (one, other):
        assert await one.leads("shuttle", 30)
        assert await one.leads("shuttle", 30)
        assert not await other.leads("shuttle", 30)
        assert await other.leads("another source", 30)
        other.resign("shuttle")  # which it does not lead
        one.resign("shuttle")
        for _ in range(100):
            if await other.leads("shuttle", 0.1):
                break
            await asyncio.sleep(0.02)
        assert not await one.leads("shuttle", 30)
        await asyncio.sleep(0.2)
        assert await one.leads("shuttle", 30)


async def test_what_was_said_on_one_process_is_said_on_all_and_for_as_long_as_it_counts(server: RedisServer) -> None:
    async with processes(server) as relays, processes(server, 1, prefix="others") as (stranger,):
        one, other, elsewhere = (Said("event", Hub(10, relay), 0.4) for relay in (*relays, stranger))
        assert await one.first("onestop-gz", "7")
        assert not await one.first("onestop-gz", "7")
        assert not await other.first("onestop-gz", "7")
        assert await other.first("onestop-gz", "8")
        assert await elsewhere.first("onestop-gz", "7")
        await asyncio.sleep(0.5)
        assert await other.first("onestop-gz", "7")


async def test_without_redis_each_process_goes_on_alone_and_hears_again_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "gateway.relay")
    async with redis_server() as server, processes(server) as (one, other):
        here, there = buses(one), buses(other)
        with here.following(["S1"]) as own, there.following(["S1"]) as others:
            await server.stop()
            await soon(lambda: not other.hearing.is_set())
            here.tell("S1", Bus(number="a", stop=1))
            assert await asyncio.wait_for(anext(own), 5) == Bus(number="a", stop=1)
            assert await one.leads("shuttle", 30)
            assert await other.leads("shuttle", 30)
            said = [Said("event", Hub(10, relay), 30.0) for relay in (one, other)]
            assert [await each.first("7") for each in (*said, *said)] == [True, True, False, False]
            await soon(lambda: "lost to the other processes" in caplog.text)
            await server.start()
            await asyncio.wait_for(other.hearing.wait(), 10)
            here.tell("S1", Bus(number="a", stop=2))
            assert await asyncio.wait_for(anext(others), 5) == Bus(number="a", stop=2)
    assert PASSWORD not in caplog.text


@asynccontextmanager
async def way_that_dies(port: int) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """A port from where it is on to the real one, and what makes all that is connected silent, which nobody is told."""
    dead: set[asyncio.StreamWriter] = set()
    living: set[asyncio.StreamWriter] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            if writer not in dead:
                writer.write(said)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_connection("127.0.0.1", port)
        living.update((writer, on))
        await asyncio.gather(pass_on(reader, on), pass_on(there, writer), return_exceptions=True)
        writer.close()
        on.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1], lambda: dead.update(living)


async def test_a_way_that_died_without_a_word_is_left_for_another(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_relay, "SILENCE", 0.1)
    monkeypatch.setattr(redis_relay, "PAUSE", 0.1)
    heard: list[bytes] = []
    async with (
        way_that_dies(server.port) as (port, die),
        processes(server, 1) as (other,),
        open_relay(f"redis://127.0.0.1:{port}/0", {"password": PASSWORD}, "test") as relay,
    ):
        relay.hear("seats", heard.append)
        await asyncio.wait_for(relay.hearing.wait(), 5)
        relay.missed(lambda: heard.append(b"what was missed"))
        await asyncio.sleep(0.5)  # some silences long, each of which is answered
        assert relay.hearing.is_set()
        die()
        await soon(lambda: not relay.hearing.is_set())
        await asyncio.wait_for(relay.hearing.wait(), 5)
        other.send("seats", b"told after it")
        await soon(lambda: heard == [b"what was missed", b"told after it"])


async def test_what_lies_there_is_read_by_all_of_one_prefix_until_its_time(server: RedisServer) -> None:
    async with processes(server) as (one, other), processes(server, 1, prefix="others") as (stranger,):
        one.put("books:a", b"a book", 60)
        one.put("books:b", b"another", 0.05)
        counted: list[bool] = []
        one.count("generation:catalogue", 60, counted.append)
        await soon(lambda: counted == [True])
        await asyncio.sleep(0.1)
        names = ["generation:catalogue", "books:a", "books:b"]
        assert await other.fetch(names) == [b"1", b"a book", None]
        assert await stranger.fetch(names) == [None, None, None]


async def test_whoever_cannot_reach_it_finds_nothing_is_told_that_nothing_was_counted_and_waits_for_no_one() -> None:
    async with redis_server() as own, processes(own, 1) as (relay,):
        relay.put("books:a", b"a book", 60)
        await soon_found(relay)
        await own.stop()
        counted: list[bool] = []
        relay.count("generation:catalogue", 60, counted.append)
        assert await relay.fetch(["books:a"]) == [None]
        await soon(lambda: counted == [False])
        await own.start()
        relay.put("books:a", b"a book", 60)
        await soon_found(relay)


async def soon_found(relay: RedisRelay) -> None:
    for _ in range(300):
        if await relay.fetch(["books:a"]) == [b"a book"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is not there")


async def test_a_redis_that_is_silent_is_not_waited_for_and_left_alone_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with open_relay(f"redis://127.0.0.1:{port}/0", {"protocol": 2}, "test") as relay:
            assert [await relay.fetch(["books:a"]) for _ in range(3)] == [[None]] * 3
    assert caplog.text.count("nothing can be read of what lies there") == 1
