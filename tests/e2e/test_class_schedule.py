"""Courses from the class schedule's pages: the recorded ones as the term has them, and beside a student system."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway import open_gateway
from pipeline.settings import settings_from
from pipeline.settings_values import Surroundings
from sandbox import schedule_pages
from sandbox.frame import framed
from tests.contract.schedule_university import COURSES, schedule_university
from tests.contract.simulators import clock_at, served
from tests.contract.small_university import NOW
from tests.recorded_term import SUBJECTS, TERM, recorded_site, recorded_term, sections_as_told
from tests.simulated_campus import University, campus_over

COURSES_OF_TERM = """
query Courses($campus: String, $term: String, $after: String) {
  courses(campus: $campus, term: $term, first: 100, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    unavailable { system code retryAfter }
    nodes {
      code title credits description prerequisite corequisite exclusion
      sections {
        code classNumber quota enrolled available waitlisted remarks instructors
        reservedQuotas { group quota enrolled }
        meetings { day start end room firstDate lastDate }
      }
    }
  }
}
"""

MISSING = """
{
  read: course(campus: "CWB", code: "COMP 2011") { title }
  none: course(campus: "CWB", code: "COMP 9") { title }
  lost: course(campus: "CWB", code: "ACCT 2200") { title }
  where: section(campus: "CWB", classNumber: 1024) { code }
}
"""


def schedule(url: str, **more: Any) -> dict[str, Any]:
    return {"id": "schedule-cwb", "kind": "sis", "campus": "CWB", "protocol": "class_schedule", "url": url, **more}


@asynccontextmanager
async def gateway_over(url: str):
    """A gateway that knows nothing but the schedule."""
    campus = {"code": "CWB", "name": {"en": "Clear Water Bay"}, "timezone": "Asia/Hong_Kong"}
    settings = settings_from(
        {"campuses": [campus], "systems": [schedule(url)]}, source="test", surroundings=Surroundings()
    )
    term_time = datetime(2024, 3, 6, 10, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    async with open_gateway(settings, now=lambda: term_time) as app, TestClient(TestServer(app)) as client:

        async def ask(query, **variables):
            async with client.post("/graphql", json={"query": query, "variables": variables}) as answer:
                return await answer.json()

        yield ask


@pytest.fixture(scope="module")
async def recorded():
    async with served(recorded_site()) as origin, gateway_over(origin) as ask:
        await filled(ask, "{ courses { totalCount } }")
        yield ask


async def filled(ask, query):
    for _ in range(20):
        answer = await ask(query)
        if answer["data"]["courses"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(answer)


async def test_courses_and_sections_of_recorded_pages_are_those_of_the_term(recorded):
    nodes, after = [], None
    while True:
        answer = await recorded(COURSES_OF_TERM, campus="CWB", term=TERM, after=after)
        page = answer["data"]["courses"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    told = sorted(
        (course for subject in SUBJECTS for course in recorded_term()[subject]),
        key=lambda course: (course["subject"], course["course"]),
    )
    assert page["totalCount"] == len(told) == 341
    for node, course in zip(nodes, told, strict=True):
        assert node["code"] == f"{course['subject']} {course['course']}"
        assert (node["title"], float(node["credits"])) == (course["name"], course["units"])
        texts = {"prerequisite": "pre-requisite", "corequisite": "co-requisite", "exclusion": "exclusion"}
        assert {ours: node[ours] for ours in texts} == {
            ours: course["info"].get(theirs, "") for ours, theirs in texts.items()
        }
        assert node["description"] == course["info"]["description"]
        assert node["sections"] == sections_as_told(course)


async def test_subjects_whose_page_is_missing_are_told_and_never_taken_for_nothing(recorded):
    answer = await recorded(COURSES_OF_TERM, campus="CWB")
    (missing,) = answer["data"]["courses"]["unavailable"]
    assert (missing["system"], missing["code"]) == ("schedule-cwb", "UPSTREAM_BAD_RESPONSE")
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["courses"], "UPSTREAM_BAD_RESPONSE")
    answer = await recorded(MISSING)
    assert answer["data"] == {"read": {"title": "Programming with C++"}, "none": None, "lost": None, "where": None}
    codes = {error["path"][0]: error["extensions"]["code"] for error in answer["errors"]}
    assert codes == {"lost": "UPSTREAM_BAD_RESPONSE", "where": "UPSTREAM_BAD_RESPONSE"}


@pytest.fixture(scope="module")
async def both(university: University):
    """Clear Water Bay's student system, and beside it a class schedule of two terms."""
    await university.well()
    db = sqlite3.connect(":memory:")
    schedule_pages.seed(db, schedule_university(), "CWB")
    site = framed(schedule_pages.build_app(db, clock_at(NOW), ""), schedule_pages, clock_at(NOW))
    async with served(site) as origin:
        settings = university.settings({"systems": [schedule(origin)]})
        async with campus_over(university, settings) as campus:
            await campus.indexes_filled()
            yield campus
    db.close()
    await university.well()


async def test_a_term_that_the_class_schedule_lists_is_read_there_and_others_in_the_student_system(both):
    by_schedule = await both.ask(COURSES_OF_TERM, {"campus": "CWB", "term": "2610"})
    assert [course["code"] for course in by_schedule.at("courses.nodes")] == sorted(COURSES)
    assert not by_schedule.errors
    current = await both.ask(COURSES_OF_TERM, {"campus": "CWB"})
    assert current.data == by_schedule.data
    earlier = await both.ask(COURSES_OF_TERM, {"campus": "CWB", "term": "2530"})
    assert len(earlier.at("courses.nodes")) > len(COURSES)
    one = """query One($term: String) { course(campus: "CWB", code: "COMP 2011", term: $term) { title termCode }
      section(campus: "CWB", classNumber: 1004, term: $term) { course { code } } }"""
    found = await both.ask(one, {"term": "2610"})
    assert found.data == {
        "course": {"title": "Programming with C++ & Objects", "termCode": "2610"},
        "section": {"course": {"code": "IMBA 5540"}},
    }


async def test_each_term_of_a_campus_is_told_once(both):
    answer = await both.ask('{ terms(campus: "CWB") { nodes { code } } }')
    codes = [term["code"] for term in answer.at("terms.nodes")]
    assert len(codes) == len(set(codes))
    assert codes == sorted(codes, reverse=True)


async def test_what_a_person_studies_is_read_in_the_student_system_as_before(both, university):
    asked = "{ me { enrolments { nodes { courseCode course { title } sections { classNumber quota } } } } }"
    beside = await both.ask(asked, as_="alex")
    async with campus_over(university) as without:
        await without.indexes_filled()
        alone = await without.ask(asked, as_="alex")
    assert not beside.errors
    assert beside.data == alone.data
    assert beside.at("me.enrolments.nodes")


async def test_a_schedule_in_place_of_the_student_system_leaves_accounts_to_be_found_otherwise(university):
    settings = university.settings({"systems": [schedule("http://127.0.0.1:9") | {"id": "sis-cwb"}]})
    ways = {system.id: [way.model_dump() for way in system.account] for system in settings.systems}
    assert ways["sis-cwb"] == []
    assert ways["library-cwb"] == [{"claim": "library_id"}]
    assert {"system": "sis-gz", "identifier": "x-onestop-id"} in ways["onestop-gz"]
