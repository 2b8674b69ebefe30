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
PATRON = "GET /api/v1/patrons"
CHECKOUTS = "GET /api/v1/checkouts"
RESERVES = "GET /api/v1/holds"
DEBITS = "GET /api/v1/patrons/*/account"
ITEMS = "GET /api/v1/items"
BIBLIOS = "GET /api/v1/biblios"
APPLICATIONS = "POST /query/historic-process-instances"
STEPS = "POST /query/historic-task-instances"
TICKETS = "GET /REST/2.0/tickets"
CATALOGUE = "GET /"
HAPPENED = "POST /REST/2.0/transactions"
WRITTEN = "POST /REST/2.0/attachments"
HOUSING = "GET /people/*/housing"
CARD = "GET /people/*/card"
REPORTS = "GET /gtfs-rt/trip-updates.pb"
TAKEN = "GET /Web/Services/index.php/Reservations/"
BOOKINGS = f"{TAKEN}?userId"
ALERTS = "GET /gtfs-rt/alerts.pb"
POSITIONS = "GET /gtfs-rt/vehicle-positions.pb"

SHELF = {"library-cwb": {LOANS, HOLDS, FINES}}
GUANGZHOU = {
    "loans": {"library-gz": {PATRON, CHECKOUTS, ITEMS}},
    "holds-and-fines": {"library-gz": {PATRON, RESERVES, DEBITS, ITEMS}},
    "today": {"library-gz": {PATRON, CHECKOUTS, ITEMS}},
    "dashboard": {"library-gz": {PATRON, CHECKOUTS, RESERVES, DEBITS, ITEMS}},
}
"""What widgets ask Guangzhou's library, which tells titles of items only, and of all lists at once. It knows the
gateway, which has read its e-resources."""
SERVICES = {"onestop-gz": {APPLICATIONS, STEPS}}
DESK = {"tickets-cwb": {TICKETS}}
ROOM = {"life-cwb": {HOUSING}}
ROOM_AND_CARD = {"life-gz": {HOUSING, CARD}}
SHUTTLE = {"shuttle-gz": {REPORTS, ALERTS}}
FACILITIES = {"facilities-gz": {TAKEN}}
BOOKED = {"facilities-gz": {BOOKINGS}}
FACILITIES_AND_BOOKED = {"facilities-gz": {TAKEN, BOOKINGS}}
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
    "today": {"sis-cwb": {PERSON, SEATS, MARKS}, "library-cwb": {LOANS}, **SERVICES, "shuttle-gz": {REPORTS}},
    "exams": {"sis-cwb": {PERSON, MARKS}},
    "calendar": {"sis-cwb": {PERSON, SEATS, MARKS}},
    "loans": {"sis-cwb": {PERSON}, "library-cwb": {LOANS}},
    "holds-and-fines": {"sis-cwb": {PERSON}, "library-cwb": {HOLDS, FINES}},
    "e-resources": {},
    "catalogue-search": {"catalogue-cwb": {CATALOGUE}, "library-gz": {BIBLIOS, ITEMS}},
    "my-applications": SERVICES,
    "tickets": {"tickets-cwb": {TICKETS, HAPPENED}},
    # Only the student system can say that Guangzhou gave no card.
    "housing-and-card": {"sis-cwb": {PERSON}, **ROOM},
    "advisees": {},
    "course-catalogue": {},
    "course-search": {},
    "seat-watch": {},
    # Who belongs to another campus may apply for nothing, whatever else holds.
    "service-catalogue": {},
    "service": {},
    "announcements": {},
    "notifications": {},
    "shuttle-board": SHUTTLE,
    "facilities": FACILITIES,
    # Only the student system can say that there is no account in Guangzhou.
    "my-bookings": {"sis-cwb": {PERSON}},
    "shuttle-map": {"shuttle-gz": {POSITIONS, ALERTS}},
    "systems-status": {},
    "dashboard": {"sis-cwb": RECORD, **SHELF, **SERVICES, **DESK, **ROOM, **SHUTTLE, **FACILITIES},
}
"""A student of one campus. Whose account it is, the token tells but for the student system's own id: PERSON. That there
is none in the other campus's library, the student's own campus has to say."""

STUDY = (
    "profile", "grades", "gpa-trend", "academic-history", "account", "enrolments", "timetable", "exams", "calendar",
)  # fmt: skip

JORDAN: Mapping[str, Calls] = {
    **ALEX,
    "loans": {"library-cwb": {LOANS}, **GUANGZHOU["loans"]},
    "holds-and-fines": {"library-cwb": {HOLDS, FINES}, **GUANGZHOU["holds-and-fines"]},
    **{name: {**ALEX[name], "sis-gz": ALEX[name]["sis-cwb"]} for name in STUDY},
    "today": {**ALEX["today"], "sis-gz": ALEX["today"]["sis-cwb"], **GUANGZHOU["today"], **BOOKED},
    "my-bookings": BOOKED,
    "housing-and-card": {**ROOM, **ROOM_AND_CARD},
    "dashboard": {
        **ALEX["dashboard"],
        "sis-gz": RECORD,
        **GUANGZHOU["dashboard"],
        **ROOM_AND_CARD,
        **FACILITIES_AND_BOOKED,
    },
    "service-catalogue": {"sis-gz": {PERSON, PROGRAMMES}, "life-gz": {CARD}},
    "service": {"sis-gz": {PERSON, PROGRAMMES}},
}
"""A student of both campuses: the same of the other student system, what the other library has, a second room, a card,
bookings, nothing else."""

