"""What a person attends and when: classes of all campuses in one timetable."""

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry
from strawberry import Parent

from campus.location import Location
from campus.record import Record
from campus.timetable import Occurrence, Weekly, conflicts, occurrences
from connectors import sis
from connectors.reads import AccountKey

from .context import Info
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


class Timetable(Record, frozen=True):
    meetings: Merged[ClassMeeting]


async def timetable(
    owner: Parent[Me | Student],
    info: Info,
    start: Annotated[date | None, strawberry.argument(name="from")] = None,
    end: Annotated[date | None, strawberry.argument(name="to")] = None,
) -> Timetable | None:
    first = start or info.context.campus.now().date()
    last = end or first + AHEAD
    if not timedelta() <= last - first <= LONGEST_RANGE:
        raise BadUserInput(f"A timetable runs from a day to a later one, {LONGEST_RANGE.days} days at most.")

    async def of(who: sis.Identity) -> list[ClassMeeting]:
        return await _class_meetings(info, who, first, last)

    found = await studies(owner, info, of)
    if found is None:
        return None
    ordered = sorted(found.nodes, key=lambda each: (each.start, each.end, each.section.key))
    return Timetable(meetings=Merged(nodes=ordered, unavailable=found.unavailable))


def collisions(timetable: Parent[Timetable]) -> list[Conflict] | None:
    """None unless every campus answered: no conflict would be said of half a timetable."""
    if timetable.meetings.unavailable:
        return None
    held = [Occurrence(each, each.start, each.end) for each in timetable.meetings.nodes]
    return [Conflict(first=earlier.what, second=later.what) for earlier, later in conflicts(held)]


async def _class_meetings(info: Info, who: sis.Identity, first: date, last: date) -> list[ClassMeeting]:
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


async def location_of_class(meeting: Parent[ClassMeeting], info: Info) -> Location | None:
    return await location_of(info, meeting.campus, meeting.room)
