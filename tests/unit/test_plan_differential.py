"""Thousands of random operations over random schemas and broken worlds: a plan answers what graphql-core answers."""

import asyncio
import gc
import logging
import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from graphql import ExecutionResult, parse, validate

from .both_executors import Path, Told, executor, finished, plans_of, told
from .random_graph import RandomGraph
from .random_operations import RandomOperation

# graphql-core leaves some unawaited where it gives up a list; that is not what is compared here.
pytestmark = pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)

SCHEMAS = 30 if os.environ.get("CI") else 12
OPERATIONS = 40
"""Of each schema."""
RUNS = 25
"""Of each operation: other variables, another world."""
WORLDS = 40
"""Of each schema."""


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # Strawberry logs each error
    yield
    gc.collect()  # so that what graphql-core leaves unawaited is told of here
    logging.disable(logging.NOTSET)


@cache
def graph(seed: int) -> RandomGraph:
    return RandomGraph(seed)


def essence(answer: Told) -> tuple[Any, set[tuple[Path, str]]]:
    """What is the same whatever the timing.

    Where an error took away what lies above it, several that happen at the same time would have done so, and it is
    a matter of moments which of them are told (GraphQL specification, 6.4.4): that place counts instead of them.
    """
    errors = set()
    for path, message in answer.errors:
        place, value = 0, answer.data
        while value is not None and place < len(path):
            value = value[path[place]]
            place += 1
        errors.add((path, message) if place == len(path) else (path[:place], "lost"))
    return answer.data, errors


def cases(seed: int) -> Iterator[tuple[RandomGraph, RandomOperation, random.Random]]:
    rng = random.Random(seed)  # noqa: S311  the same each time
    for _ in range(OPERATIONS):
        yield graph(seed), RandomOperation(graph(seed).schema._schema, rng), rng


@pytest.mark.parametrize("seed", range(SCHEMAS))
async def test_a_plan_answers_what_graphql_core_answers(seed: int) -> None:
    met: Counter[str] = Counter()
    for world, operation, rng in cases(seed):
        document = parse(operation.text)
        assert validate(world.schema._schema, document) == [], operation.text
        plans = plans_of(document)
        for _ in range(RUNS):
            variables, root = operation.variables(), Root(rng.randrange(WORLDS))
            given = {"root_value": root}
            expected = told(
                await finished(executor(world.schema, document, variables, context_value=world.context(), **given))
            )
            planned = executor(world.schema, document, variables, plans=plans, context_value=world.context(), **given)
            assert plans.plan(planned) is not None, operation.text
            answer = told(await finished(planned))
            assert essence(answer) == essence(expected), f"{world.source}\n\n{operation.text}\n{variables} {root.seed}"
            met["runs"] += 1
            met["with errors"] += bool(answer.errors)
            met["word for word"] += answer == expected
    assert met["with errors"] > met["runs"] / 10
    assert met["word for word"] > met["runs"] * 0.9


class Root:
    def __init__(self, seed: int) -> None:
        self.seed = seed


async def test_operations_at_the_same_time_answer_as_they_do_alone() -> None:
    for seed in range(3):
        running, alone = [], []
        for world, operation, rng in cases(seed):
            document = parse(operation.text)
            plans = plans_of(document)
            variables, root = operation.variables(), Root(rng.randrange(WORLDS))

            def run(
                world: Any = world,
                document: Any = document,
                variables: Any = variables,
                root: Any = root,
                plans: Any = plans,
            ) -> Any:
                context = world.context()
                return finished(
                    executor(world.schema, document, variables, plans=plans, context_value=context, root_value=root)
                )

            alone.append(essence(told(await run())))
            running += [run(), run()]
        results: list[ExecutionResult] = await asyncio.gather(*running)
        assert [essence(told(result)) for result in results[::2]] == alone
        assert [essence(told(result)) for result in results[1::2]] == alone


@pytest.mark.asyncio(loop_scope="function")  # where nobody else's tasks run
async def test_an_operation_cancelled_at_any_moment_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    cancelled = 0
    for world, operation, rng in cases(1):
        document = parse(operation.text)
        plans = plans_of(document)
        variables = operation.variables()
        for turns in range(1, 12):
            context, root = world.context(), Root(rng.randrange(WORLDS))
            built = executor(world.schema, document, variables, plans=plans, context_value=context, root_value=root)
            task = asyncio.create_task(finished(built))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            cancelled += task.cancelled()
            assert task.cancelled() or task.exception() is None
    for _ in range(10):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before == set()
    assert cancelled > 100
