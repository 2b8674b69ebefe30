"""The simulated OpenID provider, driven by Authlib as a client and verified with joserfc."""

import socket
import sqlite3
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox import identity

from .small_university import small_university

BACK = "http://127.0.0.1:4567/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-section-4"


class Issuer:
    def __init__(self, url: str, session: ClientSession) -> None:
        self.url, self.session = url, session

    async def authorize(self, **changes: str | None) -> dict[str, str]:
        query = {
            "response_type": "code",
            "client_id": "dashboard",
            "redirect_uri": BACK,
            "state": "s1",
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
            "prompt": "none",
        } | changes
        params = {name: value for name, value in query.items() if value is not None}
        async with self.session.get(f"{self.url}/authorize", params=params, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            assert answer.headers["Location"].startswith(BACK)
            return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def post(self, **form: str) -> tuple[int, dict[str, Any]]:
        async with self.session.post(f"{self.url}/token", data=form) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json()

    async def exchange(self, code: str, **changes: str) -> tuple[int, dict[str, Any]]:
        form = {
            "grant_type": "authorization_code",
            "client_id": "dashboard",
            "redirect_uri": BACK,
            "code": code,
            "code_verifier": VERIFIER,
        }
        return await self.post(**(form | changes))

    async def sign_in(self, hint: str, scope: str = "") -> dict[str, Any]:
        back = await self.authorize(login_hint=hint, scope=scope)
        status, body = await self.exchange(back["code"])
        assert status == 200
        return body

    async def claims(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        async with self.session.get(f"{self.url}/jwks") as answer:
            keys = KeySet.import_key_set(await answer.json())
        decoded = jwt.decode(token, keys, algorithms=["ES256"])
        return decoded.header, decoded.claims


@pytest.fixture(name="issuers")
async def served_issuers() -> AsyncIterator[dict[str, Issuer]]:
    db = sqlite3.connect(":memory:")
    identity.seed(db, small_university())
    servers = {}
    async with ClientSession() as session:
        issuers = {}
        for campus in ("CWB", "GZ"):
            # The port has to be known before the app is built: it is part of the issuer's name.
            listener = socket.create_server(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            runner = web.AppRunner(identity.build_app(db, campus, url))
            await runner.setup()
            await web.SockSite(runner, listener).start()
            servers[campus] = runner
            issuers[campus] = Issuer(url, session)
        yield issuers
    for runner in servers.values():
        await runner.cleanup()
    db.close()


async def test_a_persona_signs_in_without_the_page_and_gets_an_access_token_of_rfc_9068(issuers):
    issuer = issuers["CWB"]
    body = await issuer.sign_in("alex")
    header, claims = await issuer.claims(body["access_token"])
    assert (header["typ"], header["alg"], body["token_type"]) == ("at+jwt", "ES256", "Bearer")
    assert claims["iss"] == issuer.url
    assert claims["aud"] == "campus-gateway"
    assert (claims["client_id"], claims["azp"]) == ("dashboard", "dashboard")
    assert claims["exp"] - claims["iat"] == body["expires_in"] == 3600
    assert claims["amr"] == ["pwd", "otp", "mfa"]
    assert claims["university_person_id"] == "p-000001" != claims["sub"]
    assert claims["affiliations"] == ["student"]
    assert claims["campuses"] == ["CWB"]
    assert claims["programmes"] == ["P-CWB"]
    assert claims["library_id"] == "lib001x"
    assert claims["scope"].split() == [
        "profile:read", "record:read", "enrolment:read", "account:read",
        "library:read", "services:read", "tickets:read", "housing:read", "card:read", "bookings:read",
        "dashboard:read", "notifications:read",
        "library:write", "services:write", "tickets:write", "bookings:write", "contacts:write", "portal:write",
    ]  # fmt: skip


async def test_the_other_campus_releases_only_its_own_student_number(issuers):
    at_home = (await issuers["CWB"].claims((await issuers["CWB"].sign_in("jordan"))["access_token"]))[1]
    away = (await issuers["GZ"].claims((await issuers["GZ"].sign_in("jordan"))["access_token"]))[1]
    accounts = ("library_id", "onestop_id", "ticket_address", "cwb_sis_id", "gz_sis_id")
    assert [name for name in accounts if name in at_home] == list(accounts)
    assert [name for name in accounts if name in away] == ["gz_sis_id"]
    assert at_home["sub"] != away["sub"]
    assert at_home["university_person_id"] == away["university_person_id"]


async def test_scopes_that_a_person_may_not_have_are_dropped(issuers):
    body = await issuers["CWB"].sign_in("wing", "library:read tickets:read students:read")
    assert body["scope"] == "library:read tickets:read"
    assert (await issuers["CWB"].sign_in("rita"))["scope"].split()[-1] == "students:read"


async def test_the_crowd_signs_in_by_university_person_id_only_where_it_belongs(issuers):
    assert "access_token" in await issuers["GZ"].sign_in("p-000009")
    assert (await issuers["CWB"].authorize(login_hint="p-000009"))["error"] == "login_required"


async def test_the_page_lists_the_campus_personas_as_buttons_and_signs_in_whom_one_chooses(issuers):
    issuer = issuers["GZ"]
    query = {
        "response_type": "code",
        "client_id": "graphiql",
        "redirect_uri": BACK,
        "scope": "openid",
        "nonce": "n-1",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    async with issuer.session.get(f"{issuer.url}/authorize", params=query) as answer:
        page = await answer.text()
    assert '<button name="persona" value="mei"' in page
    assert 'value="alex"' not in page
    async with issuer.session.post(
        f"{issuer.url}/authorize", params=query, data={"persona": "mei"}, allow_redirects=False
    ) as answer:
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["iss"] == [issuer.url]
    status, body = await issuer.exchange(back["code"][0], client_id="graphiql")
    header, claims = await issuer.claims(body["id_token"])
    assert status == 200
    assert (header["typ"], claims["aud"], claims["nonce"]) == ("JWT", "graphiql", "n-1")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"login_hint": "nobody"}, "login_required"),
        ({}, "login_required"),
    ],
)
async def test_a_request_that_cannot_be_granted_goes_back_with_its_error_and_state(issuers, changes, error):
    back = await issuers["CWB"].authorize(**changes)
    assert (back["error"], back["state"]) == (error, "s1")


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": "http://127.0.0.1.evil.example/"},
        {"client_id": "x"},
    ],
)
async def test_nothing_is_sent_to_an_address_off_this_machine(issuers, changes):
    query = {"response_type": "code", "client_id": "dashboard", "redirect_uri": BACK} | changes
    async with issuers["CWB"].session.get(
        f"{issuers['CWB'].url}/authorize", params=query, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.content_type) == (400, "text/html")


