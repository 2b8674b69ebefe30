"""The invented class schedule of a term: sections with their meetings, rooms, quotas and instructors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from random import Random

from .terms import is_main
from .timetable import week_of
from .university import Course, Meeting, ReservedQuota, Section, Term

_LECTURE_DAYS = (
    ("MONDAY", "WEDNESDAY"), ("TUESDAY", "THURSDAY"), ("WEDNESDAY", "FRIDAY"), ("MONDAY", "FRIDAY"),
)  # fmt: skip
_LECTURE_STARTS = (time(9, 0), time(10, 30), time(12, 0), time(13, 30), time(15, 0), time(16, 30))
_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
_GROUPS = ("COMP", "SBM UG", "JUPAS", "Exchange", "MPhil", "4th year")
_REMARKS = (
    "Instructor Consent Required",
    "For first-year students only",
    "Add/Drop Deadline : 14 days after the start of term",
)


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    """As the schedule prints it, seats in brackets."""
    seats: int


def rooms_of(campus: str) -> list[Room]:
    """The bookable rooms of a campus, small ones first."""
    if campus == "CWB":
        theatres = zip("ABCDEFGH", (433, 304, 204, 190, 143, 143, 131, 110), strict=True)
        rooms = [Room(f"Lecture Theater {letter} ({seats})", seats) for letter, seats in theatres]
        rooms += [
            Room(f"Rm {floor}{50 + place}{place}, Lift {lift} ({seats})", seats)
            for lift in ("2", "4", "17-18", "25-26", "27-28", "31-32")
            for floor in (1, 2, 4, 5)
            for place, seats in enumerate((36, 48, 60, 80, 120))
        ]
        rooms += [Room(f"G0{place:02}, LSK Bldg (70)", 70) for place in range(1, 22)]
    else:
        rooms = [
            Room(f"Rm {floor}{place:02}, {wing} ({seats})", seats)
            for wing in ("E1", "E3", "W1", "W2", "C7")
            for floor in (1, 2, 3)
            for place, seats in enumerate((30, 40, 60, 90, 150), start=1)
        ]
    return sorted(rooms, key=lambda room: (room.seats, room.name))


@dataclass(slots=True)
class _Desk:
    """The planner of one term, who knows which room is taken when."""

    term: Term
    dice: Random
    rooms: Sequence[Room]
    teachers: Sequence[str]
    booked: dict[str, int] = field(default_factory=dict)
    next_number: int = 1001

    def section(self, code: str, course: Course, quota: int, slots: Sequence[tuple[str, time, time]]) -> Section:
        dice = self.dice
        number, self.next_number = self.next_number, self.next_number + 1
        cancelled = dice.random() < 0.02 and not code.startswith(("L1", "R"))
        return Section(
            number,
            code,
            course.code,
            quota,
            0 if cancelled else self._already_in(quota),
            0,
            () if dice.random() < 0.03 else self._placed(slots, quota),
            ("TBA",) if dice.random() < 0.05 else tuple(dice.sample(self.teachers, 2 if dice.random() < 0.1 else 1)),
            (dice.choice(_REMARKS),) if dice.random() < 0.15 else (),
            (ReservedQuota(dice.choice(_GROUPS), max(1, quota // 4), 0),) if dice.random() < 0.1 else (),
            "cancelled" if cancelled else "active",
        )

    def _already_in(self, quota: int) -> int:
        """Up to half of the seats; one section in ten is sought after, and some of those are full."""
        sought_after = 0.6 if self.dice.random() < 0.1 else 0.0
        return int(quota * min(1.0, self.dice.random() / 2 + sought_after))

    def _placed(self, slots: Sequence[tuple[str, time, time]], quota: int) -> tuple[Meeting, ...]:
        first, last = self._half_term() if len(slots) == 1 and self.dice.random() < 0.04 else (None, None)
        bare = [Meeting(day, start, end, "TBA", first, last) for day, start, end in slots]
        week = week_of(bare)
        fitting = [room for room in self.rooms if room.seats >= quota and not self.booked.get(room.name, 0) & week]
        if not fitting or self.dice.random() < 0.02:
            return tuple(bare)
        room = fitting[min(len(fitting) - 1, int(self.dice.random() * 6))]
        self.booked[room.name] = self.booked.get(room.name, 0) | week
        return tuple(Meeting(day, start, end, room.name, first, last) for day, start, end in slots)

    def _half_term(self) -> tuple[date, date]:
        middle = self.term.starts + (self.term.ends - self.term.starts) / 2
        return (self.term.starts, middle) if self.dice.random() < 0.5 else (middle, self.term.ends)

    def lecture(self) -> list[tuple[str, time, time]]:
        if self.dice.random() < 0.12:
            return [(self.dice.choice(_WEEKDAYS), time(19, 0), time(21, 50))]
        start = self.dice.choice(_LECTURE_STARTS)
        return [(day, start, _after(start, 80)) for day in self.dice.choice(_LECTURE_DAYS)]

    def single(self, minutes: int) -> list[tuple[str, time, time]]:
        start = time(self.dice.randrange(9, 18), 30 if minutes < 60 and self.dice.random() < 0.5 else 0)
        return [(self.dice.choice(_WEEKDAYS), start, _after(start, minutes))]


def _after(start: time, minutes: int) -> time:
    total = start.hour * 60 + start.minute + minutes
    return time(total // 60, total % 60)


def lay_out(  # noqa: PLR0913 - the six things a class schedule rests on
    term: Term,
    courses: Mapping[str, Course],
    teachers: Sequence[str],
    rooms: Sequence[Room],
    crowd: float,
    dice: Random,
) -> list[Section]:
    """The sections of a term; `enrolled` counts those who are simulated as a number only.

    crowd: how many students there are, as a multiple of 2,000; quotas grow with it.
    """
    desk = _Desk(term, dice, rooms, teachers)
    return [section for course in courses.values() for section in _of_course(desk, course, crowd)]


def _of_course(desk: _Desk, course: Course, crowd: float) -> Iterator[Section]:
    dice, research = desk.dice, course.units == 0
    offered = 1.0 if research else 0.85 if is_main(desk.term) else 0.07
    if dice.random() >= offered:
        return
    if research:
        yield desk.section("R1", course, int(400 * max(1.0, crowd)), ())
        return
    undergraduate = course.level == "bachelor"
    size = int((dice.choice((40, 60, 80, 110)) if undergraduate else dice.choice((20, 30, 45))) * max(1.0, crowd))
    tutorials, laboratories = undergraduate and dice.random() < 0.35, dice.random() < 0.2
    for lecture in range(1, 1 + (2 if undergraduate and dice.random() < 0.4 else 1)):
        yield desk.section(f"L{lecture}", course, size, desk.lecture())
        for letter in "AB" if tutorials else "":
            yield desk.section(f"T{lecture}{letter}", course, size // 2 + 2, desk.single(50))
    for number in (1, 2, 3) if laboratories else ():
        yield desk.section(f"LA{number}", course, size, desk.single(110))
