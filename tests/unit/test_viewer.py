"""Who asks: tokens of a real issuer over HTTP, good and bad."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from pipeline import issuers as issuer_keys
from pipeline.errors import RequestRefused
from pipeline.issuers import open_issuers
from pipeline.viewer import Viewers
from resolvers.viewer import ANONYMOUS, Viewer
from tests.small_issuer import KEYS, SmallIssuer, with_header

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # by RFC 9864, which providers do not follow yet


class Asking:
    def __init__(self, issuer: SmallIssuer, viewers: Viewers) -> None:
        self.issuer = issuer
        self.viewers = viewers

    async def with_token(self, token: str) -> Viewer:
        return await self.with_headers({"Authorization": f"Bearer {token}"})

    async def with_headers(self, headers: Any) -> Viewer:
        return await self.viewers.of(make_mocked_request("POST", "/graphql", headers=headers))

    async def refusal(self, token: str) -> RequestRefused:
        with pytest.raises(RequestRefused) as refusal:
            await self.with_token(token)
        return refusal.value


@asynccontextmanager
async def asking(**settings: Any) -> AsyncIterator[Asking]:
    async with SmallIssuer() as issuer, open_issuers([issuer.settings(**settings)]) as keys:
        yield Asking(issuer, Viewers(keys, frozenset({"library_id", "cwb_sis_id"})))


@pytest.fixture
async def gate() -> AsyncIterator[Asking]:
    async with asking() as ready:
        yield ready


async def test_without_a_token_nobody_in_particular_asks(gate: Asking) -> None:
    assert await gate.with_headers({}) is ANONYMOUS
    assert gate.issuer.asked.total() == 0


@pytest.mark.parametrize("kid", KEYS)
async def test_each_admitted_algorithm_is_believed(gate: Asking, kid: str) -> None:
    assert (await gate.with_token(gate.issuer.token(kid))).subject == "alex"


async def test_claims_become_a_viewer(gate: Asking) -> None:
    now = int(time.time())
    viewer = await gate.with_token(
        gate.issuer.token(
            university_person_id="p-000017",
            affiliations=["student", "alumni"],
            campuses=["CWB", "GZ"],
            entitlements=["registrar:CWB"],
            amr=["pwd", "mfa"],
            auth_time=now - 60,
            locale="zh-Hant",
            library_id="L-17",
            gz_sis_id="not asked for",
        )
    )
    assert viewer.issuer == gate.issuer.url
    assert (viewer.person, viewer.client, viewer.mfa, viewer.locale) == ("p-000017", "portal", True, "zh-Hant")
    assert viewer.affiliations == {"student", "alumni"}
    assert viewer.campuses == {"CWB", "GZ"}
    assert viewer.entitlements == {"registrar:CWB"}
    assert viewer.scopes == {"profile", "library:read"}
    assert viewer.accounts == {"library_id": "L-17"}
    assert viewer.authenticated_at.timestamp() == now - 60
    assert viewer.expires_at.timestamp() == now + 600


async def test_an_issuer_is_believed_only_about_the_accounts_it_may_name() -> None:
    async with asking(accounts=("gz_sis_id",)) as gate:
        assert (await gate.with_token(gate.issuer.token(library_id="L-17"))).accounts == {}
    async with asking(accounts=("library_id", "gz_sis_id")) as gate:
        assert (await gate.with_token(gate.issuer.token(library_id="L-17"))).accounts == {"library_id": "L-17"}


@pytest.mark.parametrize(
    ("claims", "mfa"),
    [
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"acrs": ["c1", "mfa"]}, True),
        ({"amr": "pwd mfa"}, True),
        ({"amr": ["no-mfa"], "acr": "mfa-less"}, False),
        ({}, False),
    ],
)
async def test_mfa_is_read_from_any_of_three_claims(gate: Asking, claims: dict[str, Any], mfa: bool) -> None:
    assert (await gate.with_token(gate.issuer.token(**claims))).mfa is mfa


async def test_the_language_of_the_request_goes_before_the_tokens(gate: Asking) -> None:
    token = f"Bearer {gate.issuer.token(locale='zh-Hant')}"
    wish = {"Authorization": token, "Accept-Language": "fr, en;q=0.2, zh-CN;q=0.8"}
    assert (await gate.with_headers(wish)).locale == "zh-Hans"
    assert (await gate.with_headers({"Authorization": token, "Accept-Language": "fr"})).locale == "zh-Hant"


class FromNow(int):
    """Seconds from the moment in which the token is made: tests are collected long before they run."""


def at_this_moment(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: int(time.time()) + value if isinstance(value, FromNow) else value for name, value in claims.items()}


REFUSED_CLAIMS: list[dict[str, Any]] = [
    {"exp": FromNow(-31)}, {"exp": None}, {"exp": "tomorrow"}, {"exp": 1e300}, {"exp": True},
    {"nbf": FromNow(60)}, {"iat": FromNow(60)}, {"iat": None}, {"iat": -1},
    {"aud": "another-service"}, {"aud": ["x", "y"]}, {"aud": None}, {"aud": 7},
    {"iss": "https://elsewhere.example"}, {"iss": None}, {"sub": None}, {"sub": ""}, {"sub": 17},
    {"scope": ["library:read"]}, {"affiliations": "student"}, {"campuses": [1]}, {"entitlements": {}},
    {"university_person_id": 17}, {"library_id": 17}, {"library_id": ["L-17"]}, {"auth_time": "noon"},
    {"acr": 1}, {"amr": [1]}, {"locale": None, "azp": 5}, {"azp": "another"},
]  # fmt: skip


@pytest.mark.parametrize("claims", REFUSED_CLAIMS, ids=str)
async def test_a_claim_that_does_not_fit_refuses_the_token(gate: Asking, claims: dict[str, Any]) -> None:
    refusal = await gate.refusal(gate.issuer.token(**at_this_moment(claims)))
    assert refusal.status == 401
    assert [fault.code for fault in refusal.faults] == ["UNAUTHENTICATED"]
    assert refusal.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize(
    "claims", [{"exp": FromNow(-10)}, {"nbf": FromNow(20)}, {"aud": ["x", "campus-gateway"]}], ids=str
)
async def test_clocks_may_differ_by_half_a_minute_and_audiences_may_be_several(
    gate: Asking, claims: dict[str, Any]
) -> None:
    assert (await gate.with_token(gate.issuer.token(**at_this_moment(claims)))).subject == "alex"


@pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": None}, {"kid": None}, {"kid": "other"}], ids=str)
async def test_a_well_signed_token_of_another_kind_is_refused(gate: Asking, header: dict[str, Any]) -> None:
    assert (await gate.refusal(gate.issuer.token(header=header))).status == 401


@pytest.mark.parametrize(
    "header", [{"kid": 7}, {"alg": 7}, {"crit": ["x"], "x": 1}, {"crit": 5}, {"b64": False}], ids=str
)
async def test_a_header_of_nonsense_is_refused(gate: Asking, header: dict[str, Any]) -> None:
    forged = with_header(gate.issuer.token(), {"alg": "RS256", "kid": "rsa", "typ": "at+jwt", **header})
    assert (await gate.refusal(forged)).status == 401


async def test_the_long_form_of_the_type_is_taken_too(gate: Asking) -> None:
    assert (await gate.with_token(gate.issuer.token(header={"typ": "application/at+jwt"}))).subject == "alex"


async def test_unsigned_and_symmetric_tokens_are_refused(gate: Asking) -> None:
    unsigned = with_header(gate.issuer.token(), {"alg": "none", "kid": "rsa", "typ": "at+jwt"}).rsplit(".", 1)[0] + "."
    confused = gate.issuer.confused_token()
    crossed = gate.issuer.signed({"alg": "ES256", "kid": "rsa", "typ": "at+jwt"}, KEYS["ec"])
    for token in (unsigned, confused, crossed):
        assert (await gate.refusal(token)).status == 401


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "é.è.ê", "e30.e30.e30", "W10.W10.W10", "." * 5000])
async def test_what_is_no_token_is_refused(gate: Asking, token: str) -> None:
    assert (await gate.refusal(token)).status == 401
    assert gate.issuer.asked.total() == 0


async def test_other_schemes_and_two_tokens_are_refused(gate: Asking) -> None:
    for headers in (
        [("Authorization", "Basic YTpi")],
        [("Authorization", f"Bearer {gate.issuer.token()}"), ("Authorization", f"Bearer {gate.issuer.token()}")],
    ):
        with pytest.raises(RequestRefused):
            await gate.with_headers(CIMultiDict(headers))


async def test_only_admitted_applications_bring_tokens() -> None:
    async with asking(clients=("portal",)) as gate:
        assert (await gate.with_token(gate.issuer.token())).client == "portal"
        assert (await gate.refusal(gate.issuer.token(client_id="other"))).status == 401
        assert (await gate.refusal(gate.issuer.token(client_id=None))).status == 401


async def test_keys_are_fetched_once_for_many_who_ask_at_once(gate: Asking) -> None:
    await asyncio.gather(*(gate.with_token(gate.issuer.token(sub=f"s{n}")) for n in range(20)))
    assert gate.issuer.asked == {"discovery": 1, "keys": 1}


async def test_forged_key_ids_cause_one_fetch_per_cool_down(gate: Asking) -> None:
    await gate.with_token(gate.issuer.token())
    for number in range(20):
        forged = gate.issuer.token(header={"kid": f"forged-{number}"})
        assert (await gate.refusal(forged)).status == 401
    assert gate.issuer.asked["keys"] == 2


async def test_a_new_key_is_found_at_once(gate: Asking) -> None:
    del gate.issuer.keys["ec"]
    await gate.with_token(gate.issuer.token())
    gate.issuer.keys["ec"] = KEYS["ec"]
    assert (await gate.with_token(gate.issuer.token("ec"))).subject == "alex"


async def test_a_withdrawn_key_takes_its_tokens_with_it(gate: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "FRESH_SECONDS", 0.0)
    token = gate.issuer.token("ec")
    await gate.with_token(token)
    del gate.issuer.keys["ec"]
    assert (await gate.refusal(token)).status == 401


async def test_a_token_is_verified_once_and_forgotten_when_it_expires(
    gate: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = gate.issuer.token()
    first = await gate.with_token(token)
    assert await gate.with_token(token) is first
    later = time.time() + 631
    monkeypatch.setattr(time, "time", lambda: later)
    gate.viewers._remembered.expire(later)
    assert "expired" in (await gate.refusal(token)).faults[0].message.told("en").text


async def test_an_issuer_out_of_reach_is_not_the_viewers_fault(gate: Asking) -> None:
    gate.issuer.down = True
    refusal = await gate.refusal(gate.issuer.token())
    assert (refusal.status, refusal.faults[0].code, refusal.faults[0].system) == (
        503, "UPSTREAM_UNAVAILABLE", "login-cwb",
    )  # fmt: skip
    assert int(refusal.headers["Retry-After"]) >= 1
    await gate.refusal(gate.issuer.token())
    assert gate.issuer.asked["discovery"] == 1, "and it is not asked again at once"


async def test_keys_outlast_an_outage_of_their_issuer(gate: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "FRESH_SECONDS", 0.0)
    await gate.with_token(gate.issuer.token())
    gate.issuer.down = True
    assert (await gate.with_token(gate.issuer.token(sub="sam"))).subject == "sam"
    unknown = await gate.refusal(gate.issuer.token("ec", header={"kid": "made during the outage"}))
    assert unknown.status == 503, "the token may be good"


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://elsewhere.example"}, {"jwks_uri": "http://elsewhere.example/keys"}, {"jwks_uri": None}],
    ids=str,
)
async def test_discovery_that_does_not_fit_is_not_followed(gate: Asking, discovery: dict[str, Any]) -> None:
    gate.issuer.discovery = discovery
    assert (await gate.refusal(gate.issuer.token())).status == 503


async def test_keys_of_no_use_are_passed_over(gate: Asking) -> None:
    gate.issuer.extra_keys = [
        7, {"kty": "RSA"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}, {"kty": "new", "kid": "n"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "broken"},
    ]  # fmt: skip
    assert (await gate.with_token(gate.issuer.token())).subject == "alex"
