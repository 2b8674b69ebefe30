"""Booking and cancelling through the LibreBooking connector: what is sent, what is refused, and who was first."""

import asyncio
import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from connectors.gz_campus import (
    BookingOutcome,
    BookingRefusalReason,
    BookingRefused,
    BookingState,
    BookingWish,
    CancellationRefusalReason,
    CancellationRefused,
    FacilityKey,
    LibreBooking,
    SlotTaken,
)
from connectors.wire import Operation, UpstreamError
from sandbox import librebooking
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import reached, witnessed

API = "/Web/Services/index.php"
SECRET = "hush"
MEI, JORDAN = "7002", "7003"
TUESDAY = datetime(2026, 12, 1, tzinfo=CAMPUS_TIME)


@asynccontextmanager
async def campus(*middlewares, options=None, **access):
    """The booking system of the small university; a middleware stands before it."""
    db = sqlite3.connect(":memory:")
    librebooking.seed(db, small_university(), "GZ")
    app = librebooking.build_app(db, clock_at(NOW), f"gateway:{SECRET}")
    app.middlewares.extend(each(db) for each in middlewares)
    options = {"most_a_day": "2"} if options is None else options
    async with (
        witnessed(app) as (origin, seen),
        reached(LibreBooking, origin, SECRET, "gateway", campus="GZ", options=options, **access) as reach,
    ):
        yield reach, seen, db
    db.close()


def at(hour: float) -> datetime:
    return TUESDAY + timedelta(hours=hour)


def wish(number: int = 31, start: float = 10, hours: float = 1, title: str = "Viva") -> BookingWish:
    return BookingWish(
        facility=FacilityKey("system-1", str(number)), starts=at(start), ends=at(start + hours), title=title
    )


async def book(reach, wanted: BookingWish, user: str = MEI):
    facilities = {each.key: each for each in await reach.ask().facilities(NOW.date(), at(0).date())}
    return await reach.ask().book(user, wanted, facilities[wanted.facility], NOW)


def held(db, number: int = 31):
    return db.execute(
        "select reference, account, starts, title from reservation where facility = ? and not deleted and starts > ?",
        (number, at(0).astimezone(UTC).isoformat()),
    ).fetchall()


def reserve(db, number: int, start: float, hours: float, account: str = JORDAN) -> None:
    moments = [at(hour).astimezone(UTC).isoformat(timespec="seconds") for hour in (start, start + hours)]
    db.execute(
        "insert into reservation (reference, account, facility, starts, ends, title, description, pending)"
        " values (?, ?, ?, ?, ?, 'Not yours', '', 0)",
        (f"r{number}{start}{account}", int(account), number, *moments),
    )


def reason(outcome) -> BookingRefusalReason | None:
    assert (outcome.booked, outcome.taken) == (None, None)
    return outcome.refused.reason


async def test_a_booking_is_the_users_own_and_is_found_again_by_its_time():
    async with campus() as (reach, seen, db):
        before = len(held(db))
        outcome = await book(reach, wish())
        booked = outcome.booked
        assert (booked.owner, booked.facility.facility, booked.title, booked.starts, booked.ends, booked.state) == (
            MEI, "31", "Viva", at(10), at(11), BookingState.CONFIRMED,
        )  # fmt: skip
        assert [row for row in held(db) if row[0] == booked.reference] == [
            (booked.reference, int(MEI), "2026-12-01T02:00:00+00:00", "Viva")
        ]
        assert len(held(db)) == before + 1
        (sent,) = [each for each in seen if each.method == "POST" and each.path.endswith("/Reservations/")]
        assert json.loads(sent.body) == {
            "userId": 7002, "resourceId": 31, "title": "Viva",
            "startDateTime": "2026-12-01T10:00:00+0800", "endDateTime": "2026-12-01T11:00:00+0800",
        }  # fmt: skip
        assert await reach.ask().booked(MEI, wish()) == booked
        assert await reach.ask().booked(JORDAN, wish()) is None
        assert await reach.ask().booked(MEI, wish(hours=2)) is None
    assert not any(b"not yours" in each.answer.lower() for each in seen)


async def test_what_it_costs_to_book_is_two_looks_before_one_for_each_group_and_two_after():
    async with campus() as (reach, seen, _):
        facilities = {each.key: each for each in await reach.ask().facilities(NOW.date(), at(0).date())}
        seen.clear()
        await reach.ask().book(MEI, wish(), facilities[wish().facility], NOW)
    around, of_it = "2026-12-01T{}%3A00%3A00%2B0800", "startDateTime={}&endDateTime={}"
    day = of_it.format(around.format("00"), around.format("00").replace("12-01", "12-02"))
    slot = of_it.format(around.format("10"), around.format("11"))
    asked = [f"{each.method} {each.target.removeprefix(API)}" for each in seen]
    assert sorted(asked) == sorted([
        f"GET /Reservations/?{day}", f"GET /Users/{MEI}", "GET /Groups/1", "POST /Reservations/",
        f"GET /Reservations/?resourceId=31&{slot}", f"GET /Reservations/?userId={MEI}&{slot}",
    ])  # fmt: skip
    assert asked[3] == "POST /Reservations/"


