"""What one operation reads of the portal's store at the same time shares a visit: one connection, one moment."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.portal import Database, Store, open_store
from connectors.portal.visits import Visits
from connectors.wire import UpstreamError


class Watched:
    """Visits to a store on a file, and how often somebody came."""

    def __init__(self, store: Store) -> None:
        self.tally: Counter[str] = Counter()
        self.visits = Visits(store, self.tally)
        self.came = 0
        event.listen(store._engine.sync_engine, "begin", self._begins)

    def _begins(self, _: object) -> None:
        self.came += 1

    def number(self, number: int) -> asyncio.Future[int]:
        async def read(connection: AsyncConnection) -> int:
            return int((await connection.execute(text(f"select {number}"))).scalar_one())

        return self.visits.read(read)


@pytest.fixture
async def watched(tmp_path: Path) -> Any:
    async with open_store(Database(f"sqlite:///{tmp_path}/portal.sqlite")) as store:
        yield Watched(store)


async def test_what_is_asked_at_the_same_time_is_one_visit(watched: Watched) -> None:
    assert await asyncio.gather(*map(watched.number, range(5))) == [0, 1, 2, 3, 4]
    assert (watched.came, watched.tally) == (1, {"portal": 5})


async def test_what_is_asked_because_of_what_was_read_is_part_of_it(watched: Watched) -> None:
    async def next_of(number: int) -> int:
        return await watched.number(await watched.number(number) + 1)

    assert await asyncio.gather(next_of(1), next_of(5)) == [2, 6]
    assert watched.came == 1


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_comes_is_told_however_late_in_a_visit(watched: Watched, turns: int) -> None:
    assert await watched.number(1) == 1
    for _ in range(turns):
        await asyncio.sleep(0)
    assert await asyncio.wait_for(watched.number(2), 10) == 2


async def test_what_is_asked_later_is_a_visit_of_its_own(watched: Watched) -> None:
    assert await watched.number(1) == 1
    await asyncio.sleep(0.05)
    assert await watched.number(2) == 2
    assert watched.came == 2


async def test_what_is_wrong_with_one_thing_is_told_of_that_alone(watched: Watched) -> None:
    async def broken(_: AsyncConnection) -> int:
        raise ValueError("a row that is none")

    told = await asyncio.gather(
        watched.number(1), watched.visits.read(broken), watched.number(2), return_exceptions=True
    )
    assert [told[0], str(told[1]), told[2]] == [1, "a row that is none", 2]
    assert watched.came == 1


async def test_a_store_that_does_not_answer_is_told_of_all_and_asked_anew(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    async with open_store(Database(f"sqlite:///{tmp_path}/no folder/portal.sqlite")) as store:
        watched = Watched(store)
        for _ in range(2):
            told = await asyncio.gather(watched.number(1), watched.number(2), return_exceptions=True)
            assert [(type(each), each.system) for each in told if isinstance(each, UpstreamError)] == [
                (UpstreamError, "portal")
            ] * 2


async def test_who_leaves_is_not_read_for_and_the_last_ends_the_visit(watched: Watched) -> None:
    slow = asyncio.Event()

    async def waits(_: AsyncConnection) -> int:
        slow.set()
        return await asyncio.get_running_loop().create_future()

    first, second = watched.visits.read(waits), watched.number(2)
    await slow.wait()
    second.cancel()
    await asyncio.sleep(0)
    assert not first.done()
    first.cancel()
    visit = watched.visits._latest
    assert visit is not None
    await asyncio.wait([visit._task])
    assert visit._task.cancelled()
    assert await watched.number(3) == 3
    assert (watched.came, watched.tally) == (2, {"portal": 1})
