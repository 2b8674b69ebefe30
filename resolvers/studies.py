"""What a person takes: enrolments, with their courses and classes, over all campuses as one."""

from collections.abc import Iterable, Sequence

from strawberry import Parent

from connectors import sis
from connectors.reads import AccountKey

from .ahead import SEATS, wanted_below
from .context import Info
from .courses import course_by_key, current_term
from .merged import Merged
from .people import Me, Student, studies


async def enrolments(owner: Parent[Me | Student], info: Info, term: str | None = None) -> Merged[sis.Enrolment] | None:
    """Of one term; without one, of the term that runs at each campus, or comes next."""

    seats = wanted_below(info, SEATS)

    async def of(who: sis.Identity) -> Sequence[sis.Enrolment]:
        seats(AccountKey(who.system, who.wire_id))
        wanted = term or (await current_term(info, who.system)).code
        everything = await info.context.sis.enrolments_by_person.load(AccountKey(who.system, who.wire_id))
        return _in_order(each for each in everything if each.course.term == wanted)

    return await studies(owner, info, of)


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
