"""When and where a person attends what."""

from datetime import datetime

from resolvers import exams, timetable
from resolvers.timetable import EntryKind

from .cards import Data
from .courses import Section
from .enums import LABEL, described
from .fields import campus_type, field, labelled, resolved, translated
from .location import WHERE, Location
from .node import Listing
from .studies import STUDENT

SCOPE = "enrolment:read"

described(EntryKind, "What a timetable has.", {"MEETING": "A class.", "EXAM": "An examination."})


@campus_type(record=timetable.ClassMeeting, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires=SCOPE)
class ClassMeeting:
    """One meeting of one of the person's classes, on one day."""

    section: Section = field("The class.")
    campus: str = field("Code of the campus where it takes place.")
    room: str = field("As the schedule prints it.")
    location: Location | None = resolved(timetable.location_of_entry, WHERE)
    start: datetime = field("When it begins.")
    end: datetime = field("When it ends.")


@campus_type(record=exams.PersonalExam, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires=SCOPE)
class Exam:
    """An examination that a person sits."""

    course_code: str = field("Catalogue code of the course.")
    title: str = translated("title", "Title of the course.")
    term_code: str = field("Code of the term.")
    name: str = translated("name", "Which one: mid-term, final.")
    campus: str = field("Code of the campus where it is held.")
    start: datetime = field("When it begins.")
    end: datetime = field("When it ends.")
    room: str = field("As the campus prints it; TBA where none is given yet.")
    location: Location | None = resolved(exams.location_of_exam, WHERE)
    seat: str | None = field("Where the person sits; null where one may sit anywhere.")


@campus_type(record=timetable.TimetableEntry, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires=SCOPE)
class TimetableEntry:
    """A class or an examination, as a calendar shows it."""

    kind: EntryKind = field("Which of the two.")
    kind_label: str = labelled("kind", LABEL)
    campus: str = field("Code of the campus where it takes place.")
    course_code: str = field("Catalogue code of the course.")
    title: str = translated("title", "Title of the course.")
    start: datetime = field("When it begins.")
    end: datetime = field("When it ends.")
    room: str = field("As the schedule prints it; TBA where none is given yet.")
    location: Location | None = resolved(timetable.location_of_entry, WHERE)
    section: Section | None = field("Of a class: the class.")
    exam: Exam | None = field("Of an examination: more of it.")
    conflicting: bool | None = field(
        "Whether it shares a moment with another entry; null unless every campus could be asked."
    )


@campus_type(record=timetable.Conflict, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires=SCOPE)
class Conflict:
    """Two meetings of which one begins before the other has ended."""

    first: ClassMeeting = field("The one that begins first.")
    second: ClassMeeting = field("The one that begins before the first has ended.")


@campus_type(record=timetable.Timetable, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires=SCOPE)
class Timetable:
    """What a person attends within a range of days, over all campuses."""

    meetings: Listing[ClassMeeting] = field("Classes, in order of time.")
    exams: Listing[Exam] | None = resolved(timetable.exams, "Examinations, in order of time.")
    entries: Listing[TimetableEntry] | None = resolved(
        timetable.entries, "Classes and examinations together, in order of time."
    )
    conflicts: list[Conflict] | None = resolved(
        timetable.collisions, "Meetings that collide; null unless every campus could be asked."
    )
