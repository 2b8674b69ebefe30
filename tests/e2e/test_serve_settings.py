"""Settings at the command line: what is wrong is told by file, key and reason, and what is real before it is asked."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from commands import simulated_settings
from pipeline.documents import trusted_documents
from pipeline.settings_documents import Documents
from tests.simulated_campus import University

from .command_line import checkout_at, said, serving, settings_file

CAMPUS = """
[[campuses]]
code = "CWB"
name = { en = "Clear Water Bay" }
timezone = "Asia/Hong_Kong"
"""

LIBRARY = """
[[systems]]
id = "library-cwb"
kind = "library"
campus = "CWB"
protocol = "alma"
url = "http://127.0.0.1:9"
account = [{ claim = "library_id" }]
credential = { env = "ALMA_KEY_OF_TESTS" }
"""

KEY = {"ALMA_KEY_OF_TESTS": "not-the-real-one"}

WRONG = {
    "unknown key": ("colour = 1\n" + CAMPUS, "unknown key 'colour'"),
    "bad URL": (
        CAMPUS + LIBRARY.replace("http://127.0.0.1:9", "library.example.edu"),
        "systems[0].url: not a URL: it must look like https://host/path",
    ),
    "missing secret": (
        CAMPUS + LIBRARY.replace("ALMA_KEY_OF_TESTS", "NO_SUCH_VARIABLE"),
        "systems[0].credential: the environment variable NO_SUCH_VARIABLE is not set",
    ),
    "missing key": (CAMPUS + LIBRARY.replace('kind = "library"\n', ""), "systems[0]: the key 'kind' is missing"),
    "no TOML": ("campuses = [", "not TOML: "),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout_at(tmp_path_factory.mktemp("settings") / "checkout")


def written(checkout: Path, text: str, name: str = "campus.toml") -> str:
    (checkout / name).write_text(text)
    return name


@pytest.mark.parametrize(("command", "fault"), [*(("serve", fault) for fault in WRONG), ("check", "bad URL")])
def test_what_is_wrong_in_the_settings_is_told_by_file_key_and_reason(checkout: Path, command: str, fault: str) -> None:
    text, told = WRONG[fault]
    failed = said(checkout, command, "--config", written(checkout, text), environ=KEY)
    assert failed.status == 1
    assert failed.sentence.startswith(f"gateway: campus.toml: {told}")
    assert "not-the-real-one" not in failed.out + failed.err


def test_a_trusted_document_that_does_not_fit_stops_the_start(checkout: Path) -> None:
    (checkout / "documents").mkdir()
    (checkout / "documents" / "greeting.graphql").write_text("{ hello }")
    name = written(checkout, '[documents]\ntrusted = ["documents"]\n' + CAMPUS)
    for command in ("serve", "check"):
        failed = said(checkout, command, "--config", name)
        assert failed.status == 1
        told = "gateway: documents: greeting: Cannot query field 'hello' on type 'Query'. (line 1)"
        assert failed.err.splitlines()[-1] == told
    failed = said(checkout, "check", "--config", written(checkout, '[documents]\ntrusted = ["nowhere"]\n'))
    assert failed.sentence == "gateway: campus.toml: documents.trusted[0]: there is no folder and no file nowhere"


def test_settings_that_are_not_there_are_told_by_name(checkout: Path) -> None:
    for command in ("serve", "check"):
        failed = said(checkout, command, "--config", "nowhere.toml")
        assert failed.status == 1
        assert failed.sentence.startswith("gateway: nowhere.toml: cannot be read: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--now", "yesterday"), "argument --now: 'yesterday' is no time of ISO 8601, as 2026-10-28T10:00:00+08:00"),
        (("--port", "99999"), "argument --port: '99999' is no port: 0 to 65535"),
    ],
)
def test_an_option_that_means_nothing_is_told_by_name(checkout: Path, words: tuple[str, str], told: str) -> None:
    failed = said(checkout, "serve", "--sandbox", *words)
    assert failed.status == 2
    assert failed.err.endswith(f"serve: error: {told}\n")


async def test_a_port_in_use_is_told_with_how_to_choose_another(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ("serve", "--config", written(checkout, CAMPUS), "--port", str(port))
        failed = await asyncio.to_thread(said, checkout, *words)
    assert failed.status == 1
    # What is over its time may have been purged meanwhile, of which there is a line.
    (sentence,) = (line for line in failed.err.splitlines() if "INFO gateway.portal purged: " not in line)
    assert sentence.startswith(f"gateway: cannot listen on 127.0.0.1:{port}: ")
    assert sentence.endswith("choose another by --port")


async def test_without_the_sandbox_the_first_line_says_what_it_is_not_for(checkout: Path) -> None:
    async with serving(checkout, "--config", written(checkout, CAMPUS)) as gateway:
        assert gateway.out[0].startswith("gateway: This version is not for real personal data")
        assert not any("sandbox" in line or "token" in line for line in gateway.out)
        failed = await asyncio.to_thread(said, checkout, "token", "--as", "alex")
        assert failed.sentence == (
            f"gateway: the gateway at {gateway.url} runs without --sandbox; its issuers give the tokens"
        )


@pytest.fixture
def own(university: University) -> dict[str, Any]:
    """The simulated systems as a campus.toml would name real ones."""
    return {**simulated_settings.document(university.told, {})}


async def test_check_says_that_each_system_and_issuer_answers(
    checkout: Path, university: University, own: dict[str, Any]
) -> None:
    await university.well()
    environ = simulated_settings.secrets(university.told)
    name = written(checkout, settings_file(own))
    checked = await asyncio.to_thread(said, checkout, "check", "--config", name, environ=environ)
    assert (checked.status, checked.err) == (0, "")
    settings, schema, *reached = checked.out.splitlines()
    told = university.told
    assert settings == (f"settings: campus.toml is in order; {len(told.systems)} systems, {len(told.issuers)} issuers")
    assert schema.startswith("schema: ")
    assert schema.endswith(f"documents: {len(trusted_documents(Documents()))} fit it")
    answering = {line.partition(" answers (HTTP ")[0] for line in reached}
    assert answering == {
        *(f"system {system.id}: {system.url}" for system in told.systems),
        *(
            f"issuer identity-{each.campus.lower()}: {each.issuer.rstrip('/')}/.well-known/openid-configuration"
            for each in told.issuers
        ),
    }


async def test_check_names_the_one_system_that_is_not_reached(
    checkout: Path, university: University, own: dict[str, Any]
) -> None:
    await university.well()
    await university.systems["tickets-cwb"].fault("down")
    environ = simulated_settings.secrets(university.told)
    name = written(checkout, settings_file(own))
    checked = await asyncio.to_thread(said, checkout, "check", "--config", name, environ=environ)
    await university.well()
    url = university.systems["tickets-cwb"].url
    assert checked.status == 1
    assert checked.sentence.startswith(f"gateway: system tickets-cwb: {url} cannot be reached: ")
    assert "system sis-cwb: " in checked.out


@pytest.fixture
async def library() -> AsyncIterator[tuple[str, list[str]]]:
    """A library of somebody else's: its address, and the credentials it was shown."""
    shown: list[str] = []

    async def loans(request: web.Request) -> web.Response:
        shown.append(request.headers["Authorization"])
        return web.json_response({"total_record_count": 0})

    app = web.Application()
    app.router.add_get("/almaws/v1/users/{user}/loans", loans)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", shown
    await runner.cleanup()


