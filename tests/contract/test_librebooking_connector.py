"""The LibreBooking connector over the simulated system, and over answers that other versions give."""

import asyncio
import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from campus.location import Location
from campus.timetable import Day
from connectors.gz_campus import BookingRules, BookingState, Closure, FacilityKey, LibreBooking, OpeningHours, Taken
from connectors.wire import Operation, UpstreamBadResponse, UpstreamError
from sandbox import librebooking
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, served
from .small_university import NOW, small_university
from .wire import Exchange, reached, witnessed

API = "/Web/Services/index.php"
SECRET = "hush"
TUESDAY = date(2026, 12, 1)
MEI = "7002"


@asynccontextmanager
async def campus(minutes: float = 30):
    db = sqlite3.connect(":memory:")
    librebooking.seed(db, small_university(), "GZ")
    async with (
        witnessed(librebooking.build_app(db, clock_at(NOW), f"gateway:{SECRET}", minutes=minutes)) as (origin, seen),
        reached(LibreBooking, origin, SECRET, "gateway", campus="GZ") as reach,
    ):
        yield reach, seen, db
    db.close()


RANGE = "startDateTime=2026-12-01T00%3A00%3A00%2B0800&endDateTime=2026-12-01T00%3A00%3A00%2B0800"


def targets(seen: list[Exchange]) -> list[str]:
    return [f"{each.method} {each.target.removeprefix(API)}" for each in seen]


async def test_facilities_take_a_call_for_all_one_for_kinds_and_two_for_each_schedule():
    async with campus() as (reach, seen, _):
        found = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert targets(seen)[0] == "POST /Authentication/Authenticate"
    assert sorted(targets(seen)[1:]) == [
        "GET /Resources/", "GET /Resources/Types",
        *(f"GET /Schedules/{number}{which}" for number in (1, 2, 3, 4) for which in ("", f"/Slots?{RANGE}")),
    ]  # fmt: skip
    hall = found[0]
    assert (hall.key, hall.campus, hall.kind, hall.capacity) == (FacilityKey("system-1", "11"), "GZ", "Hall", 300)
    assert hall.name == {
        "en": "Multifunction Hall (102), C2", "zh-Hant": "C2 多功能廳（102）", "zh-Hans": "C2 多功能厅（102）",
    }  # fmt: skip
    assert hall.location == Location(
        building={"en": "Building C2", "zh-Hant": "C2 座", "zh-Hans": "C2 座"},
        room="102",
        latitude=22.88873,
        longitude=113.47611,
    )
    assert hall.opening_hours == [OpeningHours(day=day, from_=time(8), until=time(0), slot=60) for day in Day]
    assert (hall.needs_approval, hall.needs_check_in, hall.in_service, hall.at_once) == (True, False, True, 1)
    by_number = {each.key.facility: each for each in found}
    laboratory = by_number["51"]
    assert [each.day for each in laboratory.opening_hours] == list(Day)[:5]
    assert laboratory.at_once == 3
    assert by_number["53"].in_service is False
    assert by_number["21"].needs_check_in is True
    assert by_number["41"].location.room is None
    assert "90" not in by_number, "hidden"
    assert laboratory.rules == BookingRules(shortest=120, longest=240, notice=24 * 60, across_days=False)
    assert by_number["41"].rules == BookingRules(
        longest=120, ahead=14 * 24 * 60, cancelled_before=120, across_days=False
    )


async def test_what_is_taken_on_a_day_is_one_call_for_all_facilities_and_says_nothing_of_anybody():
    async with campus() as (reach, seen, db):
        for facility, start, end in ((31, 10, 11), (31, 13, 15), (11, 10, 12)):
            _reserve(db, facility, start, end)
        taken = await reach.ask().taken(TUESDAY)
    asked = targets(seen)[1:]
    assert asked == [
        "GET /Reservations/?startDateTime=2026-12-01T00%3A00%3A00%2B0800&endDateTime=2026-12-02T00%3A00%3A00%2B0800"
    ]
    assert taken == {
        "31": [Taken(at(10), at(11)), Taken(at(13), at(15))],
        "11": [Taken(at(10), at(12))],
    }
    assert b"Mei" in seen[-1].answer
    assert "Mei" not in repr(taken)
    assert "Secret" not in repr(taken)


def at(hour: int) -> datetime:
    return datetime.combine(TUESDAY, time(hour), CAMPUS_TIME)


