"""Any one system may be down, slow or talking nonsense, and the rest of the answer stands."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from tests.machine import soon_enough
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

from .outages import PEOPLE, RECORD_LISTS, RECORD_SUMS, SHORT, SYSTEMS, Outage, compared, gone, with_short

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

OWN = {"dashboard", "notifications", "unreadNotifications"}
"""What the gateway keeps itself."""

AILING = [
    *((system, "down") for system in SYSTEMS),
    ("sis-cwb", "cut"), ("onestop-gz", "cut"), ("shuttle-gz", "cut"),
    ("sis-gz", "garbage"), ("library-cwb", "garbage"), ("tickets-cwb", "garbage"), ("shuttle-gz", "garbage"),
    ("sis-cwb", "wrong-schema"), ("library-cwb", "wrong-schema"), ("onestop-gz", "wrong-schema"),
    ("tickets-cwb", "wrong-schema"), ("shuttle-gz", "wrong-schema"),
    ("sis-cwb", "closed"), ("library-cwb", "closed"), ("onestop-gz", "closed"),
    ("sis-gz", "401"), ("onestop-gz", "401"), ("tickets-cwb", "401"),
    ("life-gz", "cut"), ("life-cwb", "wrong-schema"), ("life-gz", "404"),
    ("sis-gz", "404"), ("library-cwb", "404"), ("tickets-cwb", "404"),
    ("sis-cwb", "429"), ("library-cwb", "429"), ("tickets-cwb", "429"),
    ("sis-cwb", "500"), ("onestop-gz", "500"), ("shuttle-gz", "500"),
    ("facilities-gz", "cut"), ("facilities-gz", "wrong-schema"), ("facilities-gz", "401"), ("facilities-gz", "closed"),
    ("library-gz", "cut"), ("library-gz", "wrong-schema"), ("library-gz", "closed"), ("library-gz", "401"),
]  # fmt: skip


class Timed(NamedTuple):
    answer: Answer
    seconds: float


async def dashboard(campus: SimulatedCampus, who: str) -> Timed:
    began = time.monotonic()
    answer = await campus.widget("dashboard", as_=who)
    return Timed(answer, time.monotonic() - began)


async def dashboards(campus: SimulatedCampus) -> dict[str, Timed]:
    """Everybody's at the same moment."""
    for who in PEOPLE:
        await campus.token(who)
    told = await asyncio.gather(*(dashboard(campus, who) for who in PEOPLE))
    return dict(zip(PEOPLE, told, strict=True))


async def healthy(campus: SimulatedCampus) -> dict[str, Any]:
    """One after the other, so that it is not the machine that keeps a system from answering in time."""
    told = {who: await dashboard(campus, who) for who in PEOPLE}
    assert {who: each.answer.errors for who, each in told.items()} == {who: [] for who in PEOPLE}
    return {who: compared(each.answer) for who, each in told.items()}


def expect(
    told: dict[str, Timed], outages: Sequence[Outage], before: Any, after: Any, *, per_system: float = PER_SYSTEM
) -> None:
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
        assert soon_enough(seconds - per_system + PER_SYSTEM, WHOLE), who


@pytest.fixture(scope="module")
async def seen(open_campus: SimulatedCampus) -> list[Any]:
    """Healthy answers of one gateway, which has known everybody since the first; the latest stands last."""
    return [await healthy(open_campus)]


@pytest.mark.parametrize(("system", "mode"), AILING)
async def test_one_system_that_fails_takes_only_its_own_away(
    open_campus: SimulatedCampus, seen: list[Any], system: str, mode: str
) -> None:
    await open_campus.university.well()
    await open_campus.systems[system].fault(mode)
    told = await dashboards(open_campus)
    await open_campus.systems[system].fault("none")
    seen.append(await healthy(open_campus))
    expect(told, [Outage(system, *CODES[mode])], *seen[-2:])


