"""Bearer tokens by client credentials (RFC 6749, 4.4): one per system, fetched once however many ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from msgspec import Struct

EARLY = 30.0
"""Seconds before its end at which a token is given up, so that none runs out on its way."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a system gives a token for. Both words go into the form, where every server of OAuth2 reads them."""

    token_path: str
    client_id: str
    secret: str = field(repr=False)


class TokenOnWire(Struct):
    access_token: str
    expires_in: int
    """Seconds."""


Fetch = Callable[[ClientCredentials], Awaitable[TokenOnWire]]


class Bearer:
    """The token of one system, shared by all operations until it runs out or is refused."""

    def __init__(self, credentials: ClientCredentials) -> None:
        self._credentials = credentials
        self._token: str | None = None
        self._until = 0.0
        self._fetch: asyncio.Task[str] | None = None

    async def token(self, fetch: Fetch) -> str:
        """The token; whoever asks first fetches it for all, and whoever gives up takes it from nobody."""
        if self._token is not None and asyncio.get_running_loop().time() < self._until:
            return self._token
        if self._fetch is None:
            self._fetch = asyncio.create_task(self._fetched(fetch), name="sign in")
            self._fetch.add_done_callback(self._ended)
        return await asyncio.shield(self._fetch)

    def refused(self, token: str) -> None:
        """The system no longer takes it; a newer one that somebody fetched meanwhile stays."""
        if token == self._token:
            self._token = None

    async def _fetched(self, fetch: Fetch) -> str:
        given = await fetch(self._credentials)
        self._token = given.access_token
        self._until = asyncio.get_running_loop().time() + given.expires_in - EARLY
        return given.access_token

    def _ended(self, fetch: asyncio.Task[str]) -> None:
        self._fetch = None
        if not fetch.cancelled():
            fetch.exception()  # told to those who wait; where nobody does, asyncio need not complain
