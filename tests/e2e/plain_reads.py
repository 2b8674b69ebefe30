"""What the simulated systems hold for a persona: plain GETs under the account names in the persona's token."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from xml.etree import ElementTree
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
    told = await campus.systems["library-cwb"].get(
        f"/almaws/v1/users/{account}/fees", {"status": "ACTIVE", "limit": "100"}
    )
    return sorted((row["title"], float(row["balance"])) for row in told.get("fee", ()))


async def books(catalogue: SimulatedSystem, words: str) -> list[tuple[str, list[tuple[str, str, int, int]]]]:
    """(title, [(branch, call number, copies, of these on the shelf)]), in the catalogue's own order."""
    query = {
        "version": "1.2", "operation": "searchRetrieve", "recordSchema": "marcxml", "maximumRecords": "50",
        "query": f'alma.all_for_ui all "{words}" sortBy alma.rank/sort.descending',
    }  # fmt: skip
    told = []
    for record in ElementTree.fromstring(await catalogue.text("", query)).iterfind(".//{*}recordData/{*}record"):  # noqa: S314
        fields = [
            (field.get("tag"), {part.get("code"): part.text or "" for part in field}) for field in record if len(field)
        ]
        (title,) = (parts["a"].removesuffix(" /") for tag, parts in fields if tag == "245")
        shelves = [
            (parts["q"], parts["d"], int(parts["f"]), int(parts["f"]) - int(parts["g"]))
            for tag, parts in fields
            if tag == "AVA"
        ]
        told.append((title, shelves))
    return told


async def copies_in_guangzhou(campus: SimulatedCampus, word: str) -> dict[str, tuple[int, int]]:
    """ISBN -> (copies, of these on the shelf) of the titles with this word that Guangzhou's library has."""
    koha = campus.systems["library-gz"]
    query = json.dumps({"title": {"-like": f"%{word}%"}})
    told = {}
    for row in await koha.get("/api/v1/biblios", {"q": query, "_per_page": "-1"}):
        items = await koha.get(f"/api/v1/biblios/{row['biblio_id']}/items", {"_per_page": "-1"})
        told[row["isbn"]] = (len(items), sum(item["checked_out_date"] is None for item in items))
    return told


class Shelf(NamedTuple):
    """What one reader has at Guangzhou's library."""

    loans: list[tuple[str, datetime]]
    """(title, when it is due)."""
    holds: list[str]
    fines: list[tuple[str | None, float]]
    """(title, balance)."""


async def guangzhou_shelf(campus: SimulatedCampus, card: str) -> Shelf:
    koha = campus.systems["library-gz"]
    (patron,) = await koha.get("/api/v1/patrons", {"cardnumber": card, "_match": "exact"})
    mine = {"q": json.dumps({"patron_id": patron["patron_id"]}), "_per_page": "-1"}
    account = await koha.get(f"/api/v1/patrons/{patron['patron_id']}/account")

    async def title(biblio_id: int) -> str:
        told = await koha.get(f"/api/v1/biblios/{biblio_id}")
        return " : ".join(filter(None, (told["title"], told["subtitle"])))

    async def of_item(item_id: int) -> str:
        (item,) = await koha.get("/api/v1/items", {"q": json.dumps({"item_id": item_id})})
        return await title(item["biblio_id"])

    lent = await koha.get("/api/v1/checkouts", mine)
    loans = [(await of_item(row["item_id"]), moment(row["due_date"])) for row in lent]
    holds = [await title(row["biblio_id"]) for row in await koha.get("/api/v1/holds", mine)]
    fines = [
        (await of_item(line["item_id"]) if line["item_id"] else None, line["amount_outstanding"])
        for line in account["outstanding_debits"]["lines"]
    ]
    return Shelf(sorted(loans), sorted(holds), fines)


