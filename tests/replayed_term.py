"""A real term's seats as they changed from one visit to the next, replayed on simulated class schedule pages."""

import gzip
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from aiohttp import web

from sandbox import schedule_pages
from sandbox.clock import Clock
from sandbox.schedule_markup import page
from sandbox.terms import term_of
from sandbox.university import Course, Section, University

from .recorded_term import recording

TERM = term_of("2340")
Seats = tuple[int, int, int]
"""Quota, enrolled, waitlisted."""


class ReplayedTerm:
    """Summer 2340 of HKUST, from what was seen first to what was seen last. Not ours to copy."""

    def __init__(self, small: University, clock: Clock) -> None:
        recorded = gzip.decompress(recording("2340-quota-timeline.ndjson.gz").read_bytes())
        rows = [json.loads(row) for row in recorded.splitlines()]
        self._changes: dict[str, list[Section]] = defaultdict(list)
        self._sections: dict[int, Section] = {}
        self.states: dict[int, list[Seats]] = defaultdict(list)
        """By class number, every state of its seats, as they followed on one another."""
        for at, number, course, code, how, *seats in rows:
            section = Section(number, code, f"{course[:4]} {course[4:]}", *seats, (), ("TBA",))
            self.states[number].append((section.quota, section.enrolled, section.waitlisted))
            if how == "base":
                self._sections[number] = section
            else:
                self._changes[at].append(section)
        self.followed = sorted(self._sections)
        """Sections that were there when it began."""
        courses = {
            each.course_code: Course(each.course_code, {"en": f"Course {each.course_code}"}, {}, 3.0, "bachelor")
            for each in self._sections.values()
        }
        campus = replace(
            small.campuses["CWB"], terms=(TERM,), courses=courses, sections={TERM.code: tuple(self._sections.values())}
        )
        self._courses = courses
        self._db = sqlite3.connect(":memory:")
        schedule_pages.seed(self._db, replace(small, campuses={"CWB": campus}), "CWB")
        self._db.execute("update entrance set term = ?", (TERM.code,))
        self.site = schedule_pages.build_app(self._db, clock, "")
        self.site.on_response_prepare.append(self._note)
        self.visits: dict[str, list[float]] = defaultdict(list)
        """By subject, when its page was asked for."""

    def steps(self, snapshots: int) -> Iterator[None]:
        """Replays so many snapshots at a time."""
        moments = sorted(self._changes)
        for start in range(0, len(moments), snapshots):
            changed = [section for at in moments[start : start + snapshots] for section in self._changes[at]]
            self._sections.update((section.class_number, section) for section in changed)
            for subject in {section.course_code[:4] for section in changed}:
                self._print(subject)
            yield

    def subject_of(self, number: int) -> str:
        return self._sections[number].course_code[:4]

    def _print(self, subject: str) -> None:
        subjects = sorted({each.course_code[:4] for each in self._sections.values()})
        by_course: dict[str, list[Section]] = defaultdict(list)
        for section in self._sections.values():
            if section.course_code.startswith(subject):
                by_course[section.course_code].append(section)
        for code in by_course:
            self._courses.setdefault(code, Course(code, {"en": f"Course {code}"}, {}, 3.0, "bachelor"))
        offers = [(self._courses[code], by_course[code]) for code in sorted(by_course)]
        html = page(TERM, [TERM], subjects, offers)
        self._db.execute("insert or replace into page values (?, ?, ?)", (TERM.code, subject, html))

    async def _note(self, request: web.Request, _: web.StreamResponse) -> None:
        if subject := request.match_info.get("subject"):
            self.visits[subject].append(time.monotonic())
