"""How something leaves the graph: deprecated in a release, with what takes its place and the day until which it stays.

`@deprecated(reason: "Use `Money.in`; goes after 2027-06-30.")`: a schema coordinate in backquotes, and a day.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    Visitor,
    VisitorAction,
    build_ast_schema,
    value_from_ast_untyped,
    visit,
)
from graphql.utilities import resolve_schema_coordinate

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_COORDINATE = re.compile(r"`([^`]+)`")


def unpromising(document: DocumentNode) -> list[str]:
    """Sentences on the deprecations that do not tell a client what to use instead, or until when there is time."""
    graph = build_ast_schema(document, assume_valid=True)
    return [
        f"{place} is deprecated {lacking}: {reason!r}"
        for place, reason in _deprecated(graph)
        for lacking in _lacking(graph, reason)
    ]


def without_what_was_due(document: DocumentNode, today: date) -> DocumentNode:
    """What clients may still rely on: all but what was deprecated in full, and whose day is over."""

    class Due(Visitor):
        def enter(self, node: Node, *_: Any) -> VisitorAction:
            reason = _reason(node)
            return REMOVE if reason is not None and _is_due(reason, today) else None

    found: DocumentNode = visit(document, Due())
    return found


def _is_due(reason: str, today: date) -> bool:
    last = _last_day(reason)
    return last is not None and last < today and _COORDINATE.search(reason) is not None


def _lacking(graph: GraphQLSchema, reason: str) -> Iterator[str]:
    if _last_day(reason) is None:
        yield "without the day until which it stays, as 2027-06-30"
    named = _COORDINATE.search(reason)
    if named is None:
        yield "without what takes its place, as `Type.field`"
    elif not _exists(graph, named[1]):
        yield f"in favour of {named[1]}, which is not in the graph"


def _last_day(reason: str) -> date | None:
    told = _DAY.search(reason)
    try:
        return date.fromisoformat(told[0]) if told else None
    except ValueError:  # 2027-02-30
        return None


def _exists(graph: GraphQLSchema, coordinate: str) -> bool:
    try:
        return resolve_schema_coordinate(graph, coordinate) is not None
    except (GraphQLError, ValueError):  # words that are no coordinate, or one that begins with an unknown type
        return False


def _deprecated(graph: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Each place, and why."""
    for place, element in _elements(graph):
        if element.deprecation_reason is not None:
            yield place, element.deprecation_reason


def _elements(graph: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Fields and their arguments, fields of inputs, and values of enums, by coordinate."""
    for name, each in graph.type_map.items():
        members = {**getattr(each, "fields", {}), **getattr(each, "values", {})}
        for member, told in members.items():
            yield f"{name}.{member}", told
            for argument, meant in getattr(told, "args", {}).items():
                yield f"{name}.{member}({argument}:)", meant


def _reason(node: Node) -> str | None:
    """Why it is deprecated; None if it is not."""
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value == "deprecated":
            told = {each.name.value: value_from_ast_untyped(each.value) for each in directive.arguments or ()}
            return str(told.get("reason", ""))
    return None
