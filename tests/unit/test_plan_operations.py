"""Operations: arguments, variables, conditions and fragments, and what is not planned at all."""

import asyncio
from typing import Any

import pytest
import strawberry
from graphql import FieldNode, GraphQLResolveInfo, parse, print_ast
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.permission import BasePermission
from strawberry.types import Info

from execution.executor import PlanExecutor
from execution.guard import Guard
from execution.plan import VARIANTS
from execution.run import Run

from .both_executors import answered, executor, finished, plans_of, told


@strawberry.input
class Range:
    first: int
    words: list[str] = strawberry.field(default_factory=lambda: ["none"])
    unit: str | None = strawberry.UNSET


class MayNot(BasePermission):
    message = "may not"

    def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
        return arguments.get("n") != 1


class MayNotLater(MayNot):
    async def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:  # type: ignore[override]
        return arguments.get("n") != 1


class Doubled(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        return 2 * next_(source, info, **arguments)


class Watched(Guard):
    def lets_in(self, info: Info) -> bool:
        CALLED.append(f"guard of {info.path.key}")
        if info.path.key == "refused":
            raise LookupError("refused")
        return info.path.key != "no"


class Aside(SchemaExtension):
    def resolve(self, next_: Any, root: Any, info: GraphQLResolveInfo[Any], *args: Any, **arguments: Any) -> Any:
        return next_(root, info, *args, **arguments)


@strawberry.type
class Thing:
    id: strawberry.ID

    @strawberry.field
    def told(self, info: Info, n: int | None = 5, words: list[str] | None = None, range: Range | None = None) -> str:
        words_then = list(words or ())
        if words is not None:
            words.append("changed by a resolver")
        return f"{self.id} {n} {words_then} {range and (range.first, range.words, range.unit)} {info.variable_values}"

    @strawberry.field
    def where(self, info: Info) -> str:
        raw: GraphQLResolveInfo[Any] = info._raw_info
        nodes = [print_ast(node) for node in raw.field_nodes if isinstance(node, FieldNode)]
        return f"{raw.path.as_list()} {raw.parent_type} {raw.field_name} {nodes} {sorted(raw.fragments)}"

    @strawberry.field(permission_classes=[MayNot])
    def guarded(self, n: int = 0) -> str | None:
        return "let in"

    @strawberry.field(permission_classes=[MayNotLater])
    async def guarded_later(self, n: int = 0) -> str:
        return "let in"

    @strawberry.field(extensions=[Watched()])
    def watched(self, info: Info, n: int = 0, range: Range | None = None) -> str | None:
        CALLED.append(f"watched {info.path.key}")
        return f"{info.field_name} {n} {range}"

    @strawberry.field(extensions=[Watched()])
    async def watched_later(self, info: Info, n: int = 0) -> int | None:
        CALLED.append(f"watched {info.path.key}")
        return n

    @strawberry.field(extensions=[Watched(), Doubled()])
    def watched_twice(self, n: int = 0) -> int | None:
        return n

    @strawberry.field(extensions=[Doubled()])
    def doubled(self, n: int = 0) -> int:
        return n

    @strawberry.field
    def things(self, n: int = 2) -> "list[Thing]":
        return [Thing(id=strawberry.ID(f"{self.id}.{number}")) for number in range(n)]


CALLED: list[str] = []


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing:
        return Thing(id=strawberry.ID("1"))

    @strawberry.field
    async def things(self, n: int = 2) -> list[Thing]:
        return [Thing(id=strawberry.ID(str(number))) for number in range(n)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, n: int) -> int:
        CALLED.append(f"begin {n}")
        await asyncio.sleep(0)
        CALLED.append(f"end {n}")
        return n


SCHEMA = strawberry.Schema(Query, Mutation)

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("{ thing { told } }", {}),
    ('{ thing { told(n: null, words: "one") } }', {}),
    ('{ things { told(n: 3, words: ["a", "b"]) } }', {}),
    ('{ things { told(range: {first: 1, words: ["x"]}) } }', {}),
    ("query ($n: Int) { things { told(n: $n) } }", {}),
    ("query ($n: Int = 7) { things { told(n: $n) } }", {}),
    ("query ($n: Int) { things { told(n: $n) } }", {"n": None}),
    ('query ($n: Int!) { thing { things(n: $n) { told(n: $n, words: ["w"]) } } }', {"n": 2}),
    ("query ($w: [String!]) { things { told(words: $w) } }", {"w": ["x", "y"]}),
    ("query ($f: Int!, $u: String) { things { told(range: {first: $f, unit: $u}) } }", {"f": 1}),
    ("query ($r: Range) { things { told(range: $r) } }", {"r": {"first": 4, "unit": "km"}}),
    ("{ things(n: 0) { told } thing { things(n: 3) { doubled(n: 4) guarded(n: 1) ok: guarded(n: 2) } } }", {}),
    ("{ things { guarded guardedLater(n: 0) } }", {}),
    ("{ things { a: watched b: watched(n: 7, range: {first: 1}) no: watched refused: watched(n: 3) } }", {}),
    ("{ things { a: watchedLater b: watchedLater(n: 7) no: watchedLater refused: watchedLater(n: 3) } }", {}),
    ("{ things { a: watchedTwice(n: 2) no: watchedTwice refused: watchedTwice } }", {}),
    ("{ thing { things { guardedLater(n: 1) } } }", {}),
    ("{ thing { ...F where } other: thing { ...F } } fragment F on Thing { where w: where things { where } }", {}),
    ("{ thing { things { id } ... { things { where } } ...F } } fragment F on Thing { things { id told } }", {}),
    ("{ __typename thing { __typename t: __typename } }", {}),
]


