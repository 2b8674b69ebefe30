"""The simulated One Stop, asked as an office asks its Flowable; question and answer are held against the document."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, FormData, encode_basic_auth

from sandbox import flowable
from sandbox.frame import framed

from .openapi import spec
from .simulators import clock_at, served
from .small_university import NOW, small_university
from .wire import MULTIPART

INSTANCES, HISTORY, TASKS = (
    "/runtime/process-instances",
    "/query/historic-process-instances",
    "/query/historic-task-instances",
)
SECRET = "onestop:sandbox-password"
SIGNED = {"Authorization": encode_basic_auth("onestop", "sandbox-password")}


class OneStop:
    """Asks, and holds question and answer against the document."""

    def __init__(self, origin, session):
        self.origin, self.session, self.oas = origin, session, spec("flowable-oas-process.yaml")

    async def ask(self, method, path, *, status=200, json=None, **params):
        self.oas.request(method, str(self.session._build_url(path).with_query(params)), *([json] if json else []))
        async with self.session.request(method, path, params=params, json=json) as answer:
            body = await answer.json() if answer.content_type == "application/json" and answer.status != 204 else None
            assert answer.status == status, body
            if status < 400:
                self.oas.response(method, path, status, *([] if body is None else [body]), answer.content_type)
            return body

    async def get(self, path, **params):
        return await self.ask("GET", path, **params)

    async def of(self, applicant, **also):
        equals = {"name": "applicant", "operation": "equals", "value": applicant}
        return await self.ask("POST", HISTORY, json={"variables": [equals], "includeProcessVariables": True, **also})

    async def steps_of(self, applicant, **also):
        equals = {"name": "applicant", "operation": "equals", "value": applicant}
        asked = {"processVariables": [equals], "includeTaskLocalVariables": True, "size": 500, **also}
        return await self.ask("POST", TASKS, json=asked)

    async def apply(self, **changes):
        started = {
            "processDefinitionKey": "graduate-room-change",
            "businessKey": "k-1",
            "variables": [
                {"name": "applicant", "value": "os-009"},
                {"name": "form", "type": "json", "value": {"reason": "noise", "residence": "E1"}},
            ],
        }
        return await self.ask("POST", "/runtime/process-instances", status=201, json=started | changes)

    async def decide(self, instance, decision, comment=""):
        (task,) = (await self.get("/runtime/tasks", processInstanceId=instance))["data"]
        variables = [
            {"name": "decision", "value": decision, "scope": "local"},
            {"name": "comment", "value": comment, "scope": "local"},
        ]
        await self.ask("POST", f"/runtime/tasks/{task['id']}", json={"action": "complete", "variables": variables})
        return task

    async def put(self, instance, **variables):
        sent = [{"name": name, "value": value} for name, value in variables.items()]
        return await self.ask("PUT", f"{INSTANCES}/{instance}/variables", status=201, json=sent)

    async def attach(self, instance, name, content):
        """A file as a binary variable; its address."""
        form = FormData()
        form.add_field("file", content, filename="x", content_type="application/octet-stream")
        for field, value in (("name", name), ("type", "binary")):
            form.add_field(field, value)
        path = f"{INSTANCES}/{instance}/variables"
        self.oas.request("PUT", self.origin + path, {}, content_type=MULTIPART)
        async with self.session.put(path, data=form) as answer:
            told = await answer.json()
            assert (answer.status, told["type"], told["value"]) == (201, "binary", None)
            self.oas.response("PUT", path, 201, told)
            return told["valueUrl"]


def values(instance):
    return {variable["name"]: variable["value"] for variable in instance["variables"]}


@asynccontextmanager
async def served_one_stop(**options) -> AsyncIterator[OneStop]:
    """At the moment the small university was made, and with what a simulated system can be told beside its protocol."""
    db, clock = sqlite3.connect(":memory:"), clock_at(NOW)
    flowable.seed(db, small_university(), "GZ")
    app = framed(flowable.build_app(db, clock, SECRET, **options), flowable, clock)
    async with served(app) as origin, ClientSession(origin, headers=SIGNED) as session:
        yield OneStop(origin, session)
    db.close()
