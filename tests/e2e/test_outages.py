"""Any one system may be down, slow or talking nonsense, and the rest of the answer stands."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from tests.simulated_campus import Answer, SimulatedCampus

from .outages import PEOPLE, RECORD_LISTS, RECORD_SUMS, SYSTEMS, Outage, compared, gone

WHOLE = 2.5
"""Seconds a whole answer may take when a system does not answer."""
PER_SYSTEM = 2.0
"""Seconds one operation may spend on one system, retries and look-ups included."""

CODES = {
    "down": ("UPSTREAM_UNAVAILABLE", None),
    "hang": ("UPSTREAM_TIMEOUT", None),
    "cut": ("UPSTREAM_BAD_RESPONSE", None),
    "garbage": ("UPSTREAM_BAD_RESPONSE", None),
    "wrong-schema": ("UPSTREAM_BAD_RESPONSE", None),
    "closed": ("UPSTREAM_MAINTENANCE", 120),
    "401": ("UPSTREAM_UNAVAILABLE", None),
    "404": ("UPSTREAM_BAD_RESPONSE", None),
    "429": ("UPSTREAM_RATE_LIMITED", 2),
    "500": ("UPSTREAM_UNAVAILABLE", None),
}
"""Fault to the code it is told by, and after how many seconds to ask again."""

STOPPED = [(system, mode) for system in SYSTEMS for mode in ("down", "hang")]
AILING = [
    ("sis-cwb", "cut"), ("onestop-gz", "cut"), ("shuttle-gz", "cut"),
    ("sis-gz", "garbage"), ("library-cwb", "garbage"), ("tickets-cwb", "garbage"), ("shuttle-gz", "garbage"),
    ("sis-cwb", "wrong-schema"), ("library-cwb", "wrong-schema"), ("onestop-gz", "wrong-schema"),
    ("tickets-cwb", "wrong-schema"), ("shuttle-gz", "wrong-schema"),
    ("sis-cwb", "closed"), ("library-cwb", "closed"), ("onestop-gz", "closed"),
    ("sis-gz", "401"), ("onestop-gz", "401"), ("tickets-cwb", "401"),
    ("sis-gz", "404"), ("library-cwb", "404"), ("tickets-cwb", "404"),
    ("sis-cwb", "429"), ("library-cwb", "429"), ("tickets-cwb", "429"),
    ("sis-cwb", "500"), ("onestop-gz", "500"), ("shuttle-gz", "500"),
]  # fmt: skip


class Timed(NamedTuple):
    answer: Answer
    seconds: float


async def dashboards(campus: SimulatedCampus) -> dict[str, Timed]:
    """Everybody's at the same moment."""

    async def timed(who: str) -> Timed:
        began = time.monotonic()
        answer = await campus.widget("dashboard", as_=who)
        return Timed(answer, time.monotonic() - began)

    for who in PEOPLE:
        await campus.token(who)
    return dict(zip(PEOPLE, await asyncio.gather(*map(timed, PEOPLE)), strict=True))


async def healthy(campus: SimulatedCampus) -> dict[str, Any]:
    told = await dashboards(campus)
    assert {who: each.answer.errors for who, each in told.items()} == {who: [] for who in PEOPLE}
    return {who: compared(each.answer) for who, each in told.items()}


def expect(told: dict[str, Timed], outages: Sequence[Outage], before: Any, after: Any) -> None:
    """Exactly what the outages take away is missing, and each loss is told by path, code and system.

    `before` and `after` are healthy answers: they only differ where a shuttle left meanwhile.
    """
    for who, (answer, seconds) in told.items():
        assert answer.status == 200
        assert answer.faults() == set().union(*(outage.faults(who, before[who]) for outage in outages)), who
        lost = [before[who], after[who]]
        for outage in outages:
            lost = [outage.seen_in(data, who) for data in lost]
        assert compared(answer) in lost, who
        assert seconds <= WHOLE, who


@pytest.mark.parametrize(("system", "mode"), STOPPED + AILING)
async def test_one_system_that_fails_takes_only_its_own_away(campus: SimulatedCampus, system: str, mode: str) -> None:
    before = await healthy(campus)
    await campus.systems[system].fault(mode)
    told = await dashboards(campus)
    await campus.systems[system].fault("none")
    expect(told, [Outage(system, *CODES[mode])], before, await healthy(campus))


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_system_that_hangs_is_waited_for_two_seconds_by_a_viewer_nobody_knows_yet(
    campus: SimulatedCampus, system: str
) -> None:
    await campus.systems[system].fault("hang")
    told = await dashboards(campus)
    await campus.systems[system].fault("none")
    after = await healthy(campus)
    expect(told, [Outage(system, *CODES["hang"], known=False)], after, after)


