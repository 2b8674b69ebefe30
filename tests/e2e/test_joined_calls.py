"""What several viewers or screens ask at the same time is one call, whoever gets what of it; nothing old is told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from pipeline.documents import action_documents
from tests.e2e.test_metrics import counted
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over, simulated_university

PATIENT = 20.0
"""Seconds that an operation may spend on a system here, so that it is not the machine's speed that is tested."""

DESK = "tickets-cwb"
EVERYBODYS = {"shuttle-gz": 2, "facilities-gz": 1}
"""Of a dashboard's calls those that are the same whoever asks: trip updates, alerts, what is taken on a day."""


async def over(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    settings = university.settings()
    systems = tuple(each.model_copy(update={"timeout": PATIENT}) for each in settings.systems)
    limits = settings.limits.model_copy(update={"operation_seconds": PATIENT})
    async with campus_over(university, settings.model_copy(update={"systems": systems, "limits": limits})) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()


@pytest.fixture(scope="module")
async def own_university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """What is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("joined"), students=5) as university:
        yield university


@pytest.fixture
async def patient(university: University) -> AsyncIterator[SimulatedCampus]:
    async for campus in over(university):
        yield campus


@pytest.fixture
async def writing(own_university: University) -> AsyncIterator[SimulatedCampus]:
    async for campus in over(own_university):
        yield campus


async def asked_and_joined(campus: SimulatedCampus) -> tuple[int, int]:
    """Keys that went up so far, and those that were joined."""
    now = Counter[str]()
    for name, value in (await counted(campus)).items():
        now[name[0]] += int(value)
    return now["gateway_loader_keys_total"], now["gateway_loader_joined_total"]


async def until(so: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(int(PATIENT / 2 / 0.02)):
        if await so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come to that")


async def called(campus: SimulatedCampus, times: int) -> None:
    """Until the desk was asked so often."""

    async def often() -> bool:
        return len((await campus.calls()).get(DESK, ())) >= times

    await until(often)


@asynccontextmanager
async def silent(campus: SimulatedCampus, joined: int, then: str = "none") -> AsyncIterator[None]:
    """No system answers until, at the end of this, so many keys have been joined."""
    _, before = await asked_and_joined(campus)
    for system in campus.systems.values():
        await system.fault("hang")
    yield

    async def enough() -> bool:
        return (await asked_and_joined(campus))[1] - before >= joined

    await until(enough)
    for system in campus.systems.values():
        await system.fault(then)


async def alone(campus: SimulatedCampus, who: str) -> tuple[Answer, dict[str, int]]:
    """A dashboard by itself, once everything that is remembered of the viewer is known: answer and calls."""
    await campus.widget("dashboard", as_=who)
    await campus.forget_calls()
    answer = await campus.widget("dashboard", as_=who)
    counts = await campus.counts()
    await campus.forget_calls()
    return answer, counts


def lasting(answer: Answer) -> Mapping[str, Any]:
    """Without what changes by the minute."""
    return {name: value for name, value in answer.data.items() if name not in ("shuttles", "systems")}


async def test_two_dashboards_of_one_viewer_at_once_make_the_calls_of_one(patient: SimulatedCampus) -> None:
    by_itself, calls = await alone(patient, "jordan")
    # Whatever is asked first is joined by the other: the file, three lists of Guangzhou's library as one, …
    async with silent(patient, joined=20):
        asking = [asyncio.create_task(patient.widget("dashboard", as_="jordan")) for _ in range(2)]
    answers = [await each for each in asking]
    assert [each.errors for each in answers] == [[], []]
    assert [lasting(each) for each in answers] == [lasting(by_itself)] * 2
    assert await patient.counts() == calls


async def test_dashboards_of_different_viewers_share_what_is_everybodys_and_nothing_else(
    patient: SimulatedCampus,
) -> None:
    people = ("alex", "mei", "jordan", "bo")
    told = {who: await alone(patient, who) for who in people}
    async with silent(patient, joined=3 * (len(people) - 1) - 3):
        asking = [asyncio.create_task(patient.widget("dashboard", as_=who)) for who in people]
    answers = {who: await each for who, each in zip(people, asking, strict=True)}
    for who in people:
        assert lasting(answers[who]) == lasting(told[who][0]), who
    one_by_one = sum((Counter(calls) for _, calls in told.values()), Counter[str]())
    spared = Counter({system: calls * (len(people) - 1) for system, calls in EVERYBODYS.items()})
    assert await patient.counts() == one_by_one - spared


async def test_a_read_after_a_change_is_not_told_by_a_call_that_left_before_it(writing: SimulatedCampus) -> None:
    tickets = "{ me { tickets { nodes { subject } } } }"
    await writing.ask(tickets, as_="alex")
    await writing.forget_calls()
    await writing.systems[DESK].fault("hang", path="/REST/2.0/tickets")
    before = [asyncio.create_task(writing.ask(tickets, as_="alex")) for _ in range(2)]
    await called(writing, 1)
    variables = {
        "input": {"campus": "CWB", "queue": "Network", "subject": "Old news", "text": "No Wi-Fi.", "priority": "HIGH"}
    }
    changing = asyncio.create_task(writing.ask(action_documents()["create-ticket"], variables, as_="alex"))
    # The ticket is opened, and read as it is.
    await called(writing, 3)
    after = asyncio.create_task(writing.ask(tickets, as_="alex"))
    await called(writing, 4)
    await writing.systems[DESK].fault("none")
    assert (await changing).at("createTicket.ticket.subject") == "Old news"
    assert "Old news" in [each["subject"] for each in (await after).at("me.tickets.nodes")]
    assert [(await each).errors for each in before] == [[], []]
    lists = [call for call in (await writing.calls())[DESK] if call.startswith("GET") and "id+%3D" not in call]
    assert len(lists) == 3 - 1 + 1, lists


async def test_a_failure_is_told_to_each_who_asked_at_their_own_place(patient: SimulatedCampus) -> None:
    queries = ("{ me { loans { nodes { title } } } }", "{ me { books: loans { nodes { id } } } }")
    await patient.ask(queries[0], as_="alex")
    await patient.forget_calls()
    async with silent(patient, joined=1, then="500"):
        asking = [asyncio.create_task(patient.ask(query, as_="alex")) for query in queries]
    answers = [await each for each in asking]
    assert [each.faults() for each in answers] == [
        {("me.loans", "UPSTREAM_UNAVAILABLE", "library-cwb")},
        {("me.books", "UPSTREAM_UNAVAILABLE", "library-cwb")},
    ]
    told = [error["extensions"]["correlationId"] for each in answers for error in each.errors]
    assert len(set(told)) == 2
    assert await patient.counts() == {"library-cwb": 1}
