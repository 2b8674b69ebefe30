"""What a person attends and when: classes of all campuses in one timetable."""

import enum
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
import strawberry
from strawberry import Parent

from campus.location import Location
from campus.record import Record
from campus.text import UNTOLD, Text
from campus.timetable import Occurrence, Weekly, conflicts, occurrences
from connectors import sis
from connectors.reads import AccountKey

from .ahead import SITTINGS, wanted_below
from .context import Info
from .courses import course_by_key
from .exams import PersonalExam, exams_of, in_order
from .location import location_of
from .merged import Merged
from .people import Me, Student, studies
from .refusals import BadUserInput

LONGEST_RANGE = timedelta(days=370)
"""A timetable is asked for a year at most."""

AHEAD = timedelta(days=6)
"""Without a range, a timetable is that of today and the six days after."""


class ClassMeeting(Record, frozen=True):
    """One meeting of one of the person's sections, on one day."""

    section: sis.Section
    room: str
    start: datetime
    end: datetime

    @property
    def campus(self) -> str:
        return self.section.campus


class Conflict(Record, frozen=True):
    """Two meetings of which one begins before the other has ended."""

    first: ClassMeeting
    second: ClassMeeting


class EntryKind(enum.Enum):
    MEETING = "MEETING"
    EXAM = "EXAM"


class TimetableEntry(Record, frozen=True):
    """A class or an examination, as a calendar shows it."""

    kind: EntryKind
    campus: str
    course: sis.CourseKey
    title: Text
    """Of the course."""
    start: datetime
    end: datetime
    room: str
    section: sis.Section | None
    """Of a class."""
    exam: PersonalExam | None
    """Of an examination."""
    conflicting: bool | None = None
    """Whether it shares a moment with another; None while a campus is missing, since that is not known then."""

    @property
    def course_code(self) -> str:
        return self.course.code


class Timetable(Record, frozen=True):
    meetings: Merged[ClassMeeting]
    owner: Me | Student
    first: date
    last: date


async def timetable(
    owner: Parent[Me | Student],
    info: Info,
    start: Annotated[date | None, strawberry.argument(name="from")] = None,
    end: Annotated[date | None, strawberry.argument(name="to")] = None,
) -> Timetable | None:
    first = start or info.context.campus.now().date()
    last = end or first + min(AHEAD, date.max - first)
    if not timedelta() <= last - first <= LONGEST_RANGE:
        raise BadUserInput("A timetable runs from a day to a later one, {days} days at most.", days=LONGEST_RANGE.days)

    sittings = wanted_below(info, SITTINGS)

    async def of(who: sis.Identity) -> list[ClassMeeting]:
        sittings(AccountKey(who.system, who.wire_id))
        return await class_meetings(info, who, first, last)

    found = await studies(owner, info, of)
    if found is None:
        return None
    ordered = sorted(found.nodes, key=lambda each: (each.start, each.end, each.section.key))
    meetings = Merged(nodes=ordered, unavailable=found.unavailable)
    return Timetable(meetings=meetings, owner=owner, first=first, last=last)


def collisions(timetable: Parent[Timetable]) -> list[Conflict] | None:
    """None unless every campus answered: no conflict would be said of half a timetable."""
    if timetable.meetings.unavailable:
        return None
    held = [Occurrence(each, each.start, each.end) for each in timetable.meetings.nodes]
    return [Conflict(first=earlier.what, second=later.what) for earlier, later in conflicts(held)]


async def exams(timetable: Parent[Timetable], info: Info) -> Merged[PersonalExam] | None:
    """Those that begin within the range."""

    async def of(who: sis.Identity) -> list[PersonalExam]:
        terms = await info.context.collection(info.context.indexes.sis.terms, who.system)
        reached = [term.key for term in terms if term.starts <= timetable.last and term.ends >= timetable.first]
        found = [exam for term in reached for exam in await exams_of(info, who, term)]
        return [exam for exam in found if timetable.first <= exam.start.date() <= timetable.last]

    found = await studies(timetable.owner, info, of)
    return found and Merged(nodes=in_order(found.nodes), unavailable=found.unavailable)


async def entries(timetable: Parent[Timetable], info: Info) -> Merged[TimetableEntry] | None:
    """Classes and examinations in order of time; what is missing of either is missing here."""
    sat = await exams(timetable, info)
    held = [await _class_entry(info, each) for each in timetable.meetings.nodes]
    held += [_exam_entry(each) for each in (sat.nodes if sat else ())]
    held.sort(key=lambda each: (each.start, each.end, each.course, each.kind.value))
    missing = {each.system: each for each in (*timetable.meetings.unavailable, *(sat.unavailable if sat else ()))}
    if not missing:
        pairs = conflicts([Occurrence(place, each.start, each.end) for place, each in enumerate(held)])
        shared = {occurrence.what for pair in pairs for occurrence in pair}
        held = [msgspec.structs.replace(each, conflicting=place in shared) for place, each in enumerate(held)]
    return Merged(nodes=held, unavailable=list(missing.values()))


async def _class_entry(info: Info, meeting: ClassMeeting) -> TimetableEntry:
    course = await course_by_key(info, meeting.section.course)
    return TimetableEntry(
        kind=EntryKind.MEETING,
        campus=meeting.campus,
        course=meeting.section.course,
        title=course.title if course else {UNTOLD: meeting.section.course.code},
        start=meeting.start,
        end=meeting.end,
        room=meeting.room,
        section=meeting.section,
        exam=None,
    )


def _exam_entry(exam: PersonalExam) -> TimetableEntry:
    return TimetableEntry(
        kind=EntryKind.EXAM,
        campus=exam.campus,
        course=exam.sitting.course,
        title=exam.title,
        start=exam.start,
        end=exam.end,
        room=exam.room,
        section=None,
        exam=exam,
    )


async def class_meetings(info: Info, who: sis.Identity, first: date, last: date) -> list[ClassMeeting]:
    seats = await info.context.sis.seats_by_person.load(AccountKey(who.system, who.wire_id))
    taken = {seat.section_wire_id for seat in seats if seat.state is sis.EnrolmentState.ENROLLED}
    terms = await info.context.collection(info.context.indexes.sis.terms, who.system)
    found: list[ClassMeeting] = []
    for term in terms:
        if term.starts > last or term.ends < first:
            continue
        catalogue = await info.context.collection(info.context.indexes.sis.catalogue, term.key)
        slots = [slot for wire_id in taken for slot in _slots(catalogue.section_by_wire_id.get(wire_id), term)]
        zone = info.context.campus.zones[term.campus]
        found += [
            ClassMeeting(section=section, room=meeting.room, start=held.start, end=held.end)
            for held in occurrences(slots, first, last, zone, sis.school_days(term.calendar))
            for section, meeting in [held.what]
        ]
    return found


def _slots(section: sis.Section | None, term: sis.Term) -> list[Weekly[tuple[sis.Section, sis.Meeting]]]:
    """A section's weekly meetings; those without dates of their own last the whole term."""
    if section is None:  # cancelled since the person enrolled
        return []
    return [
        Weekly(
            (section, meeting),
            meeting.day,
            meeting.start,
            meeting.end,
            meeting.first_date or term.starts,
            meeting.last_date or term.ends,
        )
        for meeting in section.meetings
    ]


async def location_of_entry(entry: Parent[ClassMeeting | TimetableEntry], info: Info) -> Location | None:
    return await location_of(info, entry.campus, entry.room)
