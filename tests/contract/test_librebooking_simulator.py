"""The simulated LibreBooking, held against its public sources: names, statuses, formats, and what it refuses and how.

Names and routes are those of docs/source/API.rst, refusals those of lib/Application/Reservation/Validation.
"""

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import aiohttp
import pytest

from sandbox import librebooking
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, served
from .small_university import NOW, small_university

API = "/Web/Services/index.php"
SECRET = "hush"
RESOURCE = {
    "resourceId", "name", "location", "contact", "notes", "minLength", "maxLength", "requiresApproval", "allowMultiday",
    "maxParticipants", "minNoticeAdd", "minNoticeUpdate", "minNoticeDelete", "maxNotice", "description", "scheduleId",
    "icsUrl", "statusId", "statusReasonId", "customAttributes", "typeId", "groupIds", "bufferTime",
    "autoReleaseMinutes", "requiresCheckIn", "color", "credits", "peakCredits", "creditApplicability",
    "creditsChargedAllSlots", "maxConcurrentReservations", "links", "message",
}  # fmt: skip
ITEM = {
    "referenceNumber", "startDate", "endDate", "firstName", "lastName", "resourceName", "title", "description",
    "requiresApproval", "isRecurring", "scheduleId", "userId", "resourceId", "duration", "bufferTime",
    "bufferedStartDate", "bufferedEndDate", "participants", "invitees", "participatingGuests", "invitedGuests",
    "startReminder", "endReminder", "color", "textColor", "checkInDate", "checkOutDate", "originalEndDate",
    "isCheckInEnabled", "autoReleaseMinutes", "resourceStatusId", "creditsConsumed", "links", "message",
}  # fmt: skip
WHOLE = {
    "referenceNumber", "startDate", "endDate", "title", "description", "requiresApproval", "isRecurring", "scheduleId",
    "resourceId", "owner", "participants", "invitees", "customAttributes", "recurrenceRule", "attachments", "resources",
    "accessories", "startReminder", "endReminder", "allowParticipation", "checkInDate", "checkOutDate",
    "originalEndDate", "isCheckInAvailable", "isCheckoutAvailable", "autoReleaseMinutes", "links", "message",
}  # fmt: skip
SCHEDULE = {
    "daysVisible", "id", "isDefault", "name", "timezone", "weekdayStart", "icsUrl", "availabilityStart",
    "availabilityEnd", "maxResourcesPerReservation", "totalConcurrentReservationsAllowed", "periods", "links",
    "message",
}  # fmt: skip

USER = {
    "id", "userName", "firstName", "lastName", "emailAddress", "phoneNumber", "lastLogin", "statusId", "timezone",
    "organization", "position", "language", "icsUrl", "defaultScheduleId", "currentCredits", "reservationColor",
    "customAttributes", "permissions", "groups", "links", "message",
}  # fmt: skip
GROUP = {
    "id", "name", "adminGroup", "permissions", "viewPermissions", "users", "roles", "isDefault", "links", "message",
}  # fmt: skip

MEI, JORDAN = "7002", "7003"
TUESDAY = datetime(2026, 12, 1, tzinfo=CAMPUS_TIME)
"""A week after the small university's now, and free."""
CONFLICT = "There are conflicting reservations on the following dates:\n12/01/2026 - Study Room A, W1\n"


class Told(NamedTuple):
    status: int
    kind: str
    text: str
    body: Any


