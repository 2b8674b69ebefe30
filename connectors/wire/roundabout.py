"""The way to a system by aiohttp's client, for what is streamed as it comes, and through a proxy."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from .exchange import (
    BODY_LIMIT,
    Answer,
    ExchangeFailed,
    LostConnection,
    NotConnected,
    Request,
    UnusableAnswer,
    too_long,
)


class Roundabout:
    """A Carrier of any request."""

    def __init__(
        self, origin: str, headers: Mapping[str, str], session: aiohttp.ClientSession, proxy: str | None
    ) -> None:
        self._origin = origin
        self._headers = headers
        self._session = session
        self._proxy = proxy

    async def exchange(self, request: Request) -> Answer:
        """See Carrier."""
        # The credential is no header of the session's: aiohttp tells those to the proxy, too, before anything is
        # encrypted.
        asking = self._session.request(
            request.method,
            URL(self._origin + request.target, encoded=True),
            data=request.content,
            headers={**self._headers, **request.headers},
            proxy=self._proxy,
            allow_redirects=False,
        )
        try:
            async with asking as response:
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > BODY_LIMIT:
                        raise too_long()
                return Answer(response.status, response.headers, bytes(body))
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as failure:
            raise UnusableAnswer(type(failure).__name__) from failure
        except aiohttp.ClientError as failure:
            raise ExchangeFailed(type(failure).__name__) from failure


@asynccontextmanager
async def opened(tls: ssl.SSLContext | None, connections: int) -> AsyncIterator[aiohttp.ClientSession]:
    """A session for one system: no cookies, no environment proxies, connections kept alive, no time of its own."""
    connector = aiohttp.TCPConnector(limit=connections, ssl=tls or True, keepalive_timeout=30)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=True,
        middlewares=(_not_again,),
    ) as session:
        yield session


async def _not_again(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats a GET on its own where the connection was lost; repeating is ours to limit and to count."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError as failure:
        raise NotConnected(type(failure).__name__) from failure
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as failure:
        raise LostConnection(type(failure).__name__) from failure
