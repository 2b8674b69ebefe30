"""What a simulated student system offers, as Open Education API v6 documents: terms, courses, offerings, places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from .oeapi_places import places
from .oeapi_sessions import sessions
from .oeapi_store import END_OF_DAY, Resource, at, coded, identify, in_languages
from .oeapi_tests import tests
from .seats import kind_of
from .university import Campus, Course, Meeting, Section, Term

_QUALIFICATION = {"bachelor": "eqf_6", "master": "eqf_7", "doctoral": "eqf_8"}
_KIND_NAMES = {"L": "Lecture", "T": "Tutorial", "LA": "Laboratory", "R": "Research"}


def credits_of(units: float) -> dict[str, Any]:
    return {"studyLoadUnit": "x-credit", "value": units}


def offered(system: str, campus: Campus) -> Iterator[Resource]:
    """All that stands in the catalogue of a campus; nothing personal."""
    yield from sessions(system, campus)
    yield from (_course(system, course) for course in campus.courses.values())
    yield from _programmes(system, campus)
    yield from places(system, campus)
    for term in campus.terms:
        by_course: dict[str, list[Section]] = defaultdict(list)
        for section in campus.sections[term.code]:
            by_course[section.course_code].append(section)
        for code, sections in by_course.items():
            yield from _offering((system, campus.code), term, campus.courses[code], sections)


def _profile(course: Course) -> dict[str, Any]:
    return {
        "courseCode": course.code,
        "credits": course.units,
        "level": course.level,
        "attributes": [{"code": code, "description": meaning} for code, meaning in course.attributes],
        "prerequisite": course.prerequisite,
        "corequisite": course.corequisite,
        "exclusion": course.exclusion,
        "previousCode": course.previous_code,
    }


def _course(system: str, course: Course) -> Resource:
    id_ = identify(system, "courses", course.code)
    document = {
        "courseId": id_,
        "primaryCode": coded("identifier", course.code),
        "name": in_languages(course.title),
        "studyLoad": [credits_of(course.units)],
        "level": course.level,
        "teachingLanguages": ["en"],
        "description": in_languages(course.description) or None,
        "ext": {"campus": _profile(course)},
    }
    return Resource("courses", id_, document, search=course.code)


def _programmes(system: str, campus: Campus) -> Iterator[Resource]:
    for programme in campus.programmes:
        id_ = identify(system, "programmes", programme.code)
        document = {
            "programmeId": id_,
            "primaryCode": coded("programme_code", programme.code),
            "programmeType": "programme",
            "name": in_languages(programme.name),
            "teachingLanguages": ["en"],
            "level": programme.level,
            "qualificationAwarded": programme.level,
            "levelOfQualification": _QUALIFICATION[programme.level],
        }
        yield Resource("programmes", id_, document, search=programme.code)


def _offering(where: tuple[str, str], term: Term, course: Course, sections: Sequence[Section]) -> Iterator[Resource]:
    system, campus = where
    session = identify(system, "academic-sessions", term.code)
    id_ = identify(system, "course-offerings", f"{term.code} {course.code}")
    # Seats of a course are those of its lectures; tutorials and laboratories hold the same people again.
    leading = [section for section in sections if kind_of(section)[0] == kind_of(sections[0])[0]]
    document = {
        "courseOfferingId": id_,
        "primaryCode": coded("offering_code", f"{course.code} {term.code}"),
        "academicSessionId": session,
        "name": in_languages(course.title),
        "state": "active" if any(section.state == "active" for section in sections) else "cancelled",
        "description": in_languages(course.description) or None,
        "teachingLanguages": ["en"],
        "maxNumberStudents": sum(section.quota for section in leading),
        "enrolledNumberStudents": sum(section.enrolled for section in leading),
        "resultExpected": True,
        "resultValueType": "us_letter" if course.units else "pass_or_fail",
        "startDateTime": at(term.starts),
        "endDateTime": at(term.ends, END_OF_DAY),
        "courseId": identify(system, "courses", course.code),
        "ext": {"campus": _profile(course)},
    }
    yield Resource("course-offerings", id_, document, session, course.code)
    yield from (_section(system, term, course, section, (session, id_)) for section in sections)
    if course.units:
        yield from tests(system, campus, (term, course, sections), (session, id_))


def _section(system: str, term: Term, course: Course, section: Section, within: tuple[str, str]) -> Resource:
    session, offering = within
    id_ = identify(system, "learning-component-offerings", f"{term.code} {section.class_number}")
    kind = kind_of(section)[0]
    word = _KIND_NAMES.get(kind, "Class")
    document = {
        "learningComponentOfferingId": id_,
        "primaryCode": coded("offering_code", str(section.class_number)),
        "academicSessionId": session,
        "name": [{"language": "en", "value": f"{word} {section.code} of {course.code}"}],
        "abbreviation": section.code,
        "state": section.state,
        "teachingLanguages": ["en"],
        "maxNumberStudents": section.quota,
        "enrolledNumberStudents": section.enrolled,
        "resultExpected": False,
        "enrolmentPeriods": [
            {
                "startDateTime": at(term.starts - timedelta(weeks=4)),
                "endDateTime": at(term.starts + timedelta(weeks=2), END_OF_DAY),
                "queueEnabled": True,
                "queuedNumberStudents": section.waitlisted,
            }
        ],
        "startDateTime": at(term.starts),
        "endDateTime": at(term.ends, END_OF_DAY),
        "roomIds": sorted(
            {identify(system, "rooms", meeting.room) for meeting in section.meetings if meeting.room != "TBA"}
        ),
        "courseOfferingIds": [offering],
        "ext": {
            "campus": {
                "classNumber": section.class_number,
                "sectionCode": section.code,
                "courseCode": course.code,
                "meetings": [_meeting(meeting) for meeting in section.meetings],
                "instructors": list(section.instructors),
                "remarks": list(section.remarks),
                "reservedQuotas": [
                    {"group": group.group, "quota": group.quota, "enrolled": group.enrolled}
                    for group in section.reserved_quotas
                ],
            }
        },
    }
    return Resource("learning-component-offerings", id_, document, session, course.code)


def _meeting(meeting: Meeting) -> dict[str, str]:
    told = {
        "day": meeting.day,
        "startTime": meeting.start.isoformat(),
        "endTime": meeting.end.isoformat(),
        "room": meeting.room,
    }
    if meeting.first_date and meeting.last_date:
        told |= {"firstDate": meeting.first_date.isoformat(), "lastDate": meeting.last_date.isoformat()}
    return told
