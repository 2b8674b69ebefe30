"""What the OEAPI connector asks and is answered keeps the standard, and becomes the university it was made from."""

import dataclasses
import json
import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from campus.grades import RepeatPolicy
from connectors.sis import EnrolmentState, Oeapi, SectionKey
from connectors.wire import AccountConflict, UpstreamBadResponse
from sandbox import oeapi
from sandbox.academic_calendar import events_of
from sandbox.grades import item_name, plan_of
from sandbox.population import populate
from sandbox.terms import term_of
from sandbox.university import CAMPUS_TIME

from .openapi import spec
from .simulators import clock_at
from .wire import Recorded, keep_to, reached, replayed, witnessed

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)
SECRET = "bearer-of-the-registry"


@pytest.fixture(scope="module")
def university():
    return populate(1, 60, NOW)


@pytest.fixture(scope="module")
def people(university):
    return {person.persona: person for person in university.people if person.persona}


@pytest.fixture
async def registry(university):
    """The student system of Clear Water Bay; whatever was said is held against the standard in the end."""
    db = sqlite3.connect(":memory:")
    oeapi.seed(db, university, "CWB")
    async with (
        witnessed(oeapi.build_app(db, clock_at(NOW), SECRET)) as (origin, seen),
        reached(Oeapi, origin, SECRET) as registry,
    ):
        yield registry.ask()
    db.close()
    keep_to(spec("oeapi-v6.yaml"), seen)
    assert {each.headers["Authorization"] for each in seen} == {f"Bearer {SECRET}"}


async def test_terms_winter_and_summer_too_come_latest_first_and_years_are_none(registry, university):
    terms = await registry.terms()
    expected = sorted(university.campuses["CWB"].terms, key=lambda term: term.starts, reverse=True)
    assert [(term.code, term.starts_at.date(), term.ends_at.date()) for term in terms] == [
        (term.code, term.starts, term.ends) for term in expected
    ]
    assert {term.starts_at.tzinfo for term in terms} == {ZoneInfo("Asia/Hong_Kong")}


async def test_a_terms_catalogue_is_that_of_the_university(registry, university):
    campus = university.campuses["CWB"]
    term = next(term for term in await registry.terms() if term.code == "2610")
    catalogue = await registry.catalogue(term)
    planned = {section.class_number: section for section in campus.sections["2610"] if section.state == "active"}
    assert set(catalogue.section_by_number) == set(planned)
    assert {section.state for section in campus.sections["2610"]} > {"active"}, (
        "cancelled ones are there to be left out"
    )
    for number, section in catalogue.section_by_number.items():
        model = planned[number]
        assert section.key == SectionKey("system-1", "2610", number)
        assert (section.code, section.course.code) == (model.code, model.course_code)
        assert (section.quota, section.enrolled, section.waitlisted) == (model.quota, model.enrolled, model.waitlisted)
        assert [
            (each.day, each.start, each.end, each.room, each.first_date, each.last_date) for each in section.meetings
        ] == [dataclasses.astuple(each) for each in model.meetings]
        assert [(each.group, each.quota, each.enrolled) for each in section.reserved_quotas] == [
            dataclasses.astuple(each) for each in model.reserved_quotas
        ]
        assert (list(section.instructors), list(section.remarks)) == (list(model.instructors), list(model.remarks))
        assert section in catalogue.sections_by_course[section.course.code]
        assert catalogue.section_by_wire_id[section.wire_id] is section
    assert [course.code for course in catalogue.courses] == sorted(catalogue.course_by_code)
    for course in catalogue.courses:
        model = campus.courses[course.code]
        assert (course.title["en"], course.credits) == (model.title["en"], model.units)
        assert (course.prerequisite, course.exclusion) == (model.prerequisite, model.exclusion)


async def test_a_terms_calendar_is_that_of_the_campus(registry):
    terms = await registry.terms()
    for term in terms:
        expected = [
            (each.kind.upper(), each.name["en"], each.starts, each.ends, each.teaches_as)
            for each in events_of("CWB", term_of(term.code))
        ]
        told = [
            (each.kind.value, each.name["en"], each.starts, each.ends, each.teaches_as and each.teaches_as.value)
            for each in term.calendar
        ]
        assert sorted(told, key=str) == sorted(expected, key=str)
        assert {(each.system, each.campus, each.term_code) for each in term.calendar} <= {
            ("system-1", term.campus, term.code)
        }
    assert any(term.calendar for term in terms)


