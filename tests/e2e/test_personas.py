"""Each persona sees their own world: what the systems hold, and null, without error, for what does not exist."""

from collections.abc import Set
from typing import Any, NamedTuple

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import Answer, SimulatedCampus

STUDIES = {"academicRecord", "enrolments", "timetable", "account"}
LIBRARY = {"loans", "holds", "fines"}
LIFE = {"housing", "campusCards"}
OWN = {"dashboard", "notifications", "unreadNotifications"}
"""What the gateway keeps itself."""
EVERYTHING = {"profile", "contacts", *STUDIES, *LIBRARY, "applications", "tickets", *LIFE, "bookings", *OWN}


class Sees(NamedTuple):
    accounts: set[str]
    """Systems that hold an account of theirs: the only ones their dashboard asks, beside what is public and live."""
    nothing: Set[str] = frozenset()
    """What does not exist for them."""
    idle: Set[str] = frozenset()
    """What exists and is empty."""


AT_CWB = {"sis-cwb", "library-cwb", "onestop-gz", "tickets-cwb", "life-cwb"}
STAFF = Sees({"sis-cwb", "library-cwb", "tickets-cwb"}, {*STUDIES, "applications", *LIFE, "bookings"})
ONLY_IN_GUANGZHOU = {"campusCards", "bookings"}
DASHBOARDS = {
    "alex": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "mei": Sees({"sis-gz", "library-gz", "onestop-gz", "tickets-cwb", "life-gz", "facilities-gz"}),
    "jordan": Sees({*AT_CWB, "sis-gz", "library-gz", "life-gz", "facilities-gz"}),
    "wing": Sees(
        {"sis-cwb", "library-cwb"}, {"applications", "tickets", *LIFE, "bookings"}, {"enrolments", "timetable"}
    ),
    "sam": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "taiman-a": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "taiman-b": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "bo": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "quinn": Sees(AT_CWB, ONLY_IN_GUANGZHOU),
    "lee": STAFF,
    "rita": STAFF,
    "pat": STAFF,
}
STUDENTS = [who for who, sees in DASHBOARDS.items() if "academicRecord" not in sees.nothing]


async def test_the_table_names_every_persona(open_campus: SimulatedCampus) -> None:
    async with open_campus.client.get("/sandbox/personas") as answer:
        told = await answer.json()
    assert {persona["id"] for persona in told} == {*DASHBOARDS, "ivy"}, "what she sees: test_applicant.py"
    # Whoever studies or studied here is one whose record the dashboard shows.
    assert {each["id"] for each in told if {"student", "alumna", "alumnus"} & set(each["roles"])} == set(STUDENTS)


@pytest.mark.parametrize("who", DASHBOARDS)
async def test_the_dashboard_shows_what_exists_and_null_for_what_does_not(
    cold_campus: SimulatedCampus, who: str
) -> None:
    sees = DASHBOARDS[who]
    answer = await cold_campus.widget("dashboard", as_=who)
    assert answer.errors == []
    me = answer.data["me"]
    assert set(me) == EVERYTHING
    assert {name for name, value in me.items() if value is None} == sees.nothing
    asked = {name: value for name, value in me.items() if value is not None and name not in OWN}
    assert {name for name, value in asked.items() if not _items(value)} == sees.idle
    assert me["dashboard"]["active"]["isDefault"]
    assert me["unreadNotifications"] == len(me["notifications"]["nodes"]) > 0
    assert set(await cold_campus.counts()) == {*sees.accounts, "shuttle-gz", "facilities-gz"}
    for public in ("services", "terms", "courses", "shuttles", "facilities", "announcements"):
        assert answer.data[public]["nodes"]
        assert answer.data[public]["unavailable"] == []


def _items(value: dict[str, Any]) -> Any:
    """What a part of the dashboard lists, whatever it calls it."""
    if "programmes" in value:
        return value["programmes"]["nodes"] and value["terms"]["nodes"]
    return value.get("nodes") or value.get("numbers") or value.get("balance") or value.get("meetings", {}).get("nodes")


