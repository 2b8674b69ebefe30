"""What is assessed in a course, as Open Education API v6 documents: what is handed in, and what is sat in a room."""

from collections.abc import Iterator, Sequence

from .examinations import EXAMS, held, room_of
from .grades import item_name, plan_of
from .oeapi_store import Resource, at, coded, identify, in_languages
from .university import Course, Section, Term


def tests(
    system: str, campus: str, taught: tuple[Term, Course, Sequence[Section]], within: tuple[str, str]
) -> Iterator[Resource]:
    """`within` are the ids of the academic session and of the course offering."""
    (term, course, sections), (session, offering) = taught, within
    for place, (item, weight, _, share) in enumerate(plan_of(course), start=1):
        id_ = identify(system, "test-component-offerings", f"{term.code} {course.code} {place}")
        start, end = held(term, course.code, item, share)
        told = {"courseCode": course.code, "testType": "exam" if item in EXAMS else "coursework"}
        rooms = []
        if item in EXAMS:
            told["room"] = room_of(campus, item, sections)
            rooms.append(identify(system, "rooms", told["room"]))
        document = {
            "testComponentOfferingId": id_,
            "primaryCode": coded("offering_code", f"{course.code} {term.code} {place}"),
            "academicSessionId": session,
            "name": in_languages(item_name(item)),
            "state": "active",
            "resultExpected": True,
            "resultWeight": weight,
            "startDateTime": at(start),
            "endDateTime": at(end),
            "roomIds": rooms,
            "courseOfferingIds": [offering],
            "ext": {"campus": told},
        }
        yield Resource("test-component-offerings", id_, document, session, course.code)
