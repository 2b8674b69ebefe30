"""Open Education API v6 as it comes over the wire: the members we read, under their own names.

Source: Open Education API 6.0, openonderwijsapi.nl; `ext.campus` is our profile, docs/ext-campus.md.
"""

from datetime import date, time
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field

from connectors.wire import Moment

Item = TypeVar("Item")
Profile = TypeVar("Profile")


class Page(Struct, Generic[Item], rename="camel"):
    items: list[Item]
    has_next_page: bool


class Code(Struct, rename="camel"):
    code_type: str
    code: str


class Translated(Struct):
    language: str
    value: str


class Ext(Struct, Generic[Profile]):
    campus: Profile | None = None


class CalendarOnWire(Struct, rename="camel"):
    kind: str
    teaches_as: str | None = None


class SessionProfile(Struct):
    calendar: CalendarOnWire | None = None


class SessionOnWire(Struct, rename="camel"):
    academic_session_id: str
    primary_code: Code
    name: list[Translated]
    start_date_time: Moment
    end_date_time: Moment
    academic_session_type: str
    parent_id: str | None = None
    ext: Ext[SessionProfile] | None = None


class StudyLoad(Struct, rename="camel"):
    value: Decimal


class AttributeOnWire(Struct):
    code: str
    description: str = ""


class CourseProfile(Struct, rename="camel"):
    course_code: str
    credits: Decimal | None = None
    level: str | None = None
    attributes: list[AttributeOnWire] = field(default_factory=list)
    prerequisite: str | None = None
    corequisite: str | None = None
    exclusion: str | None = None
    previous_code: str | None = None


class CourseOfferingOnWire(Struct, rename="camel"):
    course_offering_id: str
    primary_code: Code
    name: list[Translated]
    description: list[Translated] | None = None
    state: str | None = None
    ext: Ext[CourseProfile] | None = None


class MeetingOnWire(Struct, rename="camel"):
    day: str
    start_time: time
    end_time: time
    room: str
    first_date: date | None = None
    last_date: date | None = None


class ReservedOnWire(Struct, rename="camel"):
    group: str
    quota: int
    enrolled: int


class SectionProfile(Struct, rename="camel"):
    class_number: int
    section_code: str
    course_code: str
    meetings: list[MeetingOnWire] = field(default_factory=list)
    instructors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    reserved_quotas: list[ReservedOnWire] = field(default_factory=list)


class EnrolmentPeriod(Struct, rename="camel"):
    queued_number_students: int | None = None


class SectionOnWire(Struct, rename="camel"):
    learning_component_offering_id: str
    state: str | None = None
    max_number_students: int | None = None
    enrolled_number_students: int | None = None
    enrolment_periods: list[EnrolmentPeriod] | None = None
    ext: Ext[SectionProfile] | None = None
