"""The protocols of student systems, as the suite is told of them."""

from collections.abc import Callable
from typing import Any

import msgspec

from connectors.sis import (
    CalendarKind,
    ClassSchedule,
    CourseLevel,
    EnrolmentState,
    Oeapi,
    StandingState,
    Term,
    TransferState,
)
from connectors.wire import UpstreamBadResponse
from sandbox import oeapi, schedule_pages
from tests.contract.schedule_university import SECTIONS, schedule_university

from .case import (
    Absent,
    AccountOf,
    Arguments,
    Case,
    Change,
    Endpoint,
    Held,
    Lacks,
    Page,
    Word,
    account_of,
    moved,
    nobody,
    nothing,
)
from .words import everywhere, swapped

TERM = "2610"
TENS = Page("connectors.sis.oeapi.PAGE_SIZE", 10)


async def term(sis: Any, _: AccountOf) -> tuple[Any, ...]:
    return (next(term for term in await sis.terms() if term.code == TERM),)


def identity(persona: str, member: str) -> Arguments:
    async def arguments(sis: Any, of: AccountOf) -> tuple[Any, ...]:
        return (getattr((await sis.person(of(persona))).identity, member),)

    return arguments


def within(kind: str, shown: str, *, order: str = "place", where: str = "true") -> Callable[[Held], list[Any]]:
    """What the registry lists below the person, group or term that was asked for."""

    def held(held: Held) -> list[Any]:
        (parent,) = held.asked
        return held.column(
            f"select {shown} from resource where kind = ? and parent = ? and {where} order by {order}",  # noqa: S608
            kind,
            parent.wire_id if isinstance(parent, Term) else parent,
        )

    return held


def another_term(known: Term) -> tuple[Term]:
    return (msgspec.structs.replace(known, key=known.key._replace(code="2650"), wire_id=NOBODY),)


NOBODY = "00000000-0000-4000-8000-000000000000"
UNHEARD_OF = UpstreamBadResponse
"""Ids are learnt from the system itself, so one that it does not know is no key but a fault of the system's."""


def enrolment_state(label: object | Lacks) -> Word:
    return Word(
        everywhere("state", "sabbatical"),
        lambda rows: [(row.state, getattr(row, "state_label", None)) for row in rows],
        label=label,
    )


