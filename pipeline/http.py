"""GraphQL over HTTP: the path of one request, then its details."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import orjson
import strawberry
from aiohttp import web
from graphql import GraphQLError, OperationType

from resolvers.viewer import Viewer

from .accept import JSON, answer_type
from .correlation import correlation_id_of
from .cors import Origins
from .errors import Code, Fault, RequestRefused, field_fault, refused, unforeseen
from .issuers import IssuerKeys
from .operation_store import OperationStore, PreparedOperation
from .request import parameters_of
from .settings import Settings
from .telemetry import OperationLine
from .viewer import Viewers

T = TypeVar("T")


class Context(Protocol):
    """What one operation works with, as far as this handler is concerned."""

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls made to campus systems, by system id."""

    @property
    def late_errors(self) -> Sequence[GraphQLError]:
        """Errors beside a value that stands: a merged list of which a part is missing."""


class Gateway:
    """Answers /graphql."""

    def __init__(
        self,
        *,
        schema: strawberry.Schema,
        settings: Settings,
        issuers: Mapping[str, IssuerKeys],
        context_for: Callable[[Viewer, str], Context],
        documents: Mapping[str, str],
    ) -> None:
        """`context_for`: (viewer, correlation id) -> context. Raises BadTrustedDocument for a bad document."""
        self._limits = settings.limits
        self._campus_of = settings.campus_of
        self._viewers = Viewers(issuers, settings.account_claims)
        self._operations = OperationStore(schema, settings.limits, documents)
        self._origins = Origins(settings.server.cors_origins)
        self._context_for = context_for

    def add_to(self, app: web.Application) -> None:
        """Puts it at /graphql; other methods than these are answered 405 by the router."""
        app.router.add_get("/graphql", self.answer, allow_head=False)
        app.router.add_post("/graphql", self.answer)
        app.router.add_options("/graphql", self.answer)

    async def answer(self, request: web.Request) -> web.Response:
        """GET, POST and OPTIONS /graphql."""
        if request.method == "OPTIONS":
            response = self._origins.preflight(request)
        else:
            line = OperationLine(correlation_id_of(request))
            response = await self._answer_or_refusal(request, line)
            line.write(response.status)
        self._origins.allow(request, response)
        return response

    async def _answer_or_refusal(self, request: web.Request, line: OperationLine) -> web.Response:
        media_type = JSON
        try:
            media_type = answer_type(request)
            return _response(await self._answered(request, line), media_type)
        except RequestRefused as refusal:
            return self._refusal(refusal, media_type, line)
        except Exception as mistake:  # noqa: BLE001 - the last resort: logged there, and masked
            return self._refusal(unforeseen(mistake, line.correlation_id), media_type, line)

    async def _answered(self, request: web.Request, line: OperationLine) -> dict[str, Any]:
        line.viewer = viewer = await self._viewers.of(request)
        parameters = await self._in_time(parameters_of(request, self._limits.body_bytes), _sent_too_slowly)
        line.operation = operation = self._operations.operation(parameters.query, parameters.operation_name)
        self._permit(operation, viewer, request)
        return await self._executed(operation, parameters.variables, line)

    def _permit(self, operation: PreparedOperation, viewer: Viewer, request: web.Request) -> None:
        if operation.type is OperationType.SUBSCRIPTION:
            raise refused(Code.BAD_REQUEST, "Subscriptions are not answered by a single response.")
        if operation.type is OperationType.MUTATION:
            if request.method != "POST":
                allow = {"Allow": "POST"}
                raise refused(Code.BAD_REQUEST, "Mutations must be sent by POST.", status=405, headers=allow)
            self._origins.guard_change(request)
        if operation.size.introspects and not self._may_introspect(viewer):
            raise RequestRefused([Fault(Code.FORBIDDEN, "The schema is not shown to this viewer.")], well_formed=True)

    def _may_introspect(self, viewer: Viewer) -> bool:
        allowed = self._limits.introspection
        return allowed == "always" or (allowed == "signed_in" and not viewer.anonymous)

    async def _executed(
        self, operation: PreparedOperation, variables: Mapping[str, Any], line: OperationLine
    ) -> dict[str, Any]:
        context = self._context_for(line.viewer, line.correlation_id)
        try:
            result = await self._in_time(self._operations.run(operation, variables, context), _out_of_time)
        finally:
            line.calls = dict(context.calls)
        answer: dict[str, Any] = {"data": result.data}
        if errors := [*(result.errors or ()), *context.late_errors]:
            faults = [field_fault(error, line.correlation_id) for error in errors]
            answer = {"errors": self._told(faults, line), **answer}
        return answer

    async def _in_time(self, work: Awaitable[T], late: Callable[[], RequestRefused]) -> T:
        try:
            async with asyncio.timeout(self._limits.operation_seconds):
                return await work
        except TimeoutError as error:
            raise late() from error

    def _refusal(self, refusal: RequestRefused, media_type: str, line: OperationLine) -> web.Response:
        status = 200 if refusal.well_formed and media_type == JSON else refusal.status
        response = _response({"errors": self._told(refusal.faults, line)}, media_type, status)
        response.headers.update(refusal.headers)
        return response

    def _told(self, faults: Sequence[Fault], line: OperationLine) -> list[dict[str, Any]]:
        line.codes = [fault.code.value for fault in faults]
        return [fault.told(line.correlation_id, self._campus_of) for fault in faults]


def _response(answer: Mapping[str, Any], media_type: str, status: int = 200) -> web.Response:
    return web.Response(
        body=orjson.dumps(answer),
        status=status,
        headers={"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store"},
    )


def _sent_too_slowly() -> RequestRefused:
    return refused(Code.BAD_REQUEST, "The request did not arrive in time.", status=408)


def _out_of_time() -> RequestRefused:
    words = "The operation was not finished within the time an operation may take."
    return RequestRefused([Fault(Code.UPSTREAM_TIMEOUT, words)], status=504, well_formed=True)
