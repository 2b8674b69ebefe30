"""A repeat with a known key is told what came of the first, whatever would stand against it by now."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pipeline.documents import action_documents
from pipeline.settings_systems import ByClaim
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over, simulated_university

from .handing_in import act, apply, booked_by_the_office, decide, service_id
from .test_booking_changes import wish
from .test_handing_in import CARD, HALL, LOST, hall_slots

OWN = ("Host", "Content-Length", "Transfer-Encoding", "Accept-Encoding")
"""Headers of a request that are between two neighbours."""
READING = ("/query/", "/Authentication/", "/oauth/", "/transactions", "/attachments")
"""In paths of what is sent with POST and changes nothing."""

Changed = Callable[[Any], Any]
"""From what a system answers to what it answers by now."""


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


@asynccontextmanager
async def later(university: University, system: str, path: str, by_now: Changed) -> AsyncIterator[SimulatedCampus]:
    """Another gateway over the same store, to which a system answers differently where the path ends like this."""
    behind = university.systems[system].url

    async def answered(request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name not in OWN}
        asked = university.session.request(
            request.method, behind + request.path_qs, data=await request.read(), headers=headers
        )
        async with asked as answer:
            body = await answer.read()
        if request.path.endswith(path):
            body = json.dumps(by_now(json.loads(body))).encode()
        return web.Response(status=answer.status, body=body, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answered)
    settings = university.settings()
    async with TestServer(app) as server:
        door = str(server.make_url("")).rstrip("/")
        systems = [each.model_copy(update={"url": door}) if each.id == system else each for each in settings.systems]
        async with campus_over(university, settings.model_copy(update={"systems": tuple(systems)})) as campus:
            await campus.indexes_filled()
            yield campus


async def sent(campus: SimulatedCampus) -> list[str]:
    """Everything that was sent to any system to change something."""
    calls = [call for of_one in (await campus.calls()).values() for call in of_one]
    return [call for call in calls if not call.startswith("GET") and not any(word in call for word in READING)]


@dataclass(frozen=True)
class Case:
    who: str
    variables: Callable[[SimulatedCampus], Awaitable[Mapping[str, Any]]]
    system: str
    path: str
    by_now: Changed
    refused: str
    """Place of the input that is refused by now."""


async def a_ticket(_: SimulatedCampus) -> Mapping[str, Any]:
    return {"input": {"campus": "CWB", "queue": "Network", "subject": "Slow", "text": "Since noon."}}


async def a_booking(_: SimulatedCampus) -> Mapping[str, Any]:
    return {"input": wish(51, hours=2)}


async def a_hold(campus: SimulatedCampus) -> Mapping[str, Any]:
    query = '{ catalogue(search: "robotics", campus: "CWB") { nodes { id holdings { copies } } } }'
    editions = (await campus.ask(query)).at("catalogue.nodes")
    printed = next(each["id"] for each in editions if any(held["copies"] for held in each["holdings"]))
    return {"input": {"edition": printed, "campus": "CWB", "pickupLocation": "LSK"}}


async def an_application(campus: SimulatedCampus) -> Mapping[str, Any]:
    return {"input": {"service": await service_id(campus, CARD), "form": LOST}}


async def an_amendment(campus: SimulatedCampus) -> Mapping[str, Any]:
    application = (await apply(campus, CARD, LOST))["application"]
    await decide(campus, application["reference"], "returned", "Where was it?")
    return {"input": {"application": application["id"], "form": LOST}}


def without_network(told: Any) -> Any:
    return {**told, "items": [each for each in told["items"] if each["Name"] != "Network"]}


def without_facility(told: Any) -> Any:
    return {**told, "resources": [each for each in told["resources"] if str(each["resourceId"]) != "51"]}


def without_place(told: Any) -> Any:
    return {**told, "library": [each for each in told["library"] if each["code"] != "LSK"]}


def with_another_question(told: Any) -> Any:
    """Of every service: the form has one more entry that must be filled in."""
    form = told["form"]
    asked = {**form["properties"], "witness": {"type": "string"}}
    return {**told, "form": {**form, "properties": asked, "required": [*form["required"], "witness"]}}


CASES = {
    "create-ticket": Case("alex", a_ticket, "tickets-cwb", "/queues/all", without_network, "input.queue"),
    "book-facility": Case("mei", a_booking, "facilities-gz", "/Resources/", without_facility, "input.facility"),
    "place-hold": Case("alex", a_hold, "library-cwb", "/conf/libraries", without_place, "input.pickupLocation"),
    "apply-for-service": Case(
        "mei", an_application, "onestop-gz", "/service.json", with_another_question, "input.form.witness"
    ),
    "resubmit-application": Case(
        "mei", an_amendment, "onestop-gz", "/service.json", with_another_question, "input.form.witness"
    ),
}


@pytest.mark.parametrize("action", CASES)
async def test_what_is_not_possible_any_longer_was_done_and_is_told_as_it_was(
    campus: SimulatedCampus, action: str
) -> None:
    case = CASES[action]
    variables = {**await case.variables(campus), "idempotencyKey": f"first-{action}"}

    async def made(gateway: SimulatedCampus, **other: Any) -> Answer:
        return await gateway.ask(action_documents()[action], {**variables, **other}, as_=case.who)

    first = await made(campus)
    assert first.errors == []
    (outcome,) = first.data.values()
    assert "problems" not in outcome
    async with later(campus.university, case.system, case.path, case.by_now) as gateway:
        repeated = await made(gateway)
        assert (repeated.errors, repeated.data) == ([], first.data)
        (refused,) = (await made(gateway, idempotencyKey=f"second-{action}")).data.values()
        assert [".".join(each["path"]) for each in refused["problems"]] == [case.refused]
        assert await sent(gateway) == []
    # Under a key by which nothing was done, there is still something to be done.
    if action == "apply-for-service":
        (now,) = (await made(campus, idempotencyKey=f"second-{action}")).data.values()
        assert now["__typename"] == "ServiceApplied"
        assert now["application"]["reference"] != outcome["application"]["reference"]


def card_found(told: Any) -> Any:
    return {**told, "state": "active", "loss": {**told["loss"], "state": "not-reported"}}


async def test_who_is_not_eligible_any_longer_has_applied(campus: SimulatedCampus) -> None:
    service = "campus-card-cancel-loss"
    first = await apply(campus, service, {"card": "1"}, key="found", as_="jordan")
    assert first["__typename"] == "ServiceApplied"
    async with later(campus.university, "life-gz", "/card", card_found) as gateway:
        assert await apply(gateway, service, {"card": "1"}, key="found", as_="jordan") == first
        for _ in range(2):
            new = await apply(gateway, service, {"card": "1"}, key="found-again", as_="jordan")
            assert new["__typename"] == "NotEligible"
            assert [each["code"] for each in new["eligibility"]["reasons"]] == ["CARD"]
        assert await sent(gateway) == []


async def test_a_time_that_somebody_else_has_by_now_was_asked_for(campus: SimulatedCampus) -> None:
    starts, hour = (await hall_slots(campus, "FREE"))[-1][0], timedelta(hours=1)
    asked = {"event": "Chess", "people": 20, "from": starts.isoformat(), "until": (starts + hour).isoformat()}
    first = await apply(campus, HALL, asked, key="hall")
    assert first["__typename"] == "ServiceApplied"
    await booked_by_the_office(campus.university, 11, starts, starts + hour)
    await campus.forget_calls()
    assert await apply(campus, HALL, asked, key="hall") == first
    assert (await apply(campus, HALL, asked, key="another"))["__typename"] == "SlotTaken"
    assert (await apply(campus, HALL, {**asked, "people": 21}, key="hall"))["problems"] == [
        {"path": ["idempotencyKey"], "message": "This key was used for another request."}
    ]
    assert await sent(campus) == []
    await act(campus, "withdraw-application", {"application": first["application"]["id"]})
    # Under the key that was refused nothing was done.
    free = {**asked, "from": (starts + hour).isoformat(), "until": (starts + 2 * hour).isoformat()}
    assert (await apply(campus, HALL, free, key="another"))["__typename"] == "ServiceApplied"


async def test_what_every_system_was_told_was_told_although_none_knows_the_person_any_longer(
    campus: SimulatedCampus,
) -> None:
    asked = action_documents()["update-contact-details"]
    wanted = {"input": {"telephone": "+852 2358 6000"}, "idempotencyKey": "moved"}
    first = await campus.ask(asked, wanted, as_="jordan")
    assert first.errors == []
    systems = [each["system"] for each in first.at("updateContactDetails.syncStatus")]
    assert len(systems) > 3
    settings = campus.university.settings()
    unknown = [
        each.model_copy(update={"account": (ByClaim(claim="nothing"),)}) if each.account else each
        for each in settings.systems
    ]
    async with campus_over(campus.university, settings.model_copy(update={"systems": tuple(unknown)})) as gateway:
        await gateway.forget_calls()
        repeated = await gateway.ask(asked, wanted, as_="jordan")
        assert repeated.at("updateContactDetails.__typename") == "ContactDetailsUpdated"
        assert [each["system"] for each in repeated.at("updateContactDetails.syncStatus")] == systems
        new = await gateway.ask(asked, {**wanted, "idempotencyKey": "moved-again"}, as_="jordan")
        assert new.at("updateContactDetails.problems.0.path") == ["input"]
        assert await sent(gateway) == []


async def test_a_reply_to_a_ticket_that_is_gone_was_written_and_cannot_be_shown(campus: SimulatedCampus) -> None:
    opened = await act(campus, "create-ticket", await a_ticket(campus), as_="alex")
    said = {"input": {"ticket": opened["ticket"]["id"], "text": "Still slow."}}
    asked = action_documents()["reply-to-ticket"]
    await act(campus, "reply-to-ticket", {**said, "idempotencyKey": "reply"}, as_="alex")

    def gone(told: Any) -> Any:
        return {**told, "items": [], "count": 0, "total": 0, "pages": 1}

    async with later(campus.university, "tickets-cwb", "/tickets", gone) as gateway:
        repeated = await gateway.ask(asked, {**said, "idempotencyKey": "reply"}, as_="alex")
        assert repeated.faults() == {("replyToTicket", "UPSTREAM_BAD_RESPONSE", "tickets-cwb")}
        assert [error["extensions"]["unsettled"] for error in repeated.errors] == [True]
        new = await gateway.ask(asked, {**said, "idempotencyKey": "other"}, as_="alex")
        assert new.at("replyToTicket.problems.0.path") == ["input", "ticket"]
        assert await sent(gateway) == []
    theirs = await campus.ask(asked, {**said, "idempotencyKey": "mine"}, as_="mei")
    assert theirs.faults() == {("replyToTicket", "FORBIDDEN", None)}
    assert await sent(campus) == []
