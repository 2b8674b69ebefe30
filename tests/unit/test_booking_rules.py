"""What a facility asks of whoever books it, at its edges."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from campus.location import Location
from campus.timetable import Day
from connectors.gz_campus import (
    Booking,
    BookingRules,
    BookingState,
    BookingWish,
    Facility,
    FacilityKey,
    OpeningHours,
    cancellation,
)
from connectors.gz_campus.booking_rules import refusal

ZONE = ZoneInfo("Asia/Shanghai")
KEY = FacilityKey("facilities-gz", "1")
NOW = datetime(2026, 10, 28, 10, tzinfo=ZONE)
"""A Wednesday."""

WEEK = [
    (Day.WEDNESDAY, "08:00", "12:00", 30),
    (Day.WEDNESDAY, "13:00", "00:00", 60),
    (Day.THURSDAY, "00:00", "02:00", None),
]


def facility(**rules: int | bool) -> Facility:
    return Facility(
        key=KEY,
        campus="GZ",
        name={"en": "Hall"},
        kind=None,
        capacity=None,
        location=Location(building=None, room=None, latitude=None, longitude=None),
        opening_hours=[
            OpeningHours(day=day, from_=time.fromisoformat(opens), until=time.fromisoformat(closes), slot=slot)
            for day, opens, closes, slot in WEEK
        ],
        closures=[],
        at_once=1,
        in_service=True,
        needs_approval=False,
        needs_check_in=False,
        rules=BookingRules(**{"across_days": False, **rules}),  # type: ignore[arg-type]
    )


def why(starts: str, ends: str, **rules: int | bool) -> str | None:
    """Both on the Wednesday after, but for what says its date."""
    begin, end = (
        datetime.fromisoformat(each if "T" in each else f"2026-11-04T{each}").replace(tzinfo=ZONE)
        for each in (starts, ends)
    )
    found = refusal(BookingWish(facility=KEY, starts=begin, ends=end), facility(**rules), NOW, ZONE)
    return found and found.value


MIDNIGHT = "2026-11-05T00:00"


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("08:00", "12:00", None),
        ("08:30", "09:30", None),
        ("07:30", "08:30", "CLOSED"),
        ("12:00", "13:30", "CLOSED"),
        ("11:30", "12:30", "CLOSED"),
        ("11:00", "14:00", None),  # over noon, as LibreBooking lets it
        ("08:15", "09:00", "BETWEEN_SLOTS"),
        ("08:00", "09:15", "BETWEEN_SLOTS"),
        ("13:30", "15:00", "BETWEEN_SLOTS"),
        ("22:00", MIDNIGHT, None),
        ("22:00", "2026-11-05T01:00", "ACROSS_DAYS"),
        (MIDNIGHT, "2026-11-05T00:17", None),  # slots of all lengths: whether these fit, the system says
        ("2026-11-05T01:00", "2026-11-05T02:30", "CLOSED"),
    ],
)
def test_a_booking_keeps_to_opening_hours_and_slots(starts: str, ends: str, expected: str | None) -> None:
    assert why(starts, ends) == expected


def test_what_may_reach_into_the_next_day_ends_where_that_is_open() -> None:
    assert why("22:00", "2026-11-05T01:00", across_days=True) is None
    assert why("22:00", "2026-11-05T03:00", across_days=True) == "CLOSED"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"shortest": 60, "longest": 60}, None),
        ({"shortest": 61}, "TOO_SHORT"),
        ({"longest": 59}, "TOO_LONG"),
        ({"notice": 7 * 24 * 60 - 60}, None),
        ({"notice": 7 * 24 * 60 - 59}, "TOO_SOON"),
        ({"ahead": 7 * 24 * 60}, None),
        ({"ahead": 7 * 24 * 60 - 1}, "TOO_FAR_AHEAD"),
    ],
)
def test_a_rule_is_kept_to_the_minute(rules: dict[str, int], expected: str | None) -> None:
    """An hour that ends a week from now."""
    assert why("09:00", "10:00", **rules) == expected


@pytest.mark.parametrize(
    ("starts", "before", "expected"),
    [("10:00", None, None), ("09:59", None, "BEGUN"), ("12:00", 120, None), ("11:59", 120, "TOO_LATE")],
)
def test_a_booking_is_given_back_before_it_begins_and_in_time(
    starts: str, before: int | None, expected: str | None
) -> None:
    begin = datetime.fromisoformat(f"2026-10-28T{starts}").replace(tzinfo=ZONE)
    booking = Booking(
        system="facilities-gz",
        campus="GZ",
        owner="7",
        reference="5f",
        facility=KEY,
        facility_name="Hall",
        title=None,
        starts=begin,
        ends=begin.replace(hour=20),
        state=BookingState.CONFIRMED,
        needs_check_in=False,
        check_in_until=None,
        checked_in_at=None,
        checked_out_at=None,
    )
    found = cancellation(booking, BookingRules(cancelled_before=before), NOW)
    assert (found and found.value) == expected
    assert cancellation(booking, None, NOW.replace(year=2025)) is None