async def test_rooms_are_known_by_what_the_schedule_prints(registry, university):
    places = await registry.places()
    printed = {
        meeting.room
        for sections in university.campuses["CWB"].sections.values()
        for section in sections
        for meeting in section.meetings
    }
    assert set(places) == printed - {"TBA"} | {"Sports Hall"}
    for name, place in places.items():
        assert place.room == name
        assert place.building["zh-Hant"]
        assert (22, 114) < (place.latitude, place.longitude) < (23, 115)


async def test_examinations_are_the_tests_that_are_sat(registry, university):
    term = next(term for term in await registry.terms() if term.code == "2610")
    exams = await registry.exams(term)
    courses = university.campuses["CWB"].courses
    offered = {section.course_code for section in university.campuses["CWB"].sections["2610"]}
    expected = {
        (code, item_name(item)["en"])
        for code in offered
        if courses[code].units
        for item, *_ in plan_of(courses[code])
        if item in ("midterm", "final")
    }
    assert {(exam.course.code, exam.name["en"]) for exam in exams.values()} == expected
    assert all(exam.start < exam.end and exam.room != "TBA" for exam in exams.values())
    assert all(wire_id == exam.wire_id for wire_id, exam in exams.items())


async def test_a_person_is_found_by_number_with_all_other_numbers(registry, people):
    jordan = people["jordan"]
    person = await registry.person(jordan.accounts["cwb_sis_id"])
    assert person.display_name == f"{jordan.given_name} {jordan.surname}"
    assert (person.date_of_birth, person.contacts.email) == (jordan.date_of_birth, jordan.email)
    assert person.identity.codes == {
        "x-university-person-id": [jordan.key],
        "x-cwb-sis-id": [jordan.accounts["cwb_sis_id"]],
        "x-gz-sis-id": [jordan.accounts["gz_sis_id"]],
        "x-library-id": [jordan.accounts["library_id"]],
        "x-onestop-id": [jordan.accounts["onestop_id"]],
        "x-ticket-address": [jordan.accounts["ticket_address"]],
        "x-gz-library-id": [jordan.accounts["gz_library_id"]],
        "x-gz-booking-user": [jordan.accounts["gz_booking_user"]],
        "x-gz-card-number": [jordan.accounts["gz_card_number"]],
        "x-cwb-resident-id": [jordan.accounts["cwb_resident_id"]],
    }
    assert [each.name for each in person.emergency_contacts] == [each[0] for each in jordan.emergency_contacts]
    assert await registry.person("00000000") is None


async def test_a_students_enrolments_seats_and_programme_are_those_of_the_record(registry, people):
    quinn = people["quinn"].records["CWB"]
    person = (await registry.person(quinn.number)).identity.wire_id
    enrolments = await registry.enrolments(person)
    assert [(each.course.code, each.course.term, each.credits) for each in enrolments] == [
        (each.course_code, each.term, each.units) for each in quinn.enrolments
    ]
    assert [each.grade for each in enrolments] == [
        None if model.grade == "I" else model.grade for model in quinn.enrolments
    ]
    states = {"associated": "ENROLLED", "queued": "WAITLISTED", "cancelled": "CANCELLED", "finished": "FINISHED"}
    assert [each.state for each in enrolments] == [EnrolmentState(states[each.state]) for each in quinn.enrolments]
    assert len(await registry.seats(person)) > 40, "each enrolment has a lecture at least, and some a laboratory"
    (programme,) = await registry.programmes(person)
    assert (programme.code, programme.year_of_study) == (quinn.programme, quinn.year_of_study)


