"""What a client of one schema would feel when another takes its place."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSchema,
    NamedTypeNode,
    Node,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    value_from_ast_untyped,
    visit,
)
from graphql.utilities import DangerousChangeType, find_breaking_changes, find_dangerous_changes

ANSWERS_DIFFERENTLY = {
    DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
    DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE,
}
"""What graphql-core calls dangerous and a client would feel. A new value of an enum, or member of a union, is announced
as possible: there is OTHER, and a client names the members it knows."""

IN_DOCUMENTS = {
    "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
}  # fmt: skip
"""Where a client may write a directive. The others are ours to change: they say how the schema is kept."""

Requirement = frozenset[frozenset[str]]
"""Scopes of a token: all of one of these."""

NOTHING: Requirement = frozenset({frozenset()})


def breaking_changes(before: DocumentNode, after: DocumentNode) -> list[str]:
    """Sentences on what clients of `before` could do and cannot any more, or get another answer to."""
    relied_on = _felt(before)
    old, new = build_ast_schema(relied_on, assume_valid=True), build_ast_schema(after, assume_valid=True)
    changes = [change.description for change in find_breaking_changes(old, new)]
    changes += [change.description for change in find_dangerous_changes(old, new) if change.type in ANSWERS_DIFFERENTLY]
    return [*changes, *_refused(old, new)]


def _felt(document: DocumentNode) -> DocumentNode:
    """What a client's document can reach: types from the roots down, and directives of documents."""
    reached = _reached(document)
    return DocumentNode(
        definitions=tuple(
            each
            for each in document.definitions
            if (not isinstance(each, TypeDefinitionNode) or each.name.value in reached)
            and (not isinstance(each, DirectiveDefinitionNode) or IN_DOCUMENTS & {at.value for at in each.locations})
        )
    )


def _reached(document: DocumentNode) -> set[str]:
    types = {each.name.value: each for each in document.definitions if isinstance(each, TypeDefinitionNode)}
    reached, ahead = set[str](), ["Query", "Mutation", "Subscription"]
    while ahead:
        name = ahead.pop()
        if name in reached or name not in types:
            continue
        reached.add(name)
        ahead += _named_in(types[name])
        # Whatever implements an interface may stand in its place.
        ahead += [other for other, each in types.items() if name in _interfaces(each)]
    return reached


def _named_in(node: Node) -> list[str]:
    found: list[str] = []

    class Names(Visitor):
        def enter_named_type(self, named: NamedTypeNode, *_: Any) -> None:
            found.append(named.name.value)

    visit(node, Names())
    return found


def _interfaces(each: TypeDefinitionNode) -> list[str]:
    return [named.name.value for named in getattr(each, "interfaces", None) or ()]


def _refused(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """Places for which a token needs a scope that it did not need."""
    now = dict(_requirements(new))
    for place, before in _requirements(old):
        after = now.get(place, NOTHING)
        if not all(any(scopes <= enough for scopes in after) for enough in before):
            asked = " or ".join(sorted(" and ".join(sorted(scopes)) for scopes in after))
            yield f"{place} requires the scope {asked}."


def _requirements(schema: GraphQLSchema) -> Iterator[tuple[str, Requirement]]:
    for name, each in schema.type_map.items():
        yield name, _requirement(each.ast_node)
        for field, told in getattr(each, "fields", {}).items():
            yield f"{name}.{field}", _requirement(told.ast_node)


def _requirement(node: Any) -> Requirement:
    for directive in (node.directives or ()) if node else ():
        if directive.name.value == "requiresScopes":
            (scopes,) = (value_from_ast_untyped(each.value) for each in directive.arguments or ())
            return frozenset(frozenset(together) for together in scopes)
    return NOTHING
