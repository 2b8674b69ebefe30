"""A change with a key happens once: over repeats, lost answers, crashes and processes, on both databases."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from campus.problem import Refused
from connectors.portal import Attempt, KeyReused, Once, OutcomeKey, open_store, outcomes
from connectors.portal.once import LOOKING, mark_of
from connectors.wire import UpstreamError, UpstreamTimeout

KEY = OutcomeKey("p-000005", "openThing", "k-1")
LIMIT = 60.0
OVER = LOOKING + LIMIT
"""Seconds after which nothing that was sent can arrive any longer."""


class Thing(msgspec.Struct):
    number: int


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def passes(self, seconds):
        self.now += timedelta(seconds=seconds)


class System:
    """Whatever makes things: it may take one without saying so, refuse one, or lose it on the way."""

    def __init__(self):
        self.things = {}
        self.sent = self.searched = 0
        self.fate = []
        self.found = True
        self.reached = asyncio.Event()
        self.hold = asyncio.Event()
        self.hold.set()

    def attempt(self):
        return Attempt("system-1", Thing, self.send, self.find, LIMIT)

    async def send(self, mark):
        self.sent += 1
        self.reached.set()
        await self.hold.wait()
        fate = self.fate.pop(0) if self.fate else "answered"
        if fate in ("answered", "taken"):
            self.things.setdefault(mark, []).append(sum(map(len, self.things.values())) + 1)
        if fate == "answered":
            return Thing(self.things[mark][0])
        failure = UpstreamTimeout("system-1", fate)
        failure.unsettled = fate != "refused"
        raise failure

    async def find(self, mark):
        self.searched += 1
        if not self.found:
            raise UpstreamError("system-1", "away")
        return Thing(self.things[mark][0]) if mark in self.things else None


@pytest.fixture(name="system")
def things_system():
    return System()


@pytest.fixture(name="clock")
def stopped_clock():
    return Clock()


async def test_repeats_get_what_came_of_the_first_also_from_another_process_and_later(store, place, system, clock):
    one = Once(store, clock)
    first = await one.made(KEY, ["red"], system.attempt())
    clock.passes(86_400)
    async with open_store(place) as elsewhere:
        assert await Once(elsewhere, clock).made(KEY, ["red"], system.attempt()) == first == Thing(1)
    assert (system.sent, system.searched) == (1, 0)


async def test_those_who_come_together_wait_for_one_and_whoever_leaves_takes_it_from_nobody(store, system, clock):
    once = Once(store, clock)
    system.hold.clear()
    callers = [asyncio.create_task(once.made(KEY, ["red"], system.attempt())) for _ in range(50)]
    await system.reached.wait()
    callers[0].cancel()
    system.hold.set()
    came = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(came[0], asyncio.CancelledError)
    assert came[1:] == [Thing(1)] * 49
    assert (system.sent, system.searched) == (1, 0)


async def test_a_key_is_one_persons_for_one_mutation_and_one_request(store, system, clock):
    once = Once(store, clock)
    await once.made(KEY, ["red"], system.attempt())
    assert isinstance(await once.made(KEY, ["blue"], system.attempt()), KeyReused)
    for other in (KEY._replace(person="p-2"), KEY._replace(mutation="closeThing"), KEY._replace(key="k-2")):
        await once.made(other, ["blue"], system.attempt())
    assert [len(things) for things in system.things.values()] == [1] * 4


async def test_what_was_refused_did_not_happen_and_may_be_tried_again_at_once(store, system, clock):
    once = Once(store, clock)
    system.fate = ["refused"]
    with pytest.raises(UpstreamTimeout) as failed:
        await once.made(KEY, ["red"], system.attempt())
    assert not failed.value.unsettled
    assert await once.made(KEY, ["blue"], system.attempt()) == Thing(1)
    assert (system.sent, system.searched) == (2, 0)


@pytest.mark.parametrize("how", ["answered", "raised"])
async def test_what_stands_against_it_is_told_and_leaves_the_key_to_another_try(store, system, clock, how):
    once, looked = Once(store, clock), []

    async def send(mark):
        looked.append(mark)
        if how == "raised":
            raise Refused("too late")
        return "too late"

    against = system.attempt()._replace(send=send)
    for _ in range(2):
        came = await asyncio.gather(once.made(KEY, ["red"], against), return_exceptions=True)
        assert [str(each) for each in came] == ["too late"]
    assert await once.made(KEY, ["blue"], system.attempt()) == Thing(1)
    assert await once.made(KEY, ["blue"], against) == Thing(1), "what would stand against it by now is not asked"
    assert (len(looked), system.sent, system.searched) == (2, 1, 0)


async def test_a_lost_answer_is_searched_for_and_never_sent_again(store, system, clock):
    once = Once(store, clock)
    system.fate = ["taken"]
    with pytest.raises(UpstreamTimeout) as failed:
        await once.made(KEY, ["red"], system.attempt())
    assert (failed.value.unsettled, failed.value.retry_after) == (True, 2.0)
    system.found = False
    with pytest.raises(UpstreamError) as failed:
        await once.made(KEY, ["red"], system.attempt())
    assert failed.value.unsettled, "as unsettled as before: nobody could look"
    system.found = True
    clock.passes(3 * LIMIT)
    assert await once.made(KEY, ["red"], system.attempt()) == Thing(1)
    assert await once.made(KEY, ["red"], system.attempt()) == Thing(1)
    assert (system.sent, system.searched) == (1, 2)


async def test_what_was_lost_on_the_way_is_sent_again_when_it_cannot_arrive_any_longer(store, system, clock):
    once = Once(store, clock)
    system.fate = ["lost"]
    with pytest.raises(UpstreamTimeout):
        await once.made(KEY, ["red"], system.attempt())
    clock.passes(OVER - 20)
    with pytest.raises(UpstreamTimeout) as failed:
        await once.made(KEY, ["red"], system.attempt())
    assert (failed.value.unsettled, failed.value.retry_after) == (True, 20.0)
    assert system.sent == 1
    clock.passes(21)
    assert await once.made(KEY, ["red"], system.attempt()) == Thing(1)
    assert (system.sent, system.searched) == (2, 2)


async def test_of_two_processes_that_may_send_again_one_does(store, place, system, clock):
    system.fate = ["lost"]
    with pytest.raises(UpstreamTimeout):
        await Once(store, clock).made(KEY, ["red"], system.attempt())
    clock.passes(OVER + 1)
    system.hold.clear()
    async with open_store(place) as elsewhere:
        both = [
            asyncio.create_task(Once(each, clock).made(KEY, ["red"], system.attempt())) for each in (store, elsewhere)
        ]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        system.hold.set()
        came = await asyncio.gather(*both, return_exceptions=True)
    assert system.sent == 2, "the first, and one of these"
    assert [type(each).__name__ for each in sorted(came, key=str)] in (
        ["Thing", "UpstreamTimeout"],
        ["UpstreamTimeout", "Thing"],
    )


async def test_of_those_who_found_it_unsettled_since_the_same_moment_one_may_send_again(store, clock):
    begun = clock()
    async with store.changing() as connection:
        assert (await outcomes.begun(KEY, "request", begun)(connection)).new
    clock.passes(LIMIT + 1)
    async with store.changing() as connection:
        assert await outcomes.sent_again(KEY, begun, clock())(connection)
    clock.passes(1)
    async with store.changing() as connection:
        assert not await outcomes.sent_again(KEY, begun, clock())(connection)


async def test_whoever_fails_after_another_has_sent_again_leaves_the_key_to_that_one(store, place, system, clock):
    """A process that was stopped for a while, say."""
    system.fate = ["refused"]
    system.hold.clear()
    late = asyncio.create_task(Once(store, clock).made(KEY, ["red"], system.attempt()))
    await system.reached.wait()
    clock.passes(OVER + 1)
    other = System()
    other.fate = ["lost"]
    async with open_store(place) as elsewhere:
        with pytest.raises(UpstreamTimeout):
            await Once(elsewhere, clock).made(KEY, ["red"], other.attempt())
    system.hold.set()
    with pytest.raises(UpstreamTimeout, match="refused"):
        await late
    with pytest.raises(UpstreamTimeout) as failed:
        await Once(store, clock).made(KEY, ["red"], system.attempt())
    assert (failed.value.unsettled, system.sent) == (True, 1), "what the other one has sent may arrive yet"


async def test_while_the_store_is_away_nothing_is_sent(store, system, clock, monkeypatch):
    async def away(*_):
        raise UpstreamError("portal", "OperationalError")

    monkeypatch.setattr(store, "migrated", away)
    with pytest.raises(UpstreamError, match="portal"):
        await Once(store, clock).made(KEY, ["red"], system.attempt())
    assert system.sent == 0


async def test_whatever_becomes_of_sendings_each_key_has_one_thing_at_most_and_in_the_end_exactly_one(store, clock):
    """Callers repeat as they are told, in any order, over processes that begin anew; seeded."""
    chance = random.Random(20261129)  # noqa: S311  no secret
    system = System()
    keys = [KEY._replace(key=f"k-{number}") for number in range(12)]
    told = {key: set() for key in keys}
    for _ in range(400):
        once = Once(store, clock)
        system.fate = [chance.choice(("answered", "taken", "lost", "refused")) for _ in keys]
        system.found = chance.random() < 0.8
        wave = chance.sample(keys, 6)
        came = await asyncio.gather(
            *(once.made(key, [key.key], system.attempt()) for key in wave), return_exceptions=True
        )
        for key, outcome in zip(wave, came, strict=True):
            assert isinstance(outcome, Thing | UpstreamError)
            if isinstance(outcome, Thing):
                told[key].add(outcome.number)
        assert max(map(len, system.things.values()), default=0) <= 1
        clock.passes(chance.choice((0, 1, OVER / 2, OVER + 1)))
        if all(told.values()):
            break
    assert {key: len(numbers) for key, numbers in told.items()} == dict.fromkeys(keys, 1)
    assert set(system.things) == set(map(mark_of, keys))
