"""The academic calendar of both campuses, what it does to a timetable, and that it costs no call."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

CALENDAR = """
query ($campus: String, $from: Date, $to: Date) {
  academicCalendar(campus: $campus, from: $from, to: $to) {
    nodes { campus kind name termCode starts ends withoutClasses teachesAs }
    unavailable { system code }
  }
}
"""
PHASE = "query ($campus: String!, $at: DateTime) { academicCalendar { phase(campus: $campus, at: $at) } }"
MEETINGS = """
query ($from: Date, $to: Date) {
  me { timetable(from: $from, to: $to) { meetings { nodes { start room campus section { classNumber } } } } }
}
"""
FALL = {"from": "2026-09-01", "to": "2026-12-20"}
KINDS_OF_SESSION = {"testing_period": "EXAMINATIONS"}


async def test_the_calendar_is_what_each_campus_lists_as_sessions(open_campus: SimulatedCampus) -> None:
    await open_campus.forget_calls()
    for campus, system in (("CWB", "sis-cwb"), ("GZ", "sis-gz")):
        answer = await open_campus.ask(CALENDAR, {"campus": campus, **FALL})
        assert answer.errors == []
        told = {
            (each["kind"], each["name"], each["starts"], each["ends"], each["teachesAs"])
            for each in answer.at("academicCalendar.nodes")
        }
        assert await open_campus.counts() == {}
        expected = set()
        for row in await plain.rows(open_campus.systems[system], "/academic-sessions"):
            starts, ends = row["startDateTime"][:10], row["endDateTime"][:10]
            calendar = row.get("ext", {}).get("campus", {}).get("calendar", {"kind": "term"})
            if starts <= FALL["to"] and ends >= FALL["from"]:
                name = next(each["value"] for each in row["name"] if each["language"] == "en")
                expected.add((calendar["kind"].upper(), name, starts, ends, calendar.get("teachesAs")))
        assert told == expected
        await open_campus.forget_calls()


async def test_both_campuses_stand_in_one_calendar_in_order_of_time(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.ask(CALENDAR, FALL)
    nodes = answer.at("academicCalendar.nodes")
    assert [each["starts"] for each in nodes] == sorted(each["starts"] for each in nodes)
    national = {each["campus"]: (each["starts"], each["ends"]) for each in nodes if each["name"] == "National Day"}
    assert national == {"CWB": ("2026-10-01", "2026-10-01"), "GZ": ("2026-10-01", "2026-10-07")}
    assert [each["teachesAs"] for each in nodes if each["kind"] == "MAKE_UP_DAY"] == ["WEDNESDAY"]
    assert all(each["withoutClasses"] for each in nodes if each["kind"] in ("EXAMINATIONS", "PUBLIC_HOLIDAY"))


async def test_without_days_it_begins_today(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.ask(CALENDAR, {"campus": "CWB"})
    nodes = answer.at("academicCalendar.nodes")
    assert all(each["ends"] >= plain.TODAY.isoformat() for each in nodes)
    assert {"TERM", "STUDY_BREAK", "EXAMINATIONS", "BEFORE_TERM"} <= {each["kind"] for each in nodes}


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (None, "TEACHING"),
        ("2026-08-25T12:00:00+08:00", "BEFORE_TERM"),
        ("2026-09-10T12:00:00+08:00", "ADD_DROP"),
        ("2026-12-01T12:00:00+08:00", "STUDY_BREAK"),
        ("2026-12-06T23:59:00+08:00", "STUDY_BREAK"),
        ("2026-12-06T16:30:00+00:00", "EXAMINATIONS"),
        ("2026-12-07T00:30:00", "EXAMINATIONS"),
        ("2026-12-25T12:00:00+08:00", "BETWEEN_TERMS"),
    ],
)
async def test_a_phase_is_that_of_the_moment_on_campus(
    open_campus: SimulatedCampus, at: str | None, phase: str
) -> None:
    answer = await open_campus.ask(PHASE, {"campus": "CWB", "at": at})
    assert answer.errors == []
    assert answer.at("academicCalendar.phase") == phase


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ('{ academicCalendar(campus: "LON") { nodes { name } } }', "academicCalendar"),
        ('{ academicCalendar { phase(campus: "LON") } }', "academicCalendar.phase"),
        ("{ academicCalendar { phase } }", "academicCalendar.phase"),
        ('{ academicCalendar(from: "2026-10-01", to: "2026-09-01") { nodes { name } } }', "academicCalendar"),
        ('{ academicCalendar(from: "2006-10-01", to: "2026-09-01") { nodes { name } } }', "academicCalendar"),
    ],
)
async def test_what_cannot_be_asked_is_said(open_campus: SimulatedCampus, query: str, path: str) -> None:
    assert (await open_campus.ask(query)).faults() == {(path, "BAD_USER_INPUT", None)}


async def test_the_ends_of_time_are_days_like_others(open_campus: SimulatedCampus) -> None:
    for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        answer = await open_campus.ask(PHASE, {"campus": "CWB", "at": at})
        assert answer.data == {"academicCalendar": {"phase": "BETWEEN_TERMS"}}
    answer = await open_campus.ask(CALENDAR, {"from": "9999-12-31"})
    assert (answer.errors, answer.at("academicCalendar.nodes")) == ([], [])
    assert await meetings(open_campus, "alex", date.max, date.max) == []
    assert (await open_campus.widget("timetable", {"from": "9999-12-31"}, as_="alex")).errors == []


async def meetings(campus: SimulatedCampus, who: str, first: date, last: date) -> list[dict[str, Any]]:
    answer = await campus.ask(MEETINGS, {"from": first.isoformat(), "to": last.isoformat()}, as_=who)
    assert answer.errors == []
    nodes: list[dict[str, Any]] = answer.at("me.timetable.meetings.nodes")
    return nodes


def on(day: date, nodes: list[dict[str, Any]], campus: str) -> set[tuple[int, str]]:
    return {
        (each["section"]["classNumber"], each["start"][11:16])
        for each in nodes
        if each["campus"] == campus and datetime.fromisoformat(each["start"]).date() == day
    }


async def test_no_class_meets_on_a_holiday_nor_after_the_last_day_of_teaching(open_campus: SimulatedCampus) -> None:
    term = await meetings(open_campus, "jordan", date(2026, 9, 1), date(2026, 12, 20))
    held = {(each["campus"], each["start"][:10]) for each in term}
    assert max(day for _, day in held) <= "2026-11-29"
    golden_week = {(date(2026, 10, 1) + timedelta(days=days)).isoformat() for days in range(7)}
    assert not {day for campus, day in held if campus == "GZ"} & golden_week
    assert ("CWB", "2026-10-01") not in held
    assert ("CWB", "2026-10-19") not in held
    assert {day for campus, day in held if campus == "CWB"} & golden_week


async def test_a_make_up_day_has_the_classes_of_the_day_it_stands_for(open_campus: SimulatedCampus) -> None:
    """Guangzhou works on Saturday 10 October as on a Wednesday."""
    made_up = set()
    for who in ("mei", "jordan"):
        held = await meetings(open_campus, who, date(2026, 9, 30), date(2026, 10, 10))
        made_up |= on(date(2026, 10, 10), held, "GZ")
        assert on(date(2026, 10, 10), held, "GZ") == on(date(2026, 9, 30), held, "GZ")
    assert made_up
