"""Variables of running instances over Flowable's REST API; files are binary variables, sent as multipart forms."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .clock import Clock
from .flowable_engine import Engine
from .flowable_queries import BadRequest
from .flowable_records import Records, Row, rows


@dataclass(frozen=True, slots=True)
class Variables:
    db: sqlite3.Connection
    clock: Clock
    engine: Engine

    async def of_instance(self, request: web.Request) -> web.Response:
        found = self._found(self._running(request))
        return web.json_response([self._shown(request, row) for row in found])

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(request, self._named(request, self._running(request))))

    async def create(self, request: web.Request) -> web.Response:
        return await self._write(request, replace=False)

    async def create_or_update(self, request: web.Request) -> web.Response:
        return await self._write(request, replace=True)

    async def update(self, request: web.Request) -> web.Response:
        instance, name = self._running(request), request.match_info["name"]
        self._named(request, instance)
        written, _ = await _sent(request)
        for sent, value, kind in written:
            if sent != name:
                raise BadRequest("Variable name in the body should be equal to the name used in the requested URL.")
            self.engine.put(instance, name, value, kind)
        self.engine.resume(instance, self.clock.now())
        self.db.commit()
        return web.json_response(self._shown(request, self._named(request, instance)))

    async def delete(self, request: web.Request) -> web.Response:
        row = self._named(request, self._running(request))
        self.db.execute("delete from variable where id = ?", (row["id"],))
        self.db.commit()
        return web.Response(status=204)

    async def data(self, request: web.Request) -> web.Response:
        """The bytes of a binary variable, of a running instance or of one in history."""
        row = self._named(request, request.match_info["id"])
        if row["type"] != "binary":
            raise web.HTTPNotFound(text="The variable does not have a binary data stream.")
        return web.Response(body=row["bytes"], content_type="application/octet-stream")

    async def _write(self, request: web.Request, *, replace: bool) -> web.Response:
        instance = self._running(request)
        written, single = await _sent(request)
        taken = {row["name"] for row in self._found(instance)}
        for name, _, _ in written:
            if name in taken and not replace:
                body = {
                    "message": "Conflict",
                    "exception": f"Variable '{name}' is already present on execution '{instance}'.",
                }
                return web.json_response(body, status=409)
        for name, value, kind in written:
            self.engine.put(instance, name, value, kind)
        self.engine.resume(instance, self.clock.now())
        self.db.commit()
        names = [name for name, _, _ in written]
        shown = [self._shown(request, row) for row in self._found(instance) if row["name"] in names]
        return web.json_response(shown[0] if single else shown, status=201)

    def _running(self, request: web.Request) -> str:
        instance = request.match_info["id"]
        row = self.db.execute("select 1 from instance where id = ? and end_time is null", (instance,)).fetchone()
        if row is None:
            raise web.HTTPNotFound(text=f"Could not find a process instance with id '{instance}'.")
        return instance

    def _found(self, instance: str) -> list[Row]:
        return rows(self.db, "select * from variable where instance = ? and task = '' order by name", [instance])

    def _named(self, request: web.Request, instance: str) -> Row:
        name = request.match_info["name"]
        for row in self._found(instance):
            if row["name"] == name:
                return row
        raise web.HTTPNotFound(text=f"Process instance '{instance}' doesn't have a variable with name: '{name}'.")

    def _shown(self, request: web.Request, row: Row) -> dict[str, Any]:
        return Records(self.db, str(request.url.origin())).variable(row, "local", place="runtime")


async def _sent(request: web.Request) -> tuple[list[tuple[str, Any, str]], bool]:
    """Name, value and type of what was sent, and whether it was one: a file (multipart), or one or more as JSON."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        name, upload = form.get("name"), next((part for part in form.values() if isinstance(part, web.FileField)), None)
        if not name or upload is None:
            raise BadRequest("No variable name or no file content was found in request body.")
        return [(str(name), upload.file.read(), "binary")], True
    sent = json.loads(await request.text())
    variables = sent if isinstance(sent, list) else [sent]
    if not variables or not all(isinstance(one, dict) and one.get("name") for one in variables):
        raise BadRequest("Variable name is required.")
    return [(one["name"], one.get("value"), one.get("type") or "") for one in variables], not isinstance(sent, list)