async def test_a_system_in_the_settings_replaces_the_simulated_one_of_the_same_id(
    checkout: Path, library: tuple[str, list[str]]
) -> None:
    url, shown = library
    name = written(checkout, LIBRARY.replace("http://127.0.0.1:9", url))
    words = ("--sandbox", "--students", "20", "--config", name)
    async with serving(checkout, *words, environ=KEY) as gateway:
        assert gateway.out[0] == "gateway: real systems: library-cwb; all others are simulated"
        assert gateway.out[1].startswith("gateway: This version is not for real personal data")
        token = (await asyncio.to_thread(said, checkout, "token", "--as", "alex")).out.strip()
        query = "{ me { loans { nodes { title } } tickets { totalCount } } systems { id } }"
        answer = await asked(gateway.url, query, token)
    assert "errors" not in answer
    assert answer["data"]["me"]["loans"] == {"nodes": []}
    assert answer["data"]["me"]["tickets"]["totalCount"] > 0
    assert [system["id"] for system in answer["data"]["systems"]].count("library-cwb") == 1
    assert shown == ["apikey not-the-real-one"]


async def asked(url: str, query: str, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.request("POST", f"{url}/graphql", json={"query": query}, headers=headers) as answer:
        return await answer.json(content_type=None)


def test_settings_beside_the_sandbox_are_told_by_their_own_place(checkout: Path) -> None:
    name = written(checkout, LIBRARY.replace("http://127.0.0.1:9", "library.example.edu"))
    failed = said(checkout, "serve", "--sandbox", "--students", "20", "--config", name, environ=KEY)
    assert failed.status == 1
    assert failed.err.splitlines()[-1].startswith("gateway: campus.toml: systems[0].url: not a URL")
