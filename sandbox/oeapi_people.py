"""Whom a simulated student system knows, as Open Education API v6 documents: persons, advisees, enrolments, results."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from .examinations import seat
from .grades import plan_of
from .oeapi_offerings import credits_of
from .oeapi_store import Resource, at, coded, identify, in_languages
from .oeapi_student_file import of_person, of_studies, origin, rules_of
from .university import AssessmentItem, Campus, Enrolment, Person, Programme, StudentRecord, Term, University

_CODE_TYPES = {
    "cwb_sis_id": "x-cwb-sis-id",
    "gz_sis_id": "x-gz-sis-id",
    "library_id": "x-library-id",
    "cwb_resident_id": "x-cwb-resident-id",
    "gz_library_id": "x-gz-library-id",
    "gz_booking_user": "x-gz-booking-user",
    "gz_card_number": "x-gz-card-number",
    "onestop_id": "x-onestop-id",
    "ticket_address": "x-ticket-address",
}
_AFFILIATIONS = {
    "applicant": "x-applicant", "student": "student", "alumni": "x-alumni", "faculty": "x-faculty", "staff": "employee",
}  # fmt: skip
_SECONDARY = {"CWB": "zh-hant", "GZ": "zh-hans"}


class _Office:
    """The registry of one campus, with what it must look up while it writes the documents."""

    def __init__(self, system: str, university: University, campus: Campus) -> None:
        self.system = system
        self.campus = campus
        self.terms: Mapping[str, Term] = {term.code: term for term in campus.terms}
        self.programmes: Mapping[str, Programme] = {programme.code: programme for programme in campus.programmes}
        self.everybody = {person.key: person for person in university.people}
        self.advisees: dict[str, list[Person]] = defaultdict(list)
        self.sitting: dict[tuple[str, str], Iterator[int]] = defaultdict(count)
        """How many have been given a seat in a final examination, by term and course."""
        for person in university.people:
            record = person.records.get(campus.code)
            if record and record.advisor:
                self.advisees[record.advisor].append(person)

    def number(self, person: Person) -> str | None:
        """The person's number here; None for somebody this campus keeps no file on."""
        return person.accounts.get("cwb_sis_id" if self.campus.code == "CWB" else "gz_sis_id")

    def id_of(self, kind: str, number: str) -> str:
        return identify(self.system, kind, number)

    def group_of(self, advisor: Person) -> str:
        return self.id_of("groups", f"advisees of {advisor.key}")


def known(system: str, university: University, campus: Campus) -> Iterator[Resource]:
    """Everything personal that a campus keeps: its own people only, though under all their numbers."""
    office = _Office(system, university, campus)
    for person in university.people:
        number = office.number(person)
        if number is None:
            continue
        id_ = office.id_of("persons", number)
        yield Resource("persons", id_, _person(office, person, number, id_), search=_searchable(person))
        if person.key in office.advisees:
            yield from _advisees(office, person)
        record = person.records.get(campus.code)
        if record:
            yield _studies(office, record, id_)
            for enrolment in record.enrolments:
                yield from _enrolment(office, enrolment, number, id_)


def _searchable(person: Person) -> str:
    return f"{person.given_name} {person.surname} {person.email} {person.private_email}"


def _person(office: _Office, person: Person, number: str, id_: str) -> dict[str, Any]:
    record = person.records.get(office.campus.code)
    street, house, city, country = person.address
    first, *further = person.emergency_contacts
    kind = "x-application-number" if "applicant" in person.affiliations else "x-employee-number"
    return {
        "personId": id_,
        "primaryCode": coded("student_number" if record else kind, number),
        "givenName": person.given_name,
        "surname": person.surname,
        "alternateName": person.chinese_name,
        "displayName": f"{'Prof. ' if 'faculty' in person.affiliations else ''}{person.given_name} {person.surname}",
        "activeEnrolment": bool(record and record.state == "associated"),
        "dateOfBirth": person.date_of_birth.isoformat(),
        "nationality": {"iso3166-1-alpha2": person.nationality},
        "affiliations": [_AFFILIATIONS[word] for word in person.affiliations],
        **({"email": person.email} if person.email else {}),
        "secondaryEmail": person.private_email,
        "mobileNumber": person.telephone,
        "gender": person.gender,
        "address": {
            "addressType": "postal",
            "street": street,
            "streetNumber": house,
            "city": city,
            "countryCode": {"iso3166-1-alpha2": country},
        },
        "ICEName": first[0],
        "ICERelation": first[1],
        "ICEPhoneNumber": first[2],
        "languageOfChoice": ["en", _SECONDARY[person.home_campus]],
        "otherCodes": [
            coded("x-university-person-id", person.key),
            *(coded(_CODE_TYPES[system], code) for system, code in person.accounts.items()),
        ],
        "ext": {"campus": _person_profile(office, person, record, further)},
    }


def _person_profile(
    office: _Office, person: Person, record: StudentRecord | None, contacts: list[tuple[str, str, str]]
) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "emergencyContacts": [
            {"name": name, "relation": relation, "telephone": telephone} for name, relation, telephone in contacts
        ]
    }
    if person.key in office.advisees:
        profile["adviseesGroupId"] = office.group_of(person)
    if record and record.advisor:
        advisor = office.everybody[record.advisor]
        profile["advisor"] = {"displayName": f"Prof. {advisor.given_name} {advisor.surname}", "email": advisor.email}
    if record and record.file:
        profile |= of_person(record.file, office.campus.code)
    return profile


