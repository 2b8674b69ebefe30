"""Flowable REST: One Stop's services and applications.

Source: Flowable process API (OpenAPI 3.0, Flowable 6 and 7). Process definitions are the services, process instances
the applications; task queries take no list of instances, so a person's steps are read by the variable `applicant`.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import tzinfo
from typing import Any, TypeVar

import msgspec

from connectors.wire import Line, UpstreamBadResponse, segment

from .flowable_changes import FlowableChanges, waits
from .flowable_records import application_of, service_of, step_of
from .flowable_shapes import (
    ApplicationVariables,
    DefinitionsOnWire,
    InstanceOnWire,
    InstancesOnWire,
    ProcessDefinitionOnWire,
    ServiceOnWire,
    StepVariables,
    TaskOnWire,
    TasksOnWire,
    Variable,
)
from .records import Application, Service, ServiceKey, Step

PAGE_SIZE = 1000
"""Flowable has no maximum; whoever has more than this takes one more call."""

SERVICE_FILE = "service.json"
"""The deployment resource that says what a process is to its applicants."""


OnWire = TypeVar("OnWire", InstancesOnWire, TasksOnWire)
Variables = TypeVar("Variables", ApplicationVariables, StepVariables)


class Flowable(FlowableChanges):
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
        found = [await self._service(row) for row in listed.data]
        return [service for service in found if service]

    async def _service(self, row: ProcessDefinitionOnWire) -> Service | None:
        """None for a process that says nothing of itself to applicants: the office has others, too."""
        path = f"/repository/deployments/{segment(row.deployment_id)}/resourcedata/{SERVICE_FILE}"
        answer = await self._line.get(path, answers=frozenset({404}))
        if answer.status == 404:
            return None
        return service_of(self.system, ServiceKey(self.system.id, row.key), self._line.read(answer, ServiceOnWire))

    async def applications(self, applicant: str) -> list[Application]:
        """All of a person's applications, the latest first."""
        body = {
            "variables": [_equals(applicant)],
            "includeProcessVariables": True,
            "sort": "startTime",
            "order": "desc",
        }
        pages = self._pages("/query/historic-process-instances", body, InstancesOnWire)
        rows = [row async for page in pages for row in page.data]
        # What still waits for its files is not handed in yet, and may never be.
        return [self._application(applicant, row) for row in rows if not waits(row)]

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
        return application_of(self.system, self._zone, row, variables)

    def _step(self, row: TaskOnWire) -> Step:
        return step_of(self.system, self._zone, row, self._converted(row.variables, StepVariables))

    def _converted(self, variables: list[Variable], shape: type[Variables]) -> Variables:
        """Our variables among all those of a process: what the process models promise us, or no usable answer."""
        try:
            return msgspec.convert({variable.name: variable.value for variable in variables}, shape)
        except msgspec.ValidationError as failure:
            raise UpstreamBadResponse(self.system.id, f"unexpected variables: {failure}") from failure


def _equals(applicant: str) -> dict[str, str]:
    return {"name": "applicant", "operation": "equals", "value": applicant}
