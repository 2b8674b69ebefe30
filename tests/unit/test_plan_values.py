"""What becomes of a value: as graphql-core has it, whichever way it comes."""

import asyncio
import enum
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NewType

import pytest
import strawberry
from graphql import Undefined
from strawberry.schema.config import StrawberryConfig

from .both_executors import answered


class Anything:
    """A record of whatever a test gives it."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


@strawberry.enum
class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


class Text(str):
    """A string of a class of its own."""


Even = NewType("Even", int)


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


CONFIG = StrawberryConfig(scalar_map={Even: strawberry.scalar(name="Even", serialize=_even, parse_value=_even)})


@strawberry.type
class Values:
    text: str | None
    whole: int | None
    real: float | None
    yes: bool | None
    id: strawberry.ID | None
    colour: Colour | None
    day: date | None
    moment: datetime | None
    hour: time | None
    sum: Decimal | None
    even: Even | None
    texts: list[str] | None
    colours: list[Colour | None] | None
    rows: list[list[int]] | None
    next: "Values | None"
    nexts: "list[Values | None] | None"
    grid: "list[list[Values]] | None"

    @strawberry.field
    def called(self) -> str | None:
        return self.text

    @strawberry.field
    async def awaited(self) -> list[int] | None:
        return self.whole  # type: ignore[return-value]


@strawberry.type
class Query:
    @strawberry.field
    def values(self, info: strawberry.Info) -> Values | None:
        return info.context

    @strawberry.field
    async def later(self, info: strawberry.Info) -> list[Values | None] | None:
        return info.context


SCHEMA = strawberry.Schema(Query, config=CONFIG)


class Awaitable:
    """Neither a coroutine nor a future."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Iterator[Any]:
        yield from asyncio.sleep(0).__await__()
        return self.value


LEAVES = {
    "text": ["a", "", Text("b"), 3, 2.5, True, b"c", object, None, ValueError("as a value"), [], {}],
    "whole": [0, -(2**31), 2**31 - 1, 2**31, 1.0, 1.5, "7", "seven", True, float("nan"), None, Decimal(3)],
    "real": [0.5, 1, "1.5", "x", float("inf"), float("nan"), True, None, Decimal("1.5")],
    "yes": [True, False, 1, 0, 2.0, "true", None, float("nan")],
    "id": ["a", 7, 7.0, 7.5, True, None, object()],
    "colour": [Colour.RED, Colour.GREEN, "RED", 1, "g", "blue", None],
    "day": [date(2026, 1, 2), datetime(2026, 1, 2, 3), "2026-01-02", 5, None],
    "moment": [datetime(2026, 1, 2, 3, 4, 5, 6), date(2026, 1, 2), "now", None],
    "hour": [time(3, 4), "3:04", None],
    "sum": [Decimal("1.10"), 1, "x", None],
    "even": [2, 3, "x", None],
    "texts": [
        ["a", "b"],
        ("a",),
        [],
        ["a", None],
        "ab",
        {"a": 1},
        {"a"},
        deque("ab"),
        7,
        None,
        [ValueError("x")],
        ["a", 3],
    ],
    "colours": [[Colour.RED, None], [Colour.RED, "blue"], (), None],
    "rows": [[[1, 2], []], [[1], None], [[1, None]], [[1], "x"], [(1,), [2]], [["x"]], None],
}


@pytest.mark.parametrize("name", LEAVES)
async def test_a_leaf_is_what_graphql_core_makes_of_it(name: str) -> None:
    for value in LEAVES[name]:
        record = Anything(**{name: value})
        await answered(SCHEMA, f"{{ values {{ {name} }} }}", context_value=record)
        await answered(SCHEMA, f"{{ later {{ {name} }} }}", context_value=[record, None, record])


async def test_only_the_broken_value_is_null() -> None:
    record = Anything(text="a", whole="x", colour=Colour.RED, next=Anything(text="b", whole=3))
    told = await answered(SCHEMA, "{ values { text whole colour next { text whole } } }", context_value=record)
    assert told.data == {"values": {"text": "a", "whole": None, "colour": "RED", "next": {"text": "b", "whole": 3}}}
    assert told.errors == {(("values", "whole"), "Int cannot represent non-integer value: 'x'")}


