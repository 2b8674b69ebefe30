"""Terms, courses and sections: public, from the term's index."""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from strawberry import Parent

from campus.timetable import Day
from connectors import sis
from connectors.reads import settled
from connectors.wire import UpstreamError
from execution.derived import derived

from .context import Campus, Info
from .merged import Merged, merged, missing
from .paging import Page, paged
from .refusals import BadUserInput

LONGEST_SEARCH = 100
"""Characters one may look for."""


def student_system(info: Info, campus: str) -> str:
    """The student system of a campus; BadUserInput for a campus that has none."""
    systems = info.context.campus.answering("person", campus)
    if not systems:
        known = sorted(
            {info.context.campus.upstreams[each].system.campus for each in info.context.campus.answering("person")}
        )
        raise BadUserInput(
            "No campus {campus!r} keeps student records; there are {known}.", campus=campus, known=", ".join(known)
        )
    return systems[0]


def catalogue_systems(info: Info, campus: str | None) -> list[str]:
    """The systems that list courses, of one campus or of all; those first that have nothing else."""
    systems = info.context.campus.answering("catalogue", campus)
    if not systems:
        raise BadUserInput(
            "No campus {campus!r}; there are {known}.",
            campus=campus,
            known=", ".join(sorted(info.context.campus.names)),
        )
    student_systems = info.context.campus.answering("person")
    return sorted(systems, key=lambda system: system in student_systems)


async def terms(info: Info, campus: str | None = None) -> Merged[sis.Term] | None:
    """A term that several systems of a campus list is told once, by its student system, which knows the dates."""

    async def of(system: str) -> Sequence[sis.Term]:
        return await info.context.collection(info.context.indexes.sis.terms, system)

    found = await merged(info, {system: of(system) for system in catalogue_systems(info, campus)})
    if found is None:
        return None
    once = {(term.campus, term.code): term for term in found.nodes}
    nodes = [term for term in found.nodes if once[term.campus, term.code] is term]
    return Merged(nodes=nodes, unavailable=found.unavailable)


def _is_current(term: sis.Term, campus: Campus) -> bool:
    return term.starts_at <= campus.now() <= term.ends_at


is_current = derived(_is_current, by=attrgetter("campus"))


async def current_term(info: Info, system: str) -> sis.Term:
    """The term that runs, or the one that comes next, or failing both the last one."""
    now = info.context.campus.now()
    terms = await info.context.collection(info.context.indexes.sis.terms, system)
    ahead = [term for term in terms if term.ends_at >= now]
    if not terms:
        raise UpstreamError(system, "no terms at all")
    return min(ahead, key=lambda term: term.starts_at) if ahead else max(terms, key=lambda term: term.ends_at)


async def courses(  # noqa: PLR0913 - whoever looks for a course names what they know of it
    info: Info,
    search: str | None = None,
    campus: str | None = None,
    term: str | None = None,
    level: sis.CourseLevel | None = None,
    attribute: str | None = None,
    instructor: str | None = None,
    open_seats: bool | None = None,
    days: list[Day] | None = None,
    first: int = 20,
    after: str | None = None,
) -> Page[sis.Course] | None:
    """By code; what is searched for, by how well it fits. A question to memory, once the terms are there."""
    wish = sis.CourseWish(
        search=_short(search, "search"),
        level=level,
        attribute=_short(attribute, "attribute") or None,
        instructor=_short(instructor, "instructor") or None,
        open_seats=open_seats,
        days=frozenset(day.value for day in days or ()),
    )
    ranks: dict[sis.CourseKey, int] = {}
    gaps: list[UpstreamError] = []

    async def of(system: str) -> Sequence[sis.Course] | None:
        systems = catalogue_systems(info, info.context.campus.upstreams[system].system.campus)
        key = sis.TermKey(system, term or await _current_code(info, systems))
        if await term_by_key(info, key) is None or await _superseded(info, key, systems):
            return None
        catalogue = await info.context.collection(info.context.indexes.sis.catalogue, key)
        gaps.extend(gap.failure(system) for gap in catalogue.gaps.values())
        hits = catalogue.matching(wish)
        if wish.search:
            ranks.update((hit.course.key, hit.rank) for hit in hits)
        return [hit.course for hit in hits]

    found = await merged(info, {system: of(system) for system in catalogue_systems(info, campus)})
    if found is None:
        raise BadUserInput("No term {term!r}.", term=term)
    if gaps:
        found = Merged(nodes=found.nodes, unavailable=[*found.unavailable, *missing(info, gaps)])
    if not wish.search:
        return paged(found, first=first, after=after, cursor=lambda course: (course.code, *course.key))
    return paged(found, first=first, after=after, cursor=lambda each: (ranks[each.key], each.code, *each.key))


