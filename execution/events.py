"""The events of a subscription, each told like a query of its own."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult
from graphql.execution import Executor

from .plan import OperationPlan


@dataclass(slots=True, eq=False)
class Event:
    """Something that a subscription tells: the root value of its operation, which is run like a query."""

    payload: Any
    plan_for_all: OperationPlan | None
    """By which all who follow are told the same of the payload; None where it may depend on who they are."""


async def events(source: AsyncIterable[Any], plan_for_all: OperationPlan | None) -> AsyncGenerator[Event, None]:
    """Of graphql-core's `map_source_to_response_event` what comes before the map: each event is left to be run with a
    context and an executor of its own, so that none is kept by all who wait. A source that fails is an event as well,
    the last: so its field says why."""
    try:
        async with aclosing(cast("AsyncGenerator[Any, None]", source)) as payloads:
            async for payload in payloads:
                yield Event(payload, plan_for_all)
    except Exception as failure:
        failed = failure
    else:
        return
    yield Event(failed, None)


async def result_of(executor: Executor[Any]) -> ExecutionResult:
    """What comes of the operation that the executor was built for."""
    result = executor.execute_operation()
    if executor.is_awaitable(result):
        result = await result
    # Incremental results come of @defer and @stream only, which such a schema does not have.
    return cast("ExecutionResult", result)
