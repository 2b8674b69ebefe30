"""Which sessions of a student system are terms, whoever runs it, and what stands in a term's calendar."""

from datetime import UTC, datetime

from connectors.sis import CalendarKind
from connectors.sis.oeapi_calendar import terms
from connectors.sis.oeapi_shapes import CalendarOnWire, Code, Ext, SessionOnWire, SessionProfile, Translated
from connectors.wire import System

SYSTEM = System("sis-1", "sis", "CWB", "oeapi")


def session(id_, kind, starts, ends, *, parent=None, calendar=None):
    return SessionOnWire(
        academic_session_id=id_,
        primary_code=Code("identifier", id_),
        name=[Translated("en", id_)],
        start_date_time=datetime(2026, *starts, tzinfo=UTC),
        end_date_time=datetime(2026, *ends, 23, 59, tzinfo=UTC),
        academic_session_type=kind,
        parent_id=parent,
        ext=Ext(SessionProfile(calendar)) if calendar else None,
    )


def told(*rows):
    return {
        term.code: [(event.kind, event.name["en"], event.teaches_as) for event in term.calendar]
        for term in terms(SYSTEM, rows, UTC)
    }


def test_a_term_within_a_year_is_one_and_a_period_within_a_term_is_none():
    year = session("year", "academic_year", (1, 1), (12, 31))
    fall = session("fall", "semester", (9, 1), (12, 20), parent="year")
    winter = session("winter", "period", (1, 2), (1, 31), parent="year")
    weeks = session("weeks", "period", (9, 1), (9, 14), parent="fall", calendar=CalendarOnWire("add_drop"))
    assert told(year, weeks, fall, winter) == {"fall": [(CalendarKind.ADD_DROP, "weeks", None)], "winter": []}


def test_without_the_profile_testing_periods_are_examinations_and_the_rest_is_other():
    fall = session("fall", "semester", (9, 1), (12, 20))
    exams = session("exams", "testing_period", (12, 7), (12, 20), parent="fall")
    something = session("something", "period", (10, 1), (10, 2), parent="fall")
    assert told(fall, exams, something) == {
        "fall": [(CalendarKind.OTHER, "something", None), (CalendarKind.EXAMINATIONS, "exams", None)]
    }


def test_a_word_nobody_knows_is_other_and_a_day_that_is_none_teaches_nothing():
    fall = session("fall", "semester", (9, 1), (12, 20))
    strange = session("x", "period", (10, 1), (10, 1), parent="fall", calendar=CalendarOnWire("sports_day", "FUNDAY"))
    assert told(fall, strange) == {"fall": [(CalendarKind.OTHER, "x", None)]}


def test_a_testing_period_of_no_term_stands_nowhere():
    assert told(session("exams", "testing_period", (12, 7), (12, 20))) == {}
