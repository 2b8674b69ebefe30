"""LibreBooking REST: what can be booked, when it is taken, and what one person has booked.

Source: LibreBooking's own (Web/Services, WebServices, docs/source/API.rst). Whose a reservation is stays in here: of
other people's only its time is read.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from connectors.wire import Line, UpstreamBadResponse

from .booking_records import BookingOutcome, BookingWish, CancellationRefused
from .facility_records import Booking, Facility, Taken
from .librebooking_bookings import API, Bookings, is_user
from .librebooking_records import HIDDEN, booking, closures, facility, opening_hours, taken
from .librebooking_shapes import (
    AllTakenOnWire,
    KindsOnWire,
    ReservationsOnWire,
    ResourcesOnWire,
    ScheduleOnWire,
    SessionOnWire,
    SlotsOnWire,
)


@dataclass(frozen=True, slots=True)
class NameAndPassword:
    """A session by the name and password of the gateway's own user."""

    name: str
    password: str = field(repr=False)

    @property
    def path(self) -> str:
        return f"{API}/Authentication/Authenticate"

    @property
    def shape(self) -> type[SessionOnWire]:
        return SessionOnWire

    def question(self) -> tuple[str, bytes]:
        return "application/json", msgspec.json.encode({"username": self.name, "password": self.password})


class LibreBooking:
    """One booking system, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """Nothing by itself: see `sign_in`."""
        return {}

    @staticmethod
    def sign_in(secret: str, username: str | None) -> NameAndPassword:
        return NameAndPassword(username or "", secret)

    async def facilities(self, first: date, last: date) -> list[Facility]:
        """All that is not hidden, by number, with what is closed in the range of days.

        One call, one for the kinds, and two for each schedule.
        """
        answer, told = await asyncio.gather(
            self._line.get(f"{API}/Resources/"), self._line.get(f"{API}/Resources/Types")
        )
        rows = [row for row in self._line.read(answer, ResourcesOnWire).resources if str(row.status_id) != HIDDEN]
        kinds = {str(each.id): each.description for each in self._line.read(told, KindsOnWire).types}
        numbers = sorted({int(row.schedule_id) for row in rows})
        schedules, days = await asyncio.gather(
            asyncio.gather(*map(self._schedule, numbers)),
            asyncio.gather(*(self._days(number, first, last) for number in numbers)),
        )
        hours = {
            number: opening_hours((period for day in each.periods for period in day), self._zone)
            for number, each in zip(numbers, schedules, strict=True)
        }
        closed = closures((day for each in days for day in each.dates), self._zone)
        rows.sort(key=lambda row: int(row.resource_id))
        return [
            facility(row, hours[int(row.schedule_id)], closed.get(str(row.resource_id), ()), kinds, self.system)
            for row in rows
        ]

    async def taken(self, day: date) -> dict[str, list[Taken]]:
        """When which resource is taken on that day, all resources at once; one that is free all day is left out."""
        answer = await self._line.get(f"{API}/Reservations/", self._range(day, day))
        return taken(self._line.read(answer, AllTakenOnWire).reservations, self._zone)

    async def bookings(self, user: str, first: date, last: date) -> list[Booking] | None:
        """Those of one user that reach into the range of days, in order of time."""
        if not is_user(user):
            return None
        answer = await self._line.get(f"{API}/Reservations/", (("userId", user), *self._range(first, last)))
        rows = self._line.read(answer, ReservationsOnWire).reservations
        try:
            found = [booking(row, user, self.system, self._zone) for row in rows if int(row.user_id) == int(user)]
        except ValueError as failure:
            raise UpstreamBadResponse(self.system.id, f"no reservation: {failure}") from failure
        return sorted(found, key=lambda each: (each.starts, each.id))

    async def book(self, user: str, wish: BookingWish, facility: Facility, now: datetime) -> BookingOutcome:
        """Books it for the user, if the rules that hold for users let it. Raises UpstreamError."""
        return await Bookings(self._line, self._zone, user).book(wish, facility, now)

    async def booked(self, user: str, wish: BookingWish) -> Booking | None:
        """The user's reservation of exactly this facility and time: by it a booking is found whose answer was lost."""
        return await Bookings(self._line, self._zone, user).booked(wish)

    async def cancel(self, booking: Booking) -> CancellationRefused | None:
        """Gives it back; None where it is gone then. Raises UpstreamError, `unsettled` where nobody knows."""
        return await Bookings(self._line, self._zone, booking.owner).cancel(booking)

    async def _schedule(self, number: int) -> ScheduleOnWire:
        return self._line.read(await self._line.get(f"{API}/Schedules/{number}"), ScheduleOnWire)

    async def _days(self, number: int, first: date, last: date) -> SlotsOnWire:
        """The slots of a schedule's resources, day by day, the last one included."""
        begin, end = (f"{datetime.combine(day, time(), self._zone):%Y-%m-%dT%H:%M:%S%z}" for day in (first, last))
        params = (("startDateTime", begin), ("endDateTime", end))
        return self._line.read(await self._line.get(f"{API}/Schedules/{number}/Slots", params), SlotsOnWire)

    def _range(self, first: date, last: date) -> tuple[tuple[str, str], ...]:
        """Both ends are always named: without them two weeks are told."""
        begin = datetime.combine(first, time(), self._zone)
        end = datetime.combine(last + timedelta(days=1), time(), self._zone)
        return (("startDateTime", f"{begin:%Y-%m-%dT%H:%M:%S%z}"), ("endDateTime", f"{end:%Y-%m-%dT%H:%M:%S%z}"))