class Booking:
    """A client of the API, with a session once it has signed in."""

    def __init__(self, session: aiohttp.ClientSession, origin: str) -> None:
        self._session, self._origin = session, origin
        self.headers: dict[str, str] = {}

    async def call(self, method: str, path: str, body: Any = None, **params: str) -> Told:
        url = f"{self._origin}{API}/{path}"
        async with self._session.request(method, url, params=params, json=body, headers=self.headers) as answer:
            text, kind = await answer.text(), answer.content_type
            return Told(answer.status, kind, text, await answer.json() if text.startswith("{") else None)

    async def sign_in(self, username: str = "gateway", password: str = SECRET) -> Any:
        told = await self.call("POST", "Authentication/Authenticate", {"username": username, "password": password})
        if told.body["isAuthenticated"]:
            self.headers = {
                "X-Booked-SessionToken": told.body["sessionToken"],
                "X-Booked-UserId": str(told.body["userId"]),
            }
        return told

    async def book(self, resource: int, start: datetime, hours: float = 1, **more: Any) -> Told:
        return await self.call("POST", "Reservations/", wish(resource, start, hours, **more))


def wish(resource: int, start: datetime, hours: float = 1, **more: Any) -> dict[str, Any]:
    end = start + timedelta(hours=hours)
    return {"resourceId": resource, "startDateTime": iso(start), "endDateTime": iso(end), "title": "Rehearsal", **more}


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"


def at(hour: float) -> datetime:
    return TUESDAY + timedelta(hours=hour)


@asynccontextmanager
async def system(minutes: float = 30):
    db = sqlite3.connect(":memory:")
    librebooking.seed(db, small_university(), "GZ")
    app = librebooking.build_app(db, clock_at(NOW), f"gateway:{SECRET}", minutes=minutes)
    async with served(app) as origin, aiohttp.ClientSession() as session:
        yield lambda: Booking(session, origin)
    db.close()


@pytest.fixture
async def service():
    """The gateway's own account, an application administrator."""
    async with system() as client:
        booking = client()
        await booking.sign_in()
        yield booking


@pytest.fixture
async def users():
    async with system() as client:
        mei, jordan = client(), client()
        await mei.sign_in("mei@example.org")
        await jordan.sign_in("jordan@example.org")
        yield mei, jordan


async def test_the_door_answers_200_whether_it_opens_or_not():
    async with system() as client:
        stranger = client()
        told = await stranger.sign_in(password="wrong")
        assert (told.status, told.body["isAuthenticated"], told.body["sessionToken"]) == (200, False, None)
        assert told.body["message"] == "Login failed. Invalid username or password."
        told = await stranger.sign_in()
        assert told.status == 200
        assert told.body.keys() == {
            "sessionToken", "sessionExpires", "userId", "isAuthenticated", "version", "links", "message",
        }  # fmt: skip
        left = datetime.fromisoformat(told.body["sessionExpires"]) - datetime.now(CAMPUS_TIME)
        assert timedelta(minutes=29) < left <= timedelta(minutes=30)
        assert (await stranger.call("GET", "Resources/")).status == 200


async def test_a_session_ends_by_itself_by_signing_out_and_with_another_users_number():
    async with system(minutes=0.005) as client:
        late = client()
        await late.sign_in()
        await asyncio.sleep(0.4)
        assert (await late.call("GET", "Resources/")).status == 401
    async with system() as client:
        other = client()
        await other.sign_in()
        number = other.headers["X-Booked-UserId"]
        other.headers["X-Booked-UserId"] = MEI
        refused = await other.call("GET", "Resources/")
        assert (refused.status, refused.kind) == (401, "text/html")
        assert refused.text.startswith("You must be authenticated in order to access this service.")
        other.headers["X-Booked-UserId"] = number
        token = other.headers["X-Booked-SessionToken"]
        told = await other.call("POST", "Authentication/SignOut", {"userId": number, "sessionToken": token})
        assert told.body["signedOut"] is True
        assert (await other.call("GET", "Resources/")).status == 401


async def test_without_a_session_one_may_look_and_not_write():
    async with system() as client:
        nobody = client()
        assert (await nobody.call("GET", "Reservations/")).status == 200
        assert (await nobody.book(31, at(10))).status == 401


