"""The sections of a course, from the rows of its table: who teaches when and where, and how many seats there are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from selectolax.lexbor import LexborNode

from campus.timetable import DAYS

from .class_schedule_tables import Row, lines, plain, rows
from .records import Meeting, ReservedQuota

_SECTION = re.compile(r"^(\S+) ?\((\d+)\)$")
_DATES = re.compile(r"^(\d{1,2})-([A-Z]{3})-(\d{4}) ?- ?(\d{1,2})-([A-Z]{3})-(\d{4})$", re.IGNORECASE)
_TIMES = re.compile(r"^((?:Mo|Tu|We|Th|Fr|Sa|Su)+) ?(\d{1,2}):(\d{2}) ?([AP]M) ?- ?(\d{1,2}):(\d{2}) ?([AP]M)$")
_RESERVED = re.compile(r"^(.+): ?(\d+)/(\d+)/-?\d+$")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = {day[:2].title(): day for day in DAYS}
NOTHING_YET = ("", "TBA")


class BadSchedule(Exception):
    """The page is not a schedule's, or says something that we cannot read."""


@dataclass(slots=True)
class ScheduledSection:
    """A section as printed; rows that repeat its number, or leave it out, add to it."""

    number: int
    code: str
    quota: int
    enrolled: int
    waitlisted: int
    remarks: Sequence[str]
    reserved_quotas: Sequence[ReservedQuota]
    meetings: list[Meeting] = field(default_factory=list)
    instructors: list[str] = field(default_factory=list)

    def held(self, row: Row) -> None:
        """Adds what one row says of when, where and by whom."""
        room = plain(row.cells["Room"])
        self.meetings += [each for each in _meetings(row.cells["Date & Time"], room, self.code)]
        self.instructors += [name for name in _people(row.cells["Instructor"]) if name not in self.instructors]


def sections_of(table: LexborNode, course: str) -> list[ScheduledSection]:
    """In the order of the page. Raises BadSchedule naming the course."""
    found: dict[int, ScheduledSection] = {}
    latest: ScheduledSection | None = None
    try:
        for row in rows(table):
            if "Section" in row.fresh and (named := plain(row.cells["Section"])):
                section = _section(row, named)
                latest = found.setdefault(section.number, section)
            if latest is None:
                raise BadSchedule("a row before the first section")
            latest.held(row)
        _check_all_read(table, found)
    except KeyError as missing:
        raise BadSchedule(f"{course}: no column {missing}") from missing
    except (BadSchedule, ValueError) as reason:
        raise BadSchedule(f"{course}: {reason}") from reason
    return list(found.values())


def _check_all_read(table: LexborNode, found: Mapping[int, ScheduledSection]) -> None:
    """A section whose row has another form than its neighbours would otherwise be lost without a word."""
    begun = (_SECTION.match(plain(cell)) for cell in table.css("td:first-child"))
    if lost := {int(printed[2]) for printed in begun if printed} - set(found):
        raise BadSchedule(f"rows of another form: {sorted(lost)}")


def _section(row: Row, named: str) -> ScheduledSection:
    printed = _SECTION.match(named)
    if printed is None:
        raise BadSchedule(f"{named!r} is no section")
    return ScheduledSection(
        number=int(printed[2]),
        code=printed[1],
        quota=_count(row.cells["Quota"]),
        enrolled=_count(row.cells["Enrol"]),
        waitlisted=_count(row.cells["Wait"]),
        remarks=_remarks(row.cells["Remarks"]),
        reserved_quotas=list(_reserved(row.cells["Quota"])),
    )


def _count(cell: LexborNode) -> int:
    """The figure itself; what it is made of may stand below it."""
    return int(next(iter(lines(cell)), "").strip())


def _reserved(cell: LexborNode) -> Iterator[ReservedQuota]:
    for line in lines(cell):
        if found := _RESERVED.match(line.strip()):
            yield ReservedQuota(group=found[1], quota=int(found[2]), enrolled=int(found[3]))


def _remarks(cell: LexborNode) -> list[str]:
    """Each note begins with `>`; a line without one goes on with the note before. Other marks are a note each."""
    notes: list[str] = []
    for mark in cell.css(".popupdetail"):
        own: list[str] = []
        for line in lines(mark):
            if own and not line.lstrip().startswith(">"):
                own[-1] += f"\n{line.rstrip()}"
            else:
                own.append(line.strip().removeprefix(">").lstrip())
        notes += own
    return notes


def _people(cell: LexborNode) -> list[str]:
    """Names are links; a cell without any says TBA, or nothing."""
    names = [plain(link) for link in cell.css("a")] or [plain(cell)]
    return [name for name in names if name]


def _meetings(cell: LexborNode, room: str, section: str) -> Iterator[Meeting]:
    """A line of dates holds for the lines of times below it."""
    first = last = None
    for line in map(str.strip, lines(cell)):
        if dates := _DATES.match(line):
            first, last = _date(*dates.groups()[:3]), _date(*dates.groups()[3:])
        elif times := _TIMES.match(line):
            start, end = _time(*times.groups()[1:4]), _time(*times.groups()[4:])
            for day in re.findall("..", times[1]):
                yield Meeting(day=_DAYS[day], start=start, end=end, room=room, first_date=first, last_date=last)
        elif line not in NOTHING_YET:
            raise BadSchedule(f"{section} meets {line!r}")


def _date(day: str, month: str, year: str) -> date:
    """Month names are English whatever the machine's language."""
    return date(int(year), _MONTHS.index(month.upper()) + 1, int(day))


def _time(hour: str, minute: str, half: str) -> time:
    return time(int(hour) % 12 + (12 if half == "PM" else 0), int(minute))
