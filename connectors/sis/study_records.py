"""What persons study, in campus words: programmes, enrolments, results and marks, and what a campus makes of them."""

import enum
from collections.abc import Set
from datetime import date, datetime
from decimal import Decimal

from campus.grades import RepeatPolicy
from campus.record import Record
from campus.text import Text

from .records import CourseKey


class EnrolmentState(enum.Enum):
    PENDING = "PENDING"
    WAITLISTED = "WAITLISTED"
    ENROLLED = "ENROLLED"
    DENIED = "DENIED"
    CANCELLED = "CANCELLED"
    FINISHED = "FINISHED"
    OTHER = "OTHER"


class StandingState(enum.Enum):
    GOOD = "GOOD"
    WARNING = "WARNING"
    PROBATION = "PROBATION"
    SUSPENDED = "SUSPENDED"
    OTHER = "OTHER"


class TransferState(enum.Enum):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    OTHER = "OTHER"


class Seat(Record, frozen=True):
    """A person's place in one section; `wire_id` is the section's own id, joined to the term's index."""

    owner: str
    section_wire_id: str
    state: EnrolmentState


class Origin(Record, frozen=True):
    """A course as another institution gave it, before its credits were transferred."""

    institution: str
    course_code: str | None
    course_title: Text


class Enrolment(Record, frozen=True):
    """A person in one course of one term, with what came of it."""

    system: str
    campus: str
    owner: str
    """Wire id of the person."""
    id: str
    course: CourseKey
    course_title: Text
    state: EnrolmentState
    state_label: str
    """The system's own word, kept where ours is OTHER."""
    credits: Decimal | None
    grade: str | None
    """None until released."""
    passed: bool | None
    result_at: datetime | None
    origin: Origin | None
    """Of transferred credits."""

    @property
    def on_record(self) -> bool:
        """What was dropped or refused, and what is only waited for, is no part of a record."""
        return self.state in (EnrolmentState.ENROLLED, EnrolmentState.FINISHED)

    @property
    def transferred(self) -> bool:
        """Whether the credits were brought from another institution."""
        return self.origin is not None or self.grade == "T"

    @property
    def course_code(self) -> str:
        return self.course.code

    @property
    def term_code(self) -> str:
        return self.course.term


class Assessment(Record, frozen=True):
    """One assessed item of a course: a quiz, a project, the final examination."""

    course: CourseKey
    test: str
    """The system's own id of what is assessed; an examination's is in the term's index."""
    name: Text
    state: EnrolmentState
    weight: int | None
    """Percent of the course."""
    maximum: Decimal | None
    """Marks at most."""
    score: Decimal | None
    """Marks reached; None until marked, and until released."""
    released: bool
    held_at: datetime
    seat: str | None
    """Where the person sits, of an examination with seats."""


class Standing(Record, frozen=True):
    """How a campus judges a student's progress."""

    campus: str
    programme_code: str
    state: StandingState
    state_label: str
    since_term: str
    """Code of the term after which it was given."""


class Exchange(Record, frozen=True):
    campus: str
    institution: str
    country: str | None
    term_code: str


class CreditTransfer(Record, frozen=True):
    """A course of one campus that another recognises; an enrolment at the first alone."""

    campus: str
    course_code: str
    credits: Decimal
    from_campus: str
    from_course_code: str
    from_term_code: str
    state: TransferState
    state_label: str


class ProgrammeEnrolment(Record, frozen=True):
    system: str
    campus: str
    owner: str
    id: str
    code: str
    name: Text
    level: str | None
    year_of_study: int | None
    state: EnrolmentState
    state_label: str
    admitted: date | None
    expected_graduation: date | None
    repeat_policy: RepeatPolicy
    major_courses: Set[str]
    """Codes of the courses over which the major average is taken; none where the programme names none."""
    standing: Standing | None
    """None until a term is over."""
    exchanges: list[Exchange]
    credit_transfers: list[CreditTransfer]
