"""What the Flowable connector asks and is answered keeps the published document; each state of an application."""

import json
import sqlite3
import uuid
from datetime import datetime, timedelta

import aiohttp
import pytest

from connectors.onestop import ApplicationState, ApplicationTab, Attachment, Flowable, ServiceKey, StepState
from connectors.wire import UpstreamBadResponse
from sandbox import flowable
from sandbox.flowable_engine import Engine

from .openapi import spec
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import Recorded, keep_to, reached, replayed, witnessed

PASSWORD = "sandbox-password"
SIGNED = {"Authorization": aiohttp.encode_basic_auth("onestop", PASSWORD)}


class OneStop:
    """The connector, and the department that decides over REST."""

    def __init__(self, reach, session, db):
        self._reach, self._session, self._db = reach, session, db

    def ask(self):
        return self._reach.ask()

    async def apply(self, service, applicant):
        form = {"name": "applicant", "value": applicant}
        started = {"processDefinitionKey": service, "businessKey": "k-1", "variables": [form]}
        async with self._session.post("/runtime/process-instances", json=started) as answer:
            return (await answer.json())["id"]

    async def decide(self, instance, decision, comment=""):
        async with self._session.get("/runtime/tasks", params={"processInstanceId": instance}) as answer:
            (task,) = (await answer.json())["data"]
        said = [{"name": "decision", "value": decision}, {"name": "comment", "value": comment}]
        body = {"action": "complete", "variables": [{**each, "scope": "local"} for each in said]}
        async with self._session.post(f"/runtime/tasks/{task['id']}", json=body) as answer:
            assert answer.status == 200

    async def put(self, instance, name, value):
        sent = [{"name": name, "type": "json", "value": value}]
        async with self._session.post(f"/runtime/process-instances/{instance}/variables", json=sent) as answer:
            assert answer.status == 201

    async def attach(self, instance, name, content):
        """As a multipart form leaves it, which the witness of what is said would not let through."""
        Engine(self._db, lambda: str(uuid.uuid4())).put(instance, name, content)

    async def withdraw(self, instance):
        path = f"/runtime/process-instances/{instance}"
        async with self._session.delete(path, params={"deleteReason": "withdrawn"}) as answer:
            assert answer.status == 204

    async def application(self, applicant):
        (only,) = await self.ask().applications(applicant)
        return only


@pytest.fixture
async def one_stop():
    db = sqlite3.connect(":memory:")
    flowable.seed(db, small_university(), "GZ")
    async with (
        witnessed(flowable.build_app(db, clock_at(NOW), f"onestop:{PASSWORD}")) as (origin, seen),
        reached(Flowable, origin, PASSWORD, "onestop", campus="GZ") as reach,
        aiohttp.ClientSession(origin, headers=SIGNED) as session,
    ):
        yield OneStop(reach, session, db)
    db.close()
    keep_to(spec("flowable-oas-process.yaml"), seen)
    assert {each.headers["Authorization"] for each in seen} == {SIGNED["Authorization"]}


async def test_services_are_the_latest_definitions_with_their_words(one_stop):
    services = await one_stop.ask().services()
    assert sorted(service.key.key for service in services) == [
        "accommodation-certificate",
        "campus-card-cancel-loss",
        "campus-card-replacement",
        "graduate-living-off-campus",
        "graduate-room-change",
        "hall-desks-and-chairs",
        "multifunction-hall",
    ]
    for service in services:
        assert set(service.name) == {"en", "zh-Hant", "zh-Hans"}
        assert service.form["type"] == "object"
        assert all(step.id and step.name["en"] and step.department["en"] for step in service.steps)


async def test_applications_come_latest_first_with_their_states(one_stop):
    applications = await one_stop.ask().applications("os-005")
    assert len({each.id for each in applications}) == len(applications) == 40
    submitted = [each.submitted_at for each in applications]
    assert submitted == sorted(submitted, reverse=True)
    assert {each.owner for each in applications} == {"os-005"}
    assert {each.state for each in applications} == set(ApplicationState)
    assert all((each.amend_until is None) == (each.state.name != "RETURNED_FOR_AMENDMENT") for each in applications)
    assert any(each.attachments for each in applications)
    collected = {each.service.key for each in applications if each.collection}
    assert collected
    assert collected <= {"accommodation-certificate", "campus-card-replacement"}
    assert {each.tab for each in applications} == set(ApplicationTab)
    steps = await one_stop.ask().steps("os-005")
    assert {step.application for step in steps} == {each.id for each in applications}
    assert {step.state for step in steps} >= {StepState.WAITING, StepState.DONE}


