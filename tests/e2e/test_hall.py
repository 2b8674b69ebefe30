"""A hall is asked for at One Stop, booked in the booking system by whoever agrees to it, and given back there."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus, University, simulated_university

from .handing_in import act, apply, booked_by_the_office, decide
from .test_handing_in import HALL, hall_slots, shown


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is booked here stays booked."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


HELD = "/Web/Services/index.php/Reservations/"
BOOKINGS = "{ me { bookings { nodes { id title starts ends state } } } }"
CANCEL = "mutation($id: ID!) { cancelBooking(booking: $id) { __typename } }"


async def booked_in_the_hall(campus: SimulatedCampus, starts: datetime, ends: datetime) -> list[dict[str, Any]]:
    """What the booking system has of the hall in this time."""
    span = {"startDateTime": f"{starts:%Y-%m-%dT%H:%M:%S%z}", "endDateTime": f"{ends:%Y-%m-%dT%H:%M:%S%z}"}
    rows = (await campus.systems["facilities-gz"].get(HELD, {"resourceId": "11", **span}))["reservations"]
    at = {name: [datetime.fromisoformat(row[name]) for row in rows] for name in ("startDate", "endDate")}
    # What only touches it is listed as well.
    return [row for row, *moments in zip(rows, *at.values(), strict=True) if moments[0] < ends and moments[1] > starts]


async def test_a_hall_that_is_agreed_to_is_booked_once_and_free_again_when_it_is_given_back(
    campus: SimulatedCampus,
) -> None:
    starts, hour = (await hall_slots(campus, "FREE"))[-1][0], timedelta(hours=1)

    async def ask(who: str, begins: datetime = starts) -> Any:
        form = {"event": "Chess", "people": 20, "from": begins.isoformat(), "until": (begins + hour).isoformat()}
        return await apply(campus, HALL, form, as_=who)

    applied = await ask("mei")
    assert (await ask("jordan"))["__typename"] == "SlotTaken", "nobody has booked it, but somebody has asked for it"
    assert await booked_in_the_hall(campus, starts, starts + hour) == []
    for _ in range(3):
        await decide(campus, applied["application"]["reference"], "approved")
    (row,) = await booked_in_the_hall(campus, starts, starts + hour)
    own = (await plain.claims(campus, "mei"))["gz_booking_user"]
    assert (str(row["userId"]), row["title"], row["requiresApproval"]) == (own, "Chess", False)
    taken = await hall_slots(campus, "TAKEN")  # together with whatever touches it
    assert any(begin <= starts and starts + hour <= end for begin, end in taken)
    assert (await ask("jordan"))["__typename"] == "SlotTaken"
    listed = (await campus.ask(BOOKINGS, as_="mei")).at("me.bookings.nodes")
    (booking,) = [each for each in listed if each["title"] == "Chess"]
    assert datetime.fromisoformat(booking["starts"]) == starts
    # The booking system alone says whose the time is by now: what was agreed to and given back is free.
    given_back = await campus.ask(CANCEL, {"id": booking["id"]}, as_="mei")
    assert given_back.at("cancelBooking.__typename") == "BookingCancelled"
    again = await ask("jordan")
    assert again["__typename"] == "ServiceApplied"
    await act(campus, "withdraw-application", {"application": again["application"]["id"]}, as_="jordan")


async def test_a_hall_that_somebody_else_has_by_the_time_it_is_agreed_to_is_not_given(campus: SimulatedCampus) -> None:
    starts, hour = (await hall_slots(campus, "FREE"))[-1][0], timedelta(hours=1)
    form = {"event": "Chess", "people": 20, "from": starts.isoformat(), "until": (starts + hour).isoformat()}
    application = (await apply(campus, HALL, form))["application"]
    await booked_by_the_office(campus.university, 11, starts, starts + hour)
    for _ in range(3):
        await decide(campus, application["reference"], "approved")
    over = await shown(campus, application["reference"], "COMPLETED")
    assert over["state"] == "REJECTED"
    (row,) = await booked_in_the_hall(campus, starts, starts + hour)
    assert row["title"] == "Open day"


async def test_what_is_given_back_for_amendment_gives_its_time_up_for_the_one_it_asks_for_now(
    campus: SimulatedCampus,
) -> None:
    starts, hour = (await hall_slots(campus, "FREE"))[-1][0], timedelta(hours=1)

    def asked(begins: datetime) -> dict[str, Any]:
        return {"event": "Go", "people": 20, "from": begins.isoformat(), "until": (begins + hour).isoformat()}

    mine = (await apply(campus, HALL, asked(starts)))["application"]
    theirs = (await apply(campus, HALL, asked(starts + hour), as_="jordan"))["application"]
    await decide(campus, mine["reference"], "returned", "Another hour, please.")
    anew = {"application": mine["id"]}
    refused = await act(campus, "resubmit-application", {"input": {**anew, "form": asked(starts + hour)}})
    assert refused["problems"] == [{"path": ["input", "form", "from"], "message": "This time is taken."}]
    await act(campus, "withdraw-application", {"application": theirs["id"]}, as_="jordan")
    amended = await act(campus, "resubmit-application", {"input": {**anew, "form": asked(starts + hour)}})
    assert amended["__typename"] == "ApplicationResubmitted"
    for begins, outcome in ((starts, "ServiceApplied"), (starts + hour, "SlotTaken")):
        assert (await apply(campus, HALL, asked(begins), as_="jordan"))["__typename"] == outcome
    await act(campus, "withdraw-application", {"application": mine["id"]})
