"""A simulated OpenID Connect provider, one issuer per campus: authorization code with PKCE, client credentials, JWKS.

After OpenID Connect Core and Discovery 1.0, RFC 6749, RFC 7636 (S256 only), RFC 9068 (access tokens) and RFC 9207.
It keeps real time, not the sandbox's clock: those who verify its tokens do.
"""

import base64
import hashlib
import secrets
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web
from joserfc.errors import JoseError
from yarl import URL

from .identity_keys import add_key, published, read, sign
from .identity_login import login_page, refusal_page
from .identity_register import Account, Client, account, client, clients, granted, personas, personas_at, seed

__all__ = ["build_app", "clients", "personas", "seed"]

AUDIENCE = "campus-gateway"
TOKEN_SECONDS = 3600
CODE_SECONDS = 60
# REFEDS' name for "signed in with several factors", as universities' providers send it.
ACR = "https://refeds.org/profile/mfa"
AMR = ["pwd", "otp", "mfa"]


def build_app(db: sqlite3.Connection, campus: str, issuer: str) -> web.Application:
    """The issuer of one campus; `issuer` is the origin it is served at, and the `iss` of its tokens."""
    provider = _Provider(db, campus, issuer)
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", provider.discovery),
            web.get("/jwks", provider.jwks),
            web.get("/authorize", provider.authorize),
            web.post("/authorize", provider.authorize),
            web.post("/token", provider.token),
            web.get("/userinfo", provider.userinfo),
            web.post("/userinfo", provider.userinfo),
            web.post("/__rotate", provider.rotate),
        ]
    )
    return app


@dataclass(frozen=True, slots=True)
class _Code:
    client: str
    redirect_uri: str
    challenge: str
    scope: str
    nonce: str
    account: Account
    auth_time: int


class _OAuthError(Exception):
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.answer = web.json_response(
            {"error": error, "error_description": description},
            status=status,
            headers={"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Basic"} if status == 401 else {}),
        )


@dataclass(slots=True)
class _Provider:
    db: sqlite3.Connection
    campus: str
    issuer: str
    codes: dict[str, _Code] = field(default_factory=dict)

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
                "scopes_supported": [
                    "openid", "profile:read", "record:read", "enrolment:read", "library:read",
                    "services:read", "tickets:read", "students:read", "catalogue:read",
                ],
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
        return self._redirect(back, asked, code=self._new_code(app, asked, back, who))

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            app = self._authenticated(request, form)
            match form.get("grant_type"):
                case "authorization_code":
                    body = self._by_code(app, form)
                case "client_credentials":
                    body = self._by_client(app, form)
                case None:
                    raise _OAuthError("invalid_request", "grant_type is missing")
                case _:
                    raise _OAuthError("unsupported_grant_type", "authorization_code or client_credentials")
        except _OAuthError as error:
            return error.answer
        return web.json_response(body, headers={"Cache-Control": "no-store"})

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

    def _new_code(self, app: Client, asked: Any, back: str, who: Account) -> str:
        now = int(time.time())
        self.codes = {code: made for code, made in self.codes.items() if made.auth_time + CODE_SECONDS > now}
        code = secrets.token_urlsafe(24)
        self.codes[code] = _Code(
            app.id, back, asked["code_challenge"], asked.get("scope", ""), asked.get("nonce", ""), who, now
        )
        return code

    def _authenticated(self, request: web.Request, form: dict[str, str]) -> Client:
        id_, secret = form.get("client_id", ""), form.get("client_secret", "")
        if "Authorization" in request.headers:
            try:
                basic = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
            except ValueError:
                raise _OAuthError("invalid_client", "Basic credentials cannot be read", 401) from None
            id_, secret = map(unquote, basic.split(":", 1) if ":" in basic else (basic, ""))
        app = client(self.db, id_)
        if app is None or not secrets.compare_digest(app.secret.encode(), secret.encode()):
            raise _OAuthError("invalid_client", "Unknown client or wrong secret", 401)
        return app

    def _by_code(self, app: Client, form: dict[str, str]) -> dict[str, Any]:
        # A code is good for one try, whatever comes of it.
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.auth_time + CODE_SECONDS < time.time():
            raise _OAuthError("invalid_grant", "The code is unknown, used or too old")
        if (code.client, code.redirect_uri) != (app.id, form.get("redirect_uri", "")):
            raise _OAuthError("invalid_grant", "The code was given to another client or redirect_uri")
        if _s256(form.get("code_verifier", "")) != code.challenge:
            raise _OAuthError("invalid_grant", "code_verifier does not fit code_challenge")
        who = code.account
        scopes = granted(code.scope, who.scopes)
        body = self._access_token(app, who.sub, scopes, {**who.claims, **_sign_in(code)})
        if "openid" in scopes:
            now = int(time.time())
            claims = {"iss": self.issuer, "sub": who.sub, "aud": app.id, "iat": now, "exp": now + TOKEN_SECONDS}
            nonce = {"nonce": code.nonce} if code.nonce else {}
            body["id_token"] = sign(
                self.db, self.campus, "JWT", {**claims, **_sign_in(code), **nonce, "name": who.name}
            )
        return body

    def _by_client(self, app: Client, form: dict[str, str]) -> dict[str, Any]:
        if not app.secret:
            raise _OAuthError("unauthorized_client", "A public client has no credentials of its own")
        scopes = [scope for scope in granted(form.get("scope", ""), app.scopes) if scope != "openid"]
        return self._access_token(app, app.id, scopes, {"affiliations": ["partner"]})

    def _access_token(self, app: Client, sub: str, scopes: list[str], claims: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        token = sign(
            self.db,
            self.campus,
            "at+jwt",
            {
                "iss": self.issuer,
                "sub": sub,
                "aud": AUDIENCE,
                "client_id": app.id,
                "azp": app.id,
                "iat": now,
                "nbf": now,
                "exp": now + TOKEN_SECONDS,
                "jti": secrets.token_urlsafe(16),
                "scope": " ".join(scopes),
                **claims,
            },
        )
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(scopes)}


def _sign_in(code: _Code) -> dict[str, Any]:
    return {"auth_time": code.auth_time, "acr": ACR, "amr": AMR}


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


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
