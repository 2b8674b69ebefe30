"""Each widget is one query, and this is all it asks the systems of a viewer whom the gateway does not know yet."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.documents import widget_documents
from tests.simulated_campus import SimulatedCampus

PERSON = "GET /persons"
PROGRAMMES = "GET /persons/*/programme-offering-associations"
ENROLMENTS = "GET /persons/*/course-offering-associations"
MARKS = "GET /persons/*/test-component-offering-associations"
SEATS = "GET /persons/*/learning-component-offering-associations"
ADVISEES = "GET /groups/*/memberships"
LOANS = "GET /almaws/v1/users/*/loans"
HOLDS = "GET /almaws/v1/users/*/requests"
FINES = "GET /almaws/v1/users/*/fees"
APPLICATIONS = "POST /query/historic-process-instances"
STEPS = "POST /query/historic-task-instances"
TICKETS = "GET /REST/2.0/tickets"
REPORTS = "GET /gtfs-rt/trip-updates.pb"

SHELF = {"library-cwb": {LOANS, HOLDS, FINES}}
SERVICES = {"onestop-gz": {APPLICATIONS, STEPS}}
DESK = {"tickets-cwb": {TICKETS}}
SHUTTLE = {"shuttle-gz": {REPORTS}}
RECORD = {PERSON, PROGRAMMES, ENROLMENTS, SEATS, MARKS}

Calls = Mapping[str, set[str]]

ALEX: Mapping[str, Calls] = {
    "profile": {"sis-cwb": {PERSON}},
    "grades": {"sis-cwb": {PERSON, ENROLMENTS, MARKS}},
    "gpa-trend": {"sis-cwb": {PERSON, PROGRAMMES, ENROLMENTS}},
    "academic-history": {"sis-cwb": {PERSON, PROGRAMMES, ENROLMENTS}},
    "account": {"sis-cwb": {PERSON}},
    "enrolments": {"sis-cwb": {PERSON, ENROLMENTS, SEATS}},
    "timetable": {"sis-cwb": {PERSON, SEATS}},
    "today": {"sis-cwb": {PERSON, SEATS, MARKS}, "library-cwb": {LOANS}, **SERVICES, **SHUTTLE},
    "exams": {"sis-cwb": {PERSON, MARKS}},
    "calendar": {"sis-cwb": {PERSON, SEATS, MARKS}},
    "loans": {"library-cwb": {LOANS}},
    "holds-and-fines": {"library-cwb": {HOLDS, FINES}},
    "my-applications": SERVICES,
    "tickets": DESK,
    "advisees": {},
    "course-catalogue": {},
    "course-search": {},
    "seat-watch": {},
    "service-catalogue": {},
    "shuttle-board": SHUTTLE,
    "systems-status": {},
    "dashboard": {"sis-cwb": RECORD, **SHELF, **SERVICES, **DESK, **SHUTTLE},
}
"""A student of one campus. Whose account it is, the token tells but for the student system's own id: PERSON."""

STUDY = (
    "profile", "grades", "gpa-trend", "academic-history", "account", "enrolments", "timetable", "exams", "calendar",
    "today",
)  # fmt: skip

JORDAN: Mapping[str, Calls] = {
    **ALEX,
    **{name: {**ALEX[name], "sis-gz": ALEX[name]["sis-cwb"]} for name in (*STUDY, "dashboard")},
}
"""A student of both campuses: the same once more of the other student system, and nothing else."""

OTHERS: Mapping[tuple[str, str], Calls] = {
    # Only Guangzhou's student system can say that she has no account in the library.
    ("loans", "mei"): {"sis-gz": {PERSON}},
    ("dashboard", "mei"): {"sis-gz": RECORD, **SERVICES, **DESK, **SHUTTLE},
    ("dashboard", "wing"): {"sis-cwb": RECORD, **SHELF, **SHUTTLE},
    ("dashboard", "lee"): {"sis-cwb": {PERSON}, **SHELF, **DESK, **SHUTTLE},
    ("advisees", "lee"): {"sis-cwb": {PERSON, ADVISEES}},
    ("student-record", "lee"): {"sis-cwb": {PERSON, ADVISEES, PROGRAMMES, ENROLMENTS}},
    ("student-record", "rita"): {"sis-cwb": {PERSON, PROGRAMMES, ENROLMENTS}},
    ("anything", "alex"): {"library-cwb": {LOANS}},
}

TABLE = [
    *((name, "alex", calls) for name, calls in ALEX.items()),
    *((name, "jordan", calls) for name, calls in JORDAN.items()),
    *((name, who, calls) for (name, who), calls in OTHERS.items()),
]

REFUSED = {("advisees", "alex"), ("advisees", "jordan")}
"""A student's token does not even name the scope of advisors, so nobody is asked."""

LOOK_UPS = {("student-record", "lee"): 2}
"""Persons looked up where it is more than one: the advisor, and the student."""


def outline(call: str) -> str:
    """Method and path, without the account in it."""
    method, _, asked = call.partition(" ")
    path = re.split("[? ]", asked, maxsplit=1)[0]
    return f"{method} " + re.sub(r"^(/persons|/groups|/almaws/v1/users)/[^/]+/", r"\1/*/", path)


async def variables(campus: SimulatedCampus, name: str) -> dict[str, Any]:
    if name == "seat-watch":
        answer = await campus.ask('{ courses(campus: "CWB", first: 1) { nodes { sections { classNumber } } } }')
        number = answer.at("courses.nodes.0.sections.0.classNumber")
        return {"campus": "CWB", "classNumber": number}
    if name == "student-record":
        answer = await campus.ask("{ me { profile { numbers { number } } } }", as_="alex")
        return {"campus": "CWB", "number": answer.at("me.profile.numbers.0.number")}
    if name == "anything":
        answer = await campus.ask("{ me { loans { nodes { id } } } }", as_="alex")
        return {"id": answer.at("me.loans.nodes.0.id")}
    return {}


def test_no_widget_is_without_its_budget() -> None:
    assert {name for name, _, _ in TABLE} == set(widget_documents())


@pytest.mark.parametrize(("name", "who", "calls"), TABLE)
async def test_a_widget_asks_each_thing_once_and_nothing_else(
    campus: SimulatedCampus, open_campus: SimulatedCampus, name: str, who: str, calls: Calls
) -> None:
    asked = await variables(open_campus, name)
    await campus.forget_calls()
    answer = await campus.widget(name, asked, as_=who)
    assert [code for _, code, _ in answer.faults()] == (["FORBIDDEN"] if (name, who) in REFUSED else [])
    made = await campus.calls()
    assert {system: {outline(call) for call in each} for system, each in made.items()} == calls
    for system, each in made.items():
        assert len(each) == len(set(each)), f"asked twice of {system}"
        assert len(each) == len(calls[system]) + (LOOK_UPS.get((name, who), 1) - 1)


@pytest.mark.parametrize("name", sorted(set(ALEX) - {"dashboard"}))
def test_a_widget_costs_a_system_two_calls_at_most_look_ups_apart(name: str) -> None:
    for calls in (ALEX[name], JORDAN[name]):
        assert all(len(each - {PERSON}) <= 2 for each in calls.values())