def _advisees(office: _Office, advisor: Person) -> Iterator[Resource]:
    group = office.group_of(advisor)
    advisees = office.advisees[advisor.key]
    document = {
        "groupId": group,
        "primaryCode": coded("group_code", f"advisees-{office.number(advisor)}"),
        "groupType": "x-advisees",
        "name": [{"language": "en", "value": f"Advisees of {advisor.given_name} {advisor.surname}"}],
        "personCount": len(advisees),
    }
    yield Resource("groups", group, document)
    for person in advisees:
        record = person.records[office.campus.code]
        programme = office.programmes[record.programme]
        id_ = office.id_of("persons", record.number)
        membership = {
            "personId": id_,
            "groupId": group,
            "startDateTime": at(record.admitted),
            "state": "active",
            "role": "student",
            "ext": {
                "campus": {
                    "person": {
                        "personId": id_,
                        "studentNumber": record.number,
                        "displayName": f"{person.given_name} {person.surname}",
                        "programmeCode": programme.code,
                        "programmeName": in_languages(programme.name),
                        "yearOfStudy": record.year_of_study,
                        "email": person.email,
                    }
                }
            },
        }
        yield Resource("memberships", f"{group} {id_}", membership, group)


def _association(office: _Office, kind: str, number: str, person: str, state: str) -> dict[str, Any]:
    return {"associationId": office.id_of(kind, number), "role": "student", "state": state, "personId": person}


def _stored(kind: str, person: str, document: dict[str, Any]) -> Resource:
    return Resource(kind, document["associationId"], document, person)


def _studies(office: _Office, record: StudentRecord, person: str) -> Resource:
    programme = office.programmes[record.programme]
    kind = "programme-offering-associations"
    document = {
        **_association(office, kind, f"{record.number} {programme.code}", person, record.state),
        "startDateTime": at(record.admitted),
        "expectedEndDateTime": at(record.expected_graduation),
        "programmeOfferingId": office.id_of("programme-offerings", f"{programme.code} {record.admitted.year}"),
        "ext": {
            "campus": {
                "programme": {
                    "code": programme.code,
                    "name": in_languages(programme.name),
                    "level": programme.level,
                    **rules_of(programme, office.campus),
                },
                "yearOfStudy": record.year_of_study,
                "admitted": record.admitted.isoformat(),
                "expectedGraduation": record.expected_graduation.isoformat(),
                **(of_studies(record.file) if record.file else {}),
            }
        },
    }
    return _stored(kind, person, document)


def _enrolment(office: _Office, enrolment: Enrolment, number: str, person: str) -> Iterator[Resource]:
    where = f"{number} {enrolment.term} {enrolment.course_code}"
    term = office.terms[enrolment.term]
    course = office.campus.courses[enrolment.course_code]
    kind = "course-offering-associations"
    document = {
        **_association(office, kind, where, person, enrolment.state),
        "startDateTime": at(term.starts),
        "studyLoad": credits_of(enrolment.units),
        "result": _result(enrolment, term),
        "courseOfferingId": office.id_of("course-offerings", f"{term.code} {course.code}"),
        "ext": {
            "campus": {
                "courseCode": course.code,
                "courseTitle": in_languages(course.title),
                "termCode": term.code,
                "credits": enrolment.units,
                **({"origin": origin(enrolment.origin)} if enrolment.origin else {}),
            }
        },
    }
    yield _stored(kind, person, document)
    kind = "learning-component-offering-associations"
    for class_number in enrolment.class_numbers:
        section = f"{term.code} {class_number}"
        document = {
            **_association(office, kind, f"{number} {section}", person, enrolment.state),
            "learningComponentOfferingId": office.id_of("learning-component-offerings", section),
            "ext": {"campus": {"courseCode": course.code, "termCode": term.code, "classNumber": class_number}},
        }
        yield _stored(kind, person, document)
    for place, item in enumerate(enrolment.assessment, start=1):
        yield _assessed(office, (enrolment, item, place), where, person)


def _result(enrolment: Enrolment, term: Term) -> dict[str, Any] | None:
    if enrolment.grade is None:
        return None
    passed = {"F": "failed", "W": "unknown", "I": "unknown"}.get(enrolment.grade, "passed")
    return {
        "state": "postponed" if enrolment.grade == "I" else "completed",
        "pass": passed,
        "score": enrolment.grade,
        "final": enrolment.grade != "I",
        "resultDateTime": at(term.ends),
        "studyLoad": credits_of(enrolment.units),
    }


def _assessed(office: _Office, marked: tuple[Enrolment, AssessmentItem, int], where: str, person: str) -> Resource:
    enrolment, item, place = marked
    kind = "test-component-offering-associations"
    score = None if item.score is None else item.score + (0.5 if item.half_mark else 0)
    result = {
        "state": "in_progress" if score is None else "completed",
        "score": None if score is None else f"{score:g}",
        "rawScore": item.score,
        "maxRawScore": item.maximum,
        "final": item.released,
        "resultDateTime": at(item.held),
        "weight": item.weight,
    }
    offering = f"{enrolment.term} {enrolment.course_code} {place}"
    document = {
        **_association(office, kind, f"{where} {place}", person, enrolment.state),
        "result": result,
        "testComponentOfferingId": office.id_of("test-component-offerings", offering),
        "ext": {
            "campus": {
                "courseCode": enrolment.course_code,
                "termCode": enrolment.term,
                "itemName": in_languages(item.name),
                "released": item.released,
                "rawScore": score,
                **_seat(office, enrolment, place),
            }
        },
    }
    return _stored(kind, person, document)


def _seat(office: _Office, enrolment: Enrolment, place: int) -> dict[str, str]:
    """Seats are given in final examinations, which fill the hall."""
    course = office.campus.courses[enrolment.course_code]
    if plan_of(course)[place - 1][0] != "final":
        return {}
    sitting = office.sitting[enrolment.term, course.code]
    return {"seat": seat(next(sitting))}
