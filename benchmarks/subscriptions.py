"""Many who follow one section on one worker: what they cost in memory, and how soon all know of a seat that is taken.

python -m benchmarks.subscriptions [how many]    prints what came out, and writes subscriptions.json beside this file
"""

import asyncio
import json
import os
import platform
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

from sandbox import schedule_pages
from sandbox.clock import Clock
from sandbox.population import populate
from sandbox.terms import current_main_term

from .followed import NOW, may_open_all
from .follower import Follower
from .over_http import CORES, Server, end_cleanly, started

MANY = 15_000
AT_ONCE = 100
"""Sockets that are being opened at one time."""

PATIENCE = 120.0
"""Seconds in which a step must be done."""

SUBSCRIPTION = "subscription Seats($of: [ID!]!) { seatsChanged(sections: $of) { id quota enrolled waitlisted } }"
SECTIONS = "{ courses(first: 5) { nodes { sections { id classNumber } } } }"

RESULTS = Path(__file__).parent / "subscriptions.json"


class School:
    """A class schedule on which seats can be taken."""

    def __init__(self) -> None:
        self._university = populate(1, 5, NOW)
        self._db = sqlite3.connect(":memory:")
        schedule_pages.seed(self._db, self._university, "CWB")
        self.site = schedule_pages.build_app(self._db, Clock(), "")

    def take_a_seat(self, number: int) -> int:
        """In the section of this class number; how many are taken then."""
        campus = self._university.campuses["CWB"]
        term = current_main_term(NOW.date()).code
        taken = 0
        sections = []
        for section in campus.sections[term]:
            if section.class_number == number:
                section = replace(section, enrolled=section.enrolled + 1)
                taken = section.enrolled
            sections.append(section)
        campus = replace(campus, sections={**campus.sections, term: tuple(sections)})
        self._university = replace(self._university, campuses={"CWB": campus})
        self._db.executescript("drop table page; drop table entrance")
        schedule_pages.seed(self._db, self._university, "CWB")
        return taken


class Crowd:
    """All who follow, and when each was told what."""

    def __init__(self) -> None:
        self.followers: list[Follower] = []
        self.told: Counter[int] = Counter()
        """Events, by the number of seats that they said were taken."""
        self.at: list[float] = []

    def hear(self, _: Follower, answer: Any) -> None:
        self.told[answer["data"]["seatsChanged"]["enrolled"]] += 1
        self.at.append(time.perf_counter())

    async def come(self, port: int, section: str, many: int) -> None:
        subscription = {"query": SUBSCRIPTION, "variables": {"of": [section]}}
        loop = asyncio.get_running_loop()
        while len(self.followers) < many:
            waiting = min(AT_ONCE, many - len(self.followers))
            heard = len(self.at) + waiting
            for _ in range(waiting):
                _, follower = await loop.create_connection(
                    lambda: Follower(subscription, self.hear, _unexpected), "127.0.0.1", port
                )
                self.followers.append(follower)
            await self.until(heard)

    async def until(self, heard: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.at) < heard:  # noqa: ASYNC110  an event for each would cost more than what is measured
                await asyncio.sleep(0.005)


def _unexpected(why: str) -> None:
    raise SystemExit(f"a subscription ended: {why}")


async def _section(port: int) -> tuple[str, int]:
    """Id and class number of one that can be followed, as soon as the gateway knows any."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
        while True:
            async with session.post(f"http://127.0.0.1:{port}/graphql", json={"query": SECTIONS}) as response:
                courses = ((await response.json())["data"] or {}).get("courses") or {"nodes": []}
            for section in [each for course in courses["nodes"] for each in course["sections"] or ()]:
                return section["id"], section["classNumber"]
            await asyncio.sleep(0.1)


async def measured(many: int, server: Server, school: School) -> dict[str, float]:
    section, number = await _section(server.port)
    crowd, before, cpu = Crowd(), server.megabytes(), server.cpu()
    await crowd.come(server.port, section, many)
    opening, open_ = server.cpu() - cpu, server.megabytes()
    heard, cpu = len(crowd.at), server.cpu()
    taken = school.take_a_seat(number)
    await crowd.until(heard + many)
    spent = server.cpu() - cpu
    if crowd.told[taken] != many:
        raise SystemExit(f"{crowd.told[taken]} of {many} were told, each once: {crowd.told}")
    events = crowd.at[heard:]
    for follower in crowd.followers:
        follower.close()
    return {
        "subscriptions": many,
        "megabytes before": round(before),
        "megabytes with all open": round(open_),
        "megabytes after the event": round(server.megabytes()),
        "kilobytes of each": round((open_ - before) * 1024 / many, 1),
        "milliseconds of CPU to open one": round(opening * 1000 / many, 2),
        "seconds from the first who is told to the last": round(events[-1] - events[0], 2),
        "seconds of CPU for the event": round(spent, 2),
    }


async def main(many: int) -> None:
    os.sched_setaffinity(0, {max(CORES)})
    may_open_all()
    load = os.getloadavg()[0]
    school = School()
    runner = web.AppRunner(school.site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with started(min(CORES), "benchmarks.followed", f"http://127.0.0.1:{runner.addresses[0][1]}") as server:
        told: dict[str, Any] = await measured(many, server, school)
    await runner.cleanup()
    told["python"] = platform.python_version()
    told["load of the machine, before and after"] = [load, os.getloadavg()[0]]
    for name, value in told.items():
        print(f"{name}: {value}")
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    end_cleanly()
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))
