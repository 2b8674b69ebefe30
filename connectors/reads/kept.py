"""Who shares what was read, and for how long: declared by the type of what keeps it."""

import enum
import typing
from typing import Any

import msgspec


class Kept(enum.Enum):
    OPERATION = "OPERATION"
    """For nobody but the operation that asked."""
    ACCOUNT = "ACCOUNT"
    """In memory under the account it belongs to, for seconds; for longer only while its system does not answer."""
    VIEWER = "VIEWER"
    """For one viewer, as long as the token that told it."""
    EVERYBODY = "EVERYBODY"
    """In memory for the whole process, renewed every `index_refresh` seconds of the system."""


def kept_for_everybody(indexes: type) -> frozenset[type]:
    """The records that are in the indexes of this class: what the values of `name: Index[Key, Value]` are made of."""
    found: set[type] = set()
    for hint in typing.get_type_hints(indexes).values():
        if getattr(typing.get_origin(hint), "kept", None) is Kept.EVERYBODY:
            _, value = typing.get_args(hint)
            _add_records_of(value, found)
    return frozenset(found)


def records_within(hint: Any) -> frozenset[type]:
    """The records that a value of this type is made of."""
    found: set[type] = set()
    _add_records_of(hint, found)
    return frozenset(found)


def _add_records_of(hint: Any, found: set[type]) -> None:
    inside = typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if hint in found:
            return
        found.add(hint)
        inside = tuple(typing.get_type_hints(hint).values())
    for each in inside:
        _add_records_of(each, found)
