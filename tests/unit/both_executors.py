"""One operation by its plan and by graphql-core: two answers, which tests compare."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import strawberry
from graphql import DocumentNode, ExecutionResult, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, parse
from strawberry.execution import optimized_is_awaitable

from execution.compiler import compiled
from execution.executor import PlanExecutor
from execution.plan import Plans

Path = tuple[str | int, ...]


class Told(NamedTuple):
    """What an answer says, errors in no order."""

    data: Any
    errors: frozenset[tuple[Path, str]]

    @property
    def at(self) -> set[Path]:
        """Paths of the errors."""
        return {path for path, _ in self.errors}


def told(result: ExecutionResult) -> Told:
    return Told(result.data, frozenset((tuple(error.path or ()), error.message) for error in result.errors or ()))


def plans_of(document: DocumentNode) -> Plans:
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return Plans(
        operation, [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)], compiled
    )


def executor(
    schema: strawberry.Schema,
    document: DocumentNode,
    variables: Mapping[str, Any] | None = None,
    *,
    plans: Plans | None = None,
    **options: Any,
) -> Any:
    """By the given plans; without them, graphql-core's own."""
    kind = PlanExecutor if plans else schema.execution_context_class
    built = kind.build(
        schema._schema,
        document,
        raw_variable_values=dict(variables or {}),
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        operation_extensions=None,
        **({"plans": plans} if plans else {}),
        **options,
    )
    assert not isinstance(built, list), built
    return built


async def finished(executor: Any) -> ExecutionResult:
    result = executor.execute_operation()
    return await result if asyncio.iscoroutine(result) else result


async def answered_by_schema(schema: GraphQLSchema, query: str, **options: Any) -> Told:
    """The same for a schema that is not Strawberry's."""
    return await answered(_NotStrawberrys(schema), query, **options)  # type: ignore[arg-type]


class _NotStrawberrys:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.execution_context_class = PlanExecutor.__mro__[1]


async def answered(
    schema: strawberry.Schema, query: str, variables: Mapping[str, Any] | None = None, **options: Any
) -> Told:
    """What the plan answers, which must be what graphql-core answers; fails if there is no plan."""
    document = parse(query)
    plans = plans_of(document)
    planned = executor(schema, document, variables, plans=plans, **options)
    assert plans.plan(planned) is not None, "left to graphql-core"
    expected = told(await finished(executor(schema, document, variables, **options)))
    answer = told(await finished(planned))
    assert answer == expected
    return answer
