"""Handing in at One Stop as a client does, and the office behind the counter."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from tests.simulated_campus import Answer, SimulatedCampus, University

ACTIONS = Path(__file__).parents[2] / "dashboard" / "actions"

JPEG = bytes.fromhex("ffd8ffe000104a46494600010101") + bytes(range(256)) * 600
PDF = b"%PDF-1.7\n" + b"lease " * 3_000

Sent = tuple[str, str, bytes | AsyncIterator[bytes]]
"""Which of the service's files it is, what it is called, and its bytes."""


async def service_id(campus: SimulatedCampus, key: str) -> str:
    answer = await campus.ask("query($key: String!) { service(key: $key) { id } }", {"key": key})
    return str(answer.at("service.id"))


async def act(
    campus: SimulatedCampus, action: str, variables: Mapping[str, Any], files: Sequence[Sent] = (), **asked: Any
) -> Any:
    """What a mutation of the dashboard's actions answers; there are no errors."""
    answer = await acted(campus, action, variables, files, **asked)
    assert answer.errors == []
    (outcome,) = answer.data.values()
    return outcome


async def acted(
    campus: SimulatedCampus,
    action: str,
    variables: Mapping[str, Any],
    files: Sequence[Sent] = (),
    *,
    as_: str = "mei",
    scope: str = "",
    language: str = "en",
) -> Answer:
    """With files as a multipart request, without any as JSON."""
    query = (ACTIONS / f"{action}.graphql").read_text()
    headers = {"Accept-Language": language}
    if not files:
        return await campus.ask(query, variables, as_=as_, scope=scope, headers=headers)
    headers |= {"Authorization": f"Bearer {await campus.token(as_, scope)}", "GraphQL-Preflight": "1"}
    named = [{"id": id_, "content": None} for id_, _, _ in files]
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("operations", json.dumps({"query": query, "variables": {**variables, "files": named}}))
    form.add_field("map", json.dumps({str(n): [f"variables.files.{n}.content"] for n in range(len(files))}))
    for place, (_, name, content) in enumerate(files):
        form.add_field(str(place), content, filename=name, content_type="application/octet-stream")
    async with campus.client.post("/graphql", data=form, headers=headers) as answer:
        return Answer(answer.status, dict(answer.headers), await answer.json())


async def apply(
    campus: SimulatedCampus, service: str, form: Mapping[str, Any], *files: Sent, key: str | None = None, **more: Any
) -> Any:
    wanted = {"input": {"service": await service_id(campus, service), "form": form}, "idempotencyKey": key}
    return await act(campus, "apply-for-service", wanted, files, **more)


async def decide(campus: SimulatedCampus, reference: str, decision: str, comment: str = "") -> None:
    """What the department says to the step that an application waits in."""
    onestop = campus.systems["onestop-gz"]
    body = {"application": reference, "decision": decision, "comment": comment}
    async with campus.university.session.post(f"{onestop.url}/__officers", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def booked_by_the_office(university: University, facility: int, starts: datetime, ends: datetime) -> None:
    """At the booking system itself, by its administrator."""
    (told,) = (each for each in university.told.systems if each.id == "facilities-gz")
    api, (username, password) = f"{told.url}/Web/Services/index.php", told.secret.split(":", 1)
    body = {"username": username, "password": password}
    async with university.session.post(f"{api}/Authentication/Authenticate", json=body) as answer:
        session = await answer.json(content_type=None)
    headers = {"X-Booked-SessionToken": session["sessionToken"], "X-Booked-UserId": str(session["userId"])}
    wanted = {
        "resourceId": facility,
        "userId": int(session["userId"]),
        "title": "Open day",
        "startDateTime": f"{starts:%Y-%m-%dT%H:%M:%S%z}",
        "endDateTime": f"{ends:%Y-%m-%dT%H:%M:%S%z}",
    }
    async with university.session.post(f"{api}/Reservations/", json=wanted, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


async def held(campus: SimulatedCampus) -> int:
    """How many applications there are in the workflow system, of whomever and in whatever state."""
    page = await campus.systems["onestop-gz"].get("/history/historic-process-instances", {"size": "1"})
    return int(page["total"])


async def file_of(campus: SimulatedCampus, reference: str, variable: str) -> bytes:
    """A file as the workflow system holds it."""
    onestop = campus.systems["onestop-gz"]
    path = "/history/historic-process-instances"
    (row,) = (await onestop.get(path, {"businessKey": reference}))["data"]
    async with campus.university.session.get(f"{onestop.url}{path}/{row['id']}/variables/{variable}/data") as answer:
        assert answer.status == 200
        return await answer.read()
