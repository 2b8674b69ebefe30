"""The academic calendar, as everybody sees it."""

from datetime import date

import strawberry

from campus.academic_year import AcademicPhase
from campus.timetable import Day
from connectors import sis
from connectors.sis import CalendarKind
from resolvers import calendar

from .cards import Data
from .courses import CAMPUS
from .enums import LABEL, described
from .fields import campus_type, field, labelled, resolved, translated
from .node import Unavailable

described(
    CalendarKind,
    "What stands in an academic calendar.",
    {
        "TERM": "A term.",
        "BEFORE_TERM": "Registration for the term to come.",
        "ADD_DROP": "Courses may be added and dropped.",
        "READING_WEEK": "A week without classes within the term.",
        "STUDY_BREAK": "The days without classes before examinations.",
        "EXAMINATIONS": "Examinations are held, and no classes.",
        "PUBLIC_HOLIDAY": "No class meets.",
        "MAKE_UP_DAY": "The classes of another day of the week meet: see `teachesAs`.",
        "OTHER": "Something else: see `name`.",
    },
)
described(
    AcademicPhase,
    "A phase of the academic year.",
    {
        "BEFORE_TERM": "Registration for the term to come is open.",
        "ADD_DROP": "A term has begun, and courses may be added and dropped.",
        "TEACHING": "Classes meet, but for holidays.",
        "STUDY_BREAK": "Classes are over, examinations are to come.",
        "EXAMINATIONS": "Examinations are held.",
        "BETWEEN_TERMS": "None of these.",
    },
)


@campus_type(record=sis.CalendarEvent, data=Data.PUBLIC, system="sis")
class CalendarEvent:
    """Something that lasts one day or several, in the calendar of one campus."""

    campus: str = field("Code of the campus.")
    kind: CalendarKind = field("What it is.")
    kind_label: str = labelled("kind", LABEL)
    name: str = translated("name", "Name, such as National Day.")
    term_code: str = field("Code of the term it belongs to.")
    starts: date = field("First day.")
    ends: date = field("Last day.")
    without_classes: bool = field("Whether no class meets on these days.")
    teaches_as: Day | None = field("Of a make-up day: the day of the week whose classes meet.")


@campus_type(record=calendar.AcademicCalendar, data=Data.PUBLIC, system="sis")
class AcademicCalendar:
    """What the campuses have beside lessons within a range of days."""

    nodes: list[CalendarEvent] = field("In order of the first day.")
    unavailable: list[Unavailable] = field("Campuses that could not be asked.")
    phase: AcademicPhase | None = resolved(
        calendar.phase,
        "The phase of the academic year that a campus is in.",
        arguments={
            "campus": "Code of a campus; the calendar's, if left out.",
            "at": "When; now, if left out. Without a zone it is meant in the campus's.",
        },
    )
    phase_label: str | None = resolved(
        calendar.phase_label,
        LABEL,
        arguments={"campus": "As of `phase`.", "at": "As of `phase`."},
    )


@strawberry.type
class CalendarQueries:
    academic_calendar: AcademicCalendar | None = resolved(
        calendar.academic_calendar,
        "Terms, registration, examinations, holidays and make-up days.",
        arguments={
            "campus": CAMPUS,
            "from": "First day; today, if left out.",
            "to": "Last day; half a year after the first, if left out.",
        },
    )
