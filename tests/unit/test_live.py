"""What changes is told to all who follow it: asked for once, in its newest state, and not without end to the slow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from campus.record import Record
from connectors.reads import (
    AccountKey,
    FellBehind,
    Holding,
    Hub,
    Live,
    Personal,
    Poll,
    due,
    personal,
    state_of,
)
from connectors.wire import Operation, UpstreamError


class Bus(Record, frozen=True):
    number: str
    stop: int


class Operator:
    """A system that is polled."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[Bus | Exception] = []

    async def ask(self, topic: str, operation: Operation) -> Bus:
        self.asked.append(operation.correlation_id)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def buses(waiting: int = 10, poll: Any = None, relay: Any = None) -> Live[str, Bus]:
    return Live("buses", Hub(waiting, relay), tuple[str, Bus], key=lambda bus: bus.number, poll=poll)


async def taken(news: AsyncIterator[Any], number: int) -> list[Any]:
    async with asyncio.timeout(2):
        return [await anext(news) for _ in range(number)]


async def silent(news: AsyncIterator[Any]) -> bool:
    waiting = asyncio.ensure_future(anext(news))
    await asyncio.sleep(0.05)
    waiting.cancel()
    return (await asyncio.gather(waiting, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_all_who_follow_a_topic_are_told_and_nobody_else() -> None:
    live = buses()
    with live.following(["S1"]) as one, live.following(["S1", "S2"]) as both, live.following(["S3"]) as other:
        live.tell("S1", Bus(number="a", stop=1))
        live.tell("S2", Bus(number="b", stop=1))
        live.tell("S4", Bus(number="c", stop=1))
        assert await taken(one, 1) == [Bus(number="a", stop=1)]
        assert await taken(both, 2) == [Bus(number="a", stop=1), Bus(number="b", stop=1)]
        assert await silent(other)
    assert list(live.topics) == []


async def test_what_is_known_already_is_no_news_and_of_each_thing_only_the_newest_waits() -> None:
    live = buses()
    with live.following(["S1"]) as news:
        for stop in (1, 1, 2, 3):
            live.tell("S1", Bus(number="a", stop=stop))
        live.tell("S1", Bus(number="b", stop=1))
        live.tell("S1", Bus(number="a", stop=3))
        assert await taken(news, 2) == [Bus(number="a", stop=3), Bus(number="b", stop=1)]
        assert live.peek("S1") == [Bus(number="a", stop=3), Bus(number="b", stop=1)]
        with live.following(["S1"]) as later:
            assert await taken(later, 2) == [Bus(number="a", stop=3), Bus(number="b", stop=1)]
    assert live.peek("S1") == []


async def test_who_knows_what_is_so_now_is_told_only_what_is_new() -> None:
    live = buses()
    with live.following(["S1"]):
        live.tell("S1", Bus(number="a", stop=1))
        with live.following(["S1"], from_now=True) as later:
            live.tell("S1", Bus(number="a", stop=1))
            live.tell("S1", Bus(number="a", stop=2))
            assert await taken(later, 1) == [Bus(number="a", stop=2)]


async def test_whoever_takes_nothing_is_dropped_once_more_things_wait_than_may() -> None:
    live = buses(waiting=3)
    with live.following(["S1"]) as slow, live.following(["S1"]) as quick:
        for stop in range(100):
            live.tell("S1", Bus(number=str(stop % 3), stop=stop))
        assert [bus.stop for bus in await taken(slow, 3)] == [97, 98, 99]
        await taken(quick, 3)
        for number in "defg":
            live.tell("S1", Bus(number=number, stop=1))
            assert (await taken(quick, 1))[0].number == number
        with pytest.raises(FellBehind):
            await taken(slow, 1)


async def test_a_source_is_polled_once_for_all_from_the_first_follower_to_the_last() -> None:
    operator = Operator()
    operator.answers = [Bus(number="a", stop=1), Bus(number="a", stop=1), Bus(number="a", stop=2)]
    live = buses(poll=Poll(operator.ask, every=lambda _: 0.02))
    assert operator.asked == []
    with live.following(["shuttle"]) as first:
        assert await taken(first, 1) == [Bus(number="a", stop=1)]
        with live.following(["shuttle"]) as second:
            assert await taken(second, 1) == [Bus(number="a", stop=1)]
            assert await taken(second, 1) == await taken(first, 1) == [Bus(number="a", stop=2)]
            polls = len(operator.asked)
        await _until(lambda: len(operator.asked) > polls)
    polls = len(operator.asked)
    await asyncio.sleep(0.1)
    assert len(operator.asked) == polls
    assert all(asked.startswith("live-") for asked in operator.asked)


async def test_a_failure_is_told_once_and_so_is_that_it_is_over() -> None:
    operator = Operator()
    failure = UpstreamError("shuttle", "down")
    well = Bus(number="a", stop=1)
    operator.answers = [well, failure, failure, RuntimeError("a mistake"), well]
    live = buses(poll=Poll(operator.ask, every=lambda _: 0.005))
    with live.following(["shuttle"]) as news:
        assert await taken(news, 2) == [well, failure]
        with live.following(["shuttle"]) as later:
            assert await taken(later, 1) == [failure]
        assert await taken(news, 1) == [well]
        assert await silent(news)


async def test_a_system_that_fails_is_left_alone_for_longer_each_time() -> None:
    operator = Operator()
    operator.answers = [UpstreamError("shuttle", "down")]
    live = buses(poll=Poll(operator.ask, every=lambda _: 0.02))
    with live.following(["shuttle"]):
        await asyncio.sleep(0.35)
        assert len(operator.asked) <= 4  # at 0, 40, 120 and 280 ms


class Post:
    """What two processes send each other."""

    def __init__(self) -> None:
        self.heard: list[Callable[[bytes], None]] = []
        self.sent: list[bytes] = []
        self.resigned: list[str] = []

    def hear(self, name: str, heard: Callable[[bytes], None]) -> None:
        self.heard.append(heard)

    def send(self, name: str, message: bytes) -> None:
        self.sent.append(message)
        for heard in self.heard:
            heard(message)

    async def leads(self, name: str, seconds: float) -> bool:
        return False

    def resign(self, name: str) -> None:
        self.resigned.append(name)


@pytest.fixture
def post() -> Post:
    return Post()


async def test_news_reach_other_processes_once(post: Post) -> None:
    here, there = buses(relay=post), buses(relay=post)
    with here.following(["S1"]) as ours, there.following(["S1"]) as theirs:
        here.tell("S1", Bus(number="a", stop=1))
        there.tell("S1", Bus(number="a", stop=1))
        assert await taken(ours, 1) == await taken(theirs, 1) == [Bus(number="a", stop=1)]
        assert await silent(ours)
        assert await silent(theirs)
    assert len(post.sent) == 1


async def test_a_process_that_does_not_lead_asks_only_for_what_is_so_now(post: Post) -> None:
    operator = Operator()
    operator.answers = [Bus(number="a", stop=1)]
    live = buses(poll=Poll(operator.ask, every=lambda _: 0.01), relay=post)
    with live.following(["shuttle"]) as news:
        assert await taken(news, 1) == [Bus(number="a", stop=1)]
        await asyncio.sleep(0.1)
        assert len(operator.asked) == 1
    assert post.resigned == ["buses shuttle"]


class Desk:
    """A system that holds things of persons."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stops = 1

    async def ask(self, key: AccountKey, operation: Operation) -> Holding[Bus]:
        self.asked.append(key.account)
        bus = Bus(number="a", stop=self.stops)
        return Holding(key=key, by_state={state_of(bus): bus})


ALEX = AccountKey("desk", "alex")


def rides(desk: Desk, relay: Any = None, every: float = 60.0) -> Personal[Bus]:
    return Personal("rides", Hub(10, relay), desk.ask, lambda _: every)


def stops(holdings: list[Holding[Bus]]) -> list[list[int]]:
    return [[bus.stop for bus in each.by_state.values()] for each in holdings]


async def test_what_is_a_persons_own_is_asked_for_when_somebody_says_that_it_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(due, "ASKED_AFTER", 0.1)
    desk = Desk()
    live = rides(desk)
    live.wake(ALEX)  # whom nobody follows
    with live.following([ALEX]) as one, live.following([ALEX]) as two:
        assert stops(await taken(one, 1)) == stops(await taken(two, 1)) == [[1]]
        desk.stops = 2
        for _ in range(20):
            live.wake(ALEX)
        assert stops(await taken(one, 1)) == stops(await taken(two, 1)) == [[2]]
        await asyncio.sleep(0.3)
        assert desk.asked == ["alex", "alex"]
        live.wake(ALEX)  # and it has not
        await _until(lambda: len(desk.asked) == 3)
        assert await silent(one)
    assert list(live.topics) == []


async def test_other_processes_learn_of_whom_something_has_changed_and_never_what(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "ASKED_AFTER", 0.01)
    desk = Desk()
    here = rides(desk, Hearing(post, leads=True), every=0.05)
    there = rides(desk, post)
    with here.following([ALEX]) as ours, there.following([ALEX]) as theirs:
        assert stops(await taken(ours, 1)) == stops(await taken(theirs, 1)) == [[1]]
        desk.stops = 2
        assert stops(await taken(ours, 1)) == stops(await taken(theirs, 1)) == [[2]]
    # What was found because somebody said so is not said again.
    assert set(post.sent) == {b'["desk","alex"]'}
    assert len(post.sent) <= 3


class Hearing:
    """The same post to a process that leads."""

    def __init__(self, post: Post, leads: bool) -> None:
        self.hear, self.send, self.resign = post.hear, post.send, post.resign
        self._leads = leads

    async def leads(self, name: str, seconds: float) -> bool:
        return self._leads


async def test_the_more_persons_follow_the_more_seldom_each_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "ASKED_AFTER", 0.01)
    monkeypatch.setattr(personal, "QUESTIONS", 50.0)
    desk = Desk()
    live = rides(desk, every=0.02)
    everybody = [AccountKey("desk", str(number)) for number in range(100)]
    with live.following(everybody):
        await asyncio.sleep(0.5)
        assert len(desk.asked) == 100  # once each, and again only after two seconds
    with live.following([ALEX]):
        await _until(lambda: desk.asked.count("alex") > 3)


async def _until(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come")
