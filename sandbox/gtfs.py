"""The shuttle operator's files, open to everybody as on a plain web server: gtfs.zip and three GTFS-Realtime feeds."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from .clock import Clock
from .gtfs_realtime import alerts, reported_at, trip_updates, vehicle_positions
from .gtfs_tables import feed, without_tables
from .shuttle_network import first_day, midnight
from .university import University

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

WRONG_SCHEMA = without_tables()


def seed(db: sqlite3.Connection, university: University, campus: str) -> None:
    """Keeps the seed that delays are drawn from; timetable and reports follow from it and the clock."""
    db.execute("create table shuttle (seed text not null)")
    db.execute("insert into shuttle values (?)", (f"{university.seed}:{campus}",))
    db.commit()


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of a web server that serves files."""
    words = {401: "Authorization Required", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}
    title = f"{status} {words.get(status, 'Service Temporarily Unavailable')}"
    head = f"<html>\r\n<head><title>{title}</title></head>\r\n"
    return "text/html", f"{head}<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n".encode()


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """Nothing here asks for a credential; `secret` is not used."""
    (drawn_from,) = db.execute("select seed from shuttle").fetchone()
    operator = _Operator(drawn_from, clock)
    app = web.Application()
    app.add_routes(
        [
            web.get("/gtfs.zip", operator.schedule),
            web.get("/gtfs-rt/vehicle-positions.pb", operator.positions),
            web.get("/gtfs-rt/trip-updates.pb", operator.updates),
            web.get("/gtfs-rt/alerts.pb", operator.alerts),
        ]
    )
    return app


@dataclass(slots=True)
class _Operator:
    seed: str
    clock: Clock
    first: date = date.min
    zip: bytes = b""

    async def schedule(self, request: web.Request) -> web.Response:
        first = first_day(self.clock.now().date())
        if first != self.first:
            self.first, self.zip = first, feed(first)
        published = midnight(first + timedelta(days=7)).astimezone(UTC)
        etag = f'"{hashlib.sha256(self.zip).hexdigest()[:32]}"'
        head = {"ETag": etag, "Last-Modified": format_datetime(published, usegmt=True), "Cache-Control": "max-age=300"}
        if etag in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
            return web.Response(status=304, headers=head)
        return web.Response(body=self.zip, content_type="application/zip", headers=head)

    async def positions(self, request: web.Request) -> web.Response:
        response = _protobuf(vehicle_positions(self.seed, self._now()))
        etag = response.headers["ETag"] = f'"{self._now():%H%M%S}"'
        if etag == request.headers.get("If-None-Match"):
            return web.Response(status=304, headers={"ETag": etag})
        return response

    async def updates(self, _: web.Request) -> web.Response:
        return _protobuf(trip_updates(self.seed, self._now()))

    async def alerts(self, _: web.Request) -> web.Response:
        return _protobuf(alerts(self._now()))

    def _now(self) -> datetime:
        return reported_at(self.clock.now())


def _protobuf(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/x-protobuf")
