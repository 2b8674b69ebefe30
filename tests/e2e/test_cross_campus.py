"""Jordan has records at both campuses and is one person, whichever of the two issuers the token is from."""

from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

PERSON = "GET /persons?primaryCode={}&pageSize=250&pageNumber=1"
WIDGETS = [
    "profile", "grades", "gpa-trend", "academic-history", "account", "enrolments", "timetable",
    "loans", "holds-and-fines", "my-applications", "tickets", "my-bookings",
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


async def test_the_dashboard_is_the_same_and_costs_the_same(cold_campus: SimulatedCampus) -> None:
    await cold_campus.widget("loans", as_="mei")  # Guangzhou's library knows the gateway from here on
    me, costs = [], []
    for issuer in ("CWB", "GZ"):
        await cold_campus.forget_calls()
        answer = await cold_campus.widget("dashboard", as_="jordan", issuer=issuer)
        assert answer.errors == []
        me.append(answer.data["me"])
        costs.append(await cold_campus.counts())
    assert me[0] == me[1]
    # The files that tell the accounts are those that the profile shows, and are asked once.
    assert costs[0] == costs[1] == {
        "sis-cwb": 5, "sis-gz": 5, "library-cwb": 3, "library-gz": 5, "onestop-gz": 2, "tickets-cwb": 1,
        "shuttle-gz": 2, "life-cwb": 1, "life-gz": 2, "facilities-gz": 2,
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


async def test_one_list_of_loans_holds_those_of_both_libraries_with_the_campus_on_each(
    open_campus: SimulatedCampus,
) -> None:
    named = await plain.claims(open_campus, "jordan")
    there = (await plain.guangzhou_shelf(open_campus, named["gz_library_id"])).loans
    here = await plain.loans(open_campus, named["library_id"])
    answer = await open_campus.widget("loans", as_="jordan")
    assert answer.errors == []
    shown = [(each["title"], plain.moment(each["dueAt"]), each["campus"]) for each in answer.at("me.loans.nodes")]
    assert sorted(shown) == sorted([*((*loan, "CWB") for loan in here), *((*loan, "GZ") for loan in there)])
    assert [due for _, due, _ in shown] == sorted(due for _, due, _ in shown)
    assert here
    assert there


async def test_whether_a_loan_may_be_renewed_is_told_where_the_library_tells_it(cold_campus: SimulatedCampus) -> None:
    """Clear Water Bay's library tells it for a list, Guangzhou's of one loan at a time, and why not."""
    listed = await cold_campus.ask("{ me { loans { nodes { id campus renewable renewalRefusal } } } }", as_="jordan")
    told: dict[str, set[tuple[str, str | None]]] = {"CWB": set(), "GZ": set()}
    for loan in listed.at("me.loans.nodes"):
        assert (loan["renewable"] == "UNKNOWN") == (loan["campus"] == "GZ")
        await cold_campus.forget_calls()
        single = await cold_campus.ask(
            "query($id: ID!) { node(id: $id) { ... on Loan { id renewable renewalRefusal renewalRefusalLabel } } }",
            {"id": loan["id"]},
            as_="jordan",
        )
        assert single.errors == []
        found = single.at("node")
        told[loan["campus"]].add((found["renewable"], found["renewalRefusal"]))
        calls = await cold_campus.counts()
        assert calls == ({"library-gz": 3} if loan["campus"] == "GZ" else {"library-cwb": 1})
        assert (found["renewalRefusalLabel"] is None) == (found["renewalRefusal"] is None)
    assert told == {
        "CWB": {("YES", None), ("NO", None)},
        "GZ": {("YES", None), ("NO", "RENEWED_TOO_OFTEN"), ("NO", "OVERDUE"), ("NO", "WANTED_BY_OTHERS")},
    }


LOOK_UPS = {
    "loans": ({"library-cwb", "library-gz"}, ["sis-gz", "sis-cwb"]),
    "my-applications": ({"onestop-gz"}, ["sis-gz"]),
    "tickets": ({"tickets-cwb"}, ["sis-gz", "sis-cwb"]),
    "my-bookings": ({"facilities-gz"}, ["sis-gz"]),
}
"""What a widget asks in the end, and by way of whom its account is found with Guangzhou's token."""
NOT_AGAIN = ("POST /api/v1/oauth/token", "GET /api/v1/patrons?")
"""How Guangzhou's library lets the gateway in, and says who has which card."""


async def test_guangzhous_issuer_releases_only_its_own_number(open_campus: SimulatedCampus) -> None:
    told = await plain.claims(open_campus, "jordan", issuer="GZ")
    accounts = {
        "cwb_sis_id", "gz_sis_id", "library_id", "gz_library_id", "onestop_id", "ticket_address", "gz_booking_user",
    }  # fmt: skip
    assert accounts & told.keys() == {"gz_sis_id"}
    assert accounts <= (await plain.claims(open_campus, "jordan")).keys()


@pytest.mark.parametrize("widget", LOOK_UPS)
async def test_an_account_is_looked_up_by_one_call_per_system_and_then_known(
    cold_campus: SimulatedCampus, widget: str
) -> None:
    numbers = await plain.numbers(cold_campus, "jordan")
    systems, via = LOOK_UPS[widget]
    await cold_campus.forget_calls()
    answer = await cold_campus.widget(widget, as_="jordan", issuer="GZ")
    assert answer.errors == []
    calls = await cold_campus.calls()
    asked = {system: [call for call in calls.pop(system) if not call.startswith(NOT_AGAIN)] for system in systems}
    assert calls == {each: [PERSON.format(numbers[each])] for each in via}
    await cold_campus.forget_calls()
    again = await cold_campus.widget(widget, as_="jordan", issuer="GZ")
    assert again.body == answer.body
    assert await cold_campus.calls() == asked


@pytest.mark.parametrize("widget", LOOK_UPS)
async def test_what_the_token_names_is_not_looked_up(cold_campus: SimulatedCampus, widget: str) -> None:
    answer = await cold_campus.widget(widget, as_="jordan", issuer="CWB")
    assert answer.errors == []
    assert set(await cold_campus.counts()) == LOOK_UPS[widget][0]


async def test_what_was_found_for_one_viewer_is_not_known_of_another(cold_campus: SimulatedCampus) -> None:
    """The same person signed in elsewhere is another viewer, and so is everybody else."""
    await cold_campus.widget("loans", as_="jordan", issuer="GZ")
    await cold_campus.forget_calls()
    answer = await cold_campus.widget("loans", as_="mei")
    assert answer.errors == []
    assert {each["campus"] for each in answer.at("me.loans.nodes")} == {"GZ"}
    mei = (await plain.numbers(cold_campus, "mei"))["sis-gz"]
    calls = await cold_campus.calls()
    assert len(calls.pop("library-gz")) == 3
    assert calls == {"sis-gz": [PERSON.format(mei)]}
