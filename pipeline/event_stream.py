"""An operation answered as a stream of server-sent events: the distinct connections mode of GraphQL over SSE.

Source: the protocol of graphql-sse (PROTOCOL.md), and the WHATWG HTML standard, section 9.2, for the framing.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import orjson
from aiohttp import web

from .accept import EVENT_STREAM
from .answers import Answer
from .settings_subscriptions import Subscriptions

NEXT = b"event: next\ndata: %b\n\n"
# A browser dispatches no event that has no data.
COMPLETE = b"event: complete\ndata:\n\n"
ALIVE = b":\n\n"


class EventStream:
    """One operation's answers, on their way to one client."""

    def __init__(self, request: web.Request, headers: Mapping[str, str], settings: Subscriptions) -> None:
        self._request = request
        self._settings = settings
        self._ending: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self.response = web.StreamResponse(
            headers={
                **headers,
                "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
                # Whoever passes it on must not wait for more.
                "X-Accel-Buffering": "no",
            }
        )

    def end(self, last: Answer | None) -> None:
        """Ends it from outside: with a last answer, or with none and no `complete`, so that the client comes back."""
        if not self._ending.done():
            self._ending.set_result(last)

    async def send(self, answers: AsyncGenerator[Answer, None]) -> None:
        """Sends each answer as `next`, and `complete` after the last. A client that does not take them is dropped."""
        async with aclosing(answers):
            try:
                await self.response.prepare(self._request)
                await self._write(ALIVE)
                while (answer := await self._next(answers)) is not None:
                    await self._write(NEXT % orjson.dumps(answer))
                if self._ending.done():
                    await self._say_why()
                else:
                    await self._write(COMPLETE)
            except TimeoutError:
                if self._request.transport is not None:
                    self._request.transport.abort()
            except ConnectionError:
                pass  # the client has left, which is how it ends a subscription

    async def _next(self, answers: AsyncGenerator[Answer, None]) -> Answer | None:
        """The next answer, with signs of life until it is there; None after the last, or where it is ended."""
        coming = asyncio.ensure_future(anext(answers, None))
        try:
            while not coming.done() and not self._ending.done():
                waited = {coming, self._ending}
                await asyncio.wait(
                    waited, timeout=self._settings.keep_alive_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                if not any(each.done() for each in waited):
                    await self._write(ALIVE)
            return coming.result() if coming.done() else None
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _say_why(self) -> None:
        if last := self._ending.result():
            await self._write(NEXT % orjson.dumps(last) + COMPLETE)

    async def _write(self, octets: bytes) -> None:
        async with asyncio.timeout(self._settings.send_seconds):
            await self.response.write(octets)