@pytest.mark.parametrize(("query", "variables"), ASKED)
async def test_resolvers_are_told_the_same(query: str, variables: dict[str, Any]) -> None:
    await answered(SCHEMA, query, variables)


async def test_an_argument_changed_by_one_resolver_is_whole_for_the_next() -> None:
    answer = await answered(SCHEMA, "query ($w: [String!]) { things { told(words: $w) } }", {"w": ["x"]})
    assert [each["told"].split(" ", 2)[2][:5] for each in answer.data["things"]] == ["['x']", "['x']"]


async def test_fields_stand_in_the_order_of_the_document() -> None:
    answer = await answered(SCHEMA, "{ thing { where id doubled __typename things { told id } a: id } }")
    assert list(answer.data["thing"]) == ["where", "id", "doubled", "__typename", "things", "a"]
    assert list(answer.data["thing"]["things"][0]) == ["told", "id"]


CONDITIONS = """
query ($a: Boolean!, $b: Boolean = true) {
  thing @include(if: $a) { id @skip(if: $b) told @include(if: $b) ... @skip(if: $a) { where } }
  things { ...F @include(if: $b) id @include(if: false) __typename }
}
fragment F on Thing { things @skip(if: $a) { id } }
"""


async def test_an_operation_has_a_plan_for_each_way_its_conditions_turn_out() -> None:
    document = parse(CONDITIONS)
    plans = plans_of(document)
    made = []
    for variables in ({"a": a, **({} if b is None else {"b": b})} for a in (True, False) for b in (True, False, None)):
        expected = await finished(executor(SCHEMA, document, variables))
        for _ in range(2):
            planned = executor(SCHEMA, document, variables, plans=plans)
            made.append(plans.plan(planned))
            assert told(await finished(planned)) == told(expected)
    assert None not in made
    assert len({id(plan) for plan in made}) == 4  # what is left out is the default


async def test_plans_of_one_operation_are_bounded() -> None:
    names = [f"v{number}" for number in range(5)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    document = parse(
        f"query ({declared}) {{ thing {{ {' '.join(f'{n}: id @include(if: ${n})' for n in names)} id }} }}"
    )
    plans = plans_of(document)
    by_plan = 0
    for number in range(2 ** len(names)):
        variables = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        planned = executor(SCHEMA, document, variables, plans=plans)
        by_plan += plans.plan(planned) is not None
        assert told(await finished(planned)) == told(await finished(executor(SCHEMA, document, variables)))
    assert by_plan == VARIANTS


@pytest.mark.parametrize("name", ["watched", "watchedLater"])
async def test_a_guard_is_asked_once_and_before_the_resolver(name: str) -> None:
    document = parse(f"{{ thing {{ a: {name} no: {name} refused: {name} }} }}")
    CALLED.clear()
    await finished(executor(SCHEMA, document, plans=plans_of(document)))
    assert sorted(CALLED) == ["guard of a", "guard of no", "guard of refused", "watched a"]
    assert CALLED.index("guard of a") < CALLED.index("watched a")


NOT_PLANNED = [
    "{ __schema { queryType { name } } thing { id } }",
    '{ thing { id } __type(name: "Thing") { name } }',
    "query @unknown { thing { id } }",
    "{ thing { ... @unknown { id } } }",
    "{ ...F } fragment F on Query { thing { id @unknown(if: true) } }",
    "mutation { a: add(n: 1) b: add(n: 2) }",
    "{ thing { id @include(if: 3) } }",
    "query ($n: Int) { thing { id @include(if: $n) } }",
]


@pytest.mark.parametrize("query", NOT_PLANNED)
async def test_what_is_unusual_is_run_by_graphql_core(query: str) -> None:
    document = parse(query)
    plans = plans_of(document)
    planned = executor(SCHEMA, document, plans=plans)
    assert plans.plan(planned) is None
    assert told(await finished(planned)) == told(await finished(executor(SCHEMA, document)))


@pytest.mark.parametrize("extensions", [[], [Aside]])
async def test_a_schema_that_executes_by_itself_plans_where_nothing_stands_between_resolvers(
    extensions: list[type[SchemaExtension]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Run] = []
    monkeypatch.setattr("execution.executor.Run", lambda *given: runs.append(Run(*given)) or runs[-1])
    schema = strawberry.Schema(Query, execution_context_class=PlanExecutor, extensions=extensions)
    result = await schema.execute("{ thing { id } }")
    assert result.data == {"thing": {"id": "1"}}
    assert len(runs) == (0 if extensions else 1)


async def test_mutations_are_run_one_after_the_other() -> None:
    CALLED.clear()
    document = parse("mutation { a: add(n: 1) b: add(n: 2) }")
    result = await finished(executor(SCHEMA, document, plans=plans_of(document)))
    assert result.data == {"a": 1, "b": 2}
    assert CALLED == ["begin 1", "end 1", "begin 2", "end 2"]


def test_what_is_attributes_becomes_source() -> None:
    document = parse("{ things { id t: __typename } }")
    plans = plans_of(document)
    plan = plans.plan(executor(SCHEMA, document, plans=plans))
    assert plan is not None
    assert [field.key for field in plan.root.planned] == ["things"]
    assert plan.root.planned[0].selection is not None
    assert plan.root.planned[0].selection.planned == []
    assert ".id\n" in plan.source
    assert "'t': 'Thing'" in plan.source


def test_what_waits_for_nothing_needs_no_event_loop() -> None:
    document = parse("{ thing { id told things { id } } }")
    result = executor(SCHEMA, document, plans=plans_of(document)).execute_operation()
    things = [{"id": "1.0"}, {"id": "1.1"}]
    assert told(result).data == {"thing": {"id": "1", "told": "1 5 [] None {}", "things": things}}
