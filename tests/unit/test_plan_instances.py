"""Types whose objects are known by their class: generated code looks at it, and what is another is an error as ever."""

from typing import Annotated, Any, NamedTuple

import pytest
import strawberry
from graphql import parse

from execution.instances import is_instance_of

from .both_executors import answered, executor, plans_of


class Dog(NamedTuple):
    name: str
    friend: Any = None


class Puppy(Dog):
    pass


class Cat(NamedTuple):
    name: str


@strawberry.type(name="Dog")
class DogType:
    is_type_of = staticmethod(is_instance_of(Dog))
    name: str
    friend: "DogType | None"


@strawberry.type(name="Cat")
class CatType:
    is_type_of = staticmethod(is_instance_of(Cat))
    name: str


@strawberry.type
class Query:
    @strawberry.field
    def dogs(self, info: strawberry.Info) -> list[DogType | None]:
        return info.context

    @strawberry.field
    def pets(self, info: strawberry.Info) -> list[Annotated[DogType | CatType, strawberry.union("Pet")]]:
        return info.context


SCHEMA = strawberry.Schema(Query)

REX = Dog("Rex", friend=Dog("Max", friend=Puppy("Pip")))


async def test_what_is_known_by_its_class_is_part_of_generated_code() -> None:
    document = parse("{ dogs { name friend { name friend { name } } } }")
    plan = plans_of(document).plan(executor(SCHEMA, document))
    assert plan is not None
    (dogs,) = plan.root.planned
    assert dogs.selection is not None
    assert dogs.selection.planned == []


@pytest.mark.parametrize(
    ("dogs", "failing"),
    [
        ([REX, Puppy("Pip"), None], set()),
        ([REX, Cat("Tom"), REX], {("dogs", 1)}),
        ([Dog("Rex", friend=Dog("Max", friend=Cat("Tom")))], {("dogs", 0, "friend", "friend")}),
        ([Dog("Rex", friend=7)], {("dogs", 0, "friend")}),
        ([ValueError("as a value"), REX], {("dogs", 0)}),
    ],
)
async def test_what_is_of_another_class_is_an_error_at_its_place(dogs: list[Any], failing: set[Any]) -> None:
    query = "{ dogs { name friend { name friend { __typename name } } } }"
    assert (await answered(SCHEMA, query, context_value=dogs)).at == failing


async def test_members_of_a_union_are_told_apart() -> None:
    query = "{ pets { __typename ... on Dog { friend { name } } ... on Cat { name } } }"
    told = await answered(SCHEMA, query, context_value=[Cat("Tom"), REX, Puppy("Pip")])
    assert told.data["pets"] == [
        {"__typename": "Cat", "name": "Tom"},
        {"__typename": "Dog", "friend": {"name": "Max"}},
        {"__typename": "Dog", "friend": None},
    ]
    assert (await answered(SCHEMA, query, context_value=[Cat("Tom"), 7])).data is None