async def test_names_are_those_of_the_documentation(service):
    resources = (await service.call("GET", "Resources/")).body["resources"]
    assert {frozenset(each) for each in resources} == {frozenset(RESOURCE)}
    assert 90 not in [each["resourceId"] for each in resources], "hidden"
    assert (await service.call("GET", "Resources/31")).body == next(r for r in resources if r["resourceId"] == 31)
    assert (await service.call("GET", "Resources/31")).body["customAttributes"][0].keys() == {
        "id", "label", "value", "links", "message",
    }  # fmt: skip
    listed = (await service.call("GET", "Reservations/", userId=MEI)).body
    assert listed.keys() == {"reservations", "startDateTime", "endDateTime", "links", "message"}
    assert {frozenset(each) for each in listed["reservations"]} == {frozenset(ITEM)}
    reference = listed["reservations"][0]["referenceNumber"]
    assert (await service.call("GET", f"Reservations/{reference}")).body.keys() == WHOLE
    schedule = (await service.call("GET", "Schedules/1")).body
    assert schedule.keys() == SCHEDULE
    assert [each["id"] for each in (await service.call("GET", "Schedules/")).body["schedules"]] == [1, 2, 3, 4]
    assert (await service.call("GET", "Resources/Types")).body["types"][0] == {"id": 1, "description": "Hall"}


async def test_a_schedule_tells_its_slots_by_day_of_the_week_and_covers_each_day_whole(service):
    periods = (await service.call("GET", "Schedules/2")).body["periods"]
    assert len(periods) == 7
    for number, day in enumerate(periods):
        assert datetime.fromisoformat(day[0]["start"]).isoweekday() % 7 == number
        assert [each["end"] for each in day[:-1]] == [each["start"] for each in day[1:]]
        assert (day[0]["startTime"], day[-1]["endTime"]) == ("0:00:00", "0:00:00")
    sunday, monday = ([each["startTime"] for each in day if each["isReservable"]] for day in periods[:2])
    assert (sunday[0], sunday[-1], monday[0], monday[-1]) == ("8:00:00", "20:00:00", "7:00:00", "21:00:00")


async def test_lists_are_in_utc_and_one_alone_in_the_users_zone(service):
    (first, *_) = (await service.call("GET", "Reservations/", userId=MEI)).body["reservations"]
    alone = (await service.call("GET", f"Reservations/{first['referenceNumber']}")).body
    assert first["startDate"].endswith("+0000")
    assert alone["startDate"].endswith("+0800")
    assert datetime.fromisoformat(first["startDate"]) == datetime.fromisoformat(alone["startDate"])
    assert (first["checkInDate"], first["originalEndDate"]) == ("", ""), "what never was is an empty text"


async def test_without_dates_two_weeks_are_told_and_with_a_user_that_is_none_everybodys(service):
    await service.book(31, NOW.replace(hour=8, minute=0) + timedelta(days=15), userId=int(MEI))
    (listed,) = [(await service.call("GET", "Reservations/", userId=MEI)).body["reservations"]]
    last = max(datetime.fromisoformat(each["startDate"]) for each in listed)
    assert last <= NOW + timedelta(days=14, minutes=1)
    until = iso(NOW + timedelta(days=20))
    all_of_mei = (await service.call("GET", "Reservations/", userId=MEI, endDateTime=until)).body["reservations"]
    assert len(all_of_mei) == len(listed) + 1
    for nobody in ("", "0"):
        told = (await service.call("GET", "Reservations/", userId=nobody)).body["reservations"]
        assert {str(each["userId"]) for each in told} == {MEI, JORDAN}
    nothing = (await service.call("GET", "Reservations/", userId="123456")).body
    assert (nothing["reservations"], nothing["startDateTime"], nothing["endDateTime"]) == ([], None, None)


