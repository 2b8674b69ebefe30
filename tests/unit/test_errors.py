"""What leaves the gateway when something fails, and what never does."""

import logging

import pytest
from graphql import GraphQLError, build_schema, graphql_sync

from campus.labels import Message
from connectors.wire import errors as wire
from pipeline.errors import MASKED, Code, Fault, field_fault
from resolvers import refusals

SECRET = "https://10.0.0.7/persons/17 said: password wrong"


def fault_of(cause: Exception) -> Fault:
    return field_fault(GraphQLError(str(cause), path=["me", "loans", 0], original_error=cause), "c-1")


@pytest.mark.parametrize(
    "error",
    [
        wire.UpstreamError,
        wire.UpstreamTimeout,
        wire.UpstreamRateLimited,
        wire.UpstreamMaintenance,
        wire.UpstreamBadResponse,
        wire.AccountConflict,
    ],
)
def test_an_upstreams_failure_names_code_system_campus_and_when_to_ask_again(
    error: type[wire.UpstreamError], caplog: pytest.LogCaptureFixture
) -> None:
    told = fault_of(error("library-cwb", SECRET, retry_after=2.2)).told("c-1", {"library-cwb": "CWB"}, "en")
    assert told["extensions"] == {
        "code": error.code, "correlationId": "c-1", "system": "library-cwb", "campus": "CWB", "retryAfter": 3,
    }  # fmt: skip
    assert told["path"] == ["me", "loans", 0]
    assert "10.0.0.7" not in str(told)
    assert SECRET in caplog.text, "the reason is in our own log"


@pytest.mark.parametrize("refusal", [refusals.Forbidden, refusals.Unauthenticated, refusals.BadUserInput])
def test_a_refusal_is_told_as_it_is(refusal: type[refusals.Refusal]) -> None:
    fault = fault_of(refusal("This is somebody else's."))
    assert (fault.code, fault.message) == (refusal.code, Message("This is somebody else's."))


def test_every_code_that_layers_below_raise_is_on_the_list() -> None:
    def family(error: type) -> set[type]:
        return {error}.union(*(family(kind) for kind in error.__subclasses__()))

    raised = {kind.code for kind in family(wire.UpstreamError) | family(refusals.Refusal)}
    assert raised <= {code.value for code in Code}


def test_everything_else_is_masked_and_logged_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as mistake:
        fault = fault_of(mistake)
    assert (fault.code, fault.message) == (Code.INTERNAL, MASKED)
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert "c-1 at me.loans.0" in record.getMessage()
    assert "Traceback" in caplog.text


def test_a_null_where_none_may_be_is_our_mistake() -> None:
    schema = build_schema("type Query { a: Int! }")
    error = graphql_sync(schema, "{ a }", {"a": None}).errors[0]
    assert field_fault(error, "c-1").code is Code.INTERNAL


def test_an_argument_that_fails_at_run_time_is_the_clients() -> None:
    schema = build_schema("type Query { a(b: Int! = 1): Int }")
    error = graphql_sync(schema, "query ($b: Int) { a(b: $b) }", variable_values={"b": None}).errors[0]
    fault = field_fault(error, "c-1")
    assert fault.code is Code.BAD_USER_INPUT
    assert fault.locations


def test_two_answers_share_no_objects() -> None:
    fault = Fault(Code.FORBIDDEN, "no", locations=((1, 2),), path=("a",))
    first, second = fault.told("c-1", {}, "en"), fault.told("c-2", {}, "en")
    first["extensions"]["mark"] = first["path"].append("b")
    assert second == {
        "message": "no", "locations": [{"line": 1, "column": 2}], "path": ["a"],
        "extensions": {"code": "FORBIDDEN", "correlationId": "c-2"},
    }  # fmt: skip
