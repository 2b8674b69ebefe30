"""The simulated student systems answer as Open Education API v6 says, and hold what the university is."""

import sqlite3
from datetime import datetime
from uuid import UUID

import aiohttp
import pytest
import pytest_asyncio

from sandbox import oeapi
from sandbox.population import populate
from sandbox.university import CAMPUS_TIME

from .openapi import spec
from .simulators import clock_at, served

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)
SECRET = "bearer-of-the-registry"
LONG_AGO = "since=2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def university():
    return populate(1, 60, NOW)


class Registry:
    """A student system on its port; every request and answer is held against the standard."""

    def __init__(self, origin, session):
        self.origin, self._session = origin, session

    async def get(self, path, status=200, *, asked_well=True, headers=None):
        if asked_well:
            spec("oeapi-v6.yaml").request("GET", self.origin + path)
        async with self._session.get(self.origin + path, headers=headers) as answer:
            body = await answer.json(content_type=None)
            assert answer.status == status, body
            spec("oeapi-v6.yaml").response("GET", path, answer.status, body, answer.content_type)
            return body

    async def all(self, path):
        items, number, sign = [], 1, "&" if "?" in path else "?"
        while True:
            page = await self.get(f"{path}{sign}pageSize=250&pageNumber={number}")
            items += page["items"]
            assert page["hasPreviousPage"] == (number > 1)
            if not page["hasNextPage"]:
                return items
            number += 1

    async def person(self, number):
        (found,) = (await self.get(f"/persons?primaryCode={number}"))["items"]
        return found

    async def session(self, code):
        (found,) = (await self.get(f"/academic-sessions?primaryCode={code}"))["items"]
        return found["academicSessionId"]


async def _registry(university, campus):
    db = sqlite3.connect(":memory:")
    oeapi.seed(db, university, campus)
    app = oeapi.build_app(db, clock_at(NOW), SECRET)
    known = {"Authorization": f"Bearer {SECRET}"}
    async with served(app) as origin, aiohttp.ClientSession(headers=known) as session:
        yield Registry(origin, session)
    db.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cwb(university):
    async for registry in _registry(university, "CWB"):
        yield registry


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gz(university):
    async for registry in _registry(university, "GZ"):
        yield registry


@pytest.fixture(scope="module")
def personas(university):
    return {person.persona: person for person in university.people if person.persona}


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("academic-sessions", "academicSessionId"),
        ("persons", "personId"),
        ("courses", "courseId"),
        ("programmes", "programmeId"),
        ("rooms", "roomId"),
        ("buildings", "buildingId"),
        ("groups", "groupId"),
    ],
)
async def test_every_document_keeps_the_standard(cwb, gz, kind, id_):
    for registry in (cwb, gz):
        items = await registry.all(f"/{kind}")
        assert items
        assert await registry.get(f"/{kind}/{items[-1][id_]}") == items[-1]
        assert len({UUID(item[id_]) for item in items}) == len(items)


async def test_the_service_says_what_it_serves(cwb):
    operations = (await cwb.get("/"))["supportedOperations"]
    assert {"verbs": ["GET", "PUT"], "path": "/persons/{id}"} in operations


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        ("course-offerings", "courseOfferingId"),
        ("learning-component-offerings", "learningComponentOfferingId"),
        ("test-component-offerings", "testComponentOfferingId"),
    ],
)
async def test_every_offering_of_a_term_keeps_the_standard(cwb, kind, id_):
    items = await cwb.all(f"/academic-sessions/{await cwb.session('2610')}/{kind}?{LONG_AGO}")
    assert len(items) > 200
    assert await cwb.get(f"/{kind}/{items[0][id_]}") == items[0]


async def test_every_association_of_everybody_keeps_the_standard(cwb, university):
    kinds = ("course-offering", "learning-component-offering", "test-component-offering", "programme-offering")
    for person in await cwb.all("/persons"):
        for kind in kinds:
            items = await cwb.all(f"/persons/{person['personId']}/{kind}-associations")
            if items and person["displayName"] == "Alex Chan":
                assert await cwb.get(f"/{kind}-associations/{items[0]['associationId']}") == items[0]


async def test_sections_are_served_as_they_are_in_the_university(cwb, university):
    items = await cwb.all(f"/academic-sessions/{await cwb.session('2610')}/learning-component-offerings?{LONG_AGO}")
    served = {item["ext"]["campus"]["classNumber"]: item for item in items}
    sections = university.campuses["CWB"].sections["2610"]
    assert list(served) == [section.class_number for section in sections]
    for section in sections:
        item = served[section.class_number]
        told = item["ext"]["campus"]
        assert (item["maxNumberStudents"], item["enrolledNumberStudents"]) == (section.quota, section.enrolled)
        assert item["enrolmentPeriods"][0]["queuedNumberStudents"] == section.waitlisted
        assert (item["state"], told["sectionCode"], told["courseCode"]) == (
            section.state,
            section.code,
            section.course_code,
        )
        assert [at["room"] for at in told["meetings"]] == [at.room for at in section.meetings]
        assert [at["startTime"] for at in told["meetings"]] == [at.start.isoformat() for at in section.meetings]
        assert told["instructors"] == list(section.instructors)
    assert "cancelled" in {item["state"] for item in items}