OTHERS: Mapping[tuple[str, str], Calls] = {
    # Only Guangzhou's student system can say that she has no account in Clear Water Bay's library.
    ("loans", "mei"): {"sis-gz": {PERSON}, **GUANGZHOU["loans"]},
    ("housing-and-card", "mei"): {"sis-gz": {PERSON}, **ROOM_AND_CARD},
    ("dashboard", "mei"): {
        "sis-gz": RECORD,
        **GUANGZHOU["dashboard"],
        **SERVICES,
        **DESK,
        **ROOM_AND_CARD,
        **SHUTTLE,
        **FACILITIES_AND_BOOKED,
    },
    ("dashboard", "wing"): {"sis-cwb": RECORD, **SHELF, **SHUTTLE, **FACILITIES},
    ("dashboard", "lee"): {"sis-cwb": {PERSON}, **SHELF, **DESK, **SHUTTLE, **FACILITIES},
    # Whether she is a postgraduate only her student system knows, and how her card stands only the card centre.
    ("service-catalogue", "mei"): {"sis-gz": {PERSON, PROGRAMMES}, "life-gz": {CARD}},
    ("service", "mei"): {"sis-gz": {PERSON, PROGRAMMES}},
    ("advisees", "lee"): {"sis-cwb": {PERSON, ADVISEES}},
    ("student-record", "lee"): {"sis-cwb": {PERSON, ADVISEES, PROGRAMMES, ENROLMENTS}},
    ("student-record", "rita"): {"sis-cwb": {PERSON, PROGRAMMES, ENROLMENTS}},
    ("anything", "alex"): {"library-cwb": {LOANS}},
    ("ticket", "alex"): {"tickets-cwb": {TICKETS, HAPPENED, WRITTEN}},
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
    """Method and path, without the account in it; and, where one path has two questions, whose things are asked for."""
    method, _, asked = call.partition(" ")
    path = re.split("[? ]", asked, maxsplit=1)[0]
    whose = "?userId" if "?userId=" in asked else ""
    persons = r"^(/persons|/groups|/almaws/v1/users|/people|/api/v1/patrons)/[^/]+/"
    return f"{method} " + re.sub(persons, r"\1/*/", path) + whose


async def variables(campus: SimulatedCampus, name: str) -> dict[str, Any]:
    if name == "seat-watch":
        answer = await campus.ask('{ courses(campus: "CWB", first: 1) { nodes { sections { classNumber } } } }')
        number = answer.at("courses.nodes.0.sections.0.classNumber")
        return {"campus": "CWB", "classNumber": number}
    if name == "catalogue-search":
        return {"search": "machine learning"}
    if name == "student-record":
        answer = await campus.ask("{ me { profile { numbers { number } } } }", as_="alex")
        return {"campus": "CWB", "number": answer.at("me.profile.numbers.0.number")}
    if name == "service":
        return {"key": "graduate-room-change"}
    if name == "ticket":
        answer = await campus.ask("{ me { tickets { nodes { id } } } }", as_="alex")
        return {"id": answer.at("me.tickets.nodes.0.id")}
    if name == "anything":
        answer = await campus.ask("{ me { loans { nodes { id } } } }", as_="alex")
        return {"id": answer.at("me.loans.nodes.0.id")}
    return {}


def test_no_widget_is_without_its_budget() -> None:
    assert {name for name, _, _ in TABLE} == set(widget_documents())


@pytest.mark.parametrize(("name", "who", "calls"), TABLE)
async def test_a_widget_asks_each_thing_once_and_nothing_else(
    open_campus: SimulatedCampus, name: str, who: str, calls: Calls
) -> None:
    asked = await variables(open_campus, name)
    open_campus.forget_people()
    await open_campus.forget_calls()
    answer = await open_campus.widget(name, asked, as_=who)
    assert [code for _, code, _ in answer.faults()] == (["FORBIDDEN"] if (name, who) in REFUSED else [])
    made = await open_campus.calls()
    assert {system: {outline(call) for call in each} for system, each in made.items()} == calls
    for system, each in made.items():
        assert len(each) == len(set(each)), f"asked twice of {system}"
        assert len(each) == len(calls[system]) + (LOOK_UPS.get((name, who), 1) - 1)


MORE_THAN_TWO = {("holds-and-fines", "library-gz"): {RESERVES, DEBITS, ITEMS}}
"""Each with a decision of its own: docs/decisions/0016."""


@pytest.mark.parametrize("name", sorted(set(ALEX) - {"dashboard"}))
def test_a_widget_costs_a_system_two_calls_at_most_look_ups_apart(name: str) -> None:
    for calls in (ALEX[name], JORDAN[name]):
        asked = {system: each - {PERSON, PATRON} for system, each in calls.items()}
        assert all(len(each) <= 2 or MORE_THAN_TWO[name, system] == each for system, each in asked.items())
