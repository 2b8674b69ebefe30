"""Serves the gateway, and with --sandbox a simulated university along with it."""

import argparse
import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvloop
from aiohttp import web

from pipeline.settings import Settings, SettingsError, read_toml, settings_from
from pipeline.settings_values import Surroundings
from pipeline.telemetry import open_logs

from . import run_file, simulated_settings
from .failure import Failure
from .simulated import Announcement, simulated
from .simulated_routes import routes

OpenGateway = Callable[..., AbstractAsyncContextManager[web.Application]]
"""gateway.open_gateway; nothing imports gateway.py, so it hands itself down."""

NOT_FOR_REAL_DATA = (
    "This version is not for real personal data: nobody is asked for consent yet, and no ledger of what crosses "
    "the border is kept. Use it with test accounts only."
)

DRAIN = 10.0
"""Seconds that requests under way have when the gateway stops."""


def serve(arguments: argparse.Namespace, open_gateway: OpenGateway) -> None:
    """Serves until a signal comes. Raises Failure for what keeps it from starting."""
    try:
        uvloop.run(_serve(arguments, open_gateway))
    except SettingsError as error:
        raise Failure(*str(error).splitlines()) from error


async def _serve(arguments: argparse.Namespace, open_gateway: OpenGateway) -> None:
    open_logs()
    stopped = _stop_signal()
    own = _own_settings(arguments)
    async with AsyncExitStack() as stack:
        if arguments.sandbox:
            told, process = await stack.enter_async_context(simulated(arguments))
            document, secrets = simulated_settings.document(told, own), simulated_settings.secrets(told)
            settings = _settings(document, arguments.config, secrets)
            opened = open_gateway(settings, now=_clock(told), sandbox=routes(told))
            _say_what_is_real(told, settings)
        else:
            print(f"gateway: {NOT_FOR_REAL_DATA}", flush=True)
            process, settings = None, _settings(own, arguments.config, {})
            opened = open_gateway(settings)
        app = await stack.enter_async_context(opened)
        url = await _listen(app, arguments, settings, stack)
        run_file.write(run_file.Run(url=url, sandbox=arguments.sandbox))
        _say_where(url, sandbox=arguments.sandbox)
        await _until(stopped, process)


def _own_settings(arguments: argparse.Namespace) -> Mapping[str, Any]:
    if arguments.config:
        return read_toml(arguments.config)
    if not arguments.sandbox:
        raise Failure("serve needs systems to ask: name settings by --config FILE, or start the --sandbox")
    return {}


def _settings(document: Mapping[str, Any], file: Path | None, secrets: Mapping[str, str]) -> Settings:
    file = file or Path("settings")
    surroundings = Surroundings(directory=file.parent, environ={**os.environ, **secrets})
    return settings_from(document, source=file.name, surroundings=surroundings)


def _clock(told: Announcement) -> Callable[[], datetime]:
    offset, zone = timedelta(seconds=told.clock_offset), ZoneInfo("Asia/Hong_Kong")
    return lambda: datetime.now(zone) + offset


async def _listen(
    app: web.Application, arguments: argparse.Namespace, settings: Settings, stack: AsyncExitStack
) -> str:
    host = arguments.host or settings.server.host
    port = settings.server.port if arguments.port is None else arguments.port
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise Failure(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another by --port") from error
    bound = runner.addresses[0]
    return f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"


def _say_what_is_real(told: Announcement, settings: Settings) -> None:
    simulated_urls = {system.url for system in told.systems}
    real = [system.id for system in settings.systems if system.url not in simulated_urls]
    if real:
        print(f"gateway: real systems: {', '.join(real)}; all others are simulated", flush=True)
        print(f"gateway: {NOT_FOR_REAL_DATA}", flush=True)


def _say_where(url: str, *, sandbox: bool) -> None:
    print(f"gateway: ready at {url}")
    print(f"  start page  {url}/")
    print(f"  GraphiQL    {url}/graphiql")
    print(f"  GraphQL     {url}/graphql")
    if sandbox:
        print(f"  systems     {url}/sandbox/systems")
    print("Try:")
    query = '{"query":"{ systems { id state } terms { nodes { code campus } } }"}'
    print(f"  curl -s {url}/graphql -H 'Content-Type: application/json' -d '{query}'")
    if sandbox:
        python = Path(sys.executable)
        python = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python
        print(f"  {python} gateway.py token --as alex    # a bearer token, for the Authorization header")
    sys.stdout.flush()  # into a file or a pipe, Python would keep it back


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _until(stopped: asyncio.Event, process: Process | None) -> None:
    """Until we are told to stop; a sandbox that ends before is a failure."""
    told = asyncio.create_task(stopped.wait())
    ended = asyncio.create_task(process.wait()) if process else None
    await asyncio.wait({told, ended} if ended else {told}, return_when=asyncio.FIRST_COMPLETED)
    if not told.done():
        raise Failure("the simulated university ended by itself")
