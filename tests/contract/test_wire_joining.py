"""What several operations ask at once, over real connections: how often, for whom, and what is known of the system."""

import asyncio
import json

import pytest
from aiohttp import web

from connectors.onestop import OneStopLoaders, RequestTracker, TicketEventKey, TicketKey
from connectors.reads import Joining
from connectors.wire import Line, Operation, UpstreamBadResponse, UpstreamTimeout

from .simulators import served
from .wire import reached

ALEX, JORDAN = "alex@ust.example", "jordan@ust.example"


class Desk:
    """A desk that keeps what it is asked, writes of each event that it is its own, and may be silent."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self._came = asyncio.Condition()
        self.speaks = asyncio.Event()
        self.speaks.set()
        self.unreadable: set[str] = set()

    async def answer(self, request: web.Request) -> web.Response:
        wanted = [each["value"] for each in await request.json() if each["field"] in ("TransactionId", "ObjectId")]
        self.asked.append(wanted)
        async with self._came:
            self._came.notify_all()
        await self.speaks.wait()
        rows = [
            {"TransactionId": each, "Filename": "", "Content": None if each in self.unreadable else f"of {each}"}
            for each in wanted
        ]
        body = {"items": rows, "pages": 1, "page": 1, "per_page": 100, "count": len(rows), "total": len(rows)}
        return web.Response(body=json.dumps(body), content_type="application/json")

    async def asked_times(self, times: int) -> None:
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.asked) >= times)

    async def change(self, _: web.Request) -> web.Response:
        return web.json_response({"id": "7"}, status=201)


@pytest.fixture
async def desk():
    """The desk, its line, and the loaders of an operation made anew."""
    desk, app = Desk(), web.Application()
    app.router.add_post("/REST/2.0/attachments", desk.answer)
    app.router.add_post("/REST/2.0/transactions", desk.answer)
    app.router.add_post("/REST/2.0/ticket", desk.change)
    async with served(app) as origin, reached(RequestTracker, origin, "token", timeout=0.5) as reach:
        joining = Joining(lambda _, operation: reach.ask(operation), {"system-1": reach.upstream})
        yield desk, reach.upstream, lambda: OneStopLoaders(joining, Operation("joined-1"))
        desk.speaks.set()
        await settled_down(joining)


async def settled_down(joining: Joining) -> None:
    """Until nothing is in flight any more; what is given up ends a little later."""
    for _ in range(500):
        if joining.idle:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("something is still in flight")


def event(number):
    return TicketEventKey("system-1", number)


async def test_what_was_written_to_two_persons_is_one_search_and_each_is_told_their_own(desk):
    source, _, operation = desk
    alex, jordan = operation(), operation()
    told = await asyncio.gather(
        alex.text_by_event.load_many([event("1"), event("2")]), jordan.text_by_event.load_many([event("3"), event("1")])
    )
    assert told == [["of 1", "of 2"], ["of 3", "of 1"]]
    assert source.asked == [["1", "2", "3"]]
    assert (alex.operation.calls, jordan.operation.joined) == ({"system-1": 1}, {"system-1": 2})


async def test_a_ticket_of_two_persons_is_searched_for_each_of_them(desk):
    """Which part in it one has depends on who asks."""
    source, _, operation = desk
    keys = [TicketKey("system-1", who, "5") for who in (ALEX, JORDAN)]
    await asyncio.gather(*(operation().history_by_ticket.load(key) for key in keys), return_exceptions=True)
    assert source.asked == [["5"], ["5"]]


async def test_what_cannot_be_read_takes_only_the_answer_of_who_asked_for_it(desk):
    source, _, operation = desk
    source.unreadable = {"1"}
    told = await asyncio.gather(
        *(operation().text_by_event.load(event(number)) for number in "12"), return_exceptions=True
    )
    assert isinstance(told[0], UpstreamBadResponse)
    assert told[1] == "of 2"
    assert source.asked == [["1", "2"], ["1"], ["2"]]


async def test_a_system_is_known_to_be_silent_once_nobody_has_time_for_it_any_more(desk):
    source, upstream, operation = desk
    source.speaks.clear()
    with pytest.raises(UpstreamTimeout):
        await operation().text_by_event.load(event("1"))
    await settled_down(operation().joining)
    assert upstream.state == "DOWN"
    source.speaks.set()


async def test_but_not_since_somebody_lost_interest(desk):
    source, upstream, operation = desk
    source.speaks.clear()
    asking = operation().text_by_event.load(event("1"))
    await source.asked_times(1)
    asking.cancel()
    await asyncio.sleep(0)
    await settled_down(operation().joining)
    assert upstream.state == "UNKNOWN"
    source.speaks.set()


@pytest.mark.parametrize("cut_off", [False, True])
async def test_a_change_ends_the_joining_of_what_left_before_it_even_if_nobody_waited_for_its_end(desk, cut_off):
    source, upstream, operation = desk
    source.speaks.clear()
    before = operation().text_by_event.load(event("1"))
    await source.asked_times(1)
    changing = asyncio.create_task(
        Line(upstream, Operation("change-1")).change("POST", "/REST/2.0/ticket", {"Subject": "No Wi-Fi"})
    )
    await asyncio.sleep(0)
    if cut_off:
        changing.cancel()
    await asyncio.gather(changing, return_exceptions=True)
    after = operation().text_by_event.load(event("1"))
    await source.asked_times(2)
    source.speaks.set()
    assert [await before, await after] == ["of 1", "of 1"]
    assert source.asked == [["1"], ["1"]]
