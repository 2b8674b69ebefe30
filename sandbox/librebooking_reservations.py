"""How LibreBooking words reservations: in lists, one by one, as slots, and as what is left between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .facilities import FACILITIES, HIDDEN, Facility, Period, Schedule, periods
from .facilities_closures import Closure
from .librebooking_answers import iso, lasting, link
from .university import CAMPUS_TIME


@dataclass(frozen=True, slots=True)
class Reservation:
    """One row of the store, with who holds it."""

    reference: str
    account: int
    facility: Facility
    starts: datetime
    ends: datetime
    title: str
    description: str
    pending: bool
    checked_in: str
    """ISO 8601 in UTC; empty while nobody has."""
    checked_out: str
    first: str
    last: str
    email: str


def _moment(stored: str) -> str:
    """A moment of the store; what never was is told as an empty text, not as null."""
    return iso(datetime.fromisoformat(stored)) if stored else ""


def item(origin: str, of: Reservation) -> dict[str, Any]:
    """A row of a list. Its times are in UTC, whatever the user's zone."""
    starts, ends = iso(of.starts.astimezone(UTC)), iso(of.ends.astimezone(UTC))
    return {
        "referenceNumber": of.reference,
        "startDate": starts,
        "endDate": ends,
        "firstName": of.first,
        "lastName": of.last,
        "resourceName": of.facility.name["en"],
        "title": of.title,
        "description": of.description,
        "requiresApproval": of.pending,
        "isRecurring": False,
        "scheduleId": of.facility.schedule,
        "userId": of.account,
        "resourceId": of.facility.id,
        "duration": lasting(of.ends - of.starts),
        "bufferTime": "",
        "bufferedStartDate": starts,
        "bufferedEndDate": ends,
        "participants": [],
        "invitees": [],
        "participatingGuests": [],
        "invitedGuests": [],
        "startReminder": None,
        "endReminder": None,
        "color": "",
        "textColor": "",
        "checkInDate": _moment(of.checked_in),
        "checkOutDate": _moment(of.checked_out),
        "originalEndDate": "",
        "isCheckInEnabled": of.facility.release_after > 0,
        "autoReleaseMinutes": of.facility.release_after or None,
        "resourceStatusId": of.facility.state,
        "creditsConsumed": None,
        "links": [
            link(origin, f"Resources/{of.facility.id}", "get_resource"),
            link(origin, f"Reservations/{of.reference}", "get_reservation"),
            link(origin, f"Users/{of.account}", "get_user"),
            link(origin, f"Schedules/{of.facility.schedule}", "get_schedule"),
        ],
        "message": None,
    }


def listed(origin: str, found: Sequence[Reservation], since: datetime, until: datetime) -> dict[str, Any]:
    """The range is told back with the first reservation; where there is none, nothing is."""
    return {
        "reservations": [item(origin, each) for each in found],
        "startDateTime": iso(since) if found else None,
        "endDateTime": iso(until) if found else None,
        "links": [],
        "message": None,
    }


def whole(origin: str, of: Reservation, now: datetime) -> dict[str, Any]:
    """One alone. Its times are in the user's zone."""
    within = of.starts - timedelta(minutes=5) <= now < of.ends
    enabled = of.facility.release_after > 0
    return {
        "referenceNumber": of.reference,
        "startDate": iso(of.starts.astimezone(CAMPUS_TIME)),
        "endDate": iso(of.ends.astimezone(CAMPUS_TIME)),
        "title": of.title,
        "description": of.description,
        "requiresApproval": of.pending,
        "isRecurring": False,
        "scheduleId": of.facility.schedule,
        "resourceId": of.facility.id,
        "owner": {
            "userId": of.account,
            "firstName": of.first,
            "lastName": of.last,
            "emailAddress": of.email,
            "links": [link(origin, f"Users/{of.account}", "get_user")],
            "message": None,
        },
        "participants": [],
        "invitees": [],
        "customAttributes": [],
        "recurrenceRule": {
            "type": "none",
            "interval": None,
            "monthlyType": None,
            "weekdays": None,
            "repeatTerminationDate": None,
        },
        "attachments": [],
        "resources": [
            {
                "id": of.facility.id,
                "name": of.facility.name["en"],
                "type": None,
                "groups": None,
                "links": [link(origin, f"Resources/{of.facility.id}", "get_resource")],
                "message": None,
            }
        ],
        "accessories": [],
        "startReminder": None,
        "endReminder": None,
        "allowParticipation": False,
        "checkInDate": _moment(of.checked_in),
        "checkOutDate": _moment(of.checked_out),
        "originalEndDate": "",
        "isCheckInAvailable": enabled and within and not of.checked_in,
        "isCheckoutAvailable": enabled and bool(of.checked_in) and not of.checked_out,
        "autoReleaseMinutes": of.facility.release_after or None,
        "links": [link(origin, f"Schedules/{of.facility.schedule}", "get_schedule")],
        "message": None,
    }


