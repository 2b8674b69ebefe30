"""Every widget is answered the same by plan and by graphql-core."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from connectors.wire import meters
from pipeline.documents import widget_documents
from tests.e2e.test_widgets import variables
from tests.simulated_campus import NOW, Answer, SimulatedCampus, University, campus_over


@asynccontextmanager
async def gateway(university: University, **execution: bool) -> AsyncIterator[SimulatedCampus]:
    """Its clock stands still, for some answers tell the moment."""
    settings = university.settings({"execution": execution})
    async with campus_over(university, settings, stopped_at=datetime.fromisoformat(NOW)) as campus:
        await campus.indexes_filled()
        yield campus


@pytest.fixture(scope="module")
async def planned(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    async with gateway(university, shadow=True) as campus:
        yield campus


@pytest.fixture(scope="module")
async def switched_off(university: University) -> AsyncIterator[SimulatedCampus]:
    async with gateway(university, plans=False) as campus:
        yield campus


def essence(body: Mapping[str, Any]) -> Any:
    """The answer without what tells one from another that is the same."""
    errors = body.get("errors", [])
    extensions = [{**error["extensions"], "correlationId": ""} for error in errors]
    told = [{**error, "extensions": more} for error, more in zip(errors, extensions, strict=True)]
    return body["data"], sorted(map(repr, told))


async def answers(
    planned: SimulatedCampus, switched_off: SimulatedCampus, name: str, asked: Mapping[str, Any], who: str | None
) -> tuple[Answer, Answer]:
    """By plan and by graphql-core. Both anew where they differ, three times at most: a bus may have told where it is in
    between, which it does every few seconds."""
    for _ in range(3):
        both = await planned.widget(name, asked, as_=who), await switched_off.widget(name, asked, as_=who)
        if essence(both[0].body) == essence(both[1].body):
            break
    return both


@pytest.mark.parametrize("who", ["alex", "jordan", "lee", None])
async def test_every_widget_is_the_same_by_plan_by_graphql_core_and_in_its_shadow(
    planned: SimulatedCampus, switched_off: SimulatedCampus, who: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(widget_documents()) > 20
    for name in widget_documents():
        asked = await variables(planned, name)
        by_plan, by_graphql_core = await answers(planned, switched_off, name, asked, who)
        assert by_plan.status == by_graphql_core.status == 200
        assert essence(by_plan.body) == essence(by_graphql_core.body), name
    assert [record.getMessage() for record in caplog.records if record.name == "gateway.shadow"] == []


async def test_a_system_that_is_down_is_told_the_same(planned: SimulatedCampus, switched_off: SimulatedCampus) -> None:
    for system in ("sis-cwb", "library-cwb", "tickets-cwb"):
        await planned.systems[system].fault("500")
        by_plan, by_graphql_core = await answers(planned, switched_off, "dashboard", {}, "jordan")
        await planned.systems[system].fault("none")
        assert by_plan.errors
        assert essence(by_plan.body) == essence(by_graphql_core.body), system


async def test_a_shadow_shares_the_calls_of_what_it_follows(
    planned: SimulatedCampus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ask at the same moment, and so are compared by what one call told both."""
    await planned.widget("loans", as_="alex")  # accounts are known from here on
    await planned.forget_calls()
    joined: list[str] = []
    monkeypatch.setattr(meters, "joined", joined.append)
    await planned.systems["library-cwb"].fault("slow", seconds=0.3)
    answer = await planned.widget("loans", as_="alex")
    await planned.systems["library-cwb"].fault("none")
    assert answer.errors == []
    assert joined == ["LibraryLoaders.loans_by_account"]
    assert await planned.counts() == {"library-cwb": 1}
