"""From the Open Education API's words to ours, one function per record."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import tzinfo
from typing import TypeVar

from campus.text import text
from connectors.wire import System, UpstreamBadResponse

from . import oeapi_shapes as wire
from .records import (
    Advisee,
    Contacts,
    Course,
    CourseKey,
    EmergencyContact,
    Enrolment,
    EnrolmentState,
    Identity,
    Meeting,
    Person,
    PostalAddress,
    ProgrammeEnrolment,
    ReservedQuota,
    Seat,
    Section,
    SectionKey,
    Term,
    TermKey,
)

Profile = TypeVar("Profile")

STATES = {
    "pending": EnrolmentState.PENDING,
    "queued": EnrolmentState.WAITLISTED,
    "associated": EnrolmentState.ENROLLED,
    "denied": EnrolmentState.DENIED,
    "cancelled": EnrolmentState.CANCELLED,
    "finished": EnrolmentState.FINISHED,
}
"""associationState is an extensible enumeration: what is not here is OTHER, never an error."""


def term(system: System, row: wire.SessionOnWire, zone: tzinfo) -> Term:
    return Term(
        key=TermKey(system.id, row.primary_code.code),
        campus=system.campus,
        wire_id=row.academic_session_id,
        name=_text(row.name),
        starts_at=row.start_date_time.astimezone(zone),
        ends_at=row.end_date_time.astimezone(zone),
    )


def course(system: System, term: Term, row: wire.CourseOfferingOnWire) -> Course:
    profile = _profile(system, row.ext, row.course_offering_id)
    return Course(
        key=CourseKey(system.id, term.code, profile.course_code),
        campus=system.campus,
        wire_id=row.course_offering_id,
        title=_text(row.name),
        description=_text(row.description or []),
        credits=profile.credits,
        prerequisite=profile.prerequisite or "",
        corequisite=profile.corequisite or "",
        exclusion=profile.exclusion or "",
    )


def section(system: System, term: Term, row: wire.SectionOnWire) -> Section:
    profile = _profile(system, row.ext, row.learning_component_offering_id)
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


def person(system: System, row: wire.PersonOnWire) -> Person:
    profile = (row.ext.campus if row.ext else None) or wire.PersonProfile()
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for each in row.other_codes or []:
        codes[each.code_type].append(each.code)
    return Person(
        identity=Identity(
            system=system.id,
            wire_id=row.person_id,
            number=row.primary_code.code,
            student=row.primary_code.code_type == "student_number",
            codes=codes,
            advisees_group=profile.advisees_group_id,
        ),
        campus=system.campus,
        display_name=row.display_name or " ".join(filter(None, (row.given_name, row.surname))),
        given_name=row.given_name,
        surname=row.surname,
        chinese_name=row.alternate_name,
        date_of_birth=row.date_of_birth,
        nationality=row.nationality.alpha2 if row.nationality else None,
        contacts=_contacts(system, row, profile),
        advisor_name=profile.advisor.display_name if profile.advisor else None,
    )


def _contacts(system: System, row: wire.PersonOnWire, profile: wire.PersonProfile) -> Contacts:
    address = row.address
    # The standard has room for one emergency contact (ICE); the profile carries the others.
    first = [wire.ContactOnWire(row.ice_name, row.ice_relation, row.ice_phone_number)] if row.ice_name else []
    return Contacts(
        system=system.id,
        campus=system.campus,
        email=row.email,
        private_email=row.secondary_email,
        telephone=row.mobile_number or row.telephone_number,
        address=PostalAddress(
            street=" ".join(filter(None, (address.street_number, address.street))) or None,
            city=address.city,
            post_code=address.post_code,
            country=address.country_code.alpha2 if address.country_code else None,
        )
        if address
        else None,
        emergency=[
            EmergencyContact(name=each.name, relation=each.relation, telephone=each.telephone)
            for each in (*first, *profile.emergency_contacts)
        ],
    )


def enrolment(system: System, person: str, row: wire.CourseAssociation, zone: tzinfo) -> Enrolment:
    profile = _profile(system, row.ext, row.association_id)
    result = row.result
    released = result is not None and result.state == "completed"
    load = result.study_load if result else None
    return Enrolment(
        system=system.id,
        campus=system.campus,
        owner=person,
        id=row.association_id,
        course=CourseKey(system.id, profile.term_code, profile.course_code),
        course_title=_text(profile.course_title),
        state=STATES.get(row.state, EnrolmentState.OTHER),
        state_label=row.state,
        credits=load.value if load else profile.credits,
        grade=result.score if result and released else None,
        passed={"passed": True, "failed": False}.get(result.passed or "") if result and released else None,
        result_at=result.result_date_time.astimezone(zone) if result and released else None,
    )


def seat(person: str, row: wire.SectionAssociation) -> Seat:
    state = STATES.get(row.state, EnrolmentState.OTHER)
    return Seat(owner=person, section_wire_id=row.learning_component_offering_id, state=state)


def programme(system: System, person: str, row: wire.ProgrammeAssociation) -> ProgrammeEnrolment:
    profile = _profile(system, row.ext, row.association_id)
    return ProgrammeEnrolment(
        system=system.id,
        campus=system.campus,
        owner=person,
        id=row.association_id,
        code=profile.programme.code,
        name=_text(profile.programme.name),
        level=profile.programme.level,
        year_of_study=profile.year_of_study,
        state=STATES.get(row.state, EnrolmentState.OTHER),
        state_label=row.state,
        admitted=profile.admitted,
        expected_graduation=profile.expected_graduation,
    )


def advisee(system: System, row: wire.MembershipOnWire) -> Advisee:
    student = _profile(system, row.ext, row.person_id).person
    return Advisee(
        system=system.id,
        campus=system.campus,
        number=student.student_number,
        name=student.display_name,
        programme_code=student.programme_code,
        programme_name=_text(student.programme_name),
        year_of_study=student.year_of_study,
        email=student.email,
    )


def _profile(system: System, ext: wire.Ext[Profile] | None, row: str) -> Profile:
    """What we need and the standard has no place for; a system without it cannot be read (docs/ext-campus.md)."""
    if ext is None or ext.campus is None:
        raise UpstreamBadResponse(system.id, f"{row} lacks ext.campus")
    return ext.campus


def _text(entries: Sequence[wire.Translated]) -> dict[str, str]:
    return dict(text((each.language, each.value) for each in entries))
