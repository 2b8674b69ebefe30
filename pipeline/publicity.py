"""Whether all that a document asks for is for everybody, by the cards of its types and fields."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_composite_type,
    visit,
)
from strawberry.types.base import StrawberryObjectDefinition

from schema.cards import Card, Data, RequiresScopes


def is_public(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """False in doubt: for types without a card, interfaces (whose members may be anything), and introspection."""
    types = TypeInfo(schema)
    visitor = _Fields(schema, types)
    visit(document, TypeInfoVisitor(types, visitor))
    return visitor.public


class _Fields(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._types = types
        self.public = True

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, field = self._types.get_parent_type(), self._types.get_field_def()
        if node.name.value != "__typename":
            self.public &= isinstance(parent, GraphQLObjectType) and self._shown(parent, field)

    def _shown(self, parent: GraphQLObjectType, field: GraphQLField | None) -> bool:
        declared = field.extensions.get("strawberry-definition") if field else None
        if field is None or declared is None or declared.metadata.get("requires"):
            return False
        own, types = _card(declared.directives), parent.extensions.get("strawberry-definition")
        if own is not None:
            return own.data is Data.PUBLIC
        if parent in (self._schema.query_type, self._schema.subscription_type):
            return is_composite_type(get_named_type(field.type))  # what lies below says for itself
        if _carries_only_items(types):
            return True
        directives = getattr(types, "directives", None) or ()
        above = _card(directives)
        guarded = any(isinstance(each, RequiresScopes) for each in directives)
        return above is not None and above.data is Data.PUBLIC and not guarded


def _card(directives: Any) -> Card | None:
    return next((each for each in directives if isinstance(each, Card)), None)


def _carries_only_items(definition: object) -> bool:
    return isinstance(definition, StrawberryObjectDefinition) and definition.concrete_of is not None
