"""Averages and credits out of grades: what counts on a scale, and which attempt at a repeated course."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol, TypeVar

from .record import Record

HUNDREDTH = Decimal("0.01")


class RepeatPolicy(enum.Enum):
    """What a repeated course does to averages."""

    REPLACE = "replace"
    """Only the last attempt counts."""
    BOTH = "both"
    """Every attempt counts."""


class Scale(Record, frozen=True):
    """A university's grades. One that stands in neither list is unknown, and nothing may be computed over it."""

    points: Mapping[str, Decimal]
    """Grades that count, with their grade points."""
    uncounted: frozenset[str]
    """Grades that say something, but count in no average."""


HKUST = Scale(
    points={
        grade: Decimal(points)
        for grade, points in (
            ("A+", "4.3"), ("A", "4.0"), ("A-", "3.7"), ("B+", "3.3"), ("B", "3.0"), ("B-", "2.7"),
            ("C+", "2.3"), ("C", "2.0"), ("C-", "1.7"), ("D", "1.0"), ("F", "0"),
        )
    },
    uncounted=frozenset(
        {"T", "AU", "CR", "DI", "DN", "I", "IP", "P", "PA", "PP", "PS", "W"}  # transferred, audited, passed …
        | {"HP", "LP", "U"}  # with P, the scale of high pass, pass, low pass, unsatisfactory
    ),
)  # fmt: skip
"""The scale HKUST publishes in its academic regulations, the same at both campuses."""


class Result(Protocol):
    """What a record must tell of one attempt at one course."""

    @property
    def course_code(self) -> str: ...
    @property
    def grade(self) -> str | None:
        """None while the course runs, and until the grade is released."""

    @property
    def credits(self) -> Decimal | None: ...
    @property
    def passed(self) -> bool | None:
        """None where the university does not say."""


AnyResult = TypeVar("AnyResult", bound=Result)


class Counted(NamedTuple):
    """A result that counts in averages."""

    course_code: str
    points: Decimal
    """Grade points of one credit."""
    credits: Decimal


def unknowable(results: Iterable[AnyResult], scale: Scale) -> list[AnyResult]:
    """Results over which nothing can be computed: a grade the scale does not know, or credits that nobody told."""
    return [
        result
        for result in results
        if (result.grade is not None and result.grade not in scale.points and result.grade not in scale.uncounted)
        or (result.credits is None and (result.passed or result.grade in scale.points))
    ]


def counted(results: Iterable[Result], scale: Scale) -> list[Counted]:
    """The results that count, in their order. Needs results that are knowable."""
    return [
        Counted(result.course_code, scale.points[result.grade], result.credits)
        for result in results
        if result.grade is not None and result.grade in scale.points and result.credits is not None
    ]


def after_repeats(attempts: Sequence[Counted], policy: RepeatPolicy) -> Sequence[Counted]:
    """What is left of one campus's results when repeated courses are told apart, the earlier attempts given first.

    An attempt that does not count, as when the course was dropped the second time, replaces none.
    """
    if policy is RepeatPolicy.BOTH:
        return attempts
    return list({attempt.course_code: attempt for attempt in attempts}.values())


def average(attempts: Iterable[Counted]) -> Decimal | None:
    """Grade points weighted by credits, to two decimals, halves rounded up; None where nothing counts."""
    points = credits = Decimal()
    for attempt in attempts:
        points += attempt.points * attempt.credits
        credits += attempt.credits
    return (points / credits).quantize(HUNDREDTH, ROUND_HALF_UP) if credits else None


def credits_earned(results: Iterable[Result]) -> Decimal:
    """Credits of the courses passed, transferred ones included; a course passed twice counts once."""
    earned = {result.course_code: result.credits for result in results if result.passed and result.credits is not None}
    return sum(earned.values(), Decimal())
