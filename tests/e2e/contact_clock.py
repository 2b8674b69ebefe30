"""Gateways over a university of which the campus's clock is a test's to move, and one system may be behind a door."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from commands import simulated_settings
from commands.simulated_routes import routes
from gateway import open_gateway
from pipeline.settings import Settings, settings_from
from pipeline.settings_values import Surroundings
from tests.machine import patience
from tests.simulated_campus import SimulatedCampus, University

PASSED_ON = ("authorization", "content-type", "accept", "x-correlation-id", "x-koha-embed")


class CampusClock:
    """The university's own, and whatever a test has added to it."""

    def __init__(self, university: University) -> None:
        self._ahead = timedelta(seconds=university.told.clock_offset)

    def now(self) -> datetime:
        return datetime.now(ZoneInfo("Asia/Hong_Kong")) + self._ahead

    def pass_by(self, **time: float) -> None:
        self._ahead += timedelta(**time)


def settings_over(university: University, folder: Path, doors: Mapping[str, str] | None = None) -> Settings:
    """With a store of the test's own, and systems behind doors by their ids."""
    own = {"portal": {"url": f"sqlite:///{folder}/portal.sqlite"}}
    document = simulated_settings.document(university.told, own)
    for system in document["systems"]:
        system["url"] = (doors or {}).get(system["id"], system["url"])
    return settings_from(
        document, source="test", surroundings=Surroundings(environ=simulated_settings.secrets(university.told))
    )


@asynccontextmanager
async def clocked(university: University, settings: Settings, clock: CampusClock) -> AsyncIterator[SimulatedCampus]:
    opened = open_gateway(settings, now=clock.now, sandbox=routes(university.told))
    async with opened as app, TestClient(TestServer(app)) as client:
        yield SimulatedCampus(client, university)


@asynccontextmanager
async def door(system: str, met: Callable[[web.Request, Any], Awaitable[web.Response | None]]) -> AsyncIterator[str]:
    """A system's own answers, but where `met`, given the question and what passes it on, has another."""

    async def passed(request: web.Request) -> web.Response:
        headers = {name: each for name, each in request.headers.items() if name.lower() in PASSED_ON}
        body = await request.read()

        async def on(instead: bytes | None = None) -> web.Response:
            sent = body if instead is None else instead
            async with aiohttp.request(request.method, system + request.path_qs, data=sent, headers=headers) as answer:
                kind = answer.headers.get("Content-Type", "application/json")
                return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})

        return await met(request, on) or await on()

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", passed)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """What is true in the end."""
    async with asyncio.timeout(patience(seconds)):
        while True:
            if found := await true():
                return found
            await asyncio.sleep(0.05)
