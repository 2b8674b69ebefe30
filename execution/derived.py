"""A field that is worked out at once, of the object and perhaps of something that holds for the whole operation."""

from collections.abc import Callable
from typing import Any, NamedTuple

import strawberry


class Derived(NamedTuple):
    """What generated code needs to work a field out beside attributes, without path, info or a call of its own."""

    read: Callable[..., Any]
    """Gives the value of the object, and of what `by` gives; the same if it is asked again."""
    by: Callable[[Any], Any] | None
    """Of the operation's context; None where it takes nothing but the object."""


def derived(read: Callable[..., Any], *, by: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
    """A resolver for a Strawberry field with the value that `read` gives, at once, of the object and of what `by` gives
    of the operation's context. It must not mind to be asked again: so it is where something else is unusual.

    graphql-core calls it like any other; the plan executor reads `derived`.
    """
    told = Derived(read, by)

    def of_object(root: strawberry.Parent[Any]) -> Any:
        return read(root)

    def of_both(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        return read(root, told.by and told.by(info.context))

    resolver: Any = of_both if by else of_object
    resolver.derived = told
    hints = dict(read.__annotations__)
    resolver.__annotations__["return"] = hints.pop("return", Any)
    parent: Any = strawberry.Parent
    resolver.__annotations__["root"] = parent[next(iter(hints.values()), Any)]
    made: Callable[..., Any] = resolver
    return made
