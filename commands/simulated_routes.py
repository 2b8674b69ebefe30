"""What the gateway tells of the sandbox, only while one runs: its systems, its people, and tokens for them."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
from aiohttp import web
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from .simulated import Announcement, Client, SimulatedIssuer

SECRETS = frozenset({"secret", "signing_secret"})
"""What is not told of a system or an application."""

CALLBACK = "http://127.0.0.1/callback"
"""Where the provider sends the code; we read it from the redirect and never go there."""


class Wish(msgspec.Struct):
    """Who wants a token, and what for."""

    who: str = msgspec.field(name="as")
    scope: str = ""
    issuer: str = ""
    """Campus code of the issuer; the person's own, if empty."""


def routes(told: Announcement) -> Callable[[web.Application], None]:
    """GET /sandbox/systems, /sandbox/personas, /sandbox/clients, and POST /sandbox/token."""

    def add(app: web.Application) -> None:
        shown = {
            "systems": [_without_secret(each) for each in told.systems],
            "personas": msgspec.to_builtins(told.personas),
            "clients": [_without_secret(each) for each in told.clients if each.secret],
        }
        for name, entries in shown.items():
            app.router.add_get(f"/sandbox/{name}", _answering(entries))
        app.router.add_post("/sandbox/token", _Tokens(told).answer)

    return add


def _without_secret(entry: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(entry).items() if name not in SECRETS}


def _answering(entries: list[Any]) -> Callable[[web.Request], Any]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(entries)

    return answer


class _Tokens:
    """Signs personas and applications in as any application would: code and PKCE, or client credentials."""

    def __init__(self, told: Announcement) -> None:
        self._issuers = {issuer.campus: issuer for issuer in told.issuers}
        self._clients = {client.id: client for client in told.clients if client.secret}
        self._homes = {persona.id: persona.campus for persona in told.personas}

    async def answer(self, request: web.Request) -> web.Response:
        # Not a form's content type, so that no foreign page can ask without the browser asking us first.
        if request.content_type != "application/json":
            return _refused(415, "send application/json")
        try:
            wish = msgspec.json.decode(await request.read(), type=Wish)
        except msgspec.DecodeError as error:
            return _refused(400, f"not understood: {error}")
        campus = wish.issuer or self._homes.get(wish.who) or next(iter(self._issuers))
        issuer = self._issuers.get(campus)
        if issuer is None:
            return _refused(400, f"no issuer of campus {campus!r}; there are {', '.join(self._issuers)}")
        async with aiohttp.ClientSession() as session:
            client = self._clients.get(wish.who)
            found = _client_token(session, issuer, client, wish) if client else _person_token(session, issuer, wish)
            status, answer = await found
        return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


async def _client_token(
    session: aiohttp.ClientSession, issuer: SimulatedIssuer, client: Client, wish: Wish
) -> tuple[int, Any]:
    form = {
        "grant_type": "client_credentials",
        "client_id": client.id,
        "client_secret": client.secret or "",
        "scope": wish.scope,
    }
    return await _token(session, issuer, form)


async def _person_token(session: aiohttp.ClientSession, issuer: SimulatedIssuer, wish: Wish) -> tuple[int, Any]:
    verifier = secrets.token_urlsafe(48)
    asked = {
        "response_type": "code",
        "client_id": "dashboard",
        "redirect_uri": CALLBACK,
        "scope": wish.scope,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        "prompt": "none",
        "login_hint": wish.who,
    }
    async with session.get(f"{issuer.issuer}/authorize", params=asked, allow_redirects=False) as answer:
        returned = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
    if "code" not in returned:
        return 400, {"error": f"nobody called {wish.who!r} can sign in at {issuer.campus}"}
    form = {
        "grant_type": "authorization_code",
        "code": returned["code"][0],
        "redirect_uri": CALLBACK,
        "client_id": "dashboard",
        "code_verifier": verifier,
    }
    return await _token(session, issuer, form)


async def _token(session: aiohttp.ClientSession, issuer: SimulatedIssuer, form: dict[str, str]) -> tuple[int, Any]:
    async with session.post(f"{issuer.issuer}/token", data=form) as answer:
        told = await answer.json()
    if answer.status != 200:
        return 400, {"error": str(told.get("error_description") or told.get("error"))}
    return 200, told
