"""Flowable: what an applicant does. Handing in with files, amending what was given back, and withdrawing.

Source: Flowable process API (process instances, their variables, tasks). A file cannot come with the start of an
instance: it is started with `filesPending`, each file is streamed into a binary variable, and the flag is taken back.
What fails on the way is deleted, from history too, so that nothing is left of it.
"""

import asyncio
import secrets
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from campus.upload import ArrivingFile, FileRefused
from connectors.reads import settled
from connectors.wire import Answer, System, UpstreamBadResponse, UpstreamError, segment

from .application_records import ApplicationWish, FileWish, SlotLost
from .flowable_shapes import InstanceOnWire, InstancesOnWire
from .flowable_slots import SEARCH, FlowableSlots, equals, slot_variables, variable
from .flowable_upload import binary_variable
from .records import Application, Service, Step, StepState

INSTANCES, HISTORY = "/runtime/process-instances", "/history/historic-process-instances"

GONE = frozenset({404})
WITHDRAWN, CUT, LATE = "withdrawn", "files did not come", "the slot was taken"
"""Why an instance is deleted. History keeps the first and tells it; of the others nothing is left."""


class StartedOnWire(Struct):
    id: str


class FlowableChanges(FlowableSlots):
    system: System

    @abstractmethod
    async def steps(self, applicant: str) -> list[Step]: ...

    async def apply(self, applicant: str, wish: ApplicationWish, mark: str) -> str | SlotLost:
        """Hands an application in; its id. SlotLost where somebody else has, or asked first for, the time.

        Raises FileRefused, and UpstreamError; after either nothing of it is there, unless `unsettled` says otherwise.
        """
        in_steps = bool(wish.files or wish.slot)
        if in_steps and mark:
            await self._cleared(applicant, mark)
        if wish.slot and await self._taken(wish.service, wish.slot):
            return SlotLost()
        variables = [
            variable("applicant", applicant),
            variable("form", wish.form, "json"),
            *([variable("filesPending", value=True)] if in_steps else ()),
            *(slot_variables(wish.slot) if wish.slot else ()),
        ]
        body = {"processDefinitionKey": wish.service.key.key, "businessKey": reference(mark), "variables": variables}
        instance = self._line.read(await self._line.change("POST", INSTANCES, body), StartedOnWire).id
        return await self._completed(instance, wish) if in_steps else instance

    async def application_by_mark(self, applicant: str, mark: str) -> str | None:
        """The id of what was handed in with this mark; one that still waits for its files is not handed in."""
        return next((row.id for row in await self._marked(applicant, mark) if not waits(row)), None)

    async def amend(self, application: Application, wish: ApplicationWish, mark: str) -> bool | SlotLost:
        """Hands in anew what was given back. False where it is not the applicant's turn.

        SlotLost, and raises, as `apply` does; then the application waits as before.
        """
        task = await self._amendment(application, wish.service)
        if task is None:
            return False
        if wish.slot and await self._taken(wish.service, wish.slot, but=application.id):
            return SlotLost()
        sent: list[str] = []
        try:
            # By the mark, so that what was sent before our end is sent over itself and not beside it.
            names = [f"file_{file.id}_{mark[:8] or secrets.token_hex(4)}" for file in wish.files]
            files = [
                await self._sent(application.id, name, file, sent) for name, file in zip(names, wish.files, strict=True)
            ]
        except (UpstreamError, FileRefused, asyncio.CancelledError) as failure:
            await self._taken_back(application.id, sent)
            if isinstance(failure, UpstreamError):
                failure.unsettled = False  # of the application nothing was changed
            raise
        variables = [
            variable("form", wish.form, "json", "global"),
            variable("amendmentMark", mark, scope="global"),
            *([variable("files", [*_told_before(application), *files], "json", "global")] if files else ()),
            *({**each, "scope": "global"} for each in (slot_variables(wish.slot) if wish.slot else ())),
        ]
        return await self._handed_in(application, task, variables, sent)

    async def _handed_in(
        self, application: Application, task: str, variables: Sequence[Mapping[str, Any]], sent: Sequence[str]
    ) -> bool:
        body = {"action": "complete", "variables": variables}
        try:
            answer = await self._line.change("POST", f"/runtime/tasks/{segment(task)}", body, answers=GONE)
        except UpstreamError as failure:
            if not failure.unsettled:  # else they may be its files by now
                await self._taken_back(application.id, sent)
            raise
        if answer.status == 404:
            await self._taken_back(application.id, sent)
            return False
        if answer.body:  # a task that is completed says nothing
            raise self._nobody_knows(answer)
        return True

    async def amended_by_mark(self, applicant: str, application: str, mark: str) -> bool:
        body = {
            "processInstanceId": application,
            "variables": [equals("applicant", applicant), equals("amendmentMark", mark)],
            "size": 1,
        }
        return self._line.read(await self._line.query(SEARCH, body), InstancesOnWire).total > 0

    async def withdraw(self, application: Application) -> bool:
        """Ends it from outside. False where it has ended by itself meanwhile."""
        params = (("deleteReason", WITHDRAWN),)
        path = f"{INSTANCES}/{segment(application.id)}"
        answer = await self._line.change("DELETE", path, params=params, answers=GONE)
        if answer.status not in (204, 404):
            raise self._nobody_knows(answer)
        return answer.status != 404

    def _nobody_knows(self, answer: Answer) -> UpstreamError:
        """For an answer to a change that is not the one which the document has."""
        failure = UpstreamBadResponse(self.system.id, f"HTTP {answer.status} with {len(answer.body)} bytes")
        failure.unsettled = True
        return failure

    async def _marked(self, applicant: str, mark: str) -> list[InstanceOnWire]:
        body = {
            "processBusinessKey": reference(mark),
            "variables": [equals("applicant", applicant)],
            "includeProcessVariables": True,
        }
        return self._line.read(await self._line.query(SEARCH, body), InstancesOnWire).data

    async def _cleared(self, applicant: str, mark: str) -> None:
        """Deletes what a gateway had begun with this mark when it was killed. Raises UpstreamError where it stays.

        Of those who have a mark one sends at a time (connectors/portal/once.py), so that nobody is at work on it.
        """
        for row in await self._marked(applicant, mark):
            if waits(row) and not await self._gone(row.id, CUT):
                raise UpstreamError(self.system.id, "what was cut off cannot be deleted")

    async def _completed(self, instance: str, wish: ApplicationWish) -> str | SlotLost:
        """What was only begun, until it is whole; or nothing is left of it."""
        try:
            if wish.slot and await self._earlier(instance, wish.service, wish.slot):
                await self._gone(instance, LATE)
                return SlotLost()
            files = [await self._sent(instance, f"file_{file.id}", file, []) for file in wish.files]
            variables = [
                *([variable("files", files, "json")] if files else ()),
                variable("filesPending", value=False),
            ]
            await self._line.change("PUT", f"{INSTANCES}/{segment(instance)}/variables", variables)
        except (UpstreamError, FileRefused, asyncio.CancelledError) as failure:
            gone = await self._gone(instance, CUT)
            if isinstance(failure, UpstreamError):
                failure.unsettled = not gone
            raise
        return instance

    async def _sent(self, instance: str, name: str, file: FileWish, sent: list[str]) -> Mapping[str, Any]:
        """Streams a file into a variable of this name, and tells it as the variable `files` does."""
        arriving = await file.upload.open(file.types, file.maximum)
        sent.append(name)
        await self._line.change("PUT", f"{INSTANCES}/{segment(instance)}/variables", binary_variable(name, arriving))
        return _told(name, arriving)

    async def _gone(self, instance: str, reason: str) -> bool:
        """Deletes an instance from what runs and from history, however little time its operation has left."""
        line, one = self._line.apart(), segment(instance)

        async def delete() -> None:
            await line.change("DELETE", f"{INSTANCES}/{one}", params=(("deleteReason", reason),), answers=GONE)
            await line.change("DELETE", f"{HISTORY}/{one}", answers=GONE)

        (failed,) = await settled([asyncio.shield(delete())])
        return failed is None

    async def _taken_back(self, instance: str, names: Sequence[str]) -> None:
        """Deletes variables that were set for nothing; one that stays is a file that `files` does not tell of."""
        line = self._line.apart()
        await settled(
            asyncio.shield(
                line.change("DELETE", f"{INSTANCES}/{segment(instance)}/variables/{segment(name)}", answers=GONE)
            )
            for name in names
        )

    async def _amendment(self, application: Application, service: Service) -> str | None:
        """The task in which it waits for its applicant."""
        if service.amendment is None:
            return None
        waiting = (
            step.id
            for step in await self.steps(application.owner)
            if step.application == application.id
            and step.key == service.amendment.id
            and step.state is StepState.WAITING
        )
        return next(waiting, None)


def reference(mark: str) -> str:
    """The number both sides quote; from the mark, by which it is found again, or any."""
    return f"A{(mark or secrets.token_hex(8))[:16].upper()}"


def _told(name: str, file: ArrivingFile) -> Mapping[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {"variable": name, "name": file.name, "type": file.type, "size": file.size, "uploadedAt": now}


def _told_before(application: Application) -> list[Mapping[str, Any]]:
    return [
        {
            "variable": each.id,
            "name": each.name,
            "type": each.type,
            "size": each.size,
            "uploadedAt": each.uploaded_at and each.uploaded_at.isoformat(timespec="milliseconds"),
        }
        for each in application.attachments
    ]


def waits(row: InstanceOnWire) -> bool:
    """Whether its files are still on their way."""
    return any(each.name == "filesPending" and each.value is True for each in row.variables)
