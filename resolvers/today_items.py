"""What may stand in a person's day, and what each thing becomes there."""

import enum
from datetime import datetime
from urllib.parse import urlencode

from strawberry import Parent

from campus.location import Location
from campus.record import Record
from campus.text import UNTOLD, Text
from connectors import library, onestop, sis
from connectors.gz_campus import Booking, Departure, Facility

from .context import Info
from .exams import PersonalExam
from .location import location_of
from .nodes import id_of
from .timetable import ClassMeeting


class TodayKind(enum.Enum):
    MEETING = "MEETING"
    EXAM = "EXAM"
    LOAN_DUE = "LOAN_DUE"
    DEPARTURE = "DEPARTURE"
    APPLICATION_STEP = "APPLICATION_STEP"
    BOOKING = "BOOKING"


class TodayItem(Record, frozen=True):
    kind: TodayKind
    campus: str
    at: datetime
    """When it begins, is due or leaves; of a step, since when it waits."""
    until: datetime | None
    title: Text
    detail: Text
    link: str
    """Relative URL: the widget that tells more, with its variables."""
    subject: str | None
    """Global id of what it is about, where it has one."""
    room: str | None = None
    place: Location | None = None
    """Of a departure its stop, of a booking the facility."""


def of_class(meeting: ClassMeeting, course: sis.Course | None) -> TodayItem:
    day = meeting.start.date().isoformat()
    code = meeting.section.course.code
    return TodayItem(
        kind=TodayKind.MEETING,
        campus=meeting.campus,
        at=meeting.start,
        until=meeting.end,
        title=course.title if course else {UNTOLD: code},
        detail={UNTOLD: f"{code} {meeting.section.code}"},
        room=meeting.room,
        link=_link("timetable", {"from": day, "to": day}),
        subject=id_of("Section", meeting.section),
    )


def of_exam(exam: PersonalExam) -> TodayItem:
    return TodayItem(
        kind=TodayKind.EXAM,
        campus=exam.campus,
        at=exam.start,
        until=exam.end,
        title=exam.title,
        detail=exam.name,
        room=exam.room,
        link=_link("exams", {"term": exam.term_code}),
        subject=None,
    )


def of_loan(loan: library.Loan) -> TodayItem:
    return TodayItem(
        kind=TodayKind.LOAN_DUE,
        campus=loan.campus,
        at=loan.due_at,
        until=None,
        title={UNTOLD: loan.title},
        detail={UNTOLD: loan.author} if loan.author else {},
        link=_link("loans", {}),
        subject=id_of("Loan", loan),
    )


def of_step(application: onestop.Application, step: onestop.Step, service: Text) -> TodayItem:
    return TodayItem(
        kind=TodayKind.APPLICATION_STEP,
        campus=application.campus,
        at=step.started_at,
        until=None,
        title=service,
        detail={UNTOLD: step.name},
        link=_link("my-applications", {"tab": application.tab.value}),
        subject=id_of("Application", application),
    )


def of_departure(departure: Departure) -> TodayItem:
    origin = departure.origin
    return TodayItem(
        kind=TodayKind.DEPARTURE,
        campus=departure.campus,
        at=departure.expected_at or departure.scheduled_at,
        until=departure.arrives_at,
        title=departure.route.name,
        detail=departure.destination.name,
        place=origin.location,
        link=_link("shuttle-board", {"from": origin.code}),
        subject=id_of("ShuttleStop", origin),
    )


def of_booking(booking: Booking, facility: Facility | None) -> TodayItem:
    return TodayItem(
        kind=TodayKind.BOOKING,
        campus=booking.campus,
        at=booking.starts,
        until=booking.ends,
        title=facility.name if facility else {UNTOLD: booking.facility_name},
        detail={UNTOLD: booking.title} if booking.title else {},
        place=facility.location if facility else None,
        link=_link("my-bookings", {}),
        subject=id_of("Booking", booking),
    )


def _link(widget: str, variables: dict[str, str]) -> str:
    return widget + ("?" + urlencode(variables) if variables else "")


async def location_of_item(item: Parent[TodayItem], info: Info) -> Location | None:
    return item.place or (await location_of(info, item.campus, item.room) if item.room else None)
