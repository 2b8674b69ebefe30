"""From what is asked to what is told, however it came: looked up, permitted, run, and put into public words."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType

from campus.labels import Message
from connectors.reads import Hub, Reading
from connectors.wire import meters
from execution.events import Event
from resolvers.viewer import Viewer

from . import freshness
from .errors import Code, Fault, RequestRefused, field_fault, refuses
from .operation_store import OperationStore
from .preparation import PreparedOperation
from .request import Parameters
from .settings import Settings
from .shadow import compared
from .telemetry import OperationLine
from .told_to_all import ToldToAll

Answer = dict[str, Any] | orjson.Fragment
"""What a client is told, in parts or in JSON already."""

T = TypeVar("T")


class Context(Protocol):
    """What one operation, or one event of a subscription, works with, as far as the pipeline is concerned."""

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls made to campus systems, by system id."""

    @property
    def joined(self) -> Mapping[str, int]:
        """What was told by calls that are counted for other operations, by system id."""

    @property
    def late_errors(self) -> Sequence[GraphQLError]:
        """Errors beside a value that stands: a merged list of which a part is missing."""

    @property
    def reading(self) -> Reading:
        """How it reads, and how old what it was told is."""

    def end(self) -> None:
        """There is an answer, or nobody waits for one any longer."""


class Answers:
    """Answers operations for any transport."""

    def __init__(
        self,
        *,
        schema: strawberry.Schema,
        settings: Settings,
        context_for: Callable[[Viewer, str, float | None], Context],
        documents: Mapping[str, str],
        hub: Hub | None = None,
    ) -> None:
        """`context_for`: (viewer, correlation id, seconds for each system or what is usual) -> context.

        `documents`: the trusted ones, by id; `hub`: the way to the gateway's other processes.

        Raises BadTrustedDocument for one that is refused.
        """
        self._limits = settings.limits
        self._campus_of = settings.campus_of
        self._shadow = settings.execution.shadow
        self._operations = OperationStore(
            schema,
            settings.limits,
            documents,
            plans=settings.execution.plans,
            only_trusted=settings.documents.only_trusted,
        )
        if hub:
            self._operations.share(hub)
        self._context_for = context_for
        self._told_to_all = ToldToAll()

    def prepared(self, parameters: Parameters, line: OperationLine) -> PreparedOperation:
        """The operation that is asked for. Raises RequestRefused if the viewer may not run it."""
        line.operation = operation = self._operations.asked_for(parameters)
        if operation.size.introspects and not self._may_introspect(line.viewer):
            raise RequestRefused(
                [Fault(Code.FORBIDDEN, Message("The schema is not shown to this viewer."))], well_formed=True
            )
        return operation

    async def single(
        self,
        operation: PreparedOperation,
        variables: Mapping[str, Any],
        line: OperationLine,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        """The one answer of a query or a mutation, within these seconds, or what is usual. Raises RequestRefused."""
        context = self._context_for(line.viewer, line.correlation_id, seconds)
        if operation.type is not OperationType.QUERY:
            context.reading.anew()
        try:
            running = self._run(operation, variables, context, line)
            result = await self.in_time(running, _out_of_time, seconds or self.left(line))
        finally:
            context.end()
            line.called(context.calls, context.joined)
        return self._answer(result, context, line)

    async def _run(
        self, operation: PreparedOperation, variables: Mapping[str, Any], context: Context, line: OperationLine
    ) -> ExecutionResult:
        running = self._operations.run(operation, variables, context)
        if not self._shadow or operation.type is not OperationType.QUERY:
            return await running
        another = self._context_for(line.viewer, line.correlation_id, None)
        shadow = self._operations.run(operation, variables, another, plans=False)
        return await compared(running, shadow, told=f"{line.correlation_id} {operation.document_hash[:12]}")

    async def stream(
        self, operation: PreparedOperation, variables: Mapping[str, Any], line: OperationLine
    ) -> AsyncGenerator[Answer, None]:
        """The answers of a subscription, one for each event, until it ends. Raises RequestRefused.

        Each event has a context of its own, and so is asked, paid and permitted like a query of its own; but what all
        are told alike is worked out for the first of them.
        """
        context = self._anew_for(line)
        source = await self.in_time(
            self._operations.events(operation, variables, context), _out_of_time, self.left(line)
        )
        line.called(context.calls, context.joined)
        if isinstance(source, ExecutionResult):
            yield self._answer(source, context, line)
            return
        del context  # many wait for the next event, and need not keep what is over
        meters.following(1)
        try:
            async with aclosing(source) as events:
                async for event in events:
                    meters.told()
                    answer, refused = await self._told_of(event, operation, variables, line)
                    yield answer
                    if refused:
                        return  # the viewer may not follow this any longer
                    del answer, event
        finally:
            meters.following(-1)

    async def _told_of(
        self, event: Event, operation: PreparedOperation, variables: Mapping[str, Any], line: OperationLine
    ) -> tuple[Answer, bool]:
        """The answer for one event, and whether the viewer is refused what is followed."""
        if told := self._told_to_all.of(event):
            line.events += 1
            line.ran = True
            return told, False
        context = self._anew_for(line)
        running = self._operations.run(operation, variables, context, event=event.payload)
        try:
            result = await self.in_time(running, _out_of_time)
        finally:
            context.end()
        line.called(context.calls, context.joined)
        line.events += 1
        refused = any(len(error.path or ()) == 1 and refuses(error) for error in result.errors or ())
        return self._told_to_all.remembered(event, self._answer(result, context, line)), refused

    def refusal(self, refusal: RequestRefused, line: OperationLine) -> list[dict[str, Any]]:
        """The errors of a request that is not run."""
        return self._told(refusal.faults, line)

    def left(self, line: OperationLine) -> float:
        """Seconds of the one deadline that an operation has from its first byte to its answer."""
        return max(0.001, self._limits.operation_seconds - line.age)

    async def in_time(self, work: Awaitable[T], late: Callable[[], RequestRefused], seconds: float | None = None) -> T:
        """What comes of the work within the time of an operation; raises what `late` says after it."""
        try:
            async with asyncio.timeout(seconds or self._limits.operation_seconds):
                return await work
        except TimeoutError as error:
            raise late() from error

    def _anew_for(self, line: OperationLine) -> Context:
        """For what is told as it changes, and so never out of what was kept before."""
        context = self._context_for(line.viewer, line.correlation_id, None)
        context.reading.anew()
        return context

    def _may_introspect(self, viewer: Viewer) -> bool:
        allowed = self._limits.introspection
        return allowed == "always" or (allowed == "signed_in" and not viewer.anonymous)

    def _answer(self, result: ExecutionResult, context: Context, line: OperationLine) -> dict[str, Any]:
        line.ran = True
        answer: dict[str, Any] = {"data": result.data}
        if errors := [*(result.errors or ()), *context.late_errors]:
            faults = [field_fault(error, line.correlation_id) for error in errors]
            answer = {"errors": self._told(faults, line), **answer}
        line.fresh_for = context.reading.fresh_for
        if stale := context.reading.stale:
            answer["extensions"] = {"freshness": freshness.told(stale, self._campus_of)}
        return answer

    def _told(self, faults: Sequence[Fault], line: OperationLine) -> list[dict[str, Any]]:
        line.codes = [*line.codes, *(fault.code.value for fault in faults)]
        return [fault.told(line.correlation_id, self._campus_of, line.viewer.locale) for fault in faults]


def _out_of_time() -> RequestRefused:
    words = Message("The operation was not finished within the time an operation may take.")
    return RequestRefused([Fault(Code.UPSTREAM_TIMEOUT, words)], status=504, well_formed=True)
