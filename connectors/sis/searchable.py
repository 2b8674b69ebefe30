"""A term's catalogue with what finds courses in it, and what somebody may want of a course."""

from collections.abc import Sequence

import msgspec

from campus.record import Record

from .records import Course, CourseLevel, Section, TermCatalogue
from .search import CourseSearch, Found, matches, words


class CourseWish(Record, frozen=True):
    """What somebody looks for; what is None or empty is left open."""

    search: str = ""
    """Words that a course must all have."""
    level: CourseLevel | None = None
    attribute: str | None = None
    """Code of an attribute, with or without its brackets."""
    instructor: str | None = None
    """A name, or the beginnings of its parts, in any order."""
    open_seats: bool | None = None
    """True: a seat is left; False: none is."""
    days: frozenset[str] = frozenset()
    """MONDAY to SUNDAY: a class meets on one of these at least."""


class SearchableCatalogue(TermCatalogue, frozen=True, kw_only=True):
    search: CourseSearch

    def matching(self, wish: CourseWish) -> list[Found]:
        """The courses of a wish, best first. What is wanted of a class must be true of one and the same."""
        found = self.search.find(wish.search)
        return [each for each in found if _suits(each.course, self.sections_by_course.get(each.course.code, ()), wish)]


def searchable(catalogue: TermCatalogue) -> SearchableCatalogue:
    """Takes a while for a whole term: some tenths of a second."""
    sections = [catalogue.sections_by_course.get(course.code, ()) for course in catalogue.courses]
    search = CourseSearch(catalogue.courses, sections)
    return SearchableCatalogue(**msgspec.structs.asdict(catalogue), search=search)


def _suits(course: Course, sections: Sequence[Section], wish: CourseWish) -> bool:
    if wish.level not in (None, course.level):
        return False
    if wish.attribute is not None and _bare(wish.attribute) not in {_bare(each.code) for each in course.attributes}:
        return False
    if wish.open_seats is False and any(section.available for section in sections):
        return False
    if not (wish.instructor or wish.open_seats or wish.days):
        return True
    return any(_section_suits(section, wish) for section in sections)


def _section_suits(section: Section, wish: CourseWish) -> bool:
    return (
        (not wish.open_seats or section.available > 0)
        and (not wish.days or any(meeting.day in wish.days for meeting in section.meetings))
        and (wish.instructor is None or any(_is_called(name, wish.instructor) for name in section.instructors))
    )


def _is_called(name: str, asked: str) -> bool:
    parts = words(name)
    return all(any(matches(wanted, part) for part in parts) for wanted in words(asked))


def _bare(attribute: str) -> str:
    return attribute.strip("[] ").casefold()
