"""A gateway of canned answers behind the real pages: their own behaviour, told from the gateway's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from pipeline.pages import add_pages

PERSONAS = [
    {"id": "alex", "name": "Alex Chan", "campus": "CWB", "roles": ["student"]},
    {"id": "mei", "name": "Mei Lin", "campus": "GZ", "roles": ["student"]},
]
CLIENTS = [{"id": "canteen", "name": "Canteen app"}]
SYSTEMS = [
    {"id": "sis-cwb", "kind": "sis", "campus": "CWB", "protocol": "oeapi", "url": "http://127.0.0.1:1"},
    {"id": "library-cwb", "kind": "library", "campus": "CWB", "protocol": "alma", "url": "http://127.0.0.1:2"},
]
WIDGETS = [
    {"name": "loans", "query": "query loans {\n  me { loans { title } }\n}\n"},
    {"name": "dashboard", "query": "query dashboard {\n  me { loans { title } }\n}\n"},
]
STREAMS = [{"name": "waves", "query": "# Waves as they come.\nsubscription Waves { waves }"}]
ACTIONS = [{"name": "wave", "query": "# Waves.\nmutation Wave { wave }"}]
SCHEMA = {
    "__schema": {
        "queryType": {"name": "Query"},
        "mutationType": None,
        "subscriptionType": None,
        "directives": [],
        "types": [
            {"kind": "SCALAR", "name": "String"},
            {
                "kind": "OBJECT",
                "name": "Query",
                "interfaces": [],
                "fields": [{"name": "hello", "args": [], "type": {"kind": "SCALAR", "name": "String"}}],
            },
        ],
    }
}


@dataclass
class FakeGateway:
    """What it answers next, and what it was asked."""

    answer: dict[str, Any] = field(default_factory=lambda: {"data": {}})
    answers: dict[str, list[Any]] = field(default_factory=dict)
    """By the id of a trusted document what it answers next; the last one for ever."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """While this is not set, nothing is answered."""
    status: int = 200
    token_lives: int = 600
    """Seconds."""
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of the operations, introspection apart."""
    authorizations: list[str | None] = field(default_factory=list)
    """The Authorization header of each of them."""
    tokens: int = 0

    async def graphql(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "__schema" in body.get("query", ""):
            return web.json_response({"data": SCHEMA})
        self.asked.append(body)
        self.authorizations.append(request.headers.get("Authorization"))
        answers = self.answers.get(body.get("documentId", ""), [self.answer])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        await self.open.wait()
        return web.json_response(answer, status=self.status, content_type="application/graphql-response+json")

    async def token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        name = (await request.json())["as"]
        token = {"access_token": f"{name}-{self.tokens}", "token_type": "Bearer", "expires_in": self.token_lives}
        return web.json_response(token)


@asynccontextmanager
async def fake_gateway(*, sandbox: bool) -> AsyncIterator[FakeGateway]:
    gateway = FakeGateway()
    gateway.open.set()
    app = web.Application()
    add_pages(app, sandbox=sandbox)
    app.router.add_post("/graphql", gateway.graphql)
    _answer(app, "/widgets", WIDGETS)
    _answer(app, "/actions", ACTIONS)
    _answer(app, "/streams", STREAMS)
    if sandbox:
        app.router.add_post("/sandbox/token", gateway.token)
        _answer(app, "/sandbox/personas", PERSONAS)
        _answer(app, "/sandbox/clients", CLIENTS)
        _answer(app, "/sandbox/systems", SYSTEMS)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        gateway.url = f"http://{host}:{port}"
        yield gateway
    finally:
        await runner.cleanup()


def _answer(app: web.Application, path: str, content: list[Any]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(content)

    app.router.add_get(path, answer)
