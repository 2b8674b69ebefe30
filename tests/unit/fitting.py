"""Whether what Python hands up is what the graph promises: hints of records and resolvers against the schema."""

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import strawberry
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from resolvers import merged, news, paging
from schema import node
from schema.fields import RECORDS

GENERIC = {
    node.Listing: merged.Merged,
    node.Connection: paging.Page,
    node.Edge: paging.Edge,
    node.News: news.News,
}
"""Types around an item -> the record around the item's record."""

SCALARS = {strawberry.ID: (str, strawberry.ID), strawberry.scalars.JSON: (Mapping[str, Any],)}
"""Scalars that are written with another type than their own."""


def misfits(hint: Any, promised: Any) -> Iterator[str]:
    """In which ways a value of this hint may not be what the graph promises."""
    nullable = isinstance(promised, StrawberryOptional)
    wanted = promised.of_type if nullable else promised
    given = [each for each in _members(hint) if each is not types.NoneType]
    if len(given) < len(_members(hint)) and not nullable:
        yield f"may be None, and {_name(wanted)} may not be null"
    for each in given:
        yield from _misfits_of_one(each, wanted)


def _misfits_of_one(given: Any, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, StrawberryList):
        if typing.get_origin(given) not in (list, Sequence):
            yield f"{given} is no list of {_name(wanted.of_type)}"
        else:
            yield from misfits(typing.get_args(given)[0], wanted.of_type)
        return
    definition = getattr(wanted, "__strawberry_definition__", None)
    if isinstance(definition, StrawberryObjectDefinition) and definition.concrete_of:
        around = GENERIC[definition.concrete_of.origin]
        if typing.get_origin(given) is not around:
            yield f"{given} is no {around.__name__}"
            return
        (item,) = typing.get_args(given)
        (inside,) = definition.type_var_map.values()
        yield from misfits(item, inside)
    elif given not in _fitting(wanted):
        yield f"{given} is not what {_name(wanted)} stands on"


def _fitting(wanted: Any) -> tuple[Any, ...]:
    """What a value that is neither a list nor around an item may be."""
    if isinstance(wanted, StrawberryEnumDefinition):
        return (wanted.wrapped_cls,)
    if isinstance(wanted, StrawberryUnion):
        return tuple(RECORDS[each.__strawberry_definition__.name] for each in wanted.types)
    definition = getattr(wanted, "__strawberry_definition__", None)
    return (RECORDS[definition.name],) if definition else SCALARS.get(wanted, (wanted,))


def hint_of(record: type, attribute: str) -> Any:
    """The hint of an attribute or a property of a record. Raises KeyError where it has none."""
    declared = getattr(record, attribute, None)
    if isinstance(declared, property):
        return typing.get_type_hints(declared.fget)["return"]
    return typing.get_type_hints(record)[attribute]


def hint_around(definition: StrawberryObjectDefinition, attribute: str) -> Any:
    """The hint of an attribute of the record around an item, for a type around that item's type."""
    (inside,) = definition.type_var_map.values()
    item = RECORDS[inside.__strawberry_definition__.name]
    hint = hint_of(GENERIC[definition.concrete_of.origin], attribute)
    if isinstance(hint, typing.TypeVar):
        return item
    return hint[item] if getattr(hint, "__parameters__", ()) else hint


def told_of_an_event(stream: Any) -> Any:
    """What the events of a stream are, failures apart: those become errors."""
    told, _ = typing.get_args(stream)
    events = [each for each in _members(told) if not issubclass(typing.get_origin(each) or each, Exception)]
    return typing.Union[tuple(events)]  # noqa: UP007


def told_by(each: Any, stream: Any) -> Any:
    """What `each` makes of the events of a stream; where it makes something around their items, around these."""
    made = typing.get_type_hints(each)["return"]
    if not getattr(made, "__parameters__", ()):
        return made
    (items,) = (typing.get_args(event) for event in _members(told_of_an_event(stream)) if typing.get_args(event))
    return made[items]


def parents_of(field: StrawberryField) -> list[Any] | None:
    """The records a field's resolver takes as its parent; None where it takes none."""
    hints = typing.get_type_hints(field.base_resolver.wrapped_func, include_extras=True)
    for hint in hints.values():
        if typing.get_origin(hint) is typing.Annotated:
            record, *marks = typing.get_args(hint)
            if any(type(mark).__name__ == "StrawberryParent" for mark in marks):
                return _members(record)
    return None


def _members(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return list(typing.get_args(hint))
    return [hint]


def _name(wanted: Any) -> str:
    definition = getattr(wanted, "__strawberry_definition__", None)
    return definition.name if definition else getattr(wanted, "__name__", str(wanted))
