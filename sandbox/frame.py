"""Puts a simulated system on a port of its own, under its faults and with its calls counted."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from json import JSONDecodeError

from aiohttp import web

from .calls import Calls
from .clock import Clock
from .faults import Faults, UnknownFault, Wording
from .outbox import OUTBOX, Outbox

_BACKLOG = 512

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTROLS: web.AppKey[Mapping[str, Handler]] = web.AppKey("controls", Mapping)
"""What one system can be told beside its protocol and its faults: path below `/__`, and who answers."""


def framed(app: web.Application, wording: Wording, clock: Clock, outbox: Outbox | None = None) -> web.Application:
    """The same application with `/__calls`, `/__faults` and, if it tells anything, `/__events` before all else."""
    calls, faults = Calls(clock), Faults(wording)
    if outbox:
        app[OUTBOX] = outbox
        own: Mapping[str, Handler] = app.get(CONTROLS, {})
        app[CONTROLS] = {**own, "/__events": outbox.answer}
        app.on_cleanup.append(outbox.close)

    @web.middleware
    async def frame(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/__"):
            return await _control(request, calls, faults)
        call = await calls.note(request)

        async def answer() -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPException as refusal:
                # A route that does not exist; aiohttp raises what it means to answer.
                return web.Response(status=refusal.status, text=refusal.text)

        answered = await faults.meet(request, answer)
        closing = request.transport is None or request.transport.is_closing()
        call.status = None if closing else answered.status
        return answered

    app.middlewares.insert(0, frame)
    return app


async def _control(request: web.Request, calls: Calls, faults: Faults) -> web.StreamResponse:
    if own := request.app.get(CONTROLS, {}).get(request.path):
        return await own(request)
    match request.method, request.path:
        case "GET", "/__calls":
            return web.json_response(calls.told())
        case "DELETE", "/__calls":
            calls.forget()
            return web.Response(status=204)
        case "GET", "/__faults":
            return web.json_response(faults.told())
        case "PUT", "/__faults":
            try:
                faults.set(await request.json())
            except (UnknownFault, JSONDecodeError) as reason:
                return web.json_response({"error": str(reason)}, status=400)
            return web.json_response(faults.told())
        case _:
            return web.json_response({"error": "The sandbox has /__calls, /__faults and /__events."}, status=404)


def bound(host: str, port: int) -> socket.socket:
    """A listening socket on the wanted port, or on any free one if that is taken (0: any)."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        if port == 0:
            raise
        listening.bind((host, 0))
    listening.listen(_BACKLOG)
    return listening


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


async def serve(app: web.Application, listening: socket.socket) -> web.AppRunner:
    """Serves until the runner's cleanup."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    return runner