RECORD_LATE = {
    f"me.academicRecord.{name}" for name in (*RECORD_LISTS, *RECORD_SUMS) if name != "enrolmentHolds"
}  # fmt: skip
"""Holds are told by the person's own document, the first that was asked for."""

TOO_LATE = [
    ("sis-cwb", "alex", {*RECORD_LATE, "me.enrolments", "me.timetable"}),
    ("sis-gz", "mei", {*RECORD_LATE, "me.enrolments", "me.timetable"}),
    (
        "sis-gz",
        "jordan",
        {
            *RECORD_LATE,
            *(f"me.academicRecord.terms.nodes.{place}.gpa" for place in range(5)),
            "me.enrolments",
            "me.timetable",
        },
    ),
    ("library-cwb", "alex", set()),
    ("onestop-gz", "bo", {"me.applications.nodes.0.steps", "me.applications.nodes.1.steps"}),
]
"""What a system that takes 1.2 s for each call is too slow for: whatever waits for an answer of its own before."""


@pytest.mark.parametrize(("system", "who", "late"), TOO_LATE)
async def test_all_calls_to_a_slow_system_share_its_two_seconds(
    campus: SimulatedCampus, system: str, who: str, late: set[str]
) -> None:
    await campus.token(who)
    await campus.systems[system].fault("slow", seconds=1.2)
    began = time.monotonic()
    answer = await campus.widget("dashboard", as_=who)
    assert time.monotonic() - began <= WHOLE
    assert answer.faults() == {(path, "UPSTREAM_TIMEOUT", system) for path in late}
    moments = [datetime.fromisoformat(call["at"]) for call in await campus.systems[system].calls()]
    assert (max(moments) - min(moments)).total_seconds() <= PER_SYSTEM


async def test_two_systems_that_fail_take_both_their_own_away(campus: SimulatedCampus) -> None:
    before = await healthy(campus)
    await campus.systems["sis-gz"].fault("hang")
    await campus.systems["library-cwb"].fault("down")
    told = await dashboards(campus)
    for system in ("sis-gz", "library-cwb"):
        await campus.systems[system].fault("none")
    outages = [Outage("sis-gz", *CODES["hang"]), Outage("library-cwb", *CODES["down"])]
    expect(told, outages, before, await healthy(campus))


@pytest.mark.parametrize("mode", ["down", "hang"])
async def test_with_every_system_gone_what_is_public_stands_and_every_loss_is_told(
    campus: SimulatedCampus, mode: str
) -> None:
    before = await healthy(campus)
    for system in campus.systems.values():
        await system.fault(mode)
    told = await dashboards(campus)
    for who, (answer, seconds) in told.items():
        assert seconds <= WHOLE
        code, _ = CODES[mode]
        expected = set().union(*(Outage(system, code).faults(who, before[who]) for system in SYSTEMS))
        if who == "jordan":
            # Of the student systems nothing is left: no terms nor an account to say a part of; sums tell one reason.
            parts = ("me.academicRecord.terms.nodes.", "me.account.balance")
            expected = {fault for fault in expected if not fault[0].startswith(parts)}
            expected -= {(f"me.academicRecord.{name}", code, "sis-gz") for name in RECORD_SUMS}
        assert answer.faults() == expected, who
        assert {name for name, value in answer.data["me"].items() if gone(value)} == set(answer.data["me"]), who
        for public in ("services", "terms", "courses"):
            assert answer.data[public] == before[who][public]
    for system in campus.systems.values():
        await system.fault("none")
    await healthy(campus)


async def test_how_a_system_did_is_told_to_the_next_who_asks(campus: SimulatedCampus) -> None:
    await campus.systems["library-cwb"].fault("down")
    await campus.systems["tickets-cwb"].fault("closed")
    await campus.widget("dashboard", as_="alex")
    answer = await campus.ask("{ systems { id state } }")
    states = {system["id"]: system["state"] for system in answer.data["systems"]}
    assert states == dict.fromkeys(SYSTEMS, "UP") | {"library-cwb": "DOWN", "tickets-cwb": "MAINTENANCE"}
