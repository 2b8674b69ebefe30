"""Facilities and bookings show what the booking system holds, and of other people's bookings only when they are."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.e2e.canaries import appears, text_of
from tests.simulated_campus import SimulatedCampus

BOOKED = "/Web/Services/index.php/Reservations/"
RESOURCES = "/Web/Services/index.php/Resources/"

FIND = """
query($kind: String, $search: String, $campus: String) {
  facilities(kind: $kind, search: $search, campus: $campus) { nodes { name } }
}
"""

Rows = list[dict[str, Any]]


async def reserved(campus: SimulatedCampus, first: int, last: int, **wanted: str) -> Rows:
    """What the booking system has between two days, counted from today."""
    midnight = datetime.combine(plain.TODAY, time(), plain.ZONE)
    begin, end = (midnight + timedelta(days=days) for days in (first, last))
    params = {"startDateTime": f"{begin:%Y-%m-%dT%H:%M:%S%z}", "endDateTime": f"{end:%Y-%m-%dT%H:%M:%S%z}", **wanted}
    rows: Rows = (await campus.systems["facilities-gz"].get(BOOKED, params))["reservations"]
    return rows


def whole_minutes(start: datetime, end: datetime) -> set[datetime]:
    """A span as the half hours in it: no slot is shorter."""
    step = timedelta(minutes=30)
    return {start + step * number for number in range((end - start) // step)}


async def closed(campus: SimulatedCampus, day: date) -> dict[int, set[datetime]]:
    """What can neither be reserved nor is reserved, by resource: closures, and whatever lies outside opening hours."""
    midnight = f"{datetime.combine(day, time(), plain.ZONE):%Y-%m-%dT%H:%M:%S%z}"
    found: dict[int, set[datetime]] = {}
    for number in range(1, 5):
        slots = f"/Web/Services/index.php/Schedules/{number}/Slots"
        params = {"startDateTime": midnight, "endDateTime": midnight}
        (told,) = (await campus.systems["facilities-gz"].get(slots, params))["dates"]
        for row in told["resources"]:
            spans = [each for each in row["slots"] if not each["isReservable"] and not each["isReserved"]]
            moments = [(plain.moment(each["startDateTime"]), plain.moment(each["endDateTime"])) for each in spans]
            found[row["resourceId"]] = set().union(*(whole_minutes(*each) for each in moments))
    return found


@pytest.mark.parametrize(("days", "works"), [(0, set()), (2, {43}), (5, {23})])
async def test_a_day_is_taken_where_something_is_reserved_closed_where_its_office_says_so_and_free_elsewhere(
    open_campus: SimulatedCampus, days: int, works: set[int]
) -> None:
    day = plain.TODAY + timedelta(days=days)
    answer = await open_campus.widget("facilities", {"day": day.isoformat()})
    assert answer.errors == []
    told = (await open_campus.systems["facilities-gz"].get(RESOURCES))["resources"]
    rows = await reserved(open_campus, days, days + 1)
    shown = answer.at("facilities.nodes")
    assert [each["name"] for each in shown] == [each["name"] for each in told]
    shut, closed_at = await closed(open_campus, day), set()
    taken_somewhere = 0
    for facility, resource in zip(shown, told, strict=True):
        assert (facility["capacity"], facility["needsApproval"]) == (
            resource["maxParticipants"], resource["requiresApproval"],
        )  # fmt: skip
        if resource["maxConcurrentReservations"] > 1 or resource["statusId"] != 1:
            continue
        held: set[datetime] = set()
        for row in rows:
            if row["resourceId"] == resource["resourceId"]:
                held |= whole_minutes(plain.moment(row["startDate"]), plain.moment(row["endDate"]))
        states = {state: set[datetime]() for state in ("FREE", "TAKEN", "CLOSED")}
        for slot in facility["availability"]:
            states[slot["state"]] |= whole_minutes(plain.moment(slot["from"]), plain.moment(slot["until"]))
        number = resource["resourceId"]
        open_at = states["FREE"] | states["TAKEN"] | states["CLOSED"]
        assert states["TAKEN"] == held & open_at
        assert states["CLOSED"] == shut[number] & open_at
        assert not states["FREE"] & (held | shut[number])
        taken_somewhere += bool(states["TAKEN"])
        closed_at |= {number} if states["CLOSED"] else set()
    assert taken_somewhere > 3
    assert closed_at == works


async def test_all_facilities_of_a_day_cost_one_call_and_each_further_day_one_more(
    cold_campus: SimulatedCampus,
) -> None:
    days = " ".join(f'on{n}: availability(day: "2026-11-0{n}") {{ state }}' for n in (2, 3, 4))
    answer = await cold_campus.ask(
        f'{{ facilities {{ nodes {{ {days} again: availability(day: "2026-11-02") {{ from }} }} }} }}'
    )
    assert answer.errors == []
    assert len(answer.at("facilities.nodes")) > 10
    assert {name: len(calls) for name, calls in (await cold_campus.calls()).items()} == {"facilities-gz": 3}


async def test_facilities_are_found_by_kind_and_by_words_in_any_language(open_campus: SimulatedCampus) -> None:
    async def found(**wish: str) -> list[str]:
        answer = await open_campus.ask(FIND, wish)
        assert answer.errors == []
        return [each["name"] for each in answer.at("facilities.nodes")]

    assert await found(kind="Hall") == ["Multifunction Hall (102), C2", "Exhibition Space (115), C2"]
    assert await found(search="badminton 1") == ["Badminton Court 1"]
    assert await found(search="会议室 e1") == ["Meeting Room 210, E1", "Meeting Room 310, E1"]
    assert await found(search="nothing of the kind") == []
    assert len(await found(campus="GZ")) == len(await found())


async def test_a_campus_without_a_booking_system_has_none_and_one_that_is_none_is_told(
    open_campus: SimulatedCampus,
) -> None:
    answer = await open_campus.ask('{ facilities(campus: "CWB") { nodes { name } } }')
    assert (answer.data, answer.errors) == ({"facilities": None}, [])
    answer = await open_campus.ask('{ facilities(campus: "XX") { nodes { name } } }')
    assert answer.faults() == {("facilities", "BAD_USER_INPUT", None)}
    answer = await open_campus.ask(
        '{ facilities(kind: "Hall") { nodes { availability(day: "9999-12-31") { state } } } }'
    )
    assert {code for _, code, _ in answer.faults()} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("who", ["mei", "jordan"])
async def test_bookings_are_those_the_booking_system_holds_for_the_person(
    open_campus: SimulatedCampus, who: str
) -> None:
    account = (await plain.claims(open_campus, who))["gz_booking_user"]
    answer = await open_campus.widget("my-bookings", {"past": True}, as_=who, headers={"Accept-Language": "en"})
    assert answer.errors == []
    shown = answer.at("me.bookings.nodes")
    assert [
        (each["reference"], each["title"], each["facility"]["name"], plain.moment(each["starts"])) for each in shown
    ] == [
        (each["referenceNumber"], each["title"], each["resourceName"], plain.moment(each["startDate"]))
        for each in await reserved(open_campus, -30, 181, userId=account)
    ]
    assert {each["state"] for each in shown} == {"CHECKED_OUT", "CONFIRMED", "PENDING_APPROVAL"}
    coming = (await open_campus.widget("my-bookings", as_=who)).at("me.bookings.nodes")
    assert [each["reference"] for each in coming] == [
        each["reference"] for each in shown if each["state"] != "CHECKED_OUT"
    ]


async def test_two_people_see_different_bookings_and_whoever_has_no_account_none(open_campus: SimulatedCampus) -> None:
    path = "me.bookings.nodes.0.reference"
    answers = [await open_campus.widget("my-bookings", as_=who) for who in ("mei", "jordan")]
    assert None not in (one := answers[0].at(path), other := answers[1].at(path))
    assert one != other
    nobody = await open_campus.widget("my-bookings", as_="alex")
    assert (nobody.data, nobody.errors) == ({"me": {"bookings": None}}, [])


@pytest.mark.parametrize("who", [None, "alex", "mei", "jordan"])
async def test_nothing_of_whoever_else_booked_is_shown_to_anybody(
    open_campus: SimulatedCampus, who: str | None
) -> None:
    own = (await plain.claims(open_campus, who)).get("gz_booking_user") if who else None
    rows = await reserved(open_campus, -14, 22)
    others = [each for each in rows if str(each["userId"]) != own]
    secrets = {each[name] for each in others for name in ("title", "description", "referenceNumber")}
    secrets |= {f"{each['firstName']} {each['lastName']}" for each in others} | {str(each["userId"]) for each in others}
    assert len(secrets) > 200
    for days in range(-3, 4):
        day = (plain.TODAY + timedelta(days=days)).isoformat()
        seen = text_of((await open_campus.widget("facilities", {"day": day}, as_=who)).body)
        assert [secret for secret in secrets if appears(secret, seen)] == []
    if who:
        seen = text_of((await open_campus.widget("my-bookings", {"past": True}, as_=who)).body)
        assert [secret for secret in secrets if appears(secret, seen)] == []


async def test_the_next_day_of_a_person_has_what_they_booked_with_its_place(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("today", as_="jordan")
    assert answer.errors == []
    account = (await plain.claims(open_campus, "jordan"))["gz_booking_user"]
    now, until = (plain.moment(answer.at(f"me.today.{name}")) for name in ("since", "until"))
    held = [
        (each["resourceName"], each["title"], plain.moment(each["startDate"]))
        for each in await reserved(open_campus, -1, 3, userId=account)
        if plain.moment(each["startDate"]) < until and plain.moment(each["endDate"]) > now
    ]
    booked = [each for each in answer.at("me.today.nodes") if each["kind"] == "BOOKING"]
    assert [(each["title"], each["detail"], plain.moment(each["at"])) for each in booked] == held
    assert [each["location"]["building"] for each in booked] == ["Sports Centre"]


async def test_while_the_booking_system_is_down_facilities_stand_and_only_their_day_is_missing(
    campus: SimulatedCampus,
) -> None:
    healthy = await campus.widget("facilities")
    await campus.systems["facilities-gz"].fault("down")
    answer = await campus.widget("facilities")
    places = range(len(healthy.at("facilities.nodes")))
    assert answer.faults() == {
        (f"facilities.nodes.{place}.availability", "UPSTREAM_UNAVAILABLE", "facilities-gz") for place in places
    }
    for before, now in zip(healthy.at("facilities.nodes"), answer.at("facilities.nodes"), strict=True):
        assert now == {**before, "availability": None}
    mine = await campus.widget("my-bookings", as_="mei")
    assert mine.data == {"me": {"bookings": None}}
    assert mine.faults() == {("me.bookings", "UPSTREAM_UNAVAILABLE", "facilities-gz")}
    today = await campus.widget("today", as_="mei")
    assert today.faults() == {("me.today", "UPSTREAM_UNAVAILABLE", "facilities-gz")}
    assert [each["system"] for each in today.at("me.today.unavailable")] == ["facilities-gz"]


async def test_the_gateway_is_signed_in_wherever_it_asks(cold_campus: SimulatedCampus) -> None:
    assert (await cold_campus.widget("dashboard", as_="mei")).errors == []
    calls = await cold_campus.systems["facilities-gz"].asked()
    assert [(each["path"], each["authorized"], each["status"]) for each in calls] == [(BOOKED, True, 200)] * 2
