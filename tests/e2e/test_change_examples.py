"""Each example of docs/changes.md is run, and changes what it says."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from schema.root import schema
from tests.e2e.handing_in import decide, service_id
from tests.e2e.test_booking_changes import FAR, at, facility
from tests.simulated_campus import SimulatedCampus, University, simulated_university

LookUp = Callable[[SimulatedCampus], Awaitable[str]]

PAGE = Path(__file__).parents[2] / "docs" / "changes.md"
FENCE = r"^```graphql\n(.+?)^```\n\n```json\n(.+?)^```"
EXAMPLES = {
    re.findall(r"^  (\w+)\(", document, re.MULTILINE)[0]: (document, json.loads(variables))
    for document, variables in re.findall(FENCE, PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
}
ONE_STOP = ("saveApplicationDraft", "applyForService", "resubmitApplication", "withdrawApplication")
WHO = {"bookFacility": "mei", "cancelBooking": "mei", **dict.fromkeys(ONE_STOP, "mei")}
"""Whose example it is; alex's, if it is not here."""


async def a_ticket(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { tickets(first: 1) { nodes { id } } } }", as_="alex")
    return str(found.at("me.tickets.nodes.0.id"))


async def a_version(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { dashboard { layouts { name version } } } }", as_="alex")
    return str(next(each["version"] for each in found.at("me.dashboard.layouts") if each["name"] == "Examinations"))


async def a_booking(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { bookings { nodes { id title } } } }", as_="mei")
    return str(next(each["id"] for each in found.at("me.bookings.nodes") if each["title"] == "Project meeting"))


async def a_loan(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { loans { nodes { id renewable } } } }", as_="alex")
    return str(next(each["id"] for each in found.at("me.loans.nodes") if each["renewable"] == "YES"))


async def a_book(campus: SimulatedCampus) -> str:
    found = await campus.ask(
        '{ catalogue(search: "robotics", campus: "CWB") { nodes { id holdings { copies } } } }', as_="alex"
    )
    editions = found.at("catalogue.nodes")
    return str(next(each["id"] for each in editions if any(held["copies"] for held in each["holdings"])))


async def a_hold(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { holds { nodes { id title } } } }", as_="alex")
    return str(next(each["id"] for each in found.at("me.holds.nodes") if "robotics" in each["title"].lower()))


async def a_service(campus: SimulatedCampus) -> str:
    return await service_id(campus, "campus-card-replacement")


async def an_application(campus: SimulatedCampus) -> str:
    """The one that the example before handed in."""
    found = await campus.ask("{ me { applications(tab: IN_PROCESS, first: 1) { nodes { id } } } }", as_="mei")
    return str(found.at("me.applications.nodes.0.id"))


async def one_given_back(campus: SimulatedCampus) -> str:
    found = await campus.ask("{ me { applications(tab: IN_PROCESS, first: 1) { nodes { id reference } } } }", as_="mei")
    await decide(campus, found.at("me.applications.nodes.0.reference"), "returned", "Where was it?")
    return str(found.at("me.applications.nodes.0.id"))


def on_the_day(hour: int) -> LookUp:
    async def moment(_: SimulatedCampus) -> str:
        return at(FAR, hour)

    return moment


async def a_facility(_: SimulatedCampus) -> str:
    return facility(31)


WANTED: Mapping[str, Mapping[str, LookUp]] = {
    "saveApplicationDraft": {"service": a_service},
    "applyForService": {"service": a_service},
    "resubmitApplication": {"application": one_given_back},
    "withdrawApplication": {"application": an_application},
    "replyToTicket": {"ticket": a_ticket},
    "renewLoans": {"…": a_loan},
    "placeHold": {"edition": a_book},
    "cancelHold": {"hold": a_hold},
    "bookFacility": {"facility": a_facility, "starts": on_the_day(15), "ends": on_the_day(16)},
    "cancelBooking": {"booking": a_booking},
    "deleteDashboardLayout": {"version": a_version},
}
"""What stands as … in an example, by its name: it is different on each campus, and looked up."""


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


def test_every_change_has_an_example() -> None:
    root = schema._schema.mutation_type
    assert root is not None
    assert set(EXAMPLES) == set(root.fields)


@pytest.mark.parametrize("change", EXAMPLES)
async def test_an_example_changes_what_it_says(open_campus: SimulatedCampus, change: str) -> None:
    document, variables = EXAMPLES[change]
    found = {name: await look_up(open_campus) for name, look_up in WANTED.get(change, {}).items()}
    answer = await open_campus.ask(document, filled(variables, found), as_=WHO.get(change, "alex"))
    assert answer.errors == []
    assert answer.at(f"{change}.__typename") not in (None, "InvalidInput"), answer.data


def filled(variables: Any, found: Mapping[str, str]) -> Any:
    if isinstance(variables, dict):
        return {name: found[name] if each == "…" else filled(each, found) for name, each in variables.items()}
    return (
        [found["…"] if each == "…" else filled(each, found) for each in variables]
        if isinstance(variables, list)
        else variables
    )
