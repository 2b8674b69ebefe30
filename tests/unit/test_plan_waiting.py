"""Waiting: side by side, no longer than needed, and not for what nobody needs any more."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import strawberry
from graphql import parse

from connectors.reads import Loader
from execution.relation import relation

from .both_executors import executor, finished, plans_of, told


class World:
    """What one operation works with, and what became of it."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.loader: Loader[int, Any] = Loader(self._load)

    async def _load(self, keys: list[int]) -> list[Any]:
        self.batches.append(keys)
        await asyncio.sleep(0)
        return [KeyError(f"no {key}") if key == 13 else Node(n=key) for key in keys]


def _key(node: Any) -> int | None:
    if node.n == 7:
        raise ValueError("no key of 7")
    return node.n + 10 if node.n % 5 else None


def _picked(node: Any, related: Any) -> Any:
    if node.n == 4:
        raise ValueError("cannot be picked")
    return None if node.n == 2 else Node(n=node.n + related.n)


@strawberry.type
class Node:
    n: int

    @strawberry.field
    async def waits(self, info: strawberry.Info) -> int:
        try:
            await info.context.gate.wait()
        except asyncio.CancelledError:
            info.context.happened.append(f"{self.n} cancelled")
            raise
        return self.n

    @strawberry.field
    async def opens(self, info: strawberry.Info) -> int:
        info.context.gate.set()
        return self.n

    @strawberry.field
    async def if_odd_waits(self, info: strawberry.Info) -> "Node":
        if self.n % 2:
            await info.context.gate.wait()
        return self

    @strawberry.field
    async def breaks(self) -> int:
        await asyncio.sleep(0)
        raise ValueError("broken")

    @strawberry.field
    def breaks_now(self) -> int:
        raise ValueError("broken now")

    @strawberry.field
    def value(self) -> int:
        return self.n

    @strawberry.field
    async def gives_up(self) -> int:
        raise asyncio.CancelledError

    related: "Node | None" = strawberry.field(
        resolver=relation(key=_key, by=lambda world: world.loader),
    )
    picked: "Node | None" = strawberry.field(
        resolver=relation(key=_key, by=lambda world: world.loader, then=_picked),
    )
    must_relate: "Node" = strawberry.field(
        resolver=relation(key=_key, by=lambda world: world.loader),
    )


@strawberry.type
class Query:
    @strawberry.field
    def node(self) -> Node | None:
        return Node(n=1)

    @strawberry.field
    async def nodes(self, first: int = 0, n: int = 3) -> list[Node]:
        return [Node(n=number) for number in range(first, first + n)]

    @strawberry.field
    async def maybe(self, first: int = 0, n: int = 3) -> list[Node | None] | None:
        return [Node(n=number) for number in range(first, first + n)]


SCHEMA = strawberry.Schema(Query)


def running(query: str, world: object) -> Any:
    document = parse(query)
    return finished(executor(SCHEMA, document, plans=plans_of(document), context_value=world))


pytestmark = pytest.mark.asyncio(loop_scope="function")
"""Each test has a loop to itself, where nobody else's tasks run."""


@pytest_asyncio.fixture(autouse=True, loop_scope="function")
async def nothing_is_left_running() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()


async def test_siblings_are_awaited_side_by_side() -> None:
    result = await running("{ nodes { waits opens } }", World())
    assert result.data == {"nodes": [{"waits": n, "opens": n} for n in range(3)]}


async def test_a_slow_sibling_holds_nobody_up() -> None:
    """What opens the gate is below a sibling of what waits for it."""
    result = await running("{ nodes(n: 2) { ifOddWaits { opens } } }", World())
    assert result.data == {"nodes": [{"ifOddWaits": {"opens": 0}}, {"ifOddWaits": {"opens": 1}}]}


async def test_siblings_of_what_is_lost_are_cancelled_and_waited_for() -> None:
    world = World()
    result = await running("{ node { breaks waits } maybe(n: 2) { n } }", world)
    assert result.data == {"node": None, "maybe": [{"n": 0}, {"n": 1}]}
    assert world.happened == ["1 cancelled"]


