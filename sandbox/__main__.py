"""Starts the simulated university: builds it if needed, serves every system, and says on one line where they are.

Serves until its standard input ends (whoever started it is gone) or a signal comes.
"""

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from . import identity
from .catalogue import CatalogueError
from .data_dir import PROTOCOLS, DataDir, DataDirError, Wanted
from .flowable_places import Places
from .frame import bound, framed, serve, url_of
from .outbox import Outbox
from .systems import CAMPUSES, SYSTEMS
from .university import CAMPUS_TIME


def _say(line: str) -> None:
    print(f"sandbox: {line}", file=sys.stderr, flush=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CAMPUS_TIME)


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The simulated two-campus university.")
    parser.add_argument("--data-dir", type=Path, required=True, help="where its state lies; built if empty")
    parser.add_argument("--students", type=_count, help="how many students (2000)")
    parser.add_argument("--seed", type=int, help="which university (1)")
    parser.add_argument("--now", type=_moment, help="what its clock shows, ISO 8601; by default a day in mid-term")
    parser.add_argument("--catalogue", type=Path, help="a real term's class schedule, .json or .json.gz")
    parser.add_argument("--term", help="term code of the catalogue, where its file's name does not begin with it")
    parser.add_argument("--reset", action="store_true", help="throw away what is there and build anew")
    parser.add_argument(
        "--officers", type=float, help="seconds after which One Stop's officers agree; never, if not given"
    )
    parser.add_argument("--host", default="127.0.0.1")
    return parser.parse_args()


def _open(data: DataDir, name: str) -> sqlite3.Connection:
    db = data.database(name)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


async def _serve(data: DataDir, host: str, officers: float | None) -> None:
    ports = data.paper["ports"]
    names = [*(system.id for system in SYSTEMS), *(f"identity-{campus}" for campus in CAMPUSES)]
    sockets = {name: bound(host, ports.get(name, 0)) for name in names}
    data.paper["ports"] = {name: listening.getsockname()[1] for name, listening in sockets.items()}
    clock, runners, register = data.clock, [], _open(data, "identity")
    systems: list[dict[str, Any]] = []
    for system in SYSTEMS:
        spoken, secret = PROTOCOLS[system.protocol], data.paper["secrets"][system.id]
        signing = data.signing_secret(system.id)
        own: dict[str, Any] = {}
        if system.protocol == "flowable":
            (office,) = [each.id for each in SYSTEMS if each.protocol == "librebooking"]
            own = {"after": officers, "places": Places(_open(data, office), register, clock)}
        app = spoken.build_app(_open(data, system.id), clock, secret, **own)
        app = framed(app, spoken, clock, Outbox(system.id, signing))
        runners.append(await serve(app, sockets[system.id]))
        told = {"id": system.id, "kind": system.kind, "campus": system.campus, "protocol": system.protocol}
        secrets = {"secret": secret, "signing_secret": signing}
        systems.append({**told, "parts": system.parts, "url": url_of(sockets[system.id]), **secrets})
    data.save()
    issuers = []
    for campus in CAMPUSES:
        issuer = url_of(sockets[f"identity-{campus}"])
        runners.append(await serve(identity.build_app(register, campus, issuer), sockets[f"identity-{campus}"]))
        issuers.append({"campus": campus, "issuer": issuer, "audience": identity.AUDIENCE})
    announcement = {
        "data_dir": str(data.path),
        "systems": systems,
        "issuers": issuers,
        "personas": identity.personas(register),
        "clients": identity.clients(register),
        "clock_offset": data.paper["offset"],
        "now": clock.now().isoformat(),
        "terms": data.paper["terms"],
    }
    stopped = _stopping()
    print(json.dumps(announcement), flush=True)
    await stopped.wait()
    await asyncio.gather(*(runner.cleanup() for runner in runners))


def _stopping() -> asyncio.Event:
    """Set by a signal, or when the standard input ends."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def watch() -> None:
        # The descriptor itself: a thread asleep in sys.stdin's buffer aborts the interpreter that a signal ends.
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=watch, daemon=True).start()
    return stopped


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:  # Windows
        asyncio.run(work)
    else:
        uvloop.run(work)


def main() -> int:
    asked = _arguments()
    wanted = Wanted(asked.students, asked.seed, asked.now, asked.catalogue, asked.term)
    try:
        data = DataDir(asked.data_dir)
        data.open(wanted, _say, reset=asked.reset)
    except (DataDirError, CatalogueError) as reason:
        _say(str(reason))
        return 2
    _run(_serve(data, asked.host, asked.officers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
