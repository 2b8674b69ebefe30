"""Each contestant as a server of its own. python -m benchmarks.contestants NAME STUB_URL    prints its port"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import orjson
import strawberry
import uvloop
from aiohttp import web
from strawberry.aiohttp.views import GraphQLView
from strawberry.extensions import ParserCache, ValidationCache

from connectors.wire import Access, System, connected
from pipeline.answers import Answers
from pipeline.correlation import mark_answer
from pipeline.http import Gateway
from pipeline.settings import Settings
from pipeline.viewer import Viewers

from . import serving
from .dashboard import QUERY, SHIPPED, SYSTEM_OF, Query
from .remote import Ask, Remote, by_aiohttp, joint

Routes = Callable[[web.Application, str, AsyncExitStack], Awaitable[None]]
"""Adds them to an application that asks a stub."""


async def session_of(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))


def strawberrys(extensions: list[Any]) -> Routes:
    """Strawberry's own view for aiohttp, with loaders made for each request."""

    async def add_to(app: web.Application, stub: str, stack: AsyncExitStack) -> None:
        ask = by_aiohttp(await session_of(stack), stub)

        class View(GraphQLView[Remote]):
            async def get_context(self, request: web.Request, response: web.StreamResponse) -> Remote:
                return Remote(SHIPPED, ask)

        app.router.add_route("*", "/graphql", View(schema=strawberry.Schema(Query, extensions=extensions)))

    return add_to


async def by_hand(app: web.Application, stub: str, stack: AsyncExitStack) -> None:
    """What one would write for this dashboard and no other: two rounds of calls, dicts, and orjson."""
    ask = by_aiohttp(await session_of(stack), stub)

    async def dashboard(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        return web.Response(
            body=orjson.dumps({"data": await _dashboard(ask, asked["variables"]["many"])}),
            content_type="application/json",
        )

    app.router.add_post("/graphql", dashboard)


COURSE = ("id", "title", "room", "at", "state", "open", "places", "share")
FIELDS = {
    "courses": COURSE,
    "assignments": ("id", "title", "at", "until", "state", "open", "places", "share", "about"),
    "announcements": ("id", "title", "about", "at", "open", "places", "state", "room"),
    "events": ("id", "title", "room", "at", "until", "places", "open"),
}


async def _dashboard(ask: Ask, many: int) -> dict[str, Any]:
    sizes = {"courses": 5, "assignments": many, "announcements": 6, "events": 5}
    told = await asyncio.gather(*(ask(f"/{SYSTEM_OF[name]}/lists/{name}?first={size}") for name, size in sizes.items()))
    lists = {name: orjson.loads(rows) for name, rows in zip(sizes, told, strict=True)}
    persons = {name: {row["person_id"] for row in lists[name]} for name in ("courses", "announcements", "events")}
    courses = {row["course_id"] for row in lists["assignments"]}
    taught, *people = await asyncio.gather(
        ask(f"/{SYSTEM_OF['courses']}/courses?ids=" + ",".join(sorted(courses))),
        *(ask(f"/{SYSTEM_OF[name]}/people?ids=" + ",".join(sorted(ids))) for name, ids in persons.items()),
    )
    person_of = {
        name: {row["id"]: row for row in orjson.loads(rows)} for name, rows in zip(persons, people, strict=True)
    }
    course_of = {row["id"]: {key: row[key] for key in ("id", "title", "room")} for row in orjson.loads(taught)}
    dashboard: dict[str, Any] = {}
    for name, rows in lists.items():
        dashboard[name] = told_rows = []
        for row in rows:
            one = {key: row[key] for key in FIELDS[name]}
            if "state" in one:
                one["state"] = one["state"].upper()
            if name == "assignments":
                one["course"] = course_of[row["course_id"]]
            else:
                one["person"] = person_of[name][row["person_id"]]
            told_rows.append(one)
    return dashboard


def ours(*, keeps: bool) -> Routes:
    """The gateway's whole way of a request with its log line, over this schema. It remembers the document, and where it
    `keeps`, what is everybody's; lists are each person's own, and asked for each."""

    async def add_to(app: web.Application, stub: str, stack: AsyncExitStack) -> None:
        upstreams = {
            id: await stack.enter_async_context(connected(System(id, "sis", "CWB", "stub"), Access(stub)))
            for id in SYSTEM_OF.values()
        }
        loaders = joint(upstreams, keeps=keeps)
        settings = Settings()
        answers = Answers(
            schema=strawberry.Schema(Query),
            settings=settings,
            context_for=lambda viewer, correlation_id, seconds: loaders(correlation_id),
            documents={"dashboard": QUERY},
        )
        app.on_response_prepare.append(mark_answer)
        Gateway(answers, Viewers({}, settings.account_claims), settings).add_to(app)

    return add_to


CONTESTANTS: dict[str, tuple[Routes, bool]] = {
    "Strawberry as documented": (strawberrys([]), False),
    "Strawberry, its caches, uvloop": (strawberrys([lambda: ParserCache(), lambda: ValidationCache()]), True),
    "aiohttp endpoint by hand": (by_hand, True),
    "this gateway": (ours(keeps=False), True),
    "this gateway with its caches": (ours(keeps=True), True),
}
"""By name: its routes, and whether it runs on uvloop."""


async def serve(routes: Routes, stub: str) -> None:
    async with AsyncExitStack() as stack:
        app = web.Application()
        await routes(app, stub, stack)
        await serving.serve(app)


def main() -> None:
    routes, quick = CONTESTANTS[sys.argv[1]]
    serving.logs_to_nowhere()
    running = serve(routes, sys.argv[2])
    if quick:
        uvloop.run(running)
    else:
        asyncio.run(running)


if __name__ == "__main__":
    main()
