"""The events of a subscription, each told like a query of its own."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult
from graphql.execution import Executor

from .plan import OperationPlan


@dataclass(slots=True, eq=False)
class Event:
    """Something that a subscription tells, once it is given a context to be worked out in."""

    payload: Any
    executor: Executor[Any]
    plan_for_all: OperationPlan | None
    """By which all who follow are told the same of the payload; None where it may depend on who they are."""

    def told(self, context: object) -> Awaitable[ExecutionResult]:
        own = self.executor.build_per_event_executor(self.payload)
        own.context_value = context
        return result_of(own)


async def events(
    executor: Executor[Any], source: AsyncIterable[Any], plan_for_all: OperationPlan | None
) -> AsyncGenerator[Event, None]:
    """graphql-core's `map_source_to_response_event`, but with a context for each event, and a source that fails is an
    event as well, the last: so its field says why."""
    try:
        async with aclosing(cast("AsyncGenerator[Any, None]", source)) as payloads:
            async for payload in payloads:
                yield Event(payload, executor, plan_for_all)
    except Exception as failure:
        failed = failure
    else:
        return
    yield Event(failed, executor, None)


async def result_of(executor: Executor[Any]) -> ExecutionResult:
    """What comes of the operation that the executor was built for."""
    result = executor.execute_operation()
    if executor.is_awaitable(result):
        result = await result
    # Incremental results come of @defer and @stream only, which such a schema does not have.
    return cast("ExecutionResult", result)
