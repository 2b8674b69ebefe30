"""The Hong Kong Monetary Authority's public API, as far as its daily exchange rates go.

After the documentation at apidocs.hkma.gov.hk. What it says of a question it cannot answer is not published: that it
does so with status 200, and by which code, is ours.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from .clock import Clock
from .hkma_figures import COLUMNS, Figures, Row, days_published
from .university import University

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

TABLE = "/public/market-data-and-statistics/monthly-statistical-bulletin/er-ir/er-eeri-daily"
MOST_ROWS = 1000
_USUAL_ROWS = 100
_WELL = {"success": True, "err_code": "0000", "err_msg": "No error found"}

WRONG_SCHEMA = json.dumps({"header": _WELL, "result": {"datasize": 1, "records": {"cny": 1.13}}}).encode()


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Keeps the seed that figures are drawn from; which of them are out follows from the clock."""
    db.execute("create table rates (seed text not null)")
    db.execute("insert into rates values (?)", (str(university.seed),))
    db.commit()


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body where the gate in front of the API refuses."""
    return "application/json", json.dumps(_refusal(str(status), "Service refused")).encode()


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """Nothing here asks for a credential; `secret` is not used."""
    (drawn_from,) = db.execute("select seed from rates").fetchone()
    authority = _Authority(Figures(drawn_from), clock)
    app = web.Application()
    app.router.add_get(TABLE, authority.table)
    return app


class _Unanswerable(Exception):
    """A parameter that the documentation does not allow; the message is what is told."""


@dataclass(frozen=True, slots=True)
class _Authority:
    figures: Figures
    clock: Clock

    async def table(self, request: web.Request) -> web.Response:
        try:
            rows = self._rows(request.query)
        except _Unanswerable as reason:
            return web.json_response(_refusal("1001", str(reason)))
        return web.json_response({"header": _WELL, "result": {"datasize": len(rows), "records": rows}})

    def _rows(self, asked: Mapping[str, str]) -> list[Row]:
        first, most = _number(asked, "offset", 0), min(_number(asked, "pagesize", _USUAL_ROWS), MOST_ROWS)
        shown = asked["fields"].split(",") if "fields" in asked else COLUMNS
        for column in (*shown, *(asked[name] for name in ("sortby", "choose", "column") if name in asked)):
            if column not in COLUMNS:
                raise _Unanswerable(f"Unknown field {column}")
        rows: Iterable[Row] = (self.figures.at(day) for day in days_published(self.clock.now().date()))
        if ranged := asked.get("choose"):
            low, high = asked.get("from", ""), asked.get("to", "9999")
            rows = (row for row in rows if low <= str(row[ranged]) <= high)
        if filtered := asked.get("column"):
            wanted = {value.strip('"') for value in asked.get("filter", "").split(",")}
            rows = (row for row in rows if str(row[filtered]) in wanted)
        if ordered := asked.get("sortby"):
            rows = _sorted(rows, ordered, descending=asked.get("sortorder", "asc") == "desc")
        return [{name: row[name] for name in shown} for row in islice(rows, first, first + most)]


def _sorted(rows: Iterable[Row], column: str, *, descending: bool) -> Iterable[Row]:
    if column == "end_of_day" and descending:  # as they come
        return rows
    return sorted(rows, key=lambda row: (row[column] is not None, row[column]), reverse=descending)


def _number(asked: Mapping[str, str], name: str, usual: int) -> int:
    told = asked.get(name, str(usual))
    if not told.isdecimal():
        raise _Unanswerable(f"{name} is no number")
    return int(told)


def _refusal(code: str, message: str) -> dict[str, dict[str, object]]:
    return {"header": {"success": False, "err_code": code, "err_msg": message}}
