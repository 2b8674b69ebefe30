"""Documents are parsed, measured and validated once, and ours before anybody asks."""

from hashlib import sha256
from typing import Any

import pytest
import strawberry
from strawberry.extensions import QueryDepthLimiter

from execution.executor import PlanExecutor
from pipeline import operation_store, preparation
from pipeline.errors import RequestRefused
from pipeline.operation_store import BadTrustedDocument, OperationStore
from pipeline.request import Parameters
from pipeline.settings import Limits


@strawberry.input
class Range:
    first: int
    unit: str | None = strawberry.UNSET


@strawberry.type
class Query:
    @strawberry.field
    async def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def seen(self, range: Range, info: strawberry.Info) -> str:
        return f"{range.first} {range.unit is strawberry.UNSET} {info.context} {info.variable_values}"


SCHEMA = strawberry.Schema(Query)


def store(documents: dict[str, str] | None = None, **limits: Any) -> OperationStore:
    return OperationStore(SCHEMA, Limits(**limits), documents or {})


def refusal(asked: OperationStore, text: str, name: str | None = None) -> tuple[str, str]:
    with pytest.raises(RequestRefused) as refused:
        asked.operation(text, name)
    return refused.value.faults[0].code, str(refused.value.faults[0].message)


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    validate = preparation.validate
    monkeypatch.setattr(
        preparation, "validate", lambda *args, **options: made.append("once") or validate(*args, **options)
    )
    return made


async def test_a_document_is_validated_once_and_runs_each_time(validations: list[str]) -> None:
    asked = store()
    text = "query A($name: String!) { hello(name: $name) } query B { hello }"
    for name in ("Ann", "Bob"):
        result = await asked.run(asked.operation(text, "A"), {"name": name}, None)
        assert result.data == {"hello": f"hello {name}"}
    assert asked.operation(text, "A") is asked.operation(text, "A")
    assert asked.operation(text, "B").document_hash == asked.operation(text, "A").document_hash
    assert validations == ["once"]


async def test_strawberrys_own_coercion_and_info_work_on_this_path() -> None:
    asked = store()
    operation = asked.operation("query ($r: Range!) { seen(range: $r) }", None)
    result = await asked.run(operation, {"r": {"first": 3}}, "the context")
    assert result.errors is None
    assert result.data["seen"].startswith("3 True the context")


async def test_bad_documents_are_remembered_as_well(validations: list[str]) -> None:
    asked = store()
    assert refusal(asked, "{ nothing }") == refusal(asked, "{ nothing }")
    assert validations == ["once"]


def test_what_is_remembered_is_bounded_by_its_text(validations: list[str]) -> None:
    asked = store(remembered_characters=30)
    for text in ("{ a: hello }", "{ b: hello }", "{ c: hello }", "{ a: hello }"):
        asked.operation(text, None)
    assert len(validations) == 4
    asked.operation("{ a: hello }", None)
    assert len(validations) == 4


def test_what_is_remembered_of_refused_ones_is_bounded_by_why_they_are(validations: list[str]) -> None:
    asked = store(remembered_characters=200)
    for name in ("a", "b", "a"):
        assert refusal(asked, f"{{ {name * 100} }}")[0] == "GRAPHQL_VALIDATION_FAILED"
    assert len(validations) == 3
    refusal(asked, f"{{ {'a' * 100} }}")
    assert len(validations) == 3
    for _ in range(2):  # a short text, and many words
        refusal(asked, f"query {'q' * 100} {{ a: hello(name: $a) b: hello(name: $b) }}", "q" * 100)
    assert len(validations) == 5


def test_what_is_said_of_a_document_is_not_many_times_its_length() -> None:
    variables = " ".join(f"a{number}: hello(name: $v{number})" for number in range(25))
    with pytest.raises(RequestRefused) as refused:
        store().operation(f"query {'q' * 50_000} {{ {variables} }}", None)
    assert len(refused.value.faults) == 25
    assert {len(str(fault.message)) for fault in refused.value.faults} == {1_001}


def test_our_own_documents_are_never_forgotten(validations: list[str]) -> None:
    asked = store({"greeting": "query Greeting { hello }"}, remembered_characters=1)
    asked.operation("query Greeting { hello }", "Greeting")
    assert validations == ["once"]


def by_hash(asked: OperationStore, text: str) -> Any:
    return asked.asked_for(Parameters(None, None, {}, hash=sha256(text.encode()).hexdigest()))


def test_a_document_is_found_by_hash_as_long_as_it_is_remembered(validations: list[str]) -> None:
    asked = store({"greeting": "query Greeting { hello }"}, remembered_characters=30)
    for text in ("{ a: hello }", "{ b: hello }"):
        assert by_hash(asked, "query Greeting { hello }").name == "Greeting"
        with pytest.raises(RequestRefused, match="PersistedQueryNotFound"):
            by_hash(asked, text)
        operation = asked.operation(text, None)
        assert by_hash(asked, text) is operation
    asked.operation("{ c: hello }", None)
    with pytest.raises(RequestRefused, match="PersistedQueryNotFound"):
        by_hash(asked, "{ a: hello }")
    assert len(validations) == 4


