"""A term's catalogue with what finds courses in it, and what somebody may want of a course."""

from collections.abc import Mapping, Sequence

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
    instructors: Mapping[str, Sequence[str]]
    """Everybody who teaches, as printed, to the words of the name."""

    def matching(self, wish: CourseWish) -> list[Found]:
        """The courses of a wish, best first. What is wanted of a class must be true of one and the same."""
        found = self.search.find(wish.search)
        if wish.level or wish.attribute:
            found = [each for each in found if _course_suits(each.course, wish)]
        if wish.open_seats is False:
            found = [each for each in found if not any(section.available for section in self._sections(each))]
        if wish.instructor or wish.open_seats or wish.days:
            called = self._called(wish.instructor) if wish.instructor else None
            found = [each for each in found if any(_section_suits(one, wish, called) for one in self._sections(each))]
        return found

    def _sections(self, found: Found) -> Sequence[Section]:
        return self.sections_by_course.get(found.course.code, ())

    def _called(self, asked: str) -> set[str]:
        wanted = words(asked)
        return {
            name
            for name, parts in self.instructors.items()
            if all(any(matches(each, part) for part in parts) for each in wanted)
        }


def searchable(catalogue: TermCatalogue) -> SearchableCatalogue:
    """Takes a while for a whole term: some tenths of a second."""
    sections = [catalogue.sections_by_course.get(course.code, ()) for course in catalogue.courses]
    return SearchableCatalogue(
        **msgspec.structs.asdict(catalogue),
        search=CourseSearch(catalogue.courses, sections),
        instructors={name: words(name) for own in sections for section in own for name in section.instructors},
    )


def _course_suits(course: Course, wish: CourseWish) -> bool:
    if wish.level not in (None, course.level):
        return False
    return wish.attribute is None or _bare(wish.attribute) in {_bare(each.code) for each in course.attributes}


def _section_suits(section: Section, wish: CourseWish, called: set[str] | None) -> bool:
    return (
        (not wish.open_seats or section.available > 0)
        and (not wish.days or any(meeting.day in wish.days for meeting in section.meetings))
        and (called is None or not called.isdisjoint(section.instructors))
    )


def _bare(attribute: str) -> str:
    return attribute.strip("[] ").casefold()
