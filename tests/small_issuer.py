"""An OpenID Connect provider on a socket of its own, small enough to break in every way a test needs."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections import Counter
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from pipeline.settings import Issuer

KEYS = {
    "rsa": RSAKey.generate_key(2048, parameters={"kid": "rsa"}),
    "ec": ECKey.generate_key("P-256", parameters={"kid": "ec"}),
    "ed": OKPKey.generate_key("Ed25519", parameters={"kid": "ed"}),
}
ALGORITHMS = {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}


class SmallIssuer:
    def __init__(self) -> None:
        self.keys: dict[str, Any] = dict(KEYS)
        self.extra_keys: list[Any] = []
        self.discovery: dict[str, Any] = {}
        self.down = False
        self.asked: Counter[str] = Counter()
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        self._server = TestServer(app)

    async def __aenter__(self) -> "SmallIssuer":
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("/")).rstrip("/")

    def settings(self, **more: Any) -> Issuer:
        return Issuer(id="login-cwb", campus="CWB", issuer=self.url, audience="campus-gateway", **more)

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        given = {
            "iss": self.url, "sub": "alex", "aud": "campus-gateway", "iat": now, "exp": now + 600,
            "client_id": "portal", "scope": "profile library:read", **more,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}

    def token(self, kid: str = "rsa", header: dict[str, Any] | None = None, **claims: Any) -> str:
        return self.signed({"alg": ALGORITHMS[kid], "kid": kid, "typ": "at+jwt", **(header or {})}, KEYS[kid], **claims)

    def signed(self, header: dict[str, Any], key: Any, **claims: Any) -> str:
        header = {name: value for name, value in header.items() if value is not None}
        algorithms = [header["alg"]]
        return jwt.encode(header, self.claims(**claims), key, algorithms=algorithms, default_type=None)

    def confused_token(self) -> str:
        """Signed by HMAC with the text of a public key as the secret: the classic confusion of algorithms."""
        header = {"alg": "HS256", "kid": "rsa", "typ": "at+jwt"}
        signed = f"{_part(json.dumps(header).encode())}.{_part(json.dumps(self.claims()).encode())}"
        secret = KEYS["rsa"].as_pem(private=False)
        return f"{signed}.{_part(hmac.digest(secret, signed.encode(), 'sha256'))}"

    async def _discovery(self, _: web.Request) -> web.Response:
        self.asked["discovery"] += 1
        self._fail_if_down()
        return web.json_response({"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.discovery})

    async def _keys(self, _: web.Request) -> web.Response:
        self.asked["keys"] += 1
        self._fail_if_down()
        keys = KeySet(list(self.keys.values())).as_dict(private=False)["keys"] if self.keys else []
        return web.json_response({"keys": [*keys, *self.extra_keys]})

    def _fail_if_down(self) -> None:
        if self.down:
            raise web.HTTPBadGateway


def with_header(token: str, header: dict[str, Any]) -> str:
    """The token with another header and its old signature."""
    return ".".join([_part(json.dumps(header).encode()), *token.split(".")[1:]])


def _part(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
