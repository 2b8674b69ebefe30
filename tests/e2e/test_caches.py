"""What was read lately is told again, with its age where that is more than seconds, and never of before a change."""

import asyncio
import gc
from typing import Any

import pytest

from pipeline.documents import widget_documents
from resolvers.context import RequestContext
from tests.e2e.caching import Clock, freshness
from tests.e2e.canaries import EVERYBODY, NUMBERED, variables
from tests.e2e.outages import Outage, compared
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

LOANS = "{ me { loans { nodes { title dueAt } unavailable { system } } } }"


async def test_a_second_dashboard_asks_no_system_for_anything(keeping: SimulatedCampus) -> None:
    first = await keeping.widget("dashboard", as_="jordan")
    assert (first.errors, freshness(first)) == ([], [])
    assert await keeping.counts()
    await keeping.forget_calls()
    second = await keeping.widget("dashboard", as_="jordan")
    assert await keeping.counts() == {}
    assert compared(second) == compared(first)
    assert (second.errors, freshness(second)) == ([], [])


async def test_what_is_fresh_no_longer_is_asked_for_anew(keeping: SimulatedCampus, clock: Clock) -> None:
    first = await keeping.ask(LOANS, as_="alex")
    await keeping.forget_calls()
    clock.now += 4.9
    await keeping.ask(LOANS, as_="alex")
    assert await keeping.counts() == {}
    clock.now += 0.1
    assert (await keeping.ask(LOANS, as_="alex")).data == first.data
    assert await keeping.counts() == {"library-cwb": 1}


async def test_many_who_miss_the_same_ask_once(keeping: SimulatedCampus) -> None:
    await keeping.token("alex")
    await keeping.ask("{ me { profile { displayName } } }", as_="alex")
    await keeping.forget_calls()
    told = await asyncio.gather(*(keeping.ask(LOANS, as_="alex") for _ in range(8)))
    assert all(each.data == told[0].data and each.errors == [] for each in told)
    assert await keeping.counts() == {"library-cwb": 1}


