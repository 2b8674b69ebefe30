"""What the simulated systems hold for a persona: plain GETs under the account names in the persona's token."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.simulated_campus import NOW, SimulatedCampus, SimulatedSystem

TODAY = datetime.fromisoformat(NOW).date()
TERM = "2610"
WEEK = [TODAY + timedelta(days=days) for days in range(7)]
ZONE = ZoneInfo("Asia/Hong_Kong")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class Studies(NamedTuple):
    """What one person studies at one campus."""

    grades: dict[tuple[str, str], str | None]
    """(term, course) -> grade, of what was taken to its end or still runs."""
    enrolments: set[tuple[str, str]]
    """(course, the system's word for how the person stands to it), this term."""
    meetings: set[tuple[str, datetime, datetime, str]]
    """(section, begin, end, room), this week."""


async def claims(campus: SimulatedCampus, who: str, issuer: str = "") -> dict[str, Any]:
    """What the persona's token says; the home campus's issuer names the account in each system."""
    payload = (await campus.token(who, issuer=issuer)).split(".")[1]
    told: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return told


async def numbers(campus: SimulatedCampus, who: str) -> dict[str, str]:
    """Student or employee number by student system."""
    named = await claims(campus, who)
    told = {"sis-cwb": named.get("cwb_sis_id"), "sis-gz": named.get("gz_sis_id")}
    return {system: number for system, number in told.items() if number}


async def rows(system: SimulatedSystem, path: str, **params: str) -> list[dict[str, Any]]:
    """A list of Open Education API v6, page after page."""
    found: list[dict[str, Any]] = []
    for number in range(1, 100):
        page = await system.get(path, {**params, "pageSize": "250", "pageNumber": str(number)})
        found += page["items"]
        if not page["hasNextPage"]:
            return found
    raise AssertionError(f"{path} does not end")


async def person(system: SimulatedSystem, number: str) -> dict[str, Any]:
    (found,) = await rows(system, "/persons", primaryCode=number)
    return found


async def studies(system: SimulatedSystem, number: str) -> Studies:
    path = f"/persons/{(await person(system, number))['personId']}"
    courses = await rows(system, f"{path}/course-offering-associations")
    seats = await rows(system, f"{path}/learning-component-offering-associations")
    grades, enrolments = {}, set()
    for row in courses:
        profile = row["ext"]["campus"]
        if row["state"] in ("associated", "finished"):
            result = row["result"] or {}
            grade = result.get("score") if result.get("state") == "completed" else None
            grades[profile["termCode"], profile["courseCode"]] = grade
        if profile["termCode"] == TERM:
            enrolments.add((profile["courseCode"], row["state"]))
    taken = {row["learningComponentOfferingId"] for row in seats if row["state"] == "associated"}
    return Studies(grades, enrolments, await _meetings(system, taken))


async def _meetings(system: SimulatedSystem, taken: set[str]) -> set[tuple[str, datetime, datetime, str]]:
    (term,) = await rows(system, "/academic-sessions", primaryCode=TERM)
    path = f"/academic-sessions/{term['academicSessionId']}/learning-component-offerings"
    sections = await rows(system, path, since=term["startDateTime"])
    return {
        (section["abbreviation"], *_from_to(meeting, day), meeting["room"])
        for section in sections
        if section["learningComponentOfferingId"] in taken
        for meeting in section["ext"]["campus"]["meetings"]
        for day in _days(meeting)
    }


def _days(meeting: Mapping[str, Any]) -> Iterator[date]:
    for day in WEEK:
        first = date.fromisoformat(meeting.get("firstDate") or "0001-01-01")
        last = date.fromisoformat(meeting.get("lastDate") or "9999-12-31")
        if DAYS[day.weekday()] == meeting["day"] and first <= day <= last:
            yield day


def _from_to(meeting: Mapping[str, Any], day: date) -> tuple[datetime, datetime]:
    begin, end = (time.fromisoformat(meeting[name]) for name in ("startTime", "endTime"))
    return datetime.combine(day, begin, ZONE), datetime.combine(day, end, ZONE)


async def loans(campus: SimulatedCampus, account: str) -> list[tuple[str, datetime]]:
    """(title, when it is due), the one due first first."""
    told = await campus.systems["library-cwb"].get(f"/almaws/v1/users/{account}/loans", {"limit": "100"})
    return sorted((row["title"], moment(row["due_date"])) for row in told.get("item_loan", ()))


async def holds(campus: SimulatedCampus, account: str) -> list[str]:
    """Titles."""
    told = await campus.systems["library-cwb"].get(f"/almaws/v1/users/{account}/requests", {"limit": "100"})
    return sorted(row["title"] for row in told.get("user_request", ()))


async def fines(campus: SimulatedCampus, account: str) -> list[tuple[str, float]]:
    """(title, balance) of what is still to be paid."""
    told = await campus.systems["library-cwb"].get(f"/almaws/v1/users/{account}/fees", {"status": "ACTIVE"})
    return sorted((row["title"], float(row["balance"])) for row in told.get("fee", ()))


async def applications(campus: SimulatedCampus, applicant: str) -> set[str]:
    """References."""
    told = await campus.systems["onestop-gz"].get(
        "/history/historic-process-instances", {"includeProcessVariables": "true", "size": "10000"}
    )
    return {row["businessKey"] for row in told["data"] if _variables(row).get("applicant") == applicant}


def _variables(row: Mapping[str, Any]) -> dict[str, Any]:
    return {variable["name"]: variable["value"] for variable in row["variables"]}


async def tickets(campus: SimulatedCampus, address: str) -> set[str]:
    """Subjects."""
    told = await campus.systems["tickets-cwb"].get(
        "/REST/2.0/tickets",
        {"query": f"Requestor.EmailAddress = '{address}'", "fields": "Subject", "per_page": "100"},
    )
    assert told["pages"] == 1
    return {row["Subject"] for row in told["items"]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