async def test_of_many_who_want_one_slot_at_once_one_has_it_and_all_others_are_told_that_it_is_taken():
    async with campus(timeout=10.0) as (reach, seen, db):
        facilities = {each.key: each for each in await reach.ask().facilities(NOW.date(), at(0).date())}
        facility = facilities[wish().facility]
        outcomes = await asyncio.gather(
            *(reach.ask().book((MEI, JORDAN)[n % 2], wish(title=f"No. {n}"), facility, NOW) for n in range(20))
        )
        (row,) = [row for row in held(db) if row[2] == "2026-12-01T02:00:00+00:00"]
        first = str(row[1])
        for n, outcome in enumerate(outcomes):
            if (MEI, JORDAN)[n % 2] == first:
                assert outcome.booked.reference == row[0], "whoever has it has it, however often they ask"
            else:
                taken = SlotTaken(facility=facility.key, starts=at(10), ends=at(11))
                assert outcome == BookingOutcome(taken=taken)
        assert len([each for each in seen if each.method == "POST" and each.path.endswith("/Reservations/")]) == 1


def somebody_else_at_the_same_moment(db):
    """LibreBooking itself keeps two who come at the same moment not apart: both are told that they have it."""

    @web.middleware
    async def both(request, handler):
        answer = await handler(request)
        if request.method == "POST" and request.path.endswith("/Reservations/"):
            reserve(db, 31, 10.5, 1)
        return answer

    return both


async def test_whoever_finds_afterwards_that_others_came_in_gives_way():
    async with campus(somebody_else_at_the_same_moment) as (reach, seen, db):
        assert await book(reach, wish()) == BookingOutcome(
            taken=SlotTaken(facility=wish().facility, starts=at(10), ends=at(11))
        )
        assert [(row[1], row[3]) for row in held(db) if row[2] < "2026-12-01T04"] == [(int(JORDAN), "Not yours")]
        assert seen[-1].method == "DELETE"
        assert seen[-1].query == [("updateScope", "this")]


def somebody_else_just_before(db):
    @web.middleware
    async def first(request, handler):
        if request.method == "POST" and request.path.endswith("/Reservations/"):
            reserve(db, 31, 10, 1)
        return await handler(request)

    return first


async def test_a_slot_that_others_took_since_one_looked_is_told_as_taken_whatever_words_it_is_refused_with():
    async with campus(somebody_else_just_before) as (reach, _, db):
        outcome = await book(reach, wish())
        assert outcome.taken == SlotTaken(facility=wish().facility, starts=at(10), ends=at(11))
        assert len([row for row in held(db) if row[2] == "2026-12-01T02:00:00+00:00"]) == 1


async def test_what_has_room_for_several_is_taken_when_it_is_full():
    async with campus() as (reach, _, db):
        for _ in range(3):
            assert (await book(reach, wish(51, 10, 2))).booked is not None
            db.execute("update reservation set account = ? where facility = 51", (int(JORDAN),))
        assert (await book(reach, wish(51, 11, 2))).taken is not None
        assert (await book(reach, wish(51, 12, 2))).booked is not None


