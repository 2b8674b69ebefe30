"""Events in: POST /events/<system>, where systems tell by themselves that something has changed."""

import asyncio
import logging
import re
import time

import orjson
from aiohttp import web

from campus.labels import served
from connectors.reads import Said
from resolvers.events import Event, Events

from .accept import wished_languages
from .cloud_event import PREFIX, CloudEvent, cloud_event
from .correlation import correlation_id_of
from .errors import Code, RequestRefused, masked, refused
from .event_signature import SIGNATURE, TIMESTAMP, signed_words, signs
from .request import body_of
from .settings import Settings
from .to_its_end import to_its_end

SECONDS = 10.0
"""In which an event must have arrived."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")

log = logging.getLogger("gateway.events")


class Inlet:
    """Takes each event once, of systems that have signed it lately."""

    def __init__(self, events: Events, said: Said, settings: Settings) -> None:
        """`said` remembers for twice the window: an event may be as much too early as too late."""
        self._events = events
        self._said = said
        self._settings = settings.events
        self._campus_of = settings.campus_of
        self._secrets = {
            system.id: system.events.secret.get_secret_value().encode() for system in settings.systems if system.events
        }

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/events/{system}", self.take)

    async def take(self, request: web.Request) -> web.Response:
        """204, or why it is not taken, in the words that answers to queries have for errors."""
        correlation_id, system = correlation_id_of(request), request.match_info["system"]
        try:
            with masked(correlation_id):
                event = await self._taken(request, system)
        except RequestRefused as refusal:
            return self._refusal(request, refusal, system)
        # Its subject may be a person, and stands in no log.
        log.info("%s %s: %s", correlation_id, system, event.type)
        return web.Response(status=204)

    async def _taken(self, request: web.Request, system: str) -> Event:
        secret = self._secrets.get(system)
        if secret is None:
            raise refused(Code.NOT_FOUND, "No system of this name sends events here.", status=404)
        body = await self._body(request)
        self._check_signature(request, secret, body)
        self._check_time(request)
        told = cloud_event(request.content_type, request.headers.items(), body)
        event = Event(system, told.type, told.subject)
        self._check_type(event)
        # Once it is said to be taken, whoever sends it again is told so.
        if not await to_its_end(self._taken_first(event, told)):
            raise refused(Code.CONFLICT, "This event was taken already.", status=409)
        return event

    async def _taken_first(self, event: Event, told: CloudEvent) -> bool:
        first = await self._said.first(event.system, told.source, told.id)
        if first:
            self._events.take(event)
        return first

    async def _body(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(SECONDS):
                return await body_of(request, self._settings.body_bytes)
        except TimeoutError as late:
            raise refused(Code.BAD_REQUEST, "The request did not arrive in time.", status=408) from late

    def _check_signature(self, request: web.Request, secret: bytes, body: bytes) -> None:
        prefix = PREFIX.encode()
        attributes = [each for each in request.raw_headers if each[0].lower().startswith(prefix)]
        words = signed_words(request.headers.get(TIMESTAMP, ""), attributes, body)
        if not signs(secret, request.headers.getall(SIGNATURE, ()), words):
            raise refused(Code.UNAUTHENTICATED, "The signature does not fit.", status=401)

    def _check_time(self, request: web.Request) -> None:
        given, window = request.headers.getall(TIMESTAMP, ()), self._settings.window_seconds
        if len(given) != 1 or not _TIMESTAMP.fullmatch(given[0]):
            raise refused(
                Code.BAD_REQUEST, "{header} must be one time, in seconds since 1970.", status=400, header=TIMESTAMP
            )
        if abs(time.time() - int(given[0])) > window:
            raise refused(
                Code.FORBIDDEN, "The timestamp is more than {window} seconds from now.", status=403, window=int(window)
            )

    def _check_type(self, event: Event) -> None:
        known = self._events.type_of(event)
        if known is None:
            raise refused(Code.BAD_USER_INPUT, "Events of type {type!r} are not taken from this system.",
                          status=422, type=event.type)  # fmt: skip
        if known.subject and not event.subject:
            raise refused(Code.BAD_USER_INPUT, "An event of type {type} needs a subject: the {subject}.",
                          status=422, type=event.type, subject=known.subject)  # fmt: skip

    def _refusal(self, request: web.Request, refusal: RequestRefused, system: str) -> web.Response:
        correlation_id, language = correlation_id_of(request), served(wished_languages(request))
        reasons = ", ".join(str(fault.message) for fault in refusal.faults)
        log.warning("%s %r: %d %s", correlation_id, system, refusal.status, reasons)
        errors = [fault.told(correlation_id, self._campus_of, language) for fault in refusal.faults]
        headers = {"Content-Type": "application/json; charset=utf-8", **refusal.headers}
        return web.Response(body=orjson.dumps({"errors": errors}), status=refusal.status, headers=headers)
