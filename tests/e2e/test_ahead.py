"""What is asked by a key that is known leaves at once, whatever is still awaited above it; and only if it is wanted."""

import asyncio
import re

import pytest

from tests.simulated_campus import SimulatedCampus

APPLICATIONS = "/query/historic-process-instances"
STEPS = "/query/historic-task-instances"
REPORTS = "/gtfs-rt/trip-updates.pb"
POSITIONS = "/gtfs-rt/vehicle-positions.pb"
ALERTS = "/gtfs-rt/alerts.pb"
ENROLMENTS = "/persons/[^/]+/course-offering-associations"
SEATS = "/persons/[^/]+/learning-component-offering-associations"
MARKS = "/persons/[^/]+/test-component-offering-associations"

AHEAD = [
    ("{ me { applications { nodes { steps { name } } } } }", "onestop-gz", APPLICATIONS, STEPS),
    ("{ me { applications { nodes { ...P } } } } fragment P on Application { progress { done } }",
     "onestop-gz", APPLICATIONS, STEPS),
    ("{ me { applications { nodes { service { key } ... @include(if: true) { steps { name } } } } } }",
     "onestop-gz", APPLICATIONS, STEPS),
    ("{ shuttles { nodes { alerts { header } } } }", "shuttle-gz", REPORTS, ALERTS),
    ("{ shuttlePositions { nodes { route { alerts { header } } } } }", "shuttle-gz", POSITIONS, ALERTS),
    ("{ me { enrolments { nodes { sections { classNumber } } } } }", "sis-cwb", ENROLMENTS, SEATS),
    ("{ me { academicRecord { terms { nodes { results { assessments { name } } } } } } }",
     "sis-cwb", ENROLMENTS, MARKS),
]  # fmt: skip
"""Query, system, the call that is held, and the one that does not wait for it."""

NOT_WANTED = [
    ("{ me { applications { nodes { service { steps { name } } } } } }", "onestop-gz", STEPS),
    ("{ me { applications { nodes { id steps @skip(if: true) { name } } } } }", "onestop-gz", STEPS),
    ("query ($no: Boolean = false) { me { applications { nodes { id ... @include(if: $no) { steps { name } } } } } }",
     "onestop-gz", STEPS),
    ("{ me { enrolments { nodes { course { sections { classNumber } } } } } }", "sis-cwb", SEATS),
    ("{ shuttles { nodes { scheduledAt } } }", "shuttle-gz", ALERTS),
]  # fmt: skip


async def paths(campus: SimulatedCampus, system: str) -> list[str]:
    return [call["path"] for call in await campus.systems[system].asked()]


async def came(campus: SimulatedCampus, system: str, path: str) -> str:
    """The path of a call like this, once there was one."""
    for _ in range(150):
        for each in await paths(campus, system):
            if re.fullmatch(path, each):
                return each
        await asyncio.sleep(0.01)
    raise AssertionError(f"{path} is not asked: {await paths(campus, system)}")


@pytest.mark.parametrize(("query", "system", "held", "ahead"), AHEAD)
async def test_it_does_not_wait_for_what_is_above(
    campus: SimulatedCampus, query: str, system: str, held: str, ahead: str
) -> None:
    alone = await campus.ask(query, as_="alex")
    assert alone.errors == []
    exactly = await came(campus, system, held)
    calls = sorted(await paths(campus, system))[-2:]
    await campus.forget_calls()
    await campus.systems[system].fault("hang", path=exactly)
    asking = asyncio.create_task(campus.ask(query, as_="alex"))
    await came(campus, system, ahead)
    await campus.systems[system].fault("none")
    answer = await asking
    assert answer.errors == []
    assert len(await paths(campus, system)) == len(set(await paths(campus, system))) == 2, calls


@pytest.mark.parametrize(("query", "system", "path"), NOT_WANTED)
async def test_nothing_is_asked_ahead_that_is_not_wanted(
    campus: SimulatedCampus, query: str, system: str, path: str
) -> None:
    answer = await campus.ask(query, as_="alex")
    assert answer.errors == []
    assert [each for each in await paths(campus, system) if re.fullmatch(path, each)] == []


async def test_what_was_asked_ahead_and_failed_has_failed_where_it_is_wanted(campus: SimulatedCampus) -> None:
    await campus.systems["onestop-gz"].fault("500", path=STEPS)
    answer = await campus.ask("{ me { applications(first: 2) { nodes { id steps { name } } } } }", as_="alex")
    assert len(answer.at("me.applications.nodes")) == 2
    assert answer.faults() == {
        (f"me.applications.nodes.{place}.steps", "UPSTREAM_UNAVAILABLE", "onestop-gz") for place in range(2)
    }
    assert sorted(await paths(campus, "onestop-gz")) == [APPLICATIONS, STEPS]


async def test_what_was_asked_ahead_is_not_asked_again_however_much_later_it_is_wanted(
    campus: SimulatedCampus,
) -> None:
    """The steps are told before the applications are."""
    await campus.systems["onestop-gz"].fault("slow", seconds=0.5, path=APPLICATIONS)
    answer = await campus.ask("{ me { applications { nodes { steps { name } progress { done } } } } }", as_="alex")
    assert answer.errors == []
    assert sorted(await paths(campus, "onestop-gz")) == [APPLICATIONS, STEPS]
