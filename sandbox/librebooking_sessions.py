"""Who is let into LibreBooking: sessions by name and password, which end a while after the last call."""

import json
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from .facilities_office import SERVICE_ACCOUNT
from .librebooking_answers import API, error_body, iso, link, message
from .librebooking_rules import Session

SESSION = web.RequestKey("session", Session)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Unreadable(ValueError):
    """What PHP throws at: a text that is no date, a user who is nobody. The whole call fails."""


@dataclass(slots=True)
class Door:
    db: sqlite3.Connection
    password: str
    lasting: timedelta
    sessions: dict[str, tuple[Session, datetime]] = field(default_factory=dict)
    """By token, with their end in real time, like all tokens of the sandbox."""

    async def authenticate(self, request: web.Request) -> web.Response:
        asked = await body_of(request)
        known = self.db.execute(
            "select id, administrator from account where username = ?", (asked.get("username"),)
        ).fetchone()
        if known is None or asked.get("password") != self.password:
            return message(
                "Login failed. Invalid username or password.",
                sessionToken=None, sessionExpires=None, userId=None, isAuthenticated=False, version=None,
            )  # fmt: skip
        token, ends = secrets.token_hex(20), datetime.now(UTC) + self.lasting
        self.sessions[token] = (Session(known[0], bool(known[1])), ends)
        return message(
            None,
            sessionToken=token,
            sessionExpires=iso(ends),
            userId=known[0],
            isAuthenticated=True,
            version="4.1.0",
            links=[link(origin_of(request), "Authentication/SignOut", "logout")],
        )

    async def sign_out(self, request: web.Request) -> web.Response:
        asked = await body_of(request)
        self.sessions.pop(str(asked.get("sessionToken")), None)
        return message(None, signedOut=True)

    def session(self, request: web.Request) -> Session | None:
        """Who asks, and a while longer; None with a session that is none, or no more."""
        token, account = request.headers.get("X-Booked-SessionToken"), request.headers.get("X-Booked-UserId")
        if token is None and account is None and request.method == "GET":
            return Session(SERVICE_ACCOUNT, administrator=True)
        session, ends = self.sessions.get(token or "", (None, datetime.min.replace(tzinfo=UTC)))
        if session is None or str(session.account) != account or ends < datetime.now(UTC):
            return None
        self.sessions[token or ""] = (session, datetime.now(UTC) + self.lasting)
        return session


def gate(door: Door) -> Any:
    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(f"{API}/Authentication/"):
            session = door.session(request)
            if session is None:
                return refused(401)
            request[SESSION] = session
        try:
            return await handler(request)
        except web.HTTPException as refusal:
            return refused(refusal.status)
        except Unreadable:
            return refused(500)

    return gate


def refused(status: int) -> web.Response:
    content_type, body = error_body(status)
    return web.Response(body=body, status=status, content_type=content_type)


def origin_of(request: web.Request) -> str:
    return str(request.url.origin())


async def body_of(request: web.Request) -> dict[str, Any]:
    """What cannot be read is nothing, as in PHP."""
    try:
        body = json.loads(await request.read())
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {}
