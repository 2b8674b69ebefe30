"""A request that changes something goes once, and what is not known of it is told as not known."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from campus.labels import Message
from campus.upload import FileRefused, Upload
from connectors.wire import Line, Operation, Raw, UpstreamError

from .simulators import served
from .wire import reached

ZONE = ZoneInfo("Asia/Hong_Kong")


class Bare:
    """A wire module of nothing but its line."""

    def __init__(self, line: Line, _: ZoneInfo) -> None:
        self.line = line

    @staticmethod
    def authorization(secret: str, _: str | None) -> dict[str, str]:
        return {"Authorization": secret}


async def hung(_: web.Request) -> web.Response:
    await asyncio.sleep(1)  # longer than it is waited for
    return web.Response()


async def cut(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.abort()
    return web.Response()


def status(code: int, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def told(_: web.Request) -> web.Response:
        return web.json_response(
            {}, status=code, headers={name.replace("_", "-"): each for name, each in headers.items()}
        )

    return told


@asynccontextmanager
async def asked_by(handler, seen):
    async def counted(request: web.Request) -> web.StreamResponse:
        seen.append((request.method, request.path_qs, await request.read(), request.headers.get("Content-Type")))
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", counted)
    async with served(app) as origin, reached(Bare, origin, "secret", timeout=0.3) as reach:
        yield reach


UNSETTLED = {"hangs": hung, "ends the connection": cut, "breaks": status(500), "cannot reach its own": status(502)}
SETTLED = {
    "refuses": status(400),
    "does not let us in": status(401),
    "knows no such thing": status(404),
    "has another there": status(409),
    "wants less": status(429, Retry_After="2"),
    "is closed": status(503, Retry_After="9"),
}


@pytest.mark.parametrize("how", [*UNSETTLED, *SETTLED])
async def test_what_a_system_did_not_answer_is_sent_once_and_told_as_unsettled_where_it_is(how):
    handler = {**UNSETTLED, **SETTLED}[how]
    seen = []
    async with asked_by(handler, seen) as reach:
        with pytest.raises(UpstreamError) as failed:
            await reach.ask().line.change("PUT", "/things/7", {"colour": "red"}, [("op", "paint")])
    assert seen == [("PUT", "/things/7?op=paint", b'{"colour":"red"}', "application/json")]
    assert failed.value.unsettled is (how in UNSETTLED)


async def test_what_never_found_a_connection_did_not_happen():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with reached(Bare, f"http://127.0.0.1:{port}", "secret") as reach:
        with pytest.raises(UpstreamError) as failed:
            await reach.ask().line.change("POST", "/things", {})
    assert not failed.value.unsettled
    assert reach.upstream.state == "DOWN"


async def test_an_answer_that_cannot_be_read_leaves_it_unsettled():
    async with asked_by(status(201), []) as reach:
        line = reach.ask().line
        with pytest.raises(UpstreamError) as failed:
            line.read(await line.change("POST", "/things", {}), list[int])
    assert failed.value.unsettled


async def test_the_same_change_twice_is_sent_twice_and_what_was_read_before_is_read_anew():
    seen = []
    async with asked_by(status(200), seen) as reach:
        operation = Operation("contract-1")
        line = reach.ask(operation).line
        await line.get("/things")
        await line.change("POST", "/things", {})
        await line.change("POST", "/things", {})
        await line.get("/things")
        operation.forget("another")
        await line.get("/things")
        operation.forget("system-1")
        await line.get("/things")
    assert [method for method, *_ in seen] == ["GET", "POST", "POST", "GET", "GET"]
    assert operation.calls == {"system-1": 5}


async def test_what_is_streamed_goes_as_it_comes():
    async def parts():
        for each in (b"one ", b"two"):
            yield each

    seen = []
    async with asked_by(status(200), seen) as reach:
        await reach.ask().line.change("POST", "/files", Raw(parts(), "text/plain"))
    assert seen == [("POST", "/files", b"one two", "text/plain")]


async def test_what_a_client_did_not_bring_is_no_failure_of_the_system_and_nothing_of_it_arrives():
    upload = Nothing()

    async def parts():
        yield b"one "
        await asyncio.sleep(0.05)
        raise FileRefused(upload, Message("The file was cut off on its way."))

    seen = []
    async with asked_by(status(200), seen) as reach:
        with pytest.raises(FileRefused) as refused:
            await reach.ask().line.change("POST", "/files", Raw(parts(), "text/plain"))
        assert refused.value.upload is upload
        assert reach.upstream.state == "UNKNOWN"
    assert seen == []


class Nothing(Upload):
    """A file of which nothing comes."""

    async def open(self, types, maximum):
        raise NotImplementedError
