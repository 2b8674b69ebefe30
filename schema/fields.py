"""The words a type and its fields are declared with."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.utils.str_converters import to_camel_case

from connectors.reads import Kept
from execution.derived import derived
from execution.instances import is_instance_of
from resolvers.context import ACCOUNT_RECORDS, PUBLIC_RECORDS
from resolvers.nodes import id_of
from resolvers.texts import (
    in_best_language,
    in_our_words,
    in_our_words_if_any,
    language_of,
    language_of_label,
)

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
    for_the_viewer: bool = False,
    in_union: bool = False,
) -> Callable[[Declared], Declared]:
    """A GraphQL type whose values are records of this class; they flow through as they are.

    `data` says how well it must be kept, `system` the kind of system it comes from, `purpose` what it is shown for
    (required of what is personal), `requires` the scope by which a token reads it, `node` that it has a global id,
    `for_the_viewer` that it is remembered with the viewer's token, `in_union` that a change may answer it.
    What lies in an index is kept for everybody; what is kept by a loader, for whom the loader says.
    """

    def declare(cls: Declared) -> Declared:
        if data.personal and not purpose:
            raise TypeError(f"{cls.__name__} is {data.name} and says no purpose")
        kept = Kept.VIEWER if for_the_viewer else _kept(record, data)
        card = Card(data=data, system=system or strawberry.UNSET, purpose=purpose or strawberry.UNSET, kept=kept)
        directives: list[object] = [card]
        if requires:
            directives.append(RequiresScopes(scopes=[[requires]]))
        _tell_languages(cls)
        if node or in_union:
            # Members of an interface or a union are told apart by their record.
            setattr(cls, "is_type_of", staticmethod(is_instance_of(record)))  # noqa: B010
        RECORDS[cls.__name__] = record
        CARDS[cls.__name__] = card
        if requires:
            SCOPES[cls.__name__] = requires
        return strawberry.type(cls, description=_prose(cls), directives=directives)

    return declare


def _kept(record: type, data: Data) -> Kept:
    if record in PUBLIC_RECORDS:
        return Kept.EVERYBODY
    # An amount of money is nobody's; whose account it is in, the type around it says.
    return Kept.ACCOUNT if data.personal and record in ACCOUNT_RECORDS else Kept.OPERATION


def field(description: str, *, data: Data | None = None, name: str | None = None, deprecated: str | None = None) -> Any:
    """A plain attribute of the record.

    `name` is for words that Python keeps to itself, such as from; `deprecated` says what takes its place and until when
    it stays.
    """
    return strawberry.field(description=description, directives=_card(data), name=name, deprecation_reason=deprecated)


def resolved(
    by: Callable[..., Any],
    description: str,
    *,
    name: str | None = None,
    requires: str = "",
    on_public: bool = False,
    data: Data | None = None,
    deprecated: str | None = None,
    arguments: Mapping[str, str] | None = None,
    language: Callable[..., str | None] | None = None,
) -> Any:
    """A field that a resolver answers; `requires` is checked before it runs. Arguments are described by name.

    `name` is for what Python has no word of that kind for, such as `in`.
    `on_public` is for what is the viewer's own on a thing of everybody's: null without an error for who is no person.
    `language` answers in which language a text is told, for the field beside it that says so.
    """
    made: Any = strawberry.field(
        resolver=by,
        name=name,
        description=description,
        directives=directives_of(data, requires),
        deprecation_reason=deprecated,
        extensions=[ScopeCheck(requires, on_public=on_public)] if requires else [],
        metadata={"requires": requires, "language": language},
    )
    describe_arguments(made, arguments)
    return made


def directives_of(data: Data | None, requires: str) -> list[object]:
    """What is printed at a field of its own protection."""
    return [*_card(data), *([RequiresScopes(scopes=[[requires]])] if requires else [])]


def describe_arguments(made: Any, arguments: Mapping[str, str] | None) -> None:
    """Raises TypeError for a description of what is no argument of the field."""
    described = dict(arguments or {})
    for argument in made.base_resolver.arguments:
        argument.description = described.pop(argument.graphql_name or to_camel_case(argument.python_name), None)
    if described:
        raise TypeError(f"no such arguments: {', '.join(described)}")


def translated(attribute: str, description: str) -> Any:
    """A text of the record, in the best language for the viewer. `…Language` beside it says which that is."""
    return resolved(in_best_language(attribute), description, language=language_of(attribute))


def labelled(state: str, description: str, *, own: str | None = None, nullable: bool = False) -> Any:
    """What people call the value of the record's enumeration `state`. `…Language` beside it says in which language.

    `own` is the record's attribute that keeps the system's own word, which stands for a state that is OTHER.
    """
    by = in_our_words_if_any(state, own) if nullable else in_our_words(state, own)
    return resolved(by, description, language=language_of_label(state, own))


def global_id_of(type_name: str) -> Any:
    """The `id` of a Node."""

    @derived
    def encoded(record: Any) -> strawberry.ID:
        return strawberry.ID(id_of(type_name, record))

    return resolved(encoded, "Global id: opaque, the same over all queries; `node(id:)` finds the thing again.")


def _tell_languages(cls: type) -> None:
    """Below each text that may be in several languages, a field that says in which it is."""
    annotations: dict[str, Any] = {}
    for name, annotation in cls.__annotations__.items():
        annotations[name] = annotation
        language = getattr(vars(cls).get(name), "metadata", {}).get("language")
        if language:
            annotations[f"{name}_language"] = str | None
            said = f"Language of `{to_camel_case(name)}`: en, zh-Hant or zh-Hans; null where nobody says."
            setattr(cls, f"{name}_language", resolved(language, said))
    cls.__annotations__ = annotations


def input_type(asked: type, fields: Mapping[str, str]) -> None:
    """Makes what a resolver takes known to the graph. Every field must be explained, and nothing else may be."""
    definition = strawberry.input(asked, description=_prose(asked)).__strawberry_definition__  # type: ignore[attr-defined]
    if {each.python_name for each in definition.fields} != set(fields):
        raise TypeError(f"{asked.__name__}: explain each field, and only those")
    for each in definition.fields:
        each.description = fields[each.python_name]


def _card(data: Data | None) -> list[object]:
    return [Card(data=data)] if data else []


def _prose(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())