OEAPI = Case(
    module=Oeapi,
    simulator=oeapi,
    campus="CWB",
    account="cwb_sis_id",
    repeats=True,
    endpoints={
        "person": Endpoint(
            arguments=account_of("alex"),
            told=lambda person: [person.identity.wire_id],
            held=lambda held: held.column("select id from resource where kind = 'persons' and code = ?", *held.asked),
            page=Lacks("one number is one person's"),
            absent=Absent(nobody("00000000"), None),
            words={},
        ),
        "terms": Endpoint(
            arguments=nothing,
            told=lambda terms: [term.code for term in terms],
            held=lambda held: sorted((term.code for term in held.university.campuses["CWB"].terms), reverse=True),
            page=TENS,
            absent=Lacks("all terms are asked for"),
            words={
                CalendarKind: Word(
                    everywhere("kind", "rector_day"),
                    lambda terms: [(each.kind, bool(each.name)) for term in terms for each in term.calendar],
                    label=Lacks("an event of the calendar has a name, which says more than its kind"),
                )
            },
        ),
        "catalogue": Endpoint(
            arguments=term,
            told=lambda catalogue: [
                *(course.code for course in catalogue.courses),
                *sorted(catalogue.section_by_number),
            ],
            held=lambda held: [
                *within(
                    "course-offerings",
                    "document ->> '$.ext.campus.courseCode'",
                    order="1",
                    where="document ->> 'state' != 'cancelled'",
                )(held),
                *within(
                    "learning-component-offerings",
                    "document ->> '$.ext.campus.classNumber'",
                    order="1",
                    where="document ->> 'state' != 'cancelled'",
                )(held),
            ],
            page=TENS,
            absent=Absent(another_term, UNHEARD_OF),
            words={
                CourseLevel: Word(
                    everywhere("level", "microcredential"),
                    lambda catalogue: [(course.level, None) for course in catalogue.courses],
                    label=Lacks("a course keeps its level, not the system's word for it"),
                )
            },
        ),
        "exams": Endpoint(
            arguments=term,
            told=lambda exams: list(exams),
            held=within("test-component-offerings", "id", where="document ->> '$.ext.campus.testType' = 'exam'"),
            page=TENS,
            absent=Absent(another_term, UNHEARD_OF),
            words={},
        ),
        "places": Endpoint(
            arguments=nothing,
            told=lambda places: list(places),
            held=lambda held: held.column("select code from resource where kind = 'rooms' order by place"),
            page=TENS,
            absent=Lacks("all rooms are asked for"),
            words={},
        ),
        "enrolments": Endpoint(
            arguments=identity("quinn", "wire_id"),
            told=lambda rows: [row.id for row in rows],
            held=within("course-offering-associations", "id"),
            page=TENS,
            absent=Absent(nobody(NOBODY), UNHEARD_OF),
            words={EnrolmentState: enrolment_state("sabbatical")},
        ),
        "seats": Endpoint(
            arguments=identity("quinn", "wire_id"),
            told=lambda rows: [row.section_wire_id for row in rows],
            held=within("learning-component-offering-associations", "document ->> 'learningComponentOfferingId'"),
            page=TENS,
            absent=Absent(nobody(NOBODY), UNHEARD_OF),
            words={EnrolmentState: enrolment_state(Lacks("the enrolment that the seat belongs to keeps it"))},
        ),
        "assessments": Endpoint(
            arguments=identity("quinn", "wire_id"),
            told=lambda by_course: sorted(item.test for items in by_course.values() for item in items),
            held=within("test-component-offering-associations", "document ->> 'testComponentOfferingId'", order="1"),
            page=TENS,
            absent=Absent(nobody(NOBODY), UNHEARD_OF),
            words={
                EnrolmentState: Word(
                    everywhere("state", "sabbatical"),
                    lambda by_course: [(item.state, None) for items in by_course.values() for item in items],
                    label=Lacks("the enrolment that the item belongs to keeps it"),
                )
            },
        ),
        "programmes": Endpoint(
            arguments=identity("jordan", "wire_id"),
            told=lambda rows: [row.id for row in rows],
            held=within("programme-offering-associations", "id"),
            page=Lacks("a student has one programme in the simulated registry; it is read as the other lists are"),
            absent=Absent(nobody(NOBODY), UNHEARD_OF),
            words={
                EnrolmentState: enrolment_state("sabbatical"),
                StandingState: Word(
                    everywhere("state", "on_watch"),
                    lambda rows: [(row.standing.state, row.standing.state_label) for row in rows],
                    label="on_watch",
                ),
                TransferState: Word(
                    everywhere("state", "in_committee"),
                    lambda rows: [(each.state, each.state_label) for row in rows for each in row.credit_transfers],
                    label="in_committee",
                ),
            },
        ),
        "advisees": Endpoint(
            arguments=identity("lee", "advisees_group"),
            told=lambda rows: [row.number for row in rows],
            held=within(
                "memberships",
                "document ->> '$.ext.campus.person.studentNumber'",
                where="document ->> 'role' = 'student'",
            ),
            page=TENS,
            absent=Absent(nobody(NOBODY), UNHEARD_OF),
            words={},
        ),
    },
    changes={
        "write_contacts": Change(
            arguments=moved("alex"),
            method="PUT",
            at=lambda *_: "/persons/",
        ),
    },
)

OFFERED = [section for section in SECTIONS if section.state == "active"]

CLASS_SCHEDULE = Case(
    module=ClassSchedule,
    simulator=schedule_pages,
    campus="CWB",
    account=Lacks("the pages are open, and of no person"),
    repeats=Lacks("visits are counted by those who run the pages, so that none is made twice"),
    remembers=900,
    university=schedule_university,
    endpoints={
        "terms": Endpoint(
            arguments=nothing,
            told=lambda terms: [term.code for term in terms],
            held=lambda held: held.column("select distinct term from page order by term desc"),
            page=Lacks("each page links to all terms"),
            absent=Lacks("all terms are asked for"),
            words={CalendarKind: Lacks("the pages print no calendar")},
        ),
        "catalogue": Endpoint(
            arguments=term,
            told=lambda catalogue: [
                *(course.code for course in catalogue.courses),
                *sorted(catalogue.section_by_number),
            ],
            held=lambda _: [
                *sorted({section.course_code for section in OFFERED}),
                *sorted(section.class_number for section in OFFERED),
            ],
            page=Lacks("a subject's page has all of its courses, and all subjects' pages are read"),
            absent=Absent(another_term, UNHEARD_OF),
            words={
                CourseLevel: Word(
                    swapped(b"COMP 2011", b"COMP 9011"),
                    lambda catalogue: [
                        (course.level, course.code) for course in catalogue.courses if course.code == "COMP 9011"
                    ],
                    label="COMP 9011",
                )
            },
        ),
    },
)
