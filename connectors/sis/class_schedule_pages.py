"""A page of the class schedule, in two parts: what it says of terms and subjects, and the courses of its subject.

Read by what the page tells a reader (links, headings, column heads), since its markup changes. In the recorded pages a
course is headed by `h2` and a section's cells reach over its further rows; in those of 2026-27 it is headed by a
block of class `subject`, further rows have empty cells, and rows are repeated in other forms for narrow screens.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .class_schedule_rows import BadSchedule, ScheduledSection, sections_of
from .class_schedule_tables import heads, labelled, lines, plain
from .records import CourseAttribute

_TERM_LINK = re.compile(r"/cgi-bin/(\d{4})/?$")
_SUBJECT_LINK = re.compile(r"/cgi-bin/(\d{4})/subject/(\w+)/?$")
_HEADING = re.compile(r"^([A-Z][A-Z0-9]+) (\d\w*) - (.+)$")
_UNITS = re.compile(r"^(.*?) ?\(([^()]*?) ?units?\)$")
_CREDITS = re.compile(r"(?:^|: ?)(\d+(?:\.\d+)?)$")
_MARKED = re.compile(r"^(\[\w+\]) ?(.*)$")


class Navigation(NamedTuple):
    """The terms on offer with their names, as linked, and the subjects of each term that the page belongs to."""

    terms: Mapping[str, str]
    subjects: Mapping[str, Sequence[str]]


class ScheduledCourse(NamedTuple):
    """A course as printed; texts that are not there are empty."""

    code: str
    title: str
    units: str | None
    """A decimal number; None where the course has no fixed one."""
    texts: Mapping[str, str]
    """What the course info says, by its label: PRE-REQUISITE, DESCRIPTION, VECTOR …"""
    attributes: Sequence[CourseAttribute]
    sections: Sequence[ScheduledSection]


class SchedulePage(NamedTuple):
    navigation: Navigation
    courses: Sequence[ScheduledCourse]
    """Empty on a page that belongs to no subject."""


def read_page(body: bytes) -> SchedulePage:
    """Raises BadSchedule for what is none of the schedule's pages, or one that cannot be understood to the last row."""
    tree = LexborHTMLParser(body.decode("utf-8", errors="replace"))
    if tree.body is None:
        raise BadSchedule("no page")
    navigation = _navigation(tree.body)
    if not navigation.terms and not navigation.subjects:
        raise BadSchedule("no links to terms or subjects")
    return SchedulePage(navigation, [_course(heading) for heading in _headings(tree.body)])


def _navigation(page: LexborNode) -> Navigation:
    terms: dict[str, str] = {}
    subjects: dict[str, list[str]] = {}
    for link in page.css("a[href]"):
        target = link.attributes.get("href") or ""
        if found := _TERM_LINK.search(target):
            terms.setdefault(found[1], plain(link))
        elif found := _SUBJECT_LINK.search(target):
            listed = subjects.setdefault(found[1], [])
            if found[2] not in listed:
                listed.append(found[2])
    return Navigation(terms, subjects)


def _headings(part: LexborNode) -> list[LexborNode]:
    return [node for node in part.css("h1, h2, h3, h4, .subject") if _HEADING.match(plain(node))]


def _course(heading: LexborNode) -> ScheduledCourse:
    printed = _HEADING.match(plain(heading))
    if printed is None:
        raise BadSchedule("a heading without a course")
    code = f"{printed[1]} {printed[2]}"
    block, table = _block(heading, code)
    titled = _UNITS.match(printed[3])
    credits = _CREDITS.search(titled[2]) if titled else None
    texts = {label: cell for each in block.css("table") for label, cell in labelled(each).items()}
    return ScheduledCourse(
        code=code,
        title=titled[1] if titled else printed[3],
        units=credits[1] if credits else None,
        texts={label: "\n".join(lines(cell)) for label, cell in texts.items()},
        attributes=_attributes(block, texts.get("ATTRIBUTES")),
        sections=sections_of(table, code),
    )


def _block(heading: LexborNode, code: str) -> tuple[LexborNode, LexborNode]:
    """The smallest part of the page that holds a course's heading and its table of sections, and that table."""
    block = heading.parent
    while block is not None:
        tables = [table for table in block.css("table") if {"Section", "Quota"} <= set(heads(table))]
        if tables:
            if len(tables) > 1 or len(_headings(block)) > 1:
                break
            return block, tables[0]
        block = block.parent
    raise BadSchedule(f"{code} has no table of sections of its own")


def _attributes(block: LexborNode, details: LexborNode | None) -> list[CourseAttribute]:
    """The marks beside the heading, and what the course info says they stand for here, some with a mark again."""
    found = []
    for mark in block.css(".attrword"):
        code, meaning = mark.css_first(".crseattrword"), mark.css_first(".popupdetail")
        if code is not None:
            found.append(CourseAttribute(code=plain(code), description=plain(meaning) if meaning else ""))
    for line in lines(details) if details else ():
        marked = _MARKED.match(line.strip())
        code_and_text = (marked[1], marked[2]) if marked else ("", line.strip())
        found.append(CourseAttribute(code=code_and_text[0], description=code_and_text[1]))
    return found
