"""From the Open Education API's words to ours, one function per record."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TypeVar

from campus.text import text
from connectors.wire import System, UpstreamBadResponse, local

from . import oeapi_shapes as wire
from .records import (
    Course,
    CourseAttribute,
    CourseKey,
    CourseLevel,
    Meeting,
    ReservedQuota,
    Section,
    SectionKey,
    Term,
    TermKey,
)

Profile = TypeVar("Profile")


LEVELS = {"bachelor": CourseLevel.BACHELOR, "master": CourseLevel.MASTER, "doctoral": CourseLevel.DOCTORAL}
"""level is an extensible enumeration, too."""


def term(system: System, row: wire.SessionOnWire, zone: tzinfo) -> Term:
    return Term(
        key=TermKey(system.id, row.primary_code.code),
        campus=system.campus,
        wire_id=row.academic_session_id,
        name=texts(row.name),
        starts_at=local(row.start_date_time, zone),
        ends_at=local(row.end_date_time, zone),
    )


def course(system: System, term: Term, row: wire.CourseOfferingOnWire) -> Course:
    profile = profile_of(system, row.ext, row.course_offering_id)
    return Course(
        key=CourseKey(system.id, term.code, profile.course_code),
        campus=system.campus,
        wire_id=row.course_offering_id,
        title=texts(row.name),
        description=texts(row.description or []),
        credits=profile.credits,
        prerequisite=profile.prerequisite or "",
        corequisite=profile.corequisite or "",
        exclusion=profile.exclusion or "",
        attributes=[CourseAttribute(code=each.code, description=each.description) for each in profile.attributes],
        previous_code=profile.previous_code or "",
        level=LEVELS.get(profile.level, CourseLevel.OTHER) if profile.level else None,
    )


def section(system: System, term: Term, row: wire.SectionOnWire) -> Section:
    profile = profile_of(system, row.ext, row.learning_component_offering_id)
    periods = row.enrolment_periods or []
    return Section(
        key=SectionKey(system.id, term.code, profile.class_number),
        campus=system.campus,
        wire_id=row.learning_component_offering_id,
        code=profile.section_code,
        course=CourseKey(system.id, term.code, profile.course_code),
        quota=row.max_number_students or 0,
        enrolled=row.enrolled_number_students or 0,
        waitlisted=sum(period.queued_number_students or 0 for period in periods),
        meetings=[
            Meeting(
                day=each.day,
                start=each.start_time,
                end=each.end_time,
                room=each.room,
                first_date=each.first_date,
                last_date=each.last_date,
            )
            for each in profile.meetings
        ],
        instructors=profile.instructors,
        remarks=profile.remarks,
        reserved_quotas=[
            ReservedQuota(group=each.group, quota=each.quota, enrolled=each.enrolled)
            for each in profile.reserved_quotas
        ],
    )


def profile_of(system: System, ext: wire.Ext[Profile] | None, row: str) -> Profile:
    """What we need and the standard has no place for; a system without it cannot be read (docs/ext-campus.md)."""
    if ext is None or ext.campus is None:
        raise UpstreamBadResponse(system.id, f"{row} lacks ext.campus")
    return ext.campus


def texts(entries: Sequence[wire.Translated]) -> dict[str, str]:
    return dict(text((each.language, each.value) for each in entries))
