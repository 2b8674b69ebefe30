"""A type whose objects are known by their class, declared so that generated code can look at it."""

from collections.abc import Callable
from typing import Any


def is_instance_of(cls: type) -> Callable[..., bool]:
    """An `is_type_of`, which graphql-core calls as ever. The plan executor reads `instances_of`."""

    def is_type_of(value: Any, info: Any) -> bool:
        return isinstance(value, cls)

    is_type_of.instances_of = cls  # type: ignore[attr-defined]  # functions have no declared attributes
    return is_type_of


def class_of(is_type_of: Any) -> type | None:
    """The class that tells; None where something else does."""
    found = getattr(is_type_of, "instances_of", None)
    return found if isinstance(found, type) else None
