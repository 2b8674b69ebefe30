"""`seatsChanged`: a real term replayed on the pages of the class schedule, and one event for two thousand."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer

from connectors.sis import class_schedule_visits
from gateway import open_gateway
from pipeline.settings import Settings, settings_from
from pipeline.settings_values import Surroundings
from resolvers.seats import MOST
from tests.contract.simulators import clock_at, served
from tests.contract.small_university import NOW, small_university
from tests.redis_server import PASSWORD, redis_server
from tests.replayed_term import ReplayedTerm, Seats

from .test_sockets import Socket

QUARTER = 0.4
"""Seconds for a quarter of an hour, in which no page is read twice."""

SEATS = """
subscription Seats($sections: [ID!]!) {
  seatsChanged(sections: $sections) { classNumber quota enrolled waitlisted course { code } }
}
"""
FIGURES = """
subscription Seats($sections: [ID!]!) {
  seatsChanged(sections: $sections) { quota enrolled waitlisted }
}
"""
IDS = """
query Ids($after: String) {
  courses(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { sections { id classNumber } }
  }
}
"""


class Gateway:
    """A gateway that knows nothing but the replayed term."""

    def __init__(self, client: TestClient[Any, Any], ids: dict[int, str]) -> None:
        self.client = client
        self.ids = ids
        """Of sections, by class number."""

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Socket]:
        async with self.client.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as opened:
            socket = Socket(opened)
            await socket.begin()
            yield socket


def settings_over(url: str, refresh: float, **more: Any) -> Settings:
    campus = {"code": "CWB", "name": {"en": "Clear Water Bay"}, "timezone": "Asia/Hong_Kong"}
    system = {"id": "schedule-cwb", "kind": "sis", "campus": "CWB", "protocol": "class_schedule", "url": url}
    document = {"campuses": [campus], "systems": [system], **more}
    told = settings_from(document, source="test", surroundings=Surroundings(environ={"REDIS_PASSWORD": PASSWORD}))
    # Time runs faster here than settings allow.
    return told.model_copy(update={"systems": (told.systems[0].model_copy(update={"index_refresh": refresh}),)})


@pytest.fixture
def term(monkeypatch: pytest.MonkeyPatch) -> ReplayedTerm:
    monkeypatch.setattr(class_schedule_visits, "INTERVAL", QUARTER)
    return ReplayedTerm(small_university(), clock_at(NOW))


@asynccontextmanager
async def gateway_over(term: ReplayedTerm, **more: Any) -> AsyncIterator[Gateway]:
    async with served(term.site) as origin, process(settings_over(origin, QUARTER, **more)) as gateway:
        yield gateway


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[Gateway]:
    summer = datetime(2024, 7, 1, 10, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    async with open_gateway(settings, now=lambda: summer) as app, TestClient(TestServer(app)) as client:
        yield Gateway(client, await _ids(client))


async def _ids(client: TestClient[Any, Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    after = None
    for _ in range(60):
        answer = await (await client.post("/graphql", json={"query": IDS, "variables": {"after": after}})).json()
        if answer.get("errors"):  # the index is being filled
            await asyncio.sleep(0.1)
            continue
        courses = answer["data"]["courses"]
        found |= {each["classNumber"]: each["id"] for course in courses["nodes"] for each in course["sections"]}
        after = courses["pageInfo"]["endCursor"]
        if not courses["pageInfo"]["hasNextPage"]:
            return found
    raise AssertionError("the term is not there")


def state(seats: dict[str, Any]) -> Seats:
    return seats["quota"], seats["enrolled"], seats["waitlisted"]


def in_order(told: list[Seats], states: list[Seats]) -> bool:
    """Whether what was told is among the states, in their order."""
    ahead = iter(states)
    return all(each in ahead for each in told)


class Follower:
    """One who follows some sections, and what was told of each."""

    def __init__(self, term: ReplayedTerm, numbers: list[int]) -> None:
        self.wished = numbers
        self.told: dict[int, list[Seats]] = defaultdict(list)
        self._term = term

    async def follow(self, gateway: Gateway) -> None:
        async with gateway.socket() as socket:
            await socket.subscribe("1", SEATS, variables={"sections": [gateway.ids[each] for each in self.wished]})
            async for frame in socket.socket:
                section = frame.json()["payload"]["data"]["seatsChanged"]
                assert section["course"]["code"]
                self.told[section["classNumber"]].append(state(section))

    def began(self) -> bool:
        return len(self.told) == len(self.wished)

    def up_to_date(self) -> bool:
        return all(self.told[each][-1] == self._term.states[each][-1] for each in self.wished)

    def check(self) -> None:
        assert sorted(self.told) == sorted(self.wished)
        for number, states in self.told.items():
            was = self._term.states[number]
            assert (states[0], states[-1]) == (was[0], was[-1])
            assert in_order(states, was), (number, states, was)
            assert all(one != next_one for one, next_one in pairwise(states))


async def test_a_replayed_term_reaches_each_follower_in_order_and_to_its_last_state(term: ReplayedTerm) -> None:
    numbers = term.followed
    # Each follows what its neighbour follows, too.
    followers = [Follower(term, numbers[start : start + MOST]) for start in range(0, len(numbers), 25)]
    async with gateway_over(term) as gateway:
        following = [asyncio.create_task(follower.follow(gateway)) for follower in followers]
        await soon(lambda: all(follower.began() for follower in followers))
        for _ in term.steps(snapshots=12):
            await asyncio.sleep(0.02)
        await soon(lambda: all(follower.up_to_date() for follower in followers))
        assert not any(task.done() for task in following)
        for task in following:
            task.cancel()
    for follower in followers:
        follower.check()
    told = sum(len(states) for follower in followers for states in follower.told.values())
    assert told > 2 * sum(len(follower.wished) for follower in followers)
    for subject, visits in term.visits.items():
        assert all(later - earlier > 0.9 * QUARTER for earlier, later in pairwise(visits)), subject


async def soon(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it does not come")


async def test_one_event_reaches_two_thousand_once_and_its_source_is_asked_once(
    term: ReplayedTerm, capsys: pytest.CaptureFixture[str]
) -> None:
    number = next(each for each in term.followed if len(term.states[each]) > 1)
    sockets, each = 100, 20
    # Nobody reads the first sockets, nor answers their pings, while the last are opened.
    patient = {"subscriptions": {"keep_alive_seconds": 600.0}}
    async with gateway_over(term, **patient) as gateway, AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(gateway.socket()) for _ in range(sockets)]
        for socket in opened:
            for id in range(each):
                await socket.subscribe(str(id), FIGURES, variables={"sections": [gateway.ids[number]]})
            first = [await socket.heard() for _ in range(each)]
            assert {state(told["payload"]["data"]["seatsChanged"]) for told in first} == {term.states[number][0]}
        for visits in term.visits.values():
            visits.clear()
        started = time.perf_counter()
        for _ in term.steps(snapshots=len(term.states) * 100):
            pass
        heard = await asyncio.gather(*(_heard(socket, each) for socket in opened))
        seconds = time.perf_counter() - started
        assert heard == [{str(id): [term.states[number][-1]] for id in range(each)}] * sockets
        asked = len(term.visits[term.subject_of(number)])
        await asyncio.sleep(2.5 * QUARTER)  # further renewals, which bring nothing new
        for socket in opened:
            await socket.say("ping")
            assert await socket.heard() == {"type": "pong"}
    # Once for the event itself; at most once before, if that was on its way when the event came.
    assert asked <= 2
    with capsys.disabled():
        print(  # noqa: T201 - a figure to be seen
            f"\n    one event to {sockets * each} subscriptions within {seconds:.2f} s of its being there to read"
        )


async def _heard(socket: Socket, number: int) -> dict[str, list[Seats]]:
    told: dict[str, list[Seats]] = defaultdict(list)
    for _ in range(number):
        message = await socket.heard()
        told[message["id"]].append(state(message["payload"]["data"]["seatsChanged"]))
    return told


async def test_what_one_process_reads_reaches_the_followers_of_another_through_redis(term: ReplayedTerm) -> None:
    number = next(each for each in term.followed if len(term.states[each]) > 1)
    async with redis_server() as redis, served(term.site) as origin:
        shared = {"redis": {"url": redis.url, "credential": {"env": "REDIS_PASSWORD"}, "prefix": "hkust"}}
        often, never = (settings_over(origin, seconds, **shared) for seconds in (QUARTER, 3600.0))
        async with process(often) as here, process(never) as there, AsyncExitStack() as stack:
            followers = [await stack.enter_async_context(each.socket()) for each in (here, there)]
            for socket in followers:
                await socket.subscribe("1", SEATS, variables={"sections": [here.ids[number]]})
                assert state((await socket.heard())["payload"]["data"]["seatsChanged"]) == term.states[number][0]
            for _ in term.steps(snapshots=len(term.states) * 100):
                pass
            for socket in followers:
                assert state((await socket.heard())["payload"]["data"]["seatsChanged"]) == term.states[number][-1]
            async with redis.client() as client:
                assert await client.pubsub_numpat() == 1


async def test_whoever_has_more_news_waiting_than_is_set_is_told_to_subscribe_again(term: ReplayedTerm) -> None:
    changing = [each for each in term.followed if len(term.states[each]) > 1][:3]
    async with served(term.site) as origin:
        settings = settings_over(origin, QUARTER, subscriptions={"waiting": 2})
        async with process(settings) as gateway, gateway.socket() as socket:
            await socket.subscribe("1", FIGURES, variables={"sections": [gateway.ids[each] for each in changing]})
            for _ in changing:
                assert (await socket.heard())["payload"]["data"]["seatsChanged"]
            for _ in term.steps(snapshots=len(term.states) * 100):
                pass
            answer = (await socket.heard())["payload"]
            assert answer["data"] == {"seatsChanged": None}
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["RATE_LIMITED"]
            assert await socket.heard() == {"id": "1", "type": "complete"}


async def test_what_cannot_be_followed_is_refused_and_why(term: ReplayedTerm) -> None:
    async with gateway_over(term) as gateway, gateway.socket() as socket:
        answer = await gateway.client.post("/graphql", json={"query": "{ terms { nodes { id } } }"})
        of_term = (await answer.json())["data"]["terms"]["nodes"][0]["id"]
        for number, (sections, words) in enumerate(
            [
                ([], "One may follow 1 to 50 sections; these are 0."),
                (["x"], "This is no id of the graph."),
                ([of_term], "This is no id of a section."),
                (list(gateway.ids.values())[:51], "One may follow 1 to 50 sections; these are 51."),
            ]
        ):
            await socket.subscribe(str(number), SEATS, variables={"sections": sections})
            answer = (await socket.heard())["payload"]
            assert answer["data"] == {"seatsChanged": None}
            (error,) = answer["errors"]
            assert (error["message"], error["path"]) == (words, ["seatsChanged"])
            assert error["extensions"]["code"] == "BAD_USER_INPUT"
            assert await socket.heard() == {"id": str(number), "type": "complete"}
