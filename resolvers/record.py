"""A student's one record over all campuses: results term by term, and what the campuses keep beside them."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence

from strawberry import Parent

from campus.record import Record
from connectors import sis
from connectors.reads import AccountKey
from connectors.wire import UpstreamError
from execution.relation import relation

from .ahead import MARKS, wanted_below
from .context import Info
from .merged import Merged, parts
from .news import Found, followed
from .people import Me, Student, ever_student, persons_of, studies, whole_studies


class AcademicRecord(Record, frozen=True):
    """One record over all campuses."""

    owner: Me | Student


class TermRecord(Record, frozen=True):
    """What one person did in one term, at whichever campus."""

    code: str
    results: Sequence[sis.Enrolment]
    failure: UpstreamError | None
    """Why the results of a campus are missing, if they are."""


async def academic_record(owner: Parent[Me | Student], info: Info) -> AcademicRecord | None:
    """None for who never was a student."""
    return AcademicRecord(owner=owner) if await ever_student(owner, info) else None


async def programmes(record: Parent[AcademicRecord], info: Info) -> Merged[sis.ProgrammeEnrolment] | None:
    loader = info.context.sis.programmes_by_person
    return await studies(record.owner, info, lambda who: loader.load(AccountKey(who.system, who.wire_id)))


async def whole_programmes(record: AcademicRecord, info: Info) -> list[sis.ProgrammeEnrolment]:
    """Raises unless every campus answered."""
    loader = info.context.sis.programmes_by_person
    return await whole_studies(record.owner, info, lambda who: loader.load(AccountKey(who.system, who.wire_id)))


async def whole_results(record: AcademicRecord, info: Info) -> list[sis.Enrolment]:
    """Raises unless every campus answered."""
    return await whole_studies(record.owner, info, lambda who: _results(who, info))


async def _results(who: sis.Identity, info: Info) -> list[sis.Enrolment]:
    enrolments = await info.context.sis.enrolments_by_person.load(AccountKey(who.system, who.wire_id))
    return [each for each in enrolments if each.on_record]


async def term_records(record: Parent[AcademicRecord], info: Info) -> Merged[TermRecord] | None:
    """The latest term first."""
    marks = wanted_below(info, MARKS)

    async def of(who: sis.Identity) -> list[sis.Enrolment]:
        marks(AccountKey(who.system, who.wire_id))
        return await _results(who, info)

    found = await studies(record.owner, info, of)
    if found is None:
        return None
    by_term: defaultdict[str, list[sis.Enrolment]] = defaultdict(list)
    for result in sorted(found.nodes, key=lambda each: (each.course_code, each.system, each.id)):
        by_term[result.term_code].append(result)
    failure = next(iter(found.failures), None)
    return Merged(
        nodes=[TermRecord(code=term, results=by_term[term], failure=failure) for term in sorted(by_term, reverse=True)],
        unavailable=found.unavailable,
    )


assessments = relation(
    key=lambda result: AccountKey(result.system, result.owner),
    by=lambda context: context.sis.assessments_by_person,
    then=lambda result, by_course: by_course.get(result.course, ()),
)
"""In order of time; none for a course that is not assessed item by item."""


async def transfer_credits(record: Parent[AcademicRecord], info: Info) -> Merged[sis.Enrolment] | None:
    found = await studies(record.owner, info, lambda who: _results(who, info))
    return None if found is None else parts(found, lambda result: [result] if result.transferred else [])


async def standing(record: Parent[AcademicRecord], info: Info) -> Merged[sis.Standing] | None:
    found = await programmes(record, info)
    return None if found is None else parts(found, lambda studied: [studied.standing] if studied.standing else [])


async def exchanges(record: Parent[AcademicRecord], info: Info) -> Merged[sis.Exchange] | None:
    found = await programmes(record, info)
    return None if found is None else parts(found, lambda studied: studied.exchanges)


async def credit_transfers(record: Parent[AcademicRecord], info: Info) -> Merged[sis.CreditTransfer] | None:
    found = await programmes(record, info)
    return None if found is None else parts(found, lambda studied: studied.credit_transfers)


async def enrolment_holds(record: Parent[AcademicRecord], info: Info) -> Merged[sis.Hold] | None:
    return await _holds(record, info, blocking=True)


async def other_holds(record: Parent[AcademicRecord], info: Info) -> Merged[sis.Hold] | None:
    return await _holds(record, info, blocking=False)


async def _holds(record: AcademicRecord, info: Info, *, blocking: bool) -> Merged[sis.Hold] | None:
    students = await studies(record.owner, info, lambda who: persons_of(info, who))
    return (
        None
        if students is None
        else parts(students, lambda person: [hold for hold in person.holds if hold.blocks_enrolment is blocking])
    )


def grade_released(
    info: Info, resume: str | None = None
) -> AsyncGenerator[Found[sis.Enrolment] | UpstreamError | None, None]:
    """Of each campus where the person is or was a student."""

    async def account(system: str) -> str | None:
        identity = await info.context.accounts.identity(system)
        return identity.wire_id if identity and identity.student else None

    return followed(info, "enrolments", account, info.context.followed.sis.grades, resume)
