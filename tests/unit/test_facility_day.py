"""A day of a facility is cut where it becomes free, taken or closed, and nowhere else."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campus.location import Location
from campus.timetable import Day
from connectors.gz_campus import BookingRules, Closure, Facility, FacilityKey, OpeningHours, SlotState, Taken, slots

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = date(2026, 10, 28)

Cut = list[tuple[str, str, str]]


def facility(
    *hours: tuple[str, str], closed: tuple[float, float] | None = None, at_once: int = 1, in_service: bool = True
) -> Facility:
    return Facility(
        key=FacilityKey("facilities-gz", "1"),
        campus="GZ",
        name={"en": "Hall"},
        kind=None,
        capacity=None,
        location=Location(building=None, room=None, latitude=None, longitude=None),
        opening_hours=[
            OpeningHours(day=Day.WEDNESDAY, from_=time.fromisoformat(opens), until=time.fromisoformat(closes))
            for opens, closes in hours
        ],
        closures=[Closure(*moments(closed))] if closed else [],
        at_once=at_once,
        in_service=in_service,
        needs_approval=False,
        needs_check_in=False,
        rules=BookingRules(),
    )


def moments(hours: tuple[float, float]) -> list[datetime]:
    return [datetime.combine(WEDNESDAY, time(), ZONE) + timedelta(hours=hour) for hour in hours]


def taken(*spans: tuple[float, float]) -> list[Taken]:
    return [Taken(*moments(span)) for span in spans]


def cut(of: Facility, *spans: tuple[float, float], day: date = WEDNESDAY) -> Cut:
    return [
        (f"{each.from_:%H:%M}", f"{each.until:%H:%M}", each.state.value) for each in slots(of, day, taken(*spans), ZONE)
    ]


def test_a_day_that_nobody_booked_is_free_from_opening_to_closing() -> None:
    assert cut(facility(("08:00", "22:00"))) == [("08:00", "22:00", "FREE")]


def test_bookings_that_follow_one_another_are_one_time_taken() -> None:
    assert cut(facility(("08:00", "22:00")), (10, 11), (11, 12), (14, 15)) == [
        ("08:00", "10:00", "FREE"), ("10:00", "12:00", "TAKEN"), ("12:00", "14:00", "FREE"),
        ("14:00", "15:00", "TAKEN"), ("15:00", "22:00", "FREE"),
    ]  # fmt: skip


def test_what_lies_outside_the_opening_hours_is_not_told() -> None:
    assert cut(facility(("08:00", "22:00")), (-5, 9), (21, 30)) == [
        ("08:00", "09:00", "TAKEN"), ("09:00", "21:00", "FREE"), ("21:00", "22:00", "TAKEN"),
    ]  # fmt: skip
    assert cut(facility(("08:00", "12:00")), (12, 13), (7, 8)) == [("08:00", "12:00", "FREE")]


def test_a_break_at_noon_parts_the_day() -> None:
    assert cut(facility(("08:00", "12:00"), ("14:00", "18:00")), (11, 15)) == [
        ("08:00", "11:00", "FREE"), ("11:00", "12:00", "TAKEN"),
        ("14:00", "15:00", "TAKEN"), ("15:00", "18:00", "FREE"),
    ]  # fmt: skip


def test_midnight_is_the_end_of_the_day_and_an_earlier_time_is_of_the_next() -> None:
    (late,) = slots(facility(("20:00", "00:00")), WEDNESDAY, [], ZONE)
    assert late.until == datetime(2026, 10, 29, 0, 0, tzinfo=ZONE)
    (night,) = slots(facility(("20:00", "02:00")), WEDNESDAY, [], ZONE)
    assert night.until == datetime(2026, 10, 29, 2, 0, tzinfo=ZONE)


def test_what_has_room_for_several_is_taken_when_it_is_full() -> None:
    assert cut(facility(("09:00", "18:00"), at_once=2), (9, 12), (10, 11), (11, 13)) == [
        ("09:00", "10:00", "FREE"), ("10:00", "12:00", "TAKEN"), ("12:00", "18:00", "FREE"),
    ]  # fmt: skip


def test_what_its_office_closes_is_closed_within_the_opening_hours_unless_somebody_has_it() -> None:
    assert cut(facility(("08:00", "22:00"), closed=(-24, 10)), (9, 11)) == [
        ("08:00", "09:00", "CLOSED"), ("09:00", "11:00", "TAKEN"), ("11:00", "22:00", "FREE"),
    ]  # fmt: skip
    assert cut(facility(("08:00", "22:00"), closed=(10, 12), at_once=2), (11, 13)) == [
        ("08:00", "10:00", "FREE"), ("10:00", "12:00", "CLOSED"), ("12:00", "22:00", "FREE"),
    ]  # fmt: skip
    assert cut(facility(("08:00", "22:00"), closed=(-24, 48))) == [("08:00", "22:00", "CLOSED")]
    assert cut(facility(("08:00", "22:00"), closed=(22, 48))) == [("08:00", "22:00", "FREE")]


def test_a_day_when_it_is_closed_and_one_out_of_service_have_no_time_at_all() -> None:
    assert cut(facility(("08:00", "22:00")), day=date(2026, 10, 29)) == []
    assert cut(facility(("08:00", "22:00"), in_service=False)) == []
    assert {state.value for state in SlotState} == {"FREE", "TAKEN", "CLOSED"}
