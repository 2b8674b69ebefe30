"""The simulated university as a process of its own: started, listened to, stopped."""

import argparse
import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import msgspec

from .failure import Failure
from .run_file import STATE

CHECKOUT = Path(__file__).parents[1]
GRACE = 5.0
"""Seconds it may take to stop."""


class SimulatedSystem(msgspec.Struct):
    id: str
    kind: str
    campus: str
    protocol: str
    url: str
    secret: str
    signing_secret: str
    """With which it signs what it tells by itself."""
    parts: list[str] = []
    """Which parts of its protocol it has, where it has not all."""


class SimulatedIssuer(msgspec.Struct):
    campus: str
    issuer: str
    audience: str


class Persona(msgspec.Struct):
    id: str
    name: str
    campus: str
    roles: list[str]
    about: str = ""


class Client(msgspec.Struct):
    id: str
    name: str
    secret: str | None = None


class Announcement(msgspec.Struct):
    """What the simulated university says of itself once it stands."""

    data_dir: str
    """Where its state lies, and the gateway's own beside it: both are thrown away together."""
    systems: list[SimulatedSystem]
    issuers: list[SimulatedIssuer]
    personas: list[Persona]
    clients: list[Client]
    clock_offset: float
    """Seconds its clock is ahead of the real one."""


@asynccontextmanager
async def simulated(arguments: argparse.Namespace) -> AsyncIterator[tuple[Announcement, Process]]:
    """Runs it for as long as the context lasts. Raises Failure if it does not come up; it said why on stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *_options(arguments), cwd=CHECKOUT, stdin=PIPE, stdout=PIPE, limit=2**20
    )
    said, alive = cast("asyncio.StreamReader", process.stdout), cast("asyncio.StreamWriter", process.stdin)
    try:
        line = await said.readline()
        if not line:
            raise Failure("the simulated university did not start")
        yield msgspec.json.decode(line, type=Announcement), process
    finally:
        alive.close()  # its signal to go
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            process.kill()


async def follow(told: Announcement, url: str) -> None:
    """Has every simulated system tell the gateway at `url` what changes in it; nobody any more, if empty."""
    async with aiohttp.ClientSession() as session:
        for system in told.systems:
            wish = {"url": url and f"{url}/events/{system.id}"}
            async with session.put(f"{system.url}/__events", json=wish) as answer:
                answer.raise_for_status()


def _options(arguments: argparse.Namespace) -> list[str]:
    given: dict[str, Any] = {
        "--data-dir": (arguments.data_dir or STATE / _name(arguments)).absolute(),
        "--students": arguments.students,
        "--seed": arguments.seed,
        "--now": arguments.now,
        "--catalogue": arguments.catalogue and arguments.catalogue.absolute(),
        "--term": arguments.term,
        "--officers": arguments.officers,
    }
    words = [word for option, value in given.items() if value is not None for word in (option, str(value))]
    return [*words, "--reset"] if arguments.reset else words


def _name(arguments: argparse.Namespace) -> str:
    """A folder for each university one asks for, so that trying another throws nothing away."""
    catalogue, now = arguments.catalogue, arguments.now
    parts = {
        "": catalogue and catalogue.name.split(".")[0],
        "term-": arguments.term,
        "students-": arguments.students,
        "seed-": arguments.seed,
        "now-": now and "".join(filter(str.isalnum, now)),
    }
    return "-".join(["sandbox", *(f"{name}{value}" for name, value in parts.items() if value is not None)])
