"""What is worked out over a student's results: averages and credits, of all campuses together or not at all."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from strawberry import Parent

from campus import grades
from campus.grades import Counted, RepeatPolicy, Scale
from connectors import sis
from connectors.wire import UpstreamBadResponse

from .context import Info
from .record import AcademicRecord, TermRecord, whole_programmes, whole_results


def term_gpa(term: Parent[TermRecord], info: Info) -> Decimal | None:
    """The term by itself (TGA): a course that is repeated later still counts in the term in which it was taken."""
    return grades.average(
        attempt for _, scale, rows in _by_system(info, _whole(term)) for attempt in grades.counted(rows, scale)
    )


def term_credits(term: Parent[TermRecord], info: Info) -> Decimal:
    return _earned(info, _whole(term))


async def cumulative_gpa(record: Parent[AcademicRecord], info: Info) -> Decimal | None:
    """All terms (CGA), repeated courses by the policy of the programme."""
    return grades.average(attempt for place in await _places(record, info) for attempt in place.attempts)


async def major_gpa(record: Parent[AcademicRecord], info: Info) -> Decimal | None:
    """All terms, over the courses of the major alone (MCGA)."""
    return grades.average(
        attempt
        for place in await _places(record, info)
        for attempt in place.attempts
        if any(attempt.course_code in studied.major_courses for studied in place.programmes)
    )


async def credits_earned(record: Parent[AcademicRecord], info: Info) -> Decimal:
    """With what was recognised of a campus that is not part of this record; what is part of it counts there."""
    rows, programmes = await asyncio.gather(whole_results(record, info), whole_programmes(record, info))
    here = {row.campus for row in rows}
    recognised = (
        transfer.credits
        for studied in programmes
        for transfer in studied.credit_transfers
        if transfer.state is sis.TransferState.APPROVED and transfer.from_campus not in here
    )
    return _earned(info, rows) + sum(recognised, Decimal())


class _Place(NamedTuple):
    """What one student system holds of a student."""

    programmes: Sequence[sis.ProgrammeEnrolment]
    attempts: Sequence[Counted]
    """After repeats."""


async def _places(record: AcademicRecord, info: Info) -> list[_Place]:
    rows, programmes = await asyncio.gather(whole_results(record, info), whole_programmes(record, info))
    places = []
    for system, scale, held in _by_system(info, rows):
        studied = [programme for programme in programmes if programme.system == system]
        places.append(_Place(studied, grades.after_repeats(grades.counted(held, scale), _policy(studied))))
    return places


def _policy(studied: Sequence[sis.ProgrammeEnrolment]) -> RepeatPolicy:
    """That of the programme begun last."""
    latest = max(studied, key=lambda programme: programme.admitted or date.min, default=None)
    return latest.repeat_policy if latest else RepeatPolicy.REPLACE


def _earned(info: Info, rows: Iterable[sis.Enrolment]) -> Decimal:
    return sum((grades.credits_earned(held) for _, _, held in _by_system(info, rows)), Decimal())


def _by_system(info: Info, rows: Iterable[sis.Enrolment]) -> Iterator[tuple[str, Scale, Sequence[sis.Enrolment]]]:
    """Each system's results with its campus's scale, the earlier first. Raises where one cannot be weighed."""
    found: defaultdict[str, list[sis.Enrolment]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.term_code):
        found[row.system].append(row)
    for system, held in found.items():
        scale = info.context.campus.scales[held[0].campus]
        if strange := grades.unknowable(held, scale):
            raise UpstreamBadResponse(system, f"{strange[0].id} has a grade that is not on the scale, or no credits")
        yield system, scale, held


def _whole(term: TermRecord) -> Sequence[sis.Enrolment]:
    if term.failure:
        raise term.failure
    return term.results
