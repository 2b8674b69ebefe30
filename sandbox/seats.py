"""The seats of one term: which ways lead through a course, and how many may still go them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from .timetable import week_of
from .university import Section

_KIND = re.compile(r"([A-Z]+)(\d*)")
_TRIES = 4


def kind_of(section: Section) -> tuple[str, str]:
    """(L, 1) of L1, (T, 2) of T2A, (LA, 3) of LA3: the kind of teaching and which lecture it goes with."""
    found = _KIND.match(section.code)
    return (found[1], found[2]) if found else (section.code, "")


class Seats:
    """The open seats of a term's sections.

    counted: the figures are those of a real schedule and stand; simulated students are among the counted. Else
    simulated students come on top of those already counted, up to the quota.
    """

    def __init__(self, sections: Sequence[Section], *, counted: bool) -> None:
        self._sections = {section.class_number: section for section in sections}
        self._counted = counted
        self._left = {
            section.class_number: section.enrolled if counted else section.quota - section.enrolled
            for section in sections
            if section.state == "active"
        }
        self._queue_left = {number: self._sections[number].waitlisted if counted else 12 for number in self._left}
        self._taken = dict.fromkeys(self._left, 0)
        self._queued = dict.fromkeys(self._left, 0)
        self._weeks = {section.class_number: week_of(section.meetings) for section in sections}
        self._kinds: dict[str, dict[str, list[Section]]] = {}
        for section in sections:
            if section.state == "active":
                self._kinds.setdefault(section.course_code, {}).setdefault(kind_of(section)[0], []).append(section)

    def courses(self) -> list[str]:
        return list(self._kinds)

    def week(self, numbers: Sequence[int]) -> int:
        week = 0
        for number in numbers:
            week |= self._weeks[number]
        return week

    def way(self, course: str, busy: int, dice: Random, *, waiting: bool = False) -> list[int] | None:
        """One section of each kind that fits a week, or None. waiting: a full one whose queue is open is wanted."""
        kinds = self._kinds.get(course, {})
        if waiting:
            return self._full(kinds, busy)
        leading = "L" if "L" in kinds else next(iter(kinds), None)
        if leading is None:
            return None
        for first in dice.sample(kinds[leading], min(_TRIES, len(kinds[leading]))):
            chosen = self._with(first, kinds, leading, busy)
            if chosen:
                return chosen
        return None

    def _with(self, first: Section, kinds: dict[str, list[Section]], leading: str, busy: int) -> list[int] | None:
        if not self._fits(first, busy):
            return None
        chosen, busy = [first.class_number], busy | self._weeks[first.class_number]
        for kind, sections in kinds.items():
            if kind == leading:
                continue
            mates = [section for section in sections if kind_of(section)[1] == kind_of(first)[1]]
            further = next((section for section in mates or sections if self._fits(section, busy)), None)
            if further is None:
                return None
            chosen.append(further.class_number)
            busy |= self._weeks[further.class_number]
        return chosen

    def _fits(self, section: Section, busy: int) -> bool:
        return self._left[section.class_number] > 0 and not self._weeks[section.class_number] & busy

    def _full(self, kinds: dict[str, list[Section]], busy: int) -> list[int] | None:
        """A queue is for one section; its tutorials are chosen when a seat comes free."""
        for section in kinds.get("L", []):
            number = section.class_number
            full = section.enrolled + (0 if self._counted else self._taken[number]) >= section.quota
            if full and self._queue_left[number] > 0 and not self._weeks[number] & busy:
                return [number]
        return None

    def take(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._left[number] -= 1
            self._taken[number] += 1

    def queue(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._queue_left[number] -= 1
            self._queued[number] += 1

    def settled(self) -> list[Section]:
        """The sections with all who are in them counted."""
        if self._counted:
            return list(self._sections.values())
        return [
            replace(
                section,
                enrolled=section.enrolled + self._taken.get(section.class_number, 0),
                waitlisted=self._queued.get(section.class_number, 0),
                reserved_quotas=tuple(
                    replace(reserved, enrolled=min(reserved.quota, section.enrolled // 2))
                    for reserved in section.reserved_quotas
                ),
            )
            for section in self._sections.values()
        ]
