"""The repository of Flowable's REST API: process definitions and the deployments they came with."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from .clock import Clock
from .flowable_deployments import deploy, undeploy, uploaded
from .flowable_engine import Engine
from .flowable_queries import DEFINITIONS, DEPLOYMENTS, ask
from .flowable_records import Records, Row, rows
from .outbox import tell


@dataclass(frozen=True, slots=True)
class Catalogue:
    db: sqlite3.Connection
    clock: Clock
    engine: Engine

    async def definitions(self, request: web.Request) -> web.Response:
        found, page = ask(self.db, DEFINITIONS, request.query)
        shown = [self._records(request).definition(row) for row in found]
        return web.json_response({"data": shown, **page})

    async def definition(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from definition where id = ?", "process definition")
        return web.json_response(self._records(request).definition(row))

    async def deployments(self, request: web.Request) -> web.Response:
        found, page = ask(self.db, DEPLOYMENTS, request.query)
        return web.json_response({"data": [self._records(request).deployment(row) for row in found], **page})

    async def deployment(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from deployment where id = ?", "deployment")
        return web.json_response(self._records(request).deployment(row))

    async def resources(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from deployment where id = ?", "deployment")
        found = rows(self.db, "select name from resource where deployment = ? order by name", [row["id"]])
        return web.json_response([self._records(request).resource(row["id"], one["name"]) for one in found])

    async def resource_data(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from deployment where id = ?", "deployment")
        name = request.match_info["name"]
        found = rows(self.db, "select content from resource where deployment = ? and name = ?", [row["id"], name])
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a resource with name '{name}' in deployment '{row['id']}'.")
        kind = "application/json" if name.endswith(".json") else "text/xml"
        return web.Response(body=found[0]["content"], content_type=kind)

    async def create(self, request: web.Request) -> web.Response:
        name, resources = await uploaded(request)
        id_ = deploy(self.engine, request.query.get("deploymentName") or name, resources, self.clock.now())
        self.db.commit()
        tell(request.app, "campus.service.changed")
        (row,) = rows(self.db, "select * from deployment where id = ?", [id_])
        return web.json_response(self._records(request).deployment(row), status=201)

    async def delete(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from deployment where id = ?", "deployment")
        undeploy(self.db, row["id"], cascade=request.query.get("cascade") == "true")
        self.db.commit()
        tell(request.app, "campus.service.changed")
        return web.Response(status=204)

    def _row(self, request: web.Request, query: str, what: str) -> Row:
        id_ = request.match_info["id"]
        found = rows(self.db, query, [id_])
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a {what} with id '{id_}'.")
        return found[0]

    def _records(self, request: web.Request) -> Records:
        return Records(self.db, str(request.url.origin()))
