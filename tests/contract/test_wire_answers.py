"""Answers that no specification allows, and what goes out with every question."""

import gzip
import json
import sqlite3

import pytest
from aiohttp import web

from connectors.library import Alma
from connectors.onestop import Flowable
from connectors.wire import Access, Operation, UpstreamBadResponse, UpstreamError
from connectors.wire.exchange import BODY_LIMIT
from sandbox import flowable

from .simulators import clock_at, served
from .small_university import NOW, small_university
from .wire import reached, replayed, witnessed

SECRET = "s3cret-of-the-gateway"


async def answered(answer, **access):
    """What the library connector makes of it."""

    async def give(_: web.Request) -> web.StreamResponse:
        return answer

    app = web.Application()
    app.router.add_get("/{anything:.*}", give)
    async with served(app) as origin, reached(Alma, origin, SECRET, **access) as library:
        return await library.ask().loans("lib005x")


async def test_every_call_carries_the_operations_correlation_id_and_the_systems_credential():
    db = sqlite3.connect(":memory:")
    flowable.seed(db, small_university(), "GZ")
    async with (
        witnessed(flowable.build_app(db, clock_at(NOW), f"onestop:{SECRET}")) as (origin, seen),
        reached(Flowable, origin, SECRET, "onestop") as reach,
    ):
        operation = Operation("correlation-7")
        await reach.ask(operation).services()
        await reach.ask(operation).applications("os-005")
    db.close()
    assert {each.method for each in seen} == {"GET", "POST"}
    assert {each.headers["X-Correlation-Id"] for each in seen} == {"correlation-7"}
    assert len({each.headers["Authorization"] for each in seen}) == 1
    assert operation.calls == {"system-1": len(seen)}


async def test_a_redirect_is_not_followed():
    """Our credential would go wherever it points."""
    async with replayed() as (elsewhere, asked):
        with pytest.raises(UpstreamBadResponse, match="HTTP 302"):
            await answered(web.Response(status=302, headers={"Location": f"{elsewhere}/almaws/v1"}))
    assert asked == []


async def test_cookies_are_not_kept():
    async def give(request: web.Request) -> web.Response:
        sent.append(request.headers.get("Cookie"))
        return web.json_response({"total_record_count": 0}, headers={"Set-Cookie": "session=of-somebody-else"})

    sent: list[str | None] = []
    app = web.Application()
    app.router.add_get("/{anything:.*}", give)
    async with served(app) as origin, reached(Alma, origin, SECRET) as library:
        for _ in range(2):
            assert await library.ask().loans("lib005x") == []
    assert sent == [None, None]


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_measure_is_broken_off(packed):
    body, headers = b'{"total_record_count": 0}' + b" " * BODY_LIMIT, {}
    if packed:
        body, headers = gzip.compress(body, 1), {"Content-Encoding": "gzip"}
    with pytest.raises(UpstreamBadResponse, match=f"more than {BODY_LIMIT} bytes"):
        await answered(web.Response(body=body, headers=headers), timeout=30)


async def test_a_packed_answer_is_unpacked():
    body = gzip.compress(json.dumps({"total_record_count": 0}).encode())
    assert await answered(web.Response(body=body, headers={"Content-Encoding": "gzip"})) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"\x1f\x8b not gzip", "headers": {"Content-Encoding": "gzip"}},
        {"body": b""},
        {"body": b"null"},
        {"body": b"[" * 100_000},
        {"body": b"\xef\xbb\xbf\xff"},
        {"status": 204},
        {"status": 205},
        {"status": 304},
        {"status": 418},
    ],
    ids=lambda answer: str(answer)[:40],
)
async def test_what_is_no_answer_is_a_bad_response(answer):
    with pytest.raises(UpstreamBadResponse):
        await answered(web.Response(**answer))


@pytest.mark.parametrize(
    ("status", "header", "code", "after"),
    [
        (503, "30", "UPSTREAM_MAINTENANCE", 30),
        (503, None, "UPSTREAM_UNAVAILABLE", None),
        (503, "Sun, 06 Nov 1994 08:49:37 GMT", "UPSTREAM_MAINTENANCE", 0),
        (503, "soon", "UPSTREAM_UNAVAILABLE", None),
        (503, "1764471234567", "UPSTREAM_MAINTENANCE", 366 * 86_400),
        (503, "9" * 400, "UPSTREAM_MAINTENANCE", 366 * 86_400),
        (503, "Mon, 01 Jan 99999999999999 00:00:00 GMT", "UPSTREAM_UNAVAILABLE", None),
        (429, None, "UPSTREAM_RATE_LIMITED", None),
        (502, "7", "UPSTREAM_UNAVAILABLE", 7),
        (403, None, "UPSTREAM_UNAVAILABLE", None),
    ],
)
async def test_when_to_ask_again_is_what_the_system_says(status, header, code, after):
    with pytest.raises(UpstreamError) as failed:
        await answered(web.Response(status=status, headers={"Retry-After": header} if header else {}))
    assert (failed.value.code, failed.value.retry_after) == (code, after)


def test_a_credential_is_not_in_what_is_printed_of_an_access():
    access = Access("http://127.0.0.1:9", Alma.authorization(SECRET, None))
    assert SECRET not in repr(access) + str(access)