def _short(words: str | None, argument: str) -> str:
    """What somebody typed, without the blanks around it."""
    if words and len(words) > LONGEST_SEARCH:
        raise BadUserInput("`{argument}` has at most {most} characters.", argument=argument, most=LONGEST_SEARCH)
    return (words or "").strip()


async def course(info: Info, campus: str, code: str, term: str | None = None) -> sis.Course | None:
    key = await catalogue_key(info, campus, term)
    return await course_by_key(info, sis.CourseKey(*key, code)) if key else None


async def section(info: Info, campus: str, class_number: int, term: str | None = None) -> sis.Section | None:
    key = await catalogue_key(info, campus, term)
    return await section_by_key(info, sis.SectionKey(*key, class_number)) if key else None


async def catalogue_key(info: Info, campus: str, term: str | None) -> sis.TermKey | None:
    """Where a campus's catalogue of a term, or of the one that runs, is read; None where no system lists it."""
    systems = catalogue_systems(info, campus)
    code = term or await _current_code(info, systems)
    for system in systems:
        if await term_by_key(info, sis.TermKey(system, code)) is not None:
            return sis.TermKey(system, code)
    return None


async def _superseded(info: Info, key: sis.TermKey, systems: Sequence[str]) -> bool:
    """Whether a class schedule of the campus lists this term of a student system, and so is its catalogue."""
    if key.system not in info.context.campus.answering("person"):
        return False
    schedules = set(systems) - set(info.context.campus.answering("person"))
    listed = [await term_by_key(info, sis.TermKey(schedule, key.code)) for schedule in schedules]
    return any(term is not None for term in listed)


async def _current_code(info: Info, systems: Sequence[str]) -> str:
    """As the first of a campus's systems says that can tell, student systems before schedules."""
    outcomes = await settled(current_term(info, system) for system in reversed(systems))
    told = [outcome.code for outcome in outcomes if isinstance(outcome, sis.Term)]
    if not told:
        raise next(outcome for outcome in outcomes if isinstance(outcome, Exception))
    return told[0]


async def course_by_key(info: Info, key: sis.CourseKey) -> sis.Course | None:
    catalogue = await _catalogue(info, sis.TermKey(key.system, key.term))
    if catalogue is None:
        return None
    course = catalogue.course_by_code.get(key.code)
    if course is None and (gap := catalogue.gaps.get(key.code.partition(" ")[0])):
        raise gap.failure(key.system)
    return course


async def section_by_key(info: Info, key: sis.SectionKey) -> sis.Section | None:
    catalogue = await _catalogue(info, sis.TermKey(key.system, key.term))
    if catalogue is None:
        return None
    section = catalogue.section_by_number.get(key.class_number)
    for gap in catalogue.gaps.values() if section is None else ():
        raise gap.failure(key.system)  # it may be one of those that could not be read
    return section


async def term_by_key(info: Info, key: sis.TermKey) -> sis.Term | None:
    terms = await info.context.collection(info.context.indexes.sis.terms, key.system)
    return next((term for term in terms if term.key == key), None)


async def _catalogue(info: Info, key: sis.TermKey) -> sis.TermCatalogue | None:
    if await term_by_key(info, key) is None:
        return None
    return await info.context.collection(info.context.indexes.sis.catalogue, key)


async def sections(course: Parent[sis.Course], info: Info) -> Sequence[sis.Section]:
    term = sis.TermKey(course.key.system, course.key.term)
    catalogue = await info.context.collection(info.context.indexes.sis.catalogue, term)
    return catalogue.sections_by_course.get(course.code, ())


def meetings(section: Parent[sis.Section]) -> list[sis.CampusMeeting]:
    return [sis.CampusMeeting(**msgspec.structs.asdict(meeting), campus=section.campus) for meeting in section.meetings]


def consent_required(section: Parent[sis.Section]) -> bool:
    return section.consent


async def course_of_section(section: Parent[sis.Section], info: Info) -> sis.Course | None:
    return await course_by_key(info, section.course)


async def term_of_course(course: Parent[sis.Course], info: Info) -> sis.Term | None:
    return await term_by_key(info, sis.TermKey(course.key.system, course.key.term))