@pytest.mark.parametrize("who", DASHBOARDS)
async def test_the_library_widgets_show_what_the_libraries_hold(open_campus: SimulatedCampus, who: str) -> None:
    named = await plain.claims(open_campus, who)
    loans, holds, fines = await held_by_the_libraries(open_campus, named.get("library_id"), named.get("gz_library_id"))
    borrowed = await open_campus.widget("loans", as_=who)
    waiting = await open_campus.widget("holds-and-fines", as_=who)
    assert [*borrowed.errors, *waiting.errors] == []
    shown = [(each["campus"], each["title"], plain.moment(each["dueAt"])) for each in borrowed.at("me.loans.nodes")]
    assert [due for *_, due in shown] == sorted(due for *_, due in shown)
    assert sorted(shown) == sorted(loans)
    assert sorted((each["campus"], each["title"]) for each in waiting.at("me.holds.nodes")) == sorted(holds)
    owed = [
        (each["title"] or "", float(each["balance"]["amount"]), each["balance"]["currency"])
        for each in waiting.at("me.fines.nodes")
    ]
    assert sorted(owed) == sorted(fines)


async def held_by_the_libraries(
    campus: SimulatedCampus, reader: str | None, card: str | None
) -> tuple[list[Any], list[Any], list[Any]]:
    """Loans and holds with their campus, fines with their currency, as plain reads of both libraries give them."""
    loans: list[Any] = []
    holds: list[Any] = []
    fines: list[Any] = []
    if reader:
        loans += [("CWB", *loan) for loan in await plain.loans(campus, reader)]
        holds += [("CWB", title) for title in await plain.holds(campus, reader)]
        fines += [(*fine, "HKD") for fine in await plain.fines(campus, reader)]
    if card:
        shelf = await plain.guangzhou_shelf(campus, card)
        loans += [("GZ", *loan) for loan in shelf.loans]
        holds += [("GZ", title) for title in shelf.holds]
        fines += [(title or "", balance, "CNY") for title, balance in shelf.fines]
    return loans, holds, fines


@pytest.mark.parametrize("who", DASHBOARDS)
async def test_applications_and_tickets_are_those_the_desks_hold(open_campus: SimulatedCampus, who: str) -> None:
    named = await plain.claims(open_campus, who)
    answer = await open_campus.widget("my-applications", {"first": 100}, as_=who)
    desk = await open_campus.widget("tickets", {"first": 100}, as_=who)
    assert [*answer.errors, *desk.errors] == []
    applicant, address = named.get("onestop_id"), named.get("ticket_address")
    held = await plain.applications(open_campus, applicant) if applicant else None
    assert _each(answer, "me.applications", "reference") == held
    asked = await plain.tickets(open_campus, address) if address else None
    assert _each(desk, "me.tickets", "subject") == asked


def _each(answer: Answer, path: str, leaf: str) -> set[str] | None:
    """One leaf of a connection that shows everything; None where there is none."""
    page = answer.at(path)
    if page is None:
        return None
    assert page["totalCount"] == len(page["nodes"])
    return {item[leaf] for item in page["nodes"]}


@pytest.mark.parametrize("who", DASHBOARDS)
async def test_room_and_card_are_what_the_offices_of_each_campus_hold(open_campus: SimulatedCampus, who: str) -> None:
    named = await plain.claims(open_campus, who)
    answer = await open_campus.widget("housing-and-card", {"first": 100}, as_=who)
    assert answer.errors == []
    rooms = [await plain.housing(open_campus, *each) for each in plain.homes(named)]
    shown = answer.at("me.housing.nodes")
    assert (shown is None) == (rooms == [])
    assert {plain.room_shown(each) for each in shown or ()} == set().union(*rooms)
    if "gz_card_number" not in named:
        assert answer.at("me.campusCards") is None
        return
    (card,) = answer.at("me.campusCards.nodes")
    held = await plain.card(open_campus, named["gz_card_number"])
    assert (card["status"].lower(), card["lossState"].lower().replace("_", "-")) == (
        held["state"],
        held["loss"]["state"],
    )
    assert card["balance"] == held["balance"]
    paid = card["transactions"]
    assert paid["totalCount"] == held["latest"]["total"] == len(paid["nodes"])
    assert [(each["number"], plain.moment(each["postedAt"]), each["amount"]) for each in paid["nodes"]] == [
        (row["number"], plain.moment(row["postedAt"]), row["amount"]) for row in held["latest"]["items"]
    ]


