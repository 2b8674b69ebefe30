"""Reads the requirement texts of courses, as far as a registration desk needs them."""

import re
from collections.abc import Collection
from functools import cache

_COURSE = re.compile(r"\b([A-Z]{4}) ?(\d{4}[A-Z]?)\b")


def courses_named(text: str) -> list[str]:
    """Every course code in a text, in its order."""
    return [f"{subject} {number}" for subject, number in _COURSE.findall(text)]


def satisfied(prerequisite: str, passed: Collection[str]) -> bool:
    """Whether one course of each AND-clause was passed.

    A clause that names no course (school examinations, the consent of the instructor) counts as met on admission.
    """
    return all(any(code in passed for code in named) for named in _clauses(prerequisite))


@cache
def _clauses(prerequisite: str) -> list[list[str]]:
    """The clauses that name a course; cached, since every student is held against the same few texts."""
    return [named for clause in re.split(r"\bAND\b", prerequisite) if (named := courses_named(clause))]


def excluded(exclusion: str, taken: Collection[str]) -> bool:
    """Whether a course that rules this one out was taken."""
    return any(code in taken for named in _clauses(exclusion) for code in named)
