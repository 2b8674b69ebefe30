"""Arguments reach a resolver as Strawberry would give them, also where a plan takes them as they are."""

import enum
from datetime import date
from typing import Any

import pytest
import strawberry
from strawberry.relay import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from .both_executors import answered


@strawberry.enum
class Kind(enum.Enum):
    LARGE = "l"
    SMALL = "s"


@strawberry.type
class Query:
    word: str = "hall"

    @strawberry.field
    def leaves(
        self,
        info: Info,
        many_words: str = "none",
        kind: Kind | None = None,
        on_day: date | None = None,
        renamed: strawberry.ID | None = None,
    ) -> str:
        return f"{info.context} {many_words!r} {kind!r} {on_day!r} {renamed!r}"

    @strawberry.field
    def of_parent(root: strawberry.Parent[Any], to_add: int = 1) -> str:  # noqa: N805  Strawberry's way to the parent
        return f"{root and root.word} {to_add}"

    @strawberry.field
    def maybe(self, name: strawberry.Maybe[str]) -> str:
        return repr(name)

    @strawberry.field
    def node_of(self, node_id: GlobalID) -> str:
        return repr(node_id)

    @strawberry.field
    def listed(self, all_words: list[str], kinds: list[Kind] | None = None) -> str:
        return f"{all_words!r} {kinds!r}"


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(relay_use_legacy_global_id=True))
NODE = "SGFsbDo3"
DECLARED = '$w: String = "x", $k: Kind, $d: Date, $n: Int = 4'


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("leaves", "here 'none' None None None"),
        (
            'leaves(manyWords: "a b", kind: SMALL, onDay: "2026-09-01", renamed: 7)',
            "here 'a b' <Kind.SMALL: 's'> datetime.date(2026, 9, 1) '7'",
        ),
        ("leaves(kind: null, onDay: null)", "here 'none' None None None"),
        ("leaves(manyWords: $w, kind: $k, onDay: $d)", "here 'x' <Kind.LARGE: 'l'> None None"),
        ("ofParent", "hall 1"),
        ("ofParent(toAdd: $n)", "hall 4"),
        ('maybe(name: "Ann")', "Some('Ann')"),
        (f'nodeOf(nodeId: "{NODE}")', "GlobalID(type_name='Hall', node_id='7')"),
        ('listed(allWords: ["a", "b"], kinds: [LARGE])', "['a', 'b'] [<Kind.LARGE: 'l'>]"),
    ],
)
async def test_a_resolver_is_given(field: str, given: str) -> None:
    used = [each for each in DECLARED.split(", ") if each.split(":")[0] in field]
    query = f"query ({', '.join(used)}) {{ it: {field} }}" if used else f"{{ it: {field} }}"
    told = await answered(SCHEMA, query, {"k": "LARGE"}, root_value=Query(), context_value="here")
    assert (told.data, told.at) == ({"it": given}, frozenset())


async def test_an_id_that_is_none_is_refused() -> None:
    told = await answered(SCHEMA, '{ nodeOf(nodeId: "x") }', root_value=Query())
    assert (told.data, told.at) == (None, {("nodeOf",)})