async def test_what_does_not_hang_on_it_goes_on() -> None:
    world = World()
    result = await running("{ node { breaks } maybe(n: 2) { waits opens } }", world)
    assert result.data == {"node": None, "maybe": [{"waits": 0, "opens": 0}, {"waits": 1, "opens": 1}]}
    assert world.happened == []


async def test_an_error_that_is_there_at_once_waits_for_nobody() -> None:
    world = World()
    document = parse("{ node { waits breaksNow } }")
    result = executor(SCHEMA, document, plans=plans_of(document), context_value=world).execute_operation()
    assert told(result).data == {"node": None}
    world.gate.set()  # what had begun is settled behind our back


async def test_a_cancelled_operation_cancels_all_that_it_waits_for() -> None:
    world = World()
    operation = asyncio.create_task(running("{ nodes { waits } }", world))
    for _ in range(10):
        await asyncio.sleep(0)
    operation.cancel()
    with pytest.raises(asyncio.CancelledError):
        await operation
    assert sorted(world.happened) == ["0 cancelled", "1 cancelled", "2 cancelled"]


async def test_a_resolver_that_cancels_itself_cancels_the_operation() -> None:
    world = World()
    with pytest.raises(asyncio.CancelledError):
        await running("{ node { givesUp waits } }", world)
    assert world.happened == ["1 cancelled"]


async def test_a_relation_is_loaded_for_all_siblings_at_once() -> None:
    world = World()
    result = await running("{ nodes(first: 1, n: 4) { related { n related { n } } } }", world)
    assert world.batches == [[11, 12, 13, 14], [21, 22, 24]]
    assert [each["related"] and each["related"]["n"] for each in result.data["nodes"]] == [11, 12, None, 14]
    assert told(result).errors == {(("nodes", 2, "related"), "'no 13'")}


async def test_what_is_related_is_made_of_each_parent_and_what_was_loaded_for_it() -> None:
    world = World()
    result = await running("{ nodes(first: 1, n: 6) { picked { n } } }", world)
    assert world.batches == [[11, 12, 13, 14, 16]]
    assert [each["picked"] and each["picked"]["n"] for each in result.data["nodes"]] == [12, None, None, None, None, 22]
    assert told(result).errors == {
        (("nodes", 2, "picked"), "'no 13'"),
        (("nodes", 3, "picked"), "cannot be picked"),
    }


async def test_a_relation_answers_as_its_resolver_does() -> None:
    for first, n in ((0, 8), (5, 1), (7, 1), (3, 1), (11, 3), (0, 0)):
        for field in ("related", "picked", "mustRelate"):
            for many in ("nodes", "maybe"):
                query = f"{{ {many}(first: {first}, n: {n}) {{ n {field} {{ n value }} }} }}"
                documents = parse(query)
                expected = told(await finished(executor(SCHEMA, documents, context_value=World())))
                result = told(await running(query, World()))
                assert result.data == expected.data
                if expected.data is not None and expected.data["maybe" if many == "maybe" else "nodes"] is not None:
                    assert result.errors == expected.errors


async def test_what_is_loaded_already_is_not_waited_for_again() -> None:
    world = World()
    query = "{ a: nodes(first: 1, n: 2) { related { n } } b: nodes(first: 1, n: 2) { related { n } } }"
    assert (await running(query, world)).errors is None
    assert world.batches == [[11, 12]]


async def test_operations_side_by_side_do_not_mix() -> None:
    queries = [
        "{ nodes { value related { n } } }",
        "{ node { breaks waits } }",
        "{ maybe(first: 2) { opens related { n } } }",
    ]
    alone = [told(await running(query, World())) for query in queries]
    world = World()
    together = await asyncio.gather(*(running(query, world) for _ in range(20) for query in queries))
    assert [told(result) for result in together] == alone * 20


class Asker:
    """A context that is in no circle of its own."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()


@pytest.mark.parametrize("query", ["{ node { value n } }", "{ nodes { waits opens } }"])
async def test_what_an_operation_was_run_with_goes_with_it_before_any_garbage_is_collected(query: str) -> None:
    asker = Asker()
    gone = weakref.ref(asker)
    gc.disable()
    try:
        result = await running(query, asker)
        assert result.data
        del asker, result
        await asyncio.sleep(0)
        assert gone() is None
    finally:
        gc.enable()
