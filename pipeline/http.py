"""GraphQL over HTTP: the path of one request, then its details."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import ExitStack, aclosing, contextmanager

from aiohttp import web
from graphql import OperationType

from resolvers.viewer import Viewer

from .accept import JSON, Accepted, accepted, wished_languages
from .answers import Answer, Answers
from .connections import Connections
from .correlation import correlation_id_of
from .cors import Origins
from .errors import Code, RequestRefused, masked, refused
from .event_stream import EventStream
from .outgoing import NOT_KEPT, VARY, Sending, keeping, response_of
from .preparation import PreparedOperation
from .request import parameters_of
from .settings import Settings
from .sockets import Sockets, asks_for_a_socket
from .telemetry import LEFT, OperationLine
from .to_its_end import to_its_end
from .viewer import Viewers, seconds_left


class Gateway:
    """Answers /graphql."""

    def __init__(self, answers: Answers, viewers: Viewers, settings: Settings) -> None:
        self._answers = answers
        self._viewers = viewers
        self._limits = settings.limits
        self._uploads = settings.uploads
        self._public_seconds = settings.documents.public_seconds
        self._subscriptions = settings.subscriptions
        self._origins = Origins(settings.server.cors_origins)
        self._connections = Connections(settings.subscriptions.connections)
        self._sockets = Sockets(answers, viewers, self._connections, settings)

    def add_to(self, app: web.Application) -> None:
        """Puts it at /graphql; other methods than these are answered 405 by the router."""
        app.router.add_get("/graphql", self.answer, allow_head=False)
        app.router.add_post("/graphql", self.answer)
        app.router.add_options("/graphql", self.answer)
        app.on_shutdown.append(self._connections.close)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """GET, POST and OPTIONS /graphql."""
        if request.method == "OPTIONS":
            preflight = self._origins.preflight(request)
            self._origins.allow(request, preflight)
            return preflight
        if not asks_for_a_socket(request):
            return await self._one(request)
        try:
            with masked(correlation_id_of(request)):
                self._origins.guard_socket(request)
                return await self._sockets.serve(request)
        except RequestRefused as refusal:
            line = _line_of(request)  # sockets are open for hours, and need it only here
            response = self._refusal(request, refusal, JSON, line)
        line.write(response.status)
        return response

    async def _one(self, request: web.Request) -> web.StreamResponse:
        line = _line_of(request)
        taken = Accepted(JSON)
        try:
            with masked(line.correlation_id):
                taken = accepted(request)
                with _written_if_left(line):
                    response = await self._answered(request, taken, line)
        except RequestRefused as refusal:
            response = self._refusal(request, refusal, taken.single or JSON, line)
        line.write(response.status)
        return response

    async def _answered(self, request: web.Request, taken: Accepted, line: OperationLine) -> web.StreamResponse:
        line.viewer = await self._viewers.of(request)
        reading = parameters_of(request, self._limits.body_bytes, self._uploads)
        if not request.content.is_eof():  # else there is nothing to wait for
            reading = self._answers.in_time(reading, _sent_too_slowly)
        parameters = await reading
        try:
            operation = self._answers.prepared(parameters, line)
            self._permit(operation, taken, request)
            if operation.type is OperationType.SUBSCRIPTION:
                return await self._streamed(request, self._answers.stream(operation, parameters.variables, line), line)
            running = self._answers.single(operation, parameters.variables, line, parameters.seconds)
            # A change that has begun is made.
            answer = await (to_its_end(running) if operation.type is OperationType.MUTATION else running)
        except RequestRefused as refusal:
            if not taken.stream_first or not refusal.well_formed:
                raise
            answer = {"errors": self._answers.refusal(refusal, line)}
        if taken.stream_first:
            return await self._streamed(request, _alone(answer), line)
        kept = NOT_KEPT
        if line.operation and "errors" not in answer:
            kept = keeping(request, line, self._public_seconds)
        return self._response(request, answer, line, Sending(taken.single or JSON, kept=kept))

    def _permit(self, operation: PreparedOperation, taken: Accepted, request: web.Request) -> None:
        if operation.type is OperationType.SUBSCRIPTION and not taken.stream:
            raise refused(
                Code.BAD_REQUEST,
                "Subscriptions are not answered by a single response: ask over a WebSocket (graphql-transport-ws), or "
                "accept {type}.",
                type="text/event-stream",
            )
        if operation.type is OperationType.MUTATION:
            if request.method != "POST":
                allow = {"Allow": "POST"}
                raise refused(Code.BAD_REQUEST, "Mutations must be sent by POST.", status=405, headers=allow)
            self._origins.guard_change(request)

    async def _streamed(
        self, request: web.Request, answers: AsyncGenerator[Answer, None], line: OperationLine
    ) -> web.StreamResponse:
        """The answers as they come. What ends them before their time is the viewer's token, or that we stop."""
        stream = EventStream(request, self._headers(line), self._subscriptions)
        self._origins.allow(request, stream.response)

        async def stopped() -> None:
            stream.end(None)

        def token_ended() -> None:
            stream.end({"errors": self._answers.refusal(_token_ended(), line)})

        with ExitStack() as stack:
            stack.enter_context(self._connections.one(stopped))
            if (left := seconds_left(line.viewer)) is not None:
                stack.callback(asyncio.get_running_loop().call_later(left, token_ended).cancel)
            await stream.send(self._told(answers, line))
        return stream.response

    async def _told(self, answers: AsyncGenerator[Answer, None], line: OperationLine) -> AsyncGenerator[Answer, None]:
        """The answers; where they end in a refusal, its errors are the last one. The status is sent by then."""
        try:
            with masked(line.correlation_id):
                async with aclosing(answers):
                    async for answer in answers:
                        yield answer
        except RequestRefused as refusal:
            yield {"errors": self._answers.refusal(refusal, line)}

    def _refusal(
        self, request: web.Request, refusal: RequestRefused, media_type: str, line: OperationLine
    ) -> web.Response:
        status = 200 if refusal.well_formed and media_type == JSON else refusal.status
        errors = {"errors": self._answers.refusal(refusal, line)}
        response = self._response(request, errors, line, Sending(media_type, status))
        response.headers.update(refusal.headers)
        return response

    def _response(self, request: web.Request, answer: Answer, line: OperationLine, sending: Sending) -> web.Response:
        response = response_of(request, answer, line.viewer.locale, sending)
        self._origins.allow(request, response)
        return response

    def _headers(self, line: OperationLine) -> Mapping[str, str]:
        return {"Content-Language": line.viewer.locale, "Cache-Control": NOT_KEPT, "Vary": VARY}


@contextmanager
def _written_if_left(line: OperationLine) -> Iterator[None]:
    """Whoever leaves is answered nothing; what was asked for them is on the line all the same."""
    try:
        yield
    except asyncio.CancelledError:
        followed = line.operation and line.operation.type is OperationType.SUBSCRIPTION
        line.write(200 if followed else LEFT)  # a subscription ends like this
        raise


def _line_of(request: web.Request) -> OperationLine:
    return OperationLine(correlation_id_of(request), Viewer(languages=tuple(wished_languages(request))))


async def _alone(answer: Answer) -> AsyncGenerator[Answer, None]:
    yield answer


def _sent_too_slowly() -> RequestRefused:
    return refused(Code.BAD_REQUEST, "The request did not arrive in time.", status=408)


def _token_ended() -> RequestRefused:
    return refused(Code.UNAUTHENTICATED, "The access token has ended; come back with a new one.", status=401)