async def test_without_since_only_terms_to_come_show_their_offerings(cwb):
    running, coming = await cwb.session("2610"), await cwb.session("2630")
    assert (await cwb.get(f"/academic-sessions/{running}/course-offerings"))["items"] == []
    assert (await cwb.get(f"/academic-sessions/{coming}/course-offerings"))["items"] != []
    start = "since=2026-09-01T00:00:00%2B08:00"
    assert (await cwb.get(f"/academic-sessions/{running}/course-offerings?{start}"))["items"] != []
    until = f"{start}&until=2026-11-01T00:00:00%2B08:00"
    assert (await cwb.get(f"/academic-sessions/{running}/course-offerings?{until}"))["items"] == []


async def test_each_campus_holds_its_own_people_under_all_their_numbers(cwb, gz, personas):
    jordan = personas["jordan"]
    here, there = await cwb.person(jordan.accounts["cwb_sis_id"]), await gz.person(jordan.accounts["gz_sis_id"])
    assert here["personId"] != there["personId"]
    assert here["otherCodes"] == there["otherCodes"]
    assert {code["codeType"] for code in here["otherCodes"]} == {
        "x-university-person-id", "x-cwb-sis-id", "x-gz-sis-id", "x-library-id", "x-onestop-id", "x-ticket-address",
        "x-gz-library-id", "x-gz-booking-user", "x-gz-card-number", "x-cwb-resident-id",
    }  # fmt: skip
    assert (await gz.get(f"/persons?primaryCode={personas['alex'].accounts['cwb_sis_id']}"))["items"] == []
    rita = await cwb.person(personas["rita"].accounts["cwb_sis_id"])
    assert rita["primaryCode"]["codeType"] == "x-employee-number"


async def test_enrolments_are_listed_filtered_and_expanded(cwb, personas):
    alex = personas["alex"]
    path = f"/persons/{(await cwb.person(alex.accounts['cwb_sis_id']))['personId']}/course-offering-associations"
    everything = await cwb.all(path)
    rows = alex.records["CWB"].enrolments
    assert [(item["ext"]["campus"]["courseCode"], item["state"]) for item in everything] == [
        (row.course_code, row.state) for row in rows
    ]
    assert [item["result"] and item["result"]["score"] for item in everything] == [row.grade for row in rows]
    queued = await cwb.get(f"{path}?state=queued&role=student")
    assert [item["state"] for item in queued["items"]] == ["queued"]
    completed = await cwb.get(f"{path}?resultState=completed&pageSize=100")
    assert len(completed["items"]) == sum(row.grade not in (None, "I") for row in rows)
    (whole, *_) = (await cwb.get(f"{path}?expand=academic_session,course_offering"))["items"]
    assert whole["courseOffering"]["academicSession"]["primaryCode"]["code"] == whole["ext"]["campus"]["termCode"]


async def test_every_association_leads_to_an_offering(cwb, personas):
    id_ = (await cwb.person(personas["quinn"].accounts["cwb_sis_id"]))["personId"]
    enrolments = await cwb.all(f"/persons/{id_}/course-offering-associations")
    assert len(enrolments) == 40
    for item in enrolments:
        offering = await cwb.get(f"/course-offerings/{item['courseOfferingId']}")
        assert offering["ext"]["campus"]["courseCode"] == item["ext"]["campus"]["courseCode"]


async def test_advisors_find_their_advisees_in_a_group(cwb, personas):
    lee = await cwb.person(personas["lee"].accounts["cwb_sis_id"])
    group = lee["ext"]["campus"]["adviseesGroupId"]
    members = await cwb.all(f"/groups/{group}/memberships")
    numbers = {member["ext"]["campus"]["person"]["studentNumber"] for member in members}
    assert numbers >= {personas[name].accounts["cwb_sis_id"] for name in ("alex", "jordan", "taiman-a")}
    assert not numbers & {personas[name].accounts["cwb_sis_id"] for name in ("sam", "taiman-b", "wing")}
    alex = await cwb.person(personas["alex"].accounts["cwb_sis_id"])
    assert alex["ext"]["campus"]["advisor"]["email"] == personas["lee"].email
    assert "adviseesGroupId" not in alex["ext"]["campus"]