class Hanging(NamedTuple):
    """A gateway that gives one of its systems less time, and all others two seconds."""

    system: str
    campus: SimulatedCampus

    async def dashboards(self) -> dict[str, Timed]:
        await self.campus.systems[self.system].fault("hang")
        told = await dashboards(self.campus)
        await self.campus.systems[self.system].fault("none")
        return told

    async def healthy(self) -> dict[str, Any]:
        """Asked until nothing is missing: the system is well, and yet has little time on a slow machine."""
        until = time.monotonic() + 20
        told = {}
        for who in PEOPLE:
            while (answer := await self.campus.widget("dashboard", as_=who)).errors:
                assert time.monotonic() < until, answer.errors
            told[who] = compared(answer)
        return told


@pytest.fixture(scope="module", params=SYSTEMS)
async def hanging(request: pytest.FixtureRequest, university: University) -> AsyncIterator[Hanging]:
    await university.well()
    async with campus_over(university, with_short(university, request.param)) as campus:
        await campus.indexes_filled()
        yield Hanging(request.param, campus)


async def test_a_system_that_hangs_is_waited_for_as_long_as_it_is_given_by_a_viewer_nobody_knows_yet(
    hanging: Hanging, open_campus: SimulatedCampus
) -> None:
    before = await healthy(open_campus)  # another gateway
    hanging.campus.forget_people()
    told = await hanging.dashboards()
    outage = Outage(hanging.system, *CODES["hang"], known=False)
    expect(told, [outage], before, await hanging.healthy(), per_system=SHORT)


async def test_a_system_that_hangs_takes_only_its_own_away(hanging: Hanging) -> None:
    before = await hanging.healthy()  # who knows everybody from here on
    told = await hanging.dashboards()
    expect(told, [Outage(hanging.system, *CODES["hang"])], before, await hanging.healthy(), per_system=SHORT)


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
    ("library-gz", "mei", {"me.loans", "me.holds", "me.fines"}),  # it lets us in, then names the reader, then answers
    ("onestop-gz", "bo", set()),  # steps are asked beside the applications, and not after them
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
    assert soon_enough(time.monotonic() - began, WHOLE)
    assert answer.faults() == {(path, "UPSTREAM_TIMEOUT", system) for path in late}
    moments = [datetime.fromisoformat(call["at"]) for call in await campus.systems[system].asked()]
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
        assert soon_enough(seconds, WHOLE)
        code, _ = CODES[mode]
        expected = set().union(*(Outage(system, code).faults(who, before[who]) for system in SYSTEMS))
        if who == "jordan":
            # Of the student systems nothing is left: no terms nor an account to say a part of; sums tell one reason.
            parts = ("me.academicRecord.terms.nodes.", "me.account.balance")
            expected = {fault for fault in expected if not fault[0].startswith(parts)}
            expected -= {(f"me.academicRecord.{name}", code, "sis-gz") for name in RECORD_SUMS}
        assert answer.faults() == expected, who
        assert {name for name, value in answer.data["me"].items() if gone(value)} == {*answer.data["me"]} - OWN, who
        for kept in OWN:
            assert answer.data["me"][kept] == before[who]["me"][kept]
        for public in ("services", "terms", "courses", "announcements"):
            assert answer.data[public] == before[who][public]
    for system in campus.systems.values():
        await system.fault("none")
    await healthy(campus)


async def test_how_a_system_did_is_told_to_the_next_who_asks(campus: SimulatedCampus) -> None:
    await campus.systems["library-cwb"].fault("down")
    await campus.systems["tickets-cwb"].fault("closed")
    await campus.widget("dashboard", as_="jordan")
    answer = await campus.widget("systems-status")
    states = {system["id"]: system["state"] for system in answer.data["systems"]}
    assert states == dict.fromkeys(SYSTEMS, "UP") | {
        "library-cwb": "DOWN", "tickets-cwb": "MAINTENANCE", "catalogue-cwb": "UNKNOWN",
    }  # fmt: skip
    (closed,) = [system for system in answer.data["systems"] if system["maintenance"]]
    assert (closed["id"], closed["kind"], closed["campus"]) == ("tickets-cwb", "onestop", "CWB")
    left = datetime.fromisoformat(closed["maintenance"]["until"]) - datetime.now(UTC)
    assert 0 < left.total_seconds() <= 120, "as it said when it was asked"
