"""Faults and counted calls of a simulated system, met over real sockets."""

import asyncio
import json
import sqlite3
import time
from types import SimpleNamespace

import aiohttp
import pytest
import pytest_asyncio

from sandbox import oeapi
from sandbox.frame import framed
from tests.machine import patience

from .simulators import clock_at, served
from .small_university import NOW, small_university

PATH = "/academic-sessions?pageSize=50"


@pytest_asyncio.fixture
async def system():
    db = sqlite3.connect(":memory:")
    oeapi.seed(db, small_university(), "CWB")
    clock = clock_at(NOW)
    app = framed(oeapi.build_app(db, clock, "secret"), oeapi, clock)
    async with served(app) as origin, aiohttp.ClientSession(origin) as session:
        yield SimpleNamespace(session=session, origin=origin)
    db.close()


async def fault(system, mode, **further):
    async with system.session.put("/__faults", json={"mode": mode, **further}) as answer:
        assert answer.status == 200
        assert (await answer.json())["mode"] == mode


async def calls(system):
    async with system.session.get("/__calls") as answer:
        return await answer.json()


async def test_calls_are_counted_with_what_was_sent(system):
    headers = {"X-Correlation-Id": "abc-1", "Authorization": "Bearer secret"}
    async with system.session.get(PATH, headers=headers) as answer:
        assert answer.status == 200
    async with system.session.put("/persons/x?y=1", data=b"{}") as answer:
        assert answer.status == 401
    told = await calls(system)
    assert told["count"] == 2
    first, second = told["calls"]
    assert first.pop("at").startswith(NOW.date().isoformat()[:4])
    assert first == {
        "method": "GET", "path": "/academic-sessions", "query": "pageSize=50", "body": "", "status": 200,
        "correlation_id": "abc-1", "authorized": True,
    }  # fmt: skip
    assert (second["method"], second["body"], second["status"]) == ("PUT", "{}", 401)
    assert (second["authorized"], second["correlation_id"], second["query"]) == (False, None, "y=1")
    async with system.session.delete("/__calls") as answer:
        assert answer.status == 204
    assert await calls(system) == {"count": 0, "calls": []}


async def test_a_call_that_was_given_up_is_no_obstacle_to_going_down(system):
    await fault(system, "hang")
    with pytest.raises(TimeoutError):
        async with system.session.get(PATH, timeout=aiohttp.ClientTimeout(total=0.1)):
            pass
    assert (await calls(system))["count"] == 1
    await fault(system, "down")


