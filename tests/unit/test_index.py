"""A public collection: read once for everybody, kept while its system is down, renewed where nobody waits."""

import asyncio
import logging
from collections import Counter

import pytest

from connectors.reads import Index, due, index, system_of
from connectors.wire import Operation, UpstreamBadResponse, UpstreamError, UpstreamTimeout

TERM = ("sis-cwb", "2610")
LONG = 3600.0


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "PATIENCE", 0.3)
    monkeypatch.setattr(index, "FIRST_RETRY", 0.01)
    monkeypatch.setattr(index, "LONGEST_RETRY", 0.02)


class Source:
    """A system that is read: how often, in what state it is, and what it holds."""

    def __init__(self) -> None:
        self.reads: Counter[tuple[str, str]] = Counter()
        self.operations: list[Operation] = []
        self.open = asyncio.Event()
        self.open.set()
        self.begun = asyncio.Event()
        self.failure: Exception | None = None
        self.under_way = 0
        self.read = asyncio.Condition()

    async def fill(self, key: tuple[str, str], operation: Operation) -> str:
        self.reads[key] += 1
        self.operations.append(operation)
        self.under_way += 1
        self.begun.set()
        try:
            await self.open.wait()
        finally:
            self.under_way -= 1
            async with self.read:
                self.read.notify_all()
        if self.failure:
            raise self.failure
        return f"{key[1]} read {self.reads[key]} times"

    async def until_read(self, times: int) -> None:
        async with self.read, asyncio.timeout(2):
            await self.read.wait_for(lambda: self.reads.total() >= times and not self.under_way)
        await settle()


