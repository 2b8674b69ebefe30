"""What is done to an application at the simulated Flowable: files arrive, variables go, and officers decide."""

import asyncio
import sqlite3
import uuid
from datetime import timedelta

import pytest
from aiohttp import ClientError, FormData

from sandbox import flowable
from sandbox.flowable_engine import Engine
from tests.machine import patience

from .one_stop import HISTORY, INSTANCES, served_one_stop, values
from .small_university import NOW, small_university


@pytest.fixture(name="one_stop")
async def one_stop_served():
    async with served_one_stop() as one_stop:
        yield one_stop


async def test_an_application_whose_files_are_on_their_way_begins_when_the_last_is_there(one_stop):
    variables = [{"name": "applicant", "value": "os-009"}, {"name": "filesPending", "type": "boolean", "value": True}]
    instance = (await one_stop.apply(variables=variables))["id"]
    url = await one_stop.attach(instance, "file_proof", b"%PDF proof")
    await one_stop.put(instance, files=[{"variable": "file_proof", "name": "proof.pdf"}])
    assert (await one_stop.get("/runtime/tasks", processInstanceId=instance))["data"] == []
    await one_stop.put(instance, filesPending=False)
    (task,) = (await one_stop.get("/runtime/tasks", processInstanceId=instance))["data"]
    assert task["taskDefinitionKey"] == "check"
    async with one_stop.session.get(url) as answer:
        assert await answer.read() == b"%PDF proof"


async def test_an_instance_that_is_deleted_and_forgotten_leaves_nothing(one_stop):
    instance = (await one_stop.apply())["id"]
    await one_stop.attach(instance, "file_proof", b"%PDF proof")
    path = f"/history/historic-process-instances/{instance}"
    async with one_stop.session.delete(path) as running:
        assert running.status == 500
    await one_stop.ask("DELETE", f"{INSTANCES}/{instance}", status=204, deleteReason="cut")
    await one_stop.ask("DELETE", path, status=204)
    await one_stop.ask("GET", path, status=404)
    await one_stop.ask("DELETE", path, status=404)
    for listed in ("historic-variable-instances", "historic-task-instances"):
        assert (await one_stop.get(f"/history/{listed}", processInstanceId=instance))["total"] == 0


async def test_a_variable_is_taken_away_alone(one_stop):
    instance = (await one_stop.apply())["id"]
    await one_stop.attach(instance, "file_proof", b"%PDF proof")
    path = f"{INSTANCES}/{instance}/variables/file_proof"
    await one_stop.ask("DELETE", path, status=204)
    await one_stop.ask("DELETE", path, status=404)
    told = await one_stop.get(f"{INSTANCES}/{instance}/variables")
    assert {each["name"] for each in told} >= {"applicant", "form"}


async def test_a_file_that_is_cut_on_its_way_leaves_no_variable(one_stop):
    instance = (await one_stop.apply())["id"]

    async def cut():
        yield b"%PDF"
        raise ConnectionResetError

    form = FormData()
    form.add_field("name", "file_proof")
    form.add_field("file", cut(), filename="x", content_type="application/octet-stream")
    with pytest.raises(ClientError):
        await one_stop.session.put(f"{INSTANCES}/{instance}/variables", data=form)
    told = await one_stop.get(f"{INSTANCES}/{instance}/variables")
    assert "file_proof" not in {each["name"] for each in told}


@pytest.mark.parametrize(
    ("operation", "found"),
    [("lessThan", [1]), ("lessThanOrEquals", [1, 2]), ("greaterThan", [3]), ("greaterThanOrEquals", [2, 3])],
)
async def test_numbers_are_compared_as_numbers_and_only_with_numbers(one_stop, operation, found):
    for number, value in enumerate((5, 40, 300, "40")):
        variables = [{"name": "slotFrom", "value": value}]
        await one_stop.apply(businessKey=f"n-{number + 1}", variables=variables)
    query = [{"name": "slotFrom", "operation": operation, "value": 40}]
    page = await one_stop.ask("POST", HISTORY, json={"variables": query, "sort": "businessKey", "order": "asc"})
    assert [row["businessKey"] for row in page["data"]] == [f"n-{number}" for number in found]


async def test_officers_decide_when_they_are_told_to(one_stop):
    instance = (await one_stop.apply())["id"]
    for wrong in ({"application": "k-1", "decision": "burnt"}, {"application": "k-9", "decision": "approved"}):
        async with one_stop.session.post("/__officers", json=wrong) as answer:
            assert answer.status == 400
    told = {"application": "k-1", "decision": "returned", "comment": "A proof is missing."}
    async with one_stop.session.post("/__officers", json=told) as answer:
        assert answer.status == 200
    async with one_stop.session.post("/__officers", json=told) as twice:
        assert twice.status == 400  # it is the applicant's turn
    steps = {step["taskDefinitionKey"]: step for step in (await one_stop.steps_of("os-009"))["data"]}
    assert values(steps["check"]) == {"decision": "returned", "comment": "A proof is missing."}
    assert (steps["amend"]["processInstanceId"], steps["amend"]["endTime"]) == (instance, None)


async def finished(one_stop, applicant):
    """Polled, since it happens in the simulated system."""
    while True:
        if found := (await one_stop.of(applicant, finished=True))["data"]:
            return found[0]
        await asyncio.sleep(0.1)


async def test_officers_agree_to_what_has_waited_long_enough_and_leave_the_past_alone():
    async with served_one_stop(after=0) as one_stop:
        before = (await one_stop.of("os-005", size=100, finished=True))["total"]
        await one_stop.apply()
        async with asyncio.timeout(patience(20)):
            done = await finished(one_stop, "os-009")
        assert values(done)["outcome"] == "approved"
        assert (await one_stop.of("os-005", size=100, finished=True))["total"] == before
        for after, status in (("soon", 400), (-1, 400), (None, 200)):
            async with one_stop.session.put("/__officers", json={"after": after}) as answer:
                assert answer.status == status
        async with one_stop.session.get("/__officers") as answer:
            assert await answer.json() == {"after": None}
        async with one_stop.session.delete("/__officers") as answer:
            assert answer.status == 405


def test_files_that_never_come_are_given_up_after_an_hour():
    db = sqlite3.connect(":memory:")
    flowable.seed(db, small_university(), "GZ")
    engine = Engine(db, lambda: str(uuid.uuid4()))
    definition, before = db.execute("select id, (select count(*) from instance) from definition").fetchone()
    instance = engine.start(definition, "k-9", "gateway", NOW)
    engine.put(instance, "filesPending", True)
    engine.begin(instance, NOW)
    for minutes, left in ((59, before + 1), (61, before)):
        engine.give_up(NOW + timedelta(minutes=minutes))
        assert db.execute("select count(*) from instance").fetchone() == (left,)
    assert db.execute("select count(*) from variable where instance = ?", (instance,)).fetchone() == (0,)
    db.close()
