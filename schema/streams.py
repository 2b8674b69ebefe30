"""The word a subscription's field is declared with, and how each of its events is guarded like a query."""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from resolvers.access import check_scope

from .fields import describe_arguments, directives_of

Resolving = GraphQLResolveInfo[Any]


def streamed(
    by: Callable[..., Any],
    description: str,
    *,
    requires: str = "",
    each: Callable[..., Any] | None = None,
    arguments: Mapping[str, str] | None = None,
) -> Any:
    """A field of Subscription: `by` is an async generator of records, which begins with what is so now.

    An exception that it yields is told as the error of one event, and the stream goes on; one that it raises ends it.
    `requires` is checked when the stream begins and for each event. `each` makes of an event what is told of it, given
    the event, `info` with a context of the event's own, and the field's arguments. What is refused ends the stream.
    """
    made: Any = strawberry.subscription(
        resolver=by,
        description=description,
        directives=directives_of(None, requires),
        metadata={"requires": requires, "each": each},
    )
    describe_arguments(made, arguments)
    return made


def guard_streams(schema: strawberry.Schema) -> None:
    """Puts the guards before every stream and each of its events; Strawberry's own extensions run for neither."""
    root = schema._schema.subscription_type
    for field in root.fields.values() if root else ():
        told = field.extensions["strawberry-definition"].metadata
        if told["each"]:
            field.resolve = _each(told["each"])
        field.subscribe = _guarded(field.subscribe, told["requires"])
        field.resolve = _guarded(field.resolve, told["requires"])


def _each(answer: Any) -> Any:
    def told(event: Any, info: Resolving, **arguments: Any) -> Any:
        if isinstance(event, Exception):
            raise event
        return answer(event, info, **arguments)

    return told


def _guarded(answer: Any, scope: str) -> Any:
    def guarded(source: Any, info: Resolving, **arguments: Any) -> Any:
        check_scope(info.context.viewer, scope)
        return answer(source, info, **arguments)

    return guarded if scope else answer
