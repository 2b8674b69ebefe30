"""Terms, courses and their sections, as everybody sees them."""

from datetime import date, time
from decimal import Decimal

import strawberry

from campus.timetable import Day
from connectors import sis
from connectors.sis import CourseLevel
from resolvers import courses as catalogue
from resolvers import location as where
from resolvers import seats

from .cards import Data
from .enums import LABEL, described
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .location import WHERE, Location
from .node import Connection, Listing, Node
from .streams import streamed

CAMPUS = "Code of a campus, such as CWB or GZ; all campuses, if left out."
TERM = "Code of a term, such as 2610; each campus's current term, if left out."

described(Day, "A day of the week.", {day.value: f"{day.value.capitalize()}." for day in Day})
described(
    CourseLevel,
    "For whom a course is.",
    {
        "BACHELOR": "Undergraduates.",
        "MASTER": "Taught and research master's students.",
        "DOCTORAL": "Doctoral students.",
        "OTHER": "A level of another kind.",
    },
)


@campus_type(record=sis.Term, data=Data.PUBLIC, system="sis", node=True)
class Term(Node):
    """A term of one campus's academic year."""

    id: strawberry.ID = global_id_of("Term")
    code: str = field("Code: two digits of the year, then 10 autumn, 20 winter, 30 spring, 40 summer.")
    campus: str = field("Code of the campus.")
    name: str = translated("name", "Name, such as 2026-27 Fall.")
    starts: date = field("First day.")
    ends: date = field("Last day.")
    current: bool = resolved(catalogue.is_current, "Whether it runs now.")


@campus_type(record=sis.CampusMeeting, data=Data.PUBLIC, system="sis")
class Meeting:
    """One weekly slot of a section."""

    day: str = field("MONDAY to SUNDAY.")
    start: time = field("Local time of the campus (+08:00).")
    end: time = field("Local time of the campus (+08:00).")
    room: str = field("As the schedule prints it; TBA where none is given yet.")
    location: Location | None = resolved(where.location_of_meeting, WHERE)
    first_date: date | None = field("First date, where it takes place in part of the term only.")
    last_date: date | None = field("Last date, where it takes place in part of the term only.")


@campus_type(record=sis.ReservedQuota, data=Data.PUBLIC, system="sis")
class ReservedQuota:
    """Seats of a section that are kept for one group of students."""

    group: str = field("Whom they are kept for, in the words of the schedule.")
    quota: int = field("Seats kept.")
    enrolled: int = field("Seats of them taken.")


@campus_type(record=sis.Section, data=Data.PUBLIC, system="sis", node=True)
class Section(Node):
    """One class of a course that a student enrols in."""

    id: strawberry.ID = global_id_of("Section")
    class_number: int = field("Number by which one enrols; unique within campus and term.")
    code: str = field("Kind of teaching and number: L1, T2A, LA3, R1.")
    campus: str = field("Code of the campus.")
    course: "Course | None" = resolved(catalogue.course_of_section, "The course it teaches.")
    quota: int = field("Seats in all.")
    enrolled: int = field("Seats taken.")
    available: int = field("Seats left; never negative.")
    waitlisted: int = field("Students waiting for a seat.")
    near_capacity: bool = field("Whether at most 3 seats, or a tenth of the quota, are left.")
    meetings: list[Meeting] = resolved(catalogue.meetings, "When and where; empty where nothing is fixed.")
    instructors: list[str] = field("Who teaches, as the schedule prints it.")
    remarks: list[str] = field("Notes of the schedule: consent needed, deadlines.")
    consent_required: bool = resolved(
        catalogue.consent_required, "Whether one needs somebody's consent to enrol; `remarks` say whose."
    )
    reserved_quotas: list[ReservedQuota] = field("Seats kept for groups.")


@campus_type(record=sis.CourseAttribute, data=Data.PUBLIC, system="sis")
class CourseAttribute:
    """A mark of the catalogue: a common core area, a mode of delivery."""

    code: str = field("As printed, such as [CC22]; empty where the catalogue has only words for it.")
    description: str = field("What it means.")


@campus_type(record=sis.Course, data=Data.PUBLIC, system="sis", node=True)
class Course(Node):
    """A course as it is offered in one term."""

    id: strawberry.ID = global_id_of("Course")
    code: str = field("Catalogue code, such as COMP 2011.")
    campus: str = field("Code of the campus that offers it.")
    title: str = translated("title", "Title.")
    description: str = translated("description", "What it is about; empty where nobody wrote it.")
    credits: Decimal | None = field("Credits it is worth.")
    level: CourseLevel | None = field("For whom it is; null where the campus does not say.")
    level_label: str | None = labelled("level", LABEL, nullable=True)
    attributes: list[CourseAttribute] = field("Marks of the catalogue.")
    previous_code: str = field("Codes it had before; empty where it had none.")
    prerequisite: str = field("What must be passed before, in the catalogue's words.")
    corequisite: str = field("What must be taken along with it.")
    exclusion: str = field("What may not be taken as well.")
    term_code: str = field("Code of the term.")
    term: Term | None = resolved(catalogue.term_of_course, "The term it is offered in.")
    sections: list[Section] | None = resolved(catalogue.sections, "Its classes this term, in order of code.")


@strawberry.type
class CourseQueries:
    terms: Listing[Term] | None = resolved(
        catalogue.terms, "Terms, the latest of each campus first.", arguments={"campus": CAMPUS}
    )
    courses: Connection[Course] | None = resolved(
        catalogue.courses,
        "Courses on offer, in order of code; with `search`, those first whose code has all words, then those whose "
        "title has them. Of a class, all that is wanted must be true of the same one: seats, days, instructor.",
        arguments={
            "search": "Words, or their beginnings, in any order, all of which a course must have: in its code (with or "
            "without its blank), title, description, attributes or instructors. Chinese as it is written.",
            "campus": CAMPUS,
            "term": TERM,
            "level": "For whom.",
            "attribute": "Code of an attribute, with or without its brackets: CC22.",
            "instructor": "Parts of a name, or their beginnings: somebody of that name teaches a class.",
            "openSeats": "true: a class has a seat left; false: none has.",
            "days": "A class meets on one of these days at least.",
            "first": "Courses on a page, 1 to 100.",
            "after": "Cursor of the course before.",
        },
    )
    course: Course | None = resolved(
        catalogue.course,
        "One course; null where the campus does not offer it in that term.",
        arguments={"campus": "Code of the campus.", "code": "Catalogue code, such as COMP 2011.", "term": TERM},
    )
    section: Section | None = resolved(
        catalogue.section,
        "One section; null where there is none of that number.",
        arguments={"campus": "Code of the campus.", "classNumber": "Number of the class.", "term": TERM},
    )


@strawberry.type
class CourseSubscriptions:
    seats_changed: Section | None = streamed(
        seats.seats_changed,
        "Seats of sections: each section as it is now, then each again whose seats have changed, in its newest state. "
        "The pages of the class schedule are renewed every quarter of an hour. null with an error: not to be told now.",
        arguments={"sections": "Ids of 1 to 50 sections."},
    )
