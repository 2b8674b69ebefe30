"""Request Tracker 5's REST2 API as the IT service desk runs it: search, tickets, history, replies, files.

After the documentation of RT::REST2, its source, and recorded answers of a real RT 5.0.3, quirks included: numbers
as strings, unset dates in 1970, the last transaction as ETag, `Idempotency-Key` ignored.
"""

import base64
import binascii
import json
import math
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .clock import Clock
from .outbox import tell
from .ticket_changes import BadTicket, asked_for, change, change_user, sent
from .ticket_desk import QUEUES, SERVICE_USER, STAFF_ONLY, attach, create, record, seed, set_status
from .ticket_records import Records
from .ticket_search import limits, records, tickets
from .ticket_sql import TicketSQLError

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

API = "/REST/2.0"
WRONG_SCHEMA = b'{"items": {"id": 7, "type": "ticket"}, "total": "many", "page": [], "count": null}'

USER = web.RequestKey("user", str)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body; overload and maintenance are told by the web server in front of RT."""
    words = {
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        412: "Precondition Failed",
        500: "Internal Server Error",
    }
    if status in words:
        return "application/json; charset=utf-8", json.dumps({"message": words[status]}, separators=(",", ":")).encode()
    title = {429: "429 Too Many Requests", 503: "503 Service Temporarily Unavailable"}.get(status, str(status))
    return "text/html", f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """`secret` is the service user's token, and the password of anybody who comes with Basic."""
    desk = _Desk(db, clock)
    app = web.Application(middlewares=[_gate(secret)], client_max_size=32 * 2**20)
    ticket = f"{API}/ticket/{{id:\\d+}}"
    app.add_routes(
        [
            web.get(f"{API}/rt", desk.version),
            web.get(f"{API}/tickets", desk.tickets),
            web.post(f"{API}/ticket", desk.create),
            web.get(ticket, desk.ticket),
            web.put(ticket, desk.update),
            web.post(f"{ticket}/{{how:correspond|comment}}", desk.message),
            web.get(f"{ticket}/history", desk.history),
            web.get(f"{ticket}/attachments", desk.attachments),
            web.post(f"{ticket}/attachments", desk.attachments),
            web.get(f"{API}/transactions", desk.transactions),
            web.post(f"{API}/transactions", desk.transactions),
            web.get(f"{API}/transaction/{{id:\\d+}}", desk.transaction),
            web.get(f"{API}/attachments", desk.all_attachments),
            web.post(f"{API}/attachments", desk.all_attachments),
            web.get(f"{API}/attachment/{{id:\\d+}}", desk.attachment),
            web.get(f"{API}/queues/all", desk.queues),
            web.get(f"{API}/queue/{{id}}", desk.queue),
            web.get(f"{API}/users", desk.users),
            web.post(f"{API}/users", desk.users),
            web.get(f"{API}/user/{{id}}", desk.user),
            web.put(f"{API}/user/{{id}}", desk.update_user),
        ]
    )
    return app


def _gate(secret: str) -> Any:
    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        user = _user(request, secret)
        # A POST to a collection is a search; it may be asked by a developer's curl too.
        writes = request.method != "GET" and not request.path.endswith(("/transactions", "/users", "/attachments"))
        if user is None or (writes and not user):
            return refused(401)
        request[USER] = user or SERVICE_USER
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return refused(404)
        except (TicketSQLError, BadTicket) as error:
            return told(str(error))
        except (json.JSONDecodeError, binascii.Error) as error:
            return told(f"malformed JSON string: {error}")

    return gate


def _user(request: web.Request, secret: str) -> str | None:
    """Who asks; empty without credentials, None with wrong ones."""
    header = request.headers.get("Authorization", "")
    if not header:
        return ""
    if header.startswith("Basic "):
        try:
            login, _, password = base64.b64decode(header.removeprefix("Basic ")).partition(b":")
        except binascii.Error:
            return None
        return login.decode("utf-8", "replace") if secrets.compare_digest(password, secret.encode()) else None
    return SERVICE_USER if secrets.compare_digest(header.encode(), f"token {secret}".encode()) else None


