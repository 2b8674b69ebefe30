"""The recorded pages of a real term, held against the same term as JSON: every course, section, meeting and figure."""

from datetime import datetime
from decimal import Decimal

import pytest

from connectors.sis import ClassSchedule, CourseAttribute, CourseLevel
from connectors.wire import UpstreamBadResponse
from tests.recorded_term import SUBJECTS, TERM, recorded_site, recorded_term, sections_as_told

from .simulators import served
from .wire import ZONE, reached, witnessed

TEXTS = {
    "prerequisite": "pre-requisite",
    "corequisite": "co-requisite",
    "exclusion": "exclusion",
    "previous_code": "previous-code",
}


async def read(site):
    async with served(site) as origin, reached(ClassSchedule, origin) as schedule:
        terms = await schedule.ask().terms()
        (term,) = [term for term in terms if term.code == TERM]
        return terms, await schedule.ask().catalogue(term)


@pytest.fixture(scope="module")
async def whole():
    return await read(recorded_site())


async def test_terms_are_those_the_pages_link_to_on_the_dates_such_terms_have(whole):
    terms, _ = whole
    assert [(term.code, term.name, term.starts.isoformat(), term.ends.isoformat()) for term in terms] == [
        ("2340", {"en": "2023-24 Summer"}, "2024-06-15", "2024-08-20"),
        ("2330", {"en": "2023-24 Spring"}, "2024-02-01", "2024-05-31"),
        ("2320", {"en": "2023-24 Winter"}, "2024-01-02", "2024-01-31"),
        ("2310", {"en": "2023-24 Fall"}, "2023-09-01", "2023-12-20"),
    ]
    assert terms[1].starts_at == datetime(2024, 2, 1, tzinfo=ZONE)


async def test_every_course_of_the_recorded_subjects_is_as_the_term_has_it(whole):
    _, catalogue = whole
    told = [course for subject in SUBJECTS for course in recorded_term()[subject]]
    assert [course.code for course in catalogue.courses] == sorted(f"{row['subject']} {row['course']}" for row in told)
    for row in told:
        course = catalogue.course_by_code[f"{row['subject']} {row['course']}"]
        assert course.title == {"en": row["name"]}
        assert course.credits == Decimal(str(row["units"]))
        assert course.description == {"en": row["info"]["description"]}
        assert {ours: getattr(course, ours) for ours in TEXTS} == {
            ours: row["info"].get(theirs, "") for ours, theirs in TEXTS.items()
        }
        marks = [CourseAttribute(code=mark["title"], description=mark["description"]) for mark in row["attrs"]]
        details = [f"{each.code} {each.description}".strip() for each in course.attributes[len(marks) :]]
        assert course.attributes[: len(marks)] == marks
        assert details == list(filter(None, row["info"].get("attributes", "").split("\n")))


async def test_every_section_meeting_quota_and_remark_of_the_recorded_subjects_is_as_the_term_has_it(whole):
    _, catalogue = whole
    counted = 0
    for subject in SUBJECTS:
        for row in recorded_term()[subject]:
            sections = catalogue.sections_by_course[f"{subject} {row['course']}"]
            assert [as_told(section) for section in sections] == sections_as_told(row)
            counted += len(sections)
    assert counted == len(catalogue.section_by_number) == len(catalogue.section_by_wire_id) == 970


def as_told(section):
    return {
        "code": section.code,
        "classNumber": section.class_number,
        "quota": section.quota,
        "enrolled": section.enrolled,
        "available": section.available,
        "waitlisted": section.waitlisted,
        "remarks": section.remarks,
        "instructors": section.instructors,
        "reservedQuotas": [
            {"group": each.group, "quota": each.quota, "enrolled": each.enrolled} for each in section.reserved_quotas
        ],
        "meetings": [
            {
                "day": each.day,
                "start": each.start.isoformat(),
                "end": each.end.isoformat(),
                "room": each.room,
                "firstDate": each.first_date.isoformat() if each.first_date else None,
                "lastDate": each.last_date.isoformat() if each.last_date else None,
            }
            for each in section.meetings
        ],
    }


async def test_consent_and_level_are_told_where_the_pages_have_them(whole):
    _, catalogue = whole
    consented = {section.class_number for section in catalogue.section_by_number.values() if section.consent}
    asked = {
        row["number"]
        for subject in SUBJECTS
        for course in recorded_term()[subject]
        for row in course["sections"]
        if "Instructor Consent Required" in row["remarks"]
    }
    assert consented == asked
    assert len(asked) == 52
    codes = ("COMP 1021", "COMP 5212", "COMP 7990")
    assert [catalogue.course_by_code[code].level for code in codes] == [
        CourseLevel.BACHELOR,
        CourseLevel.MASTER,
        CourseLevel.DOCTORAL,
    ]


async def test_subjects_that_are_linked_and_not_there_are_told_as_gaps(whole):
    _, catalogue = whole
    assert set(catalogue.gaps) == set(recorded_term()) - set(SUBJECTS)
    gap = catalogue.gaps["ACCT"]
    assert issubclass(gap.kind, UpstreamBadResponse)
    assert str(gap.failure("sis")) == "sis: /wcq/cgi-bin/2330/subject/ACCT: HTTP 404"
    assert 800 < gap.retry_after <= 900


async def test_a_copy_without_entrances_is_found_by_the_subjects_of_every_term(whole):
    terms, catalogue = await read(recorded_site(front=None))
    assert terms == whole[0]
    assert catalogue.courses == whole[1].courses


async def test_each_page_is_asked_for_once_however_often_the_term_is_read():
    async with (
        witnessed(recorded_site()) as (origin, seen),
        reached(ClassSchedule, origin) as schedule,
    ):
        for _ in range(2):
            (term,) = [term for term in await schedule.ask().terms() if term.code == TERM]
            await schedule.ask().catalogue(term)
    paths = [each.path for each in seen]
    assert len(paths) == len(set(paths)) == 2 + 96
