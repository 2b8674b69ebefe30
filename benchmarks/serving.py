"""What the servers of the benchmarks have in common: a written log, settled memory, a port that they print."""

import asyncio
import os

from aiohttp import web

from commands.opening import runner_of, settle_memory
from pipeline.telemetry import open_logs, operations


def logs_to_nowhere() -> None:
    """A line for each operation, written as in service, while standard output tells the port."""
    open_logs()
    for lines in operations.handlers:
        lines.setStream(open(os.devnull, "w", encoding="utf-8"))  # type: ignore[attr-defined]  # noqa: SIM115


async def serve(app: web.Application) -> None:
    """Until the process is ended."""
    runner = runner_of(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settle_memory()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()
