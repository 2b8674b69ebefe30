"""How the class schedule is visited: seldom, few pages at once, not again where one failed; faults by their codes."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from connectors.sis import ClassSchedule, class_schedule_visits
from connectors.wire import Operation, UpstreamError
from sandbox import schedule_pages
from sandbox.frame import framed

from .schedule_university import schedule_university
from .simulators import clock_at, served
from .small_university import NOW
from .wire import reached

FAULTS = {
    "down": "UPSTREAM_UNAVAILABLE",
    "hang": "UPSTREAM_TIMEOUT",
    "cut": "UPSTREAM_BAD_RESPONSE",
    "garbage": "UPSTREAM_BAD_RESPONSE",
    "wrong-schema": "UPSTREAM_BAD_RESPONSE",
    "closed": "UPSTREAM_MAINTENANCE",
    "401": "UPSTREAM_UNAVAILABLE",
    "404": "UPSTREAM_BAD_RESPONSE",
    "429": "UPSTREAM_RATE_LIMITED",
    "500": "UPSTREAM_UNAVAILABLE",
}
"""The class schedule has no persons and no account, so a 401 can only come from what stands in front of it."""


class Site:
    """The simulated pages, some of which fail, and who asked for what."""

    def __init__(self, origin: str, session: aiohttp.ClientSession) -> None:
        self.origin, self._session = origin, session

    async def fault(self, mode: str) -> None:
        async with self._session.put(f"{self.origin}/__faults", json={"mode": mode}) as answer:
            assert answer.status == 200

    async def visits(self) -> Counter[str]:
        async with self._session.get(f"{self.origin}/__calls") as answer:
            return Counter(call["path"] for call in (await answer.json())["calls"])

    async def statuses(self) -> list[int]:
        async with self._session.get(f"{self.origin}/__calls") as answer:
            return [call["status"] for call in (await answer.json())["calls"]]


class Broken:
    """Hands on what the site answers, but for pages whose path ends in one of `faults`."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.under_way = self.most_under_way = 0
        self.over = asyncio.Event()

    def wrap(self, app: web.Application) -> web.Application:
        site = framed(app, schedule_pages, clock_at(NOW))

        @web.middleware
        async def breaking(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self.asked[request.path] += 1
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            try:
                await asyncio.sleep(0.01)
                return await self._met(request, handler)
            finally:
                self.under_way -= 1

        site.middlewares.insert(0, breaking)
        return site

    async def _met(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        fault = next((mode for end, mode in self.faults.items() if request.path.endswith(end)), "none")
        if fault == "down":
            assert request.transport is not None
            request.transport.abort()
        if fault == "hang":
            await self.over.wait()
        if fault == "wrong-schema":
            return web.Response(body=schedule_pages.WRONG_SCHEMA, content_type="text/html")
        if fault == "another":
            return web.Response(status=302, headers={"Location": request.path.replace("IMBA", "COMP")})
        if fault.isdecimal():
            headers = {"Retry-After": "7"} if fault in ("429", "503") else {}
            return web.Response(status=int(fault), headers=headers)
        return await handler(request)


@asynccontextmanager
async def broken_site():
    db = sqlite3.connect(":memory:")
    schedule_pages.seed(db, schedule_university(), "CWB")
    broken = Broken()
    async with served(broken.wrap(schedule_pages.build_app(db, clock_at(NOW), ""))) as origin:
        yield origin, broken
        broken.over.set()
    db.close()


@asynccontextmanager
async def visited(origin, **access):
    async with reached(ClassSchedule, origin, **access) as schedule:
        (term, *_) = await schedule.ask().terms()
        yield schedule, term


@pytest.mark.parametrize("mode", FAULTS)
async def test_a_fault_of_the_whole_server_is_told_by_its_code_and_met_once(mode):
    async with broken_site() as (origin, _), aiohttp.ClientSession() as session:
        site = Site(origin, session)
        await site.fault(mode)
        async with reached(ClassSchedule, origin, timeout=0.3 if mode == "hang" else 10) as schedule:
            for _ in range(2):
                with pytest.raises(UpstreamError) as failed:
                    await schedule.ask().terms()
                assert (failed.value.code, failed.value.system) == (FAULTS[mode], "system-1")
                assert 0 < failed.value.retry_after <= 900
        await site.fault("none")
        assert set((await site.visits()).values()) == {1}


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("down", "UPSTREAM_UNAVAILABLE"),
        ("hang", "UPSTREAM_TIMEOUT"),
        ("wrong-schema", "UPSTREAM_BAD_RESPONSE"),
        ("another", "UPSTREAM_BAD_RESPONSE"),
        ("404", "UPSTREAM_BAD_RESPONSE"),
        ("410", "UPSTREAM_BAD_RESPONSE"),
        ("500", "UPSTREAM_UNAVAILABLE"),
    ],
)
async def test_one_page_that_fails_is_told_and_costs_no_page_a_second_visit(mode, code, monkeypatch):
    monkeypatch.setattr(class_schedule_visits, "PAGE_SECONDS", 0.3)
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        broken.faults = {"/IMBA": mode}
        for _ in range(3):
            catalogue = await schedule.ask(Operation("fill", seconds=60)).catalogue(term)
            assert sorted(catalogue.course_by_code) == ["COMP 2011", "COMP 6990"]
            assert list(catalogue.gaps) == ["IMBA"]
            assert catalogue.gaps["IMBA"].failure("sis").code == code
        assert set(broken.asked.values()) == {1}


