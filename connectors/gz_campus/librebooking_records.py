"""From what LibreBooking sends to records. A ValueError means: not what its sources promise."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from campus.location import Location
from campus.text import Text, text
from campus.timetable import Day
from connectors.wire import System, local

from .booking_records import BookingWish
from .facility_records import Booking, BookingRules, BookingState, Closure, Facility, FacilityKey, OpeningHours, Taken
from .librebooking_shapes import (
    Flag,
    HeldOnWire,
    Length,
    PeriodOnWire,
    ReservationOnWire,
    ResourceOnWire,
    SlotsOfDayOnWire,
    TakenOnWire,
)

HIDDEN, AVAILABLE = "0", "1"
NO_LABEL = b"null"

_LANGUAGES = ("zh-Hant", "zh-Hans")
_DAYS = tuple(Day)
_MINUTES = {"days": 24 * 60, "hours": 60, "minutes": 1}


def facility(
    row: ResourceOnWire,
    hours: Sequence[OpeningHours],
    closures: Sequence[Closure],
    kinds: Mapping[str, str | None],
    system: System,
) -> Facility:
    """`kinds` are the installation's resource types by id. Where it is, custom attributes say."""
    told = {each.label: each.value for each in row.custom_attributes if each.value}
    building = _in_languages("Building", told)
    return Facility(
        key=FacilityKey(system.id, str(row.resource_id)),
        campus=system.campus,
        name=_in_languages("Name", {**told, "Name": row.name}),
        kind=kinds.get(str(row.type_id)) or None,
        capacity=int(row.max_participants) if row.max_participants is not None else None,
        location=Location(
            building=building or None,
            room=told.get("Room") or (None if building else row.location or None),
            latitude=_degrees(told.get("Latitude"), 90),
            longitude=_degrees(told.get("Longitude"), 180),
        ),
        opening_hours=hours,
        closures=closures,
        at_once=max(1, int(row.max_concurrent_reservations or 1)),
        in_service=str(row.status_id) == AVAILABLE,
        needs_approval=_is_so(row.requires_approval),
        needs_check_in=_is_so(row.requires_check_in),
        rules=BookingRules(
            shortest=_minutes(row.min_length),
            longest=_minutes(row.max_length),
            notice=_minutes(row.min_notice_add),
            ahead=_minutes(row.max_notice),
            cancelled_before=_minutes(row.min_notice_delete),
            across_days=_is_so(row.allow_multiday),
            most_a_day=int(system.options.get("most_a_day") or 0) or None,
        ),
    )


def _minutes(told: Length) -> int | None:
    """`1 days 2 hours 30 minutes`; the shape holds it to these words."""
    counted = re.findall(r"([0-9]+) ([a-z]+)", told or "")
    return sum(int(count) * _MINUTES[word] for count, word in counted) or None


def opening_hours(periods: Iterable[PeriodOnWire], zone: tzinfo) -> list[OpeningHours]:
    """Slots that follow one another without a gap are one stretch. The moments say the day, whoever's week it is."""
    stretches: list[list[tuple[datetime, datetime]]] = []
    for each in sorted(periods, key=lambda period: (period.start, period.end)):
        start, end = local(each.start, zone), local(each.end, zone)
        if not each.is_reservable or end <= start:
            continue
        if stretches and stretches[-1][-1][1] == start and stretches[-1][0][0].date() == start.date():
            stretches[-1].append((start, end))
        else:
            stretches.append([(start, end)])
    return sorted(map(_stretch, stretches), key=lambda each: (_DAYS.index(each.day), each.from_))


