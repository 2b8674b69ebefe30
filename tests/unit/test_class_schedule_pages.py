"""What a page of the class schedule may look like in terms that were not recorded, and what is none."""

from datetime import date, time

import pytest

from connectors.sis.class_schedule_pages import read_page
from connectors.sis.class_schedule_rows import BadSchedule

LINKS = '<a href="/wcq/cgi-bin/1830/">2018-19 Spring</a><a href="/wcq/cgi-bin/1830/subject/COMP">COMP</a>'
HEADS = ("Section", "Date & Time", "Room", "Instructor", "Quota", "Enrol", "Avail", "Wait", "Remarks")
ROW = ("L1 (1765)", "We 02:00PM - 03:50PM", "Rm 5620, Lift 31-32 (70)", "TBA", "67", "0", "67", "0", "&nbsp;")


def page(heading="COMP 1001 - Exploring (3 units)", heads=HEADS, rows=(ROW,)):
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><tr>{head}</tr>{body}</table>"
    return f"<html><body>{LINKS}<div><h2>{heading}</h2>{table}</div></body></html>".encode()


def only_section(**changes):
    row = [changes.get(name, cell) for name, cell in zip(HEADS, ROW, strict=True)]
    (course,) = read_page(page(rows=(row,))).courses
    (section,) = course.sections
    return section


def test_a_table_without_assistants_reads_as_well():
    section = only_section()
    assert (section.number, section.code, section.quota, section.instructors) == (1765, "L1", 67, ["TBA"])
    assert [(each.day, each.start, each.end) for each in section.meetings] == [("WEDNESDAY", time(14), time(15, 50))]


@pytest.mark.parametrize(
    ("heading", "title", "units"),
    [
        ("COMP 1001 - Exploring (Part 1) (3 units)", "Exploring (Part 1)", "3"),
        ("IMBA 5540 - Negotiation (0.5 unit)", "Negotiation", "0.5"),
        ("COMP 4900 - Academic Development (0-1: 1 unit)", "Academic Development", "1"),
        ("COMP 6911 - Independent Study (1-3 units)", "Independent Study", None),
        ("COMP 6911 - Seminar", "Seminar", None),
    ],
)
def test_a_heading_is_code_title_and_units_if_they_are_fixed(heading, title, units):
    (course,) = read_page(page(heading)).courses
    assert (course.code, course.title, course.units) == (heading[:9], title, units)


@pytest.mark.parametrize(
    ("printed", "meetings"),
    [
        ("TBA", []),
        ("", []),
        ("MoWeFr 12:00PM - 12:50PM", [("MONDAY", 12, 12), ("WEDNESDAY", 12, 12), ("FRIDAY", 12, 12)]),
        ("Sa 12:00AM-01:00AM", [("SATURDAY", 0, 1)]),
        ("Mo 09:00AM - 10:20AM<br>Th 03:00PM - 04:20PM", [("MONDAY", 9, 10), ("THURSDAY", 15, 16)]),
    ],
)
def test_times_as_they_are_printed(printed, meetings):
    section = only_section(**{"Date & Time": printed})
    assert [(each.day, each.start.hour, each.end.hour) for each in section.meetings] == meetings


def test_dates_hold_for_the_times_below_them():
    printed = "06-JAN-2024 - 13-JAN-2024<br>Sa 09:00AM - 10:00AM<br>3-Feb-2024 - 2-Mar-2024<br>Su 09:00AM - 10:00AM"
    first, second = only_section(**{"Date & Time": printed}).meetings
    assert (first.first_date, first.last_date) == (date(2024, 1, 6), date(2024, 1, 13))
    assert (second.first_date, second.last_date) == (date(2024, 2, 3), date(2024, 3, 2))


def test_a_note_goes_on_until_the_next_begins():
    printed = (
        '<div class="popup classnotes"><div class="popupdetail">&gt; Venue:<br> - Theatre A (10:00 - 13:00)<br> - LTE'
        '<br /> &gt; Starts in week 2</div></div><div class="popup consent"><div class="popupdetail">'
        "Department Consent Required</div></div>&nbsp;"
    )
    assert only_section(Remarks=printed).remarks == [
        "Venue:\n - Theatre A (10:00 - 13:00)\n - LTE",
        "Starts in week 2",
        "Department Consent Required",
    ]


def test_a_number_that_comes_again_is_a_further_meeting():
    again = (*ROW[:1], "Fr 02:00PM - 03:50PM", *ROW[2:])
    (course,) = read_page(page(rows=(ROW, again))).courses
    assert [each.day for each in course.sections[0].meetings] == ["WEDNESDAY", "FRIDAY"]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x00\xff<<%PDF",
        b"<html><body><h1>Under maintenance</h1></body></html>",
        page(heads=(*HEADS[:4], "Limit", *HEADS[5:])),
        page(heads=(*HEADS[:5], "Taken", *HEADS[6:])),
        page(rows=((*ROW[:4], "many", *ROW[5:]),)),
        page(rows=(("Lecture one", *ROW[1:]),)),
        page(rows=(("", *ROW[1:]),)),
        page(rows=(ROW, ("L2 (1766)", "cancelled"))),
        page(rows=((ROW[0], "Tomorrow at noon", *ROW[2:]),)),
        page(rows=((ROW[0], "31-FEB-2024 - 01-MAR-2024<br>Sa 09:00AM - 10:00AM", *ROW[2:]),)),
        page(heading="COMP 1001 - One (3 units)</h2><h2>COMP 1002 - Two (3 units)"),
    ],
)
def test_what_cannot_be_read_to_the_last_row_is_refused(broken):
    with pytest.raises(BadSchedule):
        read_page(broken)


def test_a_page_without_a_subject_leads_on():
    found = read_page(f"<html><body>{LINKS}</body></html>".encode())
    assert found.navigation.terms == {"1830": "2018-19 Spring"}
    assert found.navigation.subjects == {"1830": ["COMP"]}
    assert found.courses == []
