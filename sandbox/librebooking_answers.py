"""How LibreBooking words what it tells of resources and schedules, and whom and what it refuses."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from .facilities import TYPES, Facility, Schedule, periods

API = "/Web/Services/index.php"

WRONG_SCHEMA = (
    b'{"resources": {"resourceId": 7}, "types": 3, "periods": "none", "reservations": [{"userId": []}],'
    b' "isAuthenticated": "perhaps"}'
)


def iso(moment: datetime) -> str:
    """As PHP's DateTime::ISO8601, whose offset has no colon."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def lasting(length: timedelta) -> str:
    """As PHP's DateDiff: an empty text where there is none. The words are those of the user's language."""
    days, left = divmod(length // timedelta(minutes=1), 24 * 60)
    counted = {"days": days, "hours": left // 60, "minutes": left % 60}
    return " ".join(f"{count} {word}" for word, count in counted.items() if count)


def answer(body: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


def message(text: str | None, status: int = 200, **more: Any) -> web.Response:
    return answer({**more, "links": more.get("links", []), "message": text}, status)


def failed(errors: Iterable[str]) -> web.Response:
    return message("There were errors processing your request", 400, errors=list(errors))


def not_found() -> web.Response:
    return message("The requested resource was not found", 404)


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body: who is not let in is told in HTML, a crash in words that are no JSON either."""
    if status == 401:
        return "text/html", b"You must be authenticated in order to access this service.<br/>" + f"{API}/".encode()
    if status == 500:
        return "application/json", b"Exception was logged."
    title = {404: "404 Page Not Found", 429: "429 Too Many Requests"}.get(status, f"{status} Service Unavailable")
    return "text/html", f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def link(origin: str, path: str, title: str) -> dict[str, str]:
    return {"href": f"{origin}{API}/{path}", "title": title}


def types() -> dict[str, Any]:
    told = [{"id": number, "description": description} for number, description in TYPES.items()]
    return {"types": told, "links": [], "message": None}


def resource(origin: str, facility: Facility) -> dict[str, Any]:
    return {
        "resourceId": facility.id,
        "name": facility.name["en"],
        "location": ", ".join(filter(None, (facility.building["en"], facility.room))),
        "contact": "facilities@gz.example",
        "notes": None,
        "minLength": lasting(timedelta(hours=facility.shortest)),
        "maxLength": lasting(timedelta(hours=facility.longest)),
        "requiresApproval": facility.needs_approval,
        "allowMultiday": False,
        "maxParticipants": facility.capacity,
        "minNoticeAdd": lasting(timedelta(hours=facility.notice)),
        "minNoticeUpdate": "",
        "minNoticeDelete": lasting(timedelta(hours=facility.cancelled_before)),
        "maxNotice": lasting(timedelta(days=facility.ahead)),
        "description": None,
        "scheduleId": facility.schedule,
        "icsUrl": None,
        "statusId": facility.state,
        "statusReasonId": None,
        "customAttributes": [
            {"id": number, "label": label, "value": value, "links": [], "message": None}
            for number, (label, value) in enumerate(_attributes(facility), start=1)
        ],
        "typeId": facility.type,
        "groupIds": None,
        "bufferTime": "",
        "autoReleaseMinutes": facility.release_after or None,
        "requiresCheckIn": facility.release_after > 0,
        "color": "",
        "credits": None,
        "peakCredits": None,
        "creditApplicability": 1,
        "creditsChargedAllSlots": None,
        "maxConcurrentReservations": facility.at_once,
        "links": [link(origin, f"Resources/{facility.id}", "get_resource")],
        "message": None,
    }


def _attributes(facility: Facility) -> Iterable[tuple[str, str]]:
    """What the administrators of this installation added to resources."""
    for language in ("hant", "hans"):
        yield f"Name (zh-{language.title()})", facility.name.get(f"zh-{language}", "")
    yield "Building", facility.building["en"]
    for language in ("hant", "hans"):
        yield f"Building (zh-{language.title()})", facility.building[f"zh-{language}"]
    yield "Room", facility.room
    yield "Latitude", str(facility.position[0])
    yield "Longitude", str(facility.position[1])


def schedule_item(origin: str, schedule: Schedule) -> dict[str, Any]:
    return {
        "daysVisible": 7,
        "id": schedule.id,
        "isDefault": schedule.id == 1,
        "name": schedule.name,
        "timezone": "Asia/Shanghai",
        "weekdayStart": 1,
        "availabilityBegin": "",
        "availabilityEnd": "",
        "maxResourcesPerReservation": 0,
        "totalConcurrentReservationsAllowed": 0,
        "links": [link(origin, f"Schedules/{schedule.id}", "get_schedule")],
        "message": None,
    }


def schedule(schedule: Schedule, today: date) -> dict[str, Any]:
    """With the slots of seven days from today on, by day of the week; 0 is Sunday."""
    days = {day.isoweekday() % 7: day for day in (today + timedelta(days=n) for n in range(7))}
    return {
        "daysVisible": 7,
        "id": schedule.id,
        "isDefault": schedule.id == 1,
        "name": schedule.name,
        "timezone": "Asia/Shanghai",
        "weekdayStart": 1,
        "icsUrl": None,
        "availabilityStart": "",
        "availabilityEnd": "",
        "maxResourcesPerReservation": 0,
        "totalConcurrentReservationsAllowed": 0,
        "periods": [
            [
                {
                    "start": iso(each.starts),
                    "end": iso(each.ends),
                    "label": f"{each.starts:%H:%M}",
                    "startTime": f"{each.starts.hour}:{each.starts:%M:%S}",
                    "endTime": f"{each.ends.hour}:{each.ends:%M:%S}",
                    "isReservable": each.reservable,
                }
                for each in periods(schedule, days[number])
            ]
            for number in range(7)
        ],
        "links": [],
        "message": None,
    }
