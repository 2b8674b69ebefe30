"""What a running gateway tells of itself and its sandbox, beside the graph."""

import json
import logging

import pytest
from multidict import CIMultiDict

from tests.simulated_campus import Answer, SimulatedCampus

PROTOCOLS = {
    "sis-cwb": ("sis", "CWB", "oeapi"),
    "sis-gz": ("sis", "GZ", "oeapi"),
    "library-cwb": ("library", "CWB", "alma"),
    "catalogue-cwb": ("library", "CWB", "sru"),
    "library-gz": ("library", "GZ", "koha"),
    "onestop-gz": ("onestop", "GZ", "flowable"),
    "tickets-cwb": ("onestop", "CWB", "request_tracker"),
    "shuttle-gz": ("gz_campus", "GZ", "gtfs"),
    "facilities-gz": ("gz_campus", "GZ", "librebooking"),
    "rates-hkma": ("rates", "CWB", "hkma"),
    "life-gz": ("gz_campus", "GZ", "campus_life"),
    "life-cwb": ("gz_campus", "CWB", "campus_life"),
}


def id_of(answer: Answer) -> str:
    return CIMultiDict(answer.headers)["X-Correlation-Id"]


async def test_the_sandbox_lists_its_systems_without_their_secrets(open_campus: SimulatedCampus) -> None:
    async with open_campus.client.get("/sandbox/systems") as answer:
        assert answer.content_type == "application/json"
        listed = await answer.json()
    assert all(set(system) == {"id", "kind", "campus", "protocol", "url", "parts"} for system in listed)
    assert {
        each["id"]: (each["kind"], each["campus"], each["protocol"]) for each in listed
    }.items() >= PROTOCOLS.items()
    assert {system["id"]: system["url"] for system in listed} == {
        name: system.url for name, system in open_campus.systems.items()
    }


async def test_the_sandbox_lists_its_personas_with_campus_and_roles(open_campus: SimulatedCampus) -> None:
    async with open_campus.client.get("/sandbox/personas") as answer:
        people = {persona["id"]: persona for persona in await answer.json()}
    assert all({"id", "name", "campus", "roles"} <= set(persona) for persona in people.values())
    assert (people["alex"]["name"], people["alex"]["campus"]) == ("Alex Chan", "CWB")
    assert people["mei"]["campus"] == "GZ"
    roles = {name: people[name]["roles"] for name in ("alex", "mei", "wing", "lee", "pat", "ivy")}
    assert roles["lee"][0] == "faculty"
    assert roles | {"lee": []} == {
        "alex": ["student"],
        "mei": ["student"],
        "wing": ["alumna"],
        "lee": [],
        "pat": ["staff"],
        "ivy": ["applicant"],
    }


async def test_the_sandbox_lists_its_applications_without_their_secrets(open_campus: SimulatedCampus) -> None:
    async with open_campus.client.get("/sandbox/clients") as answer:
        clients = await answer.json()
    assert clients
    assert all({"id", "name"} <= set(client) and "secret" not in client for client in clients)


@pytest.mark.parametrize("word", ["live", "ready"])
async def test_life_and_readiness_are_told_whatever_the_systems_do(campus: SimulatedCampus, word: str) -> None:
    for system in campus.systems.values():
        await system.fault("down")
    async with campus.client.get(f"/health/{word}") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": word})


async def test_one_correlation_id_is_on_the_answer_and_on_each_call_it_caused(cold_campus: SimulatedCampus) -> None:
    answer = await cold_campus.widget("dashboard", as_="alex", headers={"X-Correlation-Id": "from-the-client.1"})
    assert id_of(answer) == "from-the-client.1"
    ids = {
        call["correlation_id"]
        for system in cold_campus.systems.values()
        for call in await system.calls()
        if not call["correlation_id"].startswith("index-")
    }
    assert ids == {"from-the-client.1"}


async def test_an_error_tells_the_id_that_its_calls_had(campus: SimulatedCampus) -> None:
    await campus.systems["library-cwb"].fault("500")
    answer = await campus.widget("loans", as_="alex")
    (call,) = await campus.systems["library-cwb"].asked()
    (error,) = answer.errors
    assert error["extensions"]["correlationId"] == call["correlation_id"] == id_of(answer)


async def test_the_log_counts_the_calls_that_the_systems_count(
    cold_campus: SimulatedCampus, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "gateway.operations"):
        answer = await cold_campus.widget("dashboard", as_="jordan")
    (record,) = (each for each in caplog.records if each.name == "gateway.operations")
    line = json.loads(record.message)
    assert line["correlationId"] == id_of(answer)
    assert line["operationName"] == "Dashboard"
    assert line["calls"].pop("portal") > 0, "statements to the gateway's own store"
    assert line["calls"] == await cold_campus.counts()
    assert line["viewer"] == "person"
    for value in ("Jordan", "Wong", answer.at("me.profile.numbers.0.number"), answer.at("me.loans.nodes.0.title")):
        assert value not in record.message
