"""The words a type and its fields are declared with."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.nodes import id_of
from resolvers.texts import in_best_language

from .cards import Card, Data, RequiresScopes, ScopeCheck

Declared = TypeVar("Declared", bound=type)

RECORDS: dict[str, type] = {}
"""GraphQL type name -> the record it stands on; schema/root.py and the tests check the one against the other."""

CARDS: dict[str, Card] = {}
"""GraphQL type name -> its card."""

SCOPES: dict[str, str] = {}
"""GraphQL type name -> the scope it requires, where it requires one."""


@dataclass_transform(kw_only_default=True)
def campus_type(
    *,
    record: type,
    data: Data,
    system: str | None = None,
    purpose: str | None = None,
    requires: str = "",
    node: bool = False,
) -> Callable[[Declared], Declared]:
    """A GraphQL type whose values are records of this class; they flow through as they are.

    `data` says how well it must be kept, `system` the kind of system it comes from, `purpose` what it is shown for
    (required of what is personal), `requires` the scope by which a token reads it, `node` that it has a global id.
    """

    def declare(cls: Declared) -> Declared:
        if data.personal and not purpose:
            raise TypeError(f"{cls.__name__} is {data.name} and says no purpose")
        card = Card(data=data, system=system or strawberry.UNSET, purpose=purpose or strawberry.UNSET)
        directives: list[object] = [card]
        if requires:
            directives.append(RequiresScopes(scopes=[[requires]]))
        if node:
            # Members of an interface are told apart by their record.
            setattr(cls, "is_type_of", classmethod(lambda _, value, __: isinstance(value, record)))  # noqa: B010
        RECORDS[cls.__name__] = record
        CARDS[cls.__name__] = card
        if requires:
            SCOPES[cls.__name__] = requires
        return strawberry.type(cls, description=_prose(cls), directives=directives)

    return declare


def field(description: str, *, data: Data | None = None) -> Any:
    """A plain attribute of the record."""
    return strawberry.field(description=description, directives=_card(data))


def resolved(
    by: Callable[..., Any],
    description: str,
    *,
    requires: str = "",
    data: Data | None = None,
    arguments: Mapping[str, str] | None = None,
) -> Any:
    """A field that a resolver answers; `requires` is checked before it runs. Arguments are described by name."""
    directives = _card(data)
    if requires:
        directives.append(RequiresScopes(scopes=[[requires]]))
    made: Any = strawberry.field(
        resolver=by,
        description=description,
        directives=directives,
        extensions=[ScopeCheck(requires)] if requires else [],
        metadata={"requires": requires},
    )
    described = dict(arguments or {})
    for argument in made.base_resolver.arguments:
        argument.description = described.pop(argument.graphql_name or to_camel_case(argument.python_name), None)
    if described:
        raise TypeError(f"no such arguments: {', '.join(described)}")
    return made


def translated(attribute: str, description: str) -> Any:
    """A text of the record, in the best language for the viewer."""
    return resolved(in_best_language(attribute), description)


def global_id_of(type_name: str) -> Any:
    """The `id` of a Node."""

    def encoded(record: strawberry.Parent[Any]) -> strawberry.ID:
        return strawberry.ID(id_of(type_name, record))

    return resolved(encoded, "Global id: opaque, the same over all queries; `node(id:)` finds the thing again.")


def _card(data: Data | None) -> list[object]:
    return [Card(data=data)] if data else []


def _prose(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())
