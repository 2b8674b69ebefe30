"""Each system that reaches people is brought to what shall be: read, written where it is otherwise, and read again."""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from campus.contacts import ContactDetails, ContactPart, ContactsWritten, ContactSyncState, PersonToCall, PostalAddress
from connectors.library import Alma, Koha
from connectors.onestop import RequestTracker
from connectors.sis import Oeapi
from connectors.wire import UpstreamBadResponse, UpstreamError
from sandbox import alma, koha, oeapi, request_tracker

from .alma_document import keep_to_the_reference
from .koha_document import keep_to_the_document
from .openapi import spec
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import Exchange, Reach, Recorded, keep_to, reached, replayed, witnessed

SECRET = "s3cret"
AGREED = ContactsWritten(state=ContactSyncState.IN_AGREEMENT)
MOVED = ContactDetails(
    private_email="new.place@example.net",
    telephone="+86 131 2345 6789",
    address=PostalAddress(street="7 Hang Hau Road", city="Sai Kung", post_code="511400", country="HK"),
    emergency_contacts=[
        PersonToCall(name="Wong Mei", relation="partner", telephone="+852 5555 0101"),
        PersonToCall(name="Wong Sum", relation="x-neighbour", telephone="+852 5555 0102"),
        PersonToCall(name="Wong Yat", relation="parent", telephone=None),
    ],
)


@dataclass(frozen=True)
class System:
    """A protocol, the account of Jordan in its simulated system, and where that keeps the person."""

    module: type[Any]
    simulator: ModuleType
    campus: str
    account: str
    table: str
    row: str
    """Which row of the table is Jordan's."""
    method_of_reads: str
    reads: str
    """How the path of what reads the person begins."""
    username: str | None = None


SYSTEMS = {
    "oeapi": System(
        Oeapi, oeapi, "CWB", "20003001", "resource", "kind = 'persons' and code = '20003001'", "GET", "/persons"
    ),
    "alma": System(Alma, alma, "CWB", "lib003x", "patron", "primary_id = 'lib003x'", "GET", "/almaws/v1/users/"),
    "koha": System(
        Koha, koha, "GZ", "2", "patron", "document ->> 'cardnumber' = 'gzl003'", "GET", "/api/v1/patrons/2", "gateway"
    ),
    "request_tracker": System(
        RequestTracker, request_tracker, "CWB", "t003@connect.ust.hk", "user", "name = 't003@connect.ust.hk'", "POST",
        "/REST/2.0/users",
    ),
}  # fmt: skip


class Meeting:
    def __init__(self, system: System, db: sqlite3.Connection, reach: Reach, seen: list[Exchange]) -> None:
        self.system, self.db, self.reach, self.seen = system, db, reach, seen
        self.on_put: Callable[[], Awaitable[web.Response] | None] | None = None

    async def write(self, wanted: ContactDetails, account: str | None = None) -> ContactsWritten | None:
        return await self.reach.ask().write_contacts(account or self.system.account, self.held_by(wanted))

    def held_by(self, wanted: ContactDetails) -> ContactDetails:
        """The parts that this system has a place for."""
        parts = self.system.module.contact_parts
        return ContactDetails(**{part.value: getattr(wanted, part.value) for part in wanted.parts & parts})

    def kept(self) -> dict[str, Any]:
        """Jordan as the system keeps them."""
        cursor = self.db.execute(f"select * from {self.system.table} where {self.system.row}")  # noqa: S608  both of this file
        (row,) = cursor.fetchall()
        told = dict(zip((name for name, *_ in cursor.description), row, strict=True))
        return json.loads(told["document"]) if "document" in told else told

    def change(self, what: str, *values: object) -> None:
        """Jordan's row, as somebody in the system's office would."""
        self.db.execute(f"update {self.system.table} set {what} where {self.system.row}", values)  # noqa: S608

    def methods(self) -> list[str]:
        return [each.method for each in self.seen if "oauth" not in each.path]


@asynccontextmanager
async def meeting(name: str) -> AsyncIterator[Meeting]:
    system = SYSTEMS[name]
    db = sqlite3.connect(":memory:")
    system.simulator.seed(db, small_university(), system.campus)
    secret = f"{system.username}:{SECRET}" if system.username else SECRET
    app = system.simulator.build_app(db, clock_at(NOW), secret)
    options = {"currency": "CNY"} if name == "koha" else {}
    interfering: list[Meeting] = []

    @web.middleware
    async def somebody_else(request: web.Request, handler: Any) -> web.StreamResponse:
        answer = await handler(request)
        if request.method == "PUT" and interfering[0].on_put:
            instead = interfering[0].on_put()
            if instead is not None:
                return await instead
        return answer

    app.middlewares.insert(0, somebody_else)
    async with (
        witnessed(app) as (origin, seen),
        reached(system.module, origin, SECRET, system.username, campus=system.campus, options=options) as reach,
    ):
        met = Meeting(system, db, reach, seen)
        interfering.append(met)
        yield met
    documented(name, seen)
    db.close()


