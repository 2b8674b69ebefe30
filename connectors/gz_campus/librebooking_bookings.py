"""How LibreBooking is asked to book something for one of its users, and to take it back.

The gateway's user is an administrator, who is held to slots, opening hours and whoever was first, and to nothing else:
so the rules that hold for users are looked at here. Nor does LibreBooking keep two who come at the same moment apart
(its issue 147): one at a time goes through this process, and whoever finds afterwards that others came in gives way.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

from connectors.wire import Answer, Line, Params, UpstreamBadResponse, UpstreamError, segment

from .booking_records import (
    BookingOutcome,
    BookingRefusalReason,
    BookingRefused,
    BookingWish,
    CancellationRefusalReason,
    CancellationRefused,
    SlotTaken,
)
from .booking_rules import refusal
from .facility_records import Booking, Facility
from .librebooking_records import booking, most_at_once
from .librebooking_shapes import (
    AllHeldOnWire,
    CreatedOnWire,
    DeletedOnWire,
    GroupOnWire,
    HeldOnWire,
    RefusalOnWire,
    ReservationsOnWire,
    UserOnWire,
)

API = "/Web/Services/index.php"
REFUSED, GONE = 400, 404
THIS_ONE = (("updateScope", "this"),)
"""Of a series, not all of it."""

DAY = timedelta(days=1)


class Turns:
    """Who wants the same facility waits for whoever came before; kept while the process lives."""

    def __init__(self) -> None:
        self.of: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


class Bookings:
    """The reservations of one user, as far as they are changed."""

    def __init__(self, line: Line, zone: tzinfo, user: str) -> None:
        self._line = line
        self._zone = zone
        self._user = user

    async def book(self, wish: BookingWish, facility: Facility, now: datetime) -> BookingOutcome:
        """Raises UpstreamError, `unsettled` where it may have been booked."""
        if not is_user(self._user):
            return BookingOutcome(refused=BookingRefused(reason=BookingRefusalReason.NOT_PERMITTED))
        if reason := refusal(wish, facility, now, self._zone):
            return BookingOutcome(refused=BookingRefused(reason=reason))
        async with self._line.kept(Turns).of[wish.facility.facility]:
            held, permitted = await asyncio.gather(self._held_around(wish), self._permitted(wish))
            if not permitted:
                return BookingOutcome(refused=BookingRefused(reason=BookingRefusalReason.NOT_PERMITTED))
            if most_at_once(held, wish) >= facility.at_once:
                return await self._own_or_taken(wish)
            if self._quota_is_used(held, wish, facility.rules.most_a_day):
                return BookingOutcome(refused=BookingRefused(reason=BookingRefusalReason.QUOTA))
            return await self._created(wish, facility)

    async def booked(self, wish: BookingWish) -> Booking | None:
        """The user's reservation of exactly this facility and time; None if there is none."""
        if not is_user(self._user):
            return None
        answer = await self._line.get(f"{API}/Reservations/", (("userId", self._user), *_span(wish.starts, wish.ends)))
        for row in self._line.read(answer, ReservationsOnWire).reservations:
            same = str(row.resource_id) == wish.facility.facility and int(row.user_id) == int(self._user)
            if same and (row.start_date, row.end_date) == (wish.starts, wish.ends):
                try:
                    return booking(row, self._user, self._line.system, self._zone)
                except ValueError as failure:
                    raise UpstreamBadResponse(self._line.system.id, f"no reservation: {failure}") from failure
        return None

    async def cancel(self, booking: Booking) -> CancellationRefused | None:
        """Only this one of a series; one that is gone is cancelled. Raises UpstreamError."""
        answer = await self._given_back(booking.reference)
        if answer.status != REFUSED:
            return None
        return CancellationRefused(reason=CancellationRefusalReason.OTHER, words=self._words(answer))

    async def _given_back(self, reference: str) -> Answer:
        path = f"{API}/Reservations/{segment(reference)}"
        answer = await self._line.change("DELETE", path, params=THIS_ONE, answers=frozenset({REFUSED, GONE}))
        if answer.status not in (REFUSED, GONE):
            self._line.read(answer, DeletedOnWire)
        return answer

    def _words(self, answer: Answer) -> str:
        return " ".join(" ".join(self._line.read(answer, RefusalOnWire).errors).split())

    async def _created(self, wish: BookingWish, facility: Facility) -> BookingOutcome:
        body = {
            "userId": int(self._user),
            "resourceId": int(wish.facility.facility),
            **dict(_span(wish.starts, wish.ends)),
            "title": wish.title,
        }
        answer = await self._line.change("POST", f"{API}/Reservations/", body, answers=frozenset({REFUSED}))
        if answer.status == REFUSED:
            if most_at_once(await self._held_of(wish), wish) >= facility.at_once:
                return await self._own_or_taken(wish)
            if any(each.start < wish.ends and each.end > wish.starts for each in facility.closures):
                return BookingOutcome(refused=BookingRefused(reason=BookingRefusalReason.CLOSED))
            refused = BookingRefused(reason=BookingRefusalReason.OTHER, words=self._words(answer))
            return BookingOutcome(refused=refused)
        return await self._kept(self._line.read(answer, CreatedOnWire).reference_number, wish, facility)

    async def _kept(self, reference: str, wish: BookingWish, facility: Facility) -> BookingOutcome:
        """What was booked, unless more were than there is room for: then it is given back, and nobody has it twice."""
        try:
            held, made = await asyncio.gather(self._held_of(wish), self.booked(wish))
            if made is None:
                raise UpstreamBadResponse(self._line.system.id, "what it has booked is not there")
            if most_at_once(held, wish) > facility.at_once:
                if (await self._given_back(reference)).status == REFUSED:
                    raise UpstreamBadResponse(self._line.system.id, "what was booked twice is not given back")
                return _taken(wish)
        except UpstreamError as failure:
            failure.unsettled = True
            raise
        return BookingOutcome(booked=made)

    async def _own_or_taken(self, wish: BookingWish) -> BookingOutcome:
        """Also by the user: who asks again for what they have has it."""
        own = await self.booked(wish)
        return BookingOutcome(booked=own) if own else _taken(wish)

    async def _permitted(self, wish: BookingWish) -> bool:
        answer = await self._line.get(f"{API}/Users/{self._user}", answers=frozenset({GONE}))
        if answer.status == GONE:
            return False
        user = self._line.read(answer, UserOnWire)
        if wish.facility.facility in {str(each.id) for each in user.permissions}:
            return True
        answers = await asyncio.gather(*(self._line.get(f"{API}/Groups/{each.id}") for each in user.groups))
        groups = [self._line.read(each, GroupOnWire) for each in answers]
        return any(url.endswith(f"/Resources/{wish.facility.facility}") for each in groups for url in each.permissions)

    def _quota_is_used(self, held: Sequence[HeldOnWire], wish: BookingWish, most: int | None) -> bool:
        midnight = _midnight(wish.starts, self._zone)
        own = [row for row in held if int(row.user_id) == int(self._user)]
        today = {row.reference_number for row in own if midnight <= row.start_date < midnight + DAY}
        return most is not None and len(today) >= most

    async def _held_around(self, wish: BookingWish) -> list[HeldOnWire]:
        """What anybody has on the day of the wish, in all facilities."""
        midnight = _midnight(wish.starts, self._zone)
        return await self._held(_span(midnight, max(midnight + DAY, wish.ends)))

    async def _held_of(self, wish: BookingWish) -> list[HeldOnWire]:
        """What anybody has of the facility in the time of the wish."""
        return await self._held((("resourceId", wish.facility.facility), *_span(wish.starts, wish.ends)))

    async def _held(self, params: Params) -> list[HeldOnWire]:
        return self._line.read(await self._line.get(f"{API}/Reservations/", params), AllHeldOnWire).reservations


def is_user(account: str) -> bool:
    """Users are numbers; asked for one that is none, or for 0, LibreBooking would tell everybody's."""
    return account.isdecimal() and int(account) > 0


def _midnight(moment: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)


def _span(begins: datetime, ends: datetime) -> Params:
    return (("startDateTime", f"{begins:%Y-%m-%dT%H:%M:%S%z}"), ("endDateTime", f"{ends:%Y-%m-%dT%H:%M:%S%z}"))


def _taken(wish: BookingWish) -> BookingOutcome:
    return BookingOutcome(taken=SlotTaken(facility=wish.facility, starts=wish.starts, ends=wish.ends))
