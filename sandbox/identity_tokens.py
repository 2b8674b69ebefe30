"""The token endpoint of the simulated identity providers: codes, PKCE, client credentials, signed access tokens."""

import base64
import hashlib
import secrets
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from .identity_keys import sign
from .identity_register import Account, Client, client, granted

AUDIENCE = "campus-gateway"
TOKEN_SECONDS = 3600
CODE_SECONDS = 60
# REFEDS' name for "signed in with several factors", as universities' providers send it.
ACR = "https://refeds.org/profile/mfa"
AMR = ["pwd", "otp", "mfa"]


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
class Tokens:
    """What one issuer gives out. Codes live in memory: a restart ends sign-ins that are under way."""

    db: sqlite3.Connection
    campus: str
    issuer: str
    codes: dict[str, _Code] = field(default_factory=dict)

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

    def new_code(self, app: Client, asked: Any, back: str, who: Account) -> str:
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


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
