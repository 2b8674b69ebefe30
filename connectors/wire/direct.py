"""The straight way to a system, for requests that are whole: connections that are kept, and little else.

Most of what a general client does for each call it does for what we never want: redirects, cookies, proxies, forms.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohappyeyeballs
from multidict import CIMultiDict

from .connection import Connection
from .exchange import Answer, NotConnected, Request

CONNECTIONS = 100
"""At most, to one system; who comes when all are in use waits in line."""

KEPT = 30.0
"""Seconds for which a connection is taken up again after its last use."""

SECOND_ADDRESS = 0.25
"""Seconds after which the next address of a host is tried beside one that does not answer (RFC 8305, 5)."""

USUAL = {"Accept": "*/*", "Accept-Encoding": "gzip", "User-Agent": "campus-gateway"}


class Direct:
    """Connections to one system; a Carrier of requests whose content is whole."""

    def __init__(self, url: str, headers: Mapping[str, str], tls: ssl.SSLContext | None) -> None:
        """Of the loop that is running. `headers` go with every request; `tls` is for a `url` of https."""
        self._loop = asyncio.get_running_loop()
        parts = urlsplit(url)
        self._tls = tls
        self._host, self._port = parts.hostname or "", parts.port or (443 if tls else 80)
        self._always = CIMultiDict({"Host": parts.netloc, **USUAL})
        self._always.update(headers)
        self._lines = _lines(self._always)
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        """What was left last is taken up first, so that what is not needed grows old."""
        self._sweeping: asyncio.TimerHandle | None = None
        self._looking: asyncio.Future[Any] | None = None

    async def exchange(self, request: Request) -> Answer:
        """See Carrier."""
        said = self._said(request)
        await self._room.acquire()
        try:
            connection = self._taken_up() or await self._connected()
            try:
                return await connection.ask(said)
            finally:
                self._left(connection)
        finally:
            self._room.release()

    def close(self) -> None:
        """What is under way is lost."""
        if self._sweeping:
            self._sweeping.cancel()
        for connection in tuple(self._open):
            self._end(connection)

    def _said(self, request: Request) -> bytes:
        method, target, headers, content = request
        if " " in target or not target.isprintable():
            raise ValueError(f"not escaped: {target!r}")
        if any([name in self._always for name in headers]):
            together = self._always.copy()
            together.update(headers)
            lines = _lines(together)
        else:
            lines = self._lines + _lines(headers)
        if content is None and method == "GET":
            return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode()
        if not isinstance(content, bytes | None):
            raise TypeError("streams go another way")
        content = content or b""
        return f"{method} {target} HTTP/1.1\r\n{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content

    def _taken_up(self) -> Connection | None:
        oldest = self._loop.time() - KEPT
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and connection.idle_since > oldest:
                return connection
            self._end(connection)
        return None

    async def _connected(self) -> Connection:
        loop = self._loop
        try:
            addresses = await self._addresses()
            way = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=SECOND_ADDRESS, interleave=1)
            name = self._host if self._tls else None
            _, connection = await loop.create_connection(
                lambda: Connection(loop), sock=way, ssl=self._tls, server_hostname=name
            )
        except (OSError, UnicodeError) as failure:  # a host's name may be none
            raise NotConnected(type(failure).__name__) from failure
        self._open.add(connection)
        return connection

    async def _addresses(self) -> Any:
        """Looked up once for all who want to connect at the time: a look-up has one of few threads, and keeps it for
        as long as the server of names is silent, whoever has given up; other systems are to have the rest."""
        if self._looking is None:
            look_up = self._loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._looking = asyncio.ensure_future(look_up)
            self._looking.add_done_callback(self._looked_up)
        return await asyncio.shield(self._looking)

    def _looked_up(self, looking: asyncio.Future[Any]) -> None:
        self._looking = None
        if not looking.cancelled():
            looking.exception()  # told to those who wait; where nobody does, asyncio need not complain

    def _left(self, connection: Connection) -> None:
        if not connection.usable:
            self._end(connection)
            return
        connection.idle_since = self._loop.time()
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(KEPT, self._sweep)

    def _sweep(self) -> None:
        """Those that nobody came for, and those that their systems have closed."""
        oldest = self._loop.time() - KEPT
        self._sweeping = None
        waiting, self._idle = self._idle, []
        for connection in waiting:
            if connection.usable and connection.idle_since > oldest:
                self._idle.append(connection)
            else:
                self._end(connection)
        if self._idle:
            self._sweeping = self._loop.call_later(KEPT, self._sweep)

    def _end(self, connection: Connection) -> None:
        connection.end()
        self._open.discard(connection)


def _lines(headers: Mapping[str, str]) -> str:
    text = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if not text.count("\r") == text.count("\n") == len(headers) or "\0" in text:
        raise ValueError("a header of more than one line")
    return text
