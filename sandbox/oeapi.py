"""A simulated student system that speaks Open Education API v6, with the profile of docs/ext-campus.md.

Of the standard it leaves out what is optional there: filter_query, fields, and most of expand.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

from .clock import Clock
from .frame import CONTROLS
from .oeapi_offerings import offered
from .oeapi_people import known
from .oeapi_questions import Asked, Problem, problem_body, refused, understood, uuid_in_path
from .oeapi_replacing import why_not_replaced
from .oeapi_store import keep, listed, released_grade, replaced, single
from .outbox import HAPPEN, tell
from .university import University

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

WRONG_SCHEMA = orjson.dumps({"pageSize": "ten", "items": {"courseOfferingId": 7}})

_OFFERING = ("q", "teachingLanguage", "state", "resultExpected", "since", "until")
_ASSOCIATION = ("role", "state", "resultState")
_COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "academic-sessions": ("primaryCode", "academicSessionType", "parent", "year"),
    "persons": ("primaryCode", "q", "affiliations"),
    "courses": ("primaryCode", "q", "teachingLanguage", "level", "modeOfDelivery"),
    "programmes": (
        "primaryCode",
        "q",
        "teachingLanguage",
        "programmeType",
        "qualificationAwarded",
        "levelOfQualification",
    ),
    "rooms": ("primaryCode", "q", "roomType"),
    "buildings": ("primaryCode", "q"),
    "groups": ("primaryCode", "q", "groupType"),
}
_NESTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "academic-sessions": {
        "course-offerings": _OFFERING,
        "learning-component-offerings": _OFFERING,
        "test-component-offerings": _OFFERING,
    },
    "persons": {
        "course-offering-associations": _ASSOCIATION,
        "learning-component-offering-associations": _ASSOCIATION,
        "test-component-offering-associations": _ASSOCIATION,
        "programme-offering-associations": _ASSOCIATION,
    },
    "groups": {"memberships": ()},
}
_SINGLES = (*_COLLECTIONS, *_NESTED["academic-sessions"], *_NESTED["persons"])
_EXPANDS: Mapping[str, tuple[str, ...]] = {"course-offering-associations": ("academic_session", "course_offering")}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Fills a system with one campus's offerings and people."""
    system = f"sis-{campus.lower()}"
    academic = university.campuses[campus]

    with db:
        keep(db, (one for part in (offered(system, academic), known(system, university, academic)) for one in part))


def error_body(status: int) -> tuple[str, bytes]:
    return "application/problem+json", problem_body(status)


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """The service over what was seeded; `secret` is the bearer token it takes."""
    service = _Service(db, clock)
    app = web.Application(middlewares=[_gate(secret)])
    app.router.add_get("/", service.root)
    for kind, filters in _COLLECTIONS.items():
        app.router.add_get(f"/{kind}", service.listing(kind, filters))
    for kind in _SINGLES:
        app.router.add_get(f"/{kind}/{{id}}", service.one(kind))
    for parent, nested in _NESTED.items():
        for kind, filters in nested.items():
            app.router.add_get(f"/{parent}/{{id}}/{kind}", service.listing(kind, filters, parent))
    app.router.add_put("/persons/{id}", service.replace_person)
    app[CONTROLS] = {HAPPEN: service.release_grade}
    return app


def _gate(secret: str) -> Middleware:
    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization")
        # Reading without any credential is the sandbox's own licence, for a look with curl.
        if given != f"Bearer {secret}" and not (given is None and request.method == "GET"):
            return refused(401)
        try:
            return await handler(request)
        except Problem as problem:
            return refused(problem.status, problem.detail)
        except web.HTTPException as error:
            return refused(error.status)

    return gate


def _json(*parts: str, status: int = 200) -> web.Response:
    return web.Response(body="".join(parts).encode(), status=status, content_type="application/json")