async def test_who_never_applied_has_neither_applications_nor_steps(one_stop):
    assert (await one_stop.ask().applications("os-999"), await one_stop.ask().steps("os-999")) == ([], [])


async def test_an_application_is_followed_through_its_phases(one_stop):
    instance = await one_stop.apply("graduate-room-change", "os-900")
    new = await one_stop.application("os-900")
    assert (new.id, new.reference, new.service) == (instance, "k-1", ServiceKey("system-1", "graduate-room-change"))
    assert (new.state, new.tab, new.phase) == (ApplicationState.IN_PROCESS, ApplicationTab.IN_PROCESS, "eligibility")
    await one_stop.decide(instance, "approved", "fine")
    phased = await one_stop.application("os-900")
    assert (phased.tab, phased.phase) == (ApplicationTab.PHASED, "allocation")
    assert [(each.phase, each.outcome) for each in phased.milestones] == [("eligibility", "approved")]
    first, second = await one_stop.ask().steps("os-900")
    assert (first.key, first.state, first.decision, first.comment) == ("check", StepState.DONE, "approved", "fine")
    assert first.application == instance
    assert (second.state, second.ended_at) == (StepState.WAITING, None)
    await one_stop.decide(instance, "approved")
    await one_stop.decide(instance, "approved")
    done = await one_stop.application("os-900")
    assert (done.state, done.tab) == (ApplicationState.COMPLETED, ApplicationTab.COMPLETED)
    assert done.ended_at >= done.submitted_at


@pytest.mark.parametrize(
    ("decision", "state", "tab"),
    [
        ("returned", ApplicationState.RETURNED_FOR_AMENDMENT, ApplicationTab.IN_PROCESS),
        ("rejected", ApplicationState.REJECTED, ApplicationTab.COMPLETED),
        ("withdrawn", ApplicationState.WITHDRAWN, ApplicationTab.COMPLETED),
    ],
)
async def test_what_became_of_an_application_is_told(one_stop, decision, state, tab):
    instance = await one_stop.apply("accommodation-certificate", "os-901")
    if decision == "withdrawn":
        await one_stop.withdraw(instance)
    else:
        await one_stop.decide(instance, decision, "because")
        step = (await one_stop.ask().steps("os-901"))[0]
        assert (step.state.name, step.comment) == (state.name, "because")
    last = (await one_stop.ask().steps("os-901"))[-1]
    assert last.service == ServiceKey("system-1", "accommodation-certificate")
    expected = {"returned": ("amend", StepState.WAITING), "withdrawn": ("accept", StepState.CANCELLED)}
    assert (last.key, last.state) == expected.get(decision, ("accept", StepState.REJECTED))
    application = await one_stop.application("os-901")
    assert (application.state, application.tab) == (state, tab)


async def test_files_are_told_of_without_their_bytes(one_stop):
    instance = await one_stop.apply("multifunction-hall", "os-902")
    await one_stop.attach(instance, "file_poster", b"%PDF poster")
    await one_stop.attach(instance, "file_plan", b"plan")
    told = {"variable": "file_poster", "name": "party.pdf", "type": "application/pdf", "size": 11}
    gone = {"variable": "file_gone", "name": "gone.pdf", "uploadedAt": "2026-11-20T08:12:03.000+08:00"}
    await one_stop.put(instance, "files", [told | {"uploadedAt": "2026-11-20T08:12:03.000+08:00"}, gone])
    uploaded = datetime.fromisoformat("2026-11-20T08:12:03+08:00")
    assert (await one_stop.application("os-902")).attachments == [
        Attachment(id="file_plan", name="file_plan", type=None, size=None, uploaded_at=None),
        Attachment(id="file_poster", name="party.pdf", type="application/pdf", size=11, uploaded_at=uploaded),
    ]


async def test_what_is_ready_says_where_and_until_when(one_stop):
    instance = await one_stop.apply("campus-card-replacement", "os-903")
    assert (await one_stop.application("os-903")).collection is None
    await one_stop.decide(instance, "approved")
    await one_stop.decide(instance, "approved")
    ready = await one_stop.application("os-903")
    assert ready.collection.place["en"] == "Campus Card Centre, W1-G05"
    assert ready.collection.until == ready.ended_at + timedelta(days=30)


