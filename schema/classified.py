"""The schema does not build unless every type is classified and every way into personal data is guarded."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry.types.base import StrawberryObjectDefinition

from .cards import Card
from .fields import CARDS, SCOPES

UNGUARDED = frozenset({"Query.viewer", "Query.me"})
"""Ways into personal data without a scope: what the token says anyway, and the door to one's own world."""


class UnclassifiedError(Exception):
    """The schema would show personal data that nobody classified or guarded; the message lists the places."""


def check_cards(schema: strawberry.Schema) -> None:
    """Raises UnclassifiedError."""
    problems = [problem for each in _object_types(schema) for problem in _problems(each)]
    if problems:
        raise UnclassifiedError("; ".join(problems))


def _object_types(schema: strawberry.Schema) -> list[GraphQLObjectType]:
    types = schema._schema.type_map.values()
    return [each for each in types if isinstance(each, GraphQLObjectType) and not each.name.startswith("__")]


def _problems(parent: GraphQLObjectType) -> Iterator[str]:
    if _carries_only_items(parent):
        return
    if parent.name not in CARDS and parent.name != "Query":
        yield f"{parent.name} is declared without campus_type, so nothing says what its data is"
    if parent.name in SCOPES:
        return  # whoever got here was let in
    for name, field in parent.fields.items():
        yield from _unguarded(f"{parent.name}.{name}", field)


def _unguarded(place: str, field: GraphQLField) -> Iterator[str]:
    declared = field.extensions["strawberry-definition"]
    scope = declared.metadata.get("requires")
    own = next((each for each in declared.directives if isinstance(each, Card)), None)
    if own and own.data.personal and not scope:
        yield f"{place} is {own.data.name} and requires no scope"
    for reached in _reached(get_named_type(field.type)):
        needed = SCOPES.get(reached.name)
        if needed and scope != needed:
            yield f"{place} leads to {reached.name} and must require {needed}"
        card = CARDS.get(reached.name)
        if card and card.data.personal and not needed and place not in UNGUARDED:
            yield f"{place} leads to {reached.name}, which is {card.data.name} and requires no scope"


def _reached(named: object) -> Iterator[GraphQLObjectType]:
    """The types a field leads to, looking through lists, connections and unions; members of Node guard themselves."""
    if isinstance(named, GraphQLUnionType):
        for member in named.types:
            yield from _reached(member)
    if not isinstance(named, GraphQLObjectType):
        return
    if not _carries_only_items(named):
        yield named
        return
    for field in named.fields.values():
        yield from _reached(get_named_type(field.type))


def _carries_only_items(each: GraphQLObjectType) -> bool:
    definition = each.extensions.get("strawberry-definition")
    return isinstance(definition, StrawberryObjectDefinition) and definition.concrete_of is not None
