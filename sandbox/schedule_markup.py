"""The pages of a class schedule as HKUST prints them: links to terms and subjects, then a block for each course.

Two markups are known: that of the recorded pages, and the one of 2026-27 (`div.subject` instead of `h2`, empty cells
instead of cells that reach over rows, rows repeated for narrow screens). A term's pages have that of its time.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from .university import Course, Meeting, Section, Term

Offer = tuple[Course, Sequence[Section]]
"""A course and its sections in the order of the page."""

NEW_MARKUP_SINCE = "2610"
_COLUMNS = (
    "Section", "Date & Time", "Room", "Instructor", "TA/IA/GTA", "Quota", "Enrol", "Avail", "Wait", "Remarks",
)  # fmt: skip
_CONSENT = "Consent Required"


def page(term: Term, terms: Sequence[Term], subjects: Sequence[str], offers: Sequence[Offer]) -> str:
    """The page of one subject, with links to the others and to other terms."""
    blocks = "".join(_course(term, course, sections) for course, sections in offers)
    return (
        f"<!DOCTYPE html>\n<html><head><title>HKUST Class Schedule & Quota</title></head><body>"
        f'<div id="navigator">{_navigation(term, terms, subjects)}</div><div id="classes">{blocks}</div>'
        "</body></html>\n"
    )


def _navigation(term: Term, terms: Sequence[Term], subjects: Sequence[str]) -> str:
    choice = "".join(f'<a href="/wcq/cgi-bin/{each.code}/">{escape(each.name["en"])}</a>' for each in terms)
    links = "".join(f'<a class="ug" href="/wcq/cgi-bin/{term.code}/subject/{each}">{each}</a>' for each in subjects)
    here = escape(term.name["en"])
    return (
        f'<ul><li class="term"><div class="termselect">{choice}</div>'
        f'<a href="#" onclick="return false">{here} <i></i></a></li></ul><div class="depts">{links}</div>'
    )


def _course(term: Term, course: Course, sections: Sequence[Section]) -> str:
    units = f"{course.units:g} unit{'' if course.units == 1 else 's'}"
    title = escape(f"{course.code} - {course.title['en']} ({units})")
    marks = "".join(
        f'<div class="popup attrword"><span class="crseattrword">{escape(code)}</span>'
        f'<div class="popupdetail">{escape(meaning)}</div></div>'
        for code, meaning in course.attributes
    )
    info = f'<div class="courseattr popup"><span>COURSE INFO</span><div class="popupdetail">{_info(course)}</div></div>'
    new = term.code >= NEW_MARKUP_SINCE
    rows = "".join(_new_rows(term, each) if new else _old_rows(term, each) for each in sections)
    head = "".join(f"<th>{escape(name)}</th>" for name in _COLUMNS)
    table = f'<table class="sections"><tr>{head}</tr>{rows}</table>'
    if new:
        above = f'<div class="courseattrContainer"><div class="subject">{title}</div>{marks}</div>{info}'
        return f'<div class="course"><div class="courseinfo">{above}</div>{table}</div>'
    return f'<div class="course"><div class="courseinfo">{marks}{info}</div><h2>{title}</h2>{table}</div>'


def _info(course: Course) -> str:
    texts = {
        "PRE-REQUISITE": course.prerequisite,
        "CO-REQUISITE": course.corequisite,
        "EXCLUSION": course.exclusion,
        "PREVIOUS CODE": course.previous_code,
        "DESCRIPTION": course.description.get("en", ""),
    }
    rows = (f"<tr><th>{label}</th><td>{escape(text)}</td></tr>" for label, text in texts.items() if text)
    return f"<table>{''.join(rows)}</table>"


def _old_rows(term: Term, section: Section) -> str:
    slots = list(_slots(section))
    reach = f' rowspan="{len(slots)}"' if len(slots) > 1 else ""
    named, *figures = _whole(section)
    text = ""
    for place, (when, room) in enumerate(slots):
        meeting = f"<td>{when}</td><td>{room}</td><td>{_people(term, section)}</td><td></td>"
        if place:
            text += f'<tr class="secteven">{meeting}</tr>'
        else:
            after = "".join(f"<td{reach}>{cell}</td>" for cell in figures)
            text += f'<tr class="newsect secteven"><td{reach}>{named}</td>{meeting}{after}</tr>'
    return text


def _new_rows(term: Term, section: Section) -> str:
    named, *figures = _whole(section)
    text = ""
    for place, (when, room) in enumerate(_slots(section)):
        people = f'<td><div class="instructorList">{_people(term, section)}</div></td><td></td>'
        cells = [named, *figures] if place == 0 else ["<span></span>", *[""] * len(figures)]
        after = "".join(f"<td>{cell}</td>" for cell in cells[1:])
        kind = "newsect secteven mainRow" if place == 0 else "secteven otherRow"
        text += f'<tr class="{kind}"><td>{cells[0]}</td><td>{when}</td><td>{room}</td>{people}{after}</tr>'
        if place == 0:
            text += f'<tr class="mobileInstructorRow"><td></td><td>Instructor</td>{people}</tr>'
    return text + f'<tr class="mobileViewDetail"><td colspan="{len(_COLUMNS)}">Quota {section.quota}</td></tr>'


def _whole(section: Section) -> tuple[str, str, str, str, str, str]:
    """What is said once of a section: its name, quota, enrolled, available, waiting, remarks."""
    free = section.quota - section.enrolled
    return (
        f"{escape(section.code)} ({section.class_number})",
        _quota(section),
        str(section.enrolled),
        str(free) if free > 0 else f"<strong>{free}</strong>",
        str(section.waitlisted),
        _remarks(section),
    )


def _quota(section: Section) -> str:
    if not section.reserved_quotas:
        return str(section.quota)
    groups = "".join(
        f"{escape(each.group)}: {each.quota}/{each.enrolled}/{each.quota - each.enrolled}<br>"
        for each in section.reserved_quotas
    )
    return f'<span>{section.quota}</span><div><div class="quotadetail"><b>Quota/Enrol/Avail</b><br>{groups}</div></div>'


def _remarks(section: Section) -> str:
    notes = [remark for remark in section.remarks if not remark.endswith(_CONSENT)]
    text = ""
    if notes:
        listed = "<br /> ".join("&gt; " + escape(note).replace("\n", "<br />") for note in notes)
        text += f'<div class="popup classnotes"><div class="popupdetail">{listed}</div></div>'
    for remark in section.remarks:
        if remark.endswith(_CONSENT):
            text += f'<div class="popup consent"><div class="popupdetail">{escape(remark)}</div></div>'
    return text + "&nbsp;"


def _people(term: Term, section: Section) -> str:
    return "<br>".join(
        escape(name)
        if name == "TBA"
        else f'<a href="/wcq/cgi-bin/{term.code}/instructor/{escape(name)}">{escape(name)}</a>'
        for name in section.instructors
    )


def _slots(section: Section) -> Iterator[tuple[str, str]]:
    """When and where, days of the same time in one: MoWe 09:00AM - 10:20AM."""
    if not section.meetings:
        yield "TBA", "TBA"
    for _, alike in groupby(section.meetings, key=lambda each: (each.start, each.end, each.room, each.first_date)):
        meetings = list(alike)
        yield _when(meetings), escape(meetings[0].room)


def _when(meetings: Sequence[Meeting]) -> str:
    first = meetings[0]
    days = "".join(each.day[:2].title() for each in meetings)
    times = f"{days} {first.start:%I:%M%p} - {first.end:%I:%M%p}"
    if first.first_date and first.last_date:
        return f"{first.first_date:%d-%b-%Y} - {first.last_date:%d-%b-%Y}".upper() + f"<br>{times}"
    return times
