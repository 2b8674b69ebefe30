"""The dashboard of a whole university: all connectors, real tokens, the portal's store, by plans or graphql-core, with
caches or without.

python -m benchmarks.whole [rounds]    prints a table, and writes whole.json beside this file

Four gateways run on the first core that there is; all systems, simulated by one process, and the clients on the last.
The gateways are asked by turns for the trusted document `dashboard`: over one connection by a student of both campuses,
and over 32 by 64 students, each of them once in a turn, so that what is joined is what is everybody's.

With caches means that all is remembered: the first round does not count, and nothing ages until the last is over.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import uvloop

from .dashboard import leaves
from .load import asked
from .over_http import CORES, Server, end_cleanly, load_told, started
from .university import University, university
from .whole_table import CONNECTIONS, Found, Turn, summary, table

ROUNDS = 4
LEAST = 3
SECONDS = 50
"""After which no further round is begun."""

STUDENTS = {1: 1, 32: 64}
"""Connections -> students who ask over them."""

REQUESTS = {1: 25, 32: 64}
"""Connections -> requests of one contestant in a round."""

PATIENCE = 60.0
"""Seconds in which the public lists of a gateway are to be read."""


class Contestant(NamedTuple):
    plans: bool
    caches: bool

    @property
    def most_calls(self) -> int:
        """For each dashboard; the 27 are those of a student of both campuses."""
        return 0 if self.caches else 27

    def settings(self, store: Path) -> str:
        own = {
            "execution": {"plans": self.plans},
            "caches": {"on": self.caches},
            "portal": {"url": f"sqlite:///{store}"},
        }
        return json.dumps(own)


CONTESTANTS = {
    "graphql-core": Contestant(plans=False, caches=False),
    "plans": Contestant(plans=True, caches=False),
    "graphql-core, with caches": Contestant(plans=False, caches=True),
    "plans, with caches": Contestant(plans=True, caches=True),
}


def _data(answers: Mapping[int, bytes]) -> dict[int, Any]:
    """By whose they are. Raises SystemExit where anything failed or was told stale."""
    bodies = {place: json.loads(answer) for place, answer in answers.items()}
    for answer in bodies.values():
        if answer.keys() != {"data"}:
            more = {name: value for name, value in answer.items() if name != "data"}
            raise SystemExit(f"not all of a dashboard was told, or not fresh: {str(more)[:400]}")
    return bodies


async def _turn(
    server: Server, campus: University, requests: Sequence[bytes], connections: int
) -> tuple[Turn, dict[int, Any]]:
    await campus.calls()
    before = server.cpu()
    spent, answers = await asked(server.port, requests, connections, REQUESTS[connections])
    cpu = server.cpu() - before
    calls = await campus.calls() / len(spent)
    return Turn(len(spent) / cpu, calls, spent), _data(answers)


async def rounds_of(
    servers: Mapping[str, Server], campus: University, dashboards: Sequence[bytes], rounds: int
) -> Found:
    found: dict[str, dict[int, list[Turn]]] = {name: {many: [] for many in CONNECTIONS} for name in servers}
    until = time.monotonic() + SECONDS
    for number in range(rounds + 1):
        if number > LEAST and time.monotonic() > until:
            break
        for connections in CONNECTIONS:
            requests, answers = dashboards[: STUDENTS[connections]], []
            for name, server in servers.items():
                turn, answer = await _turn(server, campus, requests, connections)
                answers.append(answer)
                if number:  # the first warms up
                    _no_more_than(CONTESTANTS[name].most_calls, name, turn)
                    found[name][connections].append(turn)
            if any(answer != answers[0] for answer in answers):
                raise SystemExit("the answers differ, so their times say nothing")
    return found


def _no_more_than(most: int, name: str, turn: Turn) -> None:
    if turn.calls > most:
        raise SystemExit(f"{name}: {turn.calls:.2f} calls for a dashboard, where {most} are enough")


async def filled(server: Server, dashboard: bytes) -> Any:
    """The dashboard, once all public lists are read."""
    async with asyncio.timeout(PATIENCE):
        while True:
            _, answers = await asked(server.port, [dashboard], 1, 1)
            answer = json.loads(answers[0])
            if "errors" not in answer:
                return answer["data"]
            await asyncio.sleep(0.2)


async def measured(folder: Path, rounds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    async with AsyncExitStack() as stack:
        campus = await stack.enter_async_context(university(folder / "university"))
        paper = folder / "told.json"
        paper.write_bytes(msgspec.json.encode(campus.told))
        servers = {}
        for number, (name, one) in enumerate(CONTESTANTS.items()):
            words = "benchmarks.whole_gateway", str(paper), one.settings(folder / f"portal-{number}.sqlite")
            servers[name] = stack.enter_context(started(min(CORES), *words))
        dashboards = await campus.dashboards(servers["plans"].port, max(STUDENTS.values()))
        told = {name: await filled(server, dashboards[0]) for name, server in servers.items()}
        before = {name: round(server.megabytes()) for name, server in servers.items()}
        found = await rounds_of(servers, campus, dashboards, rounds)
        memory = {name: (before[name], round(server.megabytes())) for name, server in servers.items()}
    about = {
        "rounds": len(found["plans"][1]),
        "students": STUDENTS,
        "leaves of the dashboard of one connection": leaves(told["plans"]),
    }
    return about, summary(found, memory)


async def main(rounds: int) -> None:
    os.sched_setaffinity(0, {max(CORES)})
    began, load = time.gmtime(), load_told()
    with tempfile.TemporaryDirectory() as folder:
        about, told = await measured(Path(folder), rounds)
    about |= {
        "when": time.strftime("%Y-%m-%d", began),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load of the machine, before and after": [load, os.getloadavg()[0]],
    }
    print(table(told))
    for name, value in about.items():
        print(f"{name}: {value}")
    results = Path(__file__).with_suffix(".json")
    results.write_text(json.dumps({"about": about, "contestants": told}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    end_cleanly()
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
