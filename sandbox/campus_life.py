"""Housing and card office of a campus over REST, after the document that it serves itself: campus_life.json.

Whom it knows, it tells everything it has on them.
"""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from .campus_life_offices import CARD_STATES, CONTRACT_STATES, LOSS_STATES
from .campus_life_records import seed
from .clock import Clock

__all__ = ["DOCUMENT", "WRONG_SCHEMA", "build_app", "error_body", "seed"]

DOCUMENT = Path(__file__).with_suffix(".json")
WRONG_SCHEMA = b'{"items": {"contract": 7}, "state": [], "balance": "much", "latest": 3}'
CALLS_A_SECOND = 1000
"""By the document, to one service."""
_LARGEST = 2**31 - 1
_PROBLEM = "application/problem+json"
_TITLES = {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Refused(Exception):
    """The office says no, in the words of RFC 9457."""

    def __init__(self, status: int, kind: str, title: str, detail: str) -> None:
        super().__init__(detail)
        told = {"type": f"urn:campus-life:{kind}", "title": title, "status": status, "detail": detail}
        self.answer = web.Response(body=json.dumps(told).encode(), status=status, content_type=_PROBLEM)


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of a refusal that has nothing to do with what was asked."""
    title = _TITLES.get(status, "Service Unavailable")
    return _PROBLEM, json.dumps({"type": "about:blank", "title": title, "status": status}).encode()


def build_app(
    db: sqlite3.Connection, clock: Clock, secret: str, *, calls_a_second: int = CALLS_A_SECOND
) -> web.Application:
    """`secret` is the bearer token. An office without cards has no paths of cards, and its document says so."""
    (cards,) = db.execute("select cards from office").fetchone()
    office = _Office(db, clock, _document(cards=bool(cards)))
    app = web.Application(middlewares=[_gate(secret, clock, calls_a_second)])
    app.add_routes(
        [web.get("/openapi.json", office.openapi), web.get("/people/{account}/housing", office.housing)]
        + (
            [
                web.get("/people/{account}/card", office.card),
                web.get("/people/{account}/card/transactions", office.transactions),
            ]
            if cards
            else []
        )
    )
    return app


def _document(*, cards: bool) -> bytes:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    left_out = frozenset() if cards else frozenset({"card"})
    document["tags"] = [tag for tag in document["tags"] if tag["name"] not in left_out]
    document["paths"] = {
        path: item for path, item in document["paths"].items() if not left_out.intersection(item["get"]["tags"])
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _gate(secret: str, clock: Clock, calls_a_second: int) -> Any:
    second, calls = clock.now().replace(microsecond=0), 0

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization")
        if given not in (None, f"Bearer {secret}") or (given is None and request.method != "GET"):
            kind, body = error_body(401)
            return web.Response(body=body, status=401, content_type=kind, headers={"WWW-Authenticate": "Bearer"})
        nonlocal second, calls
        if second != (now := clock.now().replace(microsecond=0)):
            second, calls = now, 0
        calls += 1
        if calls > calls_a_second:
            kind, body = error_body(429)
            return web.Response(body=body, status=429, content_type=kind, headers={"Retry-After": "1"})
        try:
            return await handler(request)
        except _Refused as refusal:
            return refusal.answer
        except web.HTTPNotFound:
            kind, body = error_body(404)
            return web.Response(body=body, status=404, content_type=kind)

    return gate


@dataclass(frozen=True, slots=True)
class _Office:
    db: sqlite3.Connection
    clock: Clock
    document: bytes

    async def openapi(self, _: web.Request) -> web.Response:
        return web.Response(body=self.document, content_type="application/json")

    async def housing(self, request: web.Request) -> web.Response:
        account, _card = self._person(request)
        today = self.clock.now().date()
        rows = self.db.execute(
            "select document, (select count(*) from stay as other where other.room = stay.room) - 1 from stay"
            " where account = ? order by document ->> '$.contract.starts'",
            (account,),
        )
        stays = [_stay(json.loads(document), others, today) for document, others in rows]
        return _answer({"items": [stay for stay in stays if stay["contract"]["ends"] >= today.isoformat()]})

    async def card(self, request: web.Request) -> web.Response:
        account, card = self._person(request)
        latest = _number(request, "transactions", 0, 0, 100)
        (balance,) = self.db.execute(
            "select document ->> '$.balance' from payment where account = ? order by number desc limit 1", (account,)
        ).fetchone()
        lost = "reported" if card["lostAt"] else "not-reported"
        state = "frozen" if card["lostAt"] else "active"
        told = {
            "state": state,
            "stateLabel": CARD_STATES[state],
            "validUntil": card["validUntil"],
            "balance": json.loads(balance),
            "loss": {"state": lost, "label": LOSS_STATES[lost], "reportedAt": card["lostAt"]},
        }
        return _answer(told | ({"latest": self._page(account, latest)} if latest else {}))

    async def transactions(self, request: web.Request) -> web.Response:
        account, _card = self._person(request)
        size = _number(request, "pageSize", 20, 1, 100)
        before = _number(request, "before", _LARGEST, 1, _LARGEST)
        return _answer(self._page(account, size, before))

    def _page(self, account: str, size: int, before: int = _LARGEST + 1) -> dict[str, Any]:
        (total,) = self.db.execute("select count(*) from payment where account = ?", (account,)).fetchone()
        rows = self.db.execute(
            "select document from payment where account = ? and number < ? order by number desc limit ?",
            (account, before, size + 1),
        ).fetchall()
        items = [json.loads(document) for (document,) in rows[:size]]
        return {"total": total, "items": items, "more": len(rows) > size}

    def _person(self, request: web.Request) -> tuple[str, Any]:
        account = request.match_info["account"]
        row = self.db.execute("select card from person where account = ?", (account,)).fetchone()
        if row is None:
            raise _Refused(404, "unknown-person", "Unknown person", "The office keeps nobody under this number.")
        return account, json.loads(row[0]) if row[0] else None


def _stay(stay: dict[str, Any], others: int, today: date) -> dict[str, Any]:
    """A change of room is announced for the term that runs; of roommates nobody is told more than how many."""
    state = "upcoming" if stay["contract"]["starts"] > today.isoformat() else "active"
    stay["contract"] |= {"state": state, "stateLabel": CONTRACT_STATES[state]}
    return stay | {"roommates": others, "roomChange": stay["roomChange"] if state == "active" else None}


def _answer(body: Any) -> web.Response:
    return web.Response(body=json.dumps(body, ensure_ascii=False).encode(), content_type="application/json")


def _number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise _Refused(400, "bad-parameter", "Bad parameter", f"{name} is no number from {least} to {most}.")
    return int(text)