async def settle() -> None:
    """Lets everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


def reading(source: Source, refresh: float = LONG) -> Index[tuple[str, str], str]:
    return Index("catalogue", source.fill, lambda _: refresh)


async def test_many_who_ask_at_once_are_answered_by_one_read() -> None:
    source = Source()
    source.open.clear()
    catalogue = reading(source)
    asked = [asyncio.ensure_future(catalogue.get(TERM)) for _ in range(5)]
    await asyncio.sleep(0)
    source.open.set()
    assert await asyncio.gather(*asked) == ["2610 read 1 times"] * 5
    assert await catalogue.get(TERM) == "2610 read 1 times"
    assert source.reads == {TERM: 1}
    await catalogue.close()


async def test_each_key_is_read_on_its_own() -> None:
    source = Source()
    catalogue = reading(source)
    first, second = await asyncio.gather(catalogue.get(TERM), catalogue.get(("sis-gz", "2510")))
    assert (first, second) == ("2610 read 1 times", "2510 read 1 times")
    await catalogue.close()


async def test_a_read_is_an_operation_of_its_own() -> None:
    source = Source()
    catalogue = reading(source, refresh=0.01)
    await catalogue.get(TERM)
    await source.until_read(2)
    ids = [operation.correlation_id for operation in source.operations]
    assert all(each.startswith("index-") for each in ids)
    assert len(set(ids)) == len(ids)
    assert source.operations[0].seconds_left("sis-cwb", 2.0) > 2.0
    await catalogue.close()


async def test_what_has_changed_is_read_once_more_and_not_at_once_however_often_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(due, "ASKED_AFTER", 0.2)
    source = Source()
    catalogue = reading(source)
    await catalogue.get(TERM)
    for _ in range(50):
        catalogue.renew(TERM)
    catalogue.renew(("sis-cwb", "never kept"))
    await asyncio.sleep(0.05)
    assert source.reads == {TERM: 1}
    await source.until_read(2)
    await asyncio.sleep(0.3)
    assert source.reads == {TERM: 2}
    await catalogue.close()


async def test_who_asks_before_the_first_fill_is_told_when_to_ask_again() -> None:
    source = Source()
    source.open.clear()
    catalogue = reading(source)
    with pytest.raises(UpstreamError) as unfilled:
        await catalogue.get(TERM)
    assert (unfilled.value.code, unfilled.value.system) == ("UPSTREAM_UNAVAILABLE", "sis-cwb")
    assert unfilled.value.retry_after == 0.01
    source.open.set()
    assert await catalogue.get(TERM) == "2610 read 1 times"
    await catalogue.close()


async def test_who_has_less_time_than_patience_waits_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "PATIENCE", LONG)
    source = Source()
    source.open.clear()
    catalogue = reading(source)
    for seconds in (0.01, 0, -1):
        with pytest.raises(UpstreamError):
            await asyncio.wait_for(catalogue.get(TERM, seconds), timeout=1)
    await catalogue.close()


async def test_who_goes_away_leaves_the_read_to_the_others() -> None:
    source = Source()
    source.open.clear()
    catalogue = reading(source)
    leaving, staying = asyncio.ensure_future(catalogue.get(TERM)), asyncio.ensure_future(catalogue.get(TERM))
    await asyncio.sleep(0)
    leaving.cancel()
    source.open.set()
    assert await staying == "2610 read 1 times"
    await catalogue.close()


@pytest.mark.parametrize("failure", [UpstreamTimeout("sis-cwb", "late"), UpstreamBadResponse("sis-cwb", "garbage")])
async def test_a_system_that_fails_is_read_again_until_it_answers(failure: Exception) -> None:
    source = Source()
    source.failure = failure
    catalogue = reading(source)
    with pytest.raises(UpstreamError):
        await catalogue.get(TERM)
    await source.until_read(3)
    source.failure = None
    await source.until_read(source.reads.total() + 1)
    assert (await catalogue.get(TERM)).startswith("2610 read")
    await catalogue.close()


async def test_what_is_there_is_renewed_where_nobody_waits() -> None:
    source = Source()
    catalogue = reading(source, refresh=0.01)
    assert await catalogue.get(TERM) == "2610 read 1 times"
    source.open.clear()
    source.begun.clear()
    await source.begun.wait()
    assert await catalogue.get(TERM) == "2610 read 1 times"
    source.open.set()
    await source.until_read(2)
    assert catalogue.peek(TERM) != "2610 read 1 times"
    await catalogue.close()


async def test_what_is_there_stays_while_its_system_is_down() -> None:
    source = Source()
    catalogue = reading(source, refresh=0.01)
    await catalogue.get(TERM)
    source.failure = UpstreamTimeout("sis-cwb", "late")
    await source.until_read(source.reads.total() + 3)
    assert (await catalogue.get(TERM)).startswith("2610 read")
    await catalogue.close()


@pytest.mark.asyncio(loop_scope="function")  # where nobody else's tasks run
async def test_closing_ends_every_read_and_every_keeper() -> None:
    source = Source()
    source.open.clear()
    catalogue = reading(source)
    catalogue.keep(TERM)
    catalogue.keep(("sis-gz", "2510"))
    await settle()
    assert source.under_way == 2
    await catalogue.close()
    assert source.under_way == 0
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("catalogue")] == []


@pytest.mark.parametrize("there", [False, True], ids=["at first", "while renewing"])
async def test_a_mistake_of_our_own_is_logged_and_does_not_end_the_reading(
    there: bool, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source()
    catalogue = reading(source, refresh=0.01)
    if there:
        await catalogue.get(TERM)
    source.failure = KeyError("what an answer should have held")
    catalogue.keep(TERM)
    with caplog.at_level(logging.ERROR, "gateway.index"):
        await source.until_read(2 + there)
    assert "a mistake of our own" in caplog.text
    source.failure = None
    read = source.reads.total()
    await source.until_read(read + 2)
    assert catalogue.peek(TERM) in {f"2610 read {read + 1} times", f"2610 read {read + 2} times"}
    await catalogue.close()


async def test_collections_asked_for_long_ago_are_forgotten_and_no_longer_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "COLLECTIONS_KEPT", 2)
    source = Source()
    catalogue = reading(source)
    for term in ("2310", "2330"):
        await catalogue.get(("sis-cwb", term))
    await catalogue.get(("sis-cwb", "2310"))
    await catalogue.get(TERM)
    assert catalogue.peek(("sis-cwb", "2330")) is None
    assert catalogue.peek(("sis-cwb", "2310")) == "2310 read 1 times"
    assert await catalogue.get(("sis-cwb", "2330")) == "2330 read 2 times"
    await catalogue.close()


def test_a_collection_names_its_system() -> None:
    assert system_of("sis-cwb") == system_of(TERM) == "sis-cwb"
