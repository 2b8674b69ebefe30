"""A term's courses and sections, few, but with everything that a class schedule's page may print of one."""

from dataclasses import replace
from datetime import date, time

from sandbox.terms import term_of
from sandbox.university import Course, Meeting, ReservedQuota, Section, University

from .small_university import small_university

NINE, HALF_PAST_TEN, NOON = time(9), time(10, 30), time(12)

COURSES = {
    "COMP 2011": Course(
        "COMP 2011",
        {"en": "Programming with C++ & Objects", "zh-hant": "程式設計"},
        {"en": "Classes < templates."},
        4.0,
        "bachelor",
        (("[CC22]", "Students admitted from 2022"), ("[DELI]", "Mode of Delivery")),
        prerequisite="COMP 1021 OR COMP 1022P",
        corequisite="MATH 1013",
        exclusion="COMP 2012H",
        previous_code="COMP 104",
    ),
    "COMP 6990": Course("COMP 6990", {"en": "MPhil Thesis Research"}, {}, 0.0, "master"),
    "IMBA 5540": Course("IMBA 5540", {"en": "Negotiation (Part 1)"}, {"en": "To yes."}, 0.5, "master"),
}

SECTIONS = (
    Section(
        1001,
        "L1",
        "COMP 2011",
        100,
        101,
        12,
        (
            Meeting("MONDAY", NINE, HALF_PAST_TEN, "Lecture Theater A (433)"),
            Meeting("WEDNESDAY", NINE, HALF_PAST_TEN, "Lecture Theater A (433)"),
            Meeting("FRIDAY", NOON, time(12, 50), "Rm 2465, Lift 25-26 (122)"),
        ),
        ("CHAN, Tai Man", "LEE, Siu Ming"),
        (
            "For COMP students; others wait:\n - until week 2",
            "Add/Drop Deadline : 14-Sep",
            "Instructor Consent Required",
        ),
        (ReservedQuota("Exchange: all", 10, 3), ReservedQuota("SBM UG", 20, 20)),
    ),
    Section(1002, "LA1", "COMP 2011", 50, 50, 0, (), ("TBA",)),
    Section(1003, "R1", "COMP 6990", 5, 0, 0, (), ("TBA",), ("Instructor Consent Required",)),
    Section(
        1004,
        "L01",
        "IMBA 5540",
        30,
        29,
        0,
        (
            Meeting("SATURDAY", time(14), time(17, 20), "TBA", date(2026, 9, 5), date(2026, 9, 26)),
            Meeting("SUNDAY", NINE, NOON, "Rm 2001, LSK Bldg", date(2026, 10, 4), date(2026, 10, 4)),
        ),
        ("WONG, Ada",),
    ),
    Section(1005, "L2", "COMP 2011", 50, 0, 0, (), ("TBA",), state="cancelled"),
)


def schedule_university() -> University:
    """Its Clear Water Bay offers these in two terms, one in the markup of old and one in that of now."""
    terms = (term_of("2540"), term_of("2610"))
    small = small_university()
    campus = replace(
        small.campuses["CWB"], terms=terms, courses=COURSES, sections={each.code: SECTIONS for each in terms}
    )
    return replace(small, campuses={**small.campuses, "CWB": campus})
