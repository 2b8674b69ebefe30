"""Makes the simulated university: both campuses, their terms and courses, and everybody who studies and works there.

The same seed, number of students, clock and catalogue make the same university, to the last mark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from .advisors import assign
from .catalogue import Catalogue
from .class_schedule import lay_out, rooms_of
from .invented_courses import courses_of
from .people import Registry, applicants_of, staff_of, students_of
from .records_office import RecordsOffice
from .seats import Seats
from .student_drafts import Draft
from .studies import Campus as Offer
from .studies import Registration
from .subjects import SUBJECTS, programmes_of
from .systems import CAMPUSES
from .terms import current_main_term, term_of, terms_around
from .university import Campus, Course, Person, Term, Text, University

_NAMES: Mapping[str, Text] = {
    "CWB": {"en": "Clear Water Bay", "zh-hant": "清水灣", "zh-hans": "清水湾"},
    "GZ": {"en": "Guangzhou", "zh-hant": "廣州", "zh-hans": "广州"},
}
_PAST_CATALOGUE = 420
"""How many of a real term's courses the invented terms around it offer: enough to choose from, quick to build."""


def populate(
    seed: int, students: int, now: datetime, catalogue: Catalogue | None = None, say: Callable[[str], object] = str
) -> University:
    """A university of about `students` current students as it stands at `now` (with zone, inside a term).

    catalogue: a real term for Clear Water Bay; its sections' figures stand, simulated students are among the counted.
    say: is told of the progress.
    """
    current = term_of(catalogue.term) if catalogue else current_main_term(now.date())
    terms = terms_around(current)
    registry = Registry(Random(f"{seed}:people"), Random(f"{seed}:cards"))
    staff = staff_of(registry, students, current)
    drafts = students_of(registry, students, current)
    say(f"{len(drafts)} students and graduates, {len(staff)} faculty and staff")
    offers = {code: _offer(seed, code, terms, catalogue, staff, students / 2000) for code in CAMPUSES}
    say(f"{sum(len(offer.courses) for offer in offers.values())} courses")
    assign(Random(f"{seed}:advisors"), drafts, staff)
    Registration(offers, terms, current, now, Random(f"{seed}:studies")).run(drafts)
    say(f"{sum(len(record.rows) for draft in drafts for record in draft.records.values())} enrolments")
    campuses = {
        code: Campus(
            code,
            _NAMES[code],
            terms,
            programmes_of(code),
            offer.courses,
            {term.code: offer.seats[term.code].settled() for term in terms},
        )
        for code, offer in offers.items()
    }
    courses = {code: offer.courses for code, offer in offers.items()}
    # Last, and by dice of their own, so that everybody else is who they were.
    dice = Random(f"{seed}:applicants")
    applicants = applicants_of(Registry(dice, dice, registry.used, registry.people), current)
    office = RecordsOffice(seed, [term for term in terms if term.starts <= current.starts], now, courses)
    return University(seed, now, campuses, [*(office.filed(_settled(draft)) for draft in drafts), *staff, *applicants])


def _settled(draft: Draft) -> Person:
    return replace(draft.person, records={campus: record.settled() for campus, record in draft.records.items()})


def _offer(  # noqa: PLR0913 - what a campus offers depends on all of them
    seed: int, campus: str, terms: Sequence[Term], catalogue: Catalogue | None, staff: Sequence[Person], crowd: float
) -> Offer:
    real = catalogue if campus == "CWB" else None
    courses = real.courses if real else courses_of(campus)
    teachers = [
        f"{person.surname.upper()}, {person.given_name}"
        for person in staff
        if person.home_campus == campus and "faculty" in person.affiliations
    ]
    usual = _usual(courses, campus, Random(f"{seed}:{campus}:usual")) if real else courses
    rooms = rooms_of(campus)
    seats = {
        term.code: Seats(
            lay_out(term, usual, teachers, rooms, crowd, Random(f"{seed}:{campus}:{term.code}")), counted=False
        )
        for term in terms
        if not (real and term.code == real.term)
    }
    if real:
        seats[real.term] = Seats(real.sections, counted=True)
    return Offer(campus, courses, seats)


def _usual(courses: Mapping[str, Course], campus: str, dice: Random) -> dict[str, Course]:
    """The courses that other terms offer: thesis research of our programmes, and a seeded choice of the rest."""
    ordinary = [code for code, course in courses.items() if 1 <= course.units <= 4]
    own = [code for code in ordinary if code.split()[0] in SUBJECTS[campus]]
    chosen = set(dice.sample(own, min(len(own), _PAST_CATALOGUE * 2 // 3)))
    chosen |= set(dice.sample(ordinary, min(len(ordinary), _PAST_CATALOGUE // 3)))
    chosen |= {f"{subject} {number}" for subject in SUBJECTS[campus] for number in ("6990", "7990")} & set(courses)
    return {code: course for code, course in courses.items() if code in chosen}
