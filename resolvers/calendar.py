"""The academic calendar of each campus: public, from the terms' index."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry
from strawberry import Parent

from campus.academic_year import AcademicPhase
from campus.labels import label
from campus.record import Record
from connectors import sis
from connectors.wire import local

from .context import Info
from .courses import catalogue_systems
from .merged import Unavailable, merged
from .refusals import BadUserInput

AHEAD = timedelta(days=183)
"""Without a last day, a calendar shows half a year."""

LONGEST_RANGE = timedelta(days=1100)
"""Three academic years."""


PHASES = {
    sis.CalendarKind.ADD_DROP: AcademicPhase.ADD_DROP,
    sis.CalendarKind.STUDY_BREAK: AcademicPhase.STUDY_BREAK,
    sis.CalendarKind.EXAMINATIONS: AcademicPhase.EXAMINATIONS,
}
"""What makes a phase of its own within a term; the rest of it is teaching, holidays included."""


class AcademicCalendar(Record, frozen=True):
    nodes: Sequence[sis.CalendarEvent]
    unavailable: Sequence[Unavailable]
    campus: str | None
    """The one asked for; None where all were."""


async def academic_calendar(
    info: Info,
    campus: str | None = None,
    start: Annotated[date | None, strawberry.argument(name="from")] = None,
    end: Annotated[date | None, strawberry.argument(name="to")] = None,
) -> AcademicCalendar | None:
    """Whatever reaches into the range, in order of its first day."""
    first = start or info.context.campus.now().date()
    last = end or first + min(AHEAD, date.max - first)
    if not timedelta() <= last - first <= LONGEST_RANGE:
        raise BadUserInput("A calendar runs from a day to a later one, {days} days at most.", days=LONGEST_RANGE.days)

    async def of(system: str) -> Sequence[sis.CalendarEvent]:
        terms = await info.context.collection(info.context.indexes.sis.terms, system)
        return [event for term in terms for event in _events(term) if event.starts <= last and event.ends >= first]

    found = await merged(info, {system: of(system) for system in catalogue_systems(info, campus)})
    if found is None:
        return None
    # A term that a class schedule lists as well is told once, by the student system, which is asked last.
    once = {_place(each): each for each in found.nodes}
    ordered = sorted(once.values(), key=lambda each: (each.starts, each.ends, each.campus, each.kind.value))
    return AcademicCalendar(nodes=ordered, unavailable=found.unavailable, campus=campus)


def _place(event: sis.CalendarEvent) -> tuple[str, ...]:
    if event.kind is sis.CalendarKind.TERM:
        return (event.campus, event.term_code)
    return (event.campus, event.term_code, event.kind.value, event.starts.isoformat(), event.system)


async def phase(
    calendar: Parent[AcademicCalendar], info: Info, campus: str | None = None, at: datetime | None = None
) -> AcademicPhase:
    """`at` without a zone is meant in the campus's. Raises UpstreamError where its terms are not known yet."""
    where = campus or calendar.campus
    if where is None:
        raise BadUserInput("Say of which `campus`: each has a calendar of its own.")
    return await phase_at(info, where, at)


async def phase_label(
    calendar: Parent[AcademicCalendar], info: Info, campus: str | None = None, at: datetime | None = None
) -> str:
    return label(await phase(calendar, info, campus, at), info.context.viewer.locale).text


async def phase_at(info: Info, campus: str, at: datetime | None) -> AcademicPhase:
    """Of a campus, now or at another moment. Raises UpstreamError where its terms are not known yet."""
    systems = catalogue_systems(info, campus)
    zone = info.context.campus.zones[campus]
    moment = at or info.context.campus.now()
    day = (local(moment, zone) if moment.tzinfo else moment).date()
    terms = [
        term for system in systems for term in await info.context.collection(info.context.indexes.sis.terms, system)
    ]
    return phase_of(terms, day)


def phase_of(terms: Sequence[sis.Term], day: date) -> AcademicPhase:
    running = [term for term in terms if term.starts <= day <= term.ends]
    told = {event.kind for term in running for event in term.calendar if event.starts <= day <= event.ends}
    if running:
        return next((phase for kind, phase in PHASES.items() if kind in told), AcademicPhase.TEACHING)
    coming = (event for term in terms for event in term.calendar if event.kind is sis.CalendarKind.BEFORE_TERM)
    if any(event.starts <= day <= event.ends for event in coming):
        return AcademicPhase.BEFORE_TERM
    return AcademicPhase.BETWEEN_TERMS


def _events(term: sis.Term) -> Iterator[sis.CalendarEvent]:
    yield sis.CalendarEvent(
        system=term.key.system,
        campus=term.campus,
        term_code=term.code,
        kind=sis.CalendarKind.TERM,
        name=term.name,
        starts=term.starts,
        ends=term.ends,
    )
    yield from term.calendar
