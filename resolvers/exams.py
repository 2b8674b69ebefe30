"""What a person is examined in: when, where, and on which seat."""

from collections.abc import Sequence
from datetime import datetime

from strawberry import Parent

from campus.location import Location
from campus.record import Record
from campus.text import UNTOLD, Text
from connectors import sis
from connectors.reads import AccountKey

from .context import Info
from .courses import current_term, term_by_key
from .location import location_of
from .merged import Merged
from .people import Me, Student, studies

SITS = frozenset({sis.EnrolmentState.ENROLLED, sis.EnrolmentState.FINISHED})
"""Who takes part in a course, or did, sits its examinations."""


class PersonalExam(Record, frozen=True):
    """One sitting, as one of those who sit it sees it."""

    sitting: sis.Exam
    title: Text
    """Of the course."""
    seat: str | None

    @property
    def course_code(self) -> str:
        return self.sitting.course.code

    @property
    def term_code(self) -> str:
        return self.sitting.course.term

    @property
    def name(self) -> Text:
        return self.sitting.name

    @property
    def campus(self) -> str:
        return self.sitting.campus

    @property
    def start(self) -> datetime:
        return self.sitting.start

    @property
    def end(self) -> datetime:
        return self.sitting.end

    @property
    def room(self) -> str:
        return self.sitting.room


async def exams(owner: Parent[Me | Student], info: Info, term: str | None = None) -> Merged[PersonalExam] | None:
    """Of one term; without one, of the term that runs at each campus, or comes next. The next one first."""

    async def of(who: sis.Identity) -> Sequence[PersonalExam]:
        key = sis.TermKey(who.system, term) if term else (await current_term(info, who.system)).key
        return await exams_of(info, who, key) if await term_by_key(info, key) else []

    found = await studies(owner, info, of)
    return found and Merged(nodes=in_order(found.nodes), unavailable=found.unavailable)


def in_order(exams: Sequence[PersonalExam]) -> list[PersonalExam]:
    return sorted(exams, key=lambda each: (each.start, each.end, each.sitting.course))


async def exams_of(info: Info, who: sis.Identity, term: sis.TermKey) -> list[PersonalExam]:
    """What a person sits in one term: their assessed items, as far as they are in the term's index of examinations."""
    by_course = await info.context.sis.assessments_by_person.load(AccountKey(who.system, who.wire_id))
    sittings = await info.context.collection(info.context.indexes.sis.exams, term)
    catalogue = await info.context.collection(info.context.indexes.sis.catalogue, term)
    found = []
    for course, items in by_course.items():
        if course.term != term.code:
            continue
        offered = catalogue.course_by_code.get(course.code)
        title = offered.title if offered else {UNTOLD: course.code}
        found += [
            PersonalExam(sitting=sittings[item.test], title=title, seat=item.seat)
            for item in items
            if item.test in sittings and item.state in SITS
        ]
    return found


async def location_of_exam(exam: Parent[PersonalExam], info: Info) -> Location | None:
    return await location_of(info, exam.campus, exam.room)
