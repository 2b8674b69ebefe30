"""After a change, what is read is new: through any process, also where nobody knows whether it was made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from commands.simulated import follow
from pipeline.documents import action_documents
from tests.e2e.caching import Clock
from tests.redis_server import PASSWORD, redis_server
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over, simulated_university

from .test_booking_changes import book, wish
from .test_personal_streams import desk_sets

DESK = "tickets-cwb"
TICKETS = "{ me { tickets(first: 100) { nodes { id subject } } } }"
LOANS = "{ me { loans { nodes { id } } } }"


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


async def create(campus: SimulatedCampus, subject: str, *, as_: str = "alex") -> Answer:
    asked = {"campus": "CWB", "queue": "Network", "subject": subject, "text": "Since noon.", "priority": "HIGH"}
    return await campus.ask(action_documents()["create-ticket"], {"input": asked}, as_=as_)


async def subjects(campus: SimulatedCampus, *, as_: str = "alex") -> list[str]:
    answer = await campus.ask(TICKETS, as_=as_)
    assert answer.errors == []
    return [each["subject"] for each in answer.at("me.tickets.nodes")]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(100):
        if await holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


async def test_what_a_viewer_has_changed_is_new_to_them_and_nobody_elses_is_asked_for_anew(
    keeping: SimulatedCampus,
) -> None:
    for who in ("alex", "mei"):
        assert "Changed by me" not in await subjects(keeping, as_=who)
    assert (await create(keeping, "Changed by me")).at("createTicket.__typename") == "TicketCreated"
    await keeping.forget_calls()
    assert "Changed by me" in await subjects(keeping)
    assert "Changed by me" not in await subjects(keeping, as_="mei")
    assert await keeping.counts() == {DESK: 1}, "Alex's alone"
    assert "Changed by me" in await subjects(keeping)
    assert await keeping.counts() == {DESK: 1}, "and kept again"


async def test_a_change_in_one_system_leaves_what_others_told(keeping: SimulatedCampus) -> None:
    await keeping.ask(LOANS, as_="alex")
    await create(keeping, "Somewhere else")
    await keeping.forget_calls()
    assert (await keeping.ask(LOANS, as_="alex")).errors == []
    assert await keeping.counts() == {}


async def test_while_nobody_knows_whether_a_change_was_made_nothing_is_kept(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    assert "Perhaps" not in await subjects(keeping)
    await keeping.systems[DESK].fault("cut", method="POST", path="/REST/2.0/ticket")
    answer = await create(keeping, "Perhaps")
    assert [error["extensions"].get("unsettled") for error in answer.errors] == [True]
    await keeping.systems[DESK].fault("none")
    await keeping.forget_calls()
    for calls in (1, 2, 3):
        assert "Perhaps" in await subjects(keeping)
        assert await keeping.counts() == {DESK: calls}
    clock.now += 60  # after which the desk works on no request any longer
    for _ in range(2):
        assert "Perhaps" in await subjects(keeping)
    assert await keeping.counts() == {DESK: 4}


async def test_no_outage_brings_back_what_was_before_a_change(keeping: SimulatedCampus) -> None:
    await subjects(keeping)
    await create(keeping, "Before the outage")
    await keeping.systems[DESK].fault("down")
    answer = await keeping.ask(TICKETS, as_="alex")
    assert answer.data == {"me": {"tickets": None}}
    assert answer.faults() == {("me.tickets", "UPSTREAM_UNAVAILABLE", DESK)}


@pytest.mark.parametrize("mode", ["none", "cut"])
async def test_what_is_changed_through_one_process_is_new_through_another(
    university: University, clock: Clock, mode: str
) -> None:
    """Also where the one does not know whether it was."""
    await university.well()
    subject = f"Over there: {mode}"
    async with redis_server() as redis:
        own = {
            "caches": {"on": True},
            "redis": {"url": redis.url, "credential": {"env": "REDIS_PASSWORD"}, "prefix": "hkust"},
        }
        settings = university.settings(own, REDIS_PASSWORD=PASSWORD)
        async with campus_over(university, settings) as here, campus_over(university, settings) as there:
            for who in ("alex", "mei"):
                assert subject not in await subjects(there, as_=who)
            await here.systems[DESK].fault(mode, method="POST", path="/REST/2.0/ticket")
            answer = await create(here, subject)
            assert [error["extensions"].get("unsettled") for error in answer.errors] == [True] * (mode == "cut")
            await here.systems[DESK].fault("none")

            async def is_new() -> bool:
                return subject in await subjects(there)

            await until(is_new)
            await there.forget_calls()
            await subjects(there, as_="mei")
            assert await there.counts() == {}


async def test_what_a_system_tells_of_is_new_to_whom_it_concerns(keeping: SimulatedCampus) -> None:
    await create(keeping, "As it was opened")
    (ticket,) = [
        each["id"]
        for each in (await keeping.ask(TICKETS, as_="alex")).at("me.tickets.nodes")
        if each["subject"] == "As it was opened"
    ]
    await desk_sets(keeping, ticket, Subject="Untold")
    assert "Untold" not in await subjects(keeping), "nobody said so, and by our clock it is fresh"
    await follow(keeping.university.told, str(keeping.client.make_url("")).rstrip("/"))
    try:
        await desk_sets(keeping, ticket, Subject="Told")

        async def is_new() -> bool:
            return "Told" in await subjects(keeping)

        await until(is_new)
    finally:
        await follow(keeping.university.told, "")


async def test_what_somebody_books_is_taken_to_everybody_at_once(keeping: SimulatedCampus) -> None:
    wanted = wish()
    day = wanted["starts"][:10]
    query = f'{{ facilities {{ nodes {{ id availability(day: "{day}") {{ from state }} }} }} }}'

    async def taken() -> list[str]:
        answer = await keeping.ask(query, as_="jordan")
        assert answer.errors == []
        (room,) = [each for each in answer.at("facilities.nodes") if each["id"] == wanted["facility"]]
        return [each["from"] for each in room["availability"] if each["state"] == "TAKEN"]

    before = await taken()
    assert (await book(keeping, "mei", wanted)).at("bookFacility.__typename") == "FacilityBooked"
    assert len(await taken()) == len(before) + 1
