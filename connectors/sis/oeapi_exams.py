"""Open Education API v6: which of a term's tests are examinations.

Source: Open Education API 6.0, resource TestComponentOffering; what tells an examination is docs/ext-campus.md.
"""

from collections.abc import Iterable
from datetime import tzinfo

from msgspec import Struct

from connectors.wire import Moment, System, local

from .exams import Exam
from .oeapi_records import texts
from .oeapi_shapes import Ext, Translated
from .records import CourseKey, Term

TO_BE_ANNOUNCED = "TBA"


class TestProfile(Struct, rename="camel"):
    course_code: str
    test_type: str
    room: str | None = None


class TestOnWire(Struct, rename="camel"):
    test_component_offering_id: str
    name: list[Translated]
    state: str | None = None
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None
    ext: Ext[TestProfile] | None = None


def exams(system: System, term: Term, rows: Iterable[TestOnWire], zone: tzinfo) -> dict[str, Exam]:
    """Tests without a type are no examinations to us, nor are those that have no time yet or were called off."""
    found = {}
    for row in rows:
        told = row.ext.campus if row.ext else None
        if told and told.test_type == "exam" and row.state != "cancelled" and row.start_date_time and row.end_date_time:
            found[row.test_component_offering_id] = Exam(
                wire_id=row.test_component_offering_id,
                campus=system.campus,
                course=CourseKey(system.id, term.code, told.course_code),
                name=texts(row.name),
                start=local(row.start_date_time, zone),
                end=local(row.end_date_time, zone),
                room=told.room or TO_BE_ANNOUNCED,
            )
    return found