async def test_when_every_page_fails_there_is_no_catalogue():
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        broken.faults = {"/IMBA": "500", "/COMP": "wrong-schema"}
        with pytest.raises(UpstreamError) as failed:
            await schedule.ask().catalogue(term)
        assert failed.value.code == "UPSTREAM_BAD_RESPONSE"


@pytest.mark.parametrize("mode", ["429", "503"])
async def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(mode, monkeypatch):
    monkeypatch.setattr(class_schedule_visits, "AT_ONCE", 1)
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        broken.faults = {"/COMP": mode}
        for _ in range(2):
            with pytest.raises(UpstreamError) as failed:
                await schedule.ask().catalogue(term)
            assert 0 < failed.value.retry_after <= 60
        assert broken.asked["/wcq/cgi-bin/2610/subject/IMBA"] == 0
        monkeypatch.setattr(class_schedule_visits, "monotonic", later(61))
        catalogue = await schedule.ask().catalogue(term)
        assert list(catalogue.gaps) == ["COMP"]
        assert list(catalogue.course_by_code) == ["IMBA 5540"]
        assert set(broken.asked.values()) == {1}


async def test_a_fill_whose_time_is_up_goes_on_where_it_stopped():
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        spent = Operation("fill", seconds=0.001)
        spent.seconds_left("system-1", 0)
        await asyncio.sleep(0.01)
        with pytest.raises(UpstreamError):
            await schedule.ask(spent).catalogue(term)
        assert broken.asked["/wcq/cgi-bin/2610/subject/COMP"] == 0
        assert not (await schedule.ask().catalogue(term)).gaps


async def test_after_a_quarter_of_an_hour_pages_are_sent_only_if_they_changed(monkeypatch):
    async with broken_site() as (origin, _), visited(origin) as (schedule, term), aiohttp.ClientSession() as session:
        site = Site(origin, session)
        first = await schedule.ask().catalogue(term)
        assert await site.statuses() == [302, 200, 200, 200]
        monkeypatch.setattr(class_schedule_visits, "monotonic", later(890))
        await schedule.ask().catalogue(term)
        assert len(await site.statuses()) == 4
        monkeypatch.setattr(class_schedule_visits, "monotonic", later(901))
        again = await schedule.ask().catalogue(term)
        assert (await site.statuses())[4:] == [304, 304, 304]
        assert (again.courses, again.section_by_number) == (first.courses, first.section_by_number)


async def test_a_page_that_was_read_stands_for_a_day_while_it_fails(monkeypatch):
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        first = await schedule.ask().catalogue(term)
        broken.faults = {"/IMBA": "500"}
        monkeypatch.setattr(class_schedule_visits, "monotonic", later(23 * 3600))
        assert (await schedule.ask().catalogue(term)).courses == first.courses
        monkeypatch.setattr(class_schedule_visits, "monotonic", later(25 * 3600))
        assert list((await schedule.ask().catalogue(term)).gaps) == ["IMBA"]


async def test_a_few_pages_at_once_and_no_more():
    async with broken_site() as (origin, broken), visited(origin) as (schedule, term):
        await asyncio.gather(*(schedule.ask().catalogue(term) for _ in range(5)), schedule.ask().terms())
        assert broken.most_under_way <= class_schedule_visits.AT_ONCE
        assert set(broken.asked.values()) == {1}


def later(seconds):
    return lambda: time.monotonic() + seconds
