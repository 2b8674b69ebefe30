"""Shadow mode says where two ways to run a query differ, and no value of either."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError

from pipeline.shadow import SHOWN, compared, differences

MOMENT = datetime(2026, 9, 1, 8, tzinfo=UTC)
SECRET = "a value that no log may hold"


def result(data: Any, *errors: tuple[list[str | int], str]) -> ExecutionResult:
    return ExecutionResult(data, [GraphQLError(message, path=path) for path, message in errors])


DIFFERENT: list[tuple[ExecutionResult, ExecutionResult, list[str]]] = [
    (result({"a": 1, "b": [1, 2]}), result({"a": 1, "b": [1, 2]}), []),
    (result({"a": SECRET}), result({"a": "other"}), ["data.a"]),
    (result({"a": 1}), result({"a": 1.0}), ["data.a"]),
    (result({"a": True}), result({"a": 1}), ["data.a"]),
    (result({"a": [{"b": 1}, {"b": 2}]}), result({"a": [{"b": 1}, {"b": 3}]}), ["data.a.1.b"]),
    (result({"a": [1]}), result({"a": [1, 2]}), ["data.a"]),
    (result({"a": 1, "b": 2}), result({"b": 2, "a": 1}), ["data"]),
    (result(None), result({"a": 1}), ["data"]),
    (result({"a": [MOMENT, MOMENT.date()]}), result({"a": ["2026-09-01T08:00:00+00:00", "2026-09-01"]}), []),
    (result({"a": MOMENT}), result({"a": "2026-09-01T09:00:00+00:00"}), ["data.a"]),
    (result({"a": None}, (["a"], SECRET)), result({"a": None}, (["a"], SECRET)), []),
    (result({"a": None}, (["a"], SECRET)), result({"a": None}, (["a"], "other")), ["error a"]),
    (result({}, (["a"], "x"), (["b", 0], "y")), result({}, (["b", 0], "y"), (["a"], "x")), []),
    (result({}, (["b", 0], SECRET)), result({}), ["error b.0"]),
]


@pytest.mark.parametrize(("one", "other", "places"), DIFFERENT)
def test_differences_are_told_by_their_path(one: ExecutionResult, other: ExecutionResult, places: list[str]) -> None:
    assert differences(one, other) == places
    assert differences(other, one) == places


async def given(outcome: Any) -> Any:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


async def test_the_log_names_places_and_no_values(caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = result({"a": SECRET}, (["a"], SECRET)), result({"a": "other"})
    assert await compared(given(ours), given(theirs), "the operation") is ours
    (record,) = caplog.records
    assert record.getMessage() == "the operation differs from its shadow at data.a, error a"


async def test_a_long_list_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    many = [{"n": n} for n in range(SHOWN + 5)]
    others = [{"n": -1} for _ in many]
    await compared(given(result({"a": many})), given(result({"a": others})), "the operation")
    assert caplog.records[0].getMessage().endswith(f"data.a.{SHOWN - 1}.n and 5 more")


async def test_nothing_is_said_where_nothing_differs(caplog: pytest.LogCaptureFixture) -> None:
    await compared(given(result({"a": 1})), given(result({"a": 1})), "the operation")
    assert caplog.records == []


async def test_a_shadow_that_fails_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    ours = result({"a": 1})
    assert await compared(given(ours), given(RuntimeError("shadow")), "the operation") is ours
    assert caplog.records[0].getMessage() == "the operation only the shadow failed"


async def never() -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize("shadow", [never, lambda: given(asyncio.CancelledError())])
async def test_nor_does_one_that_does_not_end(
    shadow: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.shadow.PATIENCE", 0.01)
    ours = result({"a": 1})
    assert await asyncio.wait_for(compared(given(ours), shadow(), "the operation"), 5) is ours
    assert [record.getMessage() for record in caplog.records] == ["the operation only the shadow did not end"]


async def test_what_fails_fails_with_its_shadow_too() -> None:
    with pytest.raises(RuntimeError, match="ours"):
        await compared(given(RuntimeError("ours")), given(result({})), "the operation")