async def test_a_code_is_good_once_for_its_client_address_and_verifier(issuers):
    issuer = issuers["CWB"]
    for wrong in ({"code_verifier": "other"}, {"redirect_uri": BACK + "2"}, {"client_id": "graphiql"}):
        code = (await issuer.authorize(login_hint="alex"))["code"]
        assert (await issuer.exchange(code, **wrong))[1]["error"] == "invalid_grant"
        assert (await issuer.exchange(code))[1]["error"] == "invalid_grant"


async def test_a_partner_application_gets_a_token_of_its_own(issuers):
    issuer = issuers["CWB"]
    secret = "partner-portal-sandbox-secret"
    status, body = await issuer.post(
        grant_type="client_credentials",
        client_id="partner-portal",
        client_secret=secret,
        scope="catalogue:read me:read",
    )
    claims = (await issuer.claims(body["access_token"]))[1]
    assert (status, body["scope"], claims["sub"], claims["affiliations"]) == (
        200,
        "catalogue:read",
        "partner-portal",
        ["partner"],
    )
    assert "university_person_id" not in claims
    assert await issuer.post(grant_type="client_credentials", client_id="partner-portal", client_secret="no") == (
        401,
        {"error": "invalid_client", "error_description": "Unknown client or wrong secret"},
    )
    assert (await issuer.post(grant_type="client_credentials", client_id="dashboard"))[1][
        "error"
    ] == "unauthorized_client"
    assert (await issuer.post(grant_type="password", client_id="dashboard"))[1]["error"] == "unsupported_grant_type"


async def test_after_a_rotation_the_new_key_signs_and_the_old_one_still_verifies(issuers):
    issuer = issuers["CWB"]
    before = (await issuer.sign_in("alex"))["access_token"]
    async with issuer.session.post(f"{issuer.url}/__rotate") as answer:
        new = (await answer.json())["kid"]
    after = (await issuer.sign_in("alex"))["access_token"]
    assert (await issuer.claims(after))[0]["kid"] == new != (await issuer.claims(before))[0]["kid"]


async def test_userinfo_answers_the_bearer_and_refuses_strangers(issuers):
    issuer = issuers["CWB"]
    token = (await issuer.sign_in("alex"))["access_token"]
    for bearer, status in ((token, 200), (token[:-4] + "AAAA", 401), ("x", 401)):
        async with issuer.session.get(
            f"{issuer.url}/userinfo", headers={"Authorization": f"Bearer {bearer}"}
        ) as answer:
            assert answer.status == status
            if status == 200:
                assert (await answer.json())["name"] == "Alex Chan"


async def test_discovery_names_endpoints_under_the_issuer(issuers):
    issuer = issuers["GZ"]
    async with issuer.session.get(f"{issuer.url}/.well-known/openid-configuration") as answer:
        found = await answer.json()
    assert found["issuer"] == issuer.url
    assert all(found[name].startswith(issuer.url) for name in found if name.endswith(("_endpoint", "_uri")))


async def test_a_client_may_prove_itself_by_basic_too(issuers):
    issuer = issuers["GZ"]
    for secret, status in (("partner-portal-sandbox-secret", 200), ("wrong", 401)):
        signed = {"Authorization": encode_basic_auth("partner-portal", secret)}
        form = {"grant_type": "client_credentials"}
        async with issuer.session.post(f"{issuer.url}/token", data=form, headers=signed) as answer:
            assert answer.status == status
            assert ("WWW-Authenticate" in answer.headers) == (status == 401)