async def test_a_range_and_a_resource_narrow_a_list_down(service):
    await service.book(31, at(10), userId=int(MEI))
    day = {"startDateTime": iso(at(0)), "endDateTime": iso(at(24))}
    for narrowed in ({}, {"resourceId": "31"}, {"scheduleId": "1"}, {"userId": MEI}):
        told = (await service.call("GET", "Reservations/", **day, **narrowed)).body["reservations"]
        assert [(each["resourceId"], each["duration"]) for each in told] == [(31, "1 hours")]
    for other in ({"resourceId": "32"}, {"scheduleId": "2"}, {"userId": JORDAN}):
        assert (await service.call("GET", "Reservations/", **day, **other)).body["reservations"] == []
    day = {"startDateTime": "2026-12-01", "endDateTime": "2026-12-02"}
    assert len((await service.call("GET", "Reservations/", **day)).body["reservations"]) == 1, "days of the user's zone"
    broken = await service.call("GET", "Reservations/", startDateTime="soon")
    assert (broken.status, broken.kind, broken.text) == (500, "application/json", "Exception was logged.")


async def test_availability_says_until_when_and_from_when_on(service):
    await service.book(31, at(10), userId=int(MEI))
    await service.book(31, at(11), userId=int(JORDAN))
    for hour, available, from_, until in (
        (9, True, None, at(10)), (10.5, False, at(12), None),
        (13, True, None, NOW + timedelta(days=9)),  # seeded
    ):  # fmt: skip
        told = (await service.call("GET", "Resources/Availability", dateTime=iso(at(hour)))).body["resources"]
        (room,) = [each for each in told if each["resource"]["resourceId"] == 31]
        assert room["available"] is available
        assert [room[name] and datetime.fromisoformat(room[name]) for name in ("availableAt", "availableUntil")] == [
            from_, until,
        ]  # fmt: skip
    alone = await service.call("GET", "Resources/31/Availability", dateTime=iso(at(10)))
    assert len(alone.body["resources"]) == 1


async def test_slots_show_a_reservation_as_one_slot_however_many_it_fills(service):
    await service.book(31, at(10), 2, userId=int(MEI))
    told = (await service.call("GET", "Schedules/1/Slots", startDateTime=iso(at(0)), endDateTime=iso(at(0)))).body[
        "dates"
    ]
    assert len(told) == 1
    (room,) = [each for each in told[0]["resources"] if each["resourceId"] == 31]
    (reserved,) = [each for each in room["slots"] if each["isReserved"]]
    assert (reserved["slotSpan"], reserved["isReservable"], reserved["label"]) == (4, False, "Mei Li")
    assert datetime.fromisoformat(reserved["endDateTime"]) == at(12)
    assert reserved["reservation"].keys() == ITEM


async def test_what_is_closed_is_neither_reserved_nor_reservable_and_booked_by_nobody(service):
    """The floor of the court is made anew in two days, from noon on."""
    day = NOW.date() + timedelta(days=2)
    midnight, noon = (datetime.combine(day, time(hour), CAMPUS_TIME) for hour in (0, 12))
    params = {"startDateTime": iso(midnight), "endDateTime": iso(midnight)}
    (told,) = (await service.call("GET", "Schedules/2/Slots", **params)).body["dates"]
    (court,) = [each["slots"] for each in told["resources"] if each["resourceId"] == 43]
    (closed,) = [each for each in court if each["label"] == "The floor is made anew"]
    assert (closed["isReserved"], closed["isReservable"], closed["reservation"]) == (False, False, None)
    assert (closed["startDateTime"], closed["endDateTime"], closed["slotSpan"]) == (
        iso(noon), iso(noon + timedelta(hours=5)), 5,
    )  # fmt: skip
    conflict = f"There are conflicting reservations on the following dates:\n{day:%m/%d/%Y} - Basketball Court\n"
    assert refused(await service.book(43, noon + timedelta(hours=4), 2, userId=int(MEI))) == [conflict]
    assert (await service.book(43, noon + timedelta(hours=5), 1, userId=int(MEI))).status == 201