async def test_what_is_renewed_is_told_at_once_and_asked_for_once_by_all(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    search = '{ catalogue(search: "robotics") { nodes { title } } }'
    first = await keeping.ask(search)
    asked = {system: len(calls) for system, calls in (await keeping.calls()).items()}
    await keeping.forget_calls()
    clock.now += 40
    told = await asyncio.gather(*(keeping.ask(search) for _ in range(8)))
    for each in told:
        assert each.data == first.data
        assert each.errors == []
        assert {(path, system) for path, system, _ in freshness(each)} == {("catalogue", system) for system in asked}
        assert {age for _, _, age in freshness(each)} <= {40, 41}
    for _ in range(100):
        if await keeping.counts() == asked:
            break
        await asyncio.sleep(0.05)
    assert await keeping.counts() == asked
    again = await keeping.ask(search)
    assert (again.data, freshness(again)) == (first.data, [])
    assert await keeping.counts() == asked


OUTAGES = [
    ("library-cwb", "down", "alex", ["me.fines", "me.holds", "me.loans"]),
    ("library-cwb", "garbage", "alex", ["me.fines", "me.holds", "me.loans"]),
    (
        "onestop-gz", "closed", "bo",
        ["me.applications", "me.applications.nodes.0.steps", "me.applications.nodes.1.steps"],
    ),
    ("tickets-cwb", "500", "mei", ["me.tickets"]),
]  # fmt: skip


@pytest.mark.parametrize(("system", "mode", "who", "paths"), OUTAGES)
async def test_while_a_system_does_not_answer_what_it_told_last_stands_and_says_how_old_it_is(
    keeping: SimulatedCampus, clock: Clock, system: str, mode: str, who: str, paths: list[str]
) -> None:
    before = await keeping.widget("dashboard", as_=who)
    assert before.errors == []
    clock.now += 600
    await keeping.systems[system].fault(mode)
    during = await keeping.widget("dashboard", as_=who)
    assert during.errors == []
    assert compared(during) == compared(before)
    assert sorted({path for path, of, _ in freshness(during) if of == system}) == paths
    assert {of for _, of, _ in freshness(during)} == {system}
    assert {age for _, _, age in freshness(during)} <= {600, 601}


async def test_where_something_is_stale_is_told_the_same_by_graphql_core(university: University, clock: Clock) -> None:
    """Relations too, which plans load for all siblings at once."""
    own = {"caches": {"on": True}}
    await university.well()
    async with (
        campus_over(university, university.settings(own)) as planned,
        campus_over(university, university.settings({**own, "execution": {"plans": False}})) as unplanned,
    ):
        told = []
        for campus in (planned, unplanned):
            await campus.indexes_filled()
            assert (await campus.widget("dashboard", as_="bo")).errors == []
        clock.now += 600
        await planned.systems["onestop-gz"].fault("down")
        for campus in (planned, unplanned):
            answer = await campus.widget("dashboard", as_="bo")
            assert answer.errors == []
            told.append([(path, system) for path, system, _ in freshness(answer) if system == "onestop-gz"])
        assert told[0] == told[1]
        assert ("me.applications.nodes.1.steps", "onestop-gz") in told[0]
    await university.well()


async def test_a_system_that_hangs_is_waited_for_once_and_then_left_alone_for_a_while(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    await keeping.ask(LOANS, as_="alex")
    clock.now += 600
    await keeping.systems["library-cwb"].fault("hang")
    await keeping.forget_calls()
    for _ in range(3):
        answer = await keeping.ask(LOANS, as_="alex")
        assert answer.errors == []
        assert [path for path, _, _ in freshness(answer)] == ["me.loans"]
    assert await keeping.counts() == {"library-cwb": 1}
    clock.now += 5
    await keeping.systems["library-cwb"].fault("none")
    answer = await keeping.ask(LOANS, as_="alex")
    assert freshness(answer) == []


async def test_after_its_time_what_cannot_be_asked_is_missing_as_without_a_cache(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    before = await keeping.widget("dashboard", as_="alex")
    assert before.errors == []
    clock.now += 3 * 3600 + 6
    await keeping.systems["library-cwb"].fault("down")
    during = await keeping.widget("dashboard", as_="alex")
    outage = Outage("library-cwb", "UPSTREAM_UNAVAILABLE")
    assert during.faults() == outage.faults("alex", before.data)
    assert compared(during) == outage.seen_in(compared(before), "alex")
    assert freshness(during) == []


async def test_a_system_that_fails_before_it_told_anything_is_missing(keeping: SimulatedCampus) -> None:
    await keeping.systems["library-cwb"].fault("down")
    answer = await keeping.ask(LOANS, as_="alex")
    assert answer.data == {"me": {"loans": None}}
    assert answer.faults() == {("me.loans", "UPSTREAM_UNAVAILABLE", "library-cwb")}
    assert freshness(answer) == []


async def test_an_advisor_is_shown_nothing_by_whom_they_advised_before_an_outage(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    """The file of a student is told stale to whoever may see it; who that is, is not."""
    number = (await keeping.ask("{ me { profile { numbers { number } } } }", as_="alex")).at(
        "me.profile.numbers.0.number"
    )
    student = f'{{ student(campus: "CWB", number: "{number}") {{ number }} }}'
    assert (await keeping.ask(student, as_="lee")).data == {"student": {"number": number}}
    clock.now += 60
    await keeping.systems["sis-cwb"].fault("down")
    registrars = await keeping.ask(student, as_="rita")
    assert (registrars.data, registrars.errors) == ({"student": {"number": number}}, [])
    assert [path for path, _, _ in freshness(registrars)] == ["student"]
    refused = await keeping.ask(student, as_="lee")
    assert refused.data == {"student": None}
    assert refused.faults() == {("student", "UPSTREAM_UNAVAILABLE", "sis-cwb")}


async def test_what_a_kept_answer_rests_on_limits_how_long_others_may_keep_it(
    keeping: SimulatedCampus, clock: Clock
) -> None:
    async def kept() -> str:
        address = {"documentId": "shuttle-board"}
        async with keeping.client.get("/graphql", params=address) as answer:
            told: dict[str, Any] = await answer.json()
            assert "errors" not in told
            return answer.headers["Cache-Control"]

    assert await kept() == "public, max-age=10"
    clock.now += 4
    assert await kept() == "public, max-age=6"
    clock.now += 5.5
    assert await kept() == "public, no-cache"


async def test_every_widget_answers_everybody_the_same_with_caches_and_without(
    keeping: SimulatedCampus, university: University
) -> None:
    async with campus_over(university) as without:
        await without.indexes_filled()
        for widget in sorted(widget_documents().keys() - set(NUMBERED)):
            wishes = await variables(without, widget)
            for who in (None, *EVERYBODY):
                plain = await without.widget(widget, wishes, as_=who)
                told = [await keeping.widget(widget, wishes, as_=who) for _ in range(2)]
                for each in told:
                    assert _lasting(each) == _lasting(plain), (widget, who)
                    assert freshness(each) == []


def _lasting(answer: Answer) -> dict[str, object]:
    """Without what changes by the minute."""
    moving = ("shuttles", "shuttlePositions", "systems", "viewer")
    data = {name: value for name, value in (answer.data or {}).items() if name not in moving}
    errors = sorted((str(each["path"]), each["extensions"]["code"]) for each in answer.errors)
    if me := data.get("me"):
        data["me"] = {name: value for name, value in me.items() if name != "today"}
    return {"data": data, "errors": errors}


async def test_nothing_of_an_operation_outlives_it_but_what_is_kept(keeping: SimulatedCampus) -> None:
    before = {id(each) for each in contexts()}
    for who in ("alex", "jordan"):
        for widget in ("dashboard", "catalogue-search"):
            await keeping.widget(widget, await variables(keeping, widget), as_=who)
    for _ in range(20):
        gc.collect()
        left = [each for each in contexts() if id(each) not in before]
        if not left:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(left)


def contexts() -> list[RequestContext]:
    """Of operations, wherever anything still refers to one."""
    return [each for each in gc.get_objects() if isinstance(each, RequestContext)]
