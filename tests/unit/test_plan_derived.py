"""Derived fields: worked out in generated code, of the object and of what the operation's context gives."""

from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import parse

from execution.derived import derived

from .both_executors import answered, executor, plans_of


def loud(thing: Any) -> str:
    return thing.name.upper()


def greeting(thing: Any, words: dict[str, str]) -> str:
    return f"{words[thing.name]}, {thing.name}"


@strawberry.type
class Thing:
    name: str
    loud: str = strawberry.field(resolver=derived(loud))
    greeting: str | None = strawberry.field(resolver=derived(greeting, by=attrgetter("words")))
    inner: "Thing | None" = None


@strawberry.type
class Query:
    @strawberry.field
    def things(self, info: strawberry.Info) -> list[Thing | None]:
        return info.context.things


SCHEMA = strawberry.Schema(Query)
A = Thing(name="a", inner=Thing(name="b"))
CONTEXT = SimpleNamespace(things=[A, None, Thing(name="b")], words={"a": "Hello", "b": "Good day"})


async def test_what_is_derived_is_part_of_generated_code() -> None:
    document = parse("{ things { loud greeting inner { greeting } } }")
    plan = plans_of(document).plan(executor(SCHEMA, document))
    assert plan is not None
    (things,) = plan.root.planned
    assert things.selection is not None
    assert things.selection.planned == []


async def test_it_is_derived_of_the_object_and_of_what_the_context_gives() -> None:
    told = await answered(SCHEMA, "{ things { loud greeting inner { greeting } } }", context_value=CONTEXT)
    assert told.data["things"] == [
        {"loud": "A", "greeting": "Hello, a", "inner": {"greeting": "Good day, b"}},
        None,
        {"loud": "B", "greeting": "Good day, b", "inner": None},
    ]


async def test_what_cannot_be_derived_fails_as_it_does_by_its_resolver() -> None:
    strange = Thing(name="a", inner=Thing(name="strange"))
    context = SimpleNamespace(things=[A, strange, Thing(name="strange")], words=CONTEXT.words)
    told = await answered(SCHEMA, "{ things { loud greeting inner { loud greeting } } }", context_value=context)
    assert told.at == {("things", 1, "inner", "greeting"), ("things", 2, "greeting")}
    told = await answered(SCHEMA, "{ things { loud greeting } }", context_value=SimpleNamespace(things=[A]))
    assert told.at == {("things", 0, "greeting")}


@pytest.mark.parametrize(
    ("asked", "same"), [("loud", True), ("greeting", False), ("inner { loud }", True), ("inner { greeting }", False)]
)
async def test_what_takes_the_context_is_not_the_same_for_all(asked: str, same: bool) -> None:
    document = parse(f"{{ things {{ name {asked} }} }}")
    plan = plans_of(document).plan(executor(SCHEMA, document))
    assert plan is not None
    (things,) = plan.root.planned
    assert things.selection is not None
    assert things.selection.takes_only_objects is same
