"""Searching the courses of both campuses: found in memory, equal to what the student systems list, page by page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.recorded_term import recorded_term, recording
from tests.simulated_campus import Answer, SimulatedCampus, campus_over, simulated_university

SYSTEMS = {"CWB": "sis-cwb", "GZ": "sis-gz"}


async def listed(campus: SimulatedCampus, system: str, kind: str) -> list[dict[str, Any]]:
    """The term's offerings of one kind, but for what was called off."""
    (term,) = await plain.rows(campus.systems[system], "/academic-sessions", primaryCode=plain.TERM)
    path = f"/academic-sessions/{term['academicSessionId']}/{kind}"
    rows = await plain.rows(campus.systems[system], path, since=term["startDateTime"])
    return [row for row in rows if row["state"] != "cancelled"]


async def search(over: SimulatedCampus, /, **wish: Any) -> Answer:
    answer = await over.widget("course-search", wish)
    assert answer.errors == []
    return answer


def codes(answer: Answer) -> list[tuple[str, str]]:
    return [(each["campus"], each["code"]) for each in answer.at("courses.nodes")]


async def test_every_search_is_answered_without_asking_a_system(open_campus: SimulatedCampus) -> None:
    await open_campus.forget_calls()
    for wish in (
        {"search": "math2311"},
        {"search": "learn deep"},
        {"search": "深度學習", "openSeats": True},
        {"instructor": "siu", "days": ["MONDAY", "FRIDAY"]},
        {"level": "MASTER", "campus": "GZ", "first": 100},
    ):
        assert (await search(open_campus, **wish)).at("courses.totalCount") > 0, wish
    assert await open_campus.counts() == {}


async def test_a_code_is_found_with_and_without_its_blank_before_what_only_mentions_it(
    open_campus: SimulatedCampus,
) -> None:
    for typed in ("MATH 2311", "math2311"):
        assert codes(await search(open_campus, search=typed, campus="CWB")) == [("CWB", "MATH 2311")]
    begun = codes(await search(open_campus, search="math 23", first=100))
    assert begun[0] == ("CWB", "MATH 2311")
    # Former code MATH 2500 and the like come after codes.
    assert codes(await search(open_campus, search="math2500")) == [("CWB", "MATH 2311")]


async def test_chinese_is_found_as_each_campus_writes_it(open_campus: SimulatedCampus) -> None:
    for campus, system in SYSTEMS.items():
        offered = await listed(open_campus, system, "course-offerings")
        for typed, language in (("機器", "zh-hant"), ("学习", "zh-hans"), ("學", "zh-hant"), ("導論", "zh-hant")):
            expected = {
                row["ext"]["campus"]["courseCode"]
                for row in offered
                for text in (*row["name"], *(row["description"] or ()))
                if typed in text["value"] and text["language"] == language
            }
            found = {code async for _, code in every(open_campus, {"search": typed, "campus": campus})}
            assert found == expected, (campus, typed)


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        ({"openSeats": True}, lambda row: row["enrolledNumberStudents"] < row["maxNumberStudents"]),
        (
            {"days": ["TUESDAY", "SATURDAY"]},
            lambda row: any(meeting["day"] in ("TUESDAY", "SATURDAY") for meeting in row["ext"]["campus"]["meetings"]),
        ),
        (
            {"days": ["MONDAY"], "openSeats": True, "instructor": "siu"},
            lambda row: (
                any(meeting["day"] == "MONDAY" for meeting in row["ext"]["campus"]["meetings"])
                and row["enrolledNumberStudents"] < row["maxNumberStudents"]
                and any(
                    part.lower().startswith("siu")
                    for name in row["ext"]["campus"]["instructors"]
                    for part in name.replace(",", "").split()
                )
            ),
        ),
    ],
)
async def test_what_is_wanted_of_a_class_is_what_the_systems_list(
    open_campus: SimulatedCampus, wish: dict[str, Any], suits: Any
) -> None:
    expected = {
        (campus, row["ext"]["campus"]["courseCode"])
        for campus, system in SYSTEMS.items()
        for row in await listed(open_campus, system, "learning-component-offerings")
        if suits(row)
    }
    assert expected
    assert {each async for each in every(open_campus, wish)} == expected


async def every(campus: SimulatedCampus, wish: dict[str, Any], first: int = 100) -> AsyncIterator[tuple[str, str]]:
    """Page after page."""
    after = None
    while True:
        page = await search(campus, **wish, first=first, after=after)
        for each in codes(page):
            yield each
        if not page.at("courses.pageInfo.hasNextPage"):
            return
        after = page.at("courses.pageInfo.endCursor")