def availability(origin: str, facility: Facility, at: datetime, booked: Sequence[Reservation]) -> dict[str, Any]:
    """What is reserved at a moment, and until when, or from when on, it is free; seven days ahead."""
    now = next((each for each in booked if each.starts <= at < each.ends), None)
    coming = next((each for each in booked if each.starts > at), None)
    free = now and now.ends
    for each in booked:
        if free and each.starts <= free < each.ends:
            free = each.ends
    links = [link(origin, f"Resources/{facility.id}", "get_resource")]
    if now:
        links += [
            link(origin, f"Users/{now.account}", "get_user"),
            link(origin, f"Reservations/{now.reference}", "get_reservation"),
        ]
    return {
        "available": now is None,
        "resource": {
            "resourceId": facility.id,
            "name": facility.name["en"],
            "scheduleId": facility.schedule,
            "statusId": facility.state,
            "statusReasonId": None,
            "links": [
                link(origin, f"Resources/{facility.id}", "get_resource"),
                link(origin, f"Schedules/{facility.schedule}", "get_schedule"),
            ],
            "message": None,
        },
        "availableAt": iso(free.astimezone(CAMPUS_TIME)) if free else None,
        "availableUntil": iso(coming.starts.astimezone(CAMPUS_TIME)) if coming and not now else None,
        "links": links,
        "message": None,
    }


def slots(
    origin: str, of: Schedule, days: Sequence[date], booked: Sequence[Reservation], closed: Sequence[Closure]
) -> dict[str, Any]:
    """Day by day and resource by resource; a reservation is one slot, however many it fills, and so is a closure."""
    shown = [each for each in FACILITIES.values() if each.schedule == of.id and each.state != HIDDEN]
    in_the_way: dict[tuple[int, date], list[Reservation | Closure]] = {}
    everything: tuple[Reservation | Closure, ...] = (*closed, *booked)
    for each in everything:
        last = (each.ends - timedelta(seconds=1)).astimezone(CAMPUS_TIME).date()
        day = each.starts.astimezone(CAMPUS_TIME).date()
        while day <= last:
            in_the_way.setdefault((each.facility.id, day), []).append(each)
            day += timedelta(days=1)
    return {
        "dates": [
            {
                "date": iso(datetime.combine(day, datetime.min.time(), CAMPUS_TIME)),
                "resources": [_slots_of(origin, one, layout, in_the_way.get((one.id, day), ())) for one in shown],
                "links": [],
                "message": None,
            }
            for day, layout in ((day, periods(of, day)) for day in days)
        ],
        "links": [link(origin, f"Schedules/{of.id}", "get_schedule")],
        "message": None,
    }


def _slots_of(
    origin: str, one: Facility, layout: Sequence[Period], in_the_way: Sequence[Reservation | Closure]
) -> dict[str, Any]:
    return {
        "slots": _filled(origin, layout, in_the_way),
        "resourceId": one.id,
        "resourceName": one.name["en"],
        "links": [link(origin, f"Resources/{one.id}", "get_resource")],
        "message": None,
    }


def _filled(origin: str, layout: Iterable[Period], in_the_way: Sequence[Reservation | Closure]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    last: Reservation | Closure | None = None
    for period in layout:
        taker = next((each for each in in_the_way if each.starts < period.ends and each.ends > period.starts), None)
        if taker and taker is last:
            told[-1]["slotSpan"] += 1
            told[-1]["endDateTime"] = iso(period.ends)
        else:
            told.append(_slot(origin, period, taker))
        last = taker
    return told


def _slot(origin: str, period: Period, taker: Reservation | Closure | None) -> dict[str, Any]:
    """What is closed is neither reserved nor reservable, and its label says why."""
    return {
        "slotSpan": 1,
        "isReserved": isinstance(taker, Reservation),
        "label": _label(period, taker),
        "isReservable": period.reservable and taker is None,
        "color": "",
        "startDateTime": iso(period.starts),
        "endDateTime": iso(period.ends),
        "reservation": item(origin, taker) if isinstance(taker, Reservation) else None,
        "links": [],
        "message": None,
    }


def _label(period: Period, taker: Reservation | Closure | None) -> str:
    if isinstance(taker, Closure):
        return taker.title
    return f"{taker.first} {taker.last}" if taker else f"{period.starts:%H:%M}"
