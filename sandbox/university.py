"""The simulated university in its own words: what the population is made of before any system stores it.

Every system keeps its own copy in its own shape, under its own identifiers; nothing here is served as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from .student_file import Origin, StudentFile

CAMPUS_TIME = timezone(timedelta(hours=8))
"""Both campuses keep +08:00 the whole year."""

Text = Mapping[str, str]
"""One text in several languages: `en` always, `zh-hant` and `zh-hans` where they exist."""


@dataclass(frozen=True, slots=True)
class Term:
    code: str
    """YY of the academic year, then 10 autumn, 20 winter, 30 spring, 40 summer: 2610."""
    name: Text
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Meeting:
    day: str
    """MONDAY … SUNDAY."""
    start: time
    end: time
    room: str
    """As the schedule prints it; `TBA` where none is given yet."""
    first_date: date | None = None
    """Set, with last_date, where the meeting takes place in part of the term only."""
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReservedQuota:
    group: str
    quota: int
    enrolled: int


@dataclass(frozen=True, slots=True)
class Section:
    class_number: int
    """Unique within campus and term; what a student enrols in."""
    code: str
    """L1, T2A, LA3, R1: the kind of teaching and its number."""
    course_code: str
    quota: int
    enrolled: int
    waitlisted: int
    meetings: Sequence[Meeting]
    instructors: Sequence[str]
    remarks: Sequence[str] = ()
    reserved_quotas: Sequence[ReservedQuota] = ()
    state: str = "active"
    """active or cancelled; a real system lists both."""


@dataclass(frozen=True, slots=True)
class Course:
    code: str
    """Subject, a space, number: COMP 2011."""
    title: Text
    description: Text
    units: float
    level: str
    """bachelor, master or doctoral."""
    attributes: Sequence[tuple[str, str]] = ()
    """(code, meaning), as ("[CC22]", "Students admitted from 2022")."""
    prerequisite: str = ""
    corequisite: str = ""
    exclusion: str = ""
    previous_code: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentItem:
    name: Text
    weight: int
    """Percent of the course."""
    maximum: int
    score: int | None
    """None until marked."""
    released: bool
    held: datetime
    half_mark: bool = False
    """Half a mark more than `score`."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person in one course of one term at one campus."""

    term: str
    course_code: str
    class_numbers: Sequence[int]
    """The sections: a lecture and, where the course has them, a tutorial and a laboratory."""
    state: str
    """associated, queued, cancelled or finished, as OEAPI has it."""
    units: float
    grade: str | None = None
    """A+ … F, P, T, W …; None while the course runs."""
    assessment: Sequence[AssessmentItem] = ()
    origin: Origin | None = None
    """Where a transferred course (T) was really taken."""


@dataclass(frozen=True, slots=True)
class Programme:
    code: str
    name: Text
    campus: str
    level: str
    """bachelor, master or doctoral."""
    repeat_policy: str = "replace"
    """Of a repeated course only the last attempt counts in averages (replace), or each does (both)."""

    @property
    def subject(self) -> str:
        """The subject whose courses are its major ones."""
        return self.code.split("-")[-1]


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """What one campus keeps on one student."""

    campus: str
    number: str
    """The campus's own student number; never reissued, different at each campus."""
    programme: str
    """Programme code."""
    year_of_study: int
    admitted: date
    expected_graduation: date
    state: str
    """associated, or finished for alumni."""
    enrolments: Sequence[Enrolment]
    advisor: str | None
    """Key of the advising Person."""
    file: StudentFile | None = None
    """What the registry and the finance office keep; None while the record is in the making."""


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    """The university's person id, the same at both campuses: `p-000017`. Never reissued."""
    given_name: str
    surname: str
    chinese_name: str
    email: str
    """The address on the card; empty for applicants. A graduate's may have been given to somebody else since."""
    private_email: str
    telephone: str
    date_of_birth: date
    gender: str
    """m, f, x: OEAPI's letters."""
    nationality: str
    """ISO 3166-1 alpha-2."""
    address: tuple[str, str, str, str]
    """Street, number, city, ISO country."""
    emergency_contacts: Sequence[tuple[str, str, str]]
    """(name, relation, telephone)."""
    home_campus: str
    """Whose identity provider signs this person in by default."""
    affiliations: Sequence[str]
    """applicant, student, alumni, faculty, staff."""
    accounts: Mapping[str, str]
    """Account names by what they are called in tokens and codes: `cwb_sis_id`, `gz_sis_id`, `library_id`,
    `gz_library_id`, `onestop_id`, `ticket_address`, `gz_booking_user`, `gz_card_number`, `cwb_resident_id`.
    Absent: this person has no account there. All differ for one person."""
    records: Mapping[str, StudentRecord] = field(default_factory=dict)
    """By campus code. Empty for staff."""
    entitlements: Sequence[str] = ()
    """`registrar:CWB` and the like; released in tokens."""
    persona: str = ""
    """The name by which docs and tests call this person; empty for the crowd."""


@dataclass(frozen=True, slots=True)
class Campus:
    """The academic side of one campus."""

    code: str
    name: Text
    terms: Sequence[Term]
    programmes: Sequence[Programme]
    courses: Mapping[str, Course]
    """By course code; the catalogue of all terms."""
    sections: Mapping[str, Sequence[Section]]
    """By term code."""


@dataclass(frozen=True, slots=True)
class University:
    seed: int
    now: datetime
    """What the sandbox's clock showed when the population was made; mid-term."""
    campuses: Mapping[str, Campus]
    people: Sequence[Person]
