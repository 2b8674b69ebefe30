"""Open Education API v6 as it comes over the wire: the members we read, under their own names.

Source: Open Education API 6.0, openonderwijsapi.nl; `ext.campus` is our profile, docs/ext-campus.md.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field

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


class SessionOnWire(Struct, rename="camel"):
    academic_session_id: str
    primary_code: Code
    name: list[Translated]
    start_date_time: datetime
    end_date_time: datetime
    academic_session_type: str


class StudyLoad(Struct, rename="camel"):
    value: Decimal


class CourseProfile(Struct, rename="camel"):
    course_code: str
    credits: Decimal | None = None
    prerequisite: str | None = None
    corequisite: str | None = None
    exclusion: str | None = None


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


class Country(Struct):
    alpha2: str | None = field(default=None, name="iso3166-1-alpha2")


class AddressOnWire(Struct, rename="camel"):
    street: str | None = None
    street_number: str | None = None
    post_code: str | None = None
    city: str | None = None
    country_code: Country | None = None


class ContactOnWire(Struct):
    name: str
    relation: str | None = None
    telephone: str | None = None


class AdvisorOnWire(Struct, rename="camel"):
    display_name: str


class PersonProfile(Struct, rename="camel"):
    emergency_contacts: list[ContactOnWire] = field(default_factory=list)
    advisees_group_id: str | None = None
    advisor: AdvisorOnWire | None = None


class PersonOnWire(Struct, rename="camel"):
    person_id: str
    primary_code: Code
    given_name: str | None = None
    alternate_name: str | None = None
    surname: str | None = None
    display_name: str | None = None
    date_of_birth: date | None = None
    nationality: Country | None = None
    email: str | None = None
    secondary_email: str | None = None
    telephone_number: str | None = None
    mobile_number: str | None = None
    address: AddressOnWire | None = None
    ice_name: str | None = field(default=None, name="ICEName")
    ice_phone_number: str | None = field(default=None, name="ICEPhoneNumber")
    ice_relation: str | None = field(default=None, name="ICERelation")
    other_codes: list[Code] | None = None
    ext: Ext[PersonProfile] | None = None


class ResultOnWire(Struct, rename="camel"):
    state: str
    result_date_time: datetime
    passed: str | None = field(default=None, name="pass")
    score: str | None = None
    study_load: StudyLoad | None = None


class EnrolmentProfile(Struct, rename="camel"):
    course_code: str
    term_code: str
    course_title: list[Translated] = field(default_factory=list)
    credits: Decimal | None = None


class CourseAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    result: ResultOnWire | None = None
    ext: Ext[EnrolmentProfile] | None = None


class SectionAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    learning_component_offering_id: str


class ProgrammeOnWire(Struct):
    code: str
    name: list[Translated]
    level: str | None = None


class ProgrammeProfile(Struct, rename="camel"):
    programme: ProgrammeOnWire
    year_of_study: int | None = None
    admitted: date | None = None
    expected_graduation: date | None = None


class ProgrammeAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    ext: Ext[ProgrammeProfile] | None = None


class AdviseeOnWire(Struct, rename="camel"):
    student_number: str
    display_name: str
    programme_code: str | None = None
    programme_name: list[Translated] = field(default_factory=list)
    year_of_study: int | None = None
    email: str | None = None


class AdviseeProfile(Struct):
    person: AdviseeOnWire


class MembershipOnWire(Struct, rename="camel"):
    person_id: str
    role: str
    ext: Ext[AdviseeProfile] | None = None
