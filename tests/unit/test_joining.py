"""What several operations ask at once goes up once; nobody's end, time or failure is another's, and nothing is kept."""

import asyncio
import gc
import random
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.reads import (
    AccountKey,
    Audience,
    Caches,
    Hub,
    Joined,
    Joining,
    LoadAbortedError,
    Loaders,
    alone,
    joining,
)
from connectors.reads.watching import Watching
from connectors.wire import Access, Operation, System, Upstream, UpstreamBadResponse, UpstreamError, UpstreamTimeout

A, B, C = AccountKey("one", "a"), AccountKey("one", "b"), AccountKey("two", "c")


class Things(Loaders):
    """Loaders over the source of a test."""

    async def _load(self, keys: list[AccountKey]) -> list[Any]:
        return await self.ask(keys[0].system).answered(keys, self.operation)

    thing_by_key: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PUBLIC)
    in_twos: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PUBLIC, max_batch=2)
    own_by_key: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PERSONAL, together=alone)


class Source:
    """Two systems that keep what they were asked, answer when they are let, and may fail for a key."""

    def __init__(self, timeout: float = 60.0, relay: Any = None) -> None:
        self.upstreams = {
            name: Upstream(System(name, "sis", "CWB", "stub"), Access("", timeout=timeout), None, None)  # type: ignore[arg-type]
            for name in ("one", "two")
        }
        self.joining = Joining(lambda system, operation: self, self.upstreams)
        self.caches = Caches(Hub(10, relay), self.upstreams)
        self.batches: list[list[AccountKey]] = []
        self.operations: list[Operation] = []
        self.cancelled: list[list[AccountKey]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing: dict[AccountKey, Exception] = {}
        """Fails all that went up with it."""
        self.broken: dict[AccountKey, Exception] = {}
        """Fails alone."""

    def operation(self, name: str = "somebody") -> Things:
        return Things(self.joining, Operation(name))

    async def answered(self, keys: list[AccountKey], operation: Operation) -> list[Any]:
        self.batches.append(keys)
        number = len(self.batches)
        self.operations.append(operation)
        operation.calls[keys[0].system] += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(keys)
            raise
        for key in keys:
            if key in self.failing:
                raise self.failing[key]
        return [self.broken.get(key, f"{key.account}{number}") for key in keys]


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    source = Source()
    yield source
    await settle()
    assert source.joining.idle


async def settle() -> None:
    """Lets everything that is ready run: callbacks that schedule callbacks included."""
    for _ in range(6):
        await asyncio.sleep(0)


async def outcome(future: asyncio.Future[Any]) -> Any:
    await asyncio.wait([future])
    return "cancelled" if future.cancelled() else future.exception() or future.result()


@asynccontextmanager
async def held(source: Source) -> AsyncIterator[None]:
    """Nothing is answered until the end of this."""
    source.gate.clear()
    yield
    await settle()
    source.gate.set()


async def test_what_two_operations_ask_in_one_tick_goes_up_together_and_each_key_once(source: Source) -> None:
    first, second = source.operation(), source.operation()
    asked = [first.thing_by_key.load(A), second.thing_by_key.load_many([A, B, A]), second.thing_by_key.load(C)]
    assert [await each for each in asked] == ["a1", ["a1", "b1", "a1"], "c2"]
    assert source.batches == [[A, B], [C]]


async def test_what_is_in_flight_is_joined_and_what_is_new_does_not_wait_for_it(source: Source) -> None:
    async with held(source):
        first = source.operation().thing_by_key.load(A)
        await settle()
        second = source.operation().thing_by_key.load_many([A, B])
        await settle()
        assert source.batches == [[A], [B]]
    assert [await first, await second] == ["a1", ["a1", "b2"]]


async def test_nothing_remains_once_it_is_told_but_with_those_who_asked(source: Source) -> None:
    first = source.operation()
    assert [await first.thing_by_key.load(A), await first.thing_by_key.load(A)] == ["a1", "a1"]
    assert await source.operation().thing_by_key.load(A) == "a2"
    assert await first.thing_by_key.load(A) == "a1"
    assert source.batches == [[A], [A]]


async def test_a_batch_is_no_larger_than_it_may_be_and_parts_go_side_by_side(source: Source) -> None:
    async with held(source):
        keys = [AccountKey("one", name) for name in "abcde"]
        asked = [source.operation().in_twos.load(key) for key in keys]
        await settle()
        assert source.batches == [keys[:2], keys[2:4], keys[4:]]
    assert len([await each for each in asked]) == 5


async def test_what_goes_up_alone_waits_for_nothing_and_is_joined_all_the_same(source: Source) -> None:
    async with held(source):
        asked = [source.operation().own_by_key.load(key) for key in (A, B, A)]
        await settle()
        assert source.batches == [[A], [B]]
    assert len({id(each) for each in asked}) == 3
    assert [await each for each in asked] == ["a1", "b2", "a1"]


async def test_no_more_batches_than_may_are_in_flight_and_the_rest_goes_up_together(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "IN_FLIGHT", 2)
    keys = [AccountKey("one", name) for name in "abcd"]
    asked = []
    async with held(source):
        for key in keys:
            asked.append(source.operation().thing_by_key.load(key))
            await settle()
        # Another system is another queue.
        asked.append(source.operation().thing_by_key.load(C))
        await settle()
        assert source.batches == [[keys[0]], [keys[1]], [C]]
    assert len([await each for each in asked]) == 5
    assert source.batches[3:] == [keys[2:]]


async def test_parts_of_what_is_asked_in_one_tick_wait_for_each_other_too(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "IN_FLIGHT", 2)
    keys = [AccountKey("one", name) for name in "abcdef"]
    async with held(source):
        asked = source.operation().in_twos.load_many(keys)
        await settle()
        assert source.batches == [keys[:2], keys[2:4]]
    assert await asked == ["a1", "b1", "c2", "d2", "e3", "f3"]


async def test_who_leaves_takes_nothing_from_the_others(source: Source) -> None:
    async with held(source):
        leaving, staying = source.operation().thing_by_key.load(A), source.operation().thing_by_key.load(A)
        await settle()
        leaving.cancel()
    assert [await outcome(leaving), await staying] == ["cancelled", "a1"]
    assert source.cancelled == []


async def test_the_last_who_leaves_takes_the_call_along(source: Source) -> None:
    async with held(source):
        leaving = [source.operation().thing_by_key.load(key) for key in (A, B)]
        await settle()
        leaving[0].cancel()
        await settle()
        assert source.cancelled == []
        leaving[1].cancel()
        await settle()
        assert source.cancelled == [[A, B]]


async def test_what_nobody_waits_for_any_longer_is_not_asked(source: Source) -> None:
    source.operation().thing_by_key.load(A).cancel()
    staying = source.operation().thing_by_key.load(B)
    assert await staying == "b1"
    assert source.batches == [[B]]


async def test_who_asks_while_a_call_is_being_given_up_is_asked_for_anew(source: Source) -> None:
    """Another operation, and the same one again."""
    async with held(source):
        first = source.operation()
        leaving = first.thing_by_key.load(A)
        await settle()
        leaving.cancel()
        await asyncio.sleep(0)
        coming = [first.thing_by_key.load(A), source.operation().thing_by_key.load(A)]
        await settle()
        assert (source.batches, source.cancelled) == ([[A], [A]], [[A]])
    assert [await each for each in coming] == ["a2", "a2"]


async def test_a_key_that_fails_fails_alone_and_each_asker_has_an_exception_of_its_own(source: Source) -> None:
    source.broken[B] = UpstreamError("one", "not now", retry_after=3)
    first, second = source.operation(), source.operation()
    many = first.thing_by_key.load_many([A, B])
    single, joined = first.thing_by_key.load(B), second.thing_by_key.load(B)
    told, failure = await many
    failures = [failure, await outcome(single), await outcome(joined)]
    assert told == "a1"
    assert [(type(each), str(each), each.system, each.retry_after) for each in failures] == [
        (UpstreamError, "one: not now", "one", 3)
    ] * 3
    failures[0].unsettled = True
    assert (len(set(map(id, failures))), failures[2].unsettled) == (3, False)
    assert source.batches == [[A, B]]


async def test_what_failed_has_failed_for_the_operation_and_is_asked_anew_for_the_next(source: Source) -> None:
    source.broken[A] = UpstreamError("one", "not now")
    first = source.operation()
    assert isinstance(await outcome(first.thing_by_key.load(A)), UpstreamError)
    del source.broken[A]
    assert isinstance(await outcome(first.thing_by_key.load(A)), UpstreamError)
    assert await source.operation().thing_by_key.load(A) == "a2"


async def test_a_batch_that_fails_fails_all_its_keys(source: Source) -> None:
    source.failing[A] = UpstreamError("one", "HTTP 500")
    asked = [source.operation().thing_by_key.load(key) for key in (A, B)]
    assert [str(await outcome(each)) for each in asked] == ["one: HTTP 500"] * 2
    assert source.batches == [[A, B]]


async def test_what_makes_an_answer_unusable_is_noticed_only_by_who_asked_for_it(source: Source) -> None:
    """Asked again, once, for each operation apart; nobody else's operation may fail by my key."""
    source.failing[A] = UpstreamBadResponse("one", "a row without a number")
    mine, theirs = source.operation("mine"), source.operation("theirs")
    asked = [mine.thing_by_key.load(A), mine.thing_by_key.load(AccountKey("one", "m")), theirs.thing_by_key.load(B)]
    told = [await outcome(each) for each in asked]
    assert [str(each) for each in told] == ["one: a row without a number"] * 2 + ["b3"]
    assert source.batches == [[A, AccountKey("one", "m"), B], [A, AccountKey("one", "m")], [B]]


async def test_nor_is_it_noticed_by_who_waits_for_another_key_of_theirs(source: Source) -> None:
    source.failing[A] = UpstreamBadResponse("one", "a row without a number")
    mine, theirs = source.operation("mine"), source.operation("theirs")
    asked = [mine.thing_by_key.load(A), mine.thing_by_key.load(B), theirs.thing_by_key.load(B)]
    told = [await outcome(each) for each in asked]
    assert [str(each) for each in told] == ["one: a row without a number", "b3", "b3"]
    assert source.batches == [[A, B], [A], [B]]


async def test_who_left_meanwhile_is_not_asked_for_again(source: Source) -> None:
    source.failing[A] = UpstreamBadResponse("one", "a row without a number")
    async with held(source):
        leaving, staying = source.operation().thing_by_key.load(A), source.operation().thing_by_key.load(B)
        await settle()
        leaving.cancel()
    assert await staying == "b2"
    assert source.batches == [[A, B], [B]]
    del source.failing[A]
    assert await source.operation().thing_by_key.load(A) == "a3"


async def test_an_answer_of_another_length_is_a_mistake_of_ours_and_told_to_all(source: Source) -> None:
    class Short(Things):
        async def _short(self, keys: list[AccountKey]) -> list[Any]:
            return []

        short: Joined[AccountKey, Any] = Joined(_short, audience=Audience.PUBLIC)

    assert isinstance(await outcome(Short(source.joining, Operation("x")).short.load(A)), TypeError)


async def test_what_left_before_a_change_is_not_joined_after_it(source: Source) -> None:
    async with held(source):
        before = source.operation().thing_by_key.load(A)
        elsewhere = source.operation().thing_by_key.load(C)
        await settle()
        source.caches.changed("one", None)
        after = [source.operation().thing_by_key.load(A) for _ in range(2)]
        joined = source.operation().thing_by_key.load(C)
        await settle()
        assert source.batches == [[A], [C], [A]]
    assert [await each for each in (before, *after, elsewhere, joined)] == ["a1", "a3", "a3", "c2", "c2"]


async def test_nor_is_what_left_before_somebody_learned_of_news_there(source: Source) -> None:
    async with held(source):
        before = source.operation().thing_by_key.load(A)
        await settle()
        source.caches.forget("one", "a")
        after = source.operation().thing_by_key.load(A)
        await settle()
    assert [await before, await after] == ["a1", "a2"]


class Neighbours:
    """The way between processes of a test: what one says, the others hear."""

    def __init__(self) -> None:
        self._ears: list[tuple[object, str, Any]] = []

    def of_one(self) -> Any:
        return _Way(self._ears)


class _Way:
    def __init__(self, ears: list[tuple[object, str, Any]]) -> None:
        self._ears = ears

    def hear(self, name: str, heard: Any) -> None:
        self._ears.append((self, name, heard))

    def missed(self, told: Any) -> None: ...

    def send(self, name: str, message: bytes) -> None:
        for whose, known, heard in self._ears:
            if whose is not self and known == name:
                heard(message)


async def test_other_processes_hear_of_a_change_and_do_not_say_it_again() -> None:
    neighbours = Neighbours()
    here, there = (Source(relay=neighbours.of_one()) for _ in range(2))
    async with held(there):
        before = there.operation().thing_by_key.load(A)
        await settle()
        here.caches.changed("one", None)
        here.caches.changed("a system that is not of ours", None)
        after = there.operation().thing_by_key.load(A)
        await settle()
    assert [await before, await after] == ["a1", "a2"]
    assert [source.upstreams["one"].changes for source in (here, there)] == [1, 1]


async def test_they_hear_of_one_that_goes_on_when_its_operation_is_over() -> None:
    neighbours = Neighbours()
    here, there = (Source(relay=neighbours.of_one()) for _ in range(2))
    watch = Watching(here.caches, lambda _: None, lambda _: (1.0, 1.0))
    with Operation("somebody").apart(watch).changing("one"):
        begun = there.upstreams["one"].changes
    assert there.upstreams["one"].changes == begun + 1


async def test_what_has_not_left_yet_is_joined_after_a_change_too(source: Source) -> None:
    waiting = source.operation().thing_by_key.load(A)
    source.caches.changed("one", None)
    assert [await source.operation().thing_by_key.load(A), await waiting] == ["a1", "a1"]
    assert source.batches == [[A]]


async def test_what_is_asked_ahead_is_given_up_with_the_operation_that_might_need_it(source: Source) -> None:
    async with held(source):
        somebody, other = source.operation(), source.operation()
        somebody.thing_by_key.ahead(A)
        somebody.own_by_key.ahead(B)
        waiting = other.thing_by_key.load(A)
        await settle()
        assert source.batches == [[A], [B]]
        somebody.operation.end()
        await settle()
        assert source.cancelled == [[B]]
    assert await waiting == "a1"


async def test_each_waits_as_long_as_its_own_operation_may() -> None:
    source = Source(timeout=0.2)
    async with held(source):
        early = source.operation("early")
        first = early.thing_by_key.load(A)
        await asyncio.sleep(0.1)
        second = source.operation("late").thing_by_key.load(A)
        failure = await outcome(first)
        assert isinstance(failure, UpstreamTimeout)
        assert str(failure) == "one: no answer within 0.2 s"
        assert not second.done()
        # Its time is used up, and so it asks no more.
        assert isinstance(await outcome(early.thing_by_key.load(B)), UpstreamTimeout)
    assert await second == "a1"
    assert (source.batches, source.cancelled) == ([[A]], [])
    assert source.joining.idle


async def test_the_last_whose_time_is_over_ends_the_call_as_overdue() -> None:
    source = Source(timeout=0.05)
    async with held(source):
        assert isinstance(await outcome(source.operation().thing_by_key.load(A)), UpstreamTimeout)
        await settle()
        assert source.cancelled == [[A]]
        assert source.operations[0].over
        assert source.operations[0].seconds_left("one", 60.0) == 0
    assert source.joining.idle


async def test_what_is_overdue_is_joined_by_nobody() -> None:
    """Else one answer that got lost would take the time of all who ask while it is missed."""
    source = Source(timeout=0.2)
    async with held(source):
        source.operation().thing_by_key.load(A).add_done_callback(lambda done: done.exception())
        await asyncio.sleep(0.15)
        staying = source.operation().thing_by_key.load(A)
        await asyncio.sleep(0.1)
        later = source.operation().thing_by_key.load(A)
        await settle()
        assert source.batches == [[A], [A]]
    assert [await staying, await later] == ["a1", "a2"]


async def test_a_batch_has_time_of_its_own_and_stands_on_the_tally_of_who_asked_first(source: Source) -> None:
    first, second = source.operation("first"), source.operation("second")
    async with held(source):
        asked = [first.thing_by_key.load(A), second.thing_by_key.load(B)]
        await settle()
        asked.append(second.thing_by_key.load(A))
    await asyncio.gather(*asked)
    (operation,) = source.operations
    assert (operation.correlation_id, operation.seconds) == ("first", 120.0)
    assert operation is not first.operation
    assert (first.operation.calls, first.operation.joined) == ({"one": 1}, {})
    assert (second.operation.calls, second.operation.joined) == ({}, {"one": 2})


async def test_a_batch_that_is_cancelled_from_outside_leaves_nobody_waiting(source: Source) -> None:
    async with held(source):
        asked = source.operation().thing_by_key.load(A)
        await settle()
        await source.joining.close()
    assert isinstance(await outcome(asked), LoadAbortedError)


class Unsteady(Source):
    """Answers after a drawn number of turns, and fails for drawn keys; says so if a key is in flight twice."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.in_flight: Counter[AccountKey] = Counter()
        self.twice: set[AccountKey] = set()

    async def answered(self, keys: list[AccountKey], operation: Operation) -> list[Any]:
        assert len({key.system for key in keys}) == 1
        self.in_flight.update(keys)
        self.twice |= {key for key in keys if self.in_flight[key] > 1}
        try:
            for _ in range(self._chance.randrange(6)):
                await asyncio.sleep(0)
            if self._chance.random() < 0.1:
                raise UpstreamError(keys[0].system, f"of {sorted(key.account for key in keys)}")
            return [self._answer(key) for key in keys]
        finally:
            self.in_flight.subtract(keys)

    def _answer(self, key: AccountKey) -> Any:
        return UpstreamError(key.system, key.account) if self._chance.random() < 0.1 else key.account


def fits(key: AccountKey, told: Any) -> bool:
    """Whether this was told of this key: its value, its own failure, or that of a batch it was in."""
    if isinstance(told, UpstreamError):
        return told.system == key.system and key.account in told.reason
    return told == key.account


@settings(max_examples=300, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_whatever_comes_and_goes_each_is_told_of_its_own_key_and_nothing_is_left(seed: int) -> None:
    asyncio.run(_comings_and_goings(random.Random(seed)))  # noqa: S311  the same each time


async def _comings_and_goings(chance: random.Random) -> None:
    source = Unsteady(chance)
    keys = [AccountKey(system, name) for system in ("one", "two") for name in "abcd"]

    async def asker() -> None:
        operation = source.operation()
        loaders = (operation.thing_by_key, operation.in_twos, operation.own_by_key)
        loader = loaders[number % 3]
        for _ in range(chance.randrange(1, 5)):
            wanted = chance.sample(keys, chance.randrange(1, 4))
            if len(wanted) == 1:
                future: asyncio.Future[Any] = loader.load(wanted[0])
            else:
                future = loader.load_many(wanted)
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                future.cancel()
                continue
            told = await outcome(future)
            for key, each in zip(wanted, told if isinstance(told, list) else [told], strict=True):
                assert fits(key, each), (key, each)

    number = chance.randrange(3)
    async with asyncio.timeout(10):
        await asyncio.gather(*(asker() for _ in range(chance.randrange(1, 9))))
    for _ in range(12):
        await settle()
    assert source.twice == set()
    assert source.joining.idle
    assert +source.in_flight == {}


@pytest.fixture
def uncollected() -> Iterator[None]:
    """What lies in a circle stays."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
async def test_what_an_operation_has_read_goes_with_it_before_any_garbage_is_collected(source: Source) -> None:
    mine = source.operation()
    gone = weakref.ref(mine)
    assert await mine.thing_by_key.load_many([A, B]) == ["a1", "b1"]
    await settle()
    del mine
    assert gone() is None


@pytest.mark.usefixtures("uncollected")
async def test_so_does_what_it_gave_up(source: Source) -> None:
    mine = source.operation()
    gone = weakref.ref(mine)
    async with held(source):
        waiting = mine.thing_by_key.load(A)
        never_left = mine.own_by_key.load(B)
        never_left.cancel()
        await settle()
        waiting.cancel()
        await settle()
    assert source.cancelled == [[A]]
    await settle()
    del mine, waiting, never_left
    assert gone() is None
