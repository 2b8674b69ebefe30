"""Ex Libris Alma's REST API as a patron's library account needs it: loans, renewals, requests, fees, bibs.

After the reference at developers.exlibrisgroup.com/alma/apis and recorded answers. Answers are JSON whatever is
accepted; the real system answers XML to those who do not ask for JSON. The limit of 25 calls a second is not
enforced, the daily one is.
"""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from .alma_answers import WRONG_SCHEMA, AlmaError, answer, error_body, page
from .alma_bibs import bib_on_wire
from .alma_circulation import LIBRARIES_TOLD, owes_too_much, pickup_of, renewable, why_not_requested
from .alma_licences import routes as licence_routes
from .alma_users import updated
from .clock import Clock
from .library_shelf import hold_document, seed, zulu
from .library_titles import Title
from .university import CAMPUS_TIME

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

CALLS_A_DAY = 250_000
RENEWED_FOR = timedelta(days=14)

_ORDER = {
    "id": "loan_id",
    "loan_date": "document ->> 'loan_date'",
    "due_date": "document ->> 'due_date'",
    "barcode": "document ->> 'item_barcode'",
    "title": "document ->> 'title'",
    "author": "document ->> 'author'",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """`secret` is the API key. Refusals carry Alma's own codes."""
    alma = _Alma(db, clock)
    app = web.Application(middlewares=[_gate(clock, secret)])
    user = "/almaws/v1/users/{user}"
    app.add_routes(
        [
            web.get(user, alma.user),
            web.put(user, alma.update),
            web.get(f"{user}/loans", alma.loans),
            web.get(f"{user}/loans/{{loan}}", alma.loan),
            web.post(f"{user}/loans/{{loan}}", alma.renew),
            web.get(f"{user}/requests", alma.requests),
            web.post(f"{user}/requests", alma.place),
            web.get(f"{user}/requests/{{request}}", alma.request),
            web.delete(f"{user}/requests/{{request}}", alma.cancel),
            web.get(f"{user}/fees", alma.fees),
            web.get("/almaws/v1/conf/libraries", alma.libraries),
            web.get("/almaws/v1/bibs", alma.bibs),
            web.get("/almaws/v1/bibs/{mms}", alma.bib),
            *licence_routes(db),
        ]
    )
    return app


def _gate(clock: Clock, secret: str) -> Any:
    day, calls = clock.now().date(), 0

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        header = request.headers.get("Authorization", "")
        key = header.removeprefix("apikey ") if header else request.query.get("apikey")
        if (key is None and request.method != "GET") or (key is not None and key != secret):
            content_type, body = error_body(401)
            return web.Response(body=body, status=401, headers={"Content-Type": content_type})
        nonlocal day, calls
        if day != clock.now().date():
            day, calls = clock.now().date(), 0
        calls += 1
        try:
            if calls > CALLS_A_DAY:
                raise AlmaError("DAILY_THRESHOLD", "HTTP requests are more than allowed daily", 429)
            response = await handler(request)
        except AlmaError as error:
            response = error.answer
        response.headers["X-Exl-Api-Remaining"] = str(max(0, CALLS_A_DAY - calls))
        return response

    return gate


@dataclass(slots=True)
class _Alma:
    db: sqlite3.Connection
    clock: Clock

    async def user(self, request: web.Request) -> web.Response:
        return answer(self._patron(request))

    async def update(self, request: web.Request) -> web.Response:
        user = updated(self._patron(request), await _json(request))
        self.db.execute("update patron set document = ? where primary_id = ?", (json.dumps(user), user["primary_id"]))
        self.db.commit()
        return answer(user)

    async def loans(self, request: web.Request) -> web.Response:
        user = self._patron(request)["primary_id"]
        order = _ORDER.get(request.query.get("order_by", "id"))
        if order is None:
            raise AlmaError("401664", "Parameter order_by is not valid.")
        direction = "desc" if request.query.get("direction", "ASC").upper() == "DESC" else "asc"
        status = {"active": "ACTIVE", "complete": "COMPLETE"}.get(request.query.get("loan_status", "Active").lower())
        # Column and direction come from two closed sets.
        query = (
            f"select renewals_left, document from loan where user_id = ? and status = ? order by {order} {direction}"  # noqa: S608
        )
        rows = self.db.execute(f"{query}, loan_id", (user, status)).fetchall()
        expand = "renewable" in request.query.get("expand", "").split(",")
        return page(request, "item_loan", [self._told(left, document, expand) for left, document in rows])

    async def loan(self, request: web.Request) -> web.Response:
        return answer(self._told(*self._loan_of(request), expand=True))

    async def renew(self, request: web.Request) -> web.Response:
        if request.query.get("op") != "renew":
            raise AlmaError("401652", "General Error: An error has occurred while processing the request.")
        left, text = self._loan_of(request)
        document = json.loads(text)
        if not renewable(self.db, left, document) or owes_too_much(self.db, document["user_id"]):
            raise AlmaError("401822", f"Cannot renew loan: Loan ID {request.match_info['loan']}.")
        now = self.clock.now()
        due = datetime.combine(now.date() + RENEWED_FOR, time(23, 59), CAMPUS_TIME)
        document |= {
            "due_date": max(document["due_date"], zulu(due)),
            "process_status": "RENEW",
            "last_renew_date": zulu(now, milliseconds=True),
            "last_renew_status": {"value": "401193;", "desc": "Renewed Successfully"},
        }
        self.db.execute(
            "update loan set renewals_left = ?, document = ? where loan_id = ?",
            (left - 1, json.dumps(document), document["loan_id"]),
        )
        self.db.commit()
        return answer(self._told(left - 1, json.dumps(document), expand=True))

    async def requests(self, request: web.Request) -> web.Response:
        user = self._patron(request)["primary_id"]
        rows = self.db.execute(
            "select document from request where user_id = ?1 and open = ?2 and (?3 = '' or type = ?3)"
            " order by request_id",
            (user, request.query.get("status", "active") != "history", request.query.get("request_type", "")),
        )
        return page(request, "user_request", [json.loads(document) for (document,) in rows])

    async def request(self, request: web.Request) -> web.Response:
        return answer(json.loads(self._request_of(request)))

    async def place(self, request: web.Request) -> web.Response:
        user = self._patron(request)["primary_id"]
        asked = await _json(request)
        title = self._find(request.query.get("mms_id", "") or self._mms_of(request.query.get("item_pid", "")))
        if title is None:
            raise AlmaError("401129", "No items can fulfill the submitted request.")
        waiting = [
            holder
            for (holder,) in self.db.execute("select user_id from request where open and mms_id = ?", (title.mms_id,))
        ]
        pickup = pickup_of(asked)
        if refusal := why_not_requested(self.db, asked, title, user, waiting):
            raise AlmaError(*refusal)
        (last,) = self.db.execute("select max(request_id) from request").fetchone()
        number = f"{int((last or '13839552400003412')[:-7]) + 7}0003412"
        document = hold_document(title, user, number, self.clock.now(), len(waiting) + 1)
        document |= {"comment": asked.get("comment"), **pickup}
        self.db.execute(
            "insert into request values (?, ?, 'HOLD', 1, ?, ?)", (number, user, title.mms_id, json.dumps(document))
        )
        self.db.commit()
        return answer(document)

    async def cancel(self, request: web.Request) -> web.Response:
        if not request.query.get("reason"):
            raise AlmaError("401683", "Mandatory field is missing: reason.")
        document = json.loads(self._request_of(request))
        document["request_status"] = "History"
        self.db.execute(
            "update request set open = 0, document = ? where request_id = ?",
            (json.dumps(document), document["request_id"]),
        )
        self.db.commit()
        return web.Response(status=204)

    async def fees(self, request: web.Request) -> web.Response:
        user = self._patron(request)["primary_id"]
        status = request.query.get("status", "ACTIVE").upper()
        rows = self.db.execute("select document from fee where user_id = ? and status = ? order by id", (user, status))
        fees = [_fee(f"{request.url.origin()}/almaws/v1", json.loads(document)) for (document,) in rows]
        return page(request, "fee", fees, total_sum=sum(fee["balance"] for fee in fees), currency="HKD")

    async def libraries(self, request: web.Request) -> web.Response:
        return answer({"library": LIBRARIES_TOLD, "total_record_count": len(LIBRARIES_TOLD)})

    async def bibs(self, request: web.Request) -> web.Response:
        asked = [mms for mms in request.query.get("mms_id", "").split(",") if mms]
        if not asked or len(asked) > 100:
            raise AlmaError("402203", f"Input parameters mmsId {','.join(asked)[:200]} is not valid.")
        found = [self._on_wire(request, title) for title in map(self._find, asked) if title]
        if not found:
            raise AlmaError("402203", f"Input parameters mmsId {asked[0]} is not valid.")
        return answer({"bib": found, "total_record_count": len(found)})

    async def bib(self, request: web.Request) -> web.Response:
        return answer(self._on_wire(request, self._title(request.match_info["mms"])))

    def _patron(self, request: web.Request) -> dict[str, Any]:
        user = request.match_info["user"]
        row = self.db.execute("select document from patron where primary_id = ?", (user,)).fetchone()
        if row is None:
            raise AlmaError("401861", f"User with identifier {user} was not found.")
        document: dict[str, Any] = json.loads(row[0])
        return document

    def _told(self, left: int, document: str, expand: bool) -> dict[str, Any]:
        loan: dict[str, Any] = json.loads(document)
        return loan | {"renewable": renewable(self.db, left, loan)} if expand else loan

    def _loan_of(self, request: web.Request) -> tuple[int, str]:
        user, loan = self._patron(request)["primary_id"], request.match_info["loan"]
        row: tuple[int, str] | None = self.db.execute(
            "select renewals_left, document from loan where loan_id = ? and user_id = ?", (loan, user)
        ).fetchone()
        if row is None:
            raise AlmaError("401823", f"Loan ID {loan} does not exist.")
        return row

    def _request_of(self, request: web.Request) -> str:
        user, number = self._patron(request)["primary_id"], request.match_info["request"]
        row = self.db.execute(
            "select document from request where request_id = ? and user_id = ? and open", (number, user)
        ).fetchone()
        if row is None:
            raise AlmaError("401694", f"Request Identifier not found: {number}.")
        return str(row[0])

    def _find(self, mms: str) -> Title | None:
        row = self.db.execute("select document from bib where mms_id = ?", (mms,)).fetchone()
        return Title(**json.loads(row[0])) if row else None

    def _title(self, mms: str) -> Title:
        title = self._find(mms)
        if title is None:
            raise AlmaError("402203", f"Input parameters mmsId {mms} is not valid.")
        return title

    def _mms_of(self, item: str) -> str:
        row = self.db.execute("select document ->> 'mms_id' from loan where document ->> 'item_id' = ?", (item,))
        return str((row.fetchone() or ("",))[0])

    def _on_wire(self, request: web.Request, title: Title) -> dict[str, Any]:
        (on_loan,) = self.db.execute(
            "select count(*) from loan where status = 'ACTIVE' and document ->> 'mms_id' = ?", (title.mms_id,)
        ).fetchone()
        expand = set(request.query.get("expand", "").split(","))
        full = request.query.get("view", "full") == "full"
        return bib_on_wire(str(request.url.origin()), title, on_loan, expand, full)


def _fee(api: str, fee: dict[str, Any]) -> dict[str, Any]:
    user = fee["user_primary_id"]["value"]
    fee["user_primary_id"]["link"] = f"{api}/users/{user}"
    fee["barcode"]["link"] = f"{api}/items?item_barcode={fee['barcode']['value']}"
    return fee | {"link": f"{api}/users/{user}/fees/{fee['id']}"}


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise AlmaError("60105", "JSON is not valid.")
    return body
