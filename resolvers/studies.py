"""What a person studies: programmes, enrolments, results, over all campuses as one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from strawberry import Parent

from campus.record import Record
from connectors import sis
from connectors.reads import AccountKey

from .context import Info
from .courses import course_by_key, current_term
from .merged import Merged
from .people import Me, Student, studies


class AcademicRecord(Record, frozen=True):
    """One record over all campuses."""

    programmes: Merged[sis.ProgrammeEnrolment]
    owner: Me | Student


class TermRecord(Record, frozen=True):
    """What one person did in one term, at whichever campus."""

    code: str
    results: Sequence[sis.Enrolment]


async def academic_record(owner: Parent[Me | Student], info: Info) -> AcademicRecord | None:
    """None for who never was a student."""
    loader = info.context.sis.programmes_by_person
    programmes = await studies(owner, info, lambda who: loader.load(AccountKey(who.system, who.wire_id)))
    return AcademicRecord(programmes=programmes, owner=owner) if programmes else None


async def term_records(record: Parent[AcademicRecord], info: Info) -> Merged[TermRecord] | None:
    """The latest term first; what was dropped or refused is no part of a record."""
    found = await _all_enrolments(record.owner, info)
    if found is None:
        return None
    by_term: defaultdict[str, list[sis.Enrolment]] = defaultdict(list)
    for enrolment in found.nodes:
        if enrolment.state in (sis.EnrolmentState.ENROLLED, sis.EnrolmentState.FINISHED):
            by_term[enrolment.course.term].append(enrolment)
    return Merged(
        nodes=[TermRecord(code=term, results=_in_order(by_term[term])) for term in sorted(by_term, reverse=True)],
        unavailable=found.unavailable,
    )


async def enrolments(owner: Parent[Me | Student], info: Info, term: str | None = None) -> Merged[sis.Enrolment] | None:
    """Of one term; without one, of the term that runs at each campus, or comes next."""

    async def of(who: sis.Identity) -> Sequence[sis.Enrolment]:
        wanted = term or (await current_term(info, who.system)).code
        everything = await info.context.sis.enrolments_by_person.load(AccountKey(who.system, who.wire_id))
        return _in_order(each for each in everything if each.course.term == wanted)

    return await studies(owner, info, of)


async def _all_enrolments(owner: Me | Student, info: Info) -> Merged[sis.Enrolment] | None:
    loader = info.context.sis.enrolments_by_person
    return await studies(owner, info, lambda who: loader.load(AccountKey(who.system, who.wire_id)))


def _in_order(enrolments: Iterable[sis.Enrolment]) -> list[sis.Enrolment]:
    return sorted(enrolments, key=lambda each: (each.course.code, each.system, each.id))


async def course_of_enrolment(enrolment: Parent[sis.Enrolment], info: Info) -> sis.Course | None:
    return await course_by_key(info, enrolment.course)


async def sections_of_enrolment(enrolment: Parent[sis.Enrolment], info: Info) -> list[sis.Section]:
    """The sections of the course in which the person has a seat."""
    seats = await info.context.sis.seats_by_person.load(AccountKey(enrolment.system, enrolment.owner))
    key = sis.TermKey(enrolment.course.system, enrolment.course.term)
    catalogue = await info.context.collection(info.context.indexes.sis.catalogue, key)
    taken = (catalogue.section_by_wire_id.get(seat.section_wire_id) for seat in seats)
    return [section for section in taken if section and section.course == enrolment.course]
