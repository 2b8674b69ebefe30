"""What stays open longer than one answer takes: counted, and ended when the gateway stops."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from connectors.wire import meters

from .errors import Code, refused

End = Callable[[], Awaitable[None]]


class Connections:
    """The sockets and event streams of this process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[End] = set()
        self._stopping = False

    @contextmanager
    def one(self, end: End) -> Iterator[None]:
        """While this is open, a connection is; `end` is called if the gateway stops meanwhile.

        Raises RequestRefused (503) where there are too many, and while the gateway stops.
        """
        if self._stopping or len(self._open) >= self._most:
            headers = {"Retry-After": "5"}
            raise refused(Code.RATE_LIMITED, "Too many connections are open here.", status=503, headers=headers)
        self._open.add(end)
        meters.connected(1)
        try:
            yield
        finally:
            self._open.discard(end)
            meters.connected(-1)

    async def close(self, _: web.Application) -> None:
        """For `app.on_shutdown`: ends them all, side by side."""
        self._stopping = True
        await asyncio.gather(*(end() for end in self._open))
