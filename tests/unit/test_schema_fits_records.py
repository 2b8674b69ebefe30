"""What type checkers cannot see: records flow through the graph unconverted, so each must be what its type promises."""

import inspect
import typing
from typing import Any
from unittest.mock import Mock

import pytest
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from campus.text import Text
from resolvers.nodes import NODES
from schema.classified import ROOTS
from schema.fields import RECORDS, SCOPES
from schema.root import schema

from .fitting import hint_around, hint_of, misfits, parents_of, told_by, told_of_an_event

DEFINITIONS = [
    entry.definition
    for entry in schema.schema_converter.type_map.values()
    if isinstance(entry.definition, StrawberryObjectDefinition)
    and not entry.definition.is_interface
    and not entry.definition.is_input
]
TYPES = {each.name: each for each in DEFINITIONS if not each.concrete_of and each.name not in ROOTS}
NODE_TYPES = sorted(name for name, each in TYPES.items() if each.interfaces)
FIELDS = [
    pytest.param(each, field, id=f"{each.name}.{field.python_name}") for each in DEFINITIONS for field in each.fields
]
PLAIN = [field for field in FIELDS if not field.values[1].base_resolver]
RESOLVED = [field for field in FIELDS if field.values[1].base_resolver]


def captured(field: StrawberryField) -> Any:
    """What the resolver was made for: a name that the function which made it was given."""
    resolver = field.base_resolver.wrapped_func
    declared = getattr(resolver, "derived", None)
    return inspect.getclosurevars(declared.read if declared else resolver).nonlocals


TRANSLATED = [field for field in RESOLVED if "attribute" in captured(field.values[1])]


def test_every_type_stands_on_a_record() -> None:
    assert set(TYPES) == set(RECORDS)


@pytest.mark.parametrize(("definition", "field"), PLAIN)
def test_a_plain_field_is_what_the_record_holds(definition: StrawberryObjectDefinition, field: StrawberryField) -> None:
    if definition.concrete_of:
        hint = hint_around(definition, field.python_name)
    else:
        hint = hint_of(RECORDS[definition.name], field.python_name)
    assert list(misfits(hint, field.resolve_type(type_definition=definition))) == []


@pytest.mark.parametrize(("definition", "field"), RESOLVED)
def test_a_resolver_answers_what_the_field_promises(
    definition: StrawberryObjectDefinition, field: StrawberryField
) -> None:
    answered = typing.get_type_hints(field.base_resolver.wrapped_func)["return"]
    if field.is_subscription:
        each = field.metadata["each"]
        answered = told_by(each, answered) if each else told_of_an_event(answered)
    if answered is not Any:  # relations and `node` answer with whatever their loaders do
        assert list(misfits(answered, field.resolve_type(type_definition=definition))) == []


@pytest.mark.parametrize(("definition", "field"), RESOLVED)
def test_a_resolver_is_given_the_record_it_takes(
    definition: StrawberryObjectDefinition, field: StrawberryField
) -> None:
    taken = parents_of(field)
    if taken is None:
        assert definition.name in ROOTS, "a field of a type takes no parent"
    else:
        assert Any in taken or RECORDS[definition.name] in taken


@pytest.mark.parametrize(("definition", "field"), TRANSLATED)
def test_a_translated_field_is_a_text_of_the_record(
    definition: StrawberryObjectDefinition, field: StrawberryField
) -> None:
    assert hint_of(RECORDS[definition.name], captured(field)["attribute"]) == Text


@pytest.mark.parametrize("name", NODE_TYPES)
def test_a_node_makes_ids_of_its_own_type(name: str) -> None:
    (field,) = [field for field in TYPES[name].fields if field.python_name == "id"]
    assert captured(field)["type_name"] == name


def test_nodes_are_told_apart_by_their_records() -> None:
    records = [RECORDS[name] for name in NODE_TYPES]
    for name, record in zip(NODE_TYPES, records, strict=True):
        assert [other for other in records if issubclass(record, other)] == [record]
        told = TYPES[name].is_type_of
        assert told is not None, name
        instance = Mock(spec=record)  # an instance, as far as isinstance can tell
        assert [other for other in NODE_TYPES if TYPES[other].is_type_of(instance, None)] == [name]


def test_whatever_is_a_node_is_found_by_its_id() -> None:
    assert set(NODES) == set(NODE_TYPES)


@pytest.mark.parametrize("name", NODE_TYPES)
def test_an_id_opens_no_door_that_its_type_keeps_shut(name: str) -> None:
    assert NODES[name].requires == SCOPES.get(name, "")
