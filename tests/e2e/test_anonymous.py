"""Who is not signed in sees what is public, whole, and nothing of anybody."""

from typing import Any

import pytest

from tests.simulated_campus import SimulatedCampus

PERSONAL = [
    "advisees", "enrolments", "grades", "holds-and-fines", "loans", "my-applications", "my-bookings", "tickets",
    "timetable",
]  # fmt: skip
PUBLIC = {
    "course-catalogue": {"campus": "GZ"},
    "service-catalogue": {},
    "systems-status": {},
}


@pytest.mark.parametrize("widget", PERSONAL)
async def test_a_widget_of_ones_own_asks_to_sign_in_and_no_system(cold_campus: SimulatedCampus, widget: str) -> None:
    answer = await cold_campus.widget(widget)
    assert answer.status == 200
    assert answer.data["me"] is None
    assert set(answer.data) - {"me"} == ({"ticketQueues"} if widget == "tickets" else set()), (
        "whom one may ask is public"
    )
    assert answer.faults() == {("me", "UNAUTHENTICATED", None)}
    assert await cold_campus.counts() == {}


async def test_a_student_record_asks_to_sign_in_whoever_is_asked_for(cold_campus: SimulatedCampus) -> None:
    for number in ("20000000", "x"):
        answer = await cold_campus.widget("student-record", {"campus": "CWB", "number": number})
        assert answer.data == {"student": None}
        assert answer.faults() == {("student", "UNAUTHENTICATED", None)}
    assert await cold_campus.counts() == {}


def without_verdict(value: Any) -> Any:
    """Whether one may apply for a service is the one thing there that is each viewer's own."""
    if isinstance(value, dict):
        return {name: without_verdict(each) for name, each in value.items() if name != "eligible"}
    return [without_verdict(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("widget", PUBLIC)
async def test_what_is_public_is_the_same_for_everybody_and_asks_no_system(
    cold_campus: SimulatedCampus, widget: str
) -> None:
    answer = await cold_campus.widget(widget, PUBLIC[widget], headers={"Accept-Language": "en"})
    assert answer.errors == []
    assert await cold_campus.counts() == {}
    for who in ("alex", "mei", "rita"):
        signed_in = await cold_campus.widget(widget, PUBLIC[widget], as_=who, headers={"Accept-Language": "en"})
        assert without_verdict(signed_in.body) == without_verdict(answer.body)
    verdicts = {"sis-gz", "life-gz"} if widget == "service-catalogue" else set()
    assert set(await cold_campus.counts()) == verdicts, "what an own verdict needs, and nothing else"


async def test_the_dashboard_is_whole_but_for_me_and_asks_only_what_is_live(cold_campus: SimulatedCampus) -> None:
    answer = await cold_campus.widget("dashboard")
    assert answer.data["me"] is None
    assert answer.data["viewer"] == {"affiliations": [], "campuses": [], "sessionExpiresAt": None}
    assert answer.faults() == {("me", "UNAUTHENTICATED", None)}
    signed_in = await cold_campus.widget("dashboard", as_="alex", scope="tickets:read")
    assert answer.data["shuttles"]["nodes"]
    for public in ("services", "terms", "courses", "facilities"):
        assert answer.data[public]["nodes"]
        assert answer.data[public] == signed_in.data[public]
    assert await cold_campus.counts() == {"shuttle-gz": 4, "facilities-gz": 2, "tickets-cwb": 1}


async def test_the_seats_of_a_class_are_public(cold_campus: SimulatedCampus) -> None:
    found = await cold_campus.ask(
        '{ courses(campus: "GZ", first: 1) { nodes { sections { classNumber available } } } }'
    )
    section = found.at("courses.nodes.0.sections.0")
    answer = await cold_campus.widget("seat-watch", {"campus": "GZ", "classNumber": section["classNumber"]})
    assert answer.errors == []
    assert answer.at("section.available") == section["available"]
    assert await cold_campus.counts() == {}
