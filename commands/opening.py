"""What is served: settings of a file, of the simulated university, or of both, and how a gateway is opened on them."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from pipeline.settings import Settings, read_toml, settings_from
from pipeline.settings_values import Surroundings

from . import simulated_settings
from .failure import Failure
from .simulated import Announcement
from .simulated_routes import routes

OpenGateway = Callable[..., AbstractAsyncContextManager[web.Application]]
"""gateway.open_gateway; nothing imports gateway.py, so it hands itself down."""

DRAIN = 10.0
"""Seconds that requests under way have when the gateway stops."""

NOT_FOR_REAL_DATA = (
    "This version is not for real personal data: nobody is asked for consent yet, and no ledger of what crosses "
    "the border is kept. Use it with test accounts only."
)


class Opening(NamedTuple):
    """A gateway that is yet to be opened, once in each process that serves it."""

    settings: Settings
    gateway: Callable[[], AbstractAsyncContextManager[web.Application]]
    real: str = ""
    """What must be said before real systems are asked; empty where all are simulated."""


def opening(arguments: argparse.Namespace, told: Announcement | None, open_gateway: OpenGateway) -> Opening:
    """`told` is what the simulated university said of itself. Raises Failure or SettingsError."""
    own = _own_settings(arguments)
    if told is None:
        settings = _settings(own, arguments.config, {})
        return Opening(settings, partial(open_gateway, settings), NOT_FOR_REAL_DATA)
    secrets = simulated_settings.secrets(told)
    settings = _settings(simulated_settings.document(told, own), arguments.config, secrets)
    gateway = partial(open_gateway, settings, now=_clock(told), sandbox=routes(told))
    return Opening(settings, gateway, _real_beside(told, settings))


def runner_of(app: web.Application) -> web.AppRunner:
    """What serves it. No access log: each operation has its line, and its writing would cost more than the rest.

    Whoever leaves is asked nothing for any longer, and takes along the calls that nobody else waits for.
    """
    return web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN, handler_cancellation=True)


def settle_memory() -> None:
    """What stands for good is looked through no more: a full collection stops all requests for as long as it takes.

    The threshold is for objects of which a dashboard makes thousands and leaves none behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def say_where(url: str, *, sandbox: bool) -> None:
    """What one can do now, on standard output."""
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


def cannot_listen(host: str, port: int, error: OSError) -> Failure:
    return Failure(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another by --port")


def url_at(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


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


def _real_beside(told: Announcement, settings: Settings) -> str:
    simulated_urls = {system.url for system in told.systems}
    real = [system.id for system in settings.systems if system.url not in simulated_urls]
    if not real:
        return ""
    return f"real systems: {', '.join(real)}; all others are simulated\ngateway: {NOT_FOR_REAL_DATA}"
