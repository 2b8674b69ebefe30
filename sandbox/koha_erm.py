"""Koha's module for e-resources over REST: packages and their titles, agreements, licences, additional fields."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .koha_answers import KohaError, answer, not_found
from .koha_lists import Kind, listed, rows_of, wished

_PACKAGE = ("package_id", "vendor_id", "name", "package_type", "content_type", "notes", "created_on")
_LICENCE = ("license_id", "vendor_id", "name", "type", "status", "started_on", "ended_on")
_AGREEMENT = (
    "agreement_id", "vendor_id", "name", "description", "status", "closure_reason", "is_perpetual", "renewal_priority",
    "license_info",
)  # fmt: skip
_RESOURCE = ("resource_id", "started_on", "ended_on", "proxy")

PACKAGES = Kind("erm_package", _PACKAGE, _PACKAGE, embeds={"resources+count", "extended_attributes"})
LICENCES = Kind("erm_license", _LICENCE, _LICENCE, embeds={"extended_attributes"})
AGREEMENTS = Kind("erm_agreement", _AGREEMENT, _AGREEMENT)
RESOURCES = Kind("erm_resource", _RESOURCE, _RESOURCE, embeds={"title"})
FIELDS = Kind("erm_field", ("extended_attribute_type_id", "resource_type", "name"), beside={"resource_type"})

AS_TEXT = frozenset({"package_id", "resource_id"})
"""Numbers that the lists of packages and titles tell as text: those of other providers are none."""

IN_AN_AGREEMENT = frozenset({"periods", "agreement_licenses", "agreement_packages"})
"""What may be wished for with a single one, and with no list of them."""


def routes(db: sqlite3.Connection) -> list[web.RouteDef]:
    office, erm = _Office(db), "/api/v1/erm"
    return [
        web.get(f"{erm}/eholdings/local/packages", office.packages),
        web.get(f"{erm}/eholdings/local/packages/{{id}}/resources", office.resources),
        web.get(f"{erm}/agreements", office.agreements),
        web.get(f"{erm}/agreements/{{id}}", office.agreement),
        web.get(f"{erm}/licenses", office.licences),
        web.get(f"{erm}/extended_attribute_types", office.fields),
    ]


@dataclass(slots=True)
class _Office:
    db: sqlite3.Connection

    async def packages(self, request: web.Request) -> web.Response:
        return self._list(request, PACKAGES, "package_id")

    async def resources(self, request: web.Request) -> web.Response:
        return self._list(request, RESOURCES, "resource_id", f"package_id = {_number(request)}")

    async def agreements(self, request: web.Request) -> web.Response:
        return self._list(request, AGREEMENTS, "agreement_id")

    async def agreement(self, request: web.Request) -> web.Response:
        wanted = wished(request, IN_AN_AGREEMENT)
        found = rows_of(self.db, "erm_agreement", "id = ?", [_number(request)])
        if not found:
            raise not_found("Agreement")
        return answer(self._with("erm_agreement", found[0]["agreement_id"], found[0], wanted))

    async def licences(self, request: web.Request) -> web.Response:
        return self._list(request, LICENCES, "license_id")

    async def fields(self, request: web.Request) -> web.Response:
        """Those of the whole module, whatever type is asked for: so does the real one."""
        found = listed(self.db, request, FIELDS)
        return answer(found.rows, headers=found.headers)

    def _list(self, request: web.Request, kind: Kind, key: str, only: str = "1") -> web.Response:
        found = listed(self.db, request, kind, only)
        rows = [self._with(kind.table, row[key], row, found.wanted) for row in found.rows]
        told = [{name: str(each) if name in AS_TEXT else each for name, each in row.items()} for row in rows]
        return answer(told, headers=found.headers)

    def _with(self, table: str, number: int, row: dict[str, Any], wanted: Collection[str]) -> dict[str, Any]:
        query = f"select more from {table} where id = ?"  # noqa: S608  tables are this module's own
        (more,) = self.db.execute(query, (number,)).fetchone()
        told = json.loads(more)
        return row | {name: told[name] for name in (each.replace("+", "_") for each in wanted)}


def _number(request: web.Request) -> int:
    text = request.match_info["id"]
    if not text.isdecimal():
        raise KohaError(400, "Expected integer - got string.: /id")
    return int(text)