def _stretch(slots: Sequence[tuple[datetime, datetime]]) -> OpeningHours:
    lengths = {(end - start) // timedelta(minutes=1) for start, end in slots}
    opens, closes = slots[0][0], slots[-1][1]
    return OpeningHours(
        day=_DAYS[opens.weekday()],
        from_=opens.time(),
        until=closes.time(),
        slot=lengths.pop() if len(lengths) == 1 else None,
    )


def closures(days: Iterable[SlotsOfDayOnWire], zone: tzinfo) -> dict[str, list[Closure]]:
    """By resource, in order of time; also what lies outside the opening hours, which is as closed.

    LibreBooking does not say what a slot is: one that is neither reserved nor reservable is a closure (blackout) or,
    where it has no label, the time to make a resource ready.
    """
    found: dict[str, list[Closure]] = {}
    for row in (row for day in days for row in day.resources or ()):
        for slot in row.slots:
            if not slot.is_reservable and not slot.is_reserved and bytes(slot.label) != NO_LABEL:
                span = Closure(local(slot.start_date_time, zone), local(slot.end_date_time, zone))
                found.setdefault(str(row.resource_id), []).append(span)
    return {resource: sorted(each) for resource, each in found.items()}


def taken(rows: Iterable[TakenOnWire], zone: tzinfo) -> dict[str, list[Taken]]:
    """By resource, in order of time."""
    found: dict[str, list[Taken]] = {}
    for row in sorted(rows, key=lambda row: (row.buffered_start_date, row.buffered_end_date)):
        span = Taken(local(row.buffered_start_date, zone), local(row.buffered_end_date, zone))
        found.setdefault(str(row.resource_id), []).append(span)
    return found


def most_at_once(rows: Iterable[HeldOnWire], wish: BookingWish) -> int:
    """Reservations of the facility at the fullest moment of a wish; the time to make it ready counts as well."""
    spans = [
        (max(row.buffered_start_date, wish.starts), min(row.buffered_end_date, wish.ends))
        for row in rows
        if str(row.resource_id) == wish.facility.facility
    ]
    met = [span for span in spans if span[0] < span[1]]
    return max((sum(start <= moment < end for start, end in met) for moment, _ in met), default=0)


def booking(row: ReservationOnWire, owner: str, system: System, zone: tzinfo) -> Booking:
    checked_in, checked_out = _moment(row.check_in_date, zone), _moment(row.check_out_date, zone)
    starts = local(row.start_date, zone)
    kept = timedelta(minutes=int(row.auto_release_minutes or 0))
    needs_check_in = _is_so(row.is_check_in_enabled)
    return Booking(
        system=system.id,
        campus=system.campus,
        owner=owner,
        reference=row.reference_number,
        facility=FacilityKey(system.id, str(row.resource_id)),
        facility_name=row.resource_name,
        title=row.title or None,
        starts=starts,
        ends=local(row.end_date, zone),
        state=_state(row, checked_in, checked_out),
        needs_check_in=needs_check_in,
        check_in_until=_later(starts, kept) if needs_check_in and kept and not checked_in else None,
        checked_in_at=checked_in,
        checked_out_at=checked_out,
    )


def _state(row: ReservationOnWire, checked_in: datetime | None, checked_out: datetime | None) -> BookingState:
    if row.requires_approval:
        return BookingState.PENDING_APPROVAL
    if checked_out:
        return BookingState.CHECKED_OUT
    return BookingState.CHECKED_IN if checked_in else BookingState.CONFIRMED


def _moment(told: str | None, zone: tzinfo) -> datetime | None:
    if not told:
        return None
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(f"{told!r} says no zone")
    return local(moment, zone)


def _later(moment: datetime, length: timedelta) -> datetime:
    try:
        return moment + length
    except OverflowError:  # the year 9999, which systems write for never
        return moment


def _in_languages(label: str, told: Mapping[str, str]) -> Text:
    """English under the label itself, the others under it with their tag: `Building (zh-Hant)`."""
    return text([("en", told.get(label, "")), *((tag, told.get(f"{label} ({tag})", "")) for tag in _LANGUAGES)])


def _degrees(told: str | None, most: int) -> float | None:
    """People type these in: what is no place on earth is not told."""
    try:
        degrees = float(told or "nan")
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def _is_so(flag: Flag) -> bool:
    return flag not in (None, False, 0, "0", "")
