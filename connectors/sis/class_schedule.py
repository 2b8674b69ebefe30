"""HKUST's public Class Schedule & Quota pages: a term's courses and sections, read from a page per subject.

Source: the pages as recorded in term 2330, their answer key as JSON, and what is told of them since. Nobody signs in
and there are no persons; the pages have no identifiers but codes and class numbers, and no dates of terms.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from connectors.reads import settled
from connectors.wire import Line, UpstreamBadResponse, UpstreamError, segment

from .class_schedule_pages import Navigation, ScheduledCourse, SchedulePage
from .class_schedule_rows import ScheduledSection
from .class_schedule_visits import NoPage, NotVisited, Visits
from .records import Course, CourseKey, CourseLevel, Gap, Section, SectionKey, Term, TermCatalogue, TermKey

ROOT = "/wcq/cgi-bin"

EVERY_TERM = ("COMP", "MATH")
"""Subjects that are taught in each term, and so have a page wherever there are any."""

YEARS_BACK = 3
"""How far copies of the pages are looked for that have no front page; the source itself keeps about one year."""

_SEASONS = {"10": (0, 9, 1, 12, 20), "20": (1, 1, 2, 1, 31), "30": (1, 2, 1, 5, 31), "40": (1, 6, 15, 8, 20)}
"""Years after the code's, and from which month and day to which, as HKUST's academic calendars have it."""

_LEVELS = {
    **dict.fromkeys("1234", CourseLevel.BACHELOR),
    **dict.fromkeys("56", CourseLevel.MASTER),
    **dict.fromkeys("78", CourseLevel.DOCTORAL),
}
"""By the first digit of a course's number, as HKUST numbers them."""

_ANY_SEASON = (0, 9, 1, 12, 31)


class ClassSchedule:
    """One campus's pages, read on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system
        self._visits = line.kept(Visits)

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """The pages are open; a proxy of the campus in front of them may want a token."""
        return {"Authorization": f"Bearer {secret}"}

    async def terms(self) -> list[Term]:
        """The terms that the pages link to, the latest first."""
        navigation = await self._first_of([f"{ROOT}/", *self._recent()])
        terms = [self._term(code, name) for code, name in navigation.terms.items()]
        return sorted(terms, key=lambda term: term.starts_at, reverse=True)

    async def catalogue(self, term: Term) -> TermCatalogue:
        """Every course of the term. A subject whose page cannot be read is told in `gaps`; raises if none can."""
        entries = [f"{ROOT}/{term.wire_id}/", *(_subject_page(term.code, subject) for subject in EVERY_TERM)]
        subjects = (await self._first_of(entries)).subjects.get(term.code, ())
        if not subjects:
            raise UpstreamBadResponse(self.system.id, f"no subjects of {term.code}")
        outcomes = await settled(self._courses(term, subject) for subject in subjects)
        gaps: dict[str, Gap] = {}
        found: list[ScheduledCourse] = []
        for subject, outcome in zip(subjects, outcomes, strict=True):
            if isinstance(outcome, UpstreamError) and not isinstance(outcome, NotVisited):
                gaps[subject] = Gap(kind=type(outcome), reason=outcome.reason, retry_after=outcome.retry_after)
            elif isinstance(outcome, Exception):
                raise outcome  # the fill goes on where it stopped: what was read is remembered
            else:
                found += outcome
        if not found:
            raise next(outcome for outcome in outcomes if isinstance(outcome, Exception))
        return self._indexed(term, found, gaps)

    async def _courses(self, term: Term, subject: str) -> Sequence[ScheduledCourse]:
        page = await self._page(_subject_page(term.code, subject))
        strangers = [course.code for course in page.courses if not course.code.startswith(f"{subject} ")]
        if strangers or not page.courses:
            raise UpstreamBadResponse(self.system.id, f"the page of {subject} lists {strangers or 'nothing'}")
        return page.courses

    async def _first_of(self, paths: Sequence[str]) -> Navigation:
        """What the first of these pages that exists links to. The source has its front page; copies may not."""
        for path in paths[:-1]:
            (outcome,) = await settled([self._page(path)])
            if isinstance(outcome, SchedulePage):
                return outcome.navigation
            if not isinstance(outcome, NoPage):
                raise outcome
        return (await self._page(paths[-1])).navigation

    async def _page(self, path: str) -> SchedulePage:
        return await self._visits.page(self._line, path)

    def _recent(self) -> Iterator[str]:
        latest = datetime.now(self._zone).year
        for year in range(latest, latest - YEARS_BACK - 1, -1):
            for season in sorted(_SEASONS, reverse=True):
                yield _subject_page(f"{year % 100:02}{season}", EVERY_TERM[0])

    def _term(self, code: str, name: str) -> Term:
        later, month, day, last_month, last_day = _SEASONS.get(code[2:], _ANY_SEASON)
        year = 2000 + int(code[:2]) + later
        return Term(
            key=TermKey(self.system.id, code),
            campus=self.system.campus,
            wire_id=code,
            name={"en": name},
            starts_at=datetime(year, month, day, tzinfo=self._zone),
            ends_at=datetime(year, last_month, last_day, 23, 59, 59, tzinfo=self._zone),
        )

    def _indexed(self, term: Term, found: Sequence[ScheduledCourse], gaps: Mapping[str, Gap]) -> TermCatalogue:
        courses = sorted((self._course(term, each) for each in found), key=lambda course: course.code)
        by_course: defaultdict[str, list[Section]] = defaultdict(list)
        for each in found:
            sections = (self._section(term, each.code, section) for section in each.sections)
            by_course[each.code] = sorted(sections, key=lambda section: section.code)
        everything = [section for sections in by_course.values() for section in sections]
        return TermCatalogue(
            courses=courses,
            course_by_code={course.code: course for course in courses},
            sections_by_course=by_course,
            section_by_number={section.class_number: section for section in everything},
            section_by_wire_id={section.wire_id: section for section in everything},
            gaps=gaps,
        )

    def _course(self, term: Term, printed: ScheduledCourse) -> Course:
        texts = printed.texts
        description = texts.get("DESCRIPTION", "")
        return Course(
            key=CourseKey(self.system.id, term.code, printed.code),
            campus=self.system.campus,
            wire_id=printed.code,
            title={"en": printed.title},
            description={"en": description} if description else {},
            credits=Decimal(printed.units) if printed.units else None,
            prerequisite=texts.get("PRE-REQUISITE", ""),
            corequisite=texts.get("CO-REQUISITE", ""),
            exclusion=texts.get("EXCLUSION", ""),
            attributes=printed.attributes,
            previous_code=texts.get("PREVIOUS CODE", ""),
            level=_LEVELS.get(printed.code.partition(" ")[2][:1], CourseLevel.OTHER),
        )

    def _section(self, term: Term, course: str, printed: ScheduledSection) -> Section:
        return Section(
            key=SectionKey(self.system.id, term.code, printed.number),
            campus=self.system.campus,
            wire_id=str(printed.number),
            code=printed.code,
            course=CourseKey(self.system.id, term.code, course),
            quota=printed.quota,
            enrolled=printed.enrolled,
            waitlisted=printed.waitlisted,
            meetings=printed.meetings,
            instructors=printed.instructors,
            remarks=printed.remarks,
            reserved_quotas=printed.reserved_quotas,
        )


def _subject_page(term: str, subject: str) -> str:
    return f"{ROOT}/{term}/subject/{segment(subject)}"
