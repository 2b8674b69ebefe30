"""Several processes that answer: gunicorn's master, and under it workers of aiohttp's with a gateway each.

They share the socket, and nothing in memory; what they tell each other goes by Redis and by the portal's database.
SIGHUP reads the settings anew and replaces the workers, SIGTERM ends them; either lets them finish what is under way.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from aiohttp import web
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from pipeline.documents import trusted_documents
from pipeline.metrics import SHARED
from pipeline.operation_store import BadTrustedDocument, OperationStore
from pipeline.settings import SettingsError
from schema.root import schema

from . import run_file
from .failure import Failure
from .opening import DRAIN, OpenGateway, Opening, cannot_listen, opening, runner_of, say_where, settle_memory, url_at
from .simulated import Announcement, follow, simulated

GRACE = 5.0
"""Seconds that a worker has beyond those of its requests, before it is killed."""

_log = logging.getLogger("gateway.workers")


def serve(arguments: argparse.Namespace, open_gateway: OpenGateway) -> None:
    """Serves until a signal comes. Raises Failure, SettingsError, or BadTrustedDocument for what keeps it from that."""
    with _sandbox(arguments) as (told, ended), TemporaryDirectory(prefix="campus-gateway-") as counters:
        opens = partial(_checked, arguments, told, open_gateway)
        first = opens()
        if first.real:
            print(f"gateway: {first.real}", flush=True)
        if first.settings.redis.url is None:
            print("gateway: without [redis] each worker keeps to itself what is new", flush=True)
        listening = _listening(arguments, first)
        url = url_at(*listening.getsockname()[:2])
        if told:
            asyncio.run(follow(told, url))
        run_file.write(run_file.Run(url=url, sandbox=arguments.sandbox))
        ready = _Ready(arguments.workers, lambda: say_where(url, sandbox=arguments.sandbox))
        os.environ[SHARED] = counters
        master = os.getpid()
        try:
            Arbiter(_Served(opens, first, listening.detach(), ready)).run()
        except SystemExit as end:
            if os.getpid() != master:
                _end_worker(end.code)
            if end.code:
                raise Failure("a worker did not come up; what it said stands above") from end
        if ended.is_set():
            raise Failure("the simulated university ended by itself")


class _Served(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn's master runs: how many workers, and what each of them opens."""

    def __init__(self, opens: Callable[[], Opening], first: Opening, listening: int, ready: "_Ready") -> None:
        self._opens = opens
        self._opening = first
        self._listening = listening
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self._listening}",
            "workers": self._ready.workers,
            "worker_class": "aiohttp.worker.GunicornUVLoopWebWorker",
            "graceful_timeout": int(DRAIN + GRACE),
            "when_ready": self._master_stands,
            "child_exit": _forget_worker,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[[], Any]:
        return self._runner

    def reload(self) -> None:
        """The workers to come have the settings as they are now, unless those are no good."""
        try:
            self._opening = self._opens()
        except (SettingsError, BadTrustedDocument, Failure) as error:
            _log.error("the settings stay as they were: %s", error)
        super().reload()

    def _master_stands(self, _: Arbiter) -> None:
        self._ready.start()
        settle_memory()  # so that workers share the pages of what is imported

    async def _runner(self) -> web.AppRunner:
        stack = AsyncExitStack()
        app = await stack.enter_async_context(self._opening.gateway())

        async def close(_: web.Application) -> None:
            await stack.aclose()

        async def opened(_: web.Application) -> None:
            settle_memory()
            self._ready.tell()

        app.on_cleanup.append(close)
        app.on_startup.append(opened)
        return runner_of(app)


def _end_worker(code: Any) -> NoReturn:
    """Here and now: it is a copy of the master, and what is open above this is the master's to close."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else 0)


def _forget_worker(_: Arbiter, worker: Any) -> None:
    """What it counted stays; what it had open is gone."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


class _Ready:
    """Tells once that all workers stand, by a pipe into which each of them writes."""

    def __init__(self, workers: int, say: Callable[[], None]) -> None:
        self.workers = workers
        self._say = say
        self._reads, self._writes = os.pipe()

    def start(self) -> None:
        threading.Thread(target=self._count, daemon=True, name="count workers").start()

    def tell(self) -> None:
        os.write(self._writes, b".")

    def _count(self) -> None:
        stand = 0
        while told := os.read(self._reads, 1):  # on after the last: who replaces a worker writes as well
            stand += len(told)
            if stand == self.workers:
                self._say()


@contextmanager
def _sandbox(arguments: argparse.Namespace) -> Iterator[tuple[Announcement | None, threading.Event]]:
    """What the simulated university says of itself, where there is to be one, and whether it has ended by itself."""
    ended = threading.Event()
    if not arguments.sandbox:
        yield None, ended
        return
    # A loop of its own, which stands still meanwhile and is none of the workers'.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        told, process = runner.run(stack.enter_async_context(simulated(arguments)))
        leaving = threading.Event()
        watching = (process, ended, leaving)
        threading.Thread(target=_watch, args=watching, daemon=True, name="watch the sandbox").start()
        try:
            yield told, ended
        finally:
            leaving.set()
            runner.run(stack.aclose())


def _watch(process: Process, ended: threading.Event, leaving: threading.Event) -> None:
    """Ends the gateway where the sandbox has ended by itself."""
    while _lives(process.pid):
        leaving.wait(0.5)
    if not leaving.is_set():
        ended.set()
        os.kill(os.getpid(), signal.SIGTERM)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _checked(arguments: argparse.Namespace, told: Announcement | None, open_gateway: OpenGateway) -> Opening:
    """Whatever would keep each worker from coming up is said here, once."""
    found = opening(arguments, told, open_gateway)
    OperationStore(schema, found.settings.limits, trusted_documents(found.settings.documents))
    return found


def _listening(arguments: argparse.Namespace, first: Opening) -> socket.socket:
    host = arguments.host or first.settings.server.host
    port = first.settings.server.port if arguments.port is None else arguments.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