REFUSED = {
    BookingRefusalReason.IN_THE_PAST: wish(31, -24 * 9),
    BookingRefusalReason.OUT_OF_SERVICE: wish(53),
    BookingRefusalReason.NEEDS_APPROVAL: wish(11),
    BookingRefusalReason.NOT_PERMITTED: wish(23),
    BookingRefusalReason.ACROSS_DAYS: wish(31, 22, 3),
    BookingRefusalReason.CLOSED: wish(31, 7),
    BookingRefusalReason.BETWEEN_SLOTS: wish(31, 10.25),
    BookingRefusalReason.TOO_SHORT: wish(51, 10, 1),
    BookingRefusalReason.TOO_LONG: wish(31, 10, 3.5),
    BookingRefusalReason.TOO_SOON: wish(51, 10 - 24 * 7, 2),
    BookingRefusalReason.TOO_FAR_AHEAD: wish(41, 10 + 24 * 14),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_a_rule_that_holds_for_users_holds_for_them_here_too_and_nothing_is_sent(why):
    async with campus() as (reach, seen, _):
        assert reason(await book(reach, REFUSED[why])) is why
        assert [each for each in seen if each.method == "POST" and "Authenticate" not in each.path] == []


async def test_what_its_office_closes_for_a_time_is_refused_as_closed():
    """The floor of the court is made anew in two days, from noon on: six days before the Tuesday."""
    async with campus() as (reach, _, _):
        assert reason(await book(reach, wish(43, 16 - 24 * 6, 2))) is BookingRefusalReason.CLOSED
        assert (await book(reach, wish(43, 17 - 24 * 6, 1))).booked


async def test_nobody_has_more_on_a_day_than_the_quota_and_without_one_in_the_settings_none_is_known():
    async with campus() as (reach, _, _):
        for hour in (8, 9):
            assert (await book(reach, wish(31, hour))).booked
        assert reason(await book(reach, wish(32, 12))) is BookingRefusalReason.QUOTA
        assert (await book(reach, wish(32, 12 + 24))).booked
        assert (await book(reach, wish(32, 12), JORDAN)).booked
    async with campus(options={}) as (reach, _, _):
        for hour in (8, 9, 10):
            assert (await book(reach, wish(31, hour))).booked


async def test_a_permission_of_ones_own_or_of_a_group_lets_one_book_and_an_unknown_user_may_nothing():
    async with campus() as (reach, _, _):
        assert (await book(reach, wish(23), JORDAN)).booked
        assert reason(await book(reach, wish(31), "123456")) is BookingRefusalReason.NOT_PERMITTED


def with_terms(_):
    """As where an installation wants its terms accepted, which a gateway cannot do for anybody."""

    @web.middleware
    async def refusing(request, handler):
        if request.method in ("POST", "DELETE") and "/Reservations/" in request.path:
            return web.json_response({"errors": ["Die Bedingungen\nsind anzunehmen."], "message": "no"}, status=400)
        return await handler(request)

    return refusing


async def test_a_refusal_that_nobody_foresaw_is_told_in_the_systems_own_words():
    words = "Die Bedingungen sind anzunehmen."
    async with campus(with_terms) as (reach, _, _):
        outcome = await book(reach, wish())
        assert outcome.refused == BookingRefused(reason=BookingRefusalReason.OTHER, words=words)
        (own, *_) = await reach.ask().bookings(MEI, at(0).date() - timedelta(days=30), at(0).date())
        assert await reach.ask().cancel(own) == CancellationRefused(reason=CancellationRefusalReason.OTHER, words=words)


def that_cuts(method):
    def cutting(_):
        @web.middleware
        async def cut(request, handler):
            answer = await handler(request)
            if request.method == method and "/Reservations/" in request.path:
                request.transport.abort()
            return answer

        return cut

    return cutting


async def test_a_booking_whose_answer_was_lost_is_unsettled_and_found_by_its_time():
    async with campus(that_cuts("POST")) as (reach, seen, db):
        with pytest.raises(UpstreamError) as failed:
            await book(reach, wish())
        assert failed.value.unsettled
        found = await reach.ask().booked(MEI, wish())
        assert found.reference in [row[0] for row in held(db)]
        assert len([each for each in seen if each.method == "POST" and "Authenticate" not in each.path]) == 1


async def test_what_cannot_be_looked_at_after_it_was_booked_is_unsettled_and_found_when_asked_for_again():
    def breaking(_):
        made = []

        @web.middleware
        async def broken(request, handler):
            if made and request.method == "GET" and len(made) < 3:
                made.append(request)
                return web.Response(status=500)
            answer = await handler(request)
            if request.method == "POST" and request.path.endswith("/Reservations/"):
                made.append(request)
            return answer

        return broken

    async with campus(breaking) as (reach, seen, db):
        with pytest.raises(UpstreamError) as failed:
            await book(reach, wish())
        assert failed.value.unsettled
        again = await book(reach, wish())
        assert again.booked.reference in [row[0] for row in held(db)]
        assert len([each for each in seen if each.method == "POST" and "Authenticate" not in each.path]) == 1


async def test_what_was_looked_for_in_vain_and_is_booked_then_is_found():
    """As where an answer was lost before the booking was made: it is searched for, and sent again."""
    async with campus() as (reach, _, _):
        (room,) = [
            each for each in await reach.ask().facilities(NOW.date(), at(0).date()) if each.key == wish().facility
        ]
        office = reach.ask(Operation("contract-again"))
        assert await office.booked(MEI, wish()) is None
        assert (await office.book(MEI, wish(), room, NOW)).booked


async def test_what_is_cancelled_is_free_again_and_stays_cancelled():
    async with campus() as (reach, seen, db):
        made = (await book(reach, wish())).booked
        assert await reach.ask().cancel(made) is None
        assert made.reference not in [row[0] for row in held(db)]
        (sent,) = [each for each in seen if each.method == "DELETE"]
        assert (sent.path, sent.query, sent.body) == (
            f"{API}/Reservations/{made.reference}", [("updateScope", "this")], b"",
        )  # fmt: skip
        assert await reach.ask().cancel(made) is None, "gone is gone"
        assert (await book(reach, wish(), JORDAN)).booked


async def test_a_cancellation_whose_answer_was_lost_is_unsettled():
    async with campus(that_cuts("DELETE")) as (reach, _, db):
        made = (await book(reach, wish())).booked
        with pytest.raises(UpstreamError) as failed:
            await reach.ask().cancel(made)
        assert failed.value.unsettled
        assert made.reference not in [row[0] for row in held(db)]
