"""Loaders over caches: who asks at once asks once, what is evicted meanwhile is not kept, and age is told."""

import asyncio
from typing import Any

import pytest

from connectors.reads import AccountKey, Audience, Caches, Hub, Joined, Joining, Lifetime, Loaders, Reading, alone
from connectors.wire import Access, AccountConflict, Operation, System, Upstream, UpstreamError, UpstreamTimeout

A, B = AccountKey("one", "a"), AccountKey("one", "b")

LASTING = Lifetime(fresh=10, stale_while_revalidate=20, stale_if_error=100)


class Things(Loaders):
    """Loaders over the source of a test."""

    async def _load(self, keys: list[AccountKey]) -> list[Any]:
        answers: list[Any] = await self.ask(keys[0].system).answered(keys)
        return answers

    thing_by_key: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PERSONAL, lifetime=LASTING, together=alone)
    things_by_key: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PUBLIC, lifetime=LASTING)
    unkept_by_key: Joined[AccountKey, Any] = Joined(_load, audience=Audience.PUBLIC)


class Source:
    """A system whose answers are numbered; a clock that a test puts forward."""

    def __init__(self, timeout: float = 60.0) -> None:
        self.now = 1_000.0
        self.batches: list[list[AccountKey]] = []
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        upstream = Upstream(System("one", "sis", "CWB", "stub"), Access("", timeout=timeout), None, None)  # type: ignore[arg-type]
        self.caches = Caches(Hub(10), {"one": upstream}, clock=lambda: self.now)
        self.joining = Joining(lambda system, operation: self, {"one": upstream}, self.caches)

    def operation(self, *, place: str = "things") -> Things:
        """One operation's, which reads through the caches for the field of this name."""
        reading = Reading(through=True, places=lambda: lambda: [(place,)])
        return Things(self.joining, Operation("somebody"), reading)

    def anew(self) -> Things:
        loaders = self.operation()
        loaders.reading.anew()
        return loaders

    async def answered(self, keys: list[AccountKey]) -> list[str]:
        self.batches.append(keys)
        number = len(self.batches)
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return [f"{key.account}{number}" for key in keys]


@pytest.fixture
async def source() -> Source:
    return Source()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_of_all_who_miss_at_once_one_asks_and_later_none(source: Source) -> None:
    source.gate.clear()
    asking = [source.operation().thing_by_key.load(A) for _ in range(5)]
    await settle()
    source.gate.set()
    assert [await each for each in asking] == ["a1"] * 5
    assert await source.operation().thing_by_key.load(A) == "a1"
    assert source.batches == [[A]]


async def test_only_what_is_missing_goes_up(source: Source) -> None:
    await source.operation().things_by_key.load(A)
    assert await source.operation().things_by_key.load_many([A, B, A]) == ["a1", "b2", "a1"]
    assert source.batches == [[A], [B]]


async def test_what_declares_no_lifetime_is_asked_for_each_time(source: Source) -> None:
    assert [await source.operation().unkept_by_key.load(A) for _ in range(2)] == ["a1", "a2"]


