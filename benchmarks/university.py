"""The simulated university behind the whole gateway: its students, signed in, and how often its systems were asked."""

import argparse
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from commands.simulated import Announcement, simulated
from pipeline.documents import widget_documents
from sandbox.population import populate
from sandbox.university import Person

from .followed import NOW
from .load import request

SEED, STUDENTS = 1, 200

BEGINS = NOW - timedelta(minutes=20)
"""Its clock goes on, and no bus that a dashboard shows at NOW may have left before all is measured."""

OF_NOBODY = ("index-", "live-")
"""How the correlation ids of calls begin that no operation makes."""


class University:
    def __init__(self, told: Announcement, session: aiohttp.ClientSession) -> None:
        self.told = told
        self._session = session

    async def calls(self) -> int:
        """Of operations, since this was asked last."""
        made = 0
        for system in self.told.systems:
            async with self._session.get(f"{system.url}/__calls") as answer:
                log = await answer.json()
            if log["count"] > len(log["calls"]):
                raise SystemExit(f"{system.id} was asked more often than it can tell")
            made += sum(not call["correlation_id"].startswith(OF_NOBODY) for call in log["calls"])
            async with self._session.delete(f"{system.url}/__calls") as answer:
                answer.raise_for_status()
        return made

    async def dashboards(self, port: int, many: int) -> list[bytes]:
        """Requests for it by so many students, signed in by the gateway at this port. A persona who studies at both
        campuses comes first."""
        body = json.dumps({"query": widget_documents()["dashboard"]}).encode()
        return [request(body, await self._token(port, who)) for who in _students(many)]

    async def _token(self, port: int, who: Person) -> str:
        wish = {"as": who.key, "issuer": who.home_campus}
        async with self._session.post(f"http://127.0.0.1:{port}/sandbox/token", json=wish) as answer:
            told: dict[str, Any] = await answer.json()
        return str(told["access_token"])


def _students(many: int) -> list[Person]:
    students = [each for each in populate(SEED, STUDENTS, NOW).people if "student" in each.affiliations]
    return sorted(students, key=lambda each: each.persona != "jordan")[:many]


@asynccontextmanager
async def university(data_dir: Path) -> AsyncIterator[University]:
    options: dict[str, Any] = {"seed": SEED, "students": STUDENTS, "now": BEGINS.isoformat(), "data_dir": data_dir}
    options |= {"catalogue": None, "term": None, "officers": None, "reset": False}
    async with (
        simulated(argparse.Namespace(**options)) as (told, _),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session,
    ):
        yield University(told, session)
