"""The simulated Flowable: requests and answers held against its published OpenAPI document."""

import io
import json
import zipfile

import pytest
from aiohttp import ClientSession, FormData, encode_basic_auth
from jsonschema import Draft202012Validator

from .one_stop import HISTORY, served_one_stop, values


@pytest.fixture(name="one_stop")
async def one_stop_served():
    async with served_one_stop() as one_stop:
        yield one_stop


async def test_the_catalogue_is_the_latest_process_definitions_with_their_service_resource(one_stop):
    page = await one_stop.get("/repository/process-definitions", latest="true", size=100, sort="key", order="asc")
    assert [row["key"] for row in page["data"]] == [
        "accommodation-certificate",
        "campus-card-cancel-loss",
        "campus-card-replacement",
        "graduate-living-off-campus",
        "graduate-room-change",
        "hall-desks-and-chairs",
        "multifunction-hall",
    ]
    assert (page["total"], page["start"], page["size"], page["sort"], page["order"]) == (7, 0, 7, "key", "asc")
    assert (await one_stop.get("/repository/process-definitions"))["total"] == 8
    for row in page["data"]:
        names = [r["id"] for r in await one_stop.get(f"/repository/deployments/{row['deploymentId']}/resources")]
        assert "service.json" in names
        service = await one_stop.get(f"/repository/deployments/{row['deploymentId']}/resourcedata/service.json")
        Draft202012Validator.check_schema(service["form"])
        assert service["key"] == row["key"]
        assert all(set(one["name"]) == {"en", "zh-hant", "zh-hans"} for one in (service, *service["steps"]))
        assert all("x-title" in field for field in service["form"]["properties"].values())


async def test_forms_of_past_applications_fit_their_services(one_stop):
    definitions = (await one_stop.get("/repository/process-definitions", size=100))["data"]
    forms = {}
    for row in definitions:
        path = f"/repository/deployments/{row['deploymentId']}/resourcedata/service.json"
        forms[row["id"]] = (await one_stop.get(path))["form"]
    for instance in (await one_stop.of("os-005", size=100))["data"]:
        Draft202012Validator(forms[instance["processDefinitionId"]]).validate(values(instance)["form"])


async def test_a_person_has_applications_in_every_state(one_stop):
    page = await one_stop.of("os-005", size=100, sort="startTime", order="desc")
    assert (page["total"], page["size"]) == (40, 40)
    started = [row["startTime"] for row in page["data"]]
    assert started == sorted(started, reverse=True)
    assert all(moment.endswith("+08:00") for moment in started)
    states = {
        "running": [row for row in page["data"] if row["endTime"] is None],
        "withdrawn": [row for row in page["data"] if row["deleteReason"] == "withdrawn"],
        "approved": [row for row in page["data"] if values(row).get("outcome") == "approved"],
        "rejected": [row for row in page["data"] if values(row).get("outcome") == "rejected"],
        "phased": [row for row in page["data"] if row["endTime"] is None and values(row).get("milestones")],
    }
    assert all(states.values())
    assert all(values(row)["milestones"][0]["outcome"] == "approved" for row in states["phased"])
    waiting = await one_stop.get("/runtime/tasks", assignee="os-005", size=100)
    assert {task["taskDefinitionKey"] for task in waiting["data"]} == {"amend"}


async def test_one_call_reads_all_steps_of_a_person_and_nobody_elses(one_stop):
    mine = {row["id"] for row in (await one_stop.of("os-005", size=100))["data"]}
    steps = await one_stop.steps_of("os-005")
    assert {step["processInstanceId"] for step in steps["data"]} == mine
    decided = [step for step in steps["data"] if step["endTime"] and not step["deleteReason"]]
    assert all({"decision", "comment"} <= values(step).keys() for step in decided)
    assert all(step["category"] and step["taskDefinitionKey"] for step in steps["data"])


async def test_many_instances_are_read_by_their_ids(one_stop):
    ids = [row["id"] for row in (await one_stop.of("os-005", size=100))["data"]][:3]
    page = await one_stop.ask("POST", HISTORY, json={"processInstanceIds": ids})
    assert {row["id"] for row in page["data"]} == set(ids)
    assert all(row["variables"] == [] for row in page["data"])


