"""The next 24 hours of a person: everything of all systems that falls into them, and what a failing one leaves."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pipeline.documents import widget_documents
from tests.e2e import plain_reads as plain
from tests.simulated_campus import Answer, SimulatedCampus

DAY = timedelta(hours=24)
Rows = list[dict[str, Any]]


def of_kind(answer: Answer, kind: str) -> Rows:
    return [each for each in answer.at("me.today.nodes") if each["kind"] == kind]


def span(answer: Answer) -> tuple[datetime, datetime]:
    return plain.moment(answer.at("me.today.since")), plain.moment(answer.at("me.today.until"))


@pytest.mark.parametrize("who", ["alex", "jordan", "quinn"])
async def test_it_holds_what_the_systems_hold_of_the_next_day(open_campus: SimulatedCampus, who: str) -> None:
    answer = await open_campus.widget("today", as_=who)
    assert answer.errors == []
    since, until = span(answer)
    assert until - since == DAY
    numbers = await plain.numbers(open_campus, who)
    held = set()
    for name, number in numbers.items():
        studies = await plain.studies(open_campus.systems[name], number)
        held |= {(start, end, room) for _, start, end, room in studies.meetings if start < until and end > since}
    assert {
        (plain.moment(each["at"]), plain.moment(each["until"]), each["room"]) for each in of_kind(answer, "MEETING")
    } == held
    named = await plain.claims(open_campus, who)
    lent = await plain.loans(open_campus, named["library_id"])
    if "gz_library_id" in named:
        lent += (await plain.guangzhou_shelf(open_campus, named["gz_library_id"])).loans
    due = [(title, at) for title, at in lent if since <= at <= until]
    assert sorted((each["title"], plain.moment(each["at"])) for each in of_kind(answer, "LOAN_DUE")) == sorted(due)
    assert due
    waiting = await waiting_steps(open_campus, named["onestop_id"])
    assert sorted(plain.moment(each["at"]) for each in of_kind(answer, "APPLICATION_STEP")) == sorted(waiting)
    assert waiting


async def waiting_steps(campus: SimulatedCampus, applicant: str) -> list[datetime]:
    """Since when the applicant's own tasks wait."""
    system = campus.systems["onestop-gz"]
    told = await system.get("/runtime/tasks", {"assignee": applicant, "size": "1000"})
    return [plain.moment(row["createTime"]) for row in told["data"]]


async def test_examinations_and_shuttles_of_the_next_day_are_in_it(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("today", as_="alex")
    since, until = span(answer)
    sat = (await open_campus.widget("exams", as_="alex")).at("me.exams.nodes")
    expected = [
        (each["title"], each["start"], each["room"])
        for each in sat
        if plain.moment(each["start"]) < until and plain.moment(each["end"]) > since
    ]
    assert [(each["title"], each["at"], each["room"]) for each in of_kind(answer, "EXAM")] == expected
    assert expected
    board = (await open_campus.widget("shuttle-board", {"first": 5})).at("shuttles.nodes")
    leaving = of_kind(answer, "DEPARTURE")
    assert {each["title"] for each in leaving} <= {each["route"]["name"] for each in board}
    assert 0 < len(leaving) <= 5
    for each in leaving:
        assert each["location"]["latitude"] is not None


async def test_it_is_in_order_of_time_and_each_thing_says_where_it_leads(open_campus: SimulatedCampus) -> None:
    for who in ("alex", "mei", "jordan"):
        answer = await open_campus.widget("today", as_=who)
        nodes = answer.at("me.today.nodes")
        assert [plain.moment(each["at"]) for each in nodes] == sorted(plain.moment(each["at"]) for each in nodes)
        for each in nodes:
            assert each["campus"] in ("CWB", "GZ")
            widget, _, query = each["link"].partition("?")
            taken = re.findall(r"\$(\w+):", widget_documents()[widget])
            assert {name for name, _ in parse_qsl(query)} <= set(taken), each["link"]
            opened = await open_campus.widget(widget, dict(parse_qsl(query)), as_=who)
            assert opened.errors == []
            if each["subject"]:
                found = await open_campus.widget("anything", {"id": each["subject"]}, as_=who)
                assert found.errors == []
                assert found.at("node")


async def test_shuttles_may_be_those_of_one_stop(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("today", {"stop": "CWB"}, as_="alex")
    leaving = of_kind(answer, "DEPARTURE")
    assert leaving
    assert {each["link"] for each in leaving} == {"shuttle-board?from=CWB"}


async def test_who_does_not_study_has_no_classes_and_who_is_nobody_has_no_day(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("today", as_="pat")
    assert answer.errors == []
    assert {each["kind"] for each in answer.at("me.today.nodes")} <= {"DEPARTURE", "LOAN_DUE"}
    assert (await open_campus.widget("today")).faults() == {("me", "UNAUTHENTICATED", None)}


async def test_what_a_token_may_not_read_is_not_asked_for_and_told(open_campus: SimulatedCampus) -> None:
    await open_campus.widget("today", as_="alex")
    await open_campus.forget_calls()
    answer = await open_campus.widget("today", as_="alex", scope="openid enrolment:read")
    assert answer.errors == []
    assert answer.at("me.today.missingScopes") == ["library:read", "services:read", "bookings:read"]
    assert not of_kind(answer, "LOAN_DUE")
    assert not of_kind(answer, "APPLICATION_STEP")
    assert set(await open_campus.counts()) == {"sis-cwb", "shuttle-gz"}
    refused = await open_campus.widget("today", as_="alex", scope="openid library:read")
    assert refused.faults() == {("me.today", "FORBIDDEN", None)}


@pytest.mark.parametrize(
    ("system", "lost"),
    [
        ("sis-cwb", {"MEETING", "EXAM"}),
        ("library-cwb", {"LOAN_DUE"}),
        ("onestop-gz", {"APPLICATION_STEP"}),
        ("shuttle-gz", set()),
    ],
)
async def test_a_system_that_is_down_leaves_the_rest(campus: SimulatedCampus, system: str, lost: set[str]) -> None:
    healthy = await campus.widget("today", as_="alex")
    await campus.systems[system].fault("down")
    answer = await campus.widget("today", as_="alex")
    assert answer.faults() == {("me.today", "UPSTREAM_UNAVAILABLE", system)}
    assert [each["system"] for each in answer.at("me.today.unavailable")] == [system]

    def shown(day: Answer) -> list[tuple[str, str, str]]:
        # The shuttles' own reports change by the minute, and are gone with their operator.
        return [
            (each["kind"], each["title"], each["at"])
            for each in day.at("me.today.nodes")
            if each["kind"] not in lost | {"DEPARTURE"}
        ]

    assert shown(answer) == shown(healthy)
    assert of_kind(answer, "DEPARTURE")
    assert not [each for each in answer.at("me.today.nodes") if each["kind"] in lost]


async def test_of_two_campuses_one_that_is_down_is_missing_once(campus: SimulatedCampus) -> None:
    await campus.widget("today", as_="jordan")
    await campus.systems["sis-gz"].fault("down")
    answer = await campus.widget("today", as_="jordan")
    assert [error["path"] for error in answer.errors] == [["me", "today"]]
    assert {each["campus"] for each in of_kind(answer, "MEETING")} == {"CWB"}
