"""How students study, term by term: they enrol by the rules of registration, drop, wait, fail and repeat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from .grades import PASSED, assess, draw
from .personas import BO_ENROLMENTS, PERSONAS, QUINN_ENROLMENTS
from .prerequisites import excluded, satisfied
from .seats import Seats
from .student_drafts import Draft, Record, Row, main_terms
from .terms import academic_year, is_main
from .university import Course, Term

MOST_UNITS = 18
_HISTORY = {persona.id: persona.history for persona in PERSONAS}
_CHANCES = {"transfer": 0.12, "queued": 0.12, "dropped": 0.1}
"""How likely somebody without a name of their own has brought credits, waits for a seat, or gave one back."""
_LEAFED_THROUGH = 400
"""How many courses of a term a student looks at: all of an invented one, a part of a real one."""
_MINOR_TERM_SHARE = 0.05
"""How many take a course in winter or summer."""
_QUINNS_EXTRAS = 5
"""Three transferred, one queued, one dropped."""


@dataclass(slots=True)
class Campus:
    """What is on offer at one campus while students choose."""

    code: str
    courses: Mapping[str, Course]
    seats: Mapping[str, Seats]
    """By term code."""
    menus: dict[tuple[str, str], list[Course]] = field(default_factory=dict)

    def menu(self, term: Term, level: str) -> list[Course]:
        """The courses of a term at a level, thesis research apart."""
        key = (term.code, level)
        if key not in self.menus:
            offered = (self.courses[code] for code in self.seats[term.code].courses())
            self.menus[key] = [course for course in offered if course.level == level and 0 < course.units <= 6]
        return self.menus[key]


@dataclass(slots=True)
class Registration:
    """All students choosing, one term after the other."""

    campuses: Mapping[str, Campus]
    terms: Sequence[Term]
    current: Term
    now: datetime
    dice: Random

    def run(self, drafts: Sequence[Draft]) -> None:
        for term in self.terms:
            if term.starts > self.current.starts:
                break
            for draft in drafts:
                self._one_term(draft, term)
        for draft in drafts:
            self._second_thoughts(draft)
            if draft.persona == "quinn":
                self._fill_up(draft.records["CWB"])

    def _one_term(self, draft: Draft, term: Term) -> None:
        active = [record for record in draft.records.values() if record.studies_in(term)]
        away = self.dice.random() > _MINOR_TERM_SHARE or draft.persona in ("bo", "quinn")
        if away and not is_main(term) and term != self.current:
            return
        busy = 0
        for record in active:
            target, most = self._load(draft, record, term, shared=len(active) > 1)
            campus = self.campuses[record.campus]
            if not record.rows and record.campus == draft.person.home_campus and self._happens(draft, "transfer"):
                self._transfer(campus, record, term, 3)
            busy = self._enrol(campus, record, term, (target, most), busy)
            if term != self.current:
                self._marked(draft, record, term)

    def _happens(self, draft: Draft, event: str) -> bool:
        if draft.persona:
            return event in _HISTORY[draft.persona]
        return self.dice.random() < _CHANCES[event]

    def _load(self, draft: Draft, record: Record, term: Term, *, shared: bool) -> tuple[float, int]:
        """(units to reach, courses at most)."""
        if draft.persona == "bo":
            return MOST_UNITS, BO_ENROLMENTS
        if draft.persona == "quinn":
            mains = len([at for at in main_terms(self.terms, self.current) if record.studies_in(at)])
            return MOST_UNITS, (QUINN_ENROLMENTS - _QUINNS_EXTRAS) // max(mains, 1)
        if not is_main(term):
            return 3, 1
        if record.level == "bachelor":
            if shared:
                return (9, 3) if record.campus == draft.person.home_campus else (5, 2)
            return self.dice.randint(14, 17), 7
        # Postgraduates do their courses first, then research alone; a persona's widgets want courses at any time.
        fresh = academic_year(term) == record.first_year or bool(draft.persona)
        return (6, 2) if fresh else (3, 1 if record.level == "master" else 0)

    def _enrol(self, campus: Campus, record: Record, term: Term, load: tuple[float, int], busy: int) -> int:
        seats, (target, most) = campus.seats[term.code], load
        units = 0.0
        if record.level != "bachelor":
            thesis = f"{record.subject} {'6990' if record.level == 'master' else '7990'}"
            way = seats.way(thesis, busy, self.dice)
            if way:
                self._add(campus.courses[thesis], record, term, way, seats)
        for course in self._wishes(campus, record, term):
            if units >= target or most == 0:
                break
            if self._admissible(course, record, units) and (way := seats.way(course.code, busy, self.dice)):
                self._add(course, record, term, way, seats)
                busy, units, most = busy | seats.week(way), units + course.units, most - 1
        return busy

    def _wishes(self, campus: Campus, record: Record, term: Term) -> Iterator[Course]:
        """Courses to repeat, then some of the own subject, then anything of the level."""
        menu = campus.menu(term, "bachelor" if record.level == "bachelor" else "master")
        ceiling = 1 + academic_year(term) - record.first_year
        for code in list(record.to_repeat):
            if code in campus.courses:
                yield campus.courses[code]
        shuffled = self.dice.sample(menu, min(len(menu), _LEAFED_THROUGH))
        fitting = [
            course for course in shuffled if record.level != "bachelor" or int(course.code.split()[1][0]) <= ceiling
        ]
        own = [course for course in fitting if course.code.startswith(record.subject)]
        yield from own[:4]
        yield from fitting

    def _admissible(self, course: Course, record: Record, units: float) -> bool:
        again = course.code in record.to_repeat
        return (
            (again or course.code not in record.taken)
            and units + course.units <= MOST_UNITS
            and satisfied(course.prerequisite, record.passed)
            and not excluded(course.exclusion, record.taken)
        )

    def _add(self, course: Course, record: Record, term: Term, way: Sequence[int], seats: Seats) -> None:
        seats.take(way)
        record.rows.append(Row(term, course, way, "finished" if term.ends < self.now.date() else "associated"))
        record.taken.add(course.code)
        if course.code in record.to_repeat:
            record.to_repeat.remove(course.code)
        if term.ends >= self.now.date():
            record.rows[-1].assessment = assess(self.dice, course, term, None, self.now)

    def _marked(self, draft: Draft, record: Record, term: Term) -> None:
        """Grades of a term that is over."""
        rows = [row for row in record.rows if row.term == term and row.grade is None and row.state == "finished"]
        for row in rows:
            row.grade = draw(self.dice, row.course)
            chance = self.dice.random()
            if row.course.units and chance < 0.05:
                row.grade = "W" if chance < 0.02 else "P"
        self._mishaps(draft, record, term, [row for row in rows if row.course.units])
        for row in rows:
            row.assessment = assess(self.dice, row.course, term, row.grade, self.now)
            self._noted(record, row)

    def _mishaps(self, draft: Draft, record: Record, term: Term, graded: Sequence[Row]) -> None:
        """Fails and withdrawals a persona's record surely holds; here and there an incomplete in the latest terms."""
        earlier = {row.grade for row in record.rows if row.term != term}
        if graded and "failed" in self._history(draft) and "F" not in earlier:
            graded[0].grade = "F"
        if graded and "withdrawn" in self._history(draft) and "W" not in earlier:
            graded[-1].grade = "W"
        lately = (self.now.date() - term.ends).days < 200
        if graded and lately and not draft.persona and self.dice.random() < 0.02:
            graded[-1].grade = "I"

    def _history(self, draft: Draft) -> tuple[str, ...]:
        return _HISTORY.get(draft.persona, ())

    def _noted(self, record: Record, row: Row) -> None:
        if row.grade in PASSED:
            record.passed.add(row.course.code)
        elif row.grade in ("F", "W"):
            record.to_repeat.append(row.course.code)

    def _second_thoughts(self, draft: Draft) -> None:
        """What else happened at this term's registration: a course dropped again, a place in a queue."""
        record = draft.records[draft.person.home_campus]
        if not record.studies_in(self.current):
            return
        for event, state in (("dropped", "cancelled"), ("queued", "queued")):
            if self._happens(draft, event):
                self._aside(draft, record, state)

    def _aside(self, draft: Draft, record: Record, state: str) -> None:
        campus, waiting = self.campuses[record.campus], state == "queued"
        seats, busy = campus.seats[self.current.code], self._week(draft)
        for course in self._wishes(campus, record, self.current):
            allowed = course.code not in record.to_repeat and self._admissible(course, record, 0)
            if allowed and (way := seats.way(course.code, busy, self.dice, waiting=waiting)):
                if waiting:
                    seats.queue(way)
                record.rows.append(Row(self.current, course, way, state))
                record.taken.add(course.code)
                return

    def _week(self, draft: Draft) -> int:
        """The hours of the current term that a student has given away, at whichever campus."""
        week = 0
        for record in draft.records.values():
            seats = self.campuses[record.campus].seats[self.current.code]
            for row in record.rows:
                if row.term == self.current and row.state in ("associated", "queued"):
                    week |= seats.week(row.class_numbers)
        return week

    def _transfer(self, campus: Campus, record: Record, term: Term, most: int) -> None:
        """Credits brought from elsewhere: no class was attended here."""
        # Recorded against what was on offer here that term.
        menu = [course for course in campus.menu(term, record.level) if course.units <= 4]
        open_to = [course for course in menu if not course.prerequisite and course.code not in record.taken]
        for course in self.dice.sample(open_to, min(most, len(open_to))):
            if excluded(course.exclusion, record.taken):
                continue
            record.rows.append(Row(term, course, (), "finished", "T"))
            record.taken.add(course.code)
            record.passed.add(course.code)

    def _fill_up(self, record: Record) -> None:
        """Quinn's record has exactly the promised number of rows: the rest was brought from elsewhere.

        A small catalogue may not have so many courses; then it has all that may be brought.
        """
        first, before = record.rows[0].term if record.rows else self.current, -1
        while before < len(record.rows) < QUINN_ENROLMENTS:
            before = len(record.rows)
            self._transfer(self.campuses[record.campus], record, first, QUINN_ENROLMENTS - before)
