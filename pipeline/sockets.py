"""GraphQL over WebSocket: one client's connection from the handshake to the code that closes it.

Source: the protocol of graphql-ws (PROTOCOL.md). The older protocol of the name `graphql-ws` is not spoken.
"""

import asyncio
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from resolvers.viewer import Viewer

from .answers import Answers
from .connections import Connections
from .errors import Code, RequestRefused, refused
from .settings import Settings
from .settings_subscriptions import Subscriptions
from .socket_messages import PROTOCOL, Close, ClosedByUs, Message, bearer_in, message_in
from .subscriptions import UnderWay
from .viewer import Viewers, seconds_left


def asks_for_a_socket(request: web.Request) -> bool:
    """Whether this is the handshake of a WebSocket."""
    return request.method == "GET" and request.headers.get("Upgrade", "").lower() == "websocket"


class Sockets:
    """Opens a connection for each client that asks for one."""

    def __init__(self, answers: Answers, viewers: Viewers, connections: Connections, settings: Settings) -> None:
        self._answers = answers
        self._viewers = viewers
        self._connections = connections
        self._settings = settings

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """The whole life of one socket. Raises RequestRefused: 400 for no handshake, 503 where there are too many."""
        settings = self._settings.subscriptions
        socket = web.WebSocketResponse(
            protocols=(PROTOCOL,),
            heartbeat=settings.keep_alive_seconds,
            max_msg_size=self._settings.limits.body_bytes,
            timeout=settings.send_seconds,
            # What is told is small, and zlib would hold some 90 kB for each browser, all of which offer it.
            compress=False,
        )
        if not socket.can_prepare(request):
            raise refused(Code.BAD_REQUEST, "This is no handshake of a WebSocket.")
        connection = Connection(socket, request, self._answers, self._viewers, settings)
        with self._connections.one(connection.drain):
            await socket.prepare(request)
            await connection.run()
        return socket


class Connection:
    """One socket: acknowledged once, then operations by id, until either side closes it."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        answers: Answers,
        viewers: Viewers,
        settings: Subscriptions,
    ) -> None:
        self._socket = socket
        self._request = request
        self._viewers = viewers
        self._settings = settings
        self._viewer: Viewer | None = None
        """Who asks, once the connection is acknowledged."""
        self._under_way = UnderWay(answers, self._send, settings.operations)
        self._under_way.ended = self._be_idle
        self._alarms: dict[tuple[int, str], asyncio.TimerHandle] = {}
        self._closing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until it is closed; what is under way then ends, but for changes, which are made to their end."""
        try:
            if self._socket.ws_protocol != PROTOCOL:
                raise ClosedByUs(Close.OTHER_PROTOCOL)
            self._alarm(Close.NO_INIT, self._settings.init_seconds)
            async for frame in self._socket:
                await self._take(message_in(frame))
                del frame  # which might be the last for hours
        except ClosedByUs as closed:
            await self._close(closed.why)
        finally:
            for alarm in self._alarms.values():
                alarm.cancel()
            await self._under_way.end()
            if self._closing:
                await self._closing

    async def drain(self) -> None:
        """We stop: subscriptions end at once, what has one answer is waited for."""
        await self._under_way.end(subscriptions_only=True)
        await self._close(Close.STOPPING)

    async def _take(self, message: Message) -> None:
        match message.type:
            case "connection_init":
                await self._acknowledge(message.payload)
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                self._begin(message)
            case "complete":
                self._under_way.leave(message.id)
                self._be_idle()
            case _:
                raise ClosedByUs(Close.BAD_MESSAGE)

    async def _acknowledge(self, payload: Any) -> None:
        if self._viewer is not None:
            raise ClosedByUs(Close.SECOND_INIT)
        try:
            self._viewer = viewer = await self._viewers.bearing(bearer_in(payload, self._request), self._request)
        except RequestRefused as refusal:
            raise ClosedByUs(Close.FORBIDDEN if refusal.status == 401 else Close.LATER) from refusal
        self._alarms.pop(Close.NO_INIT).cancel()
        if (left := seconds_left(viewer)) is not None:
            self._alarm(Close.TOKEN_ENDED, left)
        await self._send({"type": "connection_ack"})
        self._be_idle()

    def _begin(self, message: Message) -> None:
        if self._viewer is None:
            raise ClosedByUs(Close.UNAUTHORIZED)
        if not message.id:
            raise ClosedByUs(Close.BAD_MESSAGE)
        self._under_way.begin(message.id, message.payload, self._viewer)
        self._be_idle()

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._settings.send_seconds):
                await self._socket.send_frame(orjson.dumps(message), WSMsgType.TEXT)
        except TimeoutError:
            # It takes nothing: no close frame would reach it either.
            if self._request.transport is not None:
                self._request.transport.abort()
        except ConnectionError:
            pass  # it has left, which `run` is about to be told

    def _be_idle(self) -> None:
        """From now on, if nothing is under way. Pings ask for nothing."""
        if idle := self._alarms.pop(Close.IDLE, None):
            idle.cancel()
        if self._viewer is not None and not self._under_way and not self._socket.closed:
            self._alarm(Close.IDLE, self._settings.idle_seconds)

    def _alarm(self, why: tuple[int, str], seconds: float) -> None:
        self._alarms[why] = asyncio.get_running_loop().call_later(seconds, self._close_later, why)

    def _close_later(self, why: tuple[int, str]) -> None:
        self._closing = asyncio.create_task(self._close(why))

    async def _close(self, why: tuple[int, str]) -> None:
        code, reason = why
        await self._socket.close(code=code, message=reason.encode())
