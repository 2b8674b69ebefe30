"""The ticket desk twice: a real Request Tracker 5 and the simulated one, held to the same sentences.

On Debian: apt-get install --no-install-recommends request-tracker5 rt5-db-sqlite.
"""

import os
import re
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
import pytest

from campus.contacts import IN_AGREEMENT, ContactDetails, ContactSyncState, PostalAddress
from connectors.onestop import (
    NewTicket,
    RequestTracker,
    Ticket,
    TicketActor,
    TicketEvent,
    TicketEventKind,
    TicketPriority,
    TicketQueue,
    TicketStatus,
)
from connectors.wire import Operation, UpstreamError
from sandbox import request_tracker

from .real_request_tracker import installed, real_request_tracker
from .simulators import differences, recorded_json, simulator
from .wire import ZONE, reached

SANDBOX_TOKEN = "1-14-sandbox-token"
FIELDS = {"fields": "Subject,Status,Queue,Priority,Created,LastUpdated,Due,Resolved", "fields[Queue]": "Name"}


class Desk:
    """One of the two, as its administrator and as the gateway's user."""

    def __init__(self, session, origin, token, password):
        self.origin, self.token, self.password = origin, token, password
        self._session = session
        self._crowded = False

    async def ask(self, method, path, *, body=None, status=200, **params):
        url = f"{self.origin}/REST/2.0/{path}"
        async with self._session.request(method, url, json=body, params=params) as answer:
            told = await answer.json(content_type=None)
            assert answer.status == status, told
            return told

    async def create(self, requestor, **fields):
        fields = {"Queue": "Network", "Subject": "none", "Content": "hello", "Requestor": requestor} | fields
        return str((await self.ask("POST", "ticket", body=fields, status=201))["id"])

    async def of_a_hundred_and_one(self):
        """The address of somebody with as many tickets, to which nothing happens: made when first asked for."""
        address = "many@connect.ust.hk"
        if not self._crowded:
            await self.create_many(address, 101)
            self._crowded = True
        return address

    async def create_many(self, requestor, count):
        for _ in range(count):
            await self.create(requestor)

    @asynccontextmanager
    async def asked(self):
        """As the gateway asks, whose user's name it knows."""
        options = {"user": "campus-gateway" if isinstance(self, RealDesk) else "campus-portal"}
        async with reached(RequestTracker, self.origin, self.token, timeout=20, options=options) as desk:
            yield desk.ask()

    async def tickets(self, address, secret=None, username=None, operation=None):
        async with reached(RequestTracker, self.origin, secret or self.token, username, timeout=20) as desk:
            return await desk.ask(operation).tickets(address)


class RealDesk(Desk):
    async def create_many(self, requestor, count):
        """In one request, since a real RT takes a fifth of a second for each."""
        rows = [{"Queue": "Network", "Subject": "none", "Requestor": requestor}] * count
        await self.ask("POST", "tickets/bulk", body=rows, status=201)


@pytest.fixture(scope="module")
async def desks(tmp_path_factory):
    """Both, or the simulated one alone where no Request Tracker is installed."""
    async with simulator(request_tracker, "CWB", SANDBOX_TOKEN) as origin:
        as_root = {"Authorization": aiohttp.encode_basic_auth("root", SANDBOX_TOKEN)}
        async with aiohttp.ClientSession(headers=as_root) as session:
            desks = {"simulated": Desk(session, origin, SANDBOX_TOKEN, SANDBOX_TOKEN)}
            if not installed():
                yield desks
                return
            async with (
                real_request_tracker(tmp_path_factory.mktemp("rt")) as (origin, tokens),
                aiohttp.ClientSession(headers={"Authorization": f"token {tokens['root']}"}) as session,
            ):
                desks["real"] = RealDesk(session, origin, tokens["campus-gateway"], "campus-gateway-password")
                desks["without rights"] = Desk(session, origin, tokens["without-rights"], "")
                yield desks


def one_of(desks, name):
    if name not in desks:
        reason = "Request Tracker 5 is not installed (Debian: request-tracker5, rt5-db-sqlite)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return desks[name]


@pytest.fixture(params=["real", "simulated"])
def desk(request, desks):
    return one_of(desks, request.param)


def local(text):
    return datetime.fromisoformat(text).astimezone(ZONE)