def refused(status: int) -> web.Response:
    content_type, body = error_body(status)
    return web.Response(body=body, status=status, headers={"Content-Type": content_type})


def told(message: str) -> web.Response:
    return web.json_response({"message": message}, status=400)


def pretty(body: Any, status: int = 200, **headers: str) -> web.Response:
    text = json.dumps(body, indent=3, ensure_ascii=False) + "\n"
    content_type = {"Content-Type": 'application/json; charset="utf-8"'}
    return web.Response(body=text.encode(), status=status, headers=content_type | headers)


@dataclass(slots=True)
class _Desk:
    db: sqlite3.Connection
    clock: Clock

    async def version(self, _: web.Request) -> web.Response:
        return pretty({"Version": "5.0.3", "Plugins": []})

    async def tickets(self, request: web.Request) -> web.Response:
        return self._page(request, "ticket", tickets(self.db, request))

    async def history(self, request: web.Request) -> web.Response:
        return self._page(request, "transaction", self._found(request, "transaction", [], self._existing(request)))

    async def transactions(self, request: web.Request) -> web.Response:
        return self._page(request, "transaction", self._found(request, "transaction", await limits(request)))

    async def attachments(self, request: web.Request) -> web.Response:
        number = self._existing(request)
        return self._page(request, "attachment", self._found(request, "attachment", await limits(request), number))

    async def all_attachments(self, request: web.Request) -> web.Response:
        return self._page(request, "attachment", self._found(request, "attachment", await limits(request)))

    async def users(self, request: web.Request) -> web.Response:
        return self._page(request, "user", records(self.db, "user", await limits(request)))

    async def queues(self, request: web.Request) -> web.Response:
        return self._page(request, "queue", sorted(QUEUES))

    async def ticket(self, request: web.Request) -> web.Response:
        number, rt = self._existing(request), self._records(request)
        whole = rt.ticket(number) or {}
        head = {"ETag": f'"{rt.etag(number)}"', "Last-Modified": whole["LastUpdated"]}
        if request.headers.get("If-None-Match") == head["ETag"]:
            return web.Response(status=304, headers=head)
        sub = _sub_fields(request)
        whole = {name: rt.expanded(value, sub.get(name, [])) for name, value in whole.items()}
        return pretty(whole | {"_hyperlinks": rt.actions(number, whole["Status"])}, **head)

    async def transaction(self, request: web.Request) -> web.Response:
        return self._seen(request, "transaction")

    async def attachment(self, request: web.Request) -> web.Response:
        return self._seen(request, "attachment")

    async def queue(self, request: web.Request) -> web.Response:
        asked = request.match_info["id"]
        number = next((n for n, (name, _) in QUEUES.items() if asked in (str(n), name)), 0)
        return self._one(self._records(request).queue(number))

    async def user(self, request: web.Request) -> web.Response:
        return self._one(self._records(request).user(request.match_info["id"]))

    async def update_user(self, request: web.Request) -> web.Response:
        """As RT answers who has the right AdminUsers."""
        user = self._records(request).user(request.match_info["id"])
        if user is None:
            return refused(404)
        with self.db:
            return web.json_response(change_user(self.db, user["Name"], await request.json()))

    async def create(self, request: web.Request) -> web.Response:
        data, files = await sent(request)
        now, user = self.clock.now(), request[USER]
        number = create(self.db, asked_for(data, user), user, now)
        if files:
            (txn,) = self.db.execute("select id from txn where ticket = ? and type = 'Create'", (number,)).fetchone()
            attach(self.db, txn, user, now, files)
        self.db.commit()
        self._tell(request, number)
        reference = self._records(request).reference("ticket", number)
        return web.json_response(reference, status=201, headers={"Location": f"{API}/ticket/{number}"})

    async def update(self, request: web.Request) -> web.Response:
        number = self._existing(request)
        expected = request.headers.get("If-Match")
        if expected is not None and expected != f'"{self._records(request).etag(number)}"':
            return refused(412)
        messages = change(self.db, number, await request.json(), request[USER], self.clock.now())
        self.db.commit()
        self._tell(request, number)
        return web.json_response(messages)

    async def message(self, request: web.Request) -> web.Response:
        number, reply = self._existing(request), request.match_info["how"] == "correspond"
        data, files = await sent(request)
        if data.get("Content") and not data.get("ContentType"):
            raise BadTicket("ContentType is a required field for application/json")
        now, user = self.clock.now(), request[USER]
        txn = record(self.db, number, "Correspond" if reply else "Comment", user, now)
        text = ("", data.get("ContentType", "text/plain"), str(data.get("Content", "")).encode())
        attach(self.db, txn, user, now, [text, *files])
        results = ["Correspondence added" if reply else "Comments added"]
        (status,) = self.db.execute("select status from ticket where id = ?", (number,)).fetchone()
        if reply and status not in ("open", data.get("Status")):
            # RT's stock scrip "On Correspond Open Tickets".
            set_status(self.db, number, "open", "RT_System", now)
        results += change(self.db, number, {k: data[k] for k in ("Status", "CustomFields") if k in data}, user, now)
        self.db.commit()
        self._tell(request, number)
        return pretty(results, 201, Location=f"{API}/transaction/{txn}")

    def _tell(self, request: web.Request, ticket: int) -> None:
        """As a scrip of RT's would do, for each of the requestors."""
        for (address,) in self.db.execute("select address from requestor where ticket = ?", (ticket,)):
            tell(request.app, "campus.ticket.changed", address)

    def _found(self, request: web.Request, kind: str, search: list[dict[str, Any]], ticket: int | None = None) -> Any:
        return records(self.db, kind, search, ticket, STAFF_ONLY if request[USER] == SERVICE_USER else ())

    def _seen(self, request: web.Request, kind: str) -> web.Response:
        """One transaction or attachment; what is there and not for the reader is refused."""
        number = int(request.match_info["id"])
        whole = getattr(self._records(request), kind)(number)
        if whole and number not in self._found(request, kind, [{"field": "id", "value": number}]):
            return refused(403)
        return self._one(whole)

    def _existing(self, request: web.Request) -> int:
        number = int(request.match_info["id"])
        if self.db.execute("select 1 from ticket where id = ?", (number,)).fetchone() is None:
            raise web.HTTPNotFound
        return number

    def _records(self, request: web.Request) -> Records:
        return Records(self.db, f"{request.url.origin()}{API}")

    def _one(self, whole: dict[str, Any] | None) -> web.Response:
        if whole is None:
            raise web.HTTPNotFound
        return pretty(whole)

    def _page(self, request: web.Request, kind: str, keys: Sequence[Any]) -> web.Response:
        per_page = min(_positive(request.query.get("per_page"), 20), 100)
        page = _positive(request.query.get("page"), 1)
        pages = math.ceil(len(keys) / per_page)
        # RT counts these only for who may see everything.
        counted = kind not in ("transaction", "attachment") or request[USER] != SERVICE_USER
        fields = [name for name in request.query.get("fields", "").split(",") if name]
        rt, sub = self._records(request), _sub_fields(request)
        shown = keys[(page - 1) * per_page : page * per_page]
        body: dict[str, Any] = {
            "items": [rt.item(kind, key, fields, sub) for key in shown],
            "count": len(shown),
            "total": len(keys) if counted else None,
            "page": page,
            "pages": (pages or 0.0) if counted else None,  # so a real RT writes it where nothing was found
            "per_page": per_page,
        }
        if counted and page < pages:
            body["next_page"] = str(request.url.update_query(page=page + 1))
        if counted and page > 1:
            body["prev_page"] = str(request.url.update_query(page=min(page - 1, pages)))
        return pretty(body)


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) else default


def _sub_fields(request: web.Request) -> dict[str, list[str]]:
    return {
        name[len("fields[") : -1]: value.split(",")
        for name, value in request.query.items()
        if name.startswith("fields[") and name.endswith("]")
    }