async def test_a_word_that_nobody_agreed_on_is_kept_and_is_no_decision_we_know(one_stop):
    instance = await one_stop.apply("multifunction-hall", "os-904")
    await one_stop.decide(instance, "deferred")
    step = (await one_stop.ask().steps("os-904"))[0]
    assert (step.state, step.decision) == (StepState.OTHER, "deferred")


async def test_a_service_says_who_may_apply_and_what_comes_with_it(one_stop):
    services = {service.key.key: service for service in await one_stop.ask().services()}
    off_campus = services["graduate-living-off-campus"]
    rules = [(rule.kind.name, sorted(rule.of), rule.reason["zh-Hans"]) for rule in off_campus.rules]
    assert rules == [
        ("AFFILIATION", ["student"], "仅限学生申请。"),
        ("CAMPUS", ["GZ"], "仅限广州校园成员申请。"),
        ("LEVEL", ["doctoral", "master"], "仅限研究生申请。"),
    ]
    assert [(file.id, file.types, file.required) for file in off_campus.files] == [
        ("lease", ["application/pdf"], True), ("identity", ["image/jpeg"], True),
    ]  # fmt: skip
    assert off_campus.step("amend") == off_campus.amendment
    assert off_campus.step("nothing") is None
    assert [rule.kind.name for rule in services["campus-card-cancel-loss"].rules][-1] == "CARD"


INSTANCE = {
    "id": "7",
    "processDefinitionId": "room-change:2:41",
    "startTime": "2026-11-20T08:12:03.000+08:00",
    "variables": [{"name": "applicant", "value": "os-1"}],
}


def page(*rows, total):
    return Recorded(200, "application/json", json.dumps({"data": rows, "total": total}).encode())


async def applications(*pages, applicant="os-1"):
    async with replayed(*pages) as (origin, seen), reached(Flowable, origin, PASSWORD, "onestop") as reach:
        return await reach.ask().applications(applicant), [json.loads(each.body) for each in seen]


async def test_pages_are_read_until_the_total():
    found, (first, second) = await applications(page(INSTANCE, total=2), page(INSTANCE | {"id": "6"}, total=2))
    assert [each.id for each in found] == ["7", "6"]
    assert found[0].submitted_at == datetime.fromisoformat("2026-11-20T08:12:03+08:00")
    assert (first["start"], first["size"], second["start"]) == (0, 1000, 1)
    assert first["variables"] == [{"name": "applicant", "operation": "equals", "value": "os-1"}]


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ([{"name": "applicant", "value": "os-2"}], "not asked for"),
        ([], "unexpected variables"),
        ([*INSTANCE["variables"], {"name": "milestones", "value": "many"}], "unexpected variables"),
    ],
)
async def test_an_application_that_is_not_the_applicants_or_no_one_stop_process_is_refused(variables, wrong):
    with pytest.raises(UpstreamBadResponse, match=wrong):
        await applications(page(INSTANCE | {"variables": variables}, total=1))


async def test_a_process_without_a_word_for_applicants_is_no_service():
    listed = page({"key": "purchase", "deploymentId": "1"}, {"key": "room", "deploymentId": "2"}, total=2)
    nothing = Recorded(404, "application/json", b'{"message": "Not found"}')
    described = Recorded(200, "application/json", b'{"type": "housing", "name": {"en": "Room", "zh-hant": ""}}')
    async with replayed(listed, nothing, described) as (origin, _), reached(Flowable, origin) as reach:
        (service,) = await reach.ask().services()
    assert (service.key, service.type, service.name) == (ServiceKey("system-1", "room"), "housing", {"en": "Room"})
    assert (service.rules, service.files, service.steps, service.amendment, service.form) == ([], [], [], None, {})


async def test_a_rule_of_a_kind_nobody_knows_stays_a_rule():
    listed = page({"key": "room", "deploymentId": "2"}, total=1)
    said = {
        "type": "housing",
        "name": {"en": "Room"},
        "eligibility": [{"rule": "height", "of": ["tall"], "reason": {}}],
    }
    described = Recorded(200, "application/json", json.dumps(said).encode())
    async with replayed(listed, described) as (origin, _), reached(Flowable, origin) as reach:
        (service,) = await reach.ask().services()
    assert [rule.kind.name for rule in service.rules] == ["OTHER"]


async def test_a_catalogue_longer_than_a_page_is_not_cut_short():
    listed = page({"key": "room-change", "deploymentId": "1"}, total=1001)
    async with replayed(listed) as (origin, _), reached(Flowable, origin) as reach:
        with pytest.raises(UpstreamBadResponse, match="1001 services"):
            await reach.ask().services()
