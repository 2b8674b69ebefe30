"""Which phase of the year a day lies in, and what a calendar does to weekly meetings."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus.timetable import DAYS, SchoolDays, Weekly, occurrences
from connectors import sis
from connectors.sis import CalendarKind
from resolvers.calendar import AcademicPhase, phase_of
from sandbox.academic_calendar import easter, events_of
from sandbox.terms import term_of


def event(kind, starts, ends):
    return sis.CalendarEvent(
        system="sis", campus="CWB", term_code="2610", kind=kind, name={"en": kind.value}, starts=starts, ends=ends
    )


def term(code, starts, ends, *events):
    return sis.Term(
        key=sis.TermKey("sis", code),
        campus="CWB",
        wire_id=code,
        name={"en": code},
        starts_at=datetime.combine(starts, time(), UTC),
        ends_at=datetime.combine(ends, time(23, 59, 59), UTC),
        calendar=events,
    )


TERMS = [
    term(
        "2610",
        date(2026, 9, 1),
        date(2026, 12, 20),
        event(CalendarKind.BEFORE_TERM, date(2026, 8, 4), date(2026, 8, 31)),
        event(CalendarKind.ADD_DROP, date(2026, 9, 1), date(2026, 9, 14)),
        event(CalendarKind.PUBLIC_HOLIDAY, date(2026, 10, 1), date(2026, 10, 1)),
        event(CalendarKind.STUDY_BREAK, date(2026, 11, 30), date(2026, 12, 6)),
        event(CalendarKind.EXAMINATIONS, date(2026, 12, 7), date(2026, 12, 20)),
    ),
    term("2620", date(2027, 1, 2), date(2027, 1, 31)),
    term("2630", date(2027, 2, 1), date(2027, 5, 31),
         event(CalendarKind.BEFORE_TERM, date(2027, 1, 4), date(2027, 1, 31))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 8, 3), AcademicPhase.BETWEEN_TERMS),
        (date(2026, 8, 4), AcademicPhase.BEFORE_TERM),
        (date(2026, 8, 31), AcademicPhase.BEFORE_TERM),
        (date(2026, 9, 1), AcademicPhase.ADD_DROP),
        (date(2026, 9, 15), AcademicPhase.TEACHING),
        (date(2026, 10, 1), AcademicPhase.TEACHING),
        (date(2026, 12, 6), AcademicPhase.STUDY_BREAK),
        (date(2026, 12, 20), AcademicPhase.EXAMINATIONS),
        (date(2026, 12, 21), AcademicPhase.BETWEEN_TERMS),
        # The winter term runs while registration for spring is open.
        (date(2027, 1, 10), AcademicPhase.TEACHING),
        (date(2027, 2, 1), AcademicPhase.TEACHING),
        (date(2027, 6, 1), AcademicPhase.BETWEEN_TERMS),
    ],
)
def test_the_phase_of_a_day(day, phase):
    assert phase_of(TERMS, day) == phase


def test_a_campus_that_tells_no_terms_is_between_them():
    assert phase_of([], date(2026, 10, 1)) == AcademicPhase.BETWEEN_TERMS


def weekly(day):
    return Weekly(day, day, time(9), time(10), date(2026, 9, 1), date(2026, 12, 20))


def test_classes_fall_out_on_a_holiday_and_are_made_up_for_on_a_saturday():
    golden_week = SchoolDays(
        off=frozenset(date(2026, 10, day) for day in range(1, 8)), taught_as={date(2026, 10, 10): "WEDNESDAY"}
    )
    held = occurrences(
        [weekly("WEDNESDAY"), weekly("SATURDAY")], date(2026, 9, 28), date(2026, 10, 17), UTC, golden_week
    )
    assert [(each.what, each.start.date().isoformat()) for each in held] == [
        ("WEDNESDAY", "2026-09-30"),
        ("WEDNESDAY", "2026-10-10"),
        ("WEDNESDAY", "2026-10-14"),
        ("SATURDAY", "2026-10-17"),
    ]


DATES = st.dates(date(2026, 8, 20), date(2026, 12, 31))


@given(
    st.lists(st.sampled_from(DAYS), max_size=4),
    DATES,
    st.integers(0, 60),
    st.frozensets(DATES, max_size=8),
    st.dictionaries(DATES, st.sampled_from(DAYS), max_size=5),
)
def test_a_meeting_takes_place_on_the_days_that_are_taught_as_its_own(days, first, length, off, taught_as):
    last = first + timedelta(days=length)
    held = occurrences([weekly(day) for day in days], first, last, UTC, SchoolDays(off, taught_as))
    range_ = [first + timedelta(days=each) for each in range(length + 1)]
    expected = [
        (each, day)
        for each in range_
        for day in days
        if date(2026, 9, 1) <= each <= date(2026, 12, 20)
        and each not in off
        and taught_as.get(each, DAYS[each.weekday()]) == day
    ]
    assert sorted((each.start.date(), each.what) for each in held) == sorted(expected)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2030, date(2030, 4, 21))],
)
def test_easter_is_when_it_is(year, day):
    assert easter(year) == day


@pytest.mark.parametrize("campus", ["CWB", "GZ"])
@pytest.mark.parametrize("code", ["2410", "2430", "2510", "2530", "2610", "2630"])
def test_every_main_term_ends_with_a_study_break_and_examinations(campus, code):
    term = term_of(code)
    spans = {each.kind: (each.starts, each.ends) for each in events_of(campus, term)}
    assert spans["before_term"][1] == term.starts - timedelta(days=1)
    assert spans["add_drop"][0] == term.starts
    assert spans["study_break"][1] + timedelta(days=1) == spans["examinations"][0]
    assert spans["examinations"][1] == term.ends
    assert ("make_up_day" in spans) == (campus == "GZ")