async def test_down_resets_every_connection_even_a_kept_one(system):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(system.origin.rpartition(":")[2]))
    writer.write(b"GET /rooms HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    await fault(system, "down")
    writer.write(b"GET /rooms HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await _until_reset(reader) is not None
    writer.close()
    fresh, other = await asyncio.open_connection("127.0.0.1", int(system.origin.rpartition(":")[2]))
    other.write(b"GET /rooms HTTP/1.1\r\nHost: x\r\n\r\n")
    with pytest.raises(ConnectionResetError):
        await fresh.read()
    other.close()
    told = await calls(system)
    assert [call["status"] for call in told["calls"]] == [200, None, None], "and the control paths still answer"
    await fault(system, "none")
    async with system.session.get(PATH) as answer:
        assert answer.status == 200


async def test_down_breaks_off_what_is_under_way(system):
    await fault(system, "hang")
    waiting = asyncio.create_task(_status(system))
    await asyncio.sleep(0.05)
    await fault(system, "down")
    with pytest.raises(aiohttp.ClientConnectionError):
        await waiting


async def _until_reset(reader):
    """What came before the connection was reset; None where it was closed in order."""
    received = b""
    try:
        while piece := await reader.read(65536):
            received += piece
    except ConnectionResetError:
        return received
    return None


async def _status(system):
    # Without a kept connection, which aiohttp would quietly try anew.
    async with aiohttp.request("GET", system.origin + PATH) as answer:
        return answer.status


async def test_hang_answers_only_when_it_ends(system):
    await fault(system, "hang")
    waiting = asyncio.create_task(_status(system))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    assert (await calls(system))["calls"][0]["status"] is None
    await fault(system, "none")
    assert await waiting == 200


async def test_a_fault_ends_by_itself(system):
    await fault(system, "hang", **{"for": 0.3})
    begin = time.monotonic()
    assert await _status(system) == 200
    assert 0.2 < time.monotonic() - begin < patience(2)
    async with system.session.get("/__faults") as answer:
        assert (await answer.json())["mode"] == "none"


async def test_a_fault_of_one_path_leaves_the_others_well(system):
    await fault(system, "500", path="/academic-sessions")
    assert await _status(system) == 500
    await fault(system, "500", path="/elsewhere")
    assert await _status(system) == 200
    await fault(system, "down", path="/elsewhere")
    assert await _status(system) == 200


async def test_slow_answers_late(system):
    await fault(system, "slow", seconds=0.2)
    begin = time.monotonic()
    assert await _status(system) == 200
    assert time.monotonic() - begin >= 0.2


async def test_cut_sends_the_right_head_and_half_of_the_body(system):
    async with system.session.get(PATH) as answer:
        whole = await answer.read()
    await fault(system, "cut")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(system.origin.rpartition(":")[2]))
    writer.write(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert f"Content-Length: {len(whole)}".encode() in head
    assert b"Content-Type: application/json" in head
    assert await _until_reset(reader) == whole[: len(whole) // 2]
    writer.close()
    with pytest.raises(aiohttp.ClientError):
        async with aiohttp.request("GET", system.origin + PATH) as answer:
            await answer.read()


async def test_garbage_and_wrong_schema_are_well_meant_nonsense(system):
    await fault(system, "garbage")
    async with system.session.get(PATH) as answer:
        body = await answer.read()
        assert answer.status == 200
        with pytest.raises(UnicodeDecodeError):
            json.loads(body)
        assert b"PK" not in body
    await fault(system, "wrong-schema")
    async with system.session.get(PATH) as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert await answer.read() == oeapi.WRONG_SCHEMA


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_refusals_are_worded_as_the_system_words_them(system, status):
    await fault(system, str(status))
    async with system.session.get(PATH) as answer:
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert (await answer.json(content_type=None))["status"] == status
        assert answer.headers.get("Retry-After") == ("2" if status == 429 else None)
    assert (await calls(system))["calls"][0]["status"] == status


async def test_closed_says_when_to_come_back(system):
    await fault(system, "closed", **{"for": 60})
    async with system.session.get(PATH) as answer:
        assert answer.status == 503
        assert 58 <= int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "body",
    [
        b'{"mode": "sideways"}',
        b"{}",
        b"[]",
        b"{",
        b'{"mode": "slow", "for": -1}',
        b'{"mode": "slow", "seconds": "x"}',
        b'{"mode": "500", "path": 7}',
        b'{"mode": "500", "method": 7}',
    ],
)
async def test_an_unknown_fault_is_refused_and_changes_nothing(system, body):
    async with system.session.put("/__faults", data=body) as answer:
        assert answer.status == 400
    async with system.session.get(PATH) as answer:
        assert answer.status == 200


async def test_a_fault_may_meet_only_what_is_asked_by_one_method(system):
    await fault(system, "500", method="PUT")
    assert await _status(system) == 200
    async with system.session.put(PATH, json={}) as answer:
        assert answer.status == 500


async def test_a_fault_does_not_run_what_was_asked(system):
    """Refused, cut off before an answer or turned to nonsense: only `cut` and `slow` have done the work."""
    await fault(system, "garbage")
    async with system.session.put("/persons/x", json={}) as answer:
        assert answer.status == 200, "even without a credential: nobody looked at it"
