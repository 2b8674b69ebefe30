"""What goes over a connection to a system, byte by byte: where answers end, and which connections are used again."""

import asyncio
import gc
import gzip
import time
import tracemalloc
from contextlib import asynccontextmanager

import pytest

from connectors.wire import Access, Line, Operation, System, UpstreamBadResponse, UpstreamError, connected, direct
from connectors.wire.connection import HEAD_LIMIT

WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"


class Talk:
    """A server that says these bytes, one after the other, to whatever it is asked; None closes instead."""

    def __init__(self, *told):
        self.told = list(told)
        self.asked = []
        """Connection and head of each request."""
        self.connections = 0
        self.open = set()

    async def answer(self, reader, writer):
        self.connections += 1
        number = self.connections
        self.open.add(writer)
        try:
            while head := await _read(reader):
                self.asked.append((number, head))
                told = self.told.pop(0) if self.told else WELL
                if told is None:
                    break
                if isinstance(told, asyncio.Event):
                    await told.wait()
                    told = WELL.replace(b"well", b"late")
                writer.write(told)
                if told.endswith(END):
                    break
        finally:
            writer.close()
            self.open.discard(writer)


END = b"~"
"""After which the connection is closed."""


async def _read(reader):
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


@asynccontextmanager
async def line_to(talk, path="", **access):
    server = await asyncio.start_server(talk.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
    async with connected(System("system-1", "kind", "CWB", "bare"), Access(url, **access)) as upstream:
        yield lambda: Line(upstream, Operation("contract-1"))
    server.close()


async def test_one_connection_carries_call_after_call():
    talk = Talk()
    async with line_to(talk, "/api", headers={"Authorization": "ours"}) as line:
        for _ in range(3):
            assert (await line().get("/things", [("of", "a b")])).body == b"well"
    assert [number for number, _ in talk.asked] == [1, 1, 1]
    first, *fields = talk.asked[0][1].removesuffix("\r\n\r\n").split("\r\n")
    assert first == "GET /api/things?of=a%20b HTTP/1.1"
    assert [field.partition(":")[0] for field in fields] == [
        *("Host", "Accept", "Accept-Encoding", "User-Agent", "Authorization", "X-Correlation-Id")
    ]


async def test_calls_at_one_time_have_connections_of_their_own_and_leave_them_to_others():
    talk = Talk()
    async with line_to(talk) as line:
        for _ in range(2):
            await asyncio.gather(*(line().get(f"/{number}") for number in range(5)))
        assert talk.connections == 5


async def test_who_comes_when_all_connections_are_in_use_waits_for_one(monkeypatch):
    monkeypatch.setattr(direct, "CONNECTIONS", 2)
    talk, gate = Talk(), asyncio.Event()
    talk.told = [gate, gate]
    async with line_to(talk) as line:
        calls = [asyncio.create_task(line().get(f"/{number}")) for number in range(6)]
        await _until(lambda: len(talk.asked) == 2)
        gate.set()
        told = [call.body for call in await asyncio.gather(*calls)]
    assert (talk.connections, sorted(told)) == (2, [b"late", b"late", *[b"well"] * 4])


async def test_a_connection_that_waits_keeps_nothing_of_what_it_brought():
    size = 8 * 1024 * 1024
    talk = Talk(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    async with line_to(talk) as line:
        tracemalloc.start()
        try:
            told = len((await line().get("/")).body)  # beside an assert, which would keep the answer itself
            await asyncio.sleep(0.05)
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert told == size
        assert kept < size // 8
        assert (await line().get("/")).body == b"well"
    assert talk.connections == 1


async def test_while_a_name_is_looked_up_all_wait_for_that_and_nobody_looks_it_up_again(monkeypatch):
    talk, gate, looked_up = Talk(), asyncio.Event(), []
    loop = asyncio.get_running_loop()
    look_up = loop.getaddrinfo

    async def slowly(host, port, **more):
        looked_up.append(host)
        await gate.wait()
        return await look_up(host, port, **more)

    async with line_to(talk) as line:
        monkeypatch.setattr(loop, "getaddrinfo", slowly)
        calls = [asyncio.create_task(line().get(f"/{number}")) for number in range(5)]
        await _until(lambda: looked_up)
        calls[0].cancel()
        calls.append(asyncio.create_task(line().get("/later")))
        await asyncio.sleep(0.05)
        gate.set()
        told = await asyncio.gather(*calls, return_exceptions=True)
    assert [call.body for call in told[1:]] == [b"well"] * 5
    assert isinstance(told[0], asyncio.CancelledError)
    assert looked_up == ["127.0.0.1"]


async def test_what_a_protocol_says_itself_goes_in_place_of_what_is_usual():
    talk = Talk()
    async with line_to(talk, headers={"accept": "application/json"}) as line:
        await line().get("/things", headers={"ACCEPT": "text/html"})
        await line().get("/things")
    accepted = [
        [field for field in head.split("\r\n") if field.lower().startswith("accept:")] for _, head in talk.asked
    ]
    assert accepted == [["ACCEPT: text/html"], ["accept: application/json"]]


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n2;x=y\r\nll\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + WELL,
        b"HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 4\r\n\r\nwell",
        b"HTTP/1.1 200\nContent-Length: 4\n\nwell",
    ],
    ids=["in chunks", "hints first", "offers another protocol", "lines end as on Unix"],
)
async def test_an_answer_may_be_told_in_many_manners(told):
    talk = Talk(told)
    async with line_to(talk) as line:
        answer = await line().get("/things")
        assert (answer.status, answer.body, "Trailer" in answer.headers) == (200, b"well", False)
        assert (await line().get("/things")).body == b"well"
    assert talk.connections == 1


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwell",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nwell",
        WELL + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbefore",
    ],
    ids=["says that it ends", "is old", "is followed by what nobody asked for"],
)
async def test_after_some_answers_a_connection_is_not_used_again(told):
    talk = Talk(told)
    async with line_to(talk) as line:
        for _ in range(2):
            assert (await line().get("/things")).body == b"well"
    assert [number for number, _ in talk.asked] == [1, 2]


