"""When and where a person attends what."""

from datetime import datetime

from resolvers import timetable

from .cards import Data
from .courses import Section
from .fields import campus_type, field, resolved
from .location import WHERE, Location
from .node import Listing
from .studies import STUDENT


@campus_type(
    record=timetable.ClassMeeting, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires="enrolment:read"
)
class ClassMeeting:
    """One meeting of one of the person's classes, on one day."""

    section: Section = field("The class.")
    campus: str = field("Code of the campus where it takes place.")
    room: str = field("As the schedule prints it.")
    location: Location | None = resolved(timetable.location_of_class, WHERE)
    start: datetime = field("When it begins.")
    end: datetime = field("When it ends.")


@campus_type(record=timetable.Conflict, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires="enrolment:read")
class Conflict:
    """Two meetings of which one begins before the other has ended."""

    first: ClassMeeting = field("The one that begins first.")
    second: ClassMeeting = field("The one that begins before the first has ended.")


@campus_type(record=timetable.Timetable, data=Data.PERSONAL, system="sis", purpose=STUDENT, requires="enrolment:read")
class Timetable:
    """What a person attends within a range of days, over all campuses."""

    meetings: Listing[ClassMeeting] = field("In order of time.")
    conflicts: list[Conflict] | None = resolved(
        timetable.collisions, "Meetings that collide; null unless every campus could be asked."
    )
