"""From the Open Education API's associations to what a person studies, one function per record."""

from collections.abc import Mapping
from datetime import tzinfo

from campus.grades import RepeatPolicy
from connectors.wire import System, UpstreamBadResponse, local

from . import oeapi_study_shapes as wire
from .oeapi_records import profile_of, texts
from .records import CourseKey
from .study_records import (
    Assessment,
    CreditTransfer,
    Enrolment,
    EnrolmentState,
    Exchange,
    Origin,
    ProgrammeEnrolment,
    Seat,
    Standing,
    StandingState,
    TransferState,
)

STATES = {
    "pending": EnrolmentState.PENDING,
    "queued": EnrolmentState.WAITLISTED,
    "associated": EnrolmentState.ENROLLED,
    "denied": EnrolmentState.DENIED,
    "cancelled": EnrolmentState.CANCELLED,
    "finished": EnrolmentState.FINISHED,
}
"""associationState is an extensible enumeration: what is not here is OTHER, never an error."""

STANDINGS = {
    "good": StandingState.GOOD,
    "warning": StandingState.WARNING,
    "probation": StandingState.PROBATION,
    "suspended": StandingState.SUSPENDED,
}

TRANSFERS = {
    "requested": TransferState.REQUESTED,
    "approved": TransferState.APPROVED,
    "refused": TransferState.REFUSED,
}

POLICIES: Mapping[str | None, RepeatPolicy] = {
    None: RepeatPolicy.REPLACE,
    **{policy.value: policy for policy in RepeatPolicy},
}
"""A programme that says nothing follows the university's general rule: the last attempt counts."""


def enrolment(system: System, person: str, row: wire.CourseAssociation, zone: tzinfo) -> Enrolment:
    profile = profile_of(system, row.ext, row.association_id)
    result = row.result
    released = result is not None and result.state == "completed"
    load = result.study_load if result else None
    origin = profile.origin
    return Enrolment(
        system=system.id,
        campus=system.campus,
        owner=person,
        id=row.association_id,
        course=CourseKey(system.id, profile.term_code, profile.course_code),
        course_title=texts(profile.course_title),
        state=STATES.get(row.state, EnrolmentState.OTHER),
        state_label=row.state,
        credits=load.value if load else profile.credits,
        grade=result.score if result and released else None,
        passed={"passed": True, "failed": False}.get(result.passed or "") if result and released else None,
        result_at=local(result.result_date_time, zone) if result and released else None,
        origin=Origin(
            institution=origin.institution,
            course_code=origin.course_code,
            course_title=texts(origin.course_title),
        )
        if origin
        else None,
    )


def seat(person: str, row: wire.SectionAssociation) -> Seat:
    state = STATES.get(row.state, EnrolmentState.OTHER)
    return Seat(owner=person, section_wire_id=row.learning_component_offering_id, state=state)


def assessment(system: System, row: wire.TestAssociation, zone: tzinfo) -> Assessment:
    """An item with its mark, if that is released: the system tells the others too, and here they end."""
    profile = profile_of(system, row.ext, row.association_id)
    if row.result is None:
        raise UpstreamBadResponse(system.id, f"{row.association_id} lacks a result")
    return Assessment(
        course=CourseKey(system.id, profile.term_code, profile.course_code),
        test=row.test_component_offering_id,
        name=texts(profile.item_name),
        state=STATES.get(row.state, EnrolmentState.OTHER),
        weight=row.result.weight,
        maximum=row.result.max_raw_score,
        score=profile.raw_score if profile.released else None,
        released=profile.released,
        held_at=local(row.result.result_date_time, zone),
        seat=profile.seat,
    )


def programme(system: System, person: str, row: wire.ProgrammeAssociation) -> ProgrammeEnrolment:
    profile = profile_of(system, row.ext, row.association_id)
    studied, standing = profile.programme, profile.standing
    if studied.repeat_policy not in POLICIES:
        raise UpstreamBadResponse(system.id, f"{row.association_id} has an unknown repeat policy")
    return ProgrammeEnrolment(
        system=system.id,
        campus=system.campus,
        owner=person,
        id=row.association_id,
        code=studied.code,
        name=texts(studied.name),
        level=studied.level,
        year_of_study=profile.year_of_study,
        state=STATES.get(row.state, EnrolmentState.OTHER),
        state_label=row.state,
        admitted=profile.admitted,
        expected_graduation=profile.expected_graduation,
        repeat_policy=POLICIES[studied.repeat_policy],
        major_courses=frozenset(studied.major_courses),
        standing=Standing(
            campus=system.campus,
            programme_code=studied.code,
            state=STANDINGS.get(standing.state, StandingState.OTHER),
            state_label=standing.state,
            since_term=standing.since,
        )
        if standing
        else None,
        exchanges=[
            Exchange(
                campus=system.campus,
                institution=each.institution,
                country=each.country_code,
                term_code=each.term_code,
            )
            for each in profile.exchanges
        ],
        credit_transfers=[_credit_transfer(system, each) for each in profile.credit_transfers],
    )


def _credit_transfer(system: System, row: wire.CreditTransferOnWire) -> CreditTransfer:
    return CreditTransfer(
        campus=system.campus,
        course_code=row.course_code,
        credits=row.credits,
        from_campus=row.from_campus,
        from_course_code=row.from_course_code,
        from_term_code=row.from_term_code,
        state=TRANSFERS.get(row.state, TransferState.OTHER),
        state_label=row.state,
    )
