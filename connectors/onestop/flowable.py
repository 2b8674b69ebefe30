"""Flowable REST: One Stop's services and applications.

Source: Flowable process API (OpenAPI 3.0, Flowable 6 and 7). Process definitions are the services, process instances
the applications; task queries take no list of instances, so a person's steps are read by the variable `applicant`.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import tzinfo
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from campus.text import text
from connectors.wire import Line, Moment, UpstreamBadResponse, local, segment

from .records import Application, ApplicationState, Milestone, Service, ServiceKey, ServiceStep, Step, StepState

PAGE_SIZE = 1000
"""Flowable has no maximum; whoever has more than this takes one more call."""

SERVICE_FILE = "service.json"
"""The deployment resource that says what a process is to its applicants."""


class Variable(Struct):
    name: str
    value: Any = None


class ProcessDefinitionOnWire(Struct, rename="camel"):
    key: str
    deployment_id: str


class DefinitionsOnWire(Struct):
    data: list[ProcessDefinitionOnWire]
    total: int


class InstanceOnWire(Struct, rename="camel"):
    id: str
    process_definition_id: str
    start_time: Moment
    end_time: Moment | None = None
    business_key: str | None = None
    delete_reason: str | None = None
    variables: list[Variable] = field(default_factory=list)


class InstancesOnWire(Struct):
    data: list[InstanceOnWire]
    total: int


class TaskOnWire(Struct, rename="camel"):
    id: str
    process_instance_id: str
    start_time: Moment
    name: str | None = None
    task_definition_key: str | None = None
    end_time: Moment | None = None
    variables: list[Variable] = field(default_factory=list)


class TasksOnWire(Struct):
    data: list[TaskOnWire]
    total: int


class StepOnWire(Struct):
    id: str
    name: dict[str, str]
    department: dict[str, str] = field(default_factory=dict)


class ServiceOnWire(Struct):
    type: str
    name: dict[str, str]
    description: dict[str, str] = field(default_factory=dict)
    procedure: dict[str, str] = field(default_factory=dict)
    department: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    steps: list[StepOnWire] = field(default_factory=list)


class MilestoneOnWire(Struct):
    phase: str
    outcome: str
    at: Moment


class ApplicationVariables(Struct):
    """The process variables One Stop's models keep for the applicant (README.md)."""

    applicant: str
    awaiting: str | None = None
    """Whose turn it is: applicant or department."""
    outcome: str | None = None
    phase: str | None = None
    milestones: list[MilestoneOnWire] = field(default_factory=list)


class StepVariables(Struct):
    decision: str | None = None
    comment: str | None = None


OnWire = TypeVar("OnWire", InstancesOnWire, TasksOnWire)
Variables = TypeVar("Variables", ApplicationVariables, StepVariables)


class Flowable:
    """One workflow system, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}

    async def services(self) -> list[Service]:
        """The catalogue: one call for the list, and one for each service's own description."""
        params = (("latest", "true"), ("start", "0"), ("size", str(PAGE_SIZE)))
        listed = self._line.read(await self._line.get("/repository/process-definitions", params), DefinitionsOnWire)
        if listed.total > len(listed.data):
            raise UpstreamBadResponse(self.system.id, f"{listed.total} services do not fit into one page")
        return [await self._service(row) for row in listed.data]

    async def _service(self, row: ProcessDefinitionOnWire) -> Service:
        path = f"/repository/deployments/{segment(row.deployment_id)}/resourcedata/{SERVICE_FILE}"
        described = self._line.read(await self._line.get(path), ServiceOnWire)
        return Service(
            key=ServiceKey(self.system.id, row.key),
            campus=self.system.campus,
            type=described.type,
            name=text(described.name.items()),
            description=text(described.description.items()),
            procedure=text(described.procedure.items()),
            department=text(described.department.items()),
            form=described.form,
            steps=[
                ServiceStep(id=step.id, name=text(step.name.items()), department=text(step.department.items()))
                for step in described.steps
            ],
        )

    async def applications(self, applicant: str) -> list[Application]:
        """All of a person's applications, the latest first."""
        body = {
            "variables": [_equals(applicant)],
            "includeProcessVariables": True,
            "sort": "startTime",
            "order": "desc",
        }
        pages = self._pages("/query/historic-process-instances", body, InstancesOnWire)
        return [self._application(applicant, row) async for page in pages for row in page.data]

    async def steps(self, applicant: str) -> list[Step]:
        """The steps of all of a person's applications, in order of time."""
        body = {
            "processVariables": [_equals(applicant)],
            "includeTaskLocalVariables": True,
            "sort": "startTime",
            "order": "asc",
        }
        pages = self._pages("/query/historic-task-instances", body, TasksOnWire)
        return [self._step(row) async for page in pages for row in page.data]

    async def _pages(self, path: str, body: Mapping[str, Any], shape: type[OnWire]) -> AsyncIterator[OnWire]:
        start = 0
        while True:
            asked = {**body, "start": start, "size": PAGE_SIZE}
            page = self._line.read(await self._line.query(path, asked), shape)
            yield page
            start += len(page.data)
            if not page.data or start >= page.total:
                return

    def _application(self, applicant: str, row: InstanceOnWire) -> Application:
        variables = self._converted(row.variables, ApplicationVariables)
        if variables.applicant != applicant:
            raise UpstreamBadResponse(self.system.id, "an application was answered that was not asked for")
        # Flowable builds the id of a definition as key:version:number.
        return Application(
            system=self.system.id,
            campus=self.system.campus,
            owner=applicant,
            id=row.id,
            reference=row.business_key,
            service=ServiceKey(self.system.id, row.process_definition_id.split(":")[0]),
            state=_state(row, variables),
            phase=variables.phase,
            milestones=[
                Milestone(phase=each.phase, outcome=each.outcome, at=local(each.at, self._zone))
                for each in variables.milestones
            ],
            submitted_at=local(row.start_time, self._zone),
            ended_at=row.end_time and local(row.end_time, self._zone),
        )

    def _step(self, row: TaskOnWire) -> Step:
        variables = self._converted(row.variables, StepVariables)
        return Step(
            application=row.process_instance_id,
            id=row.id,
            key=row.task_definition_key or "",
            name=row.name or "",
            state=STEP_STATES.get(variables.decision or "", StepState.DONE) if row.end_time else StepState.WAITING,
            decision=variables.decision,
            comment=variables.comment,
            started_at=local(row.start_time, self._zone),
            ended_at=row.end_time and local(row.end_time, self._zone),
        )

    def _converted(self, variables: list[Variable], shape: type[Variables]) -> Variables:
        """Our variables among all those of a process: what the process models promise us, or no usable answer."""
        try:
            return msgspec.convert({variable.name: variable.value for variable in variables}, shape)
        except msgspec.ValidationError as failure:
            raise UpstreamBadResponse(self.system.id, f"unexpected variables: {failure}") from failure


def _equals(applicant: str) -> dict[str, str]:
    return {"name": "applicant", "operation": "equals", "value": applicant}


def _state(row: InstanceOnWire, variables: ApplicationVariables) -> ApplicationState:
    if row.end_time is None:
        returned = variables.awaiting == "applicant"
        return ApplicationState.RETURNED_FOR_AMENDMENT if returned else ApplicationState.IN_PROCESS
    if row.delete_reason:
        return ApplicationState.WITHDRAWN
    return ApplicationState.REJECTED if variables.outcome == "rejected" else ApplicationState.COMPLETED


STEP_STATES = {"returned": StepState.RETURNED_FOR_AMENDMENT, "rejected": StepState.REJECTED}
