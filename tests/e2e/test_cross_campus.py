"""Jordan has records at both campuses and is one person, whichever of the two issuers the token is from."""

from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

PERSON = "GET /persons?primaryCode={}&pageSize=250&pageNumber=1"
WIDGETS = [
    "profile", "grades", "gpa-trend", "academic-history", "account", "enrolments", "timetable",
    "loans", "holds-and-fines", "my-applications", "tickets",
]  # fmt: skip


def whole(body: dict[str, Any]) -> dict[str, Any]:
    """An answer without the time at which the token ends."""
    viewer = {name: value for name, value in body["data"].get("viewer", {}).items() if name != "sessionExpiresAt"}
    return {**body, "data": {**body["data"], "viewer": viewer}}


@pytest.mark.parametrize("widget", WIDGETS)
async def test_either_issuer_gives_the_same_answer(open_campus: SimulatedCampus, widget: str) -> None:
    home = await open_campus.widget(widget, as_="jordan", issuer="CWB")
    visited = await open_campus.widget(widget, as_="jordan", issuer="GZ")
    assert home.errors == []
    assert whole(visited.body) == whole(home.body)


async def test_the_dashboard_is_the_same_and_costs_the_same(campus: SimulatedCampus) -> None:
    me, costs = [], []
    for issuer in ("CWB", "GZ"):
        await campus.forget_calls()
        answer = await campus.widget("dashboard", as_="jordan", issuer=issuer)
        assert answer.errors == []
        me.append(answer.data["me"])
        costs.append(await campus.counts())
    assert me[0] == me[1]
    # The files that tell the accounts are those that the profile shows, and are asked once.
    assert costs[0] == costs[1] == {
        "sis-cwb": 5, "sis-gz": 5, "library-cwb": 3, "onestop-gz": 2, "tickets-cwb": 1, "shuttle-gz": 1,
    }  # fmt: skip


async def test_one_record_and_one_timetable_hold_what_both_campuses_know(open_campus: SimulatedCampus) -> None:
    numbers = await plain.numbers(open_campus, "jordan")
    answer = await open_campus.widget("dashboard", as_="jordan", issuer="GZ")
    me = answer.data["me"]
    assert me["profile"]["numbers"] == [
        {"campus": "CWB", "number": numbers["sis-cwb"]},
        {"campus": "GZ", "number": numbers["sis-gz"]},
    ]
    assert [each["campus"] for each in me["contacts"]["nodes"]] == ["CWB", "GZ"]
    assert {each["campus"] for each in me["academicRecord"]["programmes"]["nodes"]} == {"CWB", "GZ"}
    (current,) = [term for term in me["academicRecord"]["terms"]["nodes"] if term["code"] == plain.TERM]
    assert {result["campus"] for result in current["results"]} == {"CWB", "GZ"}
    meetings = me["timetable"]["meetings"]["nodes"]
    assert {meeting["campus"] for meeting in meetings} == {"CWB", "GZ"}
    starts = [meeting["start"] for meeting in meetings]
    assert starts == sorted(starts)


LOOK_UPS = {
    "loans": ("library-cwb", ["sis-gz", "sis-cwb"]),
    "my-applications": ("onestop-gz", ["sis-gz"]),
    "tickets": ("tickets-cwb", ["sis-gz", "sis-cwb"]),
}
"""What a widget asks in the end, and by way of whom its account is found with Guangzhou's token."""


async def test_guangzhous_issuer_releases_only_its_own_number(open_campus: SimulatedCampus) -> None:
    told = await plain.claims(open_campus, "jordan", issuer="GZ")
    accounts = {"cwb_sis_id", "gz_sis_id", "library_id", "onestop_id", "ticket_address"}
    assert accounts & told.keys() == {"gz_sis_id"}
    assert accounts <= (await plain.claims(open_campus, "jordan")).keys()


@pytest.mark.parametrize("widget", LOOK_UPS)
async def test_an_account_is_looked_up_by_one_call_per_system_and_then_known(
    campus: SimulatedCampus, widget: str
) -> None:
    numbers = await plain.numbers(campus, "jordan")
    system, via = LOOK_UPS[widget]
    await campus.forget_calls()
    answer = await campus.widget(widget, as_="jordan", issuer="GZ")
    assert answer.errors == []
    calls = await campus.calls()
    asked = calls.pop(system)
    assert calls == {each: [PERSON.format(numbers[each])] for each in via}
    await campus.forget_calls()
    again = await campus.widget(widget, as_="jordan", issuer="GZ")
    assert again.body == answer.body
    assert await campus.calls() == {system: asked}


@pytest.mark.parametrize("widget", LOOK_UPS)
async def test_what_the_token_names_is_not_looked_up(campus: SimulatedCampus, widget: str) -> None:
    answer = await campus.widget(widget, as_="jordan", issuer="CWB")
    assert answer.errors == []
    assert set(await campus.counts()) == {LOOK_UPS[widget][0]}


async def test_what_was_found_for_one_viewer_is_not_known_of_another(campus: SimulatedCampus) -> None:
    """The same person signed in elsewhere is another viewer, and so is everybody else."""
    await campus.widget("loans", as_="jordan", issuer="GZ")
    await campus.forget_calls()
    answer = await campus.widget("loans", as_="mei")
    assert (answer.errors, answer.at("me.loans")) == ([], None)
    mei = (await plain.numbers(campus, "mei"))["sis-gz"]
    assert await campus.calls() == {"sis-gz": [PERSON.format(mei)]}
