"""`serve --sandbox`, `token` and `schema` as a developer runs them."""

import json
import re
import shlex
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from .command_line import CHECKOUT, Serving, checkout_at, said, serving, typed

STUDENTS = ("--students", "40")
LOANS = "{ me { loans { nodes { title } } profile { displayName } } }"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout_at(tmp_path_factory.mktemp("command-line") / "checkout")


@pytest.fixture(scope="module")
async def gateway(checkout: Path) -> AsyncIterator[Serving]:
    async with serving(checkout, "--sandbox", *STUDENTS, typed=True) as gateway:
        yield gateway


@pytest.fixture(scope="module")
async def http(gateway: Serving) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(gateway.url, headers={"Connection": "close"}) as session:
        yield session


async def ask(
    http: aiohttp.ClientSession, query: str, token: str = "", headers: Mapping[str, str] | None = None
) -> Any:
    sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    async with http.post("/graphql", json={"query": query}, headers=sent) as answer:
        return await answer.json(content_type=None)


def codes(answer: Any) -> dict[str, str]:
    return {".".join(error["path"]): error["extensions"]["code"] for error in answer.get("errors", [])}


def test_building_is_told_step_by_step_and_then_where_everything_is(gateway: Serving) -> None:
    assert next(line for line in gateway.err if line.startswith("sandbox: ")).endswith("faculty and staff")
    assert "sandbox: sis-cwb filled" in gateway.err
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", gateway.url)
    pages = {line.split()[-1] for line in gateway.out if gateway.url in line and "curl" not in line}
    assert pages == {gateway.url, *(f"{gateway.url}/{page}" for page in ("", "graphiql", "graphql", "sandbox/systems"))}


async def test_every_address_that_is_printed_answers(gateway: Serving, http: aiohttp.ClientSession) -> None:
    for page in ("/", "/sandbox/systems"):
        async with http.get(page) as answer:
            assert answer.status == 200


async def test_the_printed_curl_works_as_printed(gateway: Serving, http: aiohttp.ClientSession) -> None:
    """Read as a shell would, so that it holds where there is no curl."""
    curl, silent, url, header_option, header, data_option, data = shlex.split(await gateway.says("  curl "))
    assert (curl, silent, header_option, data_option) == ("curl", "-s", "-H", "-d")
    name, value = header.split(": ")
    async with http.post(url.removeprefix(gateway.url), data=data, headers={name: value}) as answer:
        told = await answer.json(content_type=None)
    assert "errors" not in told
    assert {system["id"] for system in told["data"]["systems"]} >= {"sis-cwb", "sis-gz", "library-cwb"}


async def test_a_persona_gets_one_token_that_works(
    checkout: Path, http: aiohttp.ClientSession, gateway: Serving
) -> None:
    token = typed(checkout, "token", "--as", "alex")
    assert (token.status, token.err) == (0, "")
    (line,) = token.out.splitlines()
    answer = await ask(http, LOANS, line)
    assert "errors" not in answer
    assert answer["data"]["me"]["profile"] == {"displayName": "Alex Chan"}
    assert answer["data"]["me"]["loans"]["nodes"]


async def test_a_token_holds_no_more_scopes_than_were_asked_for(
    checkout: Path, http: aiohttp.ClientSession, gateway: Serving
) -> None:
    token = said(checkout, "token", "--as", "alex", "--scope", "library:read").out.strip()
    answer = await ask(http, LOANS, token)
    assert answer["data"]["me"]["loans"]["nodes"]
    assert codes(answer) == {"me.profile": "FORBIDDEN"}


async def test_the_other_campus_signs_its_guests_in(
    checkout: Path, http: aiohttp.ClientSession, gateway: Serving
) -> None:
    numbers = "{ me { profile { numbers { campus number } } } }"
    answers = [
        await ask(http, numbers, said(checkout, "token", "--as", "jordan", *issuer).out.strip())
        for issuer in ((), ("--issuer", "GZ"))
    ]
    assert answers[0] == answers[1]
    assert [each["campus"] for each in answers[0]["data"]["me"]["profile"]["numbers"]] == ["CWB", "GZ"]


async def test_an_application_gets_a_token_too(checkout: Path, http: aiohttp.ClientSession, gateway: Serving) -> None:
    async with http.get("/sandbox/clients") as answer:
        client = (await answer.json())[0]["id"]
    token = said(checkout, "token", "--as", client).out.strip()
    assert codes(await ask(http, LOANS, token)) == {"me": "FORBIDDEN"}
    assert "errors" not in await ask(http, "{ systems { id } }", token)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--as", "nobody"), "nobody called 'nobody' can sign in at CWB"),
        (("--as", "alex", "--issuer", "MACAU"), "no issuer of campus 'MACAU'; there are CWB, GZ"),
        (("--as", "mei", "--issuer", "CWB"), "nobody called 'mei' can sign in at CWB"),
    ],
)
def test_who_cannot_sign_in_gets_a_sentence(
    checkout: Path, gateway: Serving, words: tuple[str, ...], told: str
) -> None:
    failed = said(checkout, "token", *words)
    assert (failed.status, failed.out, failed.sentence) == (1, "", f"gateway: {told}")


def test_without_a_gateway_the_token_command_says_what_to_start(tmp_path: Path) -> None:
    failed = said(checkout_at(tmp_path / "fresh"), "token", "--as", "alex")
    assert failed.status == 1
    assert failed.sentence.startswith("gateway: no gateway was started from this checkout yet: run ")


async def test_each_operation_is_one_line_of_json_without_values(
    checkout: Path, http: aiohttp.ClientSession, gateway: Serving
) -> None:
    token = said(checkout, "token", "--as", "quinn").out.strip()
    named = "query Shelf { me { loans { nodes { title } } advisees { nodes { name } } } }"
    await ask(http, "{ me { holds { nodes { title } } } }", token)  # whose account it is is known from here on
    answer = await ask(http, named, token, {"X-Correlation-Id": "one-line"})
    await ask(http, "{ systems { id } }", headers={"X-Correlation-Id": "after-it"})
    await gateway.says("after-it")
    (text,) = [line for line in gateway.out if "one-line" in line]
    line = json.loads(text)
    assert {name: line[name] for name in ("correlationId", "operationName", "calls", "codes", "status")} == {
        "correlationId": "one-line", "operationName": "Shelf", "calls": {"library-cwb": 1},
        "codes": ["FORBIDDEN"], "status": 200,
    }  # fmt: skip
    assert line["milliseconds"] > 0
    for value in (token, answer["data"]["me"]["loans"]["nodes"][0]["title"], "Quinn"):
        assert value not in "\n".join(gateway.out + gateway.err)


def test_the_schema_is_printed_as_it_is_kept(checkout: Path) -> None:
    printed = said(checkout, "schema")
    assert (printed.status, printed.err) == (0, "")
    assert printed.out == (CHECKOUT / "schema" / "schema.graphql").read_text()


def test_a_failed_command_is_one_sentence(checkout: Path) -> None:
    failed = typed(checkout, "serve")
    assert failed.status == 1
    assert failed.sentence.startswith("gateway: serve needs systems to ask")
