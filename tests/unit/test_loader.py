"""No asker's end is another's: what aiodataloader does otherwise, fault by fault, and what it does right."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from aiodataloader import DataLoader
from graphql import (
    ExecutionResult,
    GraphQLField,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    execute,
    parse,
)

from connectors.reads import LoadAbortedError, Loader

Batch = Callable[[list[int]], Awaitable[Sequence[Any]]]
Make = Callable[..., DataLoader[int, int]]


def hardened(batch: Batch, max_batch: int | None = None) -> DataLoader[int, int]:
    return Loader(batch, max_batch=max_batch)


def plain(batch: Batch, max_batch: int | None = None) -> DataLoader[int, int]:
    return DataLoader(batch, max_batch_size=max_batch)  # type: ignore[arg-type]


def each(as_shipped: Any, with_us: Any) -> pytest.MarkDecorator:
    """The same story told twice: how it ends with aiodataloader as shipped, and how with ours."""
    cases = [pytest.param(plain, as_shipped, id="as shipped"), pytest.param(hardened, with_us, id="hardened")]
    return pytest.mark.parametrize(("make", "end"), cases)


class Upstream:
    """A batch function that keeps what it was asked, and may be held."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.cancelled = 0

    async def at_once(self, keys: list[int]) -> list[int]:
        self.batches.append(keys)
        return [key * 10 for key in keys]

    async def held(self, keys: list[int]) -> list[int]:
        self.batches.append(keys)
        self.asked.set()
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return [key * 10 for key in keys]


async def outcome(asking: Awaitable[Any], seconds: float = 1.0) -> Any:
    """What an asker ends with: the value, or a word for it."""
    done, _ = await asyncio.wait([asyncio.ensure_future(asking)], timeout=seconds)
    if not done:
        return "waits for ever"
    (asked,) = done
    if asked.cancelled():
        return "cancelled"
    return type(asked.exception()).__name__ if asked.exception() else asked.result()


async def settle() -> None:
    """Lets everything that is ready run: callbacks that schedule callbacks included."""
    for _ in range(5):
        await asyncio.sleep(0)


@each(as_shipped="cancelled", with_us=10)
async def test_an_asker_who_is_cancelled_leaves_the_others_alone(make: Make, end: Any) -> None:
    upstream = Upstream()
    loader = make(upstream.held)
    first, second = loader.load(1), loader.load(1)
    await upstream.asked.wait()
    first.cancel()
    upstream.answers.set()
    assert await outcome(second) == end
    assert upstream.batches == [[1]]


@each(as_shipped="waits for ever", with_us=LoadAbortedError.__name__)
async def test_a_batch_that_is_cancelled_leaves_nobody_waiting(make: Make, end: Any) -> None:
    tasks: list[asyncio.Task[Any] | None] = []

    async def cancelled_under_way(keys: list[int]) -> list[int]:
        tasks.append(asyncio.current_task())
        await asyncio.Event().wait()
        return keys

    asked = make(cancelled_under_way).load(1)
    await settle()
    (task,) = tasks
    assert task is not None
    task.cancel()
    assert await outcome(asked) == end


@each(as_shipped="ValueError", with_us=10)
async def test_a_key_that_failed_is_asked_again(make: Make, end: Any) -> None:
    answers: list[Any] = [ValueError("not now"), 10]

    async def better_the_second_time(keys: list[int]) -> list[Any]:
        return [answers.pop(0) for _ in keys]

    loader = make(better_the_second_time)
    assert await outcome(loader.load(1)) == "ValueError"
    assert await outcome(loader.load(1)) == end


@each(as_shipped="RuntimeError", with_us=10)
async def test_a_loader_made_before_any_loop_runs_serves_whichever_asks(make: Make, end: Any) -> None:
    async def at_once(keys: list[int]) -> list[int]:
        return [key * 10 for key in keys]

    def elsewhere() -> Any:
        """In a thread of its own: the one here has a loop already."""
        try:
            loader = make(at_once)
        except RuntimeError as refusal:
            return type(refusal).__name__

        async def ask(key: int) -> Any:
            return await outcome(loader.load(key))

        return [asyncio.run(ask(1)), asyncio.run(ask(2))][0]

    assert await asyncio.to_thread(elsewhere) == end


@each(as_shipped=0, with_us=1)
async def test_the_last_asker_who_leaves_takes_the_call_along(make: Make, end: int) -> None:
    upstream = Upstream()
    loader = make(upstream.held)
    first, second = loader.load(1), loader.load(2)
    await upstream.asked.wait()
    first.cancel()
    await settle()
    assert upstream.cancelled == 0
    second.cancel()
    await settle()
    assert upstream.cancelled == end
    upstream.answers.set()


@each(as_shipped=["cancelled", "cancelled"], with_us=[10, 10])
async def test_who_asks_while_a_call_is_being_given_up_is_asked_for_anew(make: Make, end: Any) -> None:
    upstream = Upstream()
    loader = make(upstream.held)
    leaving = loader.load(1)
    await upstream.asked.wait()
    leaving.cancel()
    await asyncio.sleep(0)
    coming = loader.load(1)
    await settle()
    joining = loader.load(1)
    upstream.answers.set()
    assert [await outcome(coming), await outcome(joining)] == end
    assert upstream.batches[1:] in ([], [[1]])


