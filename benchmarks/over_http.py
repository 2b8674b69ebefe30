"""The dashboard over HTTP, against a stub of the systems behind it: the contestants by turns, each in its own process.

python -m benchmarks.over_http [rounds]    prints a table, and writes results.json and results.svg beside this file

Servers run on the first core that there is, the stub and the clients on the last. What counts is CPU time of the
server, which other processes of the machine disturb less than they do the clock; ratios are taken within a round.
"""

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvloop

from .chart import chart
from .contestants import CONTESTANTS
from .dashboard import QUERY
from .load import asked, calls_since, request

ROUNDS = 7
LEAST = 3
REQUESTS = {1: 60, 32: 192, 128: 384}
"""Connections -> requests of one contestant in a round."""

SECONDS = {1: 40, 32: 90, 128: 150}
"""After which no further round is begun, so that a machine that is not quiet ends, too; three there are in any case."""

AGAINST = ("Strawberry as documented", "aiohttp endpoint by hand")
OURS = "this gateway"
REQUEST = request(json.dumps({"query": QUERY, "variables": {"many": 8}}).encode())
MOST_CALLS = 9
"""Of one dashboard: four lists, three systems' people, and courses; for each as it comes, and so at times one more."""

WAIT = 20
"""Milliseconds of a call to a system that is not beside us."""

CORES = os.sched_getaffinity(0)

RESULTS = Path(__file__).parent / "results.json"


class Server(NamedTuple):
    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds that its threads have run, those that have ended too: the clock of clock_getcpuclockid(3) (Linux)."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def megabytes(self) -> float:
        """Of memory that is its own or shared, and in use."""
        (line,) = (row for row in Path(f"/proc/{self.pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class Measured(NamedTuple):
    a_second: float
    """Requests in a second of the server's CPU."""
    median: float
    """Milliseconds."""
    p99: float
    calls: float
    """To the stub, for each dashboard."""


def load_told() -> float:
    """What the machine has to do before we begin, which is printed."""
    load = os.getloadavg()[0]
    busy = " (something else is running; look at ratios only)" if load > 1 else ""
    print(f"load of the machine: {load:.1f}{busy}")
    return load


def end_cleanly() -> None:
    """Whoever ends this process ends those that it has started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))


@contextmanager
def started(core: int, *words: str) -> Iterator[Server]:
    command = ["taskset", "-c", str(core), sys.executable, "-m", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
    try:
        (port,) = [next(iter(process.stdout or ()))]
        yield Server(process.pid, int(port))
    finally:
        process.terminate()
        process.wait()


async def measured(server: Server, stub: Server, connections: int) -> tuple[Measured, Any]:
    requests = REQUESTS[connections]
    await calls_since(stub.port)
    before = server.cpu()
    spent, answers = await asked(server.port, [REQUEST], connections, requests)
    cpu = server.cpu() - before
    calls = await calls_since(stub.port) / requests
    in_order = sorted(spent)
    answer = json.loads(answers[0].replace(b'Z"', b'+00:00"'))
    return Measured(requests / cpu, statistics.median(spent), in_order[-1 - len(in_order) // 100], calls), answer


async def rounds_of(servers: dict[str, Server], stub: Server, rounds: int) -> dict[str, dict[int, list[Measured]]]:
    found: dict[str, dict[int, list[Measured]]] = {name: {many: [] for many in REQUESTS} for name in servers}
    for connections in REQUESTS:
        until = time.monotonic() + SECONDS[connections]
        for turn in range(rounds + 1):
            if turn > LEAST and time.monotonic() > until:
                break
            answers = {}
            for name, server in servers.items():
                told, answers[name] = await measured(server, stub, connections)
                if turn:  # the first warms up
                    found[name][connections].append(told)
            if any(answer != answers[OURS] for answer in answers.values()):
                raise SystemExit("the answers differ, so their times say nothing")
    return found


def summary(found: dict[str, dict[int, list[Measured]]]) -> dict[str, Any]:
    """By contestant and connections: medians over the rounds, and ratios with their spread."""
    told: dict[str, Any] = {}
    for name, by_connections in found.items():
        for many, rounds in by_connections.items():
            row = {key: statistics.median(getattr(each, key) for each in rounds) for key in Measured._fields}
            for other in AGAINST:
                ratios = sorted(
                    one.a_second / theirs.a_second for one, theirs in zip(rounds, found[other][many], strict=True)
                )
                row[f"times {other}"] = [statistics.median(ratios), ratios[0], ratios[-1]]
                row[f"p99 against {other}"] = statistics.median(
                    one.p99 / theirs.p99 for one, theirs in zip(rounds, found[other][many], strict=True)
                )
            told.setdefault(name, {})[str(many)] = row
    return told


def table(told: dict[str, Any]) -> None:
    for many in REQUESTS:
        heads = f"times {'  times '.join(AGAINST)}  p99 against the latter"
        print(f"\n{f'{many} connections':36}req/CPU-s  p50 ms  p99 ms   calls  {heads}")
        for name, rows in told.items():
            row = rows[str(many)]
            ratios = "".join("{:8.1f} ({:.1f} to {:.1f})".format(*row[f"times {other}"]) for other in AGAINST)
            print(
                f"{name:36}{row['a_second']:9.0f}{row['median']:8.1f}{row['p99']:8.1f}{row['calls']:8.2f}{ratios}"
                f"{row[f'p99 against {AGAINST[-1]}']:8.2f}"
            )


@contextmanager
def all_started(milliseconds: int) -> Iterator[tuple[dict[str, Server], Server]]:
    """The contestants over a stub that takes so long for each answer."""
    first, last = min(CORES), max(CORES)
    with ExitStack() as stack:
        stub = stack.enter_context(started(last, "benchmarks.stub", str(milliseconds)))
        url = f"http://127.0.0.1:{stub.port}"
        yield (
            {name: stack.enter_context(started(first, "benchmarks.contestants", name, url)) for name in CONTESTANTS},
            stub,
        )


async def main(rounds: int) -> None:
    os.sched_setaffinity(0, {max(CORES)})
    began, load = time.gmtime(), load_told()
    with all_started(0) as (servers, stub):
        found = await rounds_of(servers, stub, rounds)
        memory = {name: round(server.megabytes()) for name, server in servers.items()}
    for name, by_connections in found.items():
        if any(each.calls > MOST_CALLS for each in by_connections[1]):
            raise SystemExit(f"{name}: more than {MOST_CALLS} calls for one dashboard")
    with all_started(WAIT) as (servers, stub):
        waited = {}
        for name, server in servers.items():
            await measured(server, stub, 1)
            waited[name] = (await measured(server, stub, 1))[0].median
    about = {
        "when": time.strftime("%Y-%m-%d", began),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load of the machine, before and after": [load, os.getloadavg()[0]],
        "rounds": {many: len(each) for many, each in found[OURS].items()},
        "megabytes": memory,
        f"median milliseconds of one connection where each call takes {WAIT}": waited,
    }
    told = summary(found)
    table(told)
    for name, value in about.items():
        print(f"{name}: {value}")
    RESULTS.write_text(json.dumps({"about": about, "contestants": told}, indent=1) + "\n", encoding="utf-8")
    RESULTS.with_suffix(".svg").write_text(chart(told, about), encoding="utf-8")


if __name__ == "__main__":
    end_cleanly()
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
