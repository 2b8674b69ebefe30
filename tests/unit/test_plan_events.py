"""Events of a subscription: each is run by the plan of its operation as graphql-core would run it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from .both_executors import Told, answered


@strawberry.type
class Seat:
    number: int
    holder: str | None

    @strawberry.field
    async def later(self, info: Info, n: int = 1) -> str:
        return f"{info.context} {self.number + n}"

    @strawberry.field
    def broken(self) -> int:
        raise ValueError("no seat")


@strawberry.type
class Query:
    seat: Seat | None = None


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def seat(self, row: int = 1) -> AsyncGenerator[Seat | None, None]:
        yield None

    @strawberry.subscription
    async def seats(self) -> AsyncGenerator[list[Seat], None]:
        yield []


SCHEMA = strawberry.Schema(Query, subscription=Subscription)
TAKEN = Seat(number=7, holder="Ann")


async def told_of(payload: Any, selection: str, variables: dict[str, Any] | None = None) -> Told:
    query = f"subscription ($n: Int = 3) {{ {selection} }}"
    return await answered(SCHEMA, query, variables, root_value=payload, context_value="here")


@pytest.mark.parametrize(
    ("payload", "selection", "data"),
    [
        (TAKEN, "seat { number holder }", {"seat": {"number": 7, "holder": "Ann"}}),
        (TAKEN, "s: seat(row: 2) { n: number __typename }", {"s": {"n": 7, "__typename": "Seat"}}),
        (TAKEN, "seat { later(n: $n) again: later }", {"seat": {"later": "here 10", "again": "here 8"}}),
        (None, "seat { number }", {"seat": None}),
        ([TAKEN, TAKEN], "seats { number }", {"seats": [{"number": 7}, {"number": 7}]}),
    ],
)
async def test_an_event_is_told(payload: Any, selection: str, data: dict[str, Any]) -> None:
    assert await told_of(payload, selection) == Told(data, frozenset())


async def test_a_payload_that_is_an_error_is_told_as_one() -> None:
    assert (await told_of(ValueError("not now"), "seat { number }")).at == {("seat",)}
    told = await told_of(ValueError("not now"), "seats { number }")
    assert (told.data, told.at) == (None, {("seats",)})


async def test_what_fails_within_an_event_takes_as_much_away_as_in_a_query() -> None:
    told = await told_of(TAKEN, "seat { number broken }")
    assert (told.data, told.at) == ({"seat": None}, {("seat", "broken")})
    told = await told_of([TAKEN, None], "seats { number }")
    assert (told.data, told.at) == (None, {("seats", 1)})


async def test_a_payload_of_another_class_is_refused_alike() -> None:
    assert (await told_of("a seat", "seat { number }")).data == {"seat": None}
