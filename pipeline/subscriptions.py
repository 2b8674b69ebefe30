"""The operations under way on one socket, each by the id that its client gave it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from graphql import OperationType

from resolvers.viewer import Viewer

from .answers import Answer, Answers
from .errors import RequestRefused, masked
from .request import parameters_from
from .socket_messages import Close, ClosedByUs
from .telemetry import OperationLine

Send = Callable[[dict[str, Any]], Awaitable[None]]


class UnderWay:
    """Runs operations side by side and sends what comes of them."""

    def __init__(self, answers: Answers, send: Send, most: int) -> None:
        self._answers = answers
        self._send = send
        self._most = most
        self._operations: dict[str, _Operation] = {}
        self.ended: Callable[[], None] = lambda: None
        """Called when one has come to its end."""

    def __bool__(self) -> bool:
        return bool(self._operations)

    def begin(self, id: str, payload: Any, viewer: Viewer) -> None:
        """Runs what `subscribe` asks for. Raises ClosedByUs where the id is taken, or there are too many."""
        if id in self._operations:
            raise ClosedByUs(Close.DUPLICATE)
        if len(self._operations) >= self._most:
            raise ClosedByUs(Close.TOO_MANY)
        self._operations[id] = operation = _Operation(id, payload, OperationLine(uuid.uuid4().hex, viewer))
        operation.task = asyncio.create_task(self._run(operation))

    def leave(self, id: str) -> None:
        """The client wants no more of it, and may use its id anew. One that has ended already is none of ours."""
        if operation := self._operations.pop(id, None):
            operation.leave()

    async def end(self, *, subscriptions_only: bool = False) -> None:
        """Leaves them all, and waits until they have ended; or leaves the subscriptions and waits for the others."""
        operations = list(self._operations.values())
        for operation in operations:
            if operation.type is OperationType.SUBSCRIPTION or not subscriptions_only:
                operation.leave()
        await asyncio.gather(*(each.task for each in operations if each.task), return_exceptions=True)

    async def _run(self, operation: "_Operation") -> None:
        line, status = operation.line, 200
        ending: dict[str, Any] = {"type": "complete"}
        try:
            with masked(line.correlation_id):
                await self._answer(operation)
        except RequestRefused as refusal:
            status = refusal.status
            ending = {"type": "error", "payload": self._answers.refusal(refusal, line)}
        finally:
            line.write(status)
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]
            await self._send({"id": operation.id, **ending})
        self.ended()

    async def _answer(self, operation: "_Operation") -> None:
        parameters = parameters_from(operation.payload)
        prepared, variables = self._answers.prepared(parameters, operation.line), parameters.variables
        operation.type = prepared.type
        if prepared.type is not OperationType.SUBSCRIPTION:
            await self._tell(operation, await self._answers.single(prepared, variables, operation.line))
            return
        operation.payload = None
        del parameters  # many are followed for hours, and need not keep the text of what they asked
        async with aclosing(self._answers.stream(prepared, variables, operation.line)) as answers:
            async for answer in answers:
                await self._tell(operation, answer)
                del answer

    async def _tell(self, operation: "_Operation", answer: Answer) -> None:
        await self._send({"id": operation.id, "type": "next", "payload": answer})


@dataclass(eq=False, slots=True)
class _Operation:
    id: str
    payload: Any
    line: OperationLine
    task: asyncio.Task[None] | None = None
    type: OperationType | None = None

    def leave(self) -> None:
        """Nobody wants its answer. A change that has begun is made to its end all the same."""
        if self.task and self.type is not OperationType.MUTATION:
            self.task.cancel()
