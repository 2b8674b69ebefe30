"""How courses are marked: the items of an assessment, their marks, and the grade that comes of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zlib import crc32

from .examinations import held
from .university import AssessmentItem, Course, Enrolment, Term, Text

_WORDS: dict[str, Text] = {
    "homework": {"en": "Homework", "zh-hant": "習作", "zh-hans": "作业"},
    "quiz": {"en": "Quizzes", "zh-hant": "小測", "zh-hans": "小测验"},
    "midterm": {"en": "Mid-term examination", "zh-hant": "期中考試", "zh-hans": "期中考试"},
    "laboratory": {"en": "Laboratory reports", "zh-hant": "實驗報告", "zh-hans": "实验报告"},
    "project": {"en": "Project", "zh-hant": "專題研習", "zh-hans": "课程项目"},
    "presentation": {"en": "Presentation", "zh-hant": "口頭報告", "zh-hans": "口头报告"},
    "final": {"en": "Final examination", "zh-hant": "期末考試", "zh-hans": "期末考试"},
}
_PLANS = (
    # (item, weight in percent, marks at most, share of the term after which it is held)
    (("homework", 20, 40, 0.25), ("midterm", 30, 100, 0.5), ("final", 50, 100, 1.0)),
    (("quiz", 15, 20, 0.2), ("homework", 15, 50, 0.4), ("project", 30, 60, 0.8), ("final", 40, 100, 1.0)),
    (("laboratory", 25, 30, 0.3), ("midterm", 25, 60, 0.55), ("final", 50, 120, 1.0)),
    (
        ("quiz", 10, 10, 0.15),
        ("midterm", 25, 100, 0.45),
        ("presentation", 15, 20, 0.7),
        ("project", 20, 40, 0.85),
        ("final", 30, 100, 1.0),
    ),
)
_GRADES = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D", "F")
_WEIGHTS = (4, 12, 14, 16, 16, 12, 9, 7, 4, 3, 3)
_SHARE = dict(zip(_GRADES, (0.97, 0.92, 0.87, 0.83, 0.78, 0.74, 0.69, 0.64, 0.59, 0.52, 0.35), strict=True))
_POINTS = dict(
    zip(_GRADES, map(Decimal, ("4.3", "4.0", "3.7", "3.3", "3.0", "2.7", "2.3", "2.0", "1.7", "1.0", "0")), strict=True)
)
PASSED = (*_GRADES[:-1], "P", "T")


def plan_of(course: Course) -> tuple[tuple[str, int, int, float], ...]:
    """The assessment of a course: the same every term, so that it can be compared over the years."""
    return _PLANS[crc32(course.code.encode()) % len(_PLANS)]


def item_name(item: str) -> Text:
    return _WORDS[item]


def draw(dice: Random, course: Course) -> str:
    """A grade as they are spread over a large class; thesis research is passed."""
    return "P" if course.units == 0 else dice.choices(_GRADES, _WEIGHTS)[0]


def assess(dice: Random, course: Course, term: Term, grade: str | None, now: datetime) -> tuple[AssessmentItem, ...]:
    """The items with marks that fit a grade; in a running course what was held a while ago is marked.

    Marks come out two days to three weeks after the day; those not yet released are known to the system alone.
    """
    if course.units == 0 or grade in ("W", "T", "P"):
        return ()
    share = _SHARE.get(grade or "", 0.55 + 0.4 * dice.random())
    items = []
    for name, weight, maximum, place in plan_of(course):
        start, _ = held(term, course.code, name, place)
        marked = start + timedelta(days=2) < now and not (grade == "I" and name == "final")
        halves = min(2 * maximum, max(0, round(2 * maximum * (share + dice.uniform(-0.06, 0.06)))))
        items.append(
            AssessmentItem(
                item_name(name),
                weight,
                maximum,
                halves // 2 if marked else None,
                marked and (grade is not None or start + timedelta(days=dice.randrange(3, 21)) < now),
                start,
                half_mark=marked and bool(halves % 2),
            )
        )
    return tuple(items)


def term_average(rows: Iterable[Enrolment]) -> Decimal | None:
    """Grade points weighted by units, unrounded, as the registry looks at a term; None where nothing counts."""
    counted = [(_POINTS[row.grade], Decimal(str(row.units))) for row in rows if row.grade in _POINTS]
    units = sum(unit for _, unit in counted)
    return sum((points * unit for points, unit in counted), Decimal()) / units if units else None