def _reserve(db: sqlite3.Connection, facility: int, start: int, end: int) -> None:
    moments = [at(hour).astimezone(UTC).isoformat() for hour in (start, end)]
    db.execute(
        "insert into reservation (reference, account, facility, starts, ends, title, description, pending)"
        " values (?, ?, ?, ?, ?, 'Secret meeting', '', 0)",
        (f"r{facility}{start}", int(MEI), facility, *moments),
    )


async def test_bookings_are_those_of_the_asked_user_alone_in_order_of_time():
    today = NOW.date()
    async with campus() as (reach, seen, db):
        found = await reach.ask().bookings(MEI, today - timedelta(days=30), today + timedelta(days=180))
        held = db.execute("select reference, facility from reservation where account = ? order by starts", (MEI,))
        assert [(each.reference, each.facility.facility) for each in found] == [(ref, str(of)) for ref, of in held]
    assert targets(seen)[1:] == [
        "GET /Reservations/?userId=7002&startDateTime=2026-10-24T00%3A00%3A00%2B0800"
        "&endDateTime=2027-05-23T00%3A00%3A00%2B0800"
    ]
    over, soon, waiting, later = found
    assert [each.state for each in found] == [
        BookingState.CHECKED_OUT, BookingState.CONFIRMED, BookingState.PENDING_APPROVAL, BookingState.CONFIRMED,
    ]  # fmt: skip
    assert (over.facility_name, over.needs_check_in, over.checked_in_at) == ("Meeting Room 210, E1", True, over.starts)
    assert (over.checked_out_at, over.check_in_until) == (over.ends, None)
    assert soon.ends - soon.starts == timedelta(hours=1)
    assert (waiting.owner, waiting.campus, waiting.id) == (MEI, "GZ", f"{waiting.reference}/11")
    assert later.title.startswith(("Group", "Thesis", "Training", "Workshop", "Tutorial", "Club", "Interviews"))


@pytest.mark.parametrize("account", ["", "0", "00", "mei", "7002 or 1", "-1"])
async def test_an_account_that_is_no_user_number_is_nobodys_and_never_asked_for(account):
    """LibreBooking takes them for no filter, and would tell everybody's."""
    async with campus() as (reach, seen, _):
        assert await reach.ask().bookings(account, TUESDAY, TUESDAY) is None
    assert seen == []


async def test_a_user_without_bookings_has_an_empty_list():
    async with campus() as (reach, _, _):
        assert await reach.ask().bookings("123456", TUESDAY, TUESDAY) == []


async def test_a_session_is_asked_for_once_by_however_many_come_at_once_and_goes_with_each_call():
    async with campus() as (reach, seen, _):
        await asyncio.gather(*(reach.ask().taken(TUESDAY + timedelta(days=n)) for n in range(20)))
    door, *rest = seen
    assert json.loads(door.body) == {"username": "gateway", "password": SECRET}
    given = json.loads(door.answer)
    assert len(rest) == 20
    for each in rest:
        assert each.headers["X-Booked-SessionToken"] == given["sessionToken"]
        assert each.headers["X-Booked-UserId"] == str(given["userId"])
        assert "Authorization" not in each.headers


async def test_a_session_that_ended_early_is_renewed_within_the_call():
    async with campus() as (reach, seen, _):
        await reach.ask().taken(TUESDAY)
        token = json.loads(seen[0].answer)["sessionToken"]
        async with aiohttp.ClientSession() as somebody:
            url = f"{reach.upstream.url}{API}/Authentication/SignOut"
            async with somebody.post(url, json={"userId": 900001, "sessionToken": token}) as answer:
                assert answer.status == 200
        seen.clear()
        assert await reach.ask().taken(TUESDAY) == {}
    assert [each.status for each in seen] == [401, 200, 200]
    assert [each.path.rpartition("/")[2] for each in seen] == ["", "Authenticate", ""]


async def test_a_door_that_stays_shut_is_told_without_the_password():
    async with campus() as (reach, seen, _), reached(LibreBooking, reach.upstream.url, "wrong", "gateway") as other:
        operation = Operation("contract-door")
        with pytest.raises(UpstreamError, match="credential is refused") as failed:
            await other.ask(operation).taken(TUESDAY)
    assert type(failed.value) is UpstreamError
    assert "wrong" not in str(failed.value)
    assert operation.calls == {"system-1": 1}
    assert [each.path.rpartition("/")[2] for each in seen] == ["Authenticate"]


