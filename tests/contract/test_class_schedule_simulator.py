"""The simulated class schedule, in the markup of old terms and of new, read back by the connector."""

import sqlite3

import pytest

from connectors import sis
from connectors.sis import ClassSchedule
from sandbox import schedule_pages

from .schedule_university import COURSES, SECTIONS, schedule_university
from .simulators import clock_at
from .small_university import NOW
from .wire import reached, witnessed


@pytest.fixture
async def site():
    db = sqlite3.connect(":memory:")
    schedule_pages.seed(db, schedule_university(), "CWB")
    async with witnessed(schedule_pages.build_app(db, clock_at(NOW), "")) as (origin, seen):
        yield origin, seen
    db.close()


@pytest.mark.parametrize("code", ["2540", "2610"])
async def test_both_markups_say_what_the_university_offers(site, code):
    origin, seen = site
    async with reached(ClassSchedule, origin) as schedule:
        terms = await schedule.ask().terms()
        assert [(term.code, term.name["en"]) for term in terms] == [
            ("2610", "2026-27 Fall"),
            ("2540", "2025-26 Summer"),
        ]
        (term,) = [each for each in terms if each.code == code]
        catalogue = await schedule.ask().catalogue(term)
    assert not catalogue.gaps
    assert [course.code for course in catalogue.courses] == sorted(COURSES)
    for course in catalogue.courses:
        made = COURSES[course.code]
        assert course.title == {"en": made.title["en"]}
        assert float(course.credits) == made.units
        assert course.description == made.description
        assert [(each.code, each.description) for each in course.attributes] == list(made.attributes)
        texts = (course.prerequisite, course.corequisite, course.exclusion, course.previous_code)
        assert texts == (made.prerequisite, made.corequisite, made.exclusion, made.previous_code)
    assert sorted(catalogue.section_by_number) == [1001, 1002, 1003, 1004]
    for made in SECTIONS[:-1]:
        section = catalogue.section_by_number[made.class_number]
        figures = (section.code, section.course.code, section.quota, section.enrolled, section.waitlisted)
        assert figures == (made.code, made.course_code, made.quota, made.enrolled, made.waitlisted)
        assert section.available == max(0, made.quota - made.enrolled)
        assert section.instructors == list(made.instructors)
        assert section.remarks == list(made.remarks)
        assert section.consent == (made.class_number in (1001, 1003))
        assert section.meetings == [
            sis.Meeting(
                day=each.day,
                start=each.start,
                end=each.end,
                room=each.room,
                first_date=each.first_date,
                last_date=each.last_date,
            )
            for each in made.meetings
        ]
        assert [(each.group, each.quota, each.enrolled) for each in section.reserved_quotas] == [
            (each.group, each.quota, each.enrolled) for each in made.reserved_quotas
        ]
    assert {each.path for each in seen} >= {"/wcq/cgi-bin/", "/wcq/cgi-bin/2610/", f"/wcq/cgi-bin/{code}/subject/COMP"}
