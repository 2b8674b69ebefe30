"""docs/graph.md: every type and field of the graph, with what its card says. Written by `make schema`."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
)

from schema.cards import Card, Data
from schema.classified import own_card, reached_types
from schema.fields import CARDS, SCOPES
from schema.root import schema

FILE = Path(__file__).parent.parent / "docs/graph.md"
NONE = "–"
_ORDER = list(Data)

INTRODUCTION = """\
# The graph, type by type

Written by `make schema`; nothing here is written by hand. `schema/schema.graphql` says the same to programs.

- **System**: the kind of system that tells it, as `kind` in the settings; where there is none, the gateway does.
- **Data**: how well it must be kept.
- **Scope**: what a token needs to read it.
- **Kept**: who shares what was read, and for how long.

What these words mean stands below, at `Data` and `Kept`. Nothing personal is kept for everybody: the schema would not
build. Beside what is shown here, the gateway remembers the names of a viewer's own accounts, for that viewer alone and
for ten minutes.
"""


class Told(NamedTuple):
    """What the cards say of one place."""

    system: str
    data: str
    scope: str
    kept: str


def graph_document() -> str:
    types = [each for name, each in sorted(schema._schema.type_map.items()) if not name.startswith("__")]
    query = [each for each in types if each.name == "Query"]
    objects = [each for each in types if isinstance(each, GraphQLObjectType) and each.name != "Query"]
    kinds: Sequence[tuple[str, Callable[[Any], Iterator[str]], Sequence[GraphQLNamedType]]] = (
        ("Where queries begin", _fields, query),
        ("Types", _fields, objects),
        ("Interfaces", _fields, [each for each in types if isinstance(each, GraphQLInterfaceType)]),
        ("Unions", _members, [each for each in types if isinstance(each, GraphQLUnionType)]),
        ("Inputs", _inputs, [each for each in types if isinstance(each, GraphQLInputObjectType)]),
        ("Enumerations", _values, [each for each in types if isinstance(each, GraphQLEnumType)]),
        ("Scalars", _nothing, [each for each in types if isinstance(each, GraphQLScalarType)]),
    )
    lines = [INTRODUCTION]
    for title, told_of, found in kinds:
        lines += [f"## {title}\n"] if found else []
        for each in found:
            lines += [f"### {each.name}\n", f"{_cell(each.description)}\n", *told_of(each)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _fields(parent: Any) -> Iterator[str]:
    if isinstance(parent, GraphQLObjectType) and (card := CARDS.get(parent.name)):
        told = _told(card, SCOPES.get(parent.name))
        yield f"System {told.system} · data {told.data} · scope {told.scope} · kept {told.kept}\n"
        if card.purpose:
            yield f"Purpose: {card.purpose}\n"
    yield "| Field | Type | What | System | Data | Scope | Kept |\n|---|---|---|---|---|---|---|"
    for name, field in parent.fields.items():
        arguments = "".join(f" · `{each}` ({told.type}): {told.description}" for each, told in field.args.items())
        what = f"{field.description}{arguments}" + _deprecation(field)
        yield f"| `{name}` | `{field.type}` | {_cell(what)} | " + " | ".join(_of_field(parent, field)) + " |"
    yield ""


def _of_field(parent: GraphQLNamedType, field: Any) -> Told:
    """The card of what it leads to; of a plain value, that of the type it stands in unless it has one of its own."""
    around = _strictest(parent)
    shown = _strictest(get_named_type(field.type)) or around
    scopes = (field.extensions["strawberry-definition"].metadata.get("requires"), SCOPES.get(shown), SCOPES.get(around))
    told = _told(CARDS.get(shown), next(filter(None, scopes), None))
    own = own_card(field)
    return told._replace(data=f"`{own.data.name}`") if own else told


def _strictest(named: Any) -> str:
    """Of the types it stands for, through lists and unions, the one whose data must be kept best; empty for none."""
    reached = [each.name for each in reached_types(named)]
    return max(reached, key=lambda name: _ORDER.index(CARDS[name].data) if name in CARDS else -1, default="")


def _told(card: Card | None, scope: str | None) -> Told:
    if card is None:
        return Told(NONE, NONE, f"`{scope}`" if scope else NONE, NONE)
    return Told(
        system=f"`{card.system}`" if card.system else NONE,
        data=f"`{card.data.name}`",
        scope=f"`{scope}`" if scope else NONE,
        kept=f"`{card.kept.name}`" if card.kept else NONE,
    )


def _members(union: GraphQLUnionType) -> Iterator[str]:
    yield "One of " + ", ".join(f"`{each.name}`" for each in union.types) + ".\n"


def _inputs(given: GraphQLInputObjectType) -> Iterator[str]:
    yield "| Field | Type | What |\n|---|---|---|"
    for name, field in given.fields.items():
        yield f"| `{name}` | `{field.type}` | {_cell(field.description)}{_deprecation(field)} |"
    yield ""


def _values(states: GraphQLEnumType) -> Iterator[str]:
    yield "| Value | Meaning |\n|---|---|"
    for name, value in states.values.items():
        yield f"| `{name}` | {_cell(value.description)}{_deprecation(value)} |"
    yield ""


def _nothing(_: Any) -> Iterator[str]:
    return iter(())


def _deprecation(element: Any) -> str:
    return f" **Deprecated**: {element.deprecation_reason}" if element.deprecation_reason else ""


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(graph_document(), encoding="utf-8")