async def test_what_is_booked_is_found_changed_and_deleted(service):
    told = await service.book(31, at(10), userId=int(MEI))
    assert (told.status, told.body["message"], told.body["isPendingApproval"]) == (
        201, "The reservation was created", False,
    )  # fmt: skip
    path = f"Reservations/{told.body['referenceNumber']}"
    assert (await service.call("GET", path)).body["owner"]["userId"] == int(MEI)
    changed = await service.call("POST", path, wish(32, at(14), title="Viva"))
    assert (changed.status, changed.body["message"]) == (200, "The reservation was updated")
    now = (await service.call("GET", path)).body
    assert (now["resourceId"], now["title"], now["owner"]["userId"]) == (32, "Viva", int(MEI))
    assert (await service.call("DELETE", path, updateScope="some")).body["errors"] == [
        "Missing or invalid updateScope: some"
    ]
    gone = await service.call("DELETE", path)
    assert (gone.status, gone.body) == (200, {"links": [], "message": "The item was deleted"})
    assert (await service.call("GET", path)).status == 404


def refused(told: Told) -> list[str]:
    assert told.status == 400
    assert told.body["message"] == "There were errors processing your request"
    return told.body["errors"]


async def test_of_two_who_want_one_slot_the_second_is_refused(users):
    mei, jordan = users
    answers = await asyncio.gather(*(each.book(31, at(10)) for each in (mei, jordan)))
    assert sorted(each.status for each in answers) == [201, 400]
    (loser,) = [each for each in answers if each.status == 400]
    assert refused(loser) == [CONFLICT]
    assert (await mei.book(31, at(11))).status == 201, "what begins when another ends is free"


async def test_what_has_room_for_several_is_refused_when_it_is_full(service):
    monday = at(10) - timedelta(days=1)
    assert [(await service.book(51, monday)).status for _ in range(4)] == [201, 201, 201, 400]


async def test_a_booking_keeps_to_slots_and_opening_hours_whoever_makes_it(service):
    start, end = "The start date and time requested is not valid.\n", "The end date and time requested is not valid.\n"
    assert refused(await service.book(31, at(7))) == [start]
    assert refused(await service.book(31, at(10.25), 0.75)) == [start]
    assert refused(await service.book(31, at(21), 1.25)) == [end]
    assert refused(await service.book(52, at(10) + timedelta(days=4))) == [start + end], "a laboratory on a Saturday"
    assert refused(await service.book(31, at(10), -1)) == [
        "The start date and time must be before the end date and time."
    ]
    assert refused(await service.call("POST", "Reservations/", {"title": "x"})) == [
        "Missing or invalid resourceId", "Missing or invalid startDateTime", "Missing or invalid endDateTime",
    ]  # fmt: skip


async def test_users_are_held_to_rules_that_administrators_are_not(users, service):
    mei, jordan = users
    assert refused(await mei.book(31, NOW.replace(minute=0) - timedelta(hours=1))) == [
        "The start date and time cannot be in the past."
    ]
    assert refused(await mei.book(31, at(10), 3.5)) == ["This reservation cannot last longer than 3 hours."]
    for hour in (8, 9):
        assert (await mei.book(31, at(hour))).status == 201
    assert refused(await mei.book(32, at(12))) == ["Quota limit exceeded."]
    told = await jordan.book(11, at(10))
    assert told.body["isPendingApproval"] is True
    path = f"Reservations/{told.body['referenceNumber']}"
    not_yours = ["You are not allowed to change this reservation."]
    assert refused(await mei.call("DELETE", path)) == not_yours
    assert refused(await mei.call("POST", path, wish(11, at(12) + timedelta(days=1)))) == not_yours
    for hour in (8, 9, 10):
        told = await service.book(31, at(hour), userId=int(MEI))
        assert (told.status, told.body["isPendingApproval"]) == (201, False)
    assert (await service.book(11, NOW.replace(minute=0) - timedelta(hours=1), userId=int(MEI))).status == 201