async def test_a_person_is_replaced_whole_and_keeps_the_numbers(cwb, personas):
    sam = await cwb.person(personas["sam"].accounts["cwb_sis_id"])
    address = f"{cwb.origin}/persons/{sam['personId']}"
    changed = sam | {"mobileNumber": "+852 5555 0101"}
    spec("oeapi-v6.yaml").request("PUT", address, changed)
    async with aiohttp.ClientSession() as session:
        for headers, body, status in (
            ({}, changed, 401),
            (
                {"Authorization": f"Bearer {SECRET}"},
                changed | {"primaryCode": {"codeType": "x-none", "code": "1"}},
                400,
            ),
            ({"Authorization": f"Bearer {SECRET}"}, changed | {"ext": {"campus": {"holds": []}}}, 400),
            ({"Authorization": f"Bearer {SECRET}"}, changed, 200),
        ):
            async with session.put(address, json=body, headers=headers) as answer:
                assert answer.status == status
    assert await cwb.get(f"/persons/{sam['personId']}") == changed


async def test_unreleased_marks_are_served_and_marked_as_such(cwb, personas):
    """Registries know more than they show; it is for whoever asks to keep the mark back."""
    id_ = (await cwb.person(personas["alex"].accounts["cwb_sis_id"]))["personId"]
    items = await cwb.all(f"/persons/{id_}/test-component-offering-associations")
    rows = [item for row in personas["alex"].records["CWB"].enrolments for item in row.assessment]
    assert [item["ext"]["campus"]["released"] for item in items] == [row.released for row in rows]
    assert any(item["ext"]["campus"]["rawScore"] is not None for item in items if not item["ext"]["campus"]["released"])


async def test_what_the_offices_keep_is_told_in_the_profile(cwb, gz, personas):
    jordan = personas["jordan"]
    for registry, campus, account in ((cwb, "CWB", "cwb_sis_id"), (gz, "GZ", "gz_sis_id")):
        person, file = await registry.person(jordan.accounts[account]), jordan.records[campus].file
        told = person["ext"]["campus"]
        assert told["account"]["balance"] == f"{file.account.balance:.2f}"
        assert told["account"]["currency"] == {"CWB": "HKD", "GZ": "CNY"}[campus]
        assert len(told["account"]["charges"]) == len(file.account.charges)
        assert len(told["holds"]) == len(file.holds)
        (studies,) = await registry.all(f"/persons/{person['personId']}/programme-offering-associations")
        profile = studies["ext"]["campus"]
        assert len(profile["exchanges"]) == len(file.exchanges)
        assert [each["courseCode"] for each in profile["creditTransfers"]] == [
            each.to_course for each in file.credit_transfers
        ]
        subject = jordan.records[campus].programme.split("-")[1]
        assert {code.split()[0] for code in profile["programme"]["majorCourses"]} == {subject}


async def test_who_may_read(cwb):
    refusal = await cwb.get("/rooms", 401, headers={"Authorization": "Bearer wrong"})
    assert refusal["title"] == "Unauthorized"
    async with aiohttp.ClientSession() as nobody, nobody.get(f"{cwb.origin}/rooms") as answer:
        assert answer.status == 200, "a look with curl"
    wrong = {"Authorization": "Bearer wrong"}
    async with aiohttp.ClientSession() as other, other.get(f"{cwb.origin}/rooms", headers=wrong) as answer:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/persons?pageSize=25", "10, 20, 50, 100 and 250"),
        ("/persons?pageNumber=0", "starts at 1"),
        ("/persons?pageSize=many", "whole number"),
        ("/persons?number=20000001", "no query parameter"),
        ("/persons?filter_query[surname][is]=Chan", "does not support"),
        ("/rooms?fields=name", "does not support"),
        ("/persons/seven", "no UUID"),
        ("/academic-sessions/0a1b2c3d-0000-4000-8000-000000000001/course-offerings?since=yesterday", "RFC 3339"),
        (
            "/persons/0a1b2c3d-0000-4000-8000-000000000001/course-offering-associations?expand=person",
            "cannot be expanded",
        ),
    ],
)
async def test_a_wrong_question_is_a_problem(cwb, path, told):
    assert told in (await cwb.get(path, 400, asked_well=False))["detail"]


async def test_what_is_not_there_is_a_problem(cwb):
    unknown = "0a1b2c3d-0000-4000-8000-000000000001"
    for path in (f"/persons/{unknown}", f"/persons/{unknown}/course-offering-associations", f"/courses/{unknown}"):
        assert (await cwb.get(path, 404))["status"] == 404


async def test_people_and_courses_are_searched(cwb):
    assert {person["surname"] for person in (await cwb.get("/persons?q=CHAN&pageSize=50"))["items"]} >= {"Chan"}
    found = (await cwb.get("/courses?q=機器學習&level=bachelor"))["items"]
    assert {course["primaryCode"]["code"].split()[0] for course in found} == {"COMP"}
    assert (await cwb.get("/persons?affiliations=employee&pageSize=10"))["items"]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_errors_are_worded_as_problems(status):
    kind, body = oeapi.error_body(status)
    assert kind == "application/problem+json"
    assert f'"status":{status}'.encode() in body
