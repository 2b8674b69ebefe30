"""The schema does not build unless every type is classified and every way into personal data is guarded."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry.types.base import StrawberryObjectDefinition

from connectors.reads import Kept

from .cards import Card
from .fields import CARDS, SCOPES

ROOTS = frozenset({"Query", "Mutation", "Subscription"})

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
    if parent.name not in CARDS and parent.name not in ROOTS:
        yield f"{parent.name} is declared without campus_type, so nothing says what its data is"
    yield from _shared(parent)
    if parent.name in SCOPES:
        return  # whoever got here was let in
    for name, field in parent.fields.items():
        yield from _unguarded(f"{parent.name}.{name}", field)


def _shared(parent: GraphQLObjectType) -> Iterator[str]:
    """What is personal, and lies in an index: that is in memory for everybody."""
    card = CARDS.get(parent.name)
    if card is None or card.kept is not Kept.EVERYBODY:
        return
    if card.data.personal:
        yield f"{parent.name} is {card.data.name} and kept for everybody"
    for name, field in parent.fields.items():
        own = own_card(field)
        if own and own.data.personal and not field.extensions["strawberry-definition"].base_resolver:
            yield f"{parent.name}.{name} is {own.data.name} and kept for everybody"


def own_card(field: GraphQLField) -> Card | None:
    """The card a field carries itself; without one, it shares its type's."""
    return next((each for each in field.extensions["strawberry-definition"].directives if isinstance(each, Card)), None)


def _unguarded(place: str, field: GraphQLField) -> Iterator[str]:
    declared = field.extensions["strawberry-definition"]
    scope = declared.metadata.get("requires")
    own = own_card(field)
    if own and own.data.personal and not scope:
        yield f"{place} is {own.data.name} and requires no scope"
    for reached in reached_types(get_named_type(field.type)):
        needed = SCOPES.get(reached.name)
        if needed and scope != needed:
            yield f"{place} leads to {reached.name} and must require {needed}"
        card = CARDS.get(reached.name)
        if card and card.data.personal and not needed and place not in UNGUARDED:
            yield f"{place} leads to {reached.name}, which is {card.data.name} and requires no scope"


def reached_types(named: object) -> Iterator[GraphQLObjectType]:
    """The types a field leads to, looking through lists, connections and unions; members of Node guard themselves."""
    if isinstance(named, GraphQLUnionType):
        for member in named.types:
            yield from reached_types(member)
    if not isinstance(named, GraphQLObjectType):
        return
    if not _carries_only_items(named):
        yield named
        return
    for field in named.fields.values():
        yield from reached_types(get_named_type(field.type))


def _carries_only_items(each: GraphQLObjectType) -> bool:
    definition = each.extensions.get("strawberry-definition")
    return isinstance(definition, StrawberryObjectDefinition) and definition.concrete_of is not None