@each(as_shipped=[[1]], with_us=[])
async def test_nothing_is_asked_when_all_have_left_before(make: Make, end: list[list[int]]) -> None:
    upstream = Upstream()
    make(upstream.at_once).load(1).cancel()
    await settle()
    assert upstream.batches == end


@pytest.mark.parametrize("make", [plain, hardened])
async def test_an_exception_in_one_place_fails_that_key_alone(make: Make) -> None:
    async def second_is_broken(keys: list[int]) -> list[Any]:
        return [ValueError(key) if key == 2 else key * 10 for key in keys]

    loader = make(second_is_broken)
    asked = [loader.load(key) for key in (1, 2, 3)]
    assert [await outcome(each) for each in asked] == [10, "ValueError", 30]


@pytest.mark.parametrize("make", [plain, hardened])
async def test_a_batch_that_fails_fails_all_its_keys(make: Make) -> None:
    async def broken(keys: list[int]) -> list[int]:
        raise ValueError(keys)

    loader = make(broken)
    asked = [loader.load(key) for key in (1, 2)]
    assert [await outcome(each) for each in asked] == ["ValueError", "ValueError"]


@pytest.mark.parametrize("make", [plain, hardened])
async def test_keys_of_one_tick_go_up_together_and_each_once(make: Make) -> None:
    upstream = Upstream()
    loader = make(upstream.at_once)
    assert await asyncio.gather(*(loader.load(key) for key in (1, 2, 1, 3, 2))) == [10, 20, 10, 30, 20]
    assert await loader.load(3) == 30
    assert upstream.batches == [[1, 2, 3]]


@pytest.mark.parametrize("make", [plain, hardened])
async def test_a_key_under_way_is_joined(make: Make) -> None:
    upstream = Upstream()
    loader = make(upstream.held)
    first = loader.load(1)
    await upstream.asked.wait()
    second, other = loader.load(1), loader.load(2)
    upstream.answers.set()
    assert [await first, await second, await other] == [10, 10, 20]
    assert upstream.batches == [[1], [2]]


@pytest.mark.parametrize("make", [plain, hardened])
async def test_a_batch_is_no_larger_than_it_may_be_and_parts_go_side_by_side(make: Make) -> None:
    upstream = Upstream()
    loader = make(upstream.held, 2)
    asked = [loader.load(key) for key in range(1, 6)]
    await settle()
    assert upstream.batches == [[1, 2], [3, 4], [5]]
    upstream.answers.set()
    assert await asyncio.gather(*asked) == [10, 20, 30, 40, 50]


@each(as_shipped="cancelled", with_us={"broken": None, "whole": {"wants": 10}})
async def test_a_field_whose_sibling_fails_takes_nothing_from_another_field(make: Make, end: Any) -> None:
    """graphql-core cancels the siblings of a non-null field that fails; as shipped, this ends the whole operation."""
    upstream = Upstream()
    loader = make(upstream.held)

    async def load(*_: Any) -> int:
        return await loader.load(1)

    async def fail(*_: Any) -> int:
        await upstream.asked.wait()
        raise ValueError("broken")

    broken = GraphQLObjectType(
        "Broken",
        {
            "fails": GraphQLField(GraphQLNonNull(GraphQLInt), resolve=fail),
            "wants": GraphQLField(GraphQLInt, resolve=load),
        },
    )
    whole = GraphQLObjectType("Whole", {"wants": GraphQLField(GraphQLInt, resolve=load)})
    query = GraphQLObjectType(
        "Query",
        {
            "broken": GraphQLField(broken, resolve=lambda *_: {}),
            "whole": GraphQLField(whole, resolve=lambda *_: {}),
        },
    )
    asking = asyncio.ensure_future(_executed(GraphQLSchema(query), "{ broken { fails wants } whole { wants } }"))
    await upstream.asked.wait()
    await settle()
    upstream.answers.set()
    assert await outcome(asking) == end


async def _executed(schema: GraphQLSchema, text: str) -> Any:
    answer = execute(schema, parse(text))
    assert not isinstance(answer, ExecutionResult)
    return (await answer).data


@each(as_shipped="KeyError", with_us=[10, "KeyError", 30])
async def test_of_many_keys_one_fails_alone(make: Make, end: Any) -> None:
    batches: list[list[int]] = []

    async def batch(keys: list[int]) -> list[Any]:
        batches.append(keys)
        return [KeyError(key) if key == 2 else key * 10 for key in keys]

    loader = make(batch)
    found = await outcome(loader.load_many([1, 2, 3]))
    if isinstance(found, list):
        found = [type(each).__name__ if isinstance(each, Exception) else each for each in found]
    assert found == end
    assert batches == [[1, 2, 3]]


async def test_whoever_asked_for_many_and_leaves_takes_the_call_along() -> None:
    upstream = Upstream()
    loader = Loader(upstream.held)
    asking = loader.load_many([1, 2])
    await upstream.asked.wait()
    asking.cancel()
    await settle()
    assert upstream.cancelled == 1