def test_only_trusted_documents_have_an_id() -> None:
    text = "query Greeting { hello }"
    asked = store({"greeting": text})
    for document_id in ("greeting", f"sha256:{sha256(text.encode()).hexdigest()}"):
        assert asked.asked_for(Parameters(None, None, {}, document_id)) is asked.operation(text, None)
    assert asked.operation(text, None).document_id == "greeting"
    sent = asked.operation("{ hello }", None)
    assert sent.document_id is None
    for document_id in (f"sha256:{sent.document_hash}", sent.document_hash, "sha256:greeting", ""):
        with pytest.raises(RequestRefused) as refused:
            asked.asked_for(Parameters(None, None, {}, document_id))
        assert refused.value.faults[0].code == "DOCUMENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("query {", "greeting: Syntax Error: Expected Name, found <EOF>. (line 1)"),
        ("{ hello\nhallo }", "greeting: Cannot query field 'hallo' on type 'Query'. Did you mean 'hello'? (line 2)"),
        ("{ x: hello y: hello }", "greeting: The number of aliases is 2; at most 1 is allowed."),
    ],
)
def test_a_bad_document_of_ours_stops_the_start(text: str, reason: str) -> None:
    with pytest.raises(BadTrustedDocument) as bad:
        store({"greeting": text}, aliases=1)
    assert str(bad.value) == reason


@pytest.mark.parametrize("plans", [True, False])
async def test_plans_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, plans: bool) -> None:
    planned: list[str] = []

    class Watched(PlanExecutor):
        def execute_operation(self, serially: bool | None = None) -> Any:
            planned.append("once")
            return super().execute_operation(serially)

    monkeypatch.setattr(operation_store, "PlanExecutor", Watched)
    asked = OperationStore(SCHEMA, Limits(), {}, plans=plans)
    operation = asked.operation("{ hello }", None)
    assert (await asked.run(operation, {}, None)).data == {"hello": "hello world"}
    assert planned == (["once"] if plans else [])
    await asked.run(operation, {}, None, plans=not plans)
    assert planned == ["once"]


async def test_an_operation_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = preparation.compiled_for_json
    monkeypatch.setattr(
        preparation, "compiled_for_json", lambda executor: compiled.append("once") or compile_(executor)
    )
    asked = store()
    for name in ("Ann", "Bob"):
        operation = asked.operation("query ($name: String!) { hello(name: $name) }", None)
        assert (await asked.run(operation, {"name": name}, None)).data == {"hello": f"hello {name}"}
    assert compiled == ["once"]


def test_an_extension_is_refused_rather_than_passed_over() -> None:
    with pytest.raises(ValueError, match="extensions"):
        OperationStore(strawberry.Schema(Query, extensions=[lambda: QueryDepthLimiter(max_depth=1)]), Limits(), {})


def test_the_operation_must_be_clear() -> None:
    several = "query A { hello } query B { hello }"
    assert refusal(store(), several)[0] == "BAD_REQUEST"
    assert refusal(store(), several, "C")[0] == "BAD_REQUEST"
    assert refusal(store(), "{ hello }", "A")[0] == "BAD_REQUEST"
    assert refusal(store(), "fragment F on Query { hello }")[0] == "GRAPHQL_VALIDATION_FAILED"
    assert refusal(store(), "type Query { a: Int }")[0] == "GRAPHQL_VALIDATION_FAILED"


def test_too_many_tokens_or_comments_are_too_complex() -> None:
    assert refusal(store(tokens=10), "{ " + "hello " * 11 + "}")[0] == "QUERY_TOO_COMPLEX"
    assert refusal(store(tokens=10), "#\n" * 11 + "{ hello }")[0] == "QUERY_TOO_COMPLEX"
    assert refusal(store(), "{ hello " * 2000)[0] in {"GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX"}


def test_what_cannot_be_checked_in_reasonable_time_is_too_complex() -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(480))
    assert refusal(store(), f"{{ ...F0 }} {chain} fragment F480 on Query {{ hello }}")[0] == "QUERY_TOO_COMPLEX"
    assert refusal(store(root_fields=1000), "{ " + "hello " * 990 + "}")[0] == "QUERY_TOO_COMPLEX"


@pytest.mark.parametrize(("introspection", "told"), [("always", True), ("signed_in", False), ("never", False)])
def test_suggestions_are_given_where_the_schema_is_open(introspection: str, told: bool) -> None:
    _, message = refusal(store(introspection=introspection), "{ helo }")
    assert ("Did you mean" in message) is told


async def test_suggestions_do_not_come_back_with_variables() -> None:
    asked = store(introspection="never")
    operation = asked.operation("query ($r: Range!) { seen(range: $r) }", None)
    with pytest.raises(RequestRefused) as refused:
        await asked.run(operation, {"r": {"first": 1, "unti": "x"}}, None)
    assert refused.value.faults[0].code == "BAD_USER_INPUT"
    assert "Did you mean" not in refused.value.faults[0].message
