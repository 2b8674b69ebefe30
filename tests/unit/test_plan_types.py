"""Interfaces and unions: which type an object is of, said at once or later, rightly or not."""

from collections.abc import Awaitable
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)

from .both_executors import answered_by_schema

Says = Any
"""What `resolve_type` or `is_type_of` says of a value."""


async def later(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


def said(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


def pets(resolve_type: Any = None, is_dog: Any = None, is_cat: Any = None) -> GraphQLSchema:
    named = GraphQLInterfaceType("Named", {"name": GraphQLField(GraphQLString)}, resolve_type=resolve_type)
    fields = {"name": GraphQLField(GraphQLString), "noise": GraphQLField(GraphQLNonNull(GraphQLString))}
    dog = GraphQLObjectType("Dog", fields, interfaces=[named], is_type_of=is_dog)
    cat = GraphQLObjectType("Cat", fields, interfaces=[named], is_type_of=is_cat)
    stone = GraphQLObjectType("Stone", fields)
    pet = GraphQLUnionType("Pet", [dog, cat], resolve_type=resolve_type)
    given = {
        "named": named,
        "pet": pet,
        "dog": dog,
        "stone": stone,
        "pets": GraphQLList(pet),
        "allPets": GraphQLNonNull(GraphQLList(GraphQLNonNull(pet))),
        "dogs": GraphQLList(dog),
        "rows": GraphQLList(GraphQLList(pet)),
    }
    query = GraphQLObjectType(
        "Query", {name: GraphQLField(type_, resolve=lambda _, info: info.context) for name, type_ in given.items()}
    )
    return GraphQLSchema(query, types=[dog, cat])


REX = {"kind": "Dog", "name": "Rex", "noise": "woof"}
TOM = {"kind": "Cat", "name": "Tom", "noise": "meow"}
MUTE = {"kind": "Dog", "name": "Mute"}

ONE = ("named { name }", "named { __typename ... on Dog { noise } }", "pet { __typename ... on Named { name } }")
MANY = ("pets { ... on Dog { name } ... on Cat { noise } }", "allPets { __typename ... on Dog { noise } }")

BY_KIND = pets(resolve_type=lambda value, *_: value["kind"])
BY_KIND_LATER = pets(resolve_type=lambda value, *_: later(value["kind"]))
BY_CHECK = pets(is_dog=lambda value, _: value["kind"] == "Dog", is_cat=lambda value, _: value["kind"] == "Cat")
BY_CHECK_LATER = pets(
    is_dog=lambda value, _: later(value["kind"] == "Dog"), is_cat=lambda value, _: later(value["kind"] == "Cat")
)
BY_BOTH = pets(is_dog=lambda value, _: value["kind"] == "Dog", is_cat=lambda value, _: later(value["kind"] == "Cat"))
BY_TYPENAME = pets()
SCHEMAS = [BY_KIND, BY_KIND_LATER, BY_CHECK, BY_CHECK_LATER, BY_BOTH, BY_TYPENAME]


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_an_object_is_of_the_type_it_says(schema: GraphQLSchema) -> None:
    for value in (REX, TOM, MUTE, {**REX, "__typename": "Cat"}, None, ValueError("as a value"), {"kind": "Stone"}):
        for query in ONE:
            await answered_by_schema(schema, f"{{ {query} }}", context_value=value)
    for values in ([REX, TOM], [REX, None, MUTE], [], [ValueError("x"), REX], (TOM,)):
        for query in (*MANY, "dogs { name }", "rows { __typename }"):
            await answered_by_schema(schema, f"{{ {query} }}", context_value=values)
    await answered_by_schema(schema, "{ rows { ... on Dog { name noise } } }", context_value=[[REX, TOM], [MUTE], None])


async def test_siblings_of_several_types_are_asked_for_what_is_asked_of_their_type() -> None:
    query = "{ pets { __typename ... on Dog { noise } ... on Cat { name } } }"
    for schema in SCHEMAS[:-1]:
        told = await answered_by_schema(schema, query, context_value=[TOM, REX, TOM])
        assert told.data == {
            "pets": [
                {"__typename": "Cat", "name": "Tom"},
                {"__typename": "Dog", "noise": "woof"},
                {"__typename": "Cat", "name": "Tom"},
            ]
        }


@pytest.mark.parametrize("says", [None, "", "Stone", "Nothing", "Named", "Query", 7, [], ValueError("no idea")])
async def test_what_is_no_possible_type_is_an_error_there(says: Says) -> None:
    for answers in (said, later):
        schema = pets(resolve_type=lambda *_, answers=answers: answers(says))
        for query in ONE:
            await answered_by_schema(schema, f"{{ {query} }}", context_value=REX)
        for query in MANY:
            await answered_by_schema(schema, f"{{ {query} }}", context_value=[REX, TOM])


@pytest.mark.parametrize("says", [True, False, None, 1, "yes", ValueError("no idea")])
async def test_an_object_may_deny_to_be_of_the_type_of_its_field(says: Says) -> None:
    for answers in (said, later):
        schema = pets(is_dog=lambda *_, answers=answers: answers(says))
        await answered_by_schema(schema, "{ dog { name } }", context_value=REX)
        await answered_by_schema(schema, "{ dog { __typename } dogs { noise } }", context_value=REX)
        await answered_by_schema(schema, "{ dogs { noise } }", context_value=[REX, MUTE, None])


async def test_objects_are_told_their_field_when_they_are_asked_for_their_type() -> None:
    seen: list[tuple[str, list[str | int]]] = []

    def resolve_type(value: Any, info: Any, abstract: Any) -> str | Awaitable[str]:
        seen.append((f"{info.parent_type}.{info.field_name} of {abstract}", info.path.as_list()))
        return value["kind"]

    await answered_by_schema(pets(resolve_type=resolve_type), "{ a: pets { __typename } }", context_value=[REX, TOM])
    assert seen == [("Query.pets of Pet", ["a"])] * 4  # twice by each executor