async def test_one_loader_is_told_nothing_of_what_another_keeps(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    assert await source.operation().things_by_key.load(A) == "a2"


async def test_stale_it_is_told_to_all_at_once_and_renewed_once(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    source.now += 15
    source.gate.clear()
    first, second = source.operation(), source.operation()
    assert [await each.thing_by_key.load(A) for each in (first, second, first)] == ["a1"] * 3
    assert [(each.path, each.system) for each in first.reading.stale] == [(("things",), "one")]
    assert first.reading.fresh_for == 0
    await settle()
    assert source.batches == [[A], [A]]
    source.gate.set()
    await settle()
    third = source.operation()
    assert await third.thing_by_key.load(A) == "a2"
    assert (third.reading.stale, third.reading.fresh_for) == ([], 10)
    assert source.batches == [[A], [A]]


async def test_a_renewal_that_fails_is_tried_again_only_after_a_while(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    source.now += 15
    source.failure = UpstreamError("one", "down")
    for batches in (2, 2, 2):
        assert await source.operation().thing_by_key.load(A) == "a1"
        await settle()
        assert len(source.batches) == batches
    source.now += 5
    assert await source.operation().thing_by_key.load(A) == "a1"
    await settle()
    assert len(source.batches) == 3


async def test_where_the_system_fails_what_it_told_stands_and_what_it_never_told_is_a_failure(source: Source) -> None:
    await source.operation().things_by_key.load(A)
    source.now += 50
    source.failure = UpstreamError("one", "down")
    told, failed = await source.operation().things_by_key.load_many([A, B])
    assert told == "a1"
    assert isinstance(failed, UpstreamError)
    source.now += 60
    with pytest.raises(UpstreamError):
        await source.operation().things_by_key.load(A)


async def test_where_nobody_knows_any_longer_whose_it_is_what_was_told_before_is_told_to_nobody(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    await source.operation().thing_by_key.load(B)
    source.now += 50
    source.failure = AccountConflict("one", "two have one number")
    with pytest.raises(AccountConflict):
        await source.operation().thing_by_key.load(A)
    source.failure = UpstreamError("one", "down")
    with pytest.raises(UpstreamError):
        await source.operation().thing_by_key.load(A)
    assert await source.operation().thing_by_key.load(B) == "b2"


async def test_a_mistake_of_our_own_is_not_hidden_by_what_was_told_before(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    source.now += 50
    source.failure = KeyError("ours")
    with pytest.raises(KeyError):
        await source.operation().thing_by_key.load(A)


async def test_whose_time_is_over_is_told_what_stands(source: Source) -> None:
    hurried = Source(timeout=0.05)
    await hurried.operation().thing_by_key.load(A)
    hurried.now += 50
    hurried.gate.clear()
    operation = hurried.operation()
    assert await operation.thing_by_key.load(A) == "a1"
    assert [each.path for each in operation.reading.stale] == [("things",)]
    with pytest.raises(UpstreamTimeout):
        await hurried.operation().thing_by_key.load(B)


async def test_what_is_evicted_while_it_is_asked_for_is_told_to_who_asked_and_not_kept(source: Source) -> None:
    source.gate.clear()
    before = source.operation().thing_by_key.load(A)
    await settle()
    source.caches.changed("one", "a")
    after = source.operation().thing_by_key.load(A)
    await settle()
    source.gate.set()
    assert [await before, await after] == ["a1", "a2"]
    assert await source.operation().thing_by_key.load(A) == "a2"
    assert source.batches == [[A], [A]]


async def test_who_reads_anew_is_told_what_is_so_and_whoever_comes_after_is_told_that_too(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    anew = source.anew()
    assert await anew.thing_by_key.load(A) == "a2"
    assert anew.reading.fresh_for is None
    assert await source.operation().thing_by_key.load(A) == "a2"
    source.now += 50
    source.failure = UpstreamError("one", "down")
    with pytest.raises(UpstreamError):
        await source.anew().thing_by_key.load(A)


async def test_what_one_operation_was_told_stays_so_to_its_end(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    operation = source.operation()
    assert await operation.thing_by_key.load(A) == "a1"
    await source.anew().thing_by_key.load(A)
    assert await operation.thing_by_key.load(A) == "a1"


async def test_the_oldest_at_a_place_is_told_and_the_soonest_to_end_counts(source: Source) -> None:
    await source.operation().thing_by_key.load(A)
    source.now += 4
    await source.operation().thing_by_key.load(B)
    fresh = source.operation()
    assert await fresh.thing_by_key.load_many([A, B]) == ["a1", "b2"]
    assert fresh.reading.fresh_for == 6
    source.now += 12
    stale = source.operation(place="lists")
    await stale.thing_by_key.load_many([A, B])
    (told,) = stale.reading.stale
    oldest = source.operation(place="lists")
    await oldest.thing_by_key.load(A)
    assert abs((told.as_of - oldest.reading.stale[0].as_of).total_seconds()) < 1
