"""From an access token to a Viewer. Nowhere else is a token read."""

import hashlib
import re
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from aiohttp import web
from cachetools import TLRUCache
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwt import JWTClaimsRegistry

from campus.labels import Message
from campus.text import served_language
from resolvers.viewer import ANONYMOUS, Viewer

from .accept import wished_languages
from .errors import Code, RequestRefused, refused
from .issuers import IssuerKeys, PublicKey
from .settings import Issuer

ALGORITHMS = ("RS256", "ES256", "EdDSA")
SKEW_SECONDS = 30
REMEMBERED_TOKENS = 10_000

# RFC 9864 calls EdDSA by its curves; providers do not yet.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

_SIGNATURES = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_MFA = re.compile(r"(.*[/:])?mfa")
"""The bare word, or the last part of a URI such as https://refeds.org/profile/mfa."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=253_402_300_799)]
"""NumericDate (RFC 7519), up to the last second that has a date."""


class _Header(msgspec.Struct):
    alg: str
    kid: str
    typ: str


class _Claims(msgspec.Struct):
    """The claims of an access token (RFC 9068), and the university's own."""

    iss: str
    sub: Annotated[str, msgspec.Meta(min_length=1)]
    aud: str | list[str]
    exp: Seconds
    iat: Seconds
    nbf: Seconds = 0
    azp: str = ""
    client_id: str = ""
    scope: str = ""
    acr: str = ""
    acrs: str | list[str] = ""
    amr: str | list[str] = ""
    auth_time: Seconds | None = None
    locale: str = "en"
    university_person_id: str = ""
    affiliations: list[str] = []
    campuses: list[str] = []
    programmes: list[str] = []
    entitlements: list[str] = []


class Viewers:
    """Tells who asks, by the Authorization header."""

    def __init__(self, issuers: Mapping[str, IssuerKeys], account_claims: frozenset[str]) -> None:
        """`account_claims`: the claims in which a token may name an account of a campus system."""
        self._issuers = issuers
        self._account_claims = account_claims
        self._remembered: TLRUCache[bytes, tuple[Viewer, str, PublicKey]] = TLRUCache(
            REMEMBERED_TOKENS, ttu=lambda _token, verified, _now: _last_second(verified[0]), timer=time.time
        )

    async def of(self, request: web.Request) -> Viewer:
        """The viewer; anonymous without a token. Raises RequestRefused: 401 for a bad token, 503 if unverifiable.

        A language the request itself asks for goes before the one in the token.
        """
        return await self.bearing(request.headers.getall("Authorization", ()), request)

    async def bearing(self, given: Sequence[str], request: web.Request) -> Viewer:
        """The same, by what stands in place of the request's Authorization headers."""
        viewer = await self._bearer(given)
        wished = wished_languages(request)
        return replace(viewer, languages=(*wished, *viewer.languages)) if wished else viewer

    async def _bearer(self, given: Sequence[str]) -> Viewer:
        if not given:
            return ANONYMOUS
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
            raise _invalid(Message("Authorization must be one bearer token"))
        return await self._verified(token.strip())

    async def _verified(self, token: str) -> Viewer:
        digest = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
        remembered = self._remembered.get(digest)
        if remembered is not None:
            viewer, key_id, key = remembered
            current = await self._issuers[viewer.issuer].key(key_id)
            # A withdrawn or replaced key takes the tokens it signed with it.
            if current is not None and current.thumbprint() == key.thumbprint():
                return viewer
        viewer, key_id, key = await self._read(token)
        self._remembered[digest] = viewer, key_id, key
        return viewer

    async def _read(self, token: str) -> tuple[Viewer, str, PublicKey]:
        try:
            signed = jws.extract_compact(token.encode(), registry=_SIGNATURES)
            header = msgspec.convert(signed.headers(), _Header)
            payload = msgspec.json.decode(signed.payload)
            claims = msgspec.convert(payload, _Claims)
        except (JoseError, ValueError, TypeError) as error:
            raise _invalid(Message("the token is malformed")) from error
        keys = self._issuers.get(claims.iss)
        if keys is None:
            raise _invalid(Message("the token is of an unknown issuer"))
        if header.alg not in ALGORITHMS or header.typ.lower().removeprefix("application/") != "at+jwt":
            raise _invalid(Message("this is no access token signed as RFC 9068 says"))
        key = await keys.key(header.kid)
        if key is None:
            raise _invalid(Message("the token is signed by an unknown key"))
        try:
            authentic = jws.validate_compact(signed, key, registry=_SIGNATURES)
            JWTClaimsRegistry(
                leeway=SKEW_SECONDS,
                iss={"essential": True, "value": keys.issuer.issuer},
                aud={"essential": True, "value": keys.issuer.audience},
                exp={"essential": True},
            ).validate(payload)
        except (JoseError, ValueError, TypeError) as error:
            raise _invalid(_reason(error)) from error
        if not authentic:
            raise _invalid(Message("the signature does not fit"))
        return self._viewer(claims, payload, keys.issuer), header.kid, key

    def _viewer(self, claims: _Claims, payload: Mapping[str, Any], issuer: Issuer) -> Viewer:
        client = claims.azp or claims.client_id
        if claims.azp and claims.client_id and claims.azp != claims.client_id:
            raise _invalid(Message("azp and client_id name two applications"))
        if issuer.clients is not None and client not in issuer.clients:
            raise _invalid(Message("the token was given to an application that is not admitted"))
        believed = (
            self._account_claims if issuer.accounts is None else self._account_claims.intersection(issuer.accounts)
        )
        accounts = {name: payload[name] for name in believed if payload.get(name) not in (None, "")}
        if not all(isinstance(account, str) for account in accounts.values()):
            raise _invalid(Message("an account is not named by a string"))
        return Viewer(
            issuer=claims.iss,
            subject=claims.sub,
            person=claims.university_person_id,
            client=client,
            affiliations=frozenset(claims.affiliations),
            campuses=frozenset(claims.campuses),
            programmes=frozenset(claims.programmes),
            entitlements=frozenset(claims.entitlements),
            scopes=frozenset(claims.scope.split()),
            mfa=any(_MFA.fullmatch(method) for method in (claims.acr, *_each(claims.acrs), *_each(claims.amr))),
            authenticated_at=None if claims.auth_time is None else _instant(claims.auth_time),
            expires_at=_instant(claims.exp),
            languages=(served_language(claims.locale),),
            accounts=accounts,
        )


def _invalid(reason: Message) -> RequestRefused:
    # RFC 6750, section 3. The reason is ours, never the token's text: it goes into a header.
    challenge = f'Bearer error="invalid_token", error_description="{reason}"'
    return refused(
        Code.UNAUTHENTICATED,
        "The access token is not accepted: {reason}.",
        status=401,
        headers={"WWW-Authenticate": challenge},
        reason=reason,
    )


def _reason(error: Exception) -> Message:
    if getattr(error, "error", "") == "expired_token":
        return Message("the token has expired")
    return Message("the token is not meant for here and now")


def seconds_left(viewer: Viewer) -> float | None:
    """For how long the viewer's token is still taken; None where there is none that ends."""
    return None if viewer.expires_at is None else max(0.0, _last_second(viewer) - time.time())


def _last_second(viewer: Viewer) -> float:
    return viewer.expires_at.timestamp() + SKEW_SECONDS if viewer.expires_at else 0.0


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _each(given: str | list[str]) -> list[str]:
    return given.split() if isinstance(given, str) else given
