"""A gateway that is killed between the system's acceptance and its own answer loses nothing and doubles nothing."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from commands import simulated_settings
from pipeline.documents import action_documents
from resolvers.contact_sync import ATTEMPT
from tests.machine import patience
from tests.simulated_campus import SimulatedCampus, University, simulated_university

from .command_line import Serving, checkout_at, serving, settings_file
from .contact_clock import door, until
from .handing_in import JPEG, PDF, file_of, service_id

DESK = "tickets-cwb"
ASKED = {"campus": "CWB", "queue": "Network", "subject": "Killed", "text": "Since noon."}


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


@asynccontextmanager
async def fatal(desk: str, victims: list[Serving]) -> AsyncIterator[str]:
    """The desk behind a door at which whoever opens a ticket is killed once the desk has taken it."""

    async def passed(request: web.Request) -> web.Response:
        kept = {name: each for name, each in request.headers.items() if name in ("Authorization", "Content-Type")}
        body = await request.read()
        async with aiohttp.request(
            request.method, desk + request.path_qs, data=body, headers=kept, raise_for_status=True
        ) as answer:
            told = await answer.read()
        if request.method == "POST" and request.path.endswith("/ticket"):
            for each in victims:
                each.process.send_signal(signal.SIGKILL)
        return web.Response(status=answer.status, body=told, headers={"Content-Type": answer.headers["Content-Type"]})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", passed)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_after_a_kill_the_repeat_finds_the_ticket_that_was_opened(
    campus: SimulatedCampus, tmp_path: Path
) -> None:
    told = campus.university.told
    checkout, victims = checkout_at(tmp_path / "checkout"), list[Serving]()
    headers = {"Authorization": f"Bearer {await campus.token('alex')}"}
    body = {
        "query": action_documents()["create-ticket"],
        "variables": {"input": ASKED, "idempotencyKey": "killed-1"},
    }
    async with fatal(campus.systems[DESK].url, victims) as door:
        document = simulated_settings.document(told, {"portal": {"url": "sqlite:///portal.sqlite"}})
        for system in document["systems"]:
            system |= {"url": door} if system["id"] == DESK else {}
        (checkout / "campus.toml").write_text(settings_file(document))
        environ = simulated_settings.secrets(told)
        async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
            victims.append(gateway)
            with pytest.raises(aiohttp.ClientError):
                await answered(gateway, body, headers)
            assert await gateway.process.wait() == -signal.SIGKILL
            victims.clear()
        async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
            answer = await answered(gateway, body, headers)
            again = await answered(gateway, body, headers)
    assert "errors" not in answer, answer
    assert again == answer
    query = {"query": "Subject = 'Killed'", "fields": "Subject"}
    found = (await campus.systems[DESK].get("/REST/2.0/tickets", query))["items"]
    assert [str(each["id"]) for each in found] == [answer["data"]["createTicket"]["ticket"]["number"]]


OFFICE = "onestop-gz"
HISTORY = "/history/historic-process-instances"
FORM = {"address": "Nansha", "from": "2026-12-01", "reason": "Family"}
MINE = "{ me { applications(first: 100) { nodes { reference attachments { name size } } } } }"


async def test_after_a_kill_in_the_middle_of_a_file_the_repeat_hands_in_one_application_and_nothing_else_is_left(
    campus: SimulatedCampus, tmp_path: Path
) -> None:
    told = campus.university.told
    checkout, before = checkout_at(tmp_path / "checkout"), await instances(campus)
    own = {"portal": {"url": "sqlite:///portal.sqlite"}, "uploads": {"seconds": 10}}
    document = simulated_settings.document(told, own)
    for system in document["systems"]:
        system |= {"change_limit": 1} if system["id"] == OFFICE else {}
    (checkout / "campus.toml").write_text(settings_file(document))
    environ = simulated_settings.secrets(told)
    headers = {"Authorization": f"Bearer {await campus.token('mei')}"}
    variables = {
        "input": {"service": await service_id(campus, "graduate-living-off-campus"), "form": FORM},
        "files": [{"id": "lease", "content": None}, {"id": "identity", "content": None}],
        "idempotencyKey": "killed-2",
    }

    async def half() -> AsyncIterator[bytes]:
        yield JPEG
        await asyncio.sleep(60)

    async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
        sending = asyncio.create_task(applied(gateway, variables, headers, half()))
        begun = await first_file_lies(campus, before)
        gateway.process.send_signal(signal.SIGKILL)
        with pytest.raises(aiohttp.ClientError):
            await sending
        assert await gateway.process.wait() == -signal.SIGKILL
    assert await instances(campus) - before == {begun}
    async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
        shown = (await answered(gateway, {"query": MINE}, headers))["data"]["me"]["applications"]["nodes"]
        async with asyncio.timeout(patience(60)):
            while "errors" in (answer := await applied(gateway, variables, headers, JPEG)):
                (error,) = answer["errors"]
                assert error["extensions"]["unsettled"] is True, "what was under way may arrive yet"
                await asyncio.sleep(error["extensions"]["retryAfter"])
        again = await applied(gateway, variables, headers, JPEG)
        now = (await answered(gateway, {"query": MINE}, headers))["data"]["me"]["applications"]["nodes"]
    assert again == answer
    application = answer["data"]["applyForService"]["application"]
    (made,) = await instances(campus) - before
    assert made != begun, "what was begun has gone, also from history"
    assert await file_of(campus, application["reference"], "file_lease") == PDF
    assert await file_of(campus, application["reference"], "file_identity") == JPEG
    (new,) = [each for each in now if each not in shown]
    assert (new["reference"], {each["size"] for each in new["attachments"]}) == (
        application["reference"], {len(PDF), len(JPEG)},
    )  # fmt: skip


async def instances(campus: SimulatedCampus) -> set[str]:
    """Everything the workflow system has of whomever, also what is only begun."""
    page = await campus.systems[OFFICE].get(HISTORY, {"size": "1000"})
    return {each["id"] for each in page["data"]}


async def first_file_lies(campus: SimulatedCampus, before: set[str]) -> str:
    """The new instance, once the first file of it is stored and the second one is on its way."""
    system = campus.systems[OFFICE]
    async with asyncio.timeout(patience(20)):
        while True:
            for each in await instances(campus) - before:
                url = f"{system.url}{HISTORY}/{each}/variables/file_lease/data"
                async with campus.university.session.get(url) as answer:
                    if answer.status == 200:
                        return each
            await asyncio.sleep(0.1)


async def applied(
    gateway: Serving, variables: Mapping[str, Any], headers: Mapping[str, str], identity: bytes | AsyncIterator[bytes]
) -> Any:
    form = aiohttp.FormData(quote_fields=False)
    operations = {"query": action_documents()["apply-for-service"], "variables": variables}
    form.add_field("operations", json.dumps(operations))
    form.add_field("map", json.dumps({"0": ["variables.files.0.content"], "1": ["variables.files.1.content"]}))
    for place, (name, content) in enumerate((("lease.pdf", PDF), ("identity.jpg", identity))):
        form.add_field(str(place), content, filename=name, content_type="application/octet-stream")
    sent = {**headers, "GraphQL-Preflight": "1"}
    async with aiohttp.request("POST", f"{gateway.url}/graphql", data=form, headers=sent) as answer:
        return await answer.json()


async def answered(gateway: Serving, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    async with aiohttp.request("POST", f"{gateway.url}/graphql", json=body, headers=headers) as answer:
        return await answer.json()


async def test_after_a_kill_every_system_has_the_contact_details_that_were_kept_before_any_was_asked(
    campus: SimulatedCampus, tmp_path: Path
) -> None:
    """The gateway dies as it writes to one of five, before that has it; the next one finds what was to be written."""
    told, registry = campus.university.told, campus.systems["sis-gz"]
    checkout, victims = checkout_at(tmp_path / "checkout"), list[Serving]()
    headers = {"Authorization": f"Bearer {await campus.token('jordan')}"}
    number = "+852 6321 0000"
    body = {"query": action_documents()["update-contact-details"], "variables": {"input": {"telephone": number}}}

    async def kills(request: web.Request, _: Any) -> web.Response | None:
        for each in victims if request.method == "PUT" else ():
            each.process.send_signal(signal.SIGKILL)
            return web.Response(status=500)
        return None

    async with door(registry.url, kills) as at:
        document = simulated_settings.document(told, {"portal": {"url": "sqlite:///portal.sqlite"}})
        for system in document["systems"]:
            system |= {"change_limit": 5.0, **({"url": at} if system["id"] == "sis-gz" else {})}
        (checkout / "campus.toml").write_text(settings_file(document))
        environ = simulated_settings.secrets(told)
        async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
            victims.append(gateway)
            with pytest.raises(aiohttp.ClientError):
                await answered(gateway, body, headers)
            assert await gateway.process.wait() == -signal.SIGKILL
            victims.clear()
        query = {"query": "{ me { contactSync { system } contacts { nodes { campus telephone } } } }"}
        async with serving(checkout, "--config", "campus.toml", environ=environ) as gateway:
            first = (await answered(gateway, query, headers))["data"]["me"]
            assert "sis-gz" in [each["system"] for each in first["contactSync"]]

            async def agree() -> Any:
                now = (await answered(gateway, query, headers))["data"]["me"]
                return now if not now["contactSync"] else None

            # What the dead one had claimed is nobody else's for as long as the system may be at work for it.
            now = await until(agree, ATTEMPT.total_seconds() + 5.0 + 20)
    assert now["contacts"]["nodes"] == [{"campus": campus, "telephone": number} for campus in ("CWB", "GZ")]
