"""What a person studies: programmes and enrolments."""

from datetime import date
from decimal import Decimal

import strawberry

from connectors import sis
from connectors.sis import EnrolmentState
from resolvers import studies

from .cards import Data
from .courses import Course, Section
from .enums import STATE_LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .node import Node

STUDENT = "To show students, and those who advise them, what they study."

described(
    EnrolmentState,
    "How a person stands to a course or programme.",
    {
        "PENDING": "Asked for, not decided.",
        "WAITLISTED": "Waiting for a seat.",
        "ENROLLED": "Takes part.",
        "DENIED": "Refused.",
        "CANCELLED": "Dropped.",
        "FINISHED": "Over.",
        "OTHER": "Something else: see `stateLabel`.",
    },
)


@campus_type(record=sis.ProgrammeEnrolment, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires="record:read")
class ProgrammeEnrolment:
    """A programme a person studies or studied."""

    code: str = field("Code of the programme.")
    name: str = translated("name", "Name of the programme.")
    level: str | None = field("bachelor, master or doctoral.")
    campus: str = field("Code of the campus.")
    year_of_study: int | None = field("1 is the first.")
    state: EnrolmentState = field("How the person stands to it.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    admitted: date | None = field("First day.")
    expected_graduation: date | None = field("When it should end, or ended.")


@campus_type(
    record=sis.Enrolment, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires="enrolment:read", node=True
)
class Enrolment(Node):
    """A person in one course of one term."""

    id: strawberry.ID = global_id_of("Enrolment")
    course_code: str = field("Catalogue code of the course.")
    course_title: str = translated("course_title", "Title of the course.")
    course: Course | None = resolved(studies.course_of_enrolment, "The course, if it is still in the catalogue.")
    term_code: str = field("Code of the term.")
    campus: str = field("Code of the campus.")
    state: EnrolmentState = field("How the person stands to the course.")
    state_label: str = labelled("state", STATE_LABEL, own="state_label")
    credits: Decimal | None = field("Credits it is worth.")
    sections: list[Section] | None = resolved(studies.sections_of_enrolment, "The classes the person has a seat in.")