async def test_a_course_tells_level_attributes_and_codes_as_its_system_does(open_campus: SimulatedCampus) -> None:
    rows = {row["ext"]["campus"]["courseCode"]: row for row in await listed(open_campus, "sis-cwb", "course-offerings")}
    page = await search(open_campus, campus="CWB", attribute="CC22", first=100)
    assert page.at("courses.totalCount") > 0
    for course in [
        *page.at("courses.nodes"),
        *(await search(open_campus, search="23", campus="CWB")).at("courses.nodes"),
    ]:
        told = rows[course["code"]]["ext"]["campus"]
        assert course["level"] == told["level"].upper()
        assert course["attributes"] == told["attributes"]
        for name in ("prerequisite", "corequisite", "exclusion", "previousCode"):
            assert course[name] == told[name]


async def test_seats_that_are_left_and_few_are_worked_out_of_the_systems_figures(open_campus: SimulatedCampus) -> None:
    expected = {}
    for campus, system in SYSTEMS.items():
        for row in await listed(open_campus, system, "learning-component-offerings"):
            left = max(0, row["maxNumberStudents"] - row["enrolledNumberStudents"])
            near = left <= max(3, row["maxNumberStudents"] / 10)
            expected[campus, row["ext"]["campus"]["classNumber"]] = (left, near)
    shown = {}
    for campus in SYSTEMS:
        after = None
        while after is not False:
            page = await search(open_campus, campus=campus, first=100, after=after)
            for course in page.at("courses.nodes"):
                for each in course["sections"]:
                    shown[campus, each["classNumber"]] = (each["available"], each["nearCapacity"])
            after = page.at("courses.pageInfo.hasNextPage") and page.at("courses.pageInfo.endCursor")
    assert shown == expected
    assert {(campus, near) for (campus, _), (_, near) in shown.items()} == {
        (campus, near) for campus in SYSTEMS for near in (True, False)
    }


async def test_pages_of_a_search_meet_without_gap_or_overlap_best_first(open_campus: SimulatedCampus) -> None:
    at_once = [each async for each in every(open_campus, {"search": "introduction"})]
    by_three = [each async for each in every(open_campus, {"search": "introduction"}, first=3)]
    assert by_three == at_once
    assert len(set(at_once)) == len(at_once) > 10


@pytest.mark.parametrize(
    "wish",
    [
        {"search": "x" * 101},
        {"search": "comp", "campus": "LON"},
        {"search": "comp", "term": "9910"},
        {"search": "comp", "first": 0},
    ],
)
async def test_what_cannot_be_searched_for_is_said(open_campus: SimulatedCampus, wish: dict[str, Any]) -> None:
    answer = await open_campus.widget("course-search", wish)
    assert answer.faults() == {("courses", "BAD_USER_INPUT", None)}


async def test_a_place_in_the_catalogue_is_none_in_a_search(open_campus: SimulatedCampus) -> None:
    page = await search(open_campus, first=1)
    answer = await open_campus.widget(
        "course-search", {"search": "comp", "after": page.at("courses.pageInfo.endCursor")}
    )
    assert answer.faults() == {("courses", "BAD_USER_INPUT", None)}


async def test_a_real_term_is_searched_in_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = recording("2330.json.gz")
    told = [row for courses in recorded_term().values() for row in courses]
    options = {"students": 20, "now": None, "catalogue": file}
    async with (
        simulated_university(tmp_path_factory.mktemp("real-term"), **options) as university,
        campus_over(university) as campus,
    ):
        await campus.indexes_filled()

        async def found(**wish: Any) -> list[str]:
            wishes = {"campus": "CWB", "term": "2330", **wish}
            return [code for _, code in [each async for each in every(campus, wishes)]]

        assert len(await found()) == len(told) == 1426
        assert await found(search="COMP2011") == ["COMP 2011"]
        comp2 = sorted(
            f"COMP {row['course']}" for row in told if f"{row['subject']}{row['course']}".startswith("COMP2")
        )
        assert (await found(search="comp2"))[: len(comp2)] == comp2  # then come courses that were called so
        titled = sorted(
            f"{row['subject']} {row['course']}"
            for row in told
            if "machine" in row["name"].lower().split() and "learning" in row["name"].lower().split()
        )
        assert len(titled) > 1
        assert (await found(search="learning machine"))[: len(titled)] == titled
        teacher = told[0]["sections"][0]["instructors"][0]
        assert f"{told[0]['subject']} {told[0]['course']}" in await found(instructor=teacher)
        # Clear Water Bay's file of that term is in English; Guangzhou's courses have Chinese titles.
        chinese = await campus.widget("course-search", {"search": "学习"})
        assert chinese.at("courses.totalCount") > 0
        assert await campus.counts() == {}
