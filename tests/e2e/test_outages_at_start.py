"""A gateway that starts while a system is stopped: ready at once, honest meanwhile, whole as soon as the system is."""

import time
from collections.abc import AsyncIterator

import pytest

from tests.machine import soon_enough
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

from .outages import SHORT, with_short

WHOLE = 2.5
"""Seconds a whole answer may take when a system does not answer."""
PER_SYSTEM = 2.0
"""Seconds one operation may spend on one system, waiting for what is being read included."""

COURSES = '{ courses(campus: "CWB") { totalCount } }'

PUBLIC = {
    "sis-cwb": {"terms", "courses"},
    "onestop-gz": {"services"},
    "shuttle-gz": {"shuttles"},
    "facilities-gz": {"facilities"},
}
"""What is read from memory, by the system it once came from."""


@pytest.fixture
async def well(university: University) -> AsyncIterator[University]:
    await university.well()
    yield university
    await university.well()


async def dashboard(campus: SimulatedCampus, per_system: float = PER_SYSTEM) -> Answer:
    await campus.token("alex")
    began = time.monotonic()
    answer = await campus.widget("dashboard", as_="alex")
    assert soon_enough(time.monotonic() - began - per_system + PER_SYSTEM, WHOLE)
    return answer


async def whole_again(campus: SimulatedCampus, query: str) -> Answer:
    """Asks until nothing is missing; each question waits a moment for what is being read."""
    until = time.monotonic() + 20
    while (answer := await campus.ask(query)).errors:
        assert time.monotonic() < until, answer.errors
    return answer


async def others_read(campus: SimulatedCampus, system: str) -> None:
    """All that comes from other systems is there: what is missing then, is missing for the one reason."""
    fields = {
        "sis-cwb": 'cwb: courses(campus: "CWB") { totalCount }',
        "sis-gz": 'gz: courses(campus: "GZ") { totalCount }',
        "onestop-gz": "services { nodes { key } }",
        "shuttle-gz": "shuttleStops { nodes { code } }",
        "facilities-gz": "facilities { nodes { name } }",
    }
    await whole_again(campus, f"{{ {' '.join(field for name, field in fields.items() if name != system)} }}")


async def test_a_gateway_is_ready_before_a_system_that_is_down(well: University) -> None:
    await well.systems["sis-cwb"].fault("down")
    async with campus_over(well) as campus:
        async with campus.client.get("/health/ready") as ready:
            assert (ready.status, await ready.json()) == (200, {"status": "ready"})
        answer = await campus.ask(COURSES)
        assert answer.data == {"courses": None}
        assert answer.faults() == {("courses", "UPSTREAM_UNAVAILABLE", "sis-cwb")}
        assert answer.errors[0]["extensions"]["retryAfter"] == 1
        await well.systems["sis-cwb"].fault("none")
        answer = await whole_again(campus, COURSES)
        assert answer.data["courses"]["totalCount"] > 200


async def test_courses_of_the_other_campus_come_in_part_before_the_first_fill(well: University) -> None:
    await well.systems["sis-cwb"].fault("down")
    async with campus_over(well) as campus:
        await whole_again(campus, '{ courses(campus: "GZ") { totalCount } }')
        answer = await campus.ask("{ courses { nodes { campus } unavailable { system code retryAfter } } }")
        assert {course["campus"] for course in answer.data["courses"]["nodes"]} == {"GZ"}
        missing = {"system": "sis-cwb", "code": "UPSTREAM_UNAVAILABLE", "retryAfter": 1}
        assert answer.data["courses"]["unavailable"] == [missing]
        assert answer.faults() == {("courses", "UPSTREAM_UNAVAILABLE", "sis-cwb")}


@pytest.mark.parametrize("mode", ["down", "hang"])
@pytest.mark.parametrize("system", PUBLIC)
async def test_what_was_never_read_is_told_and_the_rest_stands(well: University, system: str, mode: str) -> None:
    await well.systems[system].fault(mode)
    async with campus_over(well, with_short(well, system)) as campus:
        await others_read(campus, system)
        answer = await dashboard(campus, per_system=SHORT)
        assert {path for path, _, _ in answer.faults() if not path.startswith("me.")} == PUBLIC[system]
        assert {name for _, _, name in answer.faults()} == {system}
        assert not [error for error in answer.errors if error["extensions"]["code"] == "INTERNAL"]


@pytest.mark.parametrize("seconds", [0.7, 1.4])
@pytest.mark.parametrize("system", PUBLIC)
async def test_waiting_for_a_first_fill_counts_as_time_spent_on_the_system(
    well: University, system: str, seconds: float
) -> None:
    """A slow system is still being read when its calls come back: both waits are one."""
    await well.systems[system].fault("slow", seconds=seconds)
    async with campus_over(well) as campus:
        await dashboard(campus)
        await well.systems[system].fault("none")
        assert (await whole_again(campus, COURSES)).data["courses"]["totalCount"] > 200


async def test_what_was_read_once_stays_while_its_system_is_down(campus: SimulatedCampus) -> None:
    public = (
        "{ courses { totalCount } services { nodes { key } } shuttleStops { nodes { code } } terms { nodes { id } } }"
    )
    before = await campus.ask(public)
    for system in campus.systems.values():
        await system.fault("down")
    answer = await campus.ask(public)
    assert answer.body == before.body
    assert await campus.calls() == {}