async def test_a_students_file_is_what_the_offices_keep(registry, people):
    alex = people["alex"].records["CWB"]
    person = await registry.person(alex.number)
    assert [(hold.reason["en"], hold.blocks_enrolment, hold.since) for hold in person.holds] == [
        (hold.reason["en"], hold.blocks_enrolment, hold.since) for hold in alex.file.holds
    ]
    account, kept = person.account, alex.file.account
    assert (account.balance.amount, account.balance.currency) == (kept.balance, "HKD")
    assert [(each.item["zh-Hant"], each.amount.amount, each.due) for each in account.charges] == [
        (each.item["zh-hant"], each.amount, each.due) for each in kept.charges
    ]
    assert [(each.amount.amount, each.paid_at, each.method) for each in account.payments] == [
        (each.amount, each.paid, each.method) for each in kept.payments
    ]
    (studied,) = await registry.programmes(person.identity.wire_id)
    assert (studied.standing.state_label, studied.standing.since_term) == (
        alex.file.standing.state,
        alex.file.standing.since,
    )
    assert [(each.institution, each.country) for each in studied.exchanges] == [
        (each.institution, each.country) for each in alex.file.exchanges
    ]
    assert (studied.repeat_policy, {code.split()[0] for code in studied.major_courses}) == (
        RepeatPolicy.REPLACE,
        {"COMP"},
    )
    staff = await registry.person(people["pat"].accounts["cwb_sis_id"])
    assert (staff.account, staff.holds) == (None, [])


async def test_marks_are_read_with_their_halves_and_kept_back_until_released(registry, people):
    alex = people["alex"].records["CWB"]
    person = (await registry.person(alex.number)).identity.wire_id
    by_course = await registry.assessments(person)
    planned = {(row.course_code, row.term): row.assessment for row in alex.enrolments if row.assessment}
    assert {(key.code, key.term) for key in by_course} == set(planned)
    for key, items in by_course.items():
        models = sorted(planned[key.code, key.term], key=lambda item: item.held)
        assert [(each.name["en"], each.weight, each.maximum, each.held_at, each.released) for each in items] == [
            (each.name["en"], each.weight, each.maximum, each.held, each.released) for each in models
        ]
        assert [each.score for each in items] == [
            each.score + each.half_mark / 2 if each.released else None for each in models
        ]
    everything = [item for items in planned.values() for item in items]
    assert any(item.score is not None and not item.released for item in everything)
    assert any(item.half_mark for item in everything)


async def test_an_advisors_students_are_the_groups_without_the_advisor(registry, people):
    lee = await registry.person(people["lee"].accounts["cwb_sis_id"])
    numbers = {student.number for student in await registry.advisees(lee.identity.advisees_group)}
    assert numbers >= {people[name].accounts["cwb_sis_id"] for name in ("alex", "jordan", "taiman-a")}
    assert people["lee"].accounts["cwb_sis_id"] not in numbers
    alex = await registry.person(people["alex"].accounts["cwb_sis_id"])
    assert (alex.identity.advisees_group, alex.advisor.name) == (None, lee.display_name)


def person_page(*numbers, more=False):
    rows = [
        {
            "personId": f"0a1b2c3d-0000-4000-8000-00000000000{place}",
            "primaryCode": {"codeType": "student_number", "code": number},
        }
        for place, number in enumerate(numbers)
    ]
    return Recorded(200, "application/json", json.dumps({"items": rows, "hasNextPage": more}).encode())


async def person_of(*pages):
    async with replayed(*pages) as (origin, seen), reached(Oeapi, origin, SECRET) as registry:
        return await registry.ask().person("20000001"), seen


async def test_two_persons_of_one_number_are_nobody():
    with pytest.raises(AccountConflict):
        await person_of(person_page("20000001", "20000001"))


async def test_somebody_else_than_asked_for_is_a_bad_response():
    """A service that does not know the parameter would answer with whoever comes first."""
    with pytest.raises(UpstreamBadResponse, match="not asked for"):
        await person_of(person_page("20000002"))


async def test_pages_are_read_until_there_is_no_next():
    with pytest.raises(AccountConflict):
        await person_of(person_page("20000001", more=True), person_page("20000001"))
    found, (first, second) = await person_of(person_page(more=True), person_page("20000001"))
    assert found.identity.number == "20000001"
    assert first.query == [("primaryCode", "20000001"), ("pageSize", "250"), ("pageNumber", "1")]
    assert dict(second.query)["pageNumber"] == "2"


async def test_a_list_without_end_is_a_bad_response(monkeypatch):
    monkeypatch.setattr("connectors.sis.oeapi.PAGES", 3)
    with pytest.raises(UpstreamBadResponse, match="more than 3 pages"):
        await person_of(*[person_page(more=True)] * 3)
