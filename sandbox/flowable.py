"""Flowable's process REST API as One Stop runs it: services are process definitions, applications their instances.

After the OpenAPI document of Flowable 6 and 7 and its documentation; paths stand at the root of the address.
"""

import json
import secrets
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import encode_basic_auth, web

from . import flowable_queries as queries
from .clock import Clock
from .flowable_applications import seed
from .flowable_catalogue import Catalogue
from .flowable_engine import Engine, NotRunning
from .flowable_officers import Officers, tell_of
from .flowable_places import Places
from .flowable_queries import BadRequest, Listing, ask
from .flowable_records import Records, Row, rows
from .flowable_variables import Variables
from .frame import CONTROLS

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

WRONG_SCHEMA = b'{"data": {"id": 7, "variables": "none"}, "total": "many", "start": null, "size": []}'
USER = web.RequestKey("user", str)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body: Spring's own below the engine (401, 503, 429 at its door), Flowable's above."""
    spring = {401: "Unauthorized", 429: "Too Many Requests", 503: "Service Unavailable"}
    flowable = {404: ("Not found", "Could not find the requested object."), 500: ("Internal server error", "")}
    if status in flowable:
        message, exception = flowable[status]
        return "application/json", json.dumps({"message": message, "exception": exception}).encode()
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = {"timestamp": now, "status": status, "error": spring.get(status, "Error"), "path": "/"}
    return "application/json", json.dumps(body).encode()


def build_app(
    db: sqlite3.Connection, clock: Clock, secret: str, *, after: float | None = None, places: Places | None = None
) -> web.Application:
    """`secret` is `user:password` of the one account that may call (Basic); officers agree `after` seconds.

    `places` is where what they agree to is booked, if it is kept by another system.
    """
    engine = Engine(db, lambda: str(uuid.uuid4()), places.book if places else None)
    one_stop, variables = _OneStop(db, clock, engine), Variables(db, clock, engine)
    catalogue, officers = Catalogue(db, clock, engine), Officers(db, clock, engine, after)
    app = web.Application(middlewares=[_gate(secret)], client_max_size=64 * 2**20)
    app[CONTROLS] = {"/__officers": officers.answer}
    app.cleanup_ctx.append(officers.work)
    instances, history = "/runtime/process-instances", "/history/historic-process-instances"
    app.add_routes(
        [
            web.get("/repository/process-definitions", catalogue.definitions),
            web.get("/repository/process-definitions/{id}", catalogue.definition),
            web.get("/repository/deployments", catalogue.deployments),
            web.post("/repository/deployments", catalogue.create),
            web.get("/repository/deployments/{id}", catalogue.deployment),
            web.delete("/repository/deployments/{id}", catalogue.delete),
            web.get("/repository/deployments/{id}/resources", catalogue.resources),
            web.get("/repository/deployments/{id}/resourcedata/{name}", catalogue.resource_data),
            web.get(instances, one_stop.running),
            web.post(instances, one_stop.start),
            web.get(f"{instances}/{{id}}", one_stop.running_one),
            web.delete(f"{instances}/{{id}}", one_stop.delete),
            web.get(f"{instances}/{{id}}/variables", variables.of_instance),
            web.post(f"{instances}/{{id}}/variables", variables.create),
            web.put(f"{instances}/{{id}}/variables", variables.create_or_update),
            web.get(f"{instances}/{{id}}/variables/{{name}}", variables.one),
            web.put(f"{instances}/{{id}}/variables/{{name}}", variables.update),
            web.delete(f"{instances}/{{id}}/variables/{{name}}", variables.delete),
            web.get(f"{instances}/{{id}}/variables/{{name}}/data", variables.data),
            web.get(history, one_stop.history),
            web.get(f"{history}/{{id}}", one_stop.history_one),
            web.delete(f"{history}/{{id}}", one_stop.forget),
            web.get(f"{history}/{{id}}/variables/{{name}}/data", variables.data),
            web.post("/query/historic-process-instances", one_stop.history),
            web.get("/history/historic-task-instances", one_stop.tasks),
            web.get("/history/historic-task-instances/{id}", one_stop.task),
            web.post("/query/historic-task-instances", one_stop.tasks),
            web.get("/history/historic-variable-instances", one_stop.variables),
            web.get("/runtime/tasks", one_stop.waiting),
            web.get("/runtime/tasks/{id}", one_stop.waiting_one),
            web.post("/runtime/tasks/{id}", one_stop.act),
        ]
    )
    return app


def _gate(secret: str) -> Any:
    expected = encode_basic_auth(*secret.split(":", 1))

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        # A query is a POST that changes nothing.
        writes = request.method != "GET" and not request.path.startswith("/query/")
        if (given or writes) and not secrets.compare_digest(given.encode(), expected.encode()):
            content_type, body = error_body(401)
            head = {"Content-Type": content_type, "WWW-Authenticate": 'Basic realm="Realm"'}
            return web.Response(body=body, status=401, headers=head)
        request[USER] = secret.split(":", 1)[0]
        try:
            return await handler(request)
        except web.HTTPNotFound as error:
            return _refused(404, "Not found", error.text or "")
        except NotRunning as error:
            return _refused(404, "Not found", str(error))
        except BadRequest as error:
            return _refused(400, "Bad request", str(error))
        except json.JSONDecodeError as error:
            return _refused(400, "Bad request", f"JSON parse error: {error}")

    return gate


def _refused(status: int, message: str, exception: str) -> web.Response:
    return web.json_response({"message": message, "exception": exception}, status=status)


@dataclass(frozen=True, slots=True)
class _OneStop:
    db: sqlite3.Connection
    clock: Clock
    engine: Engine

    async def running(self, request: web.Request) -> web.Response:
        found, page = await self._asked(request, queries.RUNNING)
        whole = request.query.get("includeProcessVariables") == "true"
        return web.json_response({"data": self._records(request).running(found, whole), **page})

    async def running_one(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from instance where id = ? and end_time is null", "process instance")
        return web.json_response(self._records(request).running([row], with_variables=False)[0])

    async def start(self, request: web.Request) -> web.Response:
        asked = await _object(request)
        definition = self._definition_of(asked)
        variables = asked.get("variables") or []
        now = self.clock.now()
        instance = self.engine.start(definition, asked.get("businessKey"), request[USER], now)
        for variable in variables:
            if not isinstance(variable, dict) or not variable.get("name"):
                raise BadRequest("Variable name is required.")
            self.engine.put(instance, variable["name"], variable.get("value"), variable.get("type") or "")
        self.engine.begin(instance, now)
        self.db.commit()
        tell_of(request.app, self.engine, instance)
        row = rows(self.db, "select * from instance where id = ?", [instance])[0]
        shown = self._records(request).running([row], with_variables=bool(asked.get("returnVariables")))
        return web.json_response(shown[0], status=201)

    async def delete(self, request: web.Request) -> web.Response:
        self.engine.delete(request.match_info["id"], request.query.get("deleteReason"), self.clock.now())
        self.db.commit()
        tell_of(request.app, self.engine, request.match_info["id"])
        return web.Response(status=204)

    async def history(self, request: web.Request) -> web.Response:
        asked = await _asked(request)
        found, page = ask(self.db, queries.HISTORY, asked)
        whole = _true(asked, "includeProcessVariables")
        return web.json_response({"data": self._records(request).history(found, whole), **page})

    async def history_one(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from instance where id = ?", "process instance")
        return web.json_response(self._records(request).history([row], with_variables=False)[0])

    async def forget(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from instance where id = ?", "historic process instance")
        if row["end_time"] is None:
            still = f"Process instance is still running, cannot delete historic process instance: {row['id']}"
            return _refused(500, "Internal server error", still)
        self.engine.forget(row["id"])
        self.db.commit()
        return web.Response(status=204)

    async def tasks(self, request: web.Request) -> web.Response:
        asked = await _asked(request)
        found, page = ask(self.db, queries.TASKS, asked)
        local, process = _true(asked, "includeTaskLocalVariables"), _true(asked, "includeProcessVariables")
        return web.json_response({"data": self._records(request).tasks(found, local=local, process=process), **page})

    async def task(self, request: web.Request) -> web.Response:
        found, _ = ask(self.db, queries.TASKS, {"taskId": request.match_info["id"]})
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a task instance with id '{request.match_info['id']}'.")
        return web.json_response(self._records(request).tasks(found, local=False, process=False)[0])

    async def variables(self, request: web.Request) -> web.Response:
        found, page = await self._asked(request, queries.VARIABLES)
        shown = [self._records(request).historic_variable(row) for row in found]
        return web.json_response({"data": shown, **page})

    async def waiting(self, request: web.Request) -> web.Response:
        asked = await _asked(request)
        found, page = ask(self.db, queries.WAITING, asked)
        local, process = _true(asked, "includeTaskLocalVariables"), _true(asked, "includeProcessVariables")
        shown = self._records(request).waiting(found, local=local, process=process)
        return web.json_response({"data": shown, **page})

    async def waiting_one(self, request: web.Request) -> web.Response:
        found, _ = ask(self.db, queries.WAITING, {"taskId": request.match_info["id"]})
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a task with id '{request.match_info['id']}'.")
        return web.json_response(self._records(request).waiting(found, local=False, process=False)[0])

    async def act(self, request: web.Request) -> web.Response:
        """Completes or claims a task. Completing sets variables first: local ones stay with the task."""
        asked, task = await _object(request), request.match_info["id"]
        found, _ = ask(self.db, queries.WAITING, {"taskId": task})
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a task with id '{task}'.")
        match asked.get("action"):
            case "complete":
                for variable in asked.get("variables") or []:
                    owner = task if variable.get("scope") == "local" else ""
                    self.engine.put(
                        found[0]["instance"], variable["name"], variable.get("value"), variable.get("type") or "", owner
                    )
                self.engine.complete(task, self.clock.now())
            case "claim":
                self.db.execute("update task set assignee = ? where id = ?", (asked.get("assignee"), task))
            case action:
                raise BadRequest(f"Invalid action: '{action}'.")
        self.db.commit()
        tell_of(request.app, self.engine, found[0]["instance"])
        return web.Response(status=200)

    def _definition_of(self, asked: Mapping[str, Any]) -> str:
        by = [name for name in ("processDefinitionId", "processDefinitionKey", "message") if asked.get(name)]
        if not by:
            raise BadRequest("Either processDefinitionId, processDefinitionKey or message is required.")
        if len(by) > 1:
            raise BadRequest("Only one of processDefinitionId, processDefinitionKey or message should be set.")
        column = {"processDefinitionId": "id", "processDefinitionKey": "key"}.get(by[0])
        name = asked[by[0]]
        if column is None:
            raise BadRequest(f"Cannot start process instance by message: no subscription to message with name '{name}'")
        # The column is one of the two above.
        query = f"select id from definition where {column} = ? order by version desc limit 1"  # noqa: S608
        found = self.db.execute(query, (name,)).fetchone()
        if found is None:
            what = "id" if column == "id" else "key"
            raise BadRequest(f"no processes deployed with {what} '{name}'")
        return str(found[0])

    async def _asked(self, request: web.Request, listing: Listing) -> tuple[list[Row], dict[str, Any]]:
        return ask(self.db, listing, await _asked(request))

    def _row(self, request: web.Request, query: str, what: str) -> Row:
        id_ = request.match_info["id"]
        found = rows(self.db, query, [id_])
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a {what} with id '{id_}'.")
        return found[0]

    def _records(self, request: web.Request) -> Records:
        return Records(self.db, str(request.url.origin()))


async def _asked(request: web.Request) -> Mapping[str, Any]:
    """What a list is asked for: the query, and under /query/ the body, whose null members ask for nothing."""
    body = await _object(request) if request.method == "POST" else {}
    return {**request.query, **{name: value for name, value in body.items() if value is not None}}


async def _object(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise BadRequest("JSON parse error: an object is expected")
    return body


def _true(asked: Mapping[str, Any], name: str) -> bool:
    return str(asked.get(name, "")).lower() == "true"
