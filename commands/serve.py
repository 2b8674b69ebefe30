"""Serves the gateway, and with --sandbox a simulated university along with it."""

import argparse
import asyncio
import signal
from asyncio.subprocess import Process
from contextlib import AsyncExitStack

import uvloop
from aiohttp import web

from pipeline.operation_store import BadTrustedDocument
from pipeline.settings import Settings, SettingsError
from pipeline.telemetry import open_logs

from . import run_file
from .failure import Failure
from .opening import OpenGateway, cannot_listen, opening, runner_of, say_where, settle_memory, url_at
from .simulated import follow, simulated


def serve(arguments: argparse.Namespace, open_gateway: OpenGateway) -> None:
    """Serves until a signal comes. Raises Failure for what keeps it from starting."""
    open_logs()
    try:
        if arguments.workers > 1:
            from . import workers  # and so gunicorn, 4 MB that one process alone need not hold

            workers.serve(arguments, open_gateway)
        else:
            uvloop.run(_serve(arguments, open_gateway))
    except SettingsError as error:
        raise Failure(*str(error).splitlines()) from error
    except BadTrustedDocument as error:
        raise Failure(f"documents: {error}") from error


async def _serve(arguments: argparse.Namespace, open_gateway: OpenGateway) -> None:
    stopped = _stop_signal()
    async with AsyncExitStack() as stack:
        told, process = None, None
        if arguments.sandbox:
            told, process = await stack.enter_async_context(simulated(arguments))
        settings, gateway, real = opening(arguments, told, open_gateway)
        if real:
            print(f"gateway: {real}", flush=True)
        app = await stack.enter_async_context(gateway())
        url = await _listen(app, arguments, settings, stack)
        settle_memory()
        if told:
            await follow(told, url)
        run_file.write(run_file.Run(url=url, sandbox=arguments.sandbox))
        say_where(url, sandbox=arguments.sandbox)
        await _until(stopped, process)


async def _listen(
    app: web.Application, arguments: argparse.Namespace, settings: Settings, stack: AsyncExitStack
) -> str:
    host = arguments.host or settings.server.host
    port = settings.server.port if arguments.port is None else arguments.port
    runner = runner_of(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    return url_at(*runner.addresses[0][:2])


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