async def test_an_attribute_that_is_missing_fails_alone() -> None:
    told = await answered(
        SCHEMA, "{ values { text next { text } whole } }", context_value=Anything(text="a", next=Anything())
    )
    assert told.at == {("values", "next", "text"), ("values", "whole")}


NEXTS = [
    [],
    (),
    [Anything(text="a"), None],
    [None],
    [Anything(text="a"), ValueError("an item")],
    [Anything(text="a"), "no object"],
    {"text": "a"},
    (Anything(text=text) for text in "ab"),
    "ab",
    7,
    None,
    ValueError("as a value"),
]


@pytest.mark.parametrize("value", NEXTS, ids=lambda value: type(value).__name__)
async def test_a_list_is_whatever_can_be_iterated_over(value: Any) -> None:
    def again() -> Any:  # a generator can be read once
        return (Anything(text=text) for text in "ab") if isinstance(value, Iterator) else value

    for field in ("nexts { text }", "nexts { called }", "nexts { __typename }", "nexts { awaited }"):
        record = Anything(whole=1)
        type(record).nexts = property(lambda self: again())  # type: ignore[attr-defined]
        try:
            await answered(SCHEMA, f"{{ values {{ {field} }} }}", context_value=record)
        finally:
            del type(record).nexts  # type: ignore[attr-defined]


async def test_lists_of_lists_of_objects() -> None:
    rows: list[Any] = [
        [[Anything(text="a")], []],
        [[Anything(text="a"), None]],
        [None],
        "x",
        None,
        [(Anything(text=1),)],
    ]
    for grid in rows:
        for field in ("text", "called", "__typename"):
            await answered(SCHEMA, f"{{ values {{ grid {{ {field} }} }} }}", context_value=Anything(grid=grid))


async def test_what_is_awaitable_is_awaited_wherever_it_stands() -> None:
    records: list[dict[str, Any]] = [
        {"text": Awaitable("a")},
        {"whole": Awaitable("x")},
        {"next": Awaitable(Anything(text="a", whole=1))},
        {"nexts": Awaitable([Anything(text="a"), Awaitable(Anything(text="b"))])},
        {"nexts": [Awaitable(Anything(text=Awaitable("c"))), Awaitable(None), Awaitable(ValueError("x"))]},
        {"texts": [Awaitable("a"), "b", Awaitable(None)]},
        {"rows": [Awaitable([1]), [Awaitable(2)]]},
        {"grid": [[Awaitable(Anything(text="a"))]]},
    ]
    fields = ("next { text called __typename }", "nexts { text }", "nexts { __typename }", "nexts { called }")
    for record in records:
        for field in ("text", "whole", "texts", "rows", "grid { text }", *fields):
            given = {
                "text": "t",
                "whole": 1,
                "texts": [],
                "rows": [],
                "grid": [],
                "next": None,
                "nexts": None,
                **record,
            }
            await answered(SCHEMA, f"{{ values {{ {field} }} }}", context_value=Anything(**given))


async def test_nothing_is_not_null_to_python_but_it_is_to_graphql() -> None:
    for field in ("text", "next { __typename }", "nexts { __typename }", "texts", "colour"):
        name = field.split()[0]
        for value in (Undefined, [Undefined]):
            await answered(SCHEMA, f"{{ values {{ {field} }} }}", context_value=Anything(**{name: value}))


async def test_a_promise_that_looks_like_an_object_is_none() -> None:
    """A class whose objects are awaitable, and have the attributes too."""

    class Lazy(Awaitable):
        text = "the promise, not what it gives"

    for field in ("text", "__typename", "called"):
        told = await answered(
            SCHEMA, f"{{ values {{ next {{ {field} }} }} }}", context_value=Anything(next=Lazy(Anything(text="a")))
        )
        assert told.data["values"]["next"][field] in {"a", "Values"}
