"""What the dashboard costs the systems: bounded for everybody, the same for two things as for forty, side by side."""

import asyncio
import time
from collections import Counter
from datetime import datetime

import pytest

from tests.machine import soon_enough
from tests.simulated_campus import Answer, SimulatedCampus

MOST = {
    "sis-cwb": 5, "sis-gz": 5, "library-cwb": 4, "library-gz": 4, "onestop-gz": 3, "tickets-cwb": 3,
    "shuttle-gz": 3, "life-cwb": 3, "life-gz": 3, "facilities-gz": 3,
}  # fmt: skip
LOOK_UPS = ("POST /api/v1/oauth/token", "GET /api/v1/patrons?")
"""Calls by which Guangzhou's library lets the gateway in, and says who has which card: not counted."""
MOST_OF_ALL = 32
PEOPLE = (
    "alex", "mei", "jordan", "wing", "sam", "taiman-a", "taiman-b", "bo", "quinn", "lee", "rita", "pat", "ivy",
)  # fmt: skip


def amounts(answer: Answer) -> dict[str, int]:
    """How much of each thing a person has."""
    me = answer.data["me"]
    lists = {name: len(me[name]["nodes"]) for name in ("enrolments", "loans", "holds", "fines")}
    connections = {name: me[name]["totalCount"] for name in ("applications", "tickets")}
    results = sum(len(term["results"]) for term in me["academicRecord"]["terms"]["nodes"])
    return {**lists, **connections, "results": results}


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_dashboard_stays_within_what_each_system_may_be_asked(cold_campus: SimulatedCampus, who: str) -> None:
    answer = await cold_campus.widget("dashboard", as_=who)
    assert [code for _, code, _ in answer.faults() if code != "FORBIDDEN"] == []
    calls = {
        system: [call for call in each if not call.startswith(LOOK_UPS)]
        for system, each in (await cold_campus.calls()).items()
    }
    assert {system: len(each) for system, each in calls.items() if len(each) > MOST[system]} == {}
    assert sum(map(len, calls.values())) <= MOST_OF_ALL
    assert [call for each in calls.values() for call, times in Counter(each).items() if times > 1] == []


async def test_forty_of_everything_cost_as_many_calls_as_two(cold_campus: SimulatedCampus) -> None:
    bo = await cold_campus.widget("dashboard", as_="bo")
    for_bo = await cold_campus.counts()
    await cold_campus.forget_calls()
    quinn = await cold_campus.widget("dashboard", as_="quinn")
    assert amounts(bo) == {
        "enrolments": 2, "loans": 2, "holds": 2, "fines": 2, "applications": 2, "tickets": 2, "results": 2,
    }  # fmt: skip
    assert {name: amounts(quinn)[name] for name in ("loans", "applications", "tickets")} == {
        "loans": 40, "applications": 40, "tickets": 40,
    }  # fmt: skip
    assert amounts(quinn)["results"] > 30
    assert await cold_campus.counts() == for_bo


async def test_what_is_known_of_a_viewer_is_not_looked_up_again(cold_campus: SimulatedCampus) -> None:
    await cold_campus.widget("timetable", as_="alex")
    assert await cold_campus.counts() == {"sis-cwb": 2}
    await cold_campus.forget_calls()
    await cold_campus.widget("timetable", as_="alex")
    assert await cold_campus.counts() == {"sis-cwb": 1}


async def slowed(campus: SimulatedCampus, seconds: float) -> None:
    for system in campus.systems.values():
        await system.fault("slow", seconds=seconds)


async def moments(campus: SimulatedCampus) -> dict[str, datetime]:
    """When each call of an operation came in, by system and path."""
    found = {}
    for name, system in campus.systems.items():
        for call in await system.calls():
            if not call["correlation_id"].startswith("index-"):
                whose = "?userId" if call["query"].startswith("userId=") else ""
                found[f"{name} {call['path']}{whose}"] = datetime.fromisoformat(call["at"])
    return found


async def test_systems_are_asked_side_by_side_and_at_most_two_calls_one_after_the_other(
    campus: SimulatedCampus,
) -> None:
    """All systems are slow, and twenty-seven calls take no longer than two."""
    await campus.widget("loans", as_="jordan")  # Guangzhou's library knows us and the reader from here on
    await campus.forget_calls()
    await slowed(campus, 0.6)
    began = time.monotonic()
    answer = await campus.widget("dashboard", as_="jordan")
    took = time.monotonic() - began
    assert answer.errors == []
    assert soon_enough(took, 2.0)
    came = await moments(campus)
    assert len(came) == 27
    first = min(came.values())
    waited = {name: (moment - first).total_seconds() for name, moment in came.items()}
    second = {name for name, seconds in waited.items() if seconds >= 0.6}
    assert max(waited.values()) < 1.2
    # What has to wait is what needs the student system's own id of the person; and the titles, of all that lies on
    # Guangzhou's shelf.
    waiting = {"sis-cwb": 4, "sis-gz": 4, "library-gz": 1}
    assert Counter(name.split()[0] for name in second) == waiting
    assert {name for name in second if name.endswith(("/persons", "/loans", "/checkouts", "/tickets"))} == set()


async def test_a_slow_system_holds_no_other_up(campus: SimulatedCampus) -> None:
    """While one system is silent, all calls to the others come in and are answered."""
    await campus.token("jordan")
    await campus.systems["sis-cwb"].fault("hang")
    asking = asyncio.create_task(campus.widget("dashboard", as_="jordan"))
    others: dict[str, list[str]] = {}
    while not asking.done() and sum(map(len, others.values())) < 23:
        others = {name: calls for name, calls in (await campus.calls()).items() if name != "sis-cwb"}
    assert not asking.done()
    assert {name: len(calls) for name, calls in others.items()} == {
        "sis-gz": 5, "library-cwb": 3, "library-gz": 5, "onestop-gz": 2, "tickets-cwb": 1, "shuttle-gz": 2,
        "life-cwb": 1, "life-gz": 2,
        "facilities-gz": 2,
    }  # fmt: skip
    await campus.systems["sis-cwb"].fault("none")
    assert (await asking).errors == []


async def test_calls_of_many_who_ask_at_once_are_each_their_own(cold_campus: SimulatedCampus) -> None:
    """Nothing personal is merged between viewers."""
    people = ("alex", "mei", "jordan", "bo")
    answers = await asyncio.gather(*(cold_campus.widget("loans", as_=who) for who in people))
    assert [answer.errors for answer in answers] == [[], [], [], []]
    calls = await cold_campus.calls()
    assert len(calls["library-cwb"]) == len(set(calls["library-cwb"])) == 3
    # Each of the two readers in Guangzhou costs a look-up and two calls; the library knows the gateway.
    assert len(calls["library-gz"]) == len(set(calls["library-gz"])) == 2 * 3
    assert (len(calls["sis-gz"]), len(calls["sis-cwb"])) == (1, 2)
