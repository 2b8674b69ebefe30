"""Random operations over a schema: valid ones, with everything that an operation may have."""

import random
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type, is_leaf_type

DECLARED = {"a": "$a: Boolean!", "b": "$b: Boolean = true", "n": "$n: Int", "w": "$w: [String!]"}


class RandomOperation:
    """One operation; its fields are named by what they are, so that they always merge."""

    def __init__(self, schema: GraphQLSchema, rng: random.Random) -> None:
        self._schema = schema
        self._rng = rng
        self._fragments: list[str] = []
        query = schema.query_type
        assert query is not None
        body = self._selections(query, 3)
        text = " ".join([body, *self._fragments])
        variables = ", ".join(said for name, said in DECLARED.items() if f"${name}" in text)
        self.text = f"query {f'({variables})' if variables else ''} {text}"
        self._used = [name for name in DECLARED if f"${name}" in text]

    def variables(self) -> dict[str, Any]:
        rng = self._rng
        given = {"a": rng.random() < 0.7, "b": rng.random() < 0.7, "n": rng.choice([None, 2, 3]), "w": ["x", "y"]}
        return {name: given[name] for name in self._used if name == "a" or rng.random() < 0.8}

    def _selections(self, type_: Any, depth: int) -> str:
        rng = self._rng
        chosen = [self._selection(type_, depth) for _ in range(rng.choice((1, 1, 2, 3)))]
        return "{ " + " ".join(["__typename" if rng.random() < 0.2 else "", *chosen]) + " }"

    def _selection(self, type_: Any, depth: int) -> str:
        rng = self._rng
        if is_abstract_type(type_) and rng.random() < 0.75:
            return self._fragment(rng.choice(self._schema.get_possible_types(type_)), depth)
        if rng.random() < 0.12:
            narrower = [*getattr(type_, "interfaces", ())]
            return self._fragment(rng.choice([type_, *narrower]), depth)
        fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
        usable = [name for name, field in fields.items() if depth > 0 or is_leaf_type(get_named_type(field.type))]
        if not usable:
            return "__typename"
        return self._field(type_, rng.choice(usable), depth)

    def _field(self, type_: Any, name: str, depth: int) -> str:
        rng = self._rng
        field: GraphQLField = type_.fields[name]
        owner = type_.name if isinstance(type_, GraphQLObjectType) else "Named"
        alias, arguments = f"{owner}_{name}", ""
        if "n" in field.args and rng.random() < 0.8:
            number = rng.randrange(4)
            arguments = ("(n: 2)", "(n: $n)", '(w: ["a", "b"])', "(w: $w)")[number]
            alias += f"_{number}"
        if rng.random() < 0.1:
            alias += "_again"
        below = (
            "" if is_leaf_type(get_named_type(field.type)) else self._selections(get_named_type(field.type), depth - 1)
        )
        return f"{alias}: {name}{arguments} {self._condition()} {below}"

    def _fragment(self, type_: Any, depth: int) -> str:
        body = self._selections(type_, depth - 1)
        if self._rng.random() < 0.3:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {type_.name} {body}")
            return f"...{name} {self._condition()}"
        return f"... on {type_.name} {self._condition()} {body}"

    def _condition(self) -> str:
        conditions = (
            "@include(if: $a)",
            "@skip(if: $b)",
            "@include(if: $b)",
            "@skip(if: false)",
            "@include(if: false)",
        )
        return self._rng.choice(conditions) if self._rng.random() < 0.12 else ""
