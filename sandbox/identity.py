"""A simulated OpenID Connect provider, one issuer per campus: authorization code with PKCE, client credentials, JWKS.

After OpenID Connect Core and Discovery 1.0, RFC 6749, RFC 7636 (S256 only), RFC 9068 (access tokens) and RFC 9207.
It keeps real time, not the sandbox's clock: those who verify its tokens do.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from joserfc.errors import JoseError
from yarl import URL

from .identity_keys import add_key, published, read
from .identity_login import login_page, refusal_page
from .identity_register import EVERY_SCOPE, account, client, clients, personas, personas_at, seed
from .identity_tokens import ACR, AUDIENCE, Tokens

__all__ = ["AUDIENCE", "build_app", "clients", "personas", "seed"]


def build_app(db: sqlite3.Connection, campus: str, issuer: str) -> web.Application:
    """The issuer of one campus; `issuer` is the origin it is served at, and the `iss` of its tokens."""
    tokens = Tokens(db, campus, issuer)
    provider = _Provider(db, campus, issuer, tokens)
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", provider.discovery),
            web.get("/jwks", provider.jwks),
            web.get("/authorize", provider.authorize),
            web.post("/authorize", provider.authorize),
            web.post("/token", tokens.token),
            web.get("/userinfo", provider.userinfo),
            web.post("/userinfo", provider.userinfo),
            web.post("/__rotate", provider.rotate),
        ]
    )
    return app


@dataclass(frozen=True, slots=True)
class _Provider:
    db: sqlite3.Connection
    campus: str
    issuer: str
    tokens: Tokens

    async def discovery(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["openid", *EVERY_SCOPE],
                "acr_values_supported": [ACR],
                "authorization_response_iss_parameter_supported": True,
            }
        )  # fmt: skip

    async def jwks(self, _: web.Request) -> web.Response:
        return web.json_response(published(self.db, self.campus), headers={"Cache-Control": "max-age=300"})

    async def rotate(self, _: web.Request) -> web.Response:
        return web.json_response({"kid": add_key(self.db, self.campus)})

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        app = client(self.db, asked.get("client_id", ""))
        back = asked.get("redirect_uri", "")
        # Neither may be answered by a redirect: it could be the attacker's (RFC 6749, 4.1.2.1).
        if app is None or app.secret:
            return self._refuse("The application is not registered for signing people in.")
        if not _loopback(back):
            return self._refuse("The address to return to is not on this machine (loopback).")
        error = _authorization_error(asked)
        if error:
            return self._redirect(back, asked, error=error[0], error_description=error[1])
        form = await request.post() if request.method == "POST" else {}
        hint = str(form.get("persona", "")) or (asked.get("login_hint", "") if asked.get("prompt") == "none" else "")
        if not hint and asked.get("prompt") != "none":
            page = login_page(self.campus, app.id, request.query_string, personas_at(self.db, self.campus))
            return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})
        who = account(self.db, self.campus, hint)
        if who is None:
            return self._redirect(back, asked, error="login_required", error_description="Nobody is signed in.")
        return self._redirect(back, asked, code=self.tokens.new_code(app, asked, back, who))

    async def userinfo(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        try:
            claims = read(self.db, self.campus, token)
            who = account(self.db, self.campus, claims["university_person_id"])
        except (JoseError, ValueError, KeyError):
            who = None
        if who is None:
            challenge = 'Bearer error="invalid_token", error_description="Not a person\'s token of this issuer"'
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        return web.json_response({"sub": who.sub, "name": who.name, "locale": who.claims["locale"]})

    def _refuse(self, reason: str) -> web.Response:
        return web.Response(text=refusal_page(self.campus, reason), status=400, content_type="text/html")

    def _redirect(self, back: str, asked: Any, **answer: str) -> web.Response:
        if "state" in asked:
            answer["state"] = asked["state"]
        location = URL(back).update_query(answer | {"iss": self.issuer})
        return web.Response(status=302, headers={"Location": str(location), "Cache-Control": "no-store"})


def _authorization_error(asked: Any) -> tuple[str, str] | None:
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "Only response_type=code"
    if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
        return "invalid_request", "PKCE with code_challenge_method=S256 is required"
    return None


def _loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    # RFC 8252, 7.3: a native or local application listens on loopback, on any port.
    return (
        parts.scheme in ("http", "https") and parts.hostname in ("127.0.0.1", "::1", "localhost") and not parts.fragment
    )