async def test_an_answer_without_measure_ends_with_its_connection():
    talk = Talk(b"HTTP/1.1 200 OK\r\n\r\nwell" + END)
    async with line_to(talk) as line:
        assert (await line().get("/things")).body == b"well" + END


async def test_what_is_told_while_nobody_asks_is_no_answer_to_the_next_question():
    talk = Talk()
    async with line_to(talk) as line:
        await line().get("/things")
        (writer,) = talk.open
        writer.write(WELL.replace(b"well", b"fake"))
        await _until(lambda: not talk.open)
        assert (await line().get("/things")).body == b"well"
    assert talk.connections == 2


async def test_an_answer_that_comes_after_its_asker_has_left_reaches_nobody():
    talk, gate = Talk(), asyncio.Event()
    talk.told = [gate]
    async with line_to(talk) as line:
        asking = asyncio.create_task(line().get("/mine"))
        await _until(lambda: talk.asked)
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()
        gate.set()
        assert (await line().get("/theirs")).body == b"well"
    assert talk.connections == 2


async def test_a_connection_that_its_system_has_closed_costs_no_second_call():
    talk = Talk()
    async with line_to(talk) as line:
        await line().get("/things")
        (writer,) = talk.open
        writer.close()
        await asyncio.sleep(0.05)
        operation = line()
        await operation.get("/things")
    assert (talk.connections, len(talk.asked)) == (2, 2)


@pytest.mark.parametrize("swept", [True, False])
async def test_a_connection_that_was_long_unused_is_not_taken_up(monkeypatch, swept):
    monkeypatch.setattr(direct, "KEPT", 0.02)
    talk = Talk()
    async with line_to(talk) as line:
        await line().get("/things")
        if swept:
            await _until(lambda: not talk.open)
        else:
            time.sleep(0.05)  # noqa: ASYNC251  so that nothing else has its turn
        await line().get("/things")
    assert talk.connections == 2


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nwell" + END, "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nwell" + END, "cut off"),
        (b"<html>sorry</html>" + END, "HttpParser"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "HttpParserUpgrade"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: 1234567890\r\n" * (HEAD_LIMIT // 10), "head does not end"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n0\r\n\r\n",
            "HttpParser",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nwell", "another manner"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nwell", "not packed"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"well", mtime=0)[:-3],
            "packed, and cut off",
        ),
    ],
)
async def test_what_is_no_whole_answer_is_a_bad_response_and_not_asked_for_again(told, reason):
    talk = Talk(WELL, told if b"gzip\r\n\r\n" not in told else _measured(told))
    async with line_to(talk) as line:
        await line().get("/things")
        with pytest.raises(UpstreamBadResponse, match=reason):
            await line().get("/things")
    assert len(talk.asked) == 2


async def test_packed_in_several_members_is_still_one_answer():
    told = _measured(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"we") + gzip.compress(b"ll"))
    async with line_to(Talk(told)) as line:
        assert (await line().get("/things")).body == b"well"


@pytest.mark.parametrize("broken", [None, b"HTTP/1.1 200 OK\r\nContent-Le" + END])
@pytest.mark.parametrize("before", [(), (WELL,)], ids=["new", "used before"])
async def test_a_connection_lost_before_the_answer_began_is_tried_once_more(broken, before):
    talk = Talk(*before, broken)
    async with line_to(talk) as line:
        for _ in before:
            await line().get("/things")
        assert (await line().get("/things")).body == b"well"
    assert len(talk.asked) == 2 + len(before)


async def test_lost_twice_the_system_is_unavailable():
    talk = Talk(None, None)
    async with line_to(talk) as line:
        with pytest.raises(UpstreamError, match="LostConnection") as failed:
            await line().get("/things")
    assert (failed.value.code, len(talk.asked)) == ("UPSTREAM_UNAVAILABLE", 2)


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX-Injected: 1", "/a\n"])
async def test_a_path_that_is_not_escaped_is_not_sent(path):
    talk = Talk()
    async with line_to(talk) as line:
        with pytest.raises(ValueError, match="not escaped"):
            await line().get(path)
    assert talk.asked == []


async def test_a_header_has_one_line():
    talk = Talk()
    async with line_to(talk) as line:
        for value in ("1\r\nX-Injected: 1", "1\n2", "1\r", "\0"):
            with pytest.raises(ValueError, match="one line"):
                await line().get("/things", headers={"X-Note": value})
    assert talk.asked == []


def _measured(told):
    head, _, body = told.partition(b"\r\n\r\n")
    return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


async def _until(true):
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  the other side's doing, which tells nobody
            await asyncio.sleep(0.005)