async def test_an_application_goes_through_its_phases_to_its_end(one_stop):
    started = await one_stop.apply()
    instance = started["id"]
    assert started["businessKey"] == "k-1"
    found = await one_stop.ask("POST", HISTORY, json={"processBusinessKey": "k-1", "includeProcessVariables": True})
    assert values(found["data"][0])["phase"] == "eligibility"
    assert values(found["data"][0])["milestones"] == []
    first = await one_stop.decide(instance, "approved", "fine")
    assert (first["taskDefinitionKey"], first["category"]) == ("check", "Student Affairs Office")
    found = await one_stop.ask("POST", HISTORY, json={"processInstanceId": instance, "includeProcessVariables": True})
    assert values(found["data"][0])["phase"] == "allocation"
    assert [m["phase"] for m in values(found["data"][0])["milestones"]] == ["eligibility"]
    await one_stop.decide(instance, "approved")
    await one_stop.decide(instance, "approved")
    ended = await one_stop.get(f"/history/historic-process-instances/{instance}")
    assert ended["endTime"] is not None
    assert ended["durationInMillis"] >= 0
    await one_stop.ask("GET", f"/runtime/process-instances/{instance}", status=404)


async def test_a_returned_application_waits_for_its_applicant_and_starts_again(one_stop):
    instance = (await one_stop.apply())["id"]
    await one_stop.decide(instance, "returned", "proof missing")
    (task,) = (await one_stop.get("/runtime/tasks", processInstanceId=instance))["data"]
    assert (task["taskDefinitionKey"], task["assignee"]) == ("amend", "os-009")
    form = {"name": "form", "type": "json", "value": {"reason": "proof", "residence": "E1"}, "scope": "global"}
    await one_stop.ask("POST", f"/runtime/tasks/{task['id']}", json={"action": "complete", "variables": [form]})
    (task,) = (await one_stop.get("/runtime/tasks", processInstanceId=instance, includeProcessVariables="true"))["data"]
    assert task["taskDefinitionKey"] == "check"
    assert values(task)["form"]["reason"] == "proof"


async def test_a_rejected_application_ends_with_its_reason_and_a_withdrawn_one_with_its_own(one_stop):
    rejected, withdrawn = (await one_stop.apply())["id"], (await one_stop.apply(businessKey="k-2"))["id"]
    await one_stop.decide(rejected, "rejected", "no rooms left")
    found = await one_stop.ask("POST", HISTORY, json={"processInstanceId": rejected, "includeProcessVariables": True})
    assert values(found["data"][0])["decisionText"] == "no rooms left"
    await one_stop.ask("DELETE", f"/runtime/process-instances/{withdrawn}", status=204, deleteReason="withdrawn")
    ended = await one_stop.get(f"/history/historic-process-instances/{withdrawn}")
    assert (ended["deleteReason"], ended["endTime"] is None) == ("withdrawn", False)
    await one_stop.ask("DELETE", f"/runtime/process-instances/{withdrawn}", status=404)


async def test_a_file_is_a_binary_variable_that_history_keeps(one_stop):
    instance = (await one_stop.apply())["id"]
    form = FormData()
    form.add_field("file", b"\x89PDF", filename="proof.pdf", content_type="application/pdf")
    for name, value in (("name", "file_proof"), ("type", "binary")):
        form.add_field(name, value)
    async with one_stop.session.post(f"/runtime/process-instances/{instance}/variables", data=form) as answer:
        sent = await answer.json()
        assert (answer.status, sent["type"], sent["value"]) == (201, "binary", None)
    async with one_stop.session.get(sent["valueUrl"]) as answer:
        assert await answer.read() == b"\x89PDF"
    await one_stop.ask("DELETE", f"/runtime/process-instances/{instance}", status=204)
    path = f"/history/historic-process-instances/{instance}/variables/file_proof/data"
    async with one_stop.session.get(path) as answer:
        assert (answer.status, await answer.read()) == (200, b"\x89PDF")
    listed = await one_stop.get(
        "/history/historic-variable-instances", processInstanceId=instance, variableName="file_proof"
    )
    assert listed["data"][0]["variable"]["valueUrl"].endswith(path)


