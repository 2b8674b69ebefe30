"""Open Education API v6: the calls we make, and what becomes of their answers.

Source: Open Education API 6.0 (OpenAPI 3.1). `filter_query` is optional there, so we only ask by nested paths.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import tzinfo

from campus.location import Location
from connectors.wire import AccountConflict, Line, UpstreamBadResponse, segment

from . import oeapi_person_records as of_persons
from . import oeapi_records as translated
from . import oeapi_study_records as of_studies
from .exams import Exams
from .oeapi_calendar import terms
from .oeapi_contacts import OeapiContacts
from .oeapi_exams import TestOnWire, exams
from .oeapi_person_shapes import MembershipOnWire, PersonOnWire
from .oeapi_places import BuildingOnWire, RoomOnWire, places
from .oeapi_shapes import CourseOfferingOnWire, Item, Page, SectionOnWire, SessionOnWire
from .oeapi_study_shapes import CourseAssociation, ProgrammeAssociation, SectionAssociation, TestAssociation
from .person_records import Advisee, Person
from .records import CourseKey, Section, Term, TermCatalogue
from .study_records import Assessment, Enrolment, ProgrammeEnrolment, Seat

PAGE_SIZE = 250
"""The largest the standard allows."""

PAGES = 200
"""More than any list of a university needs; a system that always says there is another page must end somewhere."""


class Oeapi(OeapiContacts):
    """One student system, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """The standard leaves authentication open; a bearer token is what its gateways ask for."""
        return {"Authorization": f"Bearer {secret}"}

    async def terms(self) -> list[Term]:
        """Terms with their calendars, the latest first; years, holidays and testing periods are sessions, too."""
        return terms(self.system, [row async for row in self._rows("/academic-sessions", SessionOnWire)], self._zone)

    async def catalogue(self, term: Term) -> TermCatalogue:
        """All courses and sections of a term. Cancelled ones are listed too, marked only by their state."""
        path = f"/academic-sessions/{segment(term.wire_id)}"
        # Without `since` a system lists only what lies ahead of today.
        since = (("since", term.starts_at.isoformat()),)
        offerings = [row async for row in self._rows(f"{path}/course-offerings", CourseOfferingOnWire, since)]
        rows = [row async for row in self._rows(f"{path}/learning-component-offerings", SectionOnWire, since)]
        courses = [translated.course(self.system, term, row) for row in offerings if row.state != "cancelled"]
        sections = [translated.section(self.system, term, row) for row in rows if row.state != "cancelled"]
        by_course: defaultdict[str, list[Section]] = defaultdict(list)
        for section in sorted(sections, key=lambda section: section.code):
            by_course[section.course.code].append(section)
        courses.sort(key=lambda course: course.code)
        return TermCatalogue(
            courses=courses,
            course_by_code={course.code: course for course in courses},
            sections_by_course=by_course,
            section_by_number={section.class_number: section for section in sections},
            section_by_wire_id={section.wire_id: section for section in sections},
            gaps={},
        )

    async def exams(self, term: Term) -> Exams:
        """When and where a term's examinations are."""
        path = f"/academic-sessions/{segment(term.wire_id)}/test-component-offerings"
        since = (("since", term.starts_at.isoformat()),)
        return exams(self.system, term, [row async for row in self._rows(path, TestOnWire, since)], self._zone)

    async def places(self) -> Mapping[str, Location]:
        """Where each room is, by what the schedule prints for it."""
        rooms = [row async for row in self._rows("/rooms", RoomOnWire)]
        buildings = {row.building_id: row async for row in self._rows("/buildings", BuildingOnWire)}
        return places(rooms, buildings)

    async def person(self, number: str) -> Person | None:
        """The person with this student or employee number; None where the system knows none."""
        found = [row async for row in self._rows("/persons", PersonOnWire, (("primaryCode", number),))]
        if len(found) > 1:
            raise AccountConflict(self.system.id, "several persons have one number")
        if found and found[0].primary_code.code != number:
            raise UpstreamBadResponse(self.system.id, "a person was answered who was not asked for")
        return of_persons.person(self.system, found[0], self._zone) if found else None

    async def enrolments(self, person: str) -> list[Enrolment]:
        """Everything the person ever enrolled in, by the system's own id of the person."""
        rows = self._rows(f"/persons/{segment(person)}/course-offering-associations", CourseAssociation, STUDENT)
        return [of_studies.enrolment(self.system, person, row, self._zone) async for row in rows]

    async def seats(self, person: str) -> list[Seat]:
        rows = self._rows(
            f"/persons/{segment(person)}/learning-component-offering-associations", SectionAssociation, STUDENT
        )
        return [of_studies.seat(person, row) async for row in rows]

    async def assessments(self, person: str) -> Mapping[CourseKey, Sequence[Assessment]]:
        """All assessed items of all the person's courses, by course and term, in order of time."""
        rows = self._rows(f"/persons/{segment(person)}/test-component-offering-associations", TestAssociation, STUDENT)
        by_course: defaultdict[CourseKey, list[Assessment]] = defaultdict(list)
        for item in sorted(
            [of_studies.assessment(self.system, row, self._zone) async for row in rows], key=lambda item: item.held_at
        ):
            by_course[item.course].append(item)
        return by_course

    async def programmes(self, person: str) -> list[ProgrammeEnrolment]:
        rows = self._rows(f"/persons/{segment(person)}/programme-offering-associations", ProgrammeAssociation, STUDENT)
        return [of_studies.programme(self.system, person, row) async for row in rows]

    async def advisees(self, group: str) -> list[Advisee]:
        """The students of an advisor's group; the advisor is a member too, in another role."""
        rows = self._rows(f"/groups/{segment(group)}/memberships", MembershipOnWire)
        return [of_persons.advisee(self.system, row) async for row in rows if row.role == "student"]

    async def _rows(self, path: str, shape: type[Item], params: Sequence[tuple[str, str]] = ()) -> AsyncIterator[Item]:
        """Page after page; a short list costs one call."""
        for number in range(1, PAGES + 1):
            asked = (*params, ("pageSize", str(PAGE_SIZE)), ("pageNumber", str(number)))
            page = self._line.read(await self._line.get(path, asked), Page[shape])  # type: ignore[valid-type]
            for row in page.items:
                yield row
            if not page.has_next_page:
                return
        raise UpstreamBadResponse(self.system.id, f"{path} has more than {PAGES} pages")


STUDENT = (("role", "student"),)
