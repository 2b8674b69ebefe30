"""Alma's electronic collections and licences over REST, as lists and one by one."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .alma_answers import AlmaError, answer, page


def routes(db: sqlite3.Connection) -> list[web.RouteDef]:
    office = _Office(db)
    return [
        web.get("/almaws/v1/electronic/e-collections", office.collections),
        web.get("/almaws/v1/electronic/e-collections/{id}", office.collection),
        web.get("/almaws/v1/acq/licenses", office.licences),
        web.get("/almaws/v1/acq/licenses/{code}", office.licence),
    ]


@dataclass(slots=True)
class _Office:
    db: sqlite3.Connection

    async def collections(self, request: web.Request) -> web.Response:
        return page(request, "electronic_collection", self._all("e_collection"))

    async def collection(self, request: web.Request) -> web.Response:
        return answer(self._one("e_collection", request.match_info["id"], "60151", "The collection was not found."))

    async def licences(self, request: web.Request) -> web.Response:
        return page(request, "license", self._all("licence"))

    async def licence(self, request: web.Request) -> web.Response:
        code = request.match_info["code"]
        return answer(self._one("licence", code, "402215", f"License code {code} is not valid."))

    def _all(self, table: str) -> list[Any]:
        rows = self.db.execute(f"select document from {table} order by rowid")  # noqa: S608  one of two tables
        return [json.loads(document) for (document,) in rows]

    def _one(self, table: str, key: str, code: str, message: str) -> Any:
        row = self.db.execute(f"select document from {table} where key = ?", (key,)).fetchone()  # noqa: S608
        if row is None:
            raise AlmaError(code, message)
        return json.loads(row[0])
