"""Who is not signed in sees what is public, whole, and nothing of anybody."""

import pytest

from tests.simulated_campus import SimulatedCampus

PERSONAL = [
    "advisees", "enrolments", "grades", "holds-and-fines", "loans", "my-applications", "tickets", "timetable",
]  # fmt: skip
PUBLIC = {
    "course-catalogue": {"campus": "GZ"},
    "service-catalogue": {},
    "systems-status": {},
}


@pytest.mark.parametrize("widget", PERSONAL)
async def test_a_widget_of_ones_own_asks_to_sign_in_and_no_system(campus: SimulatedCampus, widget: str) -> None:
    answer = await campus.widget(widget)
    assert answer.status == 200
    assert answer.data == {"me": None}
    assert answer.faults() == {("me", "UNAUTHENTICATED", None)}
    assert await campus.counts() == {}


async def test_a_student_record_asks_to_sign_in_whoever_is_asked_for(campus: SimulatedCampus) -> None:
    for number in ("20000000", "x"):
        answer = await campus.widget("student-record", {"campus": "CWB", "number": number})
        assert answer.data == {"student": None}
        assert answer.faults() == {("student", "UNAUTHENTICATED", None)}
    assert await campus.counts() == {}


@pytest.mark.parametrize("widget", PUBLIC)
async def test_what_is_public_is_the_same_for_everybody_and_asks_no_system(
    campus: SimulatedCampus, widget: str
) -> None:
    answer = await campus.widget(widget, PUBLIC[widget], headers={"Accept-Language": "en"})
    assert answer.errors == []
    for who in ("alex", "mei", "rita"):
        signed_in = await campus.widget(widget, PUBLIC[widget], as_=who, headers={"Accept-Language": "en"})
        assert signed_in.body == answer.body
    assert await campus.counts() == {}


async def test_the_dashboard_is_whole_but_for_me_and_asks_only_where_the_shuttles_are(campus: SimulatedCampus) -> None:
    answer = await campus.widget("dashboard")
    assert answer.data["me"] is None
    assert answer.data["viewer"] == {"affiliations": [], "campuses": [], "sessionExpiresAt": None}
    assert answer.faults() == {("me", "UNAUTHENTICATED", None)}
    signed_in = await campus.widget("dashboard", as_="alex", scope="tickets:read")
    assert answer.data["shuttles"]["nodes"]
    for public in ("services", "terms", "courses"):
        assert answer.data[public]["nodes"]
        assert answer.data[public] == signed_in.data[public]
    assert await campus.counts() == {"shuttle-gz": 2, "tickets-cwb": 1}


async def test_the_seats_of_a_class_are_public(campus: SimulatedCampus) -> None:
    found = await campus.ask('{ courses(campus: "GZ", first: 1) { nodes { sections { classNumber available } } } }')
    section = found.at("courses.nodes.0.sections.0")
    answer = await campus.widget("seat-watch", {"campus": "GZ", "classNumber": section["classNumber"]})
    assert answer.errors == []
    assert answer.at("section.available") == section["available"]
    assert await campus.counts() == {}
