"""An error makes null of the nearest place that may be null, and says where it happened."""

import asyncio
from itertools import product
from typing import Any

import pytest
import strawberry

from .both_executors import answered


class Broken(Exception):
    pass


def fails() -> Any:
    raise Broken("broken")


async def fails_later() -> Any:
    await asyncio.sleep(0)
    raise Broken("broken later")


@strawberry.type
class Tree:
    strict: bool

    @strawberry.field
    def good(self) -> str:
        return "good"

    @strawberry.field
    def may(self) -> str | None:
        return fails()

    @strawberry.field
    def must(self) -> str:
        return fails()

    @strawberry.field
    def null(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    async def may_later(self) -> str | None:
        return await fails_later()

    @strawberry.field
    async def must_later(self) -> str:
        return await fails_later()

    @strawberry.field
    async def null_later(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def tree(self) -> "Tree | None":
        return Tree(strict=True)

    @strawberry.field
    def must_tree(self) -> "Tree":
        return Tree(strict=True)

    @strawberry.field
    async def tree_later(self) -> "Tree | None":
        return Tree(strict=True)

    @strawberry.field
    async def must_tree_later(self) -> "Tree":
        return Tree(strict=True)

    @strawberry.field
    def trees(self) -> "list[Tree | None] | None":
        return [Tree(strict=True), None, Tree(strict=False)]

    @strawberry.field
    def must_trees(self) -> "list[Tree]":
        return [Tree(strict=True), Tree(strict=False)]

    @strawberry.field
    async def trees_later(self) -> "list[Tree] | None":
        return [Tree(strict=True), Tree(strict=False)]

    @strawberry.field
    async def hole(self) -> "list[Tree]":
        return [Tree(strict=True), None]  # type: ignore[list-item]

    @strawberry.field
    def sometimes(self) -> str:
        return fails() if self.strict else "this time"


@strawberry.type
class Query:
    @strawberry.field
    def tree(self) -> Tree | None:
        return Tree(strict=True)

    @strawberry.field
    def must_tree(self) -> Tree:
        return Tree(strict=True)


SCHEMA = strawberry.Schema(Query)
OUTER = ("tree", "mustTree", "treeLater", "mustTreeLater", "trees", "mustTrees", "treesLater")
INNER = ("may", "must", "null", "mayLater", "mustLater", "nullLater", "sometimes", "hole { good }")


@pytest.mark.parametrize("outer", OUTER)
async def test_an_error_rises_to_what_may_be_null(outer: str) -> None:
    for root, inner in product(("tree", "mustTree"), INNER):
        await answered(SCHEMA, f"{{ {root} {{ {outer} {{ {inner} }} good }} }}")
        await answered(SCHEMA, f"{{ {root} {{ {outer} {{ good tree {{ {inner} }} }} }} }}")


async def test_each_item_of_a_list_fails_alone_if_it_may() -> None:
    told = await answered(SCHEMA, "{ tree { trees { sometimes good } } }")
    assert told.data == {"tree": {"trees": [None, None, {"sometimes": "this time", "good": "good"}]}}
    assert told.errors == {(("tree", "trees", 0, "sometimes"), "broken")}


async def test_a_list_of_what_must_not_be_null_is_lost_with_one_item() -> None:
    told = await answered(SCHEMA, "{ tree { treesLater { sometimes good } good } }")
    assert told.data == {"tree": {"treesLater": None, "good": "good"}}
    assert told.errors == {(("tree", "treesLater", 0, "sometimes"), "broken")}


async def test_the_whole_answer_is_lost_where_nothing_may_be_null() -> None:
    told = await answered(SCHEMA, "{ mustTree { mustTreeLater { mustTrees { must } } } }")
    assert told.data is None
    assert told.at == {("mustTree", "mustTreeLater", "mustTrees", 0, "must")}


async def test_siblings_stand_beside_what_is_lost() -> None:
    told = await answered(SCHEMA, "{ a: tree { mustTreeLater { mustLater } } b: tree { treeLater { good } } }")
    assert told.data == {"a": None, "b": {"treeLater": {"good": "good"}}}


async def test_an_error_is_told_once_for_each_alias() -> None:
    told = await answered(SCHEMA, "{ tree { one: may two: may three: mayLater } }")
    assert told.errors == {
        (("tree", "one"), "broken"),
        (("tree", "two"), "broken"),
        (("tree", "three"), "broken later"),
    }


async def test_a_sibling_that_fails_at_the_same_time_is_told_too() -> None:
    told = await answered(SCHEMA, "{ tree { mustTreeLater { must } treeLater { must } } }")
    assert told.data == {"tree": None}
    assert told.at == {("tree", "mustTreeLater", "must"), ("tree", "treeLater", "must")}


async def test_so_is_one_that_takes_a_few_steps_more() -> None:
    told = await answered(
        SCHEMA, "{ tree { mustTreeLater { must } treeLater { treeLater { treeLater { nullLater } } } } }"
    )
    assert told.at == {("tree", "mustTreeLater", "must"), ("tree", "treeLater", "treeLater", "treeLater", "nullLater")}
