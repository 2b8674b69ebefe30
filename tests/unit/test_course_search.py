"""Searching courses: what is found by which words, in which order, and the same as by reading every course."""

import string
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sis import (
    Course,
    CourseAttribute,
    CourseKey,
    CourseLevel,
    CourseWish,
    Meeting,
    Section,
    SectionKey,
    TermCatalogue,
    searchable,
)
from connectors.sis.search import CourseSearch, matches, texts_of, words
from tests.recorded_term import recorded_term


def course(code, title="", *, zh="", about="", attributes=(), previous="", level=None):
    titles = {"en": title, "zh-Hant": zh} if zh else {"en": title}
    return Course(
        key=CourseKey("sis", "2610", code),
        campus="CWB",
        wire_id=code,
        title=titles,
        description={"en": about},
        credits=Decimal(3),
        prerequisite="",
        corequisite="",
        exclusion="",
        attributes=[CourseAttribute(code=each, description=meaning) for each, meaning in attributes],
        previous_code=previous,
        level=level,
    )


def section(of, number, *, days=(), instructors=(), left=1):
    return Section(
        key=SectionKey("sis", "2610", number),
        campus="CWB",
        wire_id=str(number),
        code="L1",
        course=of.key,
        quota=10,
        enrolled=10 - left,
        waitlisted=0,
        meetings=[Meeting(day=day, start=time(9), end=time(10), room="TBA") for day in days],
        instructors=instructors,
        remarks=[],
        reserved_quotas=[],
    )


COMP2011 = course("COMP 2011", "Programming with C++", zh="程式設計", about="Pointers, 遞歸.", previous="COMP 104")
COMP2012H = course("COMP 2012H", "Honors Programming", level=CourseLevel.BACHELOR)
COMP5211 = course("COMP 5211", "Advanced Artificial Intelligence", zh="人工智能進階", level=CourseLevel.MASTER)
HUMA1000 = course(
    "HUMA 1000", "Poincaré, Programming and Poetry", attributes=[("[CC22]", "Students admitted from 2022")]
)
MATH2011 = course("MATH 2011", "Multivariable Calculus", about="Programming is not needed; COMP students welcome.")
COURSES = sorted((COMP2011, COMP2012H, COMP5211, HUMA1000, MATH2011), key=lambda each: each.code)
SECTIONS = {
    "COMP 2011": [
        section(COMP2011, 1, days=("MONDAY", "WEDNESDAY"), instructors=["CHAN, Tai Man", "LEE, Siu Lung"], left=0),
        section(COMP2011, 2, days=("FRIDAY",), instructors=["陳大文"], left=2),
    ],
    "HUMA 1000": [section(HUMA1000, 3, days=("MONDAY",), instructors=["O'NEILL, Ann-Marie"], left=0)],
}


def catalogue(courses, sections):
    every = [each for own in sections.values() for each in own]
    return searchable(
        TermCatalogue(
            courses=courses,
            course_by_code={each.code: each for each in courses},
            sections_by_course=sections,
            section_by_number={each.class_number: each for each in every},
            section_by_wire_id={each.wire_id: each for each in every},
            gaps={},
        )
    )


CATALOGUE = catalogue(COURSES, SECTIONS)


def found(**wish):
    return [each.course.code for each in CATALOGUE.matching(CourseWish(**wish))]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("COMP2011", ["COMP 2011"]),
        ("comp 2011", ["COMP 2011", "MATH 2011"]),
        ("comp 20", ["COMP 2011", "COMP 2012H", "MATH 2011"]),
        ("comp20", ["COMP 2011", "COMP 2012H"]),
        ("ＣＯＭＰ２０１１", ["COMP 2011"]),
        ("comp104", ["COMP 2011"]),
        ("2011", ["COMP 2011", "MATH 2011"]),
        ("programming", ["COMP 2011", "COMP 2012H", "HUMA 1000", "MATH 2011"]),
        ("prog honors", ["COMP 2012H"]),
        ("gramming", []),
        ("程式設計", ["COMP 2011"]),
        ("程式", ["COMP 2011"]),
        ("計", ["COMP 2011"]),
        ("程設", []),
        ("设计", []),
        ("遞歸 comp", ["COMP 2011"]),
        ("人工智能 advanced", ["COMP 5211"]),
        ("進階人工", []),
        ("poincare", ["HUMA 1000"]),
        ("cc22", ["HUMA 1000"]),
        ("admitted 2022", ["HUMA 1000"]),
        ("tai man", ["COMP 2011"]),
        ("陳大文", ["COMP 2011"]),
        ("o'neill", ["HUMA 1000"]),
        ("comp huma", []),
    ],
)
def test_all_words_must_be_there_and_codes_come_first_then_titles(typed, codes):
    assert found(search=typed) == codes


def test_what_is_no_word_leaves_all_courses_in_order_of_code():
    assert found() == found(search=" ++ ") == [each.code for each in COURSES]


