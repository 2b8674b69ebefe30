"""A real term's class schedule is read to the last figure, and a bad file is refused in one sentence."""

import gzip
import json
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sandbox.catalogue import CatalogueError, read_catalogue
from sandbox.population import populate
from sandbox.terms import middle, term_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "hkust" / "2330.json.gz"
ROW = {
    "code": "L1", "number": 1001, "remarks": [], "instructors": ["CHAN, Tai Man"], "assistants": [],
    "venue": "Rm 1", "schedules": [{"day": "MONDAY", "from": "09:00:00", "to": "10:20:00"}],
    "quota": 30, "enroll": 20, "available": 10, "waitlist": 0,
}  # fmt: skip
COURSE = {
    "subject": "UROP", "course": "1000", "name": "研究 – Undergraduate Research", "units": 0.5,
    "info": {"description": "Research."}, "attrs": [], "sections": [ROW],
}  # fmt: skip


@pytest.fixture(scope="module")
def real():
    if not REAL.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the real term is needed in CI and is not there")
        pytest.skip("no real term lies beside this checkout")
    return REAL


@pytest.fixture(scope="module")
def rows(real):
    """All rows of the file by class number, with their course code."""
    found = defaultdict(list)
    for courses in json.loads(gzip.decompress(real.read_bytes())).values():
        for course in courses:
            for row in course["sections"]:
                found[row["number"]].append((f"{course['subject']} {course['course']}", row))
    return found


@pytest.fixture(scope="module")
def university(real):
    return populate(1, 300, middle(term_of("2330")), read_catalogue(real))


def equal(section, rows):
    """Everything a section shows, from the file's rows."""
    course, first = rows[0]
    meetings = [
        (line["day"], line["from"], line["to"], row["venue"], line.get("fromDate"), line.get("toDate"))
        for _, row in rows
        for line in row["schedules"]
    ]
    ours = [
        (
            at.day,
            at.start.isoformat(),
            at.end.isoformat(),
            at.room,
            at.first_date and at.first_date.isoformat(),
            at.last_date and at.last_date.isoformat(),
        )
        for at in section.meetings
    ]
    reserved = {of.group: (of.quota, of.enrolled) for of in section.reserved_quotas}
    detail = {group: (at["quota"], at["enroll"]) for group, at in first.get("quotaDetail", {}).items()}
    return (
        section.course_code == course
        and section.code == first["code"]
        and (section.quota, section.enrolled, section.waitlisted)
        == (first["quota"], first["enroll"], first["waitlist"])
        and max(0, section.quota - section.enrolled) == first["available"]
        and list(section.remarks) == first["remarks"]
        and (ours, reserved) == (meetings, detail)
    )


def test_every_section_of_the_real_term_stands_as_in_the_file(university, rows):
    sections = university.campuses["CWB"].sections["2330"]
    assert len(university.campuses["CWB"].courses) == 1426
    assert [section.class_number for section in sections] == list(rows)
    assert len(rows) == 2886
    assert [section.class_number for section in sections if not equal(section, rows[section.class_number])] == []


def test_simulated_students_are_among_the_counted(university, rows):
    enrolled = Counter(
        number
        for person in university.people
        if "CWB" in person.records
        for row in person.records["CWB"].enrolments
        if row.term == "2330" and row.state == "associated"
        for number in row.class_numbers
    )
    assert sum(enrolled.values()) > 700
    assert all(count <= rows[number][0][1]["enroll"] for number, count in enrolled.items())


def test_guangzhou_keeps_its_own_courses_in_the_same_term(university):
    gz = university.campuses["GZ"]
    assert len(gz.courses) == 120
    assert len(gz.sections["2330"]) > 100


def test_the_personas_keep_their_numbers_among_a_real_terms_courses(university):
    count = {p.persona: sum(len(record.enrolments) for record in p.records.values()) for p in university.people}
    assert (count["bo"], count["quinn"]) == (2, 40)


@pytest.mark.parametrize("name", ["2410.json", "2410.json.gz", "2410-autumn.json"])
def test_any_term_of_the_form_is_read_whatever_its_units_and_names(tmp_path, name):
    further = ROW | {"venue": "Rm 2", "instructors": ["HO, Sam"]}
    text = json.dumps({"UROP": [COURSE | {"sections": [ROW, further]}]}).encode()
    file = tmp_path / name
    file.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    catalogue = read_catalogue(file)
    assert catalogue.term == "2410"
    course = catalogue.courses["UROP 1000"]
    assert (course.units, course.title) == (0.5, {"en": "研究 – Undergraduate Research"})
    (section,) = catalogue.sections
    assert [meeting.room for meeting in section.meetings] == ["Rm 1", "Rm 2"]
    assert section.instructors == ("CHAN, Tai Man", "HO, Sam")
    assert read_catalogue(file, "2510").term == "2510"


def test_a_university_is_built_over_a_file_of_one_course_too(tmp_path):
    """There is not enough in it for the records that personas promise; they hold what there is."""
    file = tmp_path / "2410.json"
    file.write_text(json.dumps({"UROP": [COURSE]}))
    small = populate(1, 20, middle(term_of("2410")), read_catalogue(file))
    (section,) = small.campuses["CWB"].sections["2410"]
    assert (section.class_number, section.quota, section.enrolled) == (1001, 30, 20)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("2330.json", None, "cannot be read"),
        ("2330.json", b"{", "does not hold JSON"),
        ("2330.json.gz", b"{}", "not a whole gzip file"),
        ("2330.json.gz", gzip.compress(b'{"A": []}', mtime=0)[:-9], "not a whole gzip file"),
        ("2330.json", b"[]", "should hold an object of subjects"),
        ("2330.json", b'{"COMP": []}', "holds no course"),
        ("2330.json", b'{"COMP": {}}', "subject COMP should hold a list"),
        ("2330.json", json.dumps({"UROP": [COURSE | {"units": "three"}]}).encode(), "course 1 of UROP"),
        ("2330.json", json.dumps({"UROP": [COURSE | {"sections": [ROW | {"quota": None}]}]}).encode(), "UROP 1000"),
        ("2330.json", json.dumps({"UROP": [COURSE, COURSE | {"course": "2000"}]}).encode(), "class number 1001"),
        ("spring.json", b"{}", "name the term with --term"),
        ("2350.json", b"{}", "no term code"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, name, content, told):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CatalogueError, match=told) as refusal:
        read_catalogue(file)
    assert "\n" not in str(refusal.value)