async def test_a_persons_tickets_are_read_with_every_field(desk):
    address = "exact@connect.ust.hk"
    urgent = {"Subject": "No Wi-Fi in 教學樓", "Priority": 85, "Due": "2026-11-24T10:00:00Z"}
    first = await desk.create(address, Queue="Network", **urgent)
    second = await desk.create(address, Queue="Accounts", Subject="Password 'lost'")
    await desk.ask("PUT", f"ticket/{second}", body={"Status": "resolved"})
    told = {number: await desk.ask("GET", f"ticket/{number}") for number in (first, second)}
    tickets = await desk.tickets(address)
    assert sorted(tickets, key=lambda ticket: int(ticket.id)) == [
        Ticket(
            system="system-1",
            campus="CWB",
            owner=address,
            id=first,
            subject="No Wi-Fi in 教學樓",
            status=TicketStatus.NEW,
            status_label="new",
            queue="Network",
            priority=85,
            priority_level=TicketPriority.HIGH,
            created_at=local(told[first]["Created"]),
            updated_at=local(told[first]["LastUpdated"]),
            due_at=datetime(2026, 11, 24, 18, 0, tzinfo=ZONE),
            resolved_at=None,
        ),
        Ticket(
            system="system-1",
            campus="CWB",
            owner=address,
            id=second,
            subject="Password 'lost'",
            status=TicketStatus.RESOLVED,
            status_label="resolved",
            queue="Accounts",
            priority=0,
            priority_level=TicketPriority.LOW,
            created_at=local(told[second]["Created"]),
            updated_at=local(told[second]["LastUpdated"]),
            due_at=None,
            resolved_at=local(told[second]["Resolved"]),
        ),
    ]


async def test_who_never_wrote_has_no_tickets(desk):
    """RT counts the pages of an empty list as 0.0."""
    assert await desk.tickets("nobody@connect.ust.hk") == []
    assert (await desk.ask("GET", "tickets", query="Requestor.EmailAddress = 'nobody@connect.ust.hk'"))["pages"] == 0


async def test_a_hundred_and_one_tickets_come_in_two_pages(desk):
    address = await desk.of_a_hundred_and_one()
    operation = Operation("contract-paging")
    tickets = await desk.tickets(address, operation=operation)
    assert len({ticket.id for ticket in tickets}) == len(tickets) == 101
    assert operation.calls == {"system-1": 2}
    page = await desk.ask("GET", "tickets", query=f"Requestor.EmailAddress = '{address}'", per_page="500")
    assert (page["per_page"], page["count"], page["pages"]) == (100, 100, 2)


async def test_an_address_with_a_quote_is_found_as_it_is(desk):
    number = await desk.create("o'neil@connect.ust.hk")
    assert [ticket.id for ticket in await desk.tickets("o'neil@connect.ust.hk")] == [number]


@pytest.mark.parametrize("address", ["x' OR id > 0 OR Subject = '", "x\\' OR id > 0 OR Subject = \\'", '"', "\\"])
async def test_nothing_in_an_address_widens_the_search(desk, address):
    await desk.create("somebody@connect.ust.hk")
    assert await desk.tickets(address) == []