def test_a_code_comes_before_a_title_and_a_title_before_the_rest():
    ranks = [(each.rank, each.course.code) for each in CATALOGUE.matching(CourseWish(search="comp"))]
    assert ranks == [(0, "COMP 2011"), (0, "COMP 2012H"), (0, "COMP 5211"), (2, "MATH 2011")]
    ranks = [(each.rank, each.course.code) for each in CATALOGUE.matching(CourseWish(search="programming"))]
    assert ranks == [(1, "COMP 2011"), (1, "COMP 2012H"), (1, "HUMA 1000"), (2, "MATH 2011")]


@pytest.mark.parametrize(
    ("wish", "codes"),
    [
        ({"level": CourseLevel.MASTER}, ["COMP 5211"]),
        ({"attribute": "CC22"}, ["HUMA 1000"]),
        ({"attribute": "[cc22]"}, ["HUMA 1000"]),
        ({"attribute": "CC2"}, []),
        ({"instructor": "chan"}, ["COMP 2011"]),
        ({"instructor": "Tai CHAN"}, ["COMP 2011"]),
        ({"instructor": "chan siu"}, []),
        ({"open_seats": True}, ["COMP 2011"]),
        ({"open_seats": False}, ["COMP 2012H", "COMP 5211", "HUMA 1000", "MATH 2011"]),
        ({"days": frozenset({"MONDAY", "SUNDAY"})}, ["COMP 2011", "HUMA 1000"]),
        ({"days": frozenset({"MONDAY"}), "open_seats": True}, []),
        ({"days": frozenset({"FRIDAY"}), "open_seats": True}, ["COMP 2011"]),
        ({"days": frozenset({"FRIDAY"}), "instructor": "chan"}, []),
        ({"search": "programming", "days": frozenset({"MONDAY"})}, ["COMP 2011", "HUMA 1000"]),
    ],
)
def test_what_is_wanted_of_a_class_is_true_of_one_and_the_same(wish, codes):
    assert found(**wish) == codes


def test_an_empty_catalogue_holds_nothing():
    assert catalogue([], {}).matching(CourseWish(search="comp")) == []


def by_reading(courses, sections, typed):
    """Every course read word for word."""
    hits = []
    for each in courses:
        kinds = [words(text) for text in texts_of(each, sections.get(each.code, ()))]
        places = [
            next((rank for rank, kind in enumerate(kinds) if any(matches(asked, word) for word in kind)), None)
            for asked in words(typed)
        ]
        if None not in places:
            hits.append((max(places, default=0), each.code))
    return sorted(hits)


WORD = st.text(alphabet="abC12程式設计 é-", min_size=0, max_size=6)


@st.composite
def universities(draw):
    codes = draw(st.lists(st.from_regex(r"[AB]{2} [12]{1,3}[A-B]?", fullmatch=True), unique=True, max_size=8))
    courses = [
        course(
            code, draw(WORD), zh=draw(WORD), about=f"{draw(WORD)} {draw(WORD)}", attributes=[(draw(WORD), draw(WORD))]
        )
        for code in sorted(codes)
    ]
    sections = {each.code: [section(each, 1, instructors=[draw(WORD)])] for each in courses if draw(st.booleans())}
    return courses, sections


@settings(max_examples=300, deadline=None)
@given(universities(), st.lists(WORD, max_size=3).map(" ".join))
def test_search_finds_what_reading_every_course_finds(university, typed):
    courses, sections = university
    search = CourseSearch(courses, [sections.get(each.code, ()) for each in courses])
    assert [(each.rank, each.course.code) for each in search.find(typed)] == by_reading(courses, sections, typed)


@given(st.text())
def test_words_are_folded_and_never_hold_a_blank(text):
    for word in words(text):
        assert word
        assert not set(word) & set(string.whitespace + string.punctuation)


@pytest.fixture(scope="module")
def term():
    """The real term as the class schedule tells it; skipped where the recording is not beside the checkout."""
    courses, sections = [], {}
    for listed in recorded_term().values():
        for row in listed:
            each = course(
                f"{row['subject']} {row['course']}",
                row["name"],
                about=row["info"].get("description", ""),
                attributes=[(mark["title"], mark["description"]) for mark in row["attrs"]],
                previous=row["info"].get("previous-code", ""),
            )
            courses.append(each)
            sections[each.code] = [
                section(each, line["number"], instructors=line["instructors"]) for line in row["sections"]
            ]
    courses.sort(key=lambda each: each.code)
    return courses, sections, CourseSearch(courses, [sections[each.code] for each in courses])


@pytest.mark.parametrize(
    "typed",
    ["COMP2011", "comp 20", "machine learning", "mach", "cc22", "staff 1088", "a", "numerical physics", "zzz", "e"],
)
def test_in_a_real_term_search_finds_what_reading_every_course_finds(term, typed):
    courses, sections, search = term
    assert [(each.rank, each.course.code) for each in search.find(typed)] == by_reading(courses, sections, typed)
