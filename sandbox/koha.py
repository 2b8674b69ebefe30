"""Koha's REST API as a reader's account and a catalogue search need it: patrons, checkouts, holds, items, biblios.

After Koha's own OpenAPI document and controllers (api/v1/swagger and Koha/REST/V1 of the public repository), the
quirks of their list queries included. Patrons are served to the gateway's own client alone, as staff sees them.
"""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from .clock import Clock
from .koha_answers import (
    WRONG_SCHEMA,
    InvalidBody,
    KohaError,
    MalformedQuery,
    answer,
    error_body,
    not_found,
)
from .koha_circulation import MAX_RENEWALS, why_not_held, why_not_renewed
from .koha_doors import Doors
from .koha_erm import routes as erm_routes
from .koha_lists import Kind, listed, rows_of
from .koha_patrons import why_not_updated
from .koha_records import FIELDS, hold, stamp, strings
from .koha_shelf import seed
from .university import CAMPUS_TIME

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

RENEWED_FOR = timedelta(days=14)
LISTS = {
    "patron": Kind("patron", FIELDS["patron"], FIELDS["patron"]),
    "checkout": Kind("checkout", FIELDS["checkout"], {"patron_id"}, {"checked_in"}),
    "hold": Kind("hold", FIELDS["hold"], FIELDS["hold"], embeds={"cancellation_requested"}),
    "library": Kind("library", FIELDS["library"], FIELDS["library"]),
    "item": Kind("item", FIELDS["item"], {"external_id"}, embeds={"biblio", "+strings"}),
    "copy": Kind("item", FIELDS["item"]),
    "biblio": Kind("biblio", FIELDS["biblio"]),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """`secret` is the client's id and secret with a colon between them."""
    koha, doors = _Koha(db, clock), Doors(db, secret)
    app = web.Application(middlewares=[_refusals, doors.gate])
    v1 = "/api/v1"
    app.add_routes(
        [
            web.post(f"{v1}/oauth/token", doors.token),
            web.get(f"{v1}/patrons", koha.patrons),
            web.get(f"{v1}/patrons/{{id}}", koha.patron),
            web.put(f"{v1}/patrons/{{id}}", koha.update_patron),
            web.get(f"{v1}/patrons/{{id}}/account", koha.account),
            web.get(f"{v1}/checkouts", koha.checkouts),
            web.get(f"{v1}/checkouts/{{id}}", koha.checkout),
            web.get(f"{v1}/checkouts/{{id}}/allows_renewal", koha.allows_renewal),
            web.post(f"{v1}/checkouts/{{id}}/renewals", koha.renew),
            web.post(f"{v1}/checkouts/{{id}}/renewal", koha.renew),
            web.get(f"{v1}/holds", koha.holds),
            web.post(f"{v1}/holds", koha.place),
            web.delete(f"{v1}/holds/{{id}}", koha.cancel),
            web.get(f"{v1}/libraries", koha.libraries),
            web.get(f"{v1}/items", koha.items),
            web.get(f"{v1}/biblios", koha.biblios),
            web.get(f"{v1}/biblios/{{id}}", koha.biblio),
            web.get(f"{v1}/biblios/{{id}}/items", koha.items_of_biblio),
            *erm_routes(db),
        ]
    )
    return app


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (KohaError, InvalidBody, MalformedQuery) as refusal:
        return refusal.answer


@dataclass(slots=True)
class _Koha:
    db: sqlite3.Connection
    clock: Clock

    async def patrons(self, request: web.Request) -> web.Response:
        return self._list(request, "patron")

    async def patron(self, request: web.Request) -> web.Response:
        return answer(self._one("patron", request))

    async def update_patron(self, request: web.Request) -> web.Response:
        """What the body names is set, all else stays."""
        asked = await _json(request)
        patron = self._one("patron", request)
        if refusal := why_not_updated(self.db, patron["patron_id"], asked):
            raise refusal
        patron |= asked | {"updated_on": stamp(self.clock.now())}
        self._keep("patron", patron["patron_id"], patron)
        return answer(patron)

    async def account(self, request: web.Request) -> web.Response:
        patron = self._one("patron", request)
        lines = [
            line
            for line in self._rows("line", "document ->> 'patron_id' = ?", [patron["patron_id"]])
            if line["amount_outstanding"]
        ]
        debits = [line for line in lines if line["amount_outstanding"] > 0]
        credits = [line for line in lines if line["amount_outstanding"] < 0]
        owed, given = (sum(line["amount_outstanding"] for line in each) for each in (debits, credits))
        return answer(
            {
                "balance": owed + given,
                "outstanding_debits": {"total": owed, "lines": debits},
                "outstanding_credits": {"total": given, "lines": credits},
            }
        )

    async def checkouts(self, request: web.Request) -> web.Response:
        returned = "not " if request.query.get("checked_in") in ("true", "1") else ""
        only = f"document ->> 'checkin_date' is {returned}null"
        return self._list(request, "checkout", only)

    async def checkout(self, request: web.Request) -> web.Response:
        return answer(self._one("checkout", request))

    async def allows_renewal(self, request: web.Request) -> web.Response:
        checkout = self._one("checkout", request)
        refusal = why_not_renewed(self.db, checkout, self.clock.now())
        return answer(
            {
                "allows_renewal": refusal is None,
                "max_renewals": MAX_RENEWALS,
                "current_renewals": checkout["renewals_count"],
                "unseen_renewals": checkout["unseen_renewals"],
                "error": refusal,
            }
        )

    async def renew(self, request: web.Request) -> web.Response:
        checkout = self._one("checkout", request)
        now = self.clock.now()
        if refusal := why_not_renewed(self.db, checkout, now):
            raise KohaError(403, f"Renewal not authorized ({refusal})")
        due = datetime.combine(now.date() + RENEWED_FOR, time(23, 59), CAMPUS_TIME)
        checkout |= {
            "due_date": max(checkout["due_date"], stamp(due)),
            "last_renewed_date": stamp(now),
            "renewals_count": checkout["renewals_count"] + 1,
            "timestamp": stamp(now),
        }
        self._keep("checkout", checkout["checkout_id"], checkout)
        return answer(checkout, 201, {"Location": request.path})

    async def holds(self, request: web.Request) -> web.Response:
        return self._list(request, "hold", "open")

    async def place(self, request: web.Request) -> web.Response:
        asked = await _json(request)
        if refusal := why_not_held(self.db, asked):
            raise refusal
        reader, title = asked["patron_id"], asked["biblio_id"]
        queue = self._rows(
            "hold", "open and document ->> 'biblio_id' = ? and document ->> 'status' is null", [asked["biblio_id"]]
        )
        (number,) = self.db.execute("select coalesce(max(id), 0) + 1 from hold").fetchone()
        placed = hold(number, reader, title, self.clock.now().date(), len(queue) + 1)
        placed |= {"pickup_library_id": asked["pickup_library_id"], "notes": asked.get("notes")}
        self.db.execute("insert into hold (id, open, document) values (?, 1, ?)", (number, json.dumps(placed)))
        self.db.commit()
        return answer(placed, 201, {"Location": f"{request.path}/{number}"})

    async def cancel(self, request: web.Request) -> web.Response:
        """Taken at once; where the library's staff decides, and a copy already waits, only noted: 202."""
        found = self._one("hold", request, "open and ")
        flow = [word.strip() for word in request.headers.get("x-koha-override", "").split(",")]
        if "cancellation-request-flow" in flow and found["status"] == "W":
            self.db.execute("update hold set cancelling = 1 where id = ?", (found["hold_id"],))
            self.db.commit()
            return web.Response(status=202)
        now = self.clock.now()
        found |= {"cancellation_date": str(now.date()), "priority": 0, "timestamp": stamp(now)}
        self.db.execute("update hold set open = 0, document = ? where id = ?", (json.dumps(found), found["hold_id"]))
        self.db.commit()
        return web.Response(status=204)

    async def libraries(self, request: web.Request) -> web.Response:
        return self._list(request, "library")

    async def items(self, request: web.Request) -> web.Response:
        return self._list(request, "item")

    async def biblios(self, request: web.Request) -> web.Response:
        return self._list(request, "biblio")

    async def biblio(self, request: web.Request) -> web.Response:
        return answer(self._one("biblio", request, what="Bibliographic record"))

    async def items_of_biblio(self, request: web.Request) -> web.Response:
        found = self._one("biblio", request, what="Bibliographic record")
        return self._list(request, "copy", f"biblio_id = {int(found['biblio_id'])}")

    def _list(self, request: web.Request, kind: str, only: str = "1") -> web.Response:
        found = listed(self.db, request, LISTS[kind], only)
        return answer([self._embedded(row, found.wanted) for row in found.rows], headers=found.headers)

    def _embedded(self, row: dict[str, Any], wanted: Collection[str]) -> dict[str, Any]:
        told = dict(row)
        if "biblio" in wanted:
            (told["biblio"],) = self._rows("biblio", "id = ?", [row["biblio_id"]])
        if "+strings" in wanted:
            told["_strings"] = strings(row)
        if "cancellation_requested" in wanted:
            (asked,) = self.db.execute("select cancelling from hold where id = ?", (row["hold_id"],)).fetchone()
            told["cancellation_requested"] = bool(asked)
        return told

    def _rows(self, table: str, where: str, values: list[Any]) -> list[dict[str, Any]]:
        return rows_of(self.db, table, where, values)

    def _one(self, table: str, request: web.Request, only: str = "", what: str = "") -> dict[str, Any]:
        number = request.match_info["id"]
        if not number.isdecimal():
            raise KohaError(400, "Expected integer - got string.: /id")
        found = self._rows(table, f"{only}id = ?", [int(number)])
        if not found:
            raise not_found(what or table.capitalize())
        return found[0]

    def _keep(self, table: str, number: int, document: dict[str, Any]) -> None:
        self.db.execute(
            f"update {table} set document = ? where id = ?",  # noqa: S608  tables are this module's own
            (json.dumps(document, ensure_ascii=False), number),
        )
        self.db.commit()


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise KohaError(400, "Expected object - got null.: /body")
    return body
