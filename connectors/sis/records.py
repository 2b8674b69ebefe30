"""Student records in campus words. Every key starts with the system, so that no two campuses collide."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from campus.record import Record
from campus.text import Text
from connectors.wire import UpstreamError

from .calendar import CalendarEvent

CONSENT_REQUIRED = "Consent Required"
"""How a remark ends that asks for consent: Instructor Consent Required, Department Consent Required."""


class CourseLevel(enum.Enum):
    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTORAL = "DOCTORAL"
    OTHER = "OTHER"


class TermKey(NamedTuple):
    system: str
    code: str


class CourseKey(NamedTuple):
    system: str
    term: str
    code: str


class SectionKey(NamedTuple):
    system: str
    term: str
    class_number: int


class Term(Record, frozen=True):
    key: TermKey
    campus: str
    wire_id: str
    """The system's own id, by which its lists are asked for."""
    name: Text
    starts_at: datetime
    ends_at: datetime
    calendar: Sequence[CalendarEvent] = ()
    """In order of time; what a system does not tell is not there."""

    @property
    def starts(self) -> date:
        return self.starts_at.date()

    @property
    def ends(self) -> date:
        return self.ends_at.date()

    @property
    def code(self) -> str:
        return self.key.code


class Meeting(Record, frozen=True):
    """One weekly slot of a section."""

    day: str
    start: time
    end: time
    room: str
    first_date: date | None = None
    """Where the meeting takes place in part of the term only."""
    last_date: date | None = None


class CampusMeeting(Meeting, frozen=True, kw_only=True):
    """A weekly slot, and at which campus: rooms of the same name are told apart by it."""

    campus: str


class ReservedQuota(Record, frozen=True):
    group: str
    quota: int
    enrolled: int


class Section(Record, frozen=True):
    key: SectionKey
    campus: str
    wire_id: str
    code: str
    """L1, T2A, LA3: the kind of teaching and its number."""
    course: CourseKey
    quota: int
    enrolled: int
    waitlisted: int
    meetings: Sequence[Meeting]
    instructors: Sequence[str]
    remarks: Sequence[str]
    reserved_quotas: Sequence[ReservedQuota]

    @property
    def class_number(self) -> int:
        return self.key.class_number

    @property
    def seats(self) -> tuple[object, ...]:
        """All its figures on seats: what one follows it for."""
        return (self.quota, self.enrolled, self.waitlisted, *self.reserved_quotas)

    @property
    def available(self) -> int:
        return max(0, self.quota - self.enrolled)

    @property
    def near_capacity(self) -> bool:
        """So few seats left that one should hurry: 3, or a tenth of the quota."""
        return self.available <= max(3, self.quota / 10)

    @property
    def consent(self) -> bool:
        """Whether one needs somebody's consent to enrol; schedules say so in a remark."""
        return any(remark.endswith(CONSENT_REQUIRED) for remark in self.remarks)


class CourseAttribute(Record, frozen=True):
    """A mark of the catalogue: a common core area, a mode of delivery, a medium of instruction."""

    code: str
    """As printed, brackets and all: [CC22]; empty where the catalogue has only words for it."""
    description: str


class Course(Record, frozen=True):
    """A course as it is offered in one term."""

    key: CourseKey
    campus: str
    wire_id: str
    title: Text
    description: Text
    credits: Decimal | None
    prerequisite: str
    corequisite: str
    exclusion: str
    attributes: Sequence[CourseAttribute] = ()
    previous_code: str = ""
    """Codes the course had before, as the catalogue lists them."""
    level: CourseLevel | None = None
    """None where the system does not say."""

    @property
    def code(self) -> str:
        return self.key.code

    @property
    def term_code(self) -> str:
        return self.key.term


class Gap(Record, frozen=True):
    """A part of a term's offer that could not be read, so that nothing is known of it now."""

    kind: type[UpstreamError]
    reason: str
    retry_after: float | None
    """Seconds after which it is read again at the latest."""

    def failure(self, system: str) -> UpstreamError:
        return self.kind(system, self.reason, self.retry_after)


class TermCatalogue(Record, frozen=True):
    """All that one term of one system offers, ready to be looked up."""

    courses: Sequence[Course]
    """In order of code."""
    course_by_code: Mapping[str, Course]
    sections_by_course: Mapping[str, Sequence[Section]]
    section_by_number: Mapping[int, Section]
    section_by_wire_id: Mapping[str, Section]
    gaps: Mapping[str, Gap]
    """By subject, the first word of a course's code: what is missing, where a system is read by subject."""
