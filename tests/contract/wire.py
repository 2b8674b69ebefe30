"""A wire module bound to an address, recorded answers to bind it to, and a witness of what went over the wire."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from connectors.wire import Access, Line, Operation, System, Upstream, connected

from .openapi import Specification
from .simulators import served, specification

ZONE = ZoneInfo("Asia/Hong_Kong")
MULTIPART = "multipart/form-data"


class Reach:
    """One system through its wire module. Each `ask()` belongs to an operation of its own."""

    def __init__(self, module: type[Any], upstream: Upstream) -> None:
        self.module = module
        self.upstream = upstream

    def ask(self, operation: Operation | None = None) -> Any:
        return self.module(Line(self.upstream, operation or Operation("contract-1")), ZONE)


@asynccontextmanager
async def reached(
    module: type[Any],
    url: str,
    secret: str = "",
    username: str | None = None,
    *,
    campus: str = "CWB",
    options: Mapping[str, str] | None = None,
    **access: Any,
) -> AsyncIterator[Reach]:
    """The module over `url`, with the credential as the module itself sends it; `access` as in Access."""
    headers = module.authorization(secret, username) if secret else {}
    if secret and hasattr(module, "sign_in"):
        access["sign_in"] = module.sign_in(secret, username)
    system = System("system-1", "kind", campus, module.__name__.lower(), options or {})
    async with connected(system, Access(url, headers, **access)) as upstream:
        yield Reach(module, upstream)


class Exchange(NamedTuple):
    """A request as it came, and the answer as it went."""

    method: str
    target: str
    """Path and query, escaped as they were sent."""
    headers: Mapping[str, str]
    body: bytes
    status: int
    content_type: str
    answer: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)


@asynccontextmanager
async def witnessed(app: web.Application) -> AsyncIterator[tuple[str, list[Exchange]]]:
    """The origin of a simulated system, and everything that is said to it and by it."""
    seen: list[Exchange] = []

    @web.middleware
    async def witness(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        # A form with files can be read once, and that is the system's to do.
        body = b"" if request.content_type == MULTIPART else await request.read()
        answer = await handler(request)
        told = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
        kind = answer.headers.get("Content-Type", "")
        seen.append(Exchange(request.method, request.raw_path, request.headers, body, answer.status, kind, told))
        return answer

    app.middlewares.insert(0, witness)
    async with served(app) as origin:
        yield origin, seen


def keep_to(document: Specification, seen: list[Exchange]) -> None:
    """Every exchange is one the document allows, question and answer."""
    assert seen, "nothing was asked"
    for each in seen:
        if each.headers.get("Content-Type", "").startswith(MULTIPART):
            document.request(each.method, each.target, {}, MULTIPART)
        else:
            document.request(each.method, each.target, *([json.loads(each.body)] if each.body else []))
        body = [json.loads(each.answer)] if "json" in each.content_type else []
        document.response(each.method, each.target, each.status, *body, each.content_type)


class Recorded(NamedTuple):
    """An answer as somebody else's system once gave it."""

    status: int
    content_type: str
    body: bytes


def recorded(name: str, status: int = 200) -> Recorded:
    """An .http recording tells its own status; of a .json file only the body was kept."""
    text = specification(name).read_bytes()
    if not name.endswith(".http"):
        return Recorded(status, "application/json;charset=UTF-8", text)
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    _, line, *fields = head.decode().splitlines()  # the first line is the question
    kinds = [field.partition(":")[2].strip() for field in fields if field.lower().startswith("content-type:")]
    return Recorded(int(line.split()[1]), kinds[0], body)


def asked_when_recorded(name: str) -> str:
    """The question of an .http recording: its first line, a call of curl."""
    return specification(name).read_text(encoding="utf-8").splitlines()[0]


@asynccontextmanager
async def replayed(*answers: Recorded) -> AsyncIterator[tuple[str, list[Exchange]]]:
    """A server that gives these answers one after the other, whatever is asked, and the questions it was asked."""
    left = list(answers)

    async def answer(_: web.Request) -> web.Response:
        status, kind, body = left.pop(0)
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    async with witnessed(app) as (origin, seen):
        yield origin, seen
    assert not left, "not everything was asked for"