RESOURCE = {"resourceId": "7", "name": "Room", "scheduleId": "1", "statusId": "1"}
ROW = {
    "referenceNumber": "5f", "userId": "12", "resourceId": "7", "resourceName": "Room", "requiresApproval": False,
    "startDate": "2026-12-01T02:00:00+0000", "endDate": "2026-12-01T03:00:00+0000",
    "bufferedStartDate": "2026-12-01T01:45:00+0000", "bufferedEndDate": "2026-12-01T03:15:00+0000",
}  # fmt: skip


@asynccontextmanager
async def answering(**answers: Any):
    """A system that gives these bodies, by the last word of the path."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(answers[request.path.rstrip("/").rpartition("/")[2]])

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    async with served(app) as origin, reached(LibreBooking, origin, campus="GZ") as reach:
        yield reach


def installation(resource: dict[str, Any], periods: Any = (), days: Any = ()) -> Any:
    bodies = {"Resources": {"resources": [RESOURCE | resource]}, "Types": {"types": []}}
    return answering(**bodies, Slots={"dates": list(days)}, **{"1": {"id": 1, "periods": list(periods)}})


async def test_older_versions_send_numbers_and_flags_as_texts_and_leave_fields_out():
    more = {"maxParticipants": "12", "requiresApproval": "1", "requiresCheckIn": "0", "location": "North wing"}
    async with installation(more) as reach:
        (room,) = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert (room.key.facility, room.capacity, room.needs_approval, room.needs_check_in) == ("7", 12, True, False)
    assert (room.kind, room.at_once, room.opening_hours) == (None, 1, [])
    assert room.location == Location(building=None, room="North wing", latitude=None, longitude=None)


@pytest.mark.parametrize("degrees", ["north", "nan", "inf", "91", "", None])
async def test_degrees_that_are_no_place_on_earth_are_not_told(degrees):
    attributes = [{"label": "Latitude", "value": degrees}, {"label": "Longitude", "value": "113.5"}]
    async with installation({"customAttributes": attributes}) as reach:
        (room,) = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert (room.location.latitude, room.location.longitude) == (None, 113.5)


@pytest.mark.parametrize(
    ("told", "minutes"),
    [(None, None), ("", None), ("90 minutes", 90), ("1 hours 30 minutes", 90), ("2 days 1 hours", 2940)],
)
async def test_lengths_are_told_in_days_hours_and_minutes(told, minutes):
    async with installation({"minLength": told, "allowMultiday": "1"}) as reach:
        (room,) = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert room.rules == BookingRules(shortest=minutes, across_days=True)


@pytest.mark.parametrize("told", ["1 Stunden", "an hour", "90", 90])
async def test_a_length_in_other_words_is_no_length_since_nobody_could_be_held_to_it(told):
    async with installation({"maxLength": told}) as reach:
        with pytest.raises(UpstreamBadResponse, match="maxLength"):
            await reach.ask().facilities(TUESDAY, TUESDAY)


def period(start: str, end: str, reservable: bool = True) -> dict[str, Any]:
    return {"start": start, "end": end, "isReservable": reservable}


async def test_opening_hours_are_told_by_the_campus_clock_whatever_zone_the_account_has():
    """07:00 to 09:00 in Guangzhou is of the day before in London, where the week begins with another slot, too."""
    monday = [
        period("2026-11-29T23:00:00+0000", "2026-11-29T23:30:00+0000"),
        period("2026-11-29T23:30:00+0000", "2026-11-30T01:00:00+0000"),
        period("2026-11-30T01:00:00+0000", "2026-11-30T02:00:00+0000", reservable=False),
        period("2026-11-30T02:00:00+0000", "2026-11-30T04:00:00+0000"),
    ]
    async with installation({}, [monday, []]) as reach:
        (room,) = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert room.opening_hours == [
        OpeningHours(day=Day.MONDAY, from_=time(7), until=time(9)),
        OpeningHours(day=Day.MONDAY, from_=time(10), until=time(12), slot=120),
    ]


async def test_what_an_office_closes_is_read_from_the_slots_of_its_schedule_and_no_name_with_it():
    async with campus() as (reach, seen, db):
        _reserve(db, 31, 10, 11)
        db.execute("insert into closure values (31, ?, ?, 'Secret works')", (at(14).isoformat(), at(16).isoformat()))
        found = await reach.ask().facilities(TUESDAY, TUESDAY + timedelta(days=1))
    (room,) = [each for each in found if each.key.facility == "31"]
    midnight = datetime.combine(TUESDAY, time(), CAMPUS_TIME)
    nights = [Closure(midnight + timedelta(hours=a), midnight + timedelta(hours=b)) for a, b in ((0, 8), (22, 24))]
    next_day = [Closure(*(each + timedelta(days=1) for each in night)) for night in nights]
    assert room.closures == [nights[0], Closure(at(14), at(16)), nights[1], *next_day]
    assert any(b"Mei" in each.answer for each in seen)
    assert "Mei" not in repr(found)
    assert "Secret" not in repr(found)


async def test_the_time_to_make_a_room_ready_is_no_closure():
    """LibreBooking tells both as slots that are neither reserved nor reservable; only a closure has a label."""
    slots = [
        {"startDateTime": f"2026-12-01T{start:02}:00:00+0800", "endDateTime": f"2026-12-01T{start + 1:02}:00:00+0800",
         "isReserved": reserved, "isReservable": False, "label": label}
        for start, reserved, label in ((8, False, None), (9, True, "Somebody"), (10, False, ""), (11, False, "Works"))
    ]  # fmt: skip
    days = [{"resources": [{"resourceId": 7, "slots": slots}]}, {"resources": None}]
    async with installation({}, days=days) as reach:
        (room,) = await reach.ask().facilities(TUESDAY, TUESDAY)
    assert room.closures == [Closure(at(10), at(11)), Closure(at(11), at(12))]


async def test_the_time_to_make_a_room_ready_is_taken_as_well():
    async with answering(Reservations={"reservations": [ROW]}) as reach:
        assert await reach.ask().taken(TUESDAY) == {
            "7": [Taken(at(9) + timedelta(minutes=45), at(11) + timedelta(minutes=15))]
        }


async def test_somebody_elses_reservation_in_an_answer_is_not_taken_for_ones_own():
    """As where somebody takes part in it: the row then bears its owner's number."""
    rows = [ROW, ROW | {"userId": 13, "title": "Not yours", "referenceNumber": "60"}]
    async with answering(Reservations={"reservations": rows}) as reach:
        (own,) = await reach.ask().bookings("12", TUESDAY, TUESDAY)
    assert own.reference == "5f"


