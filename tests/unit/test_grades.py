"""Averages as the academic regulations work them out: worked examples, and what holds for every record."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campus.grades import (
    HKUST,
    RepeatPolicy,
    Scale,
    after_repeats,
    average,
    counted,
    credits_earned,
    unknowable,
)

REPLACE, BOTH = RepeatPolicy.REPLACE, RepeatPolicy.BOTH


class Row(NamedTuple):
    """One line of a transcript."""

    course_code: str
    credits: Decimal | None
    grade: str | None
    passed: bool | None = True


def row(course: str, credits: str | int, grade: str | None, passed: bool | None = None) -> Row:
    verdict = {"F": False, "U": False, "W": None, "I": None, "AU": None, None: None}.get(grade, True)
    return Row(course, Decimal(credits), grade, verdict if passed is None else passed)


def worked_out(rows: list[Row], policy: RepeatPolicy = BOTH) -> Decimal | None:
    return average(after_repeats(counted(rows, HKUST), policy))


def test_an_average_is_weighted_by_credits() -> None:
    # (4.0 x 4 + 3.3 x 3 + 2.7 x 3 + 3.0 x 1) / 11 = 37.0 / 11 = 3.3636…
    rows = [row("COMP 2011", 4, "A"), row("MATH 2111", 3, "B+"), row("HUMA 1000", 3, "B-"), row("LANG 1002", 1, "B")]
    assert worked_out(rows) == Decimal("3.36")


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        (("A+", "A"), "4.15"),
        (("A", "A", "A-"), "3.90"),
        # 3.3 x 3 + 3.3 + 3.0 = 16.2 over five: 3.24; halves below.
        (("B+", "B+", "B+", "B+", "B"), "3.24"),
        (("D",), "1.00"),
        (("F",), "0.00"),
    ],
)
def test_averages_have_two_decimals(grades: tuple[str, ...], expected: str) -> None:
    found = worked_out([row(f"COMP {number}", 3, grade) for number, grade in enumerate(grades)])
    assert str(found) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 4.3 + 7 x 4.0 = 32.3 over 8: 4.0375.
        ([("A+", 1), ("A", 7)], "4.04"),
        # 3.7 x 1 + 4.0 x 19 = 79.7 over 20: 3.985, a half, rounded up.
        ([("A-", 1), ("A", 19)], "3.99"),
        # 3.3 x 1 + 3.0 x 19 = 60.3 over 20: 3.015, where banker's rounding would say 3.02 too, and a float 3.01.
        ([("B+", 1), ("B", 19)], "3.02"),
        # 4.3 x 1 + 4.0 x 11 = 48.3 over 12: 4.025, which banker's rounding would make 4.02.
        ([("A+", 1), ("A", 11)], "4.03"),
        # 1.0 x 1 + 0 x 2 over 3: 0.333…
        ([("D", 1), ("F", 2)], "0.33"),
    ],
)
def test_halves_are_rounded_up(rows: list[tuple[str, int]], expected: str) -> None:
    found = worked_out([row(f"X {number}", credits, grade) for number, (grade, credits) in enumerate(rows)])
    assert str(found) == expected


def test_a_fail_counts() -> None:
    # (4.0 x 3 + 0 x 3) / 6
    assert worked_out([row("COMP 1021", 3, "A"), row("MATH 1013", 3, "F")]) == Decimal("2.00")


REPEATED = [
    row("MATH 1013", 4, "F"),
    row("COMP 1021", 3, "B"),
    row("MATH 1013", 4, "B+"),
]
"""Failed in the first term, repeated in the second."""


def test_a_repeated_course_counts_by_its_last_attempt_where_the_policy_is_to_replace() -> None:
    # (3.0 x 3 + 3.3 x 4) / 7 = 22.2 / 7 = 3.171…
    assert worked_out(REPEATED, REPLACE) == Decimal("3.17")


def test_a_repeated_course_counts_with_every_attempt_where_the_policy_is_both() -> None:
    # (0 x 4 + 3.0 x 3 + 3.3 x 4) / 11 = 22.2 / 11 = 2.018…
    assert worked_out(REPEATED, BOTH) == Decimal("2.02")


def test_the_last_attempt_counts_even_if_it_is_the_worse_one() -> None:
    rows = [row("COMP 2011", 4, "B"), row("COMP 2011", 4, "D")]
    assert worked_out(rows, REPLACE) == Decimal("1.00")
    assert worked_out(rows, BOTH) == Decimal("2.00")


@pytest.mark.parametrize("again", ["W", "I", "AU", None])
@pytest.mark.parametrize("policy", RepeatPolicy)
def test_an_attempt_without_a_grade_that_counts_replaces_nothing(again: str | None, policy: RepeatPolicy) -> None:
    assert worked_out([row("COMP 2011", 4, "C"), row("COMP 2011", 4, again)], policy) == Decimal("2.00")


def test_transferred_credits_count_for_completion_only() -> None:
    rows = [row("PHYS 1112", 3, "T"), row("COMP 1021", 3, "A-")]
    assert worked_out(rows) == Decimal("3.70")
    assert credits_earned(rows) == 6


def test_passing_without_a_letter_earns_credits_and_no_points() -> None:
    rows = [row("UROP 1100", 1, "P"), row("COMP 1021", 3, "B")]
    assert worked_out(rows) == Decimal("3.00")
    assert credits_earned(rows) == 4


@pytest.mark.parametrize(
    "grade",
    ["T", "AU", "CR", "DI", "DN", "I", "IP", "P", "PA", "PP", "PS", "W", "HP", "LP", "U"],
)
def test_these_grades_are_in_no_average(grade: str) -> None:
    assert worked_out([row("COMP 1021", 3, "B"), row("COMP 6990", 12, grade)]) == Decimal("3.00")
    assert worked_out([row("COMP 6990", 12, grade)]) is None
    assert unknowable([row("COMP 6990", 12, grade)], HKUST) == []


def test_where_nothing_counts_there_is_no_average() -> None:
    assert worked_out([]) is None
    assert worked_out([row("COMP 1021", 3, None)]) is None
    assert worked_out([row("COMP 4900", 0, "A")]) is None, "no credits, no weight"


def test_credits_of_a_course_passed_twice_are_earned_once() -> None:
    rows = [row("COMP 2011", 4, "D"), row("COMP 2011", 4, "A"), row("MATH 1013", 4, "F"), row("HUMA 1000", "0.5", "B")]
    assert credits_earned(rows) == Decimal("4.5")


def test_what_nobody_can_weigh_is_told_rather_than_left_out() -> None:
    strange, untold, running = row("COMP 1", 3, "Z"), Row("COMP 2", None, "A"), Row("COMP 3", None, None, None)
    withdrawn = Row("COMP 4", None, "W", None)
    assert unknowable([strange, untold, running, withdrawn, row("COMP 5", 3, "A")], HKUST) == [strange, untold]


def test_another_university_has_another_scale() -> None:
    scale = Scale(points={"1": Decimal("4"), "2": Decimal("3")}, uncounted=frozenset({"B"}))
    rows = [row("X 1", 1, "1"), row("X 2", 1, "2"), row("X 3", 1, "B")]
    assert average(counted(rows, scale)) == Decimal("3.50")
    assert unknowable([row("X 4", 1, "A")], scale) != []


ROWS = some.builds(
    row,
    some.sampled_from([f"COMP {number}" for number in range(6)]),
    some.integers(0, 6),
    some.sampled_from([*HKUST.points, *sorted(HKUST.uncounted), None]),
)
RECORDS = some.lists(ROWS, max_size=40)


@given(RECORDS, some.sampled_from(RepeatPolicy))
def test_an_average_lies_between_the_worst_and_the_best_grade(rows: list[Row], policy: RepeatPolicy) -> None:
    found = worked_out(rows, policy)
    points = [HKUST.points[each.grade] for each in rows if each.grade in HKUST.points and each.credits]
    if found is None:
        assert policy is REPLACE or points == []
    else:
        assert min(points) <= found <= max(points)
        assert found.as_tuple().exponent == -2


@given(RECORDS, RECORDS, some.sampled_from(RepeatPolicy))
def test_what_does_not_count_changes_no_average(rows: list[Row], others: list[Row], policy: RepeatPolicy) -> None:
    silent = [each for each in others if each.grade not in HKUST.points]
    assert worked_out([*rows, *silent], policy) == worked_out(rows, policy)


@given(RECORDS)
def test_where_no_course_is_repeated_the_policies_agree(rows: list[Row]) -> None:
    once = list({each.course_code: each for each in rows}.values())
    assert worked_out(once, REPLACE) == worked_out(once, BOTH)


@given(RECORDS)
def test_to_replace_is_to_look_at_the_last_counted_attempt_alone(rows: list[Row]) -> None:
    last = {each.course_code: each for each in rows if each.grade in HKUST.points}
    assert worked_out(rows, REPLACE) == worked_out(list(last.values()), BOTH)


@given(RECORDS)
def test_credits_earned_are_never_more_than_those_of_distinct_courses(rows: list[Row]) -> None:
    most: dict[str, Decimal] = {}
    for each in rows:
        most[each.course_code] = max(most.get(each.course_code, Decimal()), each.credits or Decimal())
    assert 0 <= credits_earned(rows) <= sum(most.values())


@given(RECORDS)
def test_an_average_is_exact(rows: list[Row]) -> None:
    """Worked out in whole tenths of grade points, without a division: half a hundredth away at most, or below it."""
    found = worked_out(rows)
    weighed = [
        (int(HKUST.points[each.grade] * 10), int(each.credits or 0)) for each in rows if each.grade in HKUST.points
    ]
    credits = sum(credit for _, credit in weighed)
    if not credits:
        assert found is None
        return
    hundredths = (2 * 10 * sum(points * credit for points, credit in weighed) + credits) // (2 * credits)
    assert found == Decimal(hundredths).scaleb(-2)