def documented(name: str, seen: list[Exchange]) -> None:
    """What went over the wire is what the system's own document allows."""
    if name == "oeapi":
        keep_to(spec("oeapi-v6.yaml"), seen)
    elif name == "alma":
        keep_to_the_reference(seen)
    elif name == "koha":
        keep_to_the_document(seen)


def told(name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the system holds now of how Jordan is reached, in its own words."""
    if name == "oeapi":
        reached_by = {"secondaryEmail", "mobileNumber", "address", "ICEName", "ICERelation", "ICEPhoneNumber"}
        return {member: kept[member] for member in reached_by} | {"further": kept["ext"]["campus"]["emergencyContacts"]}
    if name == "alma":
        return kept["contact_info"]
    names = {
        "koha": ("email", "phone", "street_number", "address", "address2", "city", "postal_code", "country"),
        "request_tracker": ("mobile", "street", "further", "city", "post_code", "country"),
    }[name]
    return {member: kept[member] for member in names}


WRITTEN: Mapping[str, Mapping[str, Any]] = {
    "oeapi": {
        "secondaryEmail": "new.place@example.net",
        "mobileNumber": "+86 131 2345 6789",
        "address": {
            "addressType": "postal",
            "street": "7 Hang Hau Road",
            "city": "Sai Kung",
            "postCode": "511400",
            "countryCode": {"iso3166-1-alpha2": "HK"},
        },
        "ICEName": "Wong Mei",
        "ICERelation": "partner",
        "ICEPhoneNumber": "+852 5555 0101",
        "further": [
            {"name": "Wong Sum", "relation": "x-neighbour", "telephone": "+852 5555 0102"},
            {"name": "Wong Yat", "relation": "parent", "telephone": None},
        ],
    },
    "alma": {
        "email": [
            {
                "email_address": "new.place@example.net",
                "preferred": True,
                "email_type": [{"value": "personal", "desc": "Personal"}],
            }
        ],
        "phone": [
            {
                "phone_number": "+86 131 2345 6789",
                "preferred": True,
                "preferred_sms": False,
                "phone_type": [{"value": "mobile", "desc": "Mobile"}],
            }
        ],
        "address": [
            {
                "line1": "7 Hang Hau Road",
                "city": "Sai Kung",
                "postal_code": "511400",
                "country": {"value": "HKG"},
                "preferred": True,
                "address_type": [{"value": "home", "desc": "Home"}],
            }
        ],
    },
    "koha": {
        "email": "new.place@example.net",
        "phone": "+86 131 2345 6789",
        "street_number": None,
        "address": "7 Hang Hau Road",
        "address2": None,
        "city": "Sai Kung",
        "postal_code": "511400",
        "country": "HK",
    },
    "request_tracker": {
        "mobile": "+86 131 2345 6789",
        "street": "7 Hang Hau Road",
        "further": "",
        "city": "Sai Kung",
        "post_code": "511400",
        "country": "HK",
    },
}


def all_else(name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    left = {member: value for member, value in kept.items() if member not in (*told(name, kept), "updated_on")}
    left.pop("contact_info", None)
    if name == "oeapi":
        profile = {member: value for member, value in kept["ext"]["campus"].items() if member != "emergencyContacts"}
        left["ext"] = {"campus": profile}
    return left


@pytest.mark.parametrize("name", SYSTEMS)
async def test_what_is_wanted_is_written_and_all_else_stays_as_it_was(name: str) -> None:
    async with meeting(name) as met:
        before = met.kept()
        assert told(name, before) != WRITTEN[name]
        assert await met.write(MOVED) == AGREED
        read = met.system.method_of_reads
        assert met.methods() == [read, "PUT", read]
        after = met.kept()
        assert told(name, after) == WRITTEN[name]
        assert all_else(name, after) == all_else(name, before)


@pytest.mark.parametrize("name", SYSTEMS)
async def test_what_is_so_already_is_not_written_again(name: str) -> None:
    async with meeting(name) as met:
        await met.write(MOVED)
        met.seen.clear()
        regrouped = ContactDetails(private_email=None, telephone="+86 13123456789", address=MOVED.address)
        assert await met.write(regrouped) == AGREED
        assert met.methods() == [met.system.method_of_reads]


@pytest.mark.parametrize(
    ("name", "part"),
    [(name, part) for name, system in SYSTEMS.items() for part in ContactPart if part in system.module.contact_parts],
)
async def test_one_part_is_written_without_the_others(name: str, part: ContactPart) -> None:
    async with meeting(name) as met:
        before = told(name, met.kept())
        assert await met.write(ContactDetails(**{part.value: getattr(MOVED, part.value)})) == AGREED
        after = told(name, met.kept())
        changed = {member for member, value in after.items() if value != before[member]}
        assert changed
        assert {member: after[member] for member in changed} == {member: WRITTEN[name][member] for member in changed}


@pytest.mark.parametrize("name", SYSTEMS)
async def test_whom_the_system_does_not_know_it_need_not_be_told_about(name: str) -> None:
    async with meeting(name) as met:
        assert await met.write(MOVED, "99999999") is None
        assert met.methods() == [met.system.method_of_reads]


@pytest.mark.parametrize("name", SYSTEMS)
async def test_what_somebody_else_wrote_in_between_is_a_conflict(name: str) -> None:
    async with meeting(name) as met:
        other = ContactDetails(telephone="+852 9999 0000")

        def overwrites() -> None:
            met.on_put = None
            met.change(THEIRS[name], other.telephone)

        met.on_put = overwrites
        outcome = await met.write(ContactDetails(telephone=MOVED.telephone))
        assert outcome == ContactsWritten(state=ContactSyncState.CONFLICT)
        assert await met.write(ContactDetails(telephone=MOVED.telephone)) == AGREED


THEIRS = {
    "oeapi": "document = json_set(document, '$.mobileNumber', ?)",
    "alma": "document = json_set(document, '$.contact_info.phone[0].phone_number', ?)",
    "koha": "document = json_set(document, '$.phone', ?)",
    "request_tracker": "mobile = ?",
}


async def test_a_person_who_is_accepted_to_be_replaced_and_is_not_yet_is_pending() -> None:
    async with meeting("oeapi") as met:
        before = met.kept()

        def later() -> Awaitable[web.Response]:
            met.change("document = ?", json.dumps(before))
            return accepted()

        async def accepted() -> web.Response:
            return web.Response(status=202)

        met.on_put = later
        assert await met.write(MOVED) == ContactsWritten(state=ContactSyncState.PENDING)


@pytest.mark.parametrize("name", ["oeapi", "alma", "koha"])
async def test_a_system_that_says_it_is_done_and_has_done_nothing_is_not_believed(name: str) -> None:
    async with meeting(name) as met:
        before = json.dumps(met.kept())

        def undone() -> None:
            met.change("document = ?", before)

        met.on_put = undone
        with pytest.raises(UpstreamBadResponse) as failed:
            await met.write(MOVED)
        assert failed.value.unsettled


REFUSALS = {
    "oeapi": (400, *oeapi.error_body(400), "HTTP 400"),
    "alma": (
        400,
        "application/json",
        b'{"errorsExist": true, "errorList": {"error": [{"errorCode": "401858", "errorMessage": "No."}]}}',
        "401858",
    ),
    "koha": (409, "application/json", b'{"error": "Duplicate entry"}', "HTTP 409"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_what_a_system_refuses_is_told_by_its_code(name: str) -> None:
    """The gateway lets nothing through that no system takes; one may be stricter than those that are simulated."""
    status, kind, body, reason = REFUSALS[name]

    async def answered() -> web.Response:
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    async with meeting(name) as met:
        before = json.dumps(met.kept())

        def refused() -> Awaitable[web.Response]:
            met.change("document = ?", before)
            return answered()

        met.on_put = refused
        assert await met.write(MOVED) == ContactsWritten(state=ContactSyncState.REFUSED, reason=reason)


async def test_a_number_that_a_desk_has_no_room_for_is_cut_and_does_not_count_as_kept() -> None:
    async with meeting("request_tracker") as met:
        outcome = await met.write(ContactDetails(telephone="+" + "1" * 31))
        assert outcome == ContactsWritten(state=ContactSyncState.CONFLICT)
        assert met.kept()["mobile"] == "+" + "1" * 29


async def test_an_entry_of_another_type_in_alma_stays_and_ours_is_beside_it() -> None:
    async with meeting("alma") as met:
        work = {
            "email_address": "jordan@office.example",
            "preferred": True,
            "email_type": [{"value": "work", "desc": "Work"}],
        }
        met.change("document = json_set(document, '$.contact_info.email', json(?))", json.dumps([work]))
        assert await met.write(ContactDetails(private_email=MOVED.private_email)) == AGREED
        ours = {"email_address": MOVED.private_email, "preferred": False, "email_type": [{"value": "personal"}]}
        assert met.kept()["contact_info"]["email"] == [work, ours]


async def test_a_desk_whose_user_may_not_change_others_says_so() -> None:
    """As a real RT 5.0.3 answers who has not the right AdminUsers: with 200."""
    user = {
        "id": "u1@x.example", "EmailAddress": "u1@x.example", "MobilePhone": "", "Address1": "", "Address2": "",
        "City": "", "Zip": "", "Country": "",
    }  # fmt: skip
    json_ = "application/json"
    answers = [
        Recorded(200, json_, json.dumps({"items": [user]}).encode()),
        Recorded(200, json_, b'["User u1@x.example: Permission Denied"]'),
    ]
    async with replayed(*answers) as (origin, _), reached(RequestTracker, origin, SECRET) as desk:
        with pytest.raises(UpstreamError) as failed:
            await desk.ask().write_contacts("u1@x.example", ContactDetails(telephone="1"))
    assert (failed.value.code, failed.value.unsettled) == ("UPSTREAM_UNAVAILABLE", False)
