"""Open Education API v6: which academic sessions are terms, and which stand in the calendar of one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from campus.timetable import DAYS, Day
from connectors.wire import System, local

from .calendar import CalendarEvent, CalendarKind
from .oeapi_records import term, texts
from .oeapi_shapes import SessionOnWire
from .records import Term

TERMS = frozenset({"semester", "trimester", "quarter", "period"})
"""Kinds of session that courses are held in; a winter or summer term is a period."""

KINDS = {
    "before_term": CalendarKind.BEFORE_TERM,
    "add_drop": CalendarKind.ADD_DROP,
    "reading_week": CalendarKind.READING_WEEK,
    "study_break": CalendarKind.STUDY_BREAK,
    "examinations": CalendarKind.EXAMINATIONS,
    "public_holiday": CalendarKind.PUBLIC_HOLIDAY,
    "make_up_day": CalendarKind.MAKE_UP_DAY,
}
"""What `ext.campus.calendar` calls them; another word is OTHER, never an error."""


def terms(system: System, rows: Sequence[SessionOnWire], zone: tzinfo) -> list[Term]:
    """The latest first, each with its calendar. A session within a term is no term; a term within a year is one."""
    held = {row.academic_session_id for row in rows if row.academic_session_type in TERMS}
    within: defaultdict[str, list[SessionOnWire]] = defaultdict(list)
    for row in rows:
        if row.parent_id in held:
            within[row.parent_id].append(row)
    found = [
        _with_calendar(system, term(system, row, zone), within[row.academic_session_id], zone)
        for row in rows
        if row.academic_session_id in held and row.parent_id not in held
    ]
    return sorted(found, key=lambda each: each.starts_at, reverse=True)


def _with_calendar(system: System, term: Term, rows: Sequence[SessionOnWire], zone: tzinfo) -> Term:
    events = [_event(system, term.code, row, zone) for row in rows]
    return msgspec.structs.replace(term, calendar=sorted(events, key=lambda each: (each.starts, each.ends)))


def _event(system: System, term: str, row: SessionOnWire, zone: tzinfo) -> CalendarEvent:
    told = row.ext.campus.calendar if row.ext and row.ext.campus else None
    if told:
        kind = KINDS.get(told.kind, CalendarKind.OTHER)
    else:
        testing = row.academic_session_type == "testing_period"
        kind = CalendarKind.EXAMINATIONS if testing else CalendarKind.OTHER
    return CalendarEvent(
        system=system.id,
        campus=system.campus,
        term_code=term,
        kind=kind,
        name=texts(row.name),
        starts=local(row.start_date_time, zone).date(),
        ends=local(row.end_date_time, zone).date(),
        teaches_as=Day(told.teaches_as) if told and told.teaches_as in DAYS else None,
    )
