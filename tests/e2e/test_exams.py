"""Examinations: whose, when, in which room, on which seat; beside classes, and what a failure leaves of them."""

from datetime import datetime
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

ENTRIES = """
query ($from: Date, $to: Date) {
  me {
    timetable(from: $from, to: $to) {
      exams { nodes { courseCode start } }
      entries {
        nodes { kind campus courseCode start end room conflicting section { code } exam { name seat } }
        unavailable { system code }
      }
    }
  }
}
"""
WHOLE_TERM = {"from": "2026-09-01", "to": "2026-12-20"}
SYSTEMS = {"CWB": "sis-cwb", "GZ": "sis-gz"}


def text(entries: list[dict[str, str]], who: str) -> str:
    """In the language of the person's token: Mei reads simplified Chinese."""
    language = "zh-hans" if who == "mei" else "en"
    return next(each["value"] for each in entries if each["language"] == language)


async def sat(campus: SimulatedCampus, who: str) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """(campus, course, item) -> (start, end, room, seat, building), as the student systems list it."""
    found = {}
    numbers = await plain.numbers(campus, who)
    for code, name in SYSTEMS.items():
        if name not in numbers:
            continue
        system = campus.systems[name]
        person = await plain.person(system, numbers[name])
        rooms = {row["primaryCode"]["code"]: row for row in await plain.rows(system, "/rooms")}
        for row in await plain.rows(system, f"/persons/{person['personId']}/test-component-offering-associations"):
            told = row["ext"]["campus"]
            if told["termCode"] != plain.TERM or row["state"] != "associated":
                continue
            test = await system.get(f"/test-component-offerings/{row['testComponentOfferingId']}")
            if test["ext"]["campus"]["testType"] != "exam":
                continue
            room = test["ext"]["campus"]["room"]
            building = await system.get(f"/buildings/{rooms[room]['buildingId']}")
            found[code, told["courseCode"], text(told["itemName"], who)] = (
                plain.moment(test["startDateTime"]),
                plain.moment(test["endDateTime"]),
                room,
                told.get("seat"),
                text(building["name"], who),
            )
    return found


@pytest.mark.parametrize("who", ["alex", "mei", "jordan", "bo"])
async def test_a_persons_examinations_are_those_of_the_student_systems(open_campus: SimulatedCampus, who: str) -> None:
    answer = await open_campus.widget("exams", as_=who)
    assert answer.errors == []
    nodes = answer.at("me.exams.nodes")
    told = {
        (each["campus"], each["courseCode"], each["name"]): (
            plain.moment(each["start"]),
            plain.moment(each["end"]),
            each["room"],
            each["seat"],
            each["location"]["building"],
        )
        for each in nodes
    }
    assert told == await sat(open_campus, who)
    assert {name for _, _, name in told} in (
        {"Mid-term examination", "Final examination"},
        {"期中考试", "期末考试"},
    )
    assert [each["start"] for each in nodes] == sorted(each["start"] for each in nodes)
    assert all((each["seat"] is not None) == each["name"].startswith(("Final", "期末")) for each in nodes)


async def test_two_people_see_their_own(open_campus: SimulatedCampus) -> None:
    alex = await open_campus.widget("exams", as_="alex")
    sam = await open_campus.widget("exams", as_="sam")
    assert alex.data != sam.data


