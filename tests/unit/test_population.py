"""The simulated university keeps the rules of a real one, and is the same each time it is made."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from sandbox.grades import PASSED
from sandbox.population import populate
from sandbox.prerequisites import satisfied
from sandbox.seats import kind_of
from sandbox.timetable import week_of
from sandbox.university import CAMPUS_TIME

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)
CURRENT = "2610"


@pytest.fixture(scope="module")
def university():
    return populate(1, 400, NOW)


@pytest.fixture(scope="module")
def personas(university):
    return {person.persona: person for person in university.people if person.persona}


def students(university):
    return [person for person in university.people if "student" in person.affiliations]


def enrolments(person):
    return [(campus, row) for campus, record in person.records.items() for row in record.enrolments]


def test_the_same_seed_students_and_clock_make_the_same_university(university):
    assert populate(1, 400, NOW) == university
    assert populate(2, 400, NOW) != university


def test_there_are_as_many_students_as_asked_for(university):
    everybody = students(university)
    assert len(everybody) == 400
    at_home = Counter(person.home_campus for person in everybody)
    assert at_home["CWB"] == pytest.approx(300, abs=35)
    assert 7 <= sum(len(person.records) == 2 for person in everybody) <= 12


def test_no_two_accounts_are_alike_and_each_is_where_it_belongs(university):
    codes = [code for person in university.people for code in person.accounts.values()]
    assert len(codes) == len(set(codes))
    for person in university.people:
        at_cwb = "CWB" in person.records or (not person.records and person.home_campus == "CWB")
        admitted = "applicant" not in person.affiliations
        assert at_cwb == ("cwb_sis_id" in person.accounts)
        assert ("library_id" in person.accounts) == (at_cwb and admitted)
        assert ("onestop_id" in person.accounts) == ("student" in person.affiliations)
        assert ("ticket_address" in person.accounts) == (admitted and "alumni" not in person.affiliations)
        digits = ["".join(filter(str.isdigit, code))[-6:] for code in person.accounts.values()]
        assert len(digits) == len(set(digits)), "no number gives another away"


def test_nobody_is_in_two_places_at_once(university):
    weeks = {
        (campus.code, term, section.class_number): week_of(section.meetings)
        for campus in university.campuses.values()
        for term, sections in campus.sections.items()
        for section in sections
    }
    for person in university.people:
        busy = Counter()
        for campus, row in enrolments(person):
            if row.state not in ("associated", "finished"):
                continue
            for number in row.class_numbers:
                week = weeks[campus, row.term, number]
                assert not busy[row.term] & week, (person.key, row)
                busy[row.term] |= week


def test_every_section_has_a_seat_for_whoever_is_in_it(university):
    taken = Counter(
        (campus, row.term, number)
        for person in university.people
        for campus, row in enrolments(person)
        if row.state in ("associated", "finished")
        for number in row.class_numbers
    )
    for campus in university.campuses.values():
        for term, sections in campus.sections.items():
            for section in sections:
                assert taken[campus.code, term, section.class_number] <= section.enrolled <= section.quota
                if section.state == "cancelled":
                    assert section.enrolled == 0


def test_prerequisites_were_passed_in_an_earlier_term(university):
    for person in university.people:
        for campus, record in person.records.items():
            courses = university.campuses[campus].courses
            for row in record.enrolments:
                passed = {
                    other.course_code for other in record.enrolments if other.term < row.term and other.grade in PASSED
                }
                transferred = {other.course_code for other in record.enrolments if other.grade == "T"}
                if row.grade != "T":
                    assert satisfied(courses[row.course_code].prerequisite, passed | transferred), (person.key, row)


def test_undergraduates_carry_a_full_load(university):
    loads = [
        sum(row.units for _, row in enrolments(person) if row.term == CURRENT and row.state == "associated")
        for person in students(university)
        if person.persona != "bo" and all(record.programme.startswith("BSC") for record in person.records.values())
    ]
    assert max(loads) <= 18
    assert sum(load >= 12 for load in loads) >= 0.97 * len(loads)


def test_assessments_weigh_a_hundred_and_marks_fit_their_maximum(university):
    assessed = [row for person in university.people for _, row in enrolments(person) if row.assessment]
    assert len(assessed) > 1000
    for row in assessed:
        assert sum(item.weight for item in row.assessment) == 100
        for item in row.assessment:
            assert item.score is None or 0 <= item.score + item.half_mark / 2 <= item.maximum
            assert item.score is not None or not item.released
    running = [item for row in assessed if row.term == CURRENT for item in row.assessment]
    assert {item.score is None for item in running} == {item.released for item in running} == {True, False}


def test_records_hold_everything_that_happens_to_students(university):
    rows = [row for person in university.people for _, row in enrolments(person)]
    assert {"T", "P", "W", "I", "F", "A+", None} <= {row.grade for row in rows}
    assert {row.state for row in rows} == {"associated", "queued", "cancelled", "finished"}
    assert any(
        count > 1
        for person in university.people
        for count in Counter(row.course_code for _, row in enrolments(person)).values()
    ), "somebody repeated a course"


def test_the_catalogue_speaks_three_languages_and_the_schedule_has_its_quirks(university):
    cwb, gz = university.campuses["CWB"], university.campuses["GZ"]
    assert (len(cwb.courses), len(gz.courses)) == (280, 120)
    assert all(set(course.title) == {"en", "zh-hant", "zh-hans"} for course in cwb.courses.values())
    sections = cwb.sections[CURRENT]
    assert {kind_of(section)[0] for section in sections} == {"L", "T", "LA", "R"}
    assert any(len(section.meetings) > 1 for section in sections)
    assert any(section.state == "cancelled" for section in sections)
    assert any(section.reserved_quotas for section in sections)
    assert any(section.waitlisted for section in sections)
    assert any(meeting.room == "TBA" for section in sections for meeting in section.meetings)


def test_the_personas_are_who_the_documentation_says(personas):
    count = {name: [row for _, row in enrolments(person)] for name, person in personas.items()}
    assert len(count["bo"]) == 2
    assert len(count["quinn"]) == 40
    assert set(personas["jordan"].records) == {"CWB", "GZ"}
    for campus in ("CWB", "GZ"):
        assert any(
            row.term == CURRENT and row.state == "associated" for row in personas["jordan"].records[campus].enrolments
        )
    assert personas["wing"].email == personas["sam"].email
    assert personas["wing"].records["CWB"].state == "finished"
    assert set(personas["wing"].accounts) == {"cwb_sis_id", "library_id"}
    first, second = personas["taiman-a"], personas["taiman-b"]
    assert (first.given_name, first.surname, first.date_of_birth) == (
        second.given_name,
        second.surname,
        second.date_of_birth,
    )
    assert first.key != second.key
    assert "library_id" not in personas["mei"].accounts
    assert set(personas["ivy"].accounts) == {"cwb_sis_id"}
    assert personas["rita"].entitlements == ("registrar:CWB",)
    assert {"queued", "cancelled", "associated", "finished"} == {row.state for row in count["alex"]}
    assert {"T", "W", "F"} <= {row.grade for row in count["alex"]}


def test_lee_advises_whom_the_documentation_names(personas, university):
    lee = personas["lee"].key
    advised = {name for name, person in personas.items() for record in person.records.values() if record.advisor == lee}
    assert advised == {"alex", "jordan", "taiman-a"}
    assert sum(record.advisor == lee for person in university.people for record in person.records.values()) > len(
        advised
    )


@pytest.mark.parametrize(
    "now", [datetime(2026, 3, 18, 10, tzinfo=CAMPUS_TIME), datetime(2026, 7, 8, 9, tzinfo=CAMPUS_TIME)]
)
def test_the_personas_keep_their_numbers_at_any_time_of_the_year(now):
    university = populate(3, 30, now)
    rows = {person.persona: [row for _, row in enrolments(person)] for person in university.people}
    assert (len(rows["bo"]), len(rows["quinn"])) == (2, 40)


def test_another_clock_makes_another_university(university):
    assert populate(1, 400, NOW.replace(day=29)).people != replace(university).people
