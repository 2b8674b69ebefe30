"""Every fault at the socket ends in its stated code, whichever protocol meets it."""

import asyncio
import logging
import sqlite3
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import aiohttp
import pytest

from connectors.gz_campus import Gtfs
from connectors.library import Alma
from connectors.onestop import Flowable, RequestTracker
from connectors.sis import Oeapi
from connectors.wire import Operation, UpstreamError
from sandbox import alma, flowable, gtfs, oeapi, request_tracker
from sandbox.frame import framed

from .simulators import clock_at, served
from .small_university import NOW, small_university
from .wire import Reach, reached

SECRET = "s3cret-of-the-gateway"


class Case(NamedTuple):
    module: type[Any]
    simulator: Any
    username: str | None
    ask: Callable[[Any], Awaitable[Any]]
    """One call, to which the small university has an answer that is not empty."""
    ask_more: Callable[[Any], Awaitable[Any]]
    """Another one."""


CASES = {
    "oeapi": Case(Oeapi, oeapi, None, lambda sis: sis.person("20001001"), lambda sis: sis.person("20004001")),
    "alma": Case(Alma, alma, None, lambda library: library.loans("lib005x"), lambda library: library.fines("lib005x")),
    "flowable": Case(
        Flowable, flowable, "onestop", lambda onestop: onestop.applications("os-005"), lambda one: one.steps("os-005")
    ),
    "request_tracker": Case(
        RequestTracker,
        request_tracker,
        None,
        lambda desk: desk.tickets("t005@connect.ust.hk"),
        lambda desk: desk.tickets("t004@connect.ust.hk"),
    ),
    "gtfs": Case(Gtfs, gtfs, None, lambda shuttle: shuttle.timetable(None), lambda shuttle: shuttle.trip_updates()),
    "gtfs-realtime": Case(
        Gtfs, gtfs, None, lambda shuttle: shuttle.trip_updates(), lambda shuttle: shuttle.timetable(None)
    ),
}

# mode: (code, seconds after which to ask again), where code None means an answer.
OUTCOMES: dict[str, tuple[str | None, float | None]] = {
    "none": (None, None),
    "slow": (None, None),
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


class Met:
    """A system that can be made to fail, and the connector that meets it."""

    def __init__(self, case: Case, origin: str, session: aiohttp.ClientSession) -> None:
        self.case, self.origin, self._session = case, origin, session

    async def fault(self, mode: str) -> None:
        async with self._session.put(f"{self.origin}/__faults", json={"mode": mode}) as answer:
            assert answer.status == 200

    async def calls(self) -> list[dict[str, Any]]:
        async with self._session.get(f"{self.origin}/__calls") as answer:
            return (await answer.json())["calls"]

    def reach(self, **access: Any) -> Any:
        return reached(self.case.module, self.origin, SECRET, self.case.username, **access)

    async def ask(self, reach: Reach, operation: Operation | None = None) -> Any:
        return await self.case.ask(reach.ask(operation))


@pytest.fixture(scope="module")
async def systems():
    """Each simulated system once; gtfs has its two kinds of file in one."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        origins: dict[Any, str] = {}
        for case in CASES.values():
            if case.simulator not in origins:
                db = sqlite3.connect(":memory:")
                stack.callback(db.close)
                case.simulator.seed(db, small_university(), "GZ" if case.simulator in (flowable, gtfs) else "CWB")
                clock = clock_at(NOW)
                secret = f"{case.username}:{SECRET}" if case.username else SECRET
                app = framed(case.simulator.build_app(db, clock, secret), case.simulator, clock)
                origins[case.simulator] = await stack.enter_async_context(served(app))
        yield {name: Met(case, origins[case.simulator], session) for name, case in CASES.items()}


@pytest.fixture(params=CASES)
async def system(request, systems):
    met = systems[request.param]
    async with met._session.delete(f"{met.origin}/__calls") as answer:
        assert answer.status == 204
    yield met
    await met.fault("none")


@pytest.mark.parametrize("mode", OUTCOMES)
async def test_a_fault_is_told_by_its_code(system, mode, caplog):
    caplog.set_level(logging.DEBUG)
    code, retry_after = OUTCOMES[mode]
    async with system.reach(timeout=0.4 if mode == "hang" else 10) as reach:
        await system.fault(mode)
        if code is None:
            assert await system.ask(reach), "an answer, and not an empty one"
            assert reach.upstream.state == "UP"
            return
        begun = time.monotonic()
        with pytest.raises(UpstreamError) as failed:
            await system.ask(reach)
        if mode == "hang":
            assert time.monotonic() - begun < 2, "its allowance was 0.4 s"
    assert (failed.value.code, failed.value.system) == (code, "system-1")
    assert failed.value.retry_after == (pytest.approx(retry_after, abs=1) if retry_after else None)
    told = "".join(traceback.format_exception(failed.value)) + caplog.text
    credential = next(iter(reach.upstream.headers.values())).split()[-1]
    assert SECRET not in told
    assert credential not in told


async def test_a_lost_connection_is_tried_once_more_and_both_calls_count(system):
    await system.fault("down")
    operation = Operation("contract-lost")
    async with system.reach() as reach:
        with pytest.raises(UpstreamError):
            await system.ask(reach, operation)
    assert operation.calls == {"system-1": 2}
    assert [call["correlation_id"] for call in await system.calls()] == ["contract-lost"] * 2


async def test_one_call_in_ten_may_be_tried_again_and_no_more(system):
    """What a system in trouble meets from twenty operations: one retry to begin with, then one earned by ten calls."""
    await system.fault("down")
    async with system.reach(timeout=30) as reach:
        for _ in range(20):
            with pytest.raises(UpstreamError):
                await system.ask(reach)
    assert len(await system.calls()) == 20 + 1 + 1


async def test_a_system_that_comes_back_within_the_call_has_answered(system):
    await system.fault("hang")
    async with system.reach(timeout=10) as reach:
        asking = asyncio.create_task(system.ask(reach))
        while not await system.calls():  # a real round trip each time
            pass
        await system.fault("none")
        assert await asking


async def test_what_one_operation_spent_on_a_system_is_spent(system):
    """Look-ups and retries count: the second question of an operation has what the first one left."""
    operation = Operation("contract-purse")
    async with system.reach(timeout=0.3) as reach:
        await system.fault("hang")
        for question in (system.case.ask, system.case.ask_more):
            with pytest.raises(UpstreamError) as failed:
                await question(reach.ask(operation))
            assert failed.value.code == "UPSTREAM_TIMEOUT"
        assert len(await system.calls()) == 1, "the second was not even asked"
        await system.fault("none")
        assert await system.case.ask_more(reach.ask()), "another operation has a purse of its own"
