"""Associations of Open Education API v6 as they come over the wire: the members we read, under their own names.

Source: Open Education API 6.0, openonderwijsapi.nl; `ext.campus` is our profile, docs/ext-campus.md.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from connectors.wire import Moment

from .oeapi_shapes import Ext, StudyLoad, Translated


class ResultOnWire(Struct, rename="camel"):
    state: str
    result_date_time: Moment
    passed: str | None = field(default=None, name="pass")
    score: str | None = None
    study_load: StudyLoad | None = None


class OriginOnWire(Struct, rename="camel"):
    institution: str
    course_code: str | None = None
    course_title: list[Translated] = field(default_factory=list)


class EnrolmentProfile(Struct, rename="camel"):
    course_code: str
    term_code: str
    course_title: list[Translated] = field(default_factory=list)
    credits: Decimal | None = None
    origin: OriginOnWire | None = None


class CourseAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    result: ResultOnWire | None = None
    ext: Ext[EnrolmentProfile] | None = None


class SectionAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    learning_component_offering_id: str


class MarkOnWire(Struct, rename="camel"):
    """A result of a test. Its `score` and `rawScore` are whole marks; ours, with their halves, is in the profile."""

    result_date_time: Moment
    weight: int | None = None
    max_raw_score: Decimal | None = None


class AssessmentProfile(Struct, rename="camel"):
    course_code: str
    term_code: str
    item_name: list[Translated] = field(default_factory=list)
    released: bool = False
    raw_score: Decimal | None = None
    seat: str | None = None


class TestAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    test_component_offering_id: str
    result: MarkOnWire | None = None
    ext: Ext[AssessmentProfile] | None = None


class ProgrammeOnWire(Struct, rename="camel"):
    code: str
    name: list[Translated]
    level: str | None = None
    repeat_policy: str | None = None
    major_courses: list[str] = field(default_factory=list)


class StandingOnWire(Struct):
    state: str
    since: str


class ExchangeOnWire(Struct, rename="camel"):
    institution: str
    term_code: str
    country_code: str | None = None


class CreditTransferOnWire(Struct, rename="camel"):
    from_campus: str
    from_course_code: str
    from_term_code: str
    course_code: str
    credits: Decimal
    state: str


class ProgrammeProfile(Struct, rename="camel"):
    programme: ProgrammeOnWire
    year_of_study: int | None = None
    admitted: date | None = None
    expected_graduation: date | None = None
    standing: StandingOnWire | None = None
    exchanges: list[ExchangeOnWire] = field(default_factory=list)
    credit_transfers: list[CreditTransferOnWire] = field(default_factory=list)


class ProgrammeAssociation(Struct, rename="camel"):
    association_id: str
    state: str
    ext: Ext[ProgrammeProfile] | None = None
