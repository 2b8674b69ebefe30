"""Who gets into the simulated Koha: OAuth2 client credentials, and bearer tokens that last an hour of real time."""

import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .koha_answers import JSON, KohaError, answer, error_body

LASTS = 3600
"""Seconds; Koha has no setting for it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doors:
    """Tokens lie in the database as in the real one, so that they outlive a restart."""

    def __init__(self, db: sqlite3.Connection, secret: str) -> None:
        self._db = db
        self._client = tuple(secret.partition(":")[::2])

    @property
    def gate(self) -> Any:
        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Every question but the one for a token needs one; only the sandbox answers those who show none at all."""
            header = request.headers.get("Authorization", "")
            if request.path != "/api/v1/oauth/token" and (header or request.method != "GET"):
                kind, _, token = header.partition(" ")
                if kind != "Bearer" or not self._stands(token):
                    _, body = error_body(401)
                    return web.Response(body=body, status=401, headers={"Content-Type": JSON})
            return await handler(request)

        return gate

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            raise KohaError(400, "Unimplemented grant type")
        if (form.get("client_id"), form.get("client_secret")) != self._client:
            raise KohaError(403, "unauthorized_client")
        token = secrets.token_urlsafe(48)
        self._db.execute("delete from token where ends < ?", (time.time(),))
        self._db.execute("insert into token values (?, ?)", (token, time.time() + LASTS))
        self._db.commit()
        return answer({"access_token": token, "token_type": "Bearer", "expires_in": LASTS})

    def _stands(self, token: str) -> bool:
        row = self._db.execute("select ends from token where token = ?", (token,)).fetchone()
        return row is not None and row[0] > time.time()
