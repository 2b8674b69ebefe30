"""LibreBooking's REST API as a campus books its rooms by it: resources, schedules, reservations, and sessions.

After the public sources of LibreBooking (Web/Services, WebServices, docs/source/API.rst). Quirks included: a door that
answers 200 whether it opens or not, offsets without a colon, lists in UTC, empty texts for moments that never were.
Left out: series, accessories, participants, and whatever an administrator sets up.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from . import facilities_closures
from . import librebooking_answers as told
from . import librebooking_reservations as shown
from .clock import Clock
from .facilities import FACILITIES, HIDDEN, SCHEDULES, Facility
from .facilities_office import seed, stored
from .librebooking_answers import API, WRONG_SCHEMA, answer, error_body, failed, link, message, not_found
from .librebooking_people import People
from .librebooking_rules import Session, Wish, conflict, no_check_in, no_check_out, refusal, unchangeable
from .librebooking_sessions import SESSION, Door, Unreadable, body_of, gate, origin_of
from .librebooking_store import Store
from .university import CAMPUS_TIME

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

MINUTES = 30
"""After so many without a call a session ends."""


def build_app(db: sqlite3.Connection, clock: Clock, secret: str, *, minutes: float = MINUTES) -> web.Application:
    """`secret` is name:password of the service account; everybody has that password under their own address."""
    door = Door(db, secret.partition(":")[2], timedelta(minutes=minutes))
    booking, people = _Booking(db, clock, Store(db)), People(Store(db))
    app = web.Application(middlewares=[gate(door)])
    reservation = f"{API}/Reservations/{{reference}}"
    app.add_routes(
        [
            web.post(f"{API}/Authentication/Authenticate", door.authenticate),
            web.post(f"{API}/Authentication/SignOut", door.sign_out),
            web.get(f"{API}/Resources/", booking.resources),
            web.get(f"{API}/Resources/Types", booking.types),
            web.get(f"{API}/Resources/Availability", booking.availability),
            web.get(f"{API}/Resources/{{id:\\d+}}", booking.resource),
            web.get(f"{API}/Resources/{{id:\\d+}}/Availability", booking.availability),
            web.get(f"{API}/Schedules/", booking.schedules),
            web.get(f"{API}/Schedules/{{id:\\d+}}", booking.schedule),
            web.get(f"{API}/Schedules/{{id:\\d+}}/Slots", booking.slots),
            web.get(f"{API}/Users/{{id:\\d+}}", people.user),
            web.get(f"{API}/Groups/{{id:\\d+}}", people.group),
            web.get(f"{API}/Reservations/", booking.reservations),
            web.post(f"{API}/Reservations/", booking.create),
            web.get(reservation, booking.reservation),
            web.post(reservation, booking.update),
            web.delete(reservation, booking.delete),
            web.post(f"{reservation}/CheckIn", booking.check_in),
            web.post(f"{reservation}/CheckOut", booking.check_out),
        ]
    )
    return app


@dataclass(slots=True)
class _Booking:
    db: sqlite3.Connection
    clock: Clock
    store: Store

    async def resources(self, request: web.Request) -> web.Response:
        rows = [told.resource(origin_of(request), each) for each in _shown()]
        return answer({"resources": rows, "links": [], "message": None})

    async def types(self, _: web.Request) -> web.Response:
        return answer(told.types())

    async def resource(self, request: web.Request) -> web.Response:
        facility = FACILITIES.get(int(request.match_info["id"]))
        return answer(told.resource(origin_of(request), facility)) if facility else not_found()

    async def availability(self, request: web.Request) -> web.Response:
        at = _date(request.query.get("dateTime")) or self.clock.now()
        booked = self.store.between(at - timedelta(days=1), at + timedelta(days=7))
        wanted = [each for each in _shown() if request.match_info.get("id", str(each.id)) == str(each.id)]
        if not wanted:
            return not_found()
        rows = [
            shown.availability(origin_of(request), one, at, [each for each in booked if each.facility is one])
            for one in wanted
        ]
        return answer({"resources": rows, "links": [], "message": None})

    async def schedules(self, request: web.Request) -> web.Response:
        rows = [told.schedule_item(origin_of(request), each) for each in SCHEDULES.values()]
        return answer({"schedules": rows, "links": [], "message": None})

    async def schedule(self, request: web.Request) -> web.Response:
        found = SCHEDULES.get(int(request.match_info["id"]))
        return answer(told.schedule(found, self.clock.now().date())) if found else not_found()

    async def slots(self, request: web.Request) -> web.Response:
        found = SCHEDULES.get(int(request.match_info["id"]))
        if found is None:
            return not_found()
        since = (_date(request.query.get("startDateTime")) or self.clock.now()).astimezone(CAMPUS_TIME).date()
        until = _date(request.query.get("endDateTime"))
        last = until.astimezone(CAMPUS_TIME).date() if until else since + timedelta(days=6)
        days = [since + timedelta(days=n) for n in range((last - since).days + 1)]
        midnight = datetime.combine(since, time(), CAMPUS_TIME)
        booked = self.store.between(midnight, midnight + timedelta(days=len(days)))
        closed = facilities_closures.between(self.db, midnight, midnight + timedelta(days=len(days)))
        return answer(shown.slots(origin_of(request), found, days, booked, closed))

    async def reservations(self, request: web.Request) -> web.Response:
        """Whatever touches the range, its ends included; without dates the next two weeks."""
        since = _date(request.query.get("startDateTime")) or self.clock.now()
        until = _date(request.query.get("endDateTime")) or self.clock.now() + timedelta(days=14)
        wanted = {name: request.query.get(name, "") for name in ("userId", "resourceId", "scheduleId")}
        found = [
            each
            for each in self.store.between(since, until)
            # PHP takes 0 for nothing asked.
            if wanted["userId"] in ("", "0", str(each.account))
            and wanted["resourceId"] in ("", "0", str(each.facility.id))
            and wanted["scheduleId"] in ("", "0", str(each.facility.schedule))
        ]
        return answer(shown.listed(origin_of(request), found, since, until))

    async def reservation(self, request: web.Request) -> web.Response:
        found = self.store.one(request.match_info["reference"])
        return answer(shown.whole(origin_of(request), found, self.clock.now())) if found else not_found()

    async def create(self, request: web.Request) -> web.Response:
        asked = await body_of(request)
        session = request[SESSION]
        wish = _wish(asked, session)
        if not isinstance(wish, Wish):
            return failed(wish)
        if self.store.account(wish.account) is None:
            raise Unreadable(f"user {wish.account}")
        # Nothing is waited for between looking and writing, so that of two who want the same one is first.
        if reason := refusal(wish, session, self.clock.now(), self.store) or self._closed(wish):
            return failed([reason])
        pending = wish.facility.needs_approval and not session.administrator
        title, description = (str(asked.get(name) or "") for name in ("title", "description"))
        reference = self.store.reserve(
            wish.account, wish.facility, wish.starts, wish.ends, title, description, pending=pending
        )
        links = self._links(request, reference, "get_reservation", "update_reservation")
        return message(
            "The reservation was created", 201, referenceNumber=reference, isPendingApproval=pending, links=links
        )

    async def update(self, request: web.Request) -> web.Response:
        asked = await body_of(request)
        found, session = self.store.one(request.match_info["reference"]), request[SESSION]
        if found is None:
            return not_found()
        wish = _wish({"userId": found.account, **asked}, session)
        errors = [*(() if isinstance(wish, Wish) else wish), *_scope(request)]
        if errors or not isinstance(wish, Wish):
            return failed(errors)
        if reason := refusal(wish, session, self.clock.now(), self.store, instead=found) or self._closed(wish):
            return failed([reason])
        self.db.execute(
            "update reservation set facility = ?, starts = ?, ends = ?, title = ?, description = ? where reference = ?",
            (wish.facility.id, stored(wish.starts), stored(wish.ends), str(asked.get("title") or ""),
             str(asked.get("description") or ""), found.reference),
        )  # fmt: skip
        self.db.commit()
        return message(
            "The reservation was updated",
            referenceNumber=found.reference,
            isPendingApproval=found.pending,
            links=self._links(request, found.reference, "get_reservation"),
        )

    async def delete(self, request: web.Request) -> web.Response:
        found = self.store.one(request.match_info["reference"])
        if found is None:
            return not_found()
        reason = unchangeable(found, request[SESSION], self.clock.now())
        if errors := [*_scope(request), *([reason] if reason else [])]:
            return failed(errors)
        self.db.execute("update reservation set deleted = 1 where reference = ?", (found.reference,))
        self.db.commit()
        return message("The item was deleted")

    async def check_in(self, request: web.Request) -> web.Response:
        return self._checked(request, no_check_in, "checked_in", "in")

    async def check_out(self, request: web.Request) -> web.Response:
        return self._checked(request, no_check_out, "checked_out", "out")

    def _closed(self, wish: Wish) -> str | None:
        """Also an administrator books nothing that is closed, however many it has room for."""
        closed = facilities_closures.between(self.db, wish.starts, wish.ends)
        return conflict([each for each in closed if each.facility is wish.facility])

    def _checked(self, request: web.Request, rule: Callable[..., str | None], column: str, way: str) -> web.Response:
        found = self.store.one(request.match_info["reference"])
        if found is None:
            return not_found()
        if reason := rule(found, request[SESSION], self.clock.now()):
            return failed([reason])
        # The column is one of two names above.
        self.db.execute(
            f"update reservation set {column} = ? where reference = ?",  # noqa: S608
            (stored(self.clock.now()), found.reference),
        )
        self.db.commit()
        links = self._links(request, found.reference, "get_reservation")
        return message(f"The reservation was checked {way}", referenceNumber=found.reference, links=links)

    def _links(self, request: web.Request, reference: str, *titles: str) -> list[dict[str, str]]:
        return [link(origin_of(request), f"Reservations/{reference}", title) for title in titles]


def _shown() -> list[Facility]:
    return [each for each in FACILITIES.values() if each.state != HIDDEN]


def _date(text: str | None) -> datetime | None:
    """A moment with its offset, or a day in the user's zone; None where nothing is asked."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as reason:
        raise Unreadable(text) from reason
    return moment if moment.tzinfo else moment.replace(tzinfo=CAMPUS_TIME)


def _wish(asked: dict[str, Any], session: Session) -> Wish | Sequence[str]:
    """What is wanted, or what is wrong with the request."""
    facility = FACILITIES.get(_number(asked.get("resourceId")))
    try:
        starts, ends = _date(asked.get("startDateTime")), _date(asked.get("endDateTime"))
    except Unreadable as reason:
        return [f"Could not process request.Exception: Failed to parse time string ({reason})"]
    if facility and starts and ends:
        return Wish(_number(asked.get("userId")) or session.account, facility, starts, ends)
    missing = {"resourceId": facility, "startDateTime": starts, "endDateTime": ends}
    return [f"Missing or invalid {name}" for name, value in missing.items() if not value]


def _number(value: Any) -> int:
    """PHP's intval, as far as it matters: what is no number is 0."""
    return int(value) if str(value).isdecimal() else 0


def _scope(request: web.Request) -> list[str]:
    scope = request.query.get("updateScope", "full")
    return [] if scope in ("this", "full", "future") else [f"Missing or invalid updateScope: {scope}"]