@pytest.mark.parametrize("who", DASHBOARDS)
async def test_the_profile_shows_what_each_campus_knows(open_campus: SimulatedCampus, who: str) -> None:
    numbers = await plain.numbers(open_campus, who)
    known = {system: await plain.person(open_campus.systems[system], number) for system, number in numbers.items()}
    answer = await open_campus.widget("profile", as_=who)
    assert answer.errors == []
    profile = answer.at("me.profile")
    assert {each["number"] for each in profile["numbers"]} == set(numbers.values())
    first = next(iter(known.values()))
    assert profile["displayName"] == first["displayName"]
    assert profile["dateOfBirth"] == first["dateOfBirth"]
    assert {
        (each["email"], each["privateEmail"], each["telephone"]) for each in answer.at("me.contacts.nodes")
    } == {(each["email"], each["secondaryEmail"], each["mobileNumber"]) for each in known.values()}  # fmt: skip
    assert {each["telephone"] for each in answer.at("me.emergencyContacts.nodes")} >= {
        each["ICEPhoneNumber"] for each in known.values()
    }


@pytest.mark.parametrize("who", STUDENTS)
async def test_grades_enrolments_and_timetable_are_those_of_the_student_systems(
    open_campus: SimulatedCampus, who: str
) -> None:
    numbers = await plain.numbers(open_campus, who)
    held = [await plain.studies(open_campus.systems[system], number) for system, number in numbers.items()]
    grades, enrolments, timetable = [
        await open_campus.widget(name, as_=who) for name in ("grades", "enrolments", "timetable")
    ]
    assert [*grades.errors, *enrolments.errors, *timetable.errors] == []
    shown = {
        (term["code"], result["courseCode"]): result["grade"]
        for term in grades.at("me.academicRecord.terms.nodes")
        for result in term["results"]
    }
    assert shown == {key: grade for each in held for key, grade in each.grades.items()}
    states = {"WAITLISTED": "queued", "ENROLLED": "associated", "CANCELLED": "cancelled", "FINISHED": "finished"}
    assert {
        (each["courseCode"], states[each["state"]]) for each in enrolments.at("me.enrolments.nodes")
    } == set().union(*(each.enrolments for each in held))  # fmt: skip
    assert {
        (each["section"]["code"], plain.moment(each["start"]), plain.moment(each["end"]), each["room"])
        for each in timetable.at("me.timetable.meetings.nodes")
    } == set().union(*(each.meetings for each in held))


@pytest.mark.parametrize(
    ("widget", "path"),
    [
        ("loans", "me.loans.nodes.0.title"),
        ("loans", "me.loans.nodes.0.id"),
        ("holds-and-fines", "me.holds.nodes.0.title"),
        ("my-applications", "me.applications.nodes.0.reference"),
        ("tickets", "me.tickets.nodes.0.subject"),
        ("grades", "me.academicRecord.terms.nodes.0.results.0.assessments.0.heldAt"),
        ("gpa-trend", "me.academicRecord.cumulativeGpa"),
        ("academic-history", "me.academicRecord.programmes.nodes.0.name"),
        ("account", "me.account.balance.0.amount"),
        ("housing-and-card", "me.housing.nodes.0.residence"),
        ("enrolments", "me.enrolments.nodes.0.id"),
        ("timetable", "me.timetable.meetings.nodes.0.section.course.code"),
        ("profile", "me.contacts.nodes.0.telephone"),
    ],
)
async def test_two_students_of_one_name_see_different_things(
    open_campus: SimulatedCampus, widget: str, path: str
) -> None:
    answers = [await open_campus.widget(widget, as_=who) for who in ("taiman-a", "taiman-b")]
    one, other = (answer.at(path) for answer in answers)
    assert None not in (one, other)
    assert one != other
