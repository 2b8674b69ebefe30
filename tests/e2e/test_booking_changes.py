"""Facilities are booked by whoever is first, once however often they ask, and given back by whoever has them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from campus.ids import GlobalId
from tests.e2e import plain_reads as plain
from tests.e2e.canaries import appears, text_of
from tests.simulated_campus import Answer, SimulatedCampus

RESERVATIONS = "/Web/Services/index.php/Reservations/"
FAR = plain.TODAY + timedelta(days=100)
"""A day on which nobody in the sandbox has booked anything."""

BOOK = """
mutation($input: BookingInput!, $key: String, $day: Date) {
  bookFacility(input: $input, idempotencyKey: $key) {
    __typename
    ... on FacilityBooked {
      booking { id reference title starts ends state facility { name availability(day: $day) { from until state } } }
    }
    ... on SlotTaken { starts ends facility { name } }
    ... on BookingRefused { reason reasonLabel }
    ... on InvalidInput { problems { path message } }
  }
}
"""
CANCEL = """
mutation($id: ID!) {
  cancelBooking(booking: $id) {
    __typename
    ... on BookingCancelled { reference }
    ... on CancellationRefused { reason reasonLabel }
    ... on InvalidInput { problems { path message } }
  }
}
"""
BOOKINGS = "query($past: Boolean! = false) { me { bookings(past: $past) { nodes { id reference title starts } } } }"
ENGLISH = {"Accept-Language": "en"}


def at(day: date, hour: float) -> str:
    return (datetime.combine(day, time(), plain.ZONE) + timedelta(hours=hour)).isoformat()


def facility(number: int) -> str:
    return GlobalId("Facility", "facilities-gz", (str(number),)).encoded()


def wish(number: int = 31, day: date = FAR, start: float = 10, hours: float = 1, **more: Any) -> dict[str, Any]:
    return {"facility": facility(number), "starts": at(day, start), "ends": at(day, start + hours), **more}


async def book(campus: SimulatedCampus, who: str, wanted: dict[str, Any], key: str | None = None) -> Answer:
    variables = {"input": wanted, "key": key, "day": FAR.isoformat()}
    return await campus.ask(BOOK, variables, as_=who, headers=ENGLISH)


async def held(campus: SimulatedCampus, day: date = FAR) -> list[dict[str, Any]]:
    """What the booking system has on a day."""
    begin, end = (at(day, hour).replace("+08:00", "+0800") for hour in (0, 24))
    params = {"startDateTime": begin, "endDateTime": end}
    rows: list[dict[str, Any]] = (await campus.systems["facilities-gz"].get(RESERVATIONS, params))["reservations"]
    return rows


async def sent(campus: SimulatedCampus, method: str) -> int:
    calls = await campus.systems["facilities-gz"].calls()
    return len([each for each in calls if each["method"] == method and each["path"].startswith(RESERVATIONS)])


@pytest.fixture
async def booking(open_campus: SimulatedCampus) -> AsyncIterator[SimulatedCampus]:
    """What was booked is given back, since the university is there for all tests."""
    await open_campus.forget_calls()
    yield open_campus
    await give_back(open_campus)


@pytest.fixture
async def breaking(campus: SimulatedCampus) -> AsyncIterator[SimulatedCampus]:
    """The same, for tests that break the booking system."""
    yield campus
    await campus.systems["facilities-gz"].fault("none")
    await give_back(campus)


async def give_back(campus: SimulatedCampus) -> None:
    for who in ("mei", "jordan"):
        for each in (await campus.ask(BOOKINGS, as_=who)).at("me.bookings.nodes"):
            if plain.moment(each["starts"]).date() >= FAR:
                await campus.ask(CANCEL, {"id": each["id"]}, as_=who)


async def test_what_is_booked_is_the_persons_and_taken_and_free_once_it_is_given_back(
    booking: SimulatedCampus,
) -> None:
    answer = await book(booking, "mei", wish(title=" Viva ", starts=f"{FAR}T10:00:00", ends=f"{FAR}T11:00:00"))
    assert answer.errors == []
    made = answer.at("bookFacility.booking")
    assert (made["title"], made["starts"], made["ends"], made["state"], made["facility"]["name"]) == (
        "Viva", at(FAR, 10), at(FAR, 11), "CONFIRMED", "Study Room A, W1",
    )  # fmt: skip
    assert [(each["from"], each["state"]) for each in made["facility"]["availability"]] == [
        (at(FAR, 8), "FREE"), (at(FAR, 10), "TAKEN"), (at(FAR, 11), "FREE"),
    ]  # fmt: skip
    (row,) = await held(booking)
    account = (await plain.claims(booking, "mei"))["gz_booking_user"]
    assert (row["referenceNumber"], str(row["userId"]), row["title"]) == (made["reference"], account, "Viva")
    listed = (await booking.ask(BOOKINGS, as_="mei")).at("me.bookings.nodes")
    assert made["id"] in [each["id"] for each in listed]
    for _ in range(2):
        gone = await booking.ask(CANCEL, {"id": made["id"]}, as_="mei")
        assert gone.at("cancelBooking") == {"__typename": "BookingCancelled", "reference": made["reference"]}
    assert await sent(booking, "DELETE") == 1
    assert await held(booking) == []
    assert made["id"] not in [each["id"] for each in (await booking.ask(BOOKINGS, as_="mei")).at("me.bookings.nodes")]
    assert (await book(booking, "jordan", wish())).at("bookFacility.__typename") == "FacilityBooked"


async def test_of_many_who_want_one_slot_at_once_one_has_it_and_the_others_learn_nothing_of_whom(
    booking: SimulatedCampus,
) -> None:
    wanted = [("mei", "jordan")[n % 2] for n in range(40)]
    answers = await asyncio.gather(
        *(book(booking, who, wish(title=f"Secret of {who}"), f"race-{n}") for n, who in enumerate(wanted))
    )
    (row,) = await held(booking)
    first = next(who for who in ("mei", "jordan") if row["title"] == f"Secret of {who}")
    for who, answer in zip(wanted, answers, strict=True):
        assert answer.errors == []
        if who == first:
            assert answer.at("bookFacility.booking.reference") == row["referenceNumber"]
        else:
            assert answer.at("bookFacility") == {
                "__typename": "SlotTaken",
                "starts": at(FAR, 10),
                "ends": at(FAR, 11),
                "facility": {"name": "Study Room A, W1"},
            }
            text = text_of(answer.body)
            for secret in (row["referenceNumber"], row["firstName"], row["lastName"], str(row["userId"]), row["title"]):
                assert not appears(secret, text)
    assert await sent(booking, "POST") == 1


async def test_a_key_is_good_for_one_booking_however_often_it_is_sent(booking: SimulatedCampus) -> None:
    answers = await asyncio.gather(*(book(booking, "mei", wish(51, hours=2), "one") for _ in range(10)))
    answers.append(await book(booking, "mei", wish(51, hours=2), "one"))
    (row,) = await held(booking)
    assert {each.at("bookFacility.booking.reference") for each in answers} == {row["referenceNumber"]}
    assert (await book(booking, "mei", wish(51, hours=3), "one")).at("bookFacility.problems") == [
        {"path": ["idempotencyKey"], "message": "This key was used for another request."}
    ]
    assert (await book(booking, "jordan", wish(51, hours=2), "one")).at("bookFacility.__typename") == "FacilityBooked"
    assert len(await held(booking)) == 2
    for answer in answers[:2]:
        await booking.ask(CANCEL, {"id": answer.at("bookFacility.booking.id")}, as_="mei")
    assert (await book(booking, "mei", wish(51, hours=2), "one")).at("bookFacility.problems") == [
        {"path": ["idempotencyKey"], "message": "What was booked with this key is not there any longer."}
    ]
    assert len(await held(booking)) == 1


@pytest.mark.parametrize("key", ["lost", None])
async def test_a_booking_whose_answer_was_lost_is_told_as_unsettled_and_found_when_asked_for_again(
    breaking: SimulatedCampus, key: str | None
) -> None:
    await breaking.systems["facilities-gz"].fault("cut", path=RESERVATIONS, method="POST")
    lost = await book(breaking, "mei", wish(), key)
    assert lost.data == {"bookFacility": None}
    assert lost.faults() == {("bookFacility", "UPSTREAM_BAD_RESPONSE", "facilities-gz")}
    assert lost.errors[0]["extensions"]["unsettled"] is True
    again = await book(breaking, "mei", wish(), key)
    (row,) = await held(breaking)
    assert again.at("bookFacility.booking.reference") == row["referenceNumber"]
    assert await sent(breaking, "POST") == 1


REFUSED = {
    "IN_THE_PAST": wish(31, plain.TODAY, 8),
    "OUT_OF_SERVICE": wish(53),
    "NEEDS_APPROVAL": wish(11),
    "NOT_PERMITTED": wish(23),
    "ACROSS_DAYS": wish(31, start=22, hours=3),
    "CLOSED": wish(31, start=7),
    "BETWEEN_SLOTS": wish(31, start=10.25),
    "TOO_SHORT": wish(51),
    "TOO_LONG": wish(31, hours=3.5),
    "TOO_SOON": wish(51, plain.TODAY, 16, 2),
    "TOO_FAR_AHEAD": wish(41),
}


async def test_each_rule_of_a_facility_refuses_with_its_reason_and_nothing_is_sent(booking: SimulatedCampus) -> None:
    for reason, wanted in REFUSED.items():
        answer = await book(booking, "mei", wanted)
        assert answer.at("bookFacility.reason") == reason
    assert await sent(booking, "POST") == 0
    chinese = await booking.ask(BOOK, {"input": wish(11)}, as_="mei", headers={"Accept-Language": "zh-Hant"})
    assert chinese.at("bookFacility.reasonLabel") == "須經批准"
    for hour in (8, 9):
        assert (await book(booking, "mei", wish(32, start=hour))).at("bookFacility.__typename") == "FacilityBooked"
    assert (await book(booking, "mei", wish(32, start=12))).at("bookFacility.reason") == "QUOTA"
    rules = '{ facilities(kind: "Laboratory") { nodes { rules { shortestMinutes noticeMinutes mostADay } } } }'
    told = (await booking.ask(rules)).at("facilities.nodes.0.rules")
    assert told == {"shortestMinutes": 120, "noticeMinutes": 1440, "mostADay": 2}


async def test_what_cannot_be_booked_by_anybody_is_told_place_by_place(booking: SimulatedCampus) -> None:
    later = plain.TODAY + timedelta(days=200)
    for who, wanted, problems in (
        ("mei", wish(hours=-1), [(["input", "ends"], "It must end after it begins.")]),
        ("mei", {**wish(), "starts": f"{FAR}T10:00:30+08:00"}, [(["input", "starts"], "Whole minutes only.")]),
        ("mei", wish(day=later), [(["input", "ends"], "At most 180 days from today.")]),
        ("mei", wish(title="x" * 201), [(["input", "title"], "At most 200 characters.")]),
        ("mei", {**wish(), "facility": facility(999)}, [
            (["input", "facility"], "This facility is not there any longer."),
        ]),
        ("mei", {**wish(), "facility": GlobalId("Service", "onestop-gz", ("x",)).encoded()}, [
            (["input", "facility"], "This is no id of a facility that can be booked."),
        ]),
        ("alex", wish(), [
            (["input", "facility"], "You have no account in the booking system of this campus."),
        ]),
    ):  # fmt: skip
        told = (await book(booking, who, wanted)).at("bookFacility")
        assert told["__typename"] == "InvalidInput"
        assert [(each["path"], each["message"]) for each in told["problems"]] == problems
    assert (await book(booking, "mei", {**wish(), "facility": "nonsense"})).faults() == {
        ("bookFacility", "BAD_USER_INPUT", None)
    }
    assert await sent(booking, "POST") == 0


async def test_what_has_begun_or_begins_too_soon_is_not_given_back(booking: SimulatedCampus) -> None:
    over, soon, *_ = (await booking.ask(BOOKINGS, {"past": True}, as_="mei")).at("me.bookings.nodes")
    for each, reason, label in ((over, "BEGUN", "已经开始"), (soon, "TOO_LATE", "已过取消期限")):
        answer = await booking.ask(CANCEL, {"id": each["id"]}, as_="mei", headers={"Accept-Language": "zh-Hans"})
        assert answer.at("cancelBooking") == {
            "__typename": "CancellationRefused", "reason": reason, "reasonLabel": label,
        }  # fmt: skip
    assert await sent(booking, "DELETE") == 0


async def test_nobody_cancels_anothers_booking_by_whatever_id(booking: SimulatedCampus) -> None:
    made = (await book(booking, "mei", wish())).at("bookFacility.booking")
    own = (await plain.claims(booking, "jordan"))["gz_booking_user"]
    forged = GlobalId("Booking", "facilities-gz", (own, f"{made['reference']}/31")).encoded()
    assert (await booking.ask(CANCEL, {"id": made["id"]}, as_="jordan")).faults() == {
        ("cancelBooking", "FORBIDDEN", None)
    }
    for who in ("alex", "rita"):
        assert (await booking.ask(CANCEL, {"id": made["id"]}, as_=who)).faults() == {
            ("cancelBooking", "FORBIDDEN", None)
        }
    assert (await booking.ask(CANCEL, {"id": forged}, as_="jordan")).errors == []
    told = await booking.ask(CANCEL, {"id": facility(31)}, as_="jordan", headers=ENGLISH)
    assert told.at("cancelBooking.problems") == [{"path": ["booking"], "message": "This is no id of a booking."}]
    assert await sent(booking, "DELETE") == 0
    assert [row["referenceNumber"] for row in await held(booking)] == [made["reference"]]


async def test_a_token_that_may_only_read_books_and_cancels_nothing(booking: SimulatedCampus) -> None:
    made = (await book(booking, "mei", wish())).at("bookFacility.booking")
    for document, name, variables in (
        (BOOK, "bookFacility", {"input": wish(32)}),
        (CANCEL, "cancelBooking", {"id": made["id"]}),
    ):
        refused = await booking.ask(document, variables, as_="mei", scope="bookings:read")
        assert (refused.data, refused.faults()) == ({name: None}, {(name, "FORBIDDEN", None)})
        nobody = await booking.ask(document, variables)
        assert nobody.faults() == {(name, "UNAUTHENTICATED", None)}
    assert len(await held(booking)) == 1


async def test_a_booking_system_that_is_away_says_so_and_that_nothing_was_sent(breaking: SimulatedCampus) -> None:
    await breaking.systems["facilities-gz"].fault("down")
    answer = await book(breaking, "mei", wish())
    assert answer.faults() == {("bookFacility", "UPSTREAM_UNAVAILABLE", "facilities-gz")}
    assert "unsettled" not in answer.errors[0]["extensions"]
    await breaking.systems["facilities-gz"].fault("none")
    assert await held(breaking) == []
