"""The repository of Flowable's REST API: process definitions and the deployments they came with."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .flowable_queries import DEFINITIONS, DEPLOYMENTS, ask
from .flowable_records import Records, Row, rows


@dataclass(frozen=True, slots=True)
class Catalogue:
    db: sqlite3.Connection

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
        names = (f"{json.loads(row['service'])['key']}.bpmn20.xml", "service.json")
        return web.json_response([self._records(request).resource(row["id"], name) for name in names])

    async def resource_data(self, request: web.Request) -> web.Response:
        row = self._row(request, "select * from deployment where id = ?", "deployment")
        name, service = request.match_info["name"], json.loads(row["service"])
        if name == "service.json":
            return web.Response(text=row["service"], content_type="application/json")
        if name == f"{service['key']}.bpmn20.xml":
            return web.Response(text=_bpmn(service), content_type="text/xml")
        raise web.HTTPNotFound(text=f"Could not find a resource with name '{name}' in deployment '{row['id']}'.")

    def _row(self, request: web.Request, query: str, what: str) -> Row:
        id_ = request.match_info["id"]
        found = rows(self.db, query, [id_])
        if not found:
            raise web.HTTPNotFound(text=f"Could not find a {what} with id '{id_}'.")
        return found[0]

    def _records(self, request: web.Request) -> Records:
        return Records(self.db, str(request.url.origin()))


def _bpmn(service: Mapping[str, Any]) -> str:
    steps = "".join(f'<userTask id="{step["id"]}" name="{step["name"]["en"]}"/>' for step in service["steps"])
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        f' targetNamespace="{service["type"]}"><process id="{service["key"]}" isExecutable="true">'
        f'<startEvent id="start"/>{steps}<endEvent id="end"/></process></definitions>'
    )