async def test_examinations_of_a_term_that_is_over_are_still_there(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("exams", {"term": "2530"}, as_="quinn")
    assert answer.errors == []
    assert {each["start"][:7] for each in answer.at("me.exams.nodes")} >= {"2026-05"}
    nowhere = await open_campus.widget("exams", {"term": "9910"}, as_="quinn")
    assert nowhere.data == {"me": {"exams": {"nodes": [], "unavailable": []}}}


async def test_who_studies_nowhere_has_none_and_who_is_nobody_is_not_asked(open_campus: SimulatedCampus) -> None:
    assert (await open_campus.widget("exams", as_="pat")).data == {"me": {"exams": None}}
    assert (await open_campus.widget("exams")).faults() == {("me", "UNAUTHENTICATED", None)}


async def test_the_timetable_has_both_in_order_of_time(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.ask(ENTRIES, WHOLE_TERM, as_="jordan")
    assert answer.errors == []
    nodes = answer.at("me.timetable.entries.nodes")
    assert [each["start"] for each in nodes] == sorted(each["start"] for each in nodes)
    exams = [each for each in nodes if each["kind"] == "EXAM"]
    assert {(each["campus"], each["courseCode"], each["exam"]["name"]) for each in exams} == set(
        await sat(open_campus, "jordan")
    )
    assert len(exams) == len(answer.at("me.timetable.exams.nodes"))
    assert all((each["section"] is None) == (each["kind"] == "EXAM") for each in nodes)


async def test_what_shares_a_moment_is_marked(open_campus: SimulatedCampus) -> None:
    marked = 0
    for who in ("jordan", "taiman-b", "alex"):
        nodes = (await open_campus.ask(ENTRIES, WHOLE_TERM, as_=who)).at("me.timetable.entries.nodes")
        for each in nodes:
            others = [other for other in nodes if other is not each]
            shared = any(
                datetime.fromisoformat(each["start"]) < datetime.fromisoformat(other["end"])
                and datetime.fromisoformat(other["start"]) < datetime.fromisoformat(each["end"])
                for other in others
            )
            assert each["conflicting"] == shared, each
            marked += shared
    assert marked > 0


async def test_without_one_campus_the_other_stands_and_nothing_is_said_of_conflicts(campus: SimulatedCampus) -> None:
    await campus.ask("{ me { profile { displayName } } }", as_="jordan")
    await campus.systems["sis-gz"].fault("down")
    answer = await campus.ask(ENTRIES, WHOLE_TERM, as_="jordan")
    assert answer.at("me.timetable.entries.unavailable") == [{"system": "sis-gz", "code": "UPSTREAM_UNAVAILABLE"}]
    nodes = answer.at("me.timetable.entries.nodes")
    assert {each["campus"] for each in nodes} == {"CWB"}
    assert {each["kind"] for each in nodes} == {"MEETING", "EXAM"}
    assert {each["conflicting"] for each in nodes} == {None}
    assert ("me.timetable.entries", "UPSTREAM_UNAVAILABLE", "sis-gz") in answer.faults()


async def test_where_a_class_meets_is_where_its_room_is(open_campus: SimulatedCampus) -> None:
    """A room without coordinates of its own has its building's; one to be announced is nowhere."""
    answer = await open_campus.ask(
        """{ courses(campus: "CWB", first: 100) { nodes { sections {
             meetings { room location { room building latitude longitude } } } } } }"""
    )
    assert answer.errors == []
    system = open_campus.systems["sis-cwb"]
    rooms = {row["primaryCode"]["code"]: row for row in await plain.rows(system, "/rooms")}
    buildings = {row["buildingId"]: row for row in await plain.rows(system, "/buildings")}
    own, of_building, nowhere = 0, 0, 0
    for meeting in (
        meeting
        for course in answer.at("courses.nodes")
        for section in course["sections"]
        for meeting in section["meetings"]
    ):
        room = rooms.get(meeting["room"])
        if room is None:
            assert meeting["location"] is None
            nowhere += 1
            continue
        building = buildings[room["buildingId"]]
        point = room["geolocation"] or building["address"]["geolocation"]
        assert meeting["location"] == {"room": meeting["room"], "building": building["name"][0]["value"], **point}
        own, of_building = own + bool(room["geolocation"]), of_building + (not room["geolocation"])
    assert min(own, of_building, nowhere) > 0


async def test_classes_and_examinations_are_asked_for_side_by_side(campus: SimulatedCampus) -> None:
    await campus.widget("calendar", as_="alex")
    for system in campus.systems.values():
        await system.forget_calls()
    await campus.systems["sis-cwb"].fault("slow", seconds=0.5)
    await campus.widget("calendar", as_="alex")
    calls = [call for call in await campus.systems["sis-cwb"].asked() if call["path"].endswith("-associations")]
    seats, tests = sorted(datetime.fromisoformat(call["at"]) for call in calls)
    assert (tests - seats).total_seconds() < 0.4
