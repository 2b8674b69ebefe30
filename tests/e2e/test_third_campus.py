"""A third campus needs no code: systems that the settings name answer like those of the first two."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus, University, campus_over, simulated_university
from tests.small_issuer import SmallIssuer

SCOPES = "profile:read record:read enrolment:read library:read students:read"


class ThreeCampuses(NamedTuple):
    campus: SimulatedCampus
    there: SimulatedCampus
    """A university of its own, whose systems Shenzhen runs here, and whose library serves Guangzhou too."""
    numbers: Mapping[str, str]
    """The student's number by student system."""
    readers: Mapping[str, str]
    """The student's account by library."""
    headers: Mapping[str, str]

    async def ask(self, query: str, **variables: str) -> Any:
        return await self.campus.ask(query, variables, headers=self.headers)


def settings_of(elsewhere: University, issuer: SmallIssuer) -> dict[str, Any]:
    url = {system: elsewhere.systems[system].url for system in ("sis-cwb", "library-cwb")}
    library = {"kind": "library", "protocol": "alma", "url": url["library-cwb"], "credential": {"env": "LIBRARY_SZ"}}
    return {
        "campuses": [{"code": "SZ", "name": {"en": "Shenzhen", "zh-Hans": "深圳"}, "timezone": "Asia/Shanghai"}],
        "issuers": [issuer.settings().model_dump(exclude_none=True) | {"id": "login-sz", "campus": "SZ"}],
        "systems": [
            {
                "id": "sis-sz", "kind": "sis", "campus": "SZ", "protocol": "oeapi", "url": url["sis-cwb"],
                "account": [{"claim": "sz_sis_id"}], "credential": {"env": "SIS_SZ"},
            },
            {**library, "id": "library-sz", "campus": "SZ",
             "account": [{"system": "sis-sz", "identifier": "x-library-id"}]},
            {**library, "id": "library-gz", "campus": "GZ", "account": [{"claim": "gz_library_id"}]},
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
async def three(university: University, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ThreeCampuses]:
    """One student of three campuses: Jordan at the first two, at the third under the number of somebody there."""
    await university.well()
    async with (
        simulated_university(tmp_path_factory.mktemp("elsewhere"), students=20, seed=8) as elsewhere,
        SmallIssuer() as issuer,
        campus_over(elsewhere) as there,
    ):
        secrets = {system.id: system.secret for system in elsewhere.told.systems}
        sz, gz = await plain.claims(there, "alex"), await plain.claims(there, "sam")
        own = settings_of(elsewhere, issuer)
        settings = university.settings(own, SIS_SZ=secrets["sis-cwb"], LIBRARY_SZ=secrets["library-cwb"])
        async with campus_over(university, settings) as campus:
            await campus.indexes_filled()
            here = await plain.claims(campus, "jordan")
            token = issuer.token(
                sub="jordan",
                university_person_id="p-jordan",
                scope=SCOPES,
                entitlements=["registrar:SZ"],
                cwb_sis_id=here["cwb_sis_id"],
                gz_sis_id=here["gz_sis_id"],
                sz_sis_id=sz["cwb_sis_id"],
                gz_library_id=gz["library_id"],
            )
            yield ThreeCampuses(
                campus,
                there,
                {"sis-cwb": here["cwb_sis_id"], "sis-gz": here["gz_sis_id"], "sis-sz": sz["cwb_sis_id"]},
                {
                    "library-cwb": here["library_id"],
                    "library-gz": gz["library_id"],
                    "library-sz": sz["library_id"],
                },
                {"Authorization": f"Bearer {token}"},
            )


async def test_its_courses_stand_among_those_of_the_others(three: ThreeCampuses) -> None:
    answer = await three.ask(
        """{ all: courses(first: 100) { totalCount nodes { campus sections { campus } } unavailable { system } }
             cwb: courses(campus: "CWB") { totalCount } gz: courses(campus: "GZ") { totalCount }
             sz: courses(campus: "SZ", first: 100) { totalCount nodes { code campus sections { campus classNumber } } }
             terms { nodes { campus } } systems { id campus kind } }"""
    )
    assert answer.errors == []
    assert answer.at("all.totalCount") == sum(answer.at(f"{code}.totalCount") for code in ("cwb", "gz", "sz"))
    assert {course["campus"] for course in answer.at("all.nodes")} == {"CWB", "GZ", "SZ"}
    assert {section["campus"] for course in answer.at("sz.nodes") for section in course["sections"]} == {"SZ"}
    assert {term["campus"] for term in answer.at("terms.nodes")} == {"CWB", "GZ", "SZ"}
    assert {"id": "sis-sz", "campus": "SZ", "kind": "sis"} in answer.at("systems")
    course = next(course for course in answer.at("sz.nodes") if course["sections"])
    seats = await three.campus.widget(
        "seat-watch", {"campus": "SZ", "classNumber": course["sections"][0]["classNumber"]}
    )
    assert seats.at("section.course.code") == course["code"]


async def test_a_record_is_one_over_three_campuses(three: ThreeCampuses) -> None:
    answer = await three.ask(
        """{ me { profile { numbers { campus number } } academicRecord {
             programmes { nodes { campus } } terms { nodes { code results { campus courseCode grade } } } }
             timetable { meetings { nodes { campus } } } } }"""
    )
    assert answer.errors == []
    codes = {"sis-cwb": "CWB", "sis-gz": "GZ", "sis-sz": "SZ"}
    systems = {**three.campus.systems, "sis-sz": three.there.systems["sis-cwb"]}
    held = {
        (codes[system], term, course): grade
        for system, number in three.numbers.items()
        for (term, course), grade in (await plain.studies(systems[system], number)).grades.items()
    }
    assert {
        (result["campus"], term["code"], result["courseCode"]): result["grade"]
        for term in answer.at("me.academicRecord.terms.nodes")
        for result in term["results"]
    } == held
    assert {each["campus"]: each["number"] for each in answer.at("me.profile.numbers")} == {
        codes[system]: number for system, number in three.numbers.items()
    }
    assert {each["campus"] for each in answer.at("me.academicRecord.programmes.nodes")} == {"CWB", "GZ", "SZ"}
    assert {each["campus"] for each in answer.at("me.timetable.meetings.nodes")} == {"CWB", "GZ", "SZ"}


async def test_loans_of_three_libraries_are_one_list_each_with_its_campus(three: ThreeCampuses) -> None:
    answer = await three.ask("{ me { loans { nodes { id title campus dueAt } unavailable { system } } } }")
    assert answer.errors == []
    loans = answer.at("me.loans.nodes")
    held = {
        code: await plain.loans(
            three.campus if code == "CWB" else three.there, three.readers[f"library-{code.lower()}"]
        )
        for code in ("CWB", "GZ", "SZ")
    }
    shown = {
        code: sorted((loan["title"], plain.moment(loan["dueAt"])) for loan in loans if loan["campus"] == code)
        for code in held
    }
    assert all(shown.values())
    assert shown == held
    assert [loan["dueAt"] for loan in loans] == sorted(loan["dueAt"] for loan in loans)
    (mine,) = [loan for loan in loans if loan["campus"] == "SZ"][:1]
    found = await three.ask("query($id: ID!) { node(id: $id) { ... on Loan { title campus } } }", id=mine["id"])
    assert found.at("node") == {"title": mine["title"], "campus": "SZ"}


async def test_its_registrar_reads_its_students_and_no_others(three: ThreeCampuses) -> None:
    query = """query($campus: String!, $number: String!) { student(campus: $campus, number: $number) { campus number
               academicRecord { programmes { nodes { campus } } } } }"""
    number = (await plain.numbers(three.there, "bo"))["sis-cwb"]
    answer = await three.ask(query, campus="SZ", number=number)
    assert answer.errors == []
    assert (answer.at("student.campus"), answer.at("student.number")) == ("SZ", number)
    assert {each["campus"] for each in answer.at("student.academicRecord.programmes.nodes")} == {"SZ"}
    refused = await three.ask(query, campus="CWB", number=(await plain.numbers(three.campus, "bo"))["sis-cwb"])
    assert refused.faults() == {("student", "FORBIDDEN", None)}


async def test_its_outage_is_told_with_its_name_and_the_others_stand(three: ThreeCampuses) -> None:
    system = three.there.systems["sis-cwb"]
    await system.fault("down")
    try:
        answer = await three.ask("{ me { contacts { nodes { campus } unavailable { system campus code } } } }")
    finally:
        await system.fault("none")
    assert {each["campus"] for each in answer.at("me.contacts.nodes")} == {"CWB", "GZ"}
    assert answer.at("me.contacts.unavailable") == [
        {"system": "sis-sz", "campus": "SZ", "code": "UPSTREAM_UNAVAILABLE"}
    ]
    assert answer.faults() == {("me.contacts", "UPSTREAM_UNAVAILABLE", "sis-sz")}
    assert [each["extensions"]["campus"] for each in answer.errors] == ["SZ"]


async def test_a_fourth_that_nobody_named_is_a_mistake_that_says_which_there_are(three: ThreeCampuses) -> None:
    answer = await three.ask('{ courses(campus: "MO") { totalCount } }')
    assert answer.faults() == {("courses", "BAD_USER_INPUT", None)}
    assert "CWB, GZ, SZ" in answer.errors[0]["message"]