@pytest.mark.parametrize(
    ("method", "moment", "stored"),
    [
        ("POST", "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
        ("POST", "2026-11-24T18:00:00+08:00", "1970-01-01T00:00:00Z"),
        ("PUT", "2026-11-24 10:00:00", "2026-11-24T10:00:00Z"),
        ("PUT", "2026-11-24T10:00:00Z", "1970-01-01T00:00:00Z"),
    ],
)
async def test_a_due_date_is_taken_in_one_form_only_and_lost_in_any_other(desk, method, moment, stored):
    number = await desk.create("due@connect.ust.hk", **({"Due": moment} if method == "POST" else {}))
    if method == "PUT":
        await desk.ask("PUT", f"ticket/{number}", body={"Due": moment})
    assert (await desk.ask("GET", f"ticket/{number}"))["Due"] == stored


async def test_an_address_is_matched_whole_and_in_any_case(desk):
    number = await desk.create("exactly.me@connect.ust.hk")
    await desk.create("not.exactly.me@connect.ust.hk")
    assert [ticket.id for ticket in await desk.tickets("Exactly.Me@connect.UST.hk")] == [number]


async def test_name_and_password_do_where_there_is_no_token(desk):
    number = await desk.create("basic@connect.ust.hk")
    tickets = await desk.tickets("basic@connect.ust.hk", desk.password, "campus-gateway")
    assert [ticket.id for ticket in tickets] == [number]


async def test_a_wrong_credential_is_no_empty_list(desk):
    for secret, username in (("1-99-wrong", None), ("wrong", "root")):
        with pytest.raises(UpstreamError) as failed:
            await desk.tickets("basic@connect.ust.hk", secret, username)
        assert (failed.value.code, secret in str(failed.value)) == ("UPSTREAM_UNAVAILABLE", False)


async def test_history_of_many_tickets_comes_by_one_search(desk):
    numbers = [await desk.create("history@connect.ust.hk") for _ in range(2)]
    search = [
        {"field": "ObjectType", "value": "RT::Ticket"},
        *({"field": "ObjectId", "value": number, "entry_aggregator": "OR"} for number in numbers),
    ]
    found = await desk.ask("POST", "transactions", body=search, fields="Type,ObjectId", per_page="100")
    single = [(await desk.ask("GET", f"ticket/{number}/history"))["total"] for number in numbers]
    assert {row["ObjectId"] for row in found["items"]} == set(numbers)
    assert found["total"] == sum(single)


async def test_what_happened_is_told_without_the_desks_own_words(desk):
    """The gateway's user may not see comments; an administrator, who may, asks for none either."""
    address = "told@connect.ust.hk"
    first, second = [await desk.create(address, Content=f"help {number}") for number in (1, 2)]
    file = {"FileName": "log.txt", "FileType": "text/plain", "FileContent": "bG9n"}
    reply = {"Content": "we look 教\ninto it", "ContentType": "text/plain"}
    await desk.ask("POST", f"ticket/{first}/correspond", body=reply | {"Attachments": [file]}, status=201)
    secret = {"Content": "secret", "ContentType": "text/plain"}
    await desk.ask("POST", f"ticket/{first}/comment", body=secret, status=201)
    change = {"Owner": "root", "Subject": "renamed", "Status": "resolved", "Priority": 60, "Due": "2026-11-24 10:00:00"}
    await desk.ask("PUT", f"ticket/{first}", body=change)
    for secret, username in ((desk.token, None), (desk.password, "campus-gateway")):
        operation = Operation("contract-history")
        async with reached(RequestTracker, desk.origin, secret, username, timeout=20) as reach:
            told = await reach.ask(operation).history({first: address, second: address})
            written = await reach.ask(operation).texts([event.id for event in told])
        assert operation.calls == {"system-1": 2}
        of_first = [event for event in told if event.ticket == first]
        kinds = TicketEventKind
        assert [event.kind for event in of_first][:3] == [kinds.CREATED, kinds.REPLY, kinds.STATUS]
        assert {event.kind for event in of_first[3:]} == {
            kinds.ASSIGNED, kinds.SUBJECT, kinds.PRIORITY, kinds.DUE, kinds.STATUS,
        }  # fmt: skip
        values = {(event.kind, event.before, event.after) for event in of_first[2:]}
        assert values == {
            (kinds.STATUS, "new", "open"), (kinds.STATUS, "open", "resolved"), (kinds.PRIORITY, "0", "60"),
            (kinds.SUBJECT, "none", "renamed"), (kinds.DUE, None, None), (kinds.ASSIGNED, None, None),
        }  # fmt: skip
        assert (of_first[1].by, of_first[2].by) == (TicketActor.DESK, TicketActor.SYSTEM)
        assert [event.kind for event in told if event.ticket == second] == [kinds.CREATED]
        assert sorted(written.values()) == ["help 1", "help 2", "we look 教\ninto it"]
        assert written[of_first[1].id] == "we look 教\ninto it"
    whole = await desk.ask("GET", f"ticket/{first}/history")
    assert whole["total"] > len(of_first)


async def test_who_wrote_is_told_by_role(desk):
    """By their own address, whatever the desk calls them; nobody else's name or address is told."""
    number = await desk.create("root@localhost" if isinstance(desk, RealDesk) else "root@desk.ust.hk")
    async with reached(RequestTracker, desk.origin, desk.token, timeout=20) as reach:
        for address, actor in (("Root@LOCALHOST", "real"), ("ROOT@desk.ust.hk", "simulated")):
            own = isinstance(desk, RealDesk) == (actor == "real")
            (event,) = await reach.ask().history({number: address})
            assert event == TicketEvent(
                system="system-1",
                ticket=number,
                id=event.id,
                kind=TicketEventKind.CREATED,
                by=TicketActor.REQUESTOR if own else TicketActor.DESK,
                at=event.at,
                before=None,
                after=None,
            )


async def test_a_hundred_and_one_events_come_in_two_pages(desk):
    """A user without all rights is not told how many there are: a full page has a next one."""
    address = await desk.of_a_hundred_and_one()
    owners = {ticket.id: address for ticket in await desk.tickets(address)}
    operation = Operation("contract-history-pages")
    async with reached(RequestTracker, desk.origin, desk.token, timeout=20) as reach:
        told = await reach.ask(operation).history(owners)
    assert sorted(event.ticket for event in told) == sorted(owners)
    assert operation.calls == {"system-1": 2}


async def test_an_idempotency_key_is_found_as_a_custom_field_and_ignored_as_a_header(desk):
    fields = {"Queue": "Network", "Subject": "same", "CustomFields": {"Idempotency Key": f"k'{id(desk)}"}}
    numbers = [str((await desk.ask("POST", "ticket", body=fields, status=201))["id"]) for _ in range(2)]
    found = await desk.ask("GET", "tickets", query=rf"CF.{{Idempotency Key}} = 'k\'{id(desk)}'")
    assert [ticket["id"] for ticket in found["items"]] == numbers


@pytest.mark.parametrize(
    "query", ["garbage ===", "Nonsense = 'x'", "id = 1 OR", "(id = 1", "Requestor = 'x'' OR id > 0'"]
)
async def test_what_is_no_ticketsql_is_refused_alike(desks, query):
    real, simulated = one_of(desks, "real"), desks["simulated"]
    told = [await desk.ask("GET", "tickets", status=400, query=query) for desk in (real, simulated)]
    # In which line of RT's own source differs from one update of it to the next.
    words = [re.sub(r"line \d+", "line", each["message"]) for each in told]
    assert words[0] == words[1]
    if query == "garbage ===":
        assert told[1] == recorded_json("request-tracker/bad_tsql.http")


async def test_the_simulated_desk_has_the_members_and_types_of_the_real_one(desks):
    told, actions = [], []
    for desk in (one_of(desks, "real"), desks["simulated"]):
        address = "alike@connect.ust.hk"
        number = await desk.create(address, CustomFields={"Idempotency Key": "alike"})
        whole = await desk.ask("GET", f"ticket/{number}")
        actions.append({(link["ref"], link.get("label")) for link in whole.pop("_hyperlinks")})
        told.append(
            {
                "ticket": whole,
                "list": await desk.ask("GET", "tickets", query=f"Requestor.EmailAddress = '{address}'", **FIELDS),
                "history": await desk.ask("GET", f"ticket/{number}/history", fields="Type,Creator,Created,Data"),
            }
        )
    real, simulated = told
    assert differences(real, simulated) == []
    assert actions[1] < actions[0], "an administrator of the real one may delete, too"
    assert [row["Type"] for row in simulated["history"]["items"]] == [row["Type"] for row in real["history"]["items"]]


async def test_a_user_without_rights_sees_an_empty_desk_and_no_refusal(desks):
    """Why connectors/onestop/README.md asks for two rights: their lack looks like a person without tickets."""
    mute = one_of(desks, "without rights")
    await mute.create("seen@connect.ust.hk")
    assert await mute.tickets("seen@connect.ust.hk") == []
    assert len(await desks["real"].tickets("seen@connect.ust.hk")) == 1


ASKED = NewTicket(queue="Network", subject="No Wi-Fi in 教學樓", text="Since noon.\n謝謝", priority=TicketPriority.HIGH)


async def test_a_ticket_that_is_opened_with_a_mark_is_found_by_it_and_is_its_requestors(desk):
    async with desk.asked() as asking:
        number = await asking.open_ticket("opens@connect.ust.hk", ASKED, "a" * 32)
        await asking.open_ticket("opens@connect.ust.hk", ASKED, "")
        assert await asking.ticket_by_mark("a" * 32) == number
        assert await asking.ticket_by_mark("b" * 32) is None
        (found,) = await asking.some_tickets("opens@connect.ust.hk", [number, "99999"])
        assert await asking.some_tickets("another@connect.ust.hk", [number]) == []
        ((opened, *_), texts) = await told_of(asking, "opens@connect.ust.hk", number)
    assert (found.id, found.subject, found.queue) == (number, ASKED.subject, "Network")
    assert (found.priority_level, found.status) == (TicketPriority.HIGH, TicketStatus.NEW)
    assert (opened.kind, opened.by) == (TicketEventKind.CREATED, TicketActor.REQUESTOR)
    assert texts == [ASKED.text]


async def test_a_reply_is_the_requestors_says_so_to_the_desk_and_is_found_by_its_mark(desk):
    address = "replies@connect.ust.hk"
    async with desk.asked() as asking:
        number = await asking.open_ticket(address, ASKED, "")
        assert not await asking.has_reply(address, number, "c" * 32)
        await asking.reply(address, number, "It works again.\n再見\n", "c" * 32)
        await asking.reply(address, number, "Or not.", "")
    async with desk.asked() as asking:
        assert await asking.has_reply(address, number, "c" * 32)
        assert not await asking.has_reply(address, number, "d" * 32)
    async with desk.asked() as asking:
        events, texts = await told_of(asking, address, number)
        raw = await asking._written([event.id for event in events if event.kind is TicketEventKind.REPLY])
    replies = [event for event in events if event.kind is TicketEventKind.REPLY]
    assert [event.by for event in replies] == [TicketActor.REQUESTOR] * 2
    assert texts == [ASKED.text, "It works again.\n再見", "Or not."]
    assert all(f"Written by {address} in the campus portal." in text for text in raw.values())


async def test_the_teams_of_the_desk_are_those_the_gateways_user_sees(desk):
    async with desk.asked() as asking:
        queues = await asking.queues()
    told = {queue.name for queue in queues}
    assert {"IT Service Desk", "Network", "Accounts"} <= told
    assert [queue.name for queue in queues] == sorted(told)
    assert {(queue.system, queue.campus) for queue in queues} == {("system-1", "CWB")}
    assert all(isinstance(queue, TicketQueue) for queue in queues)


async def test_who_may_not_open_tickets_is_refused_and_nothing_is_left_open(desks):
    desk = one_of(desks, "without rights")
    async with desk.asked() as asking:
        with pytest.raises(UpstreamError) as failed:
            await asking.open_ticket("opens@connect.ust.hk", ASKED, "e" * 32)
    assert not failed.value.unsettled


NEW_HOME = ContactDetails(
    telephone="+852 6123 4567",
    address=PostalAddress(street="清水灣道 7 號", city="Sai Kung", post_code=None, country="HK"),
)


async def test_how_a_requestor_is_reached_is_kept_and_the_address_they_are_known_by_stays(desk):
    address = "moves@connect.ust.hk"
    await desk.create(address)
    for wanted in (ContactDetails(telephone="1"), NEW_HOME, NEW_HOME):
        async with desk.asked() as asking:
            assert await asking.write_contacts(address, wanted) == IN_AGREEMENT
    (user,) = (await desk.ask("POST", "users", body=[{"field": "EmailAddress", "value": address}], fields=REACHED))[
        "items"
    ]
    assert {name: user[name] for name in REACHED.split(",")} == {
        "EmailAddress": address,
        "MobilePhone": "+852 6123 4567",
        "Address1": "清水灣道 7 號",
        "City": "Sai Kung",
        "Zip": "",
        "Country": "HK",
    }
    async with desk.asked() as asking:
        assert await asking.write_contacts("nobody@connect.ust.hk", NEW_HOME) is None


REACHED = "EmailAddress,MobilePhone,Address1,City,Zip,Country"


async def test_a_number_that_is_too_long_is_cut_by_the_desk_and_not_taken_for_kept(desk):
    address = "long@connect.ust.hk"
    await desk.create(address)
    async with desk.asked() as asking:
        outcome = await asking.write_contacts(address, ContactDetails(telephone="1" * 31))
    assert outcome.state is ContactSyncState.CONFLICT
    (user,) = (await desk.ask("POST", "users", body=[{"field": "EmailAddress", "value": address}], fields=REACHED))[
        "items"
    ]
    assert user["MobilePhone"] == "1" * 30


async def test_who_may_not_change_users_says_so_and_changes_none(desks):
    desk = one_of(desks, "without rights")
    address = "unchanged@connect.ust.hk"
    await one_of(desks, "real").create(address)
    async with desk.asked() as asking:
        with pytest.raises(UpstreamError, match="Permission Denied") as failed:
            await asking.write_contacts(address, NEW_HOME)
    assert not failed.value.unsettled


async def told_of(asking, address, number):
    """A ticket's history, and the texts in it."""
    events = await asking.history({number: address})
    written = [event.id for event in events if event.kind in (TicketEventKind.CREATED, TicketEventKind.REPLY)]
    texts = await asking.texts(written)
    return events, [texts[event] for event in written]