async def test_a_deployment_brings_a_service_and_takes_it_along_when_it_goes(one_stop):
    model = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"><process id="parcel">'
        '<startEvent id="start"/><userTask id="hand-over" name="Hand over"/></process></definitions>'
    )
    service = {"type": "logistics", "name": {"en": "Parcel"}, "description": {"en": "Get it"}, "form": {}}
    service |= {"steps": [{"id": "hand-over", "name": {"en": "Hand over"}, "department": {"en": "Logistics"}}]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("parcel.bpmn20.xml", model)
        archive.writestr("service.json", json.dumps(service))
    versions = []
    for name, content in (("parcel.bar", packed.getvalue()), ("parcel.bpmn20.xml", model.encode())):
        form = FormData()
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        url = f"{one_stop.origin}/repository/deployments"
        one_stop.oas.request("POST", url, {}, content_type="multipart/form-data")
        async with one_stop.session.post(url, data=form) as answer:
            deployment = await answer.json()
            assert (answer.status, deployment["name"]) == (201, name)
            one_stop.oas.response("POST", "/repository/deployments", 201, deployment)
        (row,) = (await one_stop.get("/repository/process-definitions", key="parcel", latest="true"))["data"]
        versions.append((row["version"], row["name"], row["deploymentId"] == deployment["id"]))
        resources = await one_stop.get(f"/repository/deployments/{deployment['id']}/resources")
        assert ("service.json" in [one["id"] for one in resources]) == (name == "parcel.bar")
    assert versions == [(1, "Parcel", True), (2, "parcel", True)]
    started = await one_stop.apply(processDefinitionKey="parcel")
    path = f"/repository/deployments/{deployment['id']}"
    await one_stop.ask("DELETE", path, status=400)
    await one_stop.ask("DELETE", path, status=204, cascade="true")
    await one_stop.ask("GET", path, status=404)
    await one_stop.ask("GET", f"/history/historic-process-instances/{started['id']}", status=404)
    (row,) = (await one_stop.get("/repository/process-definitions", key="parcel"))["data"]
    assert row["version"] == 1


@pytest.mark.parametrize(
    ("name", "content"), [("x.txt", b"x"), ("x.zip", b"x"), ("x.bpmn", b"<"), ("x.bpmn", b"<definitions/>")]
)
async def test_what_is_no_deployment_is_refused(one_stop, name, content):
    form = FormData()
    form.add_field("file", content, filename=name, content_type="application/octet-stream")
    async with one_stop.session.post("/repository/deployments", data=form) as answer:
        assert (answer.status, (await answer.json())["message"]) == (400, "Bad request")
    assert (await one_stop.get("/repository/deployments"))["total"] == 8


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "exception"),
    [
        ("POST", "/runtime/process-instances", {"processDefinitionKey": "nothing"}, 400,
         "no processes deployed with key 'nothing'"),
        ("POST", "/runtime/process-instances", {"variables": []}, 400,
         "Either processDefinitionId, processDefinitionKey or message is required."),
        ("POST", HISTORY, {"sort": "colour"}, 400,
         "Value for param 'sort' is not valid, 'colour' is not a valid property"),
        ("POST", HISTORY, {"involvedUser": "x"}, 400, "The sandbox does not know the filter 'involvedUser'."),
        ("GET", "/history/historic-process-instances/x", None, 404, "Could not find a process instance with id 'x'."),
    ],
)  # fmt: skip
async def test_refusals_carry_message_and_exception(one_stop, method, path, body, status, exception):
    answer = await one_stop.ask(method, path, status=status, json=body)
    assert answer == {"message": {400: "Bad request", 404: "Not found"}[status], "exception": exception}


async def test_a_wrong_password_and_an_anonymous_write_are_refused(one_stop):
    start = {"processDefinitionKey": "campus-card-cancel-loss"}
    async with ClientSession(one_stop.origin) as stranger:
        for headers, method, path, status in (
            ({"Authorization": encode_basic_auth("onestop", "wrong")}, "GET", "/repository/deployments", 401),
            ({}, "GET", "/repository/deployments", 200),
            ({}, "POST", "/runtime/process-instances", 401),
        ):
            async with stranger.request(
                method, path, headers=headers, json=start if method == "POST" else None
            ) as answer:
                assert answer.status == status
                assert ("WWW-Authenticate" in answer.headers) == (status == 401)


async def test_no_ones_words_appear_in_another_persons_applications(one_stop):
    for number in range(1, 7):
        mine = await one_stop.of(f"os-00{number}", size=100)
        text = json.dumps(mine)
        assert f"p-00000{number}" in text or mine["total"] == 0
        assert not any(f"p-00000{other}" in text for other in range(1, 10) if other != number)