async def test_users_are_held_to_what_a_facility_says_of_length_notice_and_who_may_book_it(users):
    mei, jordan = users
    not_permitted = ["You do not have permission to access one or more of the requested resources."]
    assert refused(await mei.book(23, at(10))) == not_permitted
    assert (await jordan.book(23, at(10))).status == 201, "by a permission of Jordan's own"
    assert refused(await mei.book(51, at(10))) == ["This reservation must last at least 2 hours."]
    tomorrow = NOW.replace(hour=14, minute=0) + timedelta(days=1)
    assert refused(await mei.book(51, tomorrow, 2)) == [
        "This reservation requires advance notice. The earliest date and time that can be reserved is 11/24/2026 15:30."
    ]
    assert refused(await mei.book(41, at(10) + timedelta(days=14))) == [
        "This reservation cannot be made this far in the future. The latest date and time that can be reserved is"
        " 12/07/2026 15:30."
    ]
    (soon,) = (await mei.call("GET", "Reservations/", userId=MEI, resourceId="41")).body["reservations"]
    assert refused(await mei.call("DELETE", f"Reservations/{soon['referenceNumber']}")) == [
        "Deleting this reservation requires advance notice. Reservations before 11/23/2026 17:30 are not allowed to be"
        " deleted."
    ]


async def test_who_may_book_what_is_told_of_users_and_of_their_groups(service):
    jordan = (await service.call("GET", f"Users/{JORDAN}")).body
    assert jordan.keys() == USER
    assert ([each["id"] for each in jordan["permissions"]], [each["id"] for each in jordan["groups"]]) == ([23], [1])
    members = (await service.call("GET", "Groups/1")).body
    assert members.keys() == GROUP
    allowed = [int(each.rpartition("/Resources/")[2]) for each in members["permissions"]]
    assert 21 in allowed
    assert 23 not in allowed
    assert [each.rpartition("/Users/")[2] for each in members["users"]] == [MEI, JORDAN]
    for path in ("Users/123456", "Groups/9"):
        assert (await service.call("GET", path)).status == 404


async def test_what_a_facility_demands_is_told_in_words_of_days_hours_and_minutes(service):
    told = {each["resourceId"]: each for each in (await service.call("GET", "Resources/")).body["resources"]}
    demands = ("minLength", "maxLength", "minNoticeAdd", "maxNotice", "minNoticeDelete")
    assert [told[51][name] for name in demands] == ["2 hours", "4 hours", "1 days", "", ""]
    assert [told[41][name] for name in demands] == ["", "2 hours", "", "14 days", "2 hours"]


async def test_who_is_there_checks_in_within_the_time_and_out_after_it(service):
    soon = NOW.replace(minute=30)
    reference = (await service.book(21, soon, userId=int(MEI))).body["referenceNumber"]
    assert refused(await service.call("POST", f"Reservations/{reference}/CheckOut")) == [
        "This reservation cannot be checked out from."
    ]
    told = await service.call("POST", f"Reservations/{reference}/CheckIn")
    assert (told.status, told.body["message"]) == (200, "The reservation was checked in")
    told = await service.call("POST", f"Reservations/{reference}/CheckOut")
    assert (told.status, told.body["message"]) == (200, "The reservation was checked out")
    whole = (await service.call("GET", f"Reservations/{reference}")).body
    assert whole["checkInDate"]
    assert whole["checkOutDate"]
    later = (await service.book(21, at(10), userId=int(MEI))).body["referenceNumber"]
    assert refused(await service.call("POST", f"Reservations/{later}/CheckIn")) == [
        "This reservation cannot be checked in to."
    ]


async def test_what_is_not_there_is_told_in_json_and_a_path_that_never_was_in_html(service):
    for path in ("Resources/999", "Schedules/9", "Reservations/none"):
        told = await service.call("GET", path)
        assert (told.status, told.body["message"]) == (404, "The requested resource was not found")
    told = await service.call("GET", "Reservation")
    assert (told.status, told.kind) == (404, "text/html")
