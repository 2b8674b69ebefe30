"""A real term is served to the last figure: every course, section, meeting, quota and count as the file has them."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.failure import Failure
from tests.recorded_term import recorded_term, recording
from tests.simulated_campus import SimulatedCampus, campus_over, simulated_university

from .command_line import checkout_at, said

COURSES, SECTIONS = 1_426, 2_886
"""What the real term 2330 holds."""

PAGE = """
query Courses($campus: String!, $term: String, $after: String) {
  courses(campus: $campus, term: $term, first: 100, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      code title
      sections {
        classNumber quota enrolled available waitlisted
        meetings { day start end room }
        reservedQuotas { group quota }
      }
    }
  }
}
"""


@pytest.fixture(scope="module")
async def campus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SimulatedCampus]:
    data, real = tmp_path_factory.mktemp("real-term"), recording("2330.json.gz")
    async with simulated_university(data, catalogue=real, now=None) as university, campus_over(university) as campus:
        await campus.indexes_filled()
        yield campus


async def listed(campus: SimulatedCampus, term: str | None, of: str = "CWB") -> list[Any]:
    """All courses of a campus and term, page after page; no page asks a system."""
    found: list[Any] = []
    after = None
    await campus.forget_calls()
    while True:
        answer = await campus.ask(PAGE, {"campus": of, "term": term, "after": after})
        assert answer.errors == []
        page = answer.data["courses"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert len(page["nodes"]) == 100
        after = page["pageInfo"]["endCursor"]
    assert len(found) == page["totalCount"]
    assert await campus.calls() == {}
    return found


def expected(subjects: Any) -> dict[str, Any]:
    """A file's courses as the graph should show them: a section is one class number, rows that repeat it meet again."""
    return {
        f"{course['subject']} {course['course']}": {
            "title": course["name"],
            "sections": _sections(course["sections"]),
        }
        for courses in subjects.values()
        for course in courses
    }


def _sections(rows: list[Any]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for row in rows:
        meetings = [
            {"day": each["day"], "start": each["from"], "end": each["to"], "room": row["venue"]}
            for each in row["schedules"]
        ]
        if row["number"] in found:
            found[row["number"]]["meetings"] += meetings
            continue
        reserved = row.get("quotaDetail", {})
        found[row["number"]] = {
            "classNumber": row["number"],
            "quota": row["quota"],
            "enrolled": row["enroll"],
            "available": max(0, row["quota"] - row["enroll"]),
            "waitlisted": row["waitlist"],
            "meetings": meetings,
            "reservedQuotas": [{"group": group, "quota": seats["quota"]} for group, seats in reserved.items()],
        }
    return found


def shown(courses: list[Any]) -> dict[str, Any]:
    return {
        course["code"]: {
            "title": course["title"],
            "sections": {section["classNumber"]: section for section in course["sections"]},
        }
        for course in courses
    }


async def test_every_course_and_section_of_a_real_term_is_the_file_s(campus: SimulatedCampus) -> None:
    courses = await listed(campus, "2330")
    assert len(courses) == COURSES
    assert sum(len(course["sections"]) for course in courses) == SECTIONS
    assert shown(courses) == expected(recorded_term())


async def test_the_term_of_the_file_is_the_one_that_runs(campus: SimulatedCampus) -> None:
    answer = await campus.ask(
        '{ terms(campus: "CWB") { nodes { code current } } courses(campus: "CWB") { totalCount } }'
    )
    assert [term["code"] for term in answer.at("terms.nodes") if term["current"]] == ["2330"]
    assert answer.at("courses.totalCount") == COURSES


async def test_simulated_students_are_among_those_whom_the_file_counts(campus: SimulatedCampus) -> None:
    """Whoever is enrolled has a seat in sections of the file, none of which counts one more."""
    answer = await campus.widget("enrolments", as_="alex")
    assert answer.errors == []
    taken = [section["classNumber"] for each in answer.at("me.enrolments.nodes") for section in each["sections"]]
    assert taken


def offered(courses: list[Any]) -> list[Any]:
    """Courses without who is in them."""
    counted = {"enrolled", "available", "waitlisted"}
    return [
        {
            **course,
            "sections": [
                {name: value for name, value in section.items() if name not in counted}
                for section in course["sections"]
            ],
        }
        for course in courses
    ]


async def test_the_other_campus_keeps_its_own_courses(campus: SimulatedCampus, tmp_path: Path) -> None:
    """Those of the same university without the file; only who chooses what is drawn anew."""
    clock = datetime.now(UTC) + timedelta(seconds=campus.university.told.clock_offset)
    async with (
        simulated_university(tmp_path, now=clock.isoformat()) as university,
        campus_over(university) as without,
    ):
        await without.indexes_filled()
        assert offered(await listed(campus, "2330", "GZ")) == offered(await listed(without, "2330", "GZ"))


def another_term() -> Any:
    """A file of the same form: other subjects, courses, class numbers and figures."""
    file: Any = {}
    for subject, courses in list(recorded_term().items())[:12]:
        file[f"X{subject[:3]}"] = [_moved(subject, course) for course in courses[::2]]
    return file


def _moved(subject: str, course: Any) -> Any:
    moved = deepcopy(course)
    moved |= {"subject": f"X{subject[:3]}", "name": f"{course['name']} 二", "units": course["units"] + 0.5}
    for row in moved["sections"]:
        row |= {
            "number": row["number"] + 5_000, "quota": row["quota"] + 7, "waitlist": row["waitlist"] + 1,
            "venue": f"{row['venue']} annex",
        }  # fmt: skip
    return moved


@pytest.mark.parametrize("name", ["autumn.json", "autumn.json.gz"])
async def test_another_term_of_the_same_form_reads_as_well(tmp_path: Path, name: str) -> None:
    other = another_term()
    text = json.dumps(other, ensure_ascii=False).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    options = {"catalogue": tmp_path / name, "term": "2410", "now": None, "students": 20}
    async with simulated_university(tmp_path / "data", **options) as university, campus_over(university) as campus:
        await campus.indexes_filled()
        assert shown(await listed(campus, "2410")) == expected(other)


BAD = {
    "no-term.json": (b"{}", "does not begin with a term code: name the term with --term"),
    "2350.json": (b"{}", "'2350' is no term code"),
    "2330.json": (b"not json", "2330.json does not hold JSON."),
    "2330.json.gz": (b"not gzip", "2330.json.gz is not a whole gzip file."),
    "2410.json": (b'{"COMP": [{"subject": "COMP"}]}', "course 1 of COMP has another form than a class schedule"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_stops_the_simulated_university_with_one_sentence(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    content, told = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Failure, match="the simulated university did not start"):
        async with simulated_university(tmp_path / "data", catalogue=tmp_path / name, now=None):
            pass
    (why,) = capfd.readouterr().err.splitlines()
    assert why.startswith("sandbox: ")
    assert told in why


async def test_a_bad_file_stops_the_gateway_too(tmp_path: Path) -> None:
    (tmp_path / "2330.json").write_bytes(b"not json")
    checkout = checkout_at(tmp_path / "checkout")
    words = ("serve", "--sandbox", "--port", "0", "--catalogue", str(tmp_path / "2330.json"))
    failed = await asyncio.to_thread(said, checkout, *words)
    why, gateway = failed.err.splitlines()
    assert failed.status == 1
    assert why.startswith("sandbox: ")
    assert gateway == "gateway: the simulated university did not start"
    assert failed.out == ""
