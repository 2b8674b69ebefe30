"""People while the population is made: who they are is settled, what they study grows term by term."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from .elsewhere import taken_elsewhere
from .terms import academic_year, is_main
from .university import AssessmentItem, Course, Enrolment, Person, StudentRecord, Term

YEARS = {"bachelor": 4, "master": 2, "doctoral": 4}
"""Years to the expected graduation."""


@dataclass(slots=True)
class Row:
    """An enrolment in the making."""

    term: Term
    course: Course
    class_numbers: Sequence[int]
    state: str
    grade: str | None = None
    assessment: Sequence[AssessmentItem] = ()


@dataclass(slots=True)
class Record:
    """What one campus will keep on one student."""

    campus: str
    number: str
    programme: str
    level: str
    year: int
    admitted: date
    graduates: date
    finished: bool
    advisor: str | None = None
    rows: list[Row] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    to_repeat: list[str] = field(default_factory=list)

    @property
    def subject(self) -> str:
        return self.programme.split("-")[1]

    @property
    def first_year(self) -> int:
        """The calendar year in which the academic year of admission began."""
        return self.admitted.year - (self.admitted.month < 9)

    def studies_in(self, term: Term) -> bool:
        return self.admitted <= term.ends and (not self.finished or term.ends <= self.graduates)

    def settled(self) -> StudentRecord:
        return StudentRecord(
            self.campus,
            self.number,
            self.programme,
            self.year,
            self.admitted,
            self.graduates,
            "finished" if self.finished else "associated",
            tuple(
                Enrolment(
                    row.term.code,
                    row.course.code,
                    tuple(row.class_numbers),
                    row.state,
                    row.course.units,
                    row.grade,
                    row.assessment,
                    taken_elsewhere(self.number, row.course.code, row.course.title) if row.grade == "T" else None,
                )
                for row in self.rows
            ),
            self.advisor,
        )


@dataclass(slots=True)
class Draft:
    """A student or graduate; person.records is filled when all terms are done."""

    person: Person
    records: dict[str, Record]

    @property
    def persona(self) -> str:
        return self.person.persona


def started(current: Term, year: int) -> date:
    """When somebody who is in a year of study now was admitted: the autumn that year's studies began."""
    return date(academic_year(current) - (year - 1), 9, 1)


def graduation(admitted: date, level: str) -> date:
    return date(admitted.year + YEARS[level], 6, 30)


def main_terms(terms: Sequence[Term], upto: Term) -> list[Term]:
    return [term for term in terms if is_main(term) and term.starts <= upto.starts]
