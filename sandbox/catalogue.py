"""Reads a real term: HKUST's public Class Schedule & Quota as JSON, one file a term, plain or gzipped.

The file is an object of subjects, each a list of courses with their sections. A section is one class number: rows
that repeat it are further meetings of the same section.
"""

import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from .terms import term_of
from .timetable import DAYS
from .university import Course, Meeting, ReservedQuota, Section


class CatalogueError(Exception):
    """The file cannot be used; the message is one sentence that says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    term: str
    courses: Mapping[str, Course]
    sections: Sequence[Section]
    """By class number, in the file's order."""


def term_in_name(file: Path) -> str:
    """The term code a file's name begins with. CatalogueError: it begins with none."""
    digits = re.match(r"\d{4}(?!\d)", file.name)
    if not digits:
        raise CatalogueError(f"{file.name} does not begin with a term code: name the term with --term, as --term 2330.")
    return digits[0]


def read_catalogue(file: Path, term: str | None = None) -> Catalogue:
    """The courses and sections of a file. CatalogueError: missing, not readable as JSON, or of another form."""
    code = term or term_in_name(file)
    try:
        term_of(code)
    except ValueError as reason:
        raise CatalogueError(str(reason)) from None
    content = _content(file)
    if not isinstance(content, dict) or not content:
        raise CatalogueError(f"{file} is not a class schedule: it should hold an object of subjects.")
    courses: dict[str, Course] = {}
    sections: dict[int, Section] = {}
    for subject, listed in content.items():
        if not isinstance(listed, list):
            raise CatalogueError(f"{file}: subject {subject} should hold a list of courses.")
        for place, row in enumerate(listed):
            _add_course(row, f"{file}: course {place + 1} of {subject}", courses, sections)
    if not courses:
        raise CatalogueError(f"{file} is not a class schedule: it holds no course.")
    return Catalogue(code, courses, list(sections.values()))


def _content(file: Path) -> Any:
    try:
        raw = file.read_bytes()
    except OSError as reason:
        raise CatalogueError(f"{file} cannot be read: {reason.strerror}.") from None
    try:
        return json.loads(gzip.decompress(raw) if file.name.endswith(".gz") else raw)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise CatalogueError(f"{file} is not a whole gzip file.") from None
    except ValueError:
        raise CatalogueError(f"{file} does not hold JSON.") from None


def _add_course(row: Any, where: str, courses: dict[str, Course], sections: dict[int, Section]) -> None:
    try:
        course = _course(row)
        where = f"{where} ({course.code})"
        rows = [_section(line, course.code) for line in row["sections"]]
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise CatalogueError(
            f"{where} has another form than a class schedule: {type(reason).__name__} {reason}."
        ) from None
    courses[course.code] = course
    for section in rows:
        known = sections.get(section.class_number)
        if known and known.course_code != course.code:
            raise CatalogueError(f"{where}: class number {section.class_number} is also one of {known.course_code}.")
        sections[section.class_number] = _joined(known, section) if known else section


def _course(row: Mapping[str, Any]) -> Course:
    info, number = row["info"], str(row["course"])
    return Course(
        f"{row['subject']} {number}",
        {"en": str(row["name"])},
        {"en": info["description"]} if info.get("description") else {},
        float(row["units"]),
        _level(number),
        tuple((str(mark["title"]), str(mark["description"])) for mark in row["attrs"]),
        prerequisite=info.get("pre-requisite", ""),
        corequisite=info.get("co-requisite", ""),
        exclusion=info.get("exclusion", ""),
        previous_code=info.get("previous-code", ""),
    )


def _level(number: str) -> str:
    """HKUST's numbering: 1000-4999 undergraduate, 5000-6999 master's, from 7000 doctoral."""
    return "bachelor" if number[0] < "5" else "master" if number[0] < "7" else "doctoral"


def _section(row: Mapping[str, Any], course: str) -> Section:
    counts = [row["number"], row["quota"], row["enroll"], row["waitlist"]]
    if not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError(f"a count of section {row['code']} is no whole number")
    return Section(
        row["number"],
        str(row["code"]),
        course,
        row["quota"],
        row["enroll"],
        row["waitlist"],
        tuple(_meeting(line, str(row["venue"])) for line in row["schedules"]),
        tuple(row["instructors"]),
        tuple(row["remarks"]),
        tuple(ReservedQuota(group, at["quota"], at["enroll"]) for group, at in row.get("quotaDetail", {}).items()),
    )


def _meeting(line: Mapping[str, str], room: str) -> Meeting:
    first, last = line.get("fromDate"), line.get("toDate")
    if line["day"] not in DAYS:
        raise ValueError(f"{line['day']!r} is no day of the week")
    return Meeting(
        line["day"],
        time.fromisoformat(line["from"]),
        time.fromisoformat(line["to"]),
        room,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )


def _joined(known: Section, further: Section) -> Section:
    instructors = (*known.instructors, *(name for name in further.instructors if name not in known.instructors))
    return replace(known, meetings=(*known.meetings, *further.meetings), instructors=instructors)