async def applications(campus: SimulatedCampus, applicant: str) -> set[str]:
    """References."""
    told = await campus.systems["onestop-gz"].get(
        "/history/historic-process-instances", {"includeProcessVariables": "true", "size": "10000"}
    )
    return {row["businessKey"] for row in told["data"] if variables_of(row).get("applicant") == applicant}


async def services(campus: SimulatedCampus) -> dict[str, dict[str, Any]]:
    """What each service says of itself, by its key."""
    onestop = campus.systems["onestop-gz"]
    listed = await onestop.get("/repository/process-definitions", {"latest": "true", "size": "100"})
    return {
        row["key"]: await onestop.get(f"/repository/deployments/{row['deploymentId']}/resourcedata/service.json")
        for row in listed["data"]
    }


async def handling(campus: SimulatedCampus, reference: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Variables of an application, by name, and its tasks in order of time."""
    onestop = campus.systems["onestop-gz"]
    (row,) = (
        await onestop.get(
            "/history/historic-process-instances", {"businessKey": reference, "includeProcessVariables": "true"}
        )
    )["data"]
    tasks = await onestop.get(
        "/history/historic-task-instances",
        {
            "processInstanceId": row["id"],
            "includeTaskLocalVariables": "true",
            "sort": "startTime",
            "order": "asc",
            "size": "100",
        },
    )
    return variables_of(row), tasks["data"]


def variables_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {variable["name"]: variable["value"] for variable in row["variables"]}


async def tickets(campus: SimulatedCampus, address: str) -> set[str]:
    """Subjects."""
    told = await campus.systems["tickets-cwb"].get(
        "/REST/2.0/tickets",
        {"query": f"Requestor.EmailAddress = '{address}'", "fields": "Subject", "per_page": "100"},
    )
    assert told["pages"] == 1
    return {row["Subject"] for row in told["items"]}


async def ticket_history(campus: SimulatedCampus, number: str) -> list[dict[str, Any]]:
    """Transactions as the gateway's user may see them."""
    told = await campus.systems["tickets-cwb"].get(
        f"/REST/2.0/ticket/{number}/history",
        {"fields": "Type,Field,OldValue,NewValue,Creator,Created", "per_page": "100"},
    )
    items: list[dict[str, Any]] = told["items"]
    return items


async def ticket_texts(campus: SimulatedCampus, number: str) -> list[str]:
    """What was written on a ticket, without files."""
    told = await campus.systems["tickets-cwb"].get(
        f"/REST/2.0/ticket/{number}/attachments", {"fields": "ContentType,Filename,Content", "per_page": "100"}
    )
    return [row["Content"] for row in told["items"] if row["ContentType"] == "text/plain" and not row["Filename"]]


def homes(named: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(system, account) of each housing office that knows whose claims these are."""
    told = {"life-gz": named.get("gz_card_number"), "life-cwb": named.get("cwb_resident_id")}
    return [(system, account) for system, account in told.items() if account]


async def housing(campus: SimulatedCampus, system: str, account: str) -> set[tuple[object, ...]]:
    """What `room_shown` makes of it in the graph."""
    told = await campus.systems[system].get(f"/people/{account}/housing")
    return {
        (
            *(row["contract"]["number"], row["contract"]["state"].upper(), row["residence"]["code"], row["room"]),
            *(row["roommates"], row["rent"]["amount"]["amount"], row["rent"]["amount"]["currency"]),
            *((row["roomChange"]["opens"], row["roomChange"]["closes"]) if row["roomChange"] else (None, None)),
        )
        for row in told["items"]
    }


def room_shown(row: Mapping[str, Any]) -> tuple[object, ...]:
    change = row["roomChange"] or {"opens": None, "closes": None}
    return (
        *(row["contractNumber"], row["state"], row["residenceCode"], row["room"], row["roommates"]),
        *(row["rent"]["amount"], row["rent"]["currency"], change["opens"], change["closes"]),
    )


async def card(campus: SimulatedCampus, number: str) -> Any:
    return await campus.systems["life-gz"].get(f"/people/{number}/card", {"transactions": "100"})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