class _Service:
    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def root(self, request: web.Request) -> web.Response:
        understood(request, (), (), paged=False)
        nested = [f"/{parent}/{{id}}/{kind}" for parent, kinds in _NESTED.items() for kind in kinds]
        paths = [*(f"/{kind}" for kind in _COLLECTIONS), *(f"/{kind}/{{id}}" for kind in _SINGLES), *nested]
        document = {
            "contactEmail": "registry@ust.example",
            "specification": "https://openonderwijsapi.nl/specification/v6/docs.html",
            "supportedOperations": [
                {"verbs": ["GET", "PUT"] if path == "/persons/{id}" else ["GET"], "path": path} for path in paths
            ],
            "supportedExpands": [
                {"path": path, "expandableObjects": list(_EXPANDS["course-offering-associations"])}
                for path in ("/persons/{id}/course-offering-associations", "/course-offering-associations/{id}")
            ],
        }
        return _json(orjson.dumps(document).decode())

    def listing(self, kind: str, filters: tuple[str, ...], parent: str = "") -> Handler:
        async def handle(request: web.Request) -> web.Response:
            asked = understood(request, filters, _EXPANDS.get(kind, ()), paged=True)
            within = uuid_in_path(request) if parent else ""
            holder = self._document(parent, within) if parent else None
            found = (
                []
                if holder and "since" in filters and not self._in_time(holder, asked)
                else listed(self._db, kind, within, asked.filters, asked.page)
            )
            items = [self._expanded(document, asked.expand) for document in found[: asked.size]]
            turns = f'"hasPreviousPage":{_word(asked.number > 1)},"hasNextPage":{_word(len(found) > asked.size)}'
            head = f'{{"pageSize":{asked.size},"pageNumber":{asked.number},{turns},"items":['
            return _json(head, ",".join(items), "]}")

        return handle

    def one(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            asked = understood(request, (), _EXPANDS.get(kind, ()), paged=False)
            return _json(self._expanded(self._document(kind, uuid_in_path(request)), asked.expand))

        return handle

    async def replace_person(self, request: web.Request) -> web.Response:
        """The whole of a person; what identifies somebody stays the registry's to change."""
        id_ = uuid_in_path(request)
        kept = orjson.loads(self._document("persons", id_))
        try:
            given = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise Problem(400, "The body is not JSON.") from None
        if not isinstance(given, dict):
            raise Problem(400, "The body is not an object.")
        if fault := why_not_replaced(kept, given):
            raise Problem(400, fault)
        replaced(self._db, "persons", id_, given)
        tell(request.app, "campus.person.changed", id_)
        return web.Response(status=200)

    async def release_grade(self, request: web.Request) -> web.Response:
        """On command: a grade, A unless another is named, in the first course that runs for the person of a number."""
        wish = orjson.loads(await request.read())
        grade, released = wish.get("grade", "A"), self._clock.now()
        found = released_grade(self._db, str(wish.get("number", "")), grade, released)
        if found is None:
            return _json('{"error": "No course runs for a person of this number."}', status=404)
        tell(request.app, "campus.grade.released", found["personId"])
        return _json(orjson.dumps({"grade": grade, "courseCode": found["ext"]["campus"]["courseCode"]}).decode())

    def _document(self, kind: str, id_: str) -> str:
        document = single(self._db, kind, id_)
        if document is None:
            raise Problem(404, f"There is nothing under {kind} with id {id_}.")
        return document

    def _in_time(self, session: str, asked: Asked) -> bool:
        """Offerings are filtered by when their academic session starts and ends; by default only future ones show."""
        dates = orjson.loads(session)
        since = asked.since or self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        begins = datetime.fromisoformat(dates["startDateTime"])
        ends = datetime.fromisoformat(dates["endDateTime"])
        return begins >= since and (asked.until is None or ends <= asked.until)

    def _expanded(self, document: str, expand: tuple[str, ...]) -> str:
        """With the course offering, and in it the academic session, in full beside their ids."""
        if not expand:
            return document
        association = orjson.loads(document)
        offering = orjson.loads(self._document("course-offerings", association["courseOfferingId"]))
        if "academic_session" in expand:
            session = self._document("academic-sessions", offering["academicSessionId"])
            offering["academicSession"] = orjson.loads(session)
        association["courseOffering"] = offering
        return orjson.dumps(association).decode()


def _word(value: bool) -> str:
    return "true" if value else "false"