async def test_an_unused_room_is_given_to_others_after_the_minutes_that_are_told():
    checks = {"isCheckInEnabled": 1, "autoReleaseMinutes": "15", "checkInDate": "", "checkOutDate": None}
    async with answering(Reservations={"reservations": [ROW | checks]}) as reach:
        (own,) = await reach.ask().bookings("12", TUESDAY, TUESDAY)
    assert own.check_in_until == at(10) + timedelta(minutes=15)
    async with answering(
        Reservations={"reservations": [ROW | checks | {"checkInDate": "2026-12-01T01:58:00+0000"}]}
    ) as r:
        (own,) = await r.ask().bookings("12", TUESDAY, TUESDAY)
    assert (own.check_in_until, own.state) == (None, BookingState.CHECKED_IN)


@pytest.mark.parametrize("moment", ["soon", "2026-12-01T10:00:00", "2026-12-01"])
async def test_a_check_in_at_no_moment_is_no_reservation(moment):
    async with answering(Reservations={"reservations": [ROW | {"checkInDate": moment}]}) as reach:
        with pytest.raises(UpstreamBadResponse, match="no reservation"):
            await reach.ask().bookings("12", TUESDAY, TUESDAY)


@asynccontextmanager
async def door(expires: str | None):
    session = {"isAuthenticated": True, "sessionToken": "t", "userId": "9", "sessionExpires": expires}
    async with answering(Authenticate=session, Reservations={"reservations": []}) as reach:
        yield reach.upstream.url


@pytest.mark.parametrize("lasting", [None, -3600, 3600])
async def test_a_session_holds_a_while_even_if_the_clocks_differ(lasting):
    expires = lasting and f"{datetime.now(UTC) + timedelta(seconds=lasting):%Y-%m-%dT%H:%M:%S%z}"
    async with door(expires) as origin, reached(LibreBooking, origin, SECRET, "gateway") as reach:
        operation = Operation("contract-clock")
        await reach.ask(operation).taken(TUESDAY)
        await reach.ask(operation).taken(TUESDAY + timedelta(days=1))
    assert operation.calls == {"system-1": 3}, "one sign-in for two questions"
