"""Examinations in campus words: when and where one is sat, public; and whose it is, who is told."""

from collections.abc import Mapping
from datetime import datetime

from campus.record import Record
from campus.text import Text

from .records import CourseKey


class Exam(Record, frozen=True):
    """One sitting of one course."""

    wire_id: str
    """The system's own id, by which what is a person's is joined to it."""
    campus: str
    course: CourseKey
    name: Text
    """Mid-term examination, Final examination."""
    start: datetime
    end: datetime
    room: str
    """As the schedule prints it; TBA where none is given yet."""


Exams = Mapping[str, Exam]
"""Those of one term, by the system's own id."""
