"""The OpenID Connect providers whose tokens are believed: their public keys, found by discovery, kept and renewed."""

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import orjson
from cachetools import TTLCache
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from pydantic import TypeAdapter, ValidationError

from campus.labels import Message

from .errors import Code, Fault, RequestRefused
from .settings import Issuer
from .settings_values import IssuerUrl

FRESH_SECONDS = 300.0
"""A key that its issuer withdraws is believed no longer than this, as long as the issuer answers."""
GRACE_SECONDS = 3600.0
"""How long the last keys serve while the issuer does not answer, so that its outage signs nobody out."""
COOL_DOWN_SECONDS = 30.0
"""Between two attempts because of keys we do not hold: forged key ids must not make us hammer an issuer."""
RETRY_SECONDS = 2.0
"""Between two attempts while we hold no keys at all, as when the issuer starts after us."""
FETCH_SECONDS = 2.0
LARGEST_ANSWER = 1_048_576

log = logging.getLogger("gateway.issuers")

PublicKey = RSAKey | ECKey | OKPKey
_SECURE_URL: TypeAdapter[str] = TypeAdapter(IssuerUrl)


class IssuerAnswerUnusable(Exception):
    """Discovery or the key set is not what OpenID Connect Discovery 1.0 and RFC 7517 say."""


class IssuerKeys:
    """The public keys of one issuer, by key id."""

    def __init__(self, issuer: Issuer, session: aiohttp.ClientSession) -> None:
        self.issuer = issuer
        self._session = session
        self._kept: TTLCache[str, Mapping[str, PublicKey]] = TTLCache(1, GRACE_SECONDS, timer=time.monotonic)
        self._fresh_until = float("-inf")
        self._not_before = float("-inf")
        """No attempt before that, whatever is missing."""
        self._reachable = True
        self._fetching = asyncio.Lock()

    async def key(self, key_id: str) -> PublicKey | None:
        """The key of that id, None if the issuer has none. Raises RequestRefused (503) where it cannot be known."""
        if self._outdated(key_id):
            async with self._fetching:  # whoever waited here finds the work done
                if self._outdated(key_id) and time.monotonic() >= self._not_before:
                    await self._renew()
        key = self._keys().get(key_id)
        if key is None and not self._reachable:
            wait = max(self._not_before - time.monotonic(), 1.0)
            words = Message("The tokens of {issuer} cannot be checked at the moment.", {"issuer": self.issuer.id})
            fault = Fault(Code.UPSTREAM_UNAVAILABLE, words, system=self.issuer.id, retry_after=wait)
            raise RequestRefused([fault], status=503, headers={"Retry-After": str(round(wait))})
        return key

    def _keys(self) -> Mapping[str, PublicKey]:
        return self._kept.get("keys", {})

    def _outdated(self, key_id: str) -> bool:
        return time.monotonic() >= self._fresh_until or key_id not in self._keys()

    async def _renew(self) -> None:
        was_fresh = time.monotonic() < self._fresh_until
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._kept["keys"] = await self._fetch()
        except (aiohttp.ClientError, TimeoutError, IssuerAnswerUnusable) as error:
            self._reachable = False
            self._not_before = time.monotonic() + (COOL_DOWN_SECONDS if self._keys() else RETRY_SECONDS)
            log.warning("keys of %s: %s %s", self.issuer.id, type(error).__name__, error)
        else:
            self._reachable = True
            self._fresh_until = time.monotonic() + FRESH_SECONDS
            if was_fresh:
                # Only an unknown key id leads here, and the next one will have to wait.
                self._not_before = time.monotonic() + COOL_DOWN_SECONDS

    async def _fetch(self) -> Mapping[str, PublicKey]:
        discovery = await self._get(self.issuer.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if discovery.get("issuer") != self.issuer.issuer:
            raise IssuerAnswerUnusable("discovery speaks of another issuer")
        try:
            jwks_uri = _SECURE_URL.validate_python(discovery.get("jwks_uri"))
        except ValidationError as error:
            raise IssuerAnswerUnusable("discovery's jwks_uri is no https URL") from error
        entries = (await self._get(jwks_uri)).get("keys")
        if not isinstance(entries, list):
            raise IssuerAnswerUnusable("the key set has no list of keys")
        return dict(_usable(entries))

    async def _get(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, allow_redirects=False) as response:
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise IssuerAnswerUnusable(f"{url} answers without end")
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise IssuerAnswerUnusable(f"{url} answers {response.status} and no JSON") from error
        if response.status != 200 or not isinstance(answer, dict):
            raise IssuerAnswerUnusable(f"{url} answers {response.status}")
        return answer


@asynccontextmanager
async def open_issuers(issuers: Iterable[Issuer]) -> AsyncIterator[Mapping[str, IssuerKeys]]:
    """Issuer URL -> its keys. Nothing is fetched before the first token comes."""
    async with AsyncExitStack() as stack:
        opened = {}
        for issuer in issuers:
            trust = ssl.create_default_context(cafile=str(issuer.ca_file)) if issuer.ca_file else True
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trust, limit=2), cookie_jar=aiohttp.DummyCookieJar()
            )
            opened[issuer.issuer] = IssuerKeys(issuer, await stack.enter_async_context(session))
        yield opened


def _usable(entries: list[Any]) -> Iterable[tuple[str, PublicKey]]:
    """The signing keys among them; RFC 7517, section 5: keys of a kind we do not know are passed over."""
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(entry)
            strong = not isinstance(key, RSAKey) or key.public_key.key_size >= 2048
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.info("a key is passed over: %s", type(error).__name__)
            continue
        if isinstance(key, PublicKey) and strong:
            yield entry["kid"], key
