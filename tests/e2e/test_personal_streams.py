"""Tickets, applications, grades and notifications while one looks: all there is, what is new, and what was missed."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from commands.simulated import follow
from connectors import portal
from tests.redis_server import PASSWORD, redis_server
from tests.simulated_campus import SimulatedCampus, University, campus_over

from .test_sockets import Socket

TICKETS = "subscription ($r: String) { ticketChanged(resume: $r) { nodes { id subject statusLabel } resume } }"
ALL_TICKETS = "{ me { tickets(first: 100) { nodes { id subject statusLabel } } } }"
STEPS = "id reference state steps { name state decision } progress { done }"
APPLICATIONS = f"subscription {{ applicationChanged {{ nodes {{ {STEPS} }} resume }} }}"
ALL_APPLICATIONS = f"{{ me {{ applications(first: 100) {{ nodes {{ {STEPS} }} }} }} }}"
GRADES = """
subscription ($r: String) {
  gradeReleased(resume: $r) { nodes { courseCode campus grade } resume unavailable { system code } }
}
"""


RECORD = "{ me { academicRecord { terms { nodes { results { courseCode campus grade } } } } } }"


def in_order(results: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(results, key=lambda each: tuple(each.values()))


@contextmanager
def as_it_was(university: University, *systems: str) -> Iterator[None]:
    """What tests do to the files of these systems is undone."""
    files = [Path(university.told.data_dir) / f"{system}.sqlite" for system in systems]
    kept = [sqlite3.connect(":memory:") for _ in files]
    for file, copy in zip(files, kept, strict=True):
        with closing(sqlite3.connect(file)) as database:
            database.backup(copy)
    try:
        yield
    finally:
        for file, copy in zip(files, kept, strict=True):
            with closing(sqlite3.connect(file)) as database, closing(copy):
                copy.backup(database)


@pytest.fixture(scope="module")
async def told_campus(university: University) -> AsyncIterator[SimulatedCampus]:
    """One that its systems tell what changes; lists are asked for by themselves once in a quarter of an hour."""
    await university.well()
    with as_it_was(university, "tickets-cwb", "onestop-gz", "sis-cwb", "sis-gz"):
        async with campus_over(university) as campus:
            await campus.indexes_filled()
            await follow(university.told, str(campus.client.make_url("")).rstrip("/"))
            yield campus
            await follow(university.told, "")


@asynccontextmanager
async def socket_of(campus: SimulatedCampus, who: str | None, **more: Any) -> AsyncIterator[Socket]:
    async with campus.client.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as opened:
        socket = Socket(opened)
        token = who and await campus.token(who, **more)
        await socket.begin({"Authorization": f"Bearer {token}"} if token else None)
        yield socket


def told(message: dict[str, Any]) -> Any:
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    (value,) = message["payload"]["data"].values()
    return value


async def nothing_more(socket: Socket) -> None:
    await asyncio.sleep(0.3)
    await socket.say("ping")
    assert await socket.heard() == {"type": "pong"}


def system_of(campus: SimulatedCampus, id: str) -> Any:
    return next(each for each in campus.university.told.systems if each.id == id)


async def desk_sets(campus: SimulatedCampus, ticket: str, **change: Any) -> None:
    """What the desk does, in its own software."""
    desk = system_of(campus, "tickets-cwb")
    number = (await campus.ask(NUMBER, {"id": ticket}, as_="alex")).at("node.number")
    url, headers = f"{desk.url}/REST/2.0/ticket/{number}", {"Authorization": f"token {desk.secret}"}
    async with campus.university.session.put(url, json=change, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


NUMBER = "query ($id: ID!) { node(id: $id) { ... on Ticket { number } } }"


async def polls(campus: SimulatedCampus, system: str) -> int:
    calls = await campus.systems[system].calls()
    return len([call for call in calls if (call["correlation_id"] or "").startswith("live-")])


async def test_tickets_are_told_as_they_change_at_the_cost_of_one_question(told_campus: SimulatedCampus) -> None:
    everything = (await told_campus.ask(ALL_TICKETS, as_="alex")).at("me.tickets.nodes")
    assert len(everything) > 1
    await told_campus.forget_calls()
    async with AsyncExitStack() as stack:
        mine = [await stack.enter_async_context(socket_of(told_campus, "alex")) for _ in range(3)]
        other = await stack.enter_async_context(socket_of(told_campus, "bo"))
        for socket in (*mine, other):
            await socket.subscribe("1", TICKETS)
        first = [told(await socket.heard()) for socket in mine]
        assert [each["nodes"] for each in first] == [everything] * 3
        assert len({each["resume"] for each in first}) == 1
        assert {each["id"] for each in told(await other.heard())["nodes"]}.isdisjoint({e["id"] for e in everything})
        assert await polls(told_campus, "tickets-cwb") == 2  # one for each person
        changed = everything[0]
        await desk_sets(told_campus, changed["id"], Subject="Another word for it")
        news = [told(await socket.heard()) for socket in mine]
        assert [each["nodes"] for each in news] == [[{**changed, "subject": "Another word for it"}]] * 3
        assert await polls(told_campus, "tickets-cwb") == 3
        for socket in (*mine, other):
            await nothing_more(socket)
    # While nobody looks, two change; who comes back is told these and nothing else.
    await desk_sets(told_campus, changed["id"], Subject="A third word")
    await desk_sets(told_campus, everything[1]["id"], Subject="Its own word")
    async with socket_of(told_campus, "alex") as socket:
        await socket.subscribe("1", TICKETS, variables={"r": news[0]["resume"]})
        missed = told(await socket.heard())
        assert [each["subject"] for each in missed["nodes"]] == ["A third word", "Its own word"]
        await socket.subscribe("2", TICKETS, variables={"r": missed["resume"]})
        assert told(await socket.heard()) == {"nodes": [], "resume": missed["resume"]}
        await nothing_more(socket)
        # A token of somebody else's is worth nothing.
        await socket.subscribe("3", TICKETS, variables={"r": await _resume_of(told_campus, "bo")})
        assert len(told(await socket.heard())["nodes"]) == len(everything)


async def _resume_of(campus: SimulatedCampus, who: str) -> str:
    async with socket_of(campus, who) as socket:
        await socket.subscribe("1", TICKETS)
        resume: str = told(await socket.heard())["resume"]
        return resume


async def test_an_application_is_told_when_one_of_its_steps_is_decided(told_campus: SimulatedCampus) -> None:
    everything = (await told_campus.ask(ALL_APPLICATIONS, as_="alex")).at("me.applications.nodes")
    waiting = next(each for each in everything if each["state"] == "IN_PROCESS" and each["steps"])
    office = f"{told_campus.systems['onestop-gz'].url}/__officers"
    async with socket_of(told_campus, "alex") as socket:
        await socket.subscribe("1", APPLICATIONS)
        assert told(await socket.heard())["nodes"] == everything
        decision = {"application": waiting["reference"], "decision": "approved", "comment": "Fine."}
        async with told_campus.university.session.post(office, json=decision) as answer:
            assert answer.status == 200, await answer.text()
        (changed,) = told(await socket.heard())["nodes"]
        assert changed["id"] == waiting["id"]
        assert changed["progress"]["done"] == waiting["progress"]["done"] + 1
        assert changed["steps"] != waiting["steps"]


async def test_grades_of_both_campuses_are_told_and_which_campus_cannot_be_asked(told_campus: SimulatedCampus) -> None:
    numbers = await told_campus.ask("{ me { profile { numbers { campus number } } } }", as_="jordan")
    number = {each["campus"]: each["number"] for each in numbers.at("me.profile.numbers")}
    async with socket_of(told_campus, "jordan") as socket:
        await socket.subscribe("1", GRADES)
        first = told(await socket.heard())
        terms = (await told_campus.ask(RECORD, as_="jordan")).at("me.academicRecord.terms.nodes")
        graded = [result for term in terms for result in term["results"] if result["grade"]]
        assert in_order(first["nodes"]) == in_order(graded)
        wish = {"number": number["GZ"], "grade": "A-"}
        async with told_campus.university.session.post(
            f"{told_campus.systems['sis-gz'].url}/__happen", json=wish
        ) as answer:
            given = await answer.json()
        news = told(await socket.heard())
        assert news["nodes"] == [{"courseCode": given["courseCode"], "campus": "GZ", "grade": "A-"}]
        assert news["unavailable"] == []
    await told_campus.systems["sis-cwb"].fault("down")
    try:
        async with socket_of(told_campus, "jordan") as socket:
            await socket.subscribe("1", GRADES, variables={"r": first["resume"]})
            payload = (await socket.heard())["payload"]
            (missed,) = payload["data"].values()
            assert missed["nodes"] == news["nodes"]
            assert missed["unavailable"] == [{"system": "sis-cwb", "code": "UPSTREAM_UNAVAILABLE"}]
            assert [error["path"] for error in payload["errors"]] == [["gradeReleased"]]
            # What of the other campus was told before is not forgotten meanwhile.
            await told_campus.systems["sis-cwb"].fault("none")
            await _tell(told_campus, "sis-cwb", "campus.grade.released", await _person(told_campus, number["CWB"]))
            well = told(await socket.heard())
            assert (well["nodes"], well["unavailable"]) == ([], [])
    finally:
        await told_campus.systems["sis-cwb"].fault("none")


async def _tell(campus: SimulatedCampus, system: str, type: str, subject: str) -> None:
    wish = {"type": type, "subject": subject}
    async with campus.university.session.post(f"{campus.systems[system].url}/__events", json=wish) as answer:
        assert answer.status == 200


async def _person(campus: SimulatedCampus, number: str, system: str = "sis-cwb") -> str:
    (found,) = (await campus.systems[system].get("/persons", {"primaryCode": number}))["items"]
    return str(found["personId"])


async def test_a_stream_ends_once_the_account_is_the_persons_no_longer(told_campus: SimulatedCampus) -> None:
    # A guest's token names no account at the desk: it is found in the person's file at home.
    found = (await told_campus.ask(ALL_TICKETS, as_="jordan", issuer="GZ")).at("me.tickets.nodes")
    numbers = await told_campus.ask("{ me { profile { numbers { campus number } } } }", as_="jordan")
    async with socket_of(told_campus, "jordan", issuer="GZ") as socket, socket_of(told_campus, "jordan") as at_home:
        for each in (socket, at_home):
            await each.subscribe("1", TICKETS)
            assert told(await each.heard())["nodes"] == found
        for campus, number in ((each["campus"], each["number"]) for each in numbers.at("me.profile.numbers")):
            system = f"sis-{campus.lower()}"
            person = await _person(told_campus, number, system)
            _forget_code(told_campus.university, system, person, "x-ticket-address")
            await _tell(told_campus, system, "campus.person.changed", person)
        await asyncio.sleep(0.3)
        await desk_sets_for(told_campus, "jordan", found[0]["id"])
        payload = (await socket.heard())["payload"]
        assert payload["data"] == {"ticketChanged": None}
        assert [error["extensions"]["code"] for error in payload["errors"]] == ["FORBIDDEN"]
        assert await socket.heard() == {"id": "1", "type": "complete"}
        # The token of home says itself whose the account is.
        assert [each["id"] for each in told(await at_home.heard())["nodes"]] == [found[0]["id"]]


async def desk_sets_for(campus: SimulatedCampus, who: str, ticket: str) -> None:
    desk = system_of(campus, "tickets-cwb")
    number = (await campus.ask(NUMBER, {"id": ticket}, as_=who)).at("node.number")
    url, headers = f"{desk.url}/REST/2.0/ticket/{number}", {"Authorization": f"token {desk.secret}"}
    async with campus.university.session.put(url, json={"Subject": "Seen by one"}, headers=headers) as answer:
        assert answer.status == 200


def _forget_code(university: University, system: str, person: str, code: str) -> None:
    with closing(sqlite3.connect(Path(university.told.data_dir) / f"{system}.sqlite")) as database:
        where = "kind = 'persons' and id = ?"
        (text,) = database.execute(f"select document from resource where {where}", (person,)).fetchone()  # noqa: S608
        document = json.loads(text)
        document["otherCodes"] = [each for each in document["otherCodes"] if each["codeType"] != code]
        changed = (json.dumps(document), person)
        database.execute(f"update resource set document = ? where {where}", changed)  # noqa: S608
        database.commit()


NOTIFIED = """
subscription ($r: String) {
  notificationReceived(resume: $r) {
    nodes { category readAt announcement { title campus } } resume unavailable { code }
  }
}
"""
NOTIFICATIONS = "{ me { notifications(first: 100) { nodes { category readAt announcement { title campus } } } } }"


async def publish(campus: SimulatedCampus, title: str, **more: Any) -> None:
    """As the publisher of Guangzhou's notices does it."""
    notice = {"title": title, "text": "Words.", "priority": "high", **more}
    url = f"{campus.systems['notices-gz'].url}/__happen"
    async with campus.university.session.post(url, json=notice) as answer:
        assert answer.status == 200


async def test_what_is_urgent_notifies_whom_it_is_for_and_who_lets_it_in(told_campus: SimulatedCampus) -> None:
    with as_it_was(told_campus.university, "notices-gz"):
        async with socket_of(told_campus, "mei") as socket, socket_of(told_campus, "alex") as elsewhere:
            for who, each in (("mei", socket), ("alex", elsewhere)):
                await each.subscribe("1", NOTIFIED)
                first = told(await each.heard())
                there = (await told_campus.ask(NOTIFICATIONS, as_=who)).at("me.notifications.nodes")
                assert first["nodes"] == there != []
                assert first["unavailable"] == []
            await publish(told_campus, "Not urgent", priority="normal")
            await publish(told_campus, "For one campus", audience=[["campus", "GZ"]])
            news = told(await socket.heard())
            assert news["nodes"] == [
                {
                    "category": "ADMINISTRATION",
                    "readAt": None,
                    "announcement": {"title": "For one campus", "campus": "GZ"},
                }
            ]
            await nothing_more(elsewhere)
        await publish(told_campus, "While away", audience=[["campus", "GZ"]])
        for _ in range(100):
            if "While away" in str((await told_campus.ask(NOTIFICATIONS, as_="mei")).data):
                break
            await asyncio.sleep(0.05)
        async with socket_of(told_campus, "mei") as socket:
            await socket.subscribe("1", NOTIFIED, variables={"r": news["resume"]})
            missed = told(await socket.heard())
            assert [each["announcement"]["title"] for each in missed["nodes"]] == ["While away"]
            await _shuts_out(told_campus, "mei", portal.NotificationCategory.ADMINISTRATION)
            await publish(told_campus, "Not let in", audience=[["campus", "GZ"]])
            assert told(await socket.heard())["nodes"] == []


async def _shuts_out(campus: SimulatedCampus, who: str, category: portal.NotificationCategory) -> None:
    person = (await campus.ask("{ viewer { person } }", as_=who)).at("viewer.person")
    shut = portal.NotificationSetting(
        category=category, channel=portal.NotificationChannel.PORTAL, enabled=False, is_default=False
    )
    database = portal.Database(f"sqlite:///{campus.university.told.data_dir}/portal.sqlite")
    async with portal.open_store(database) as store, store.changing() as connection:
        await portal.save_preferences(connection, person, portal.Preferences([shut], []), datetime.now(UTC))


REFUSED = [
    (None, "", None, "UNAUTHENTICATED"),
    ("partner-portal", "", None, "FORBIDDEN"),
    ("alex", "library:read", None, "FORBIDDEN"),
    ("alex", "", "nonsense", "BAD_USER_INPUT"),
    ("alex", "", "WyJhIl0", "BAD_USER_INPUT"),
]


async def test_who_may_not_ask_may_not_follow_and_who_has_no_account_is_told_so(told_campus: SimulatedCampus) -> None:
    for who, scope, resume, code in REFUSED:
        async with socket_of(told_campus, who, scope=scope) as socket:
            await socket.subscribe("1", TICKETS, variables={"r": resume})
            payload = (await socket.heard())["payload"]
            assert payload["data"] == ({"ticketChanged": None} if resume else None)
            assert [error["extensions"]["code"] for error in payload["errors"]] == [code], (who, resume)
            assert await socket.heard() == {"id": "1", "type": "complete"}
    async with socket_of(told_campus, "wing") as socket:  # who left, and has no account at One Stop
        await socket.subscribe("1", APPLICATIONS)
        assert told(await socket.heard()) is None
        assert await socket.heard() == {"id": "1", "type": "complete"}


async def test_a_system_that_tells_nothing_is_asked_every_so_often_while_somebody_looks(university: University) -> None:
    await university.well()
    settings = university.settings()
    silent = tuple(each.model_copy(update={"events": None, "personal_refresh": 0.4}) for each in settings.systems)
    with as_it_was(university, "tickets-cwb"):
        async with campus_over(university, settings.model_copy(update={"systems": silent})) as campus:
            everything = (await campus.ask(ALL_TICKETS, as_="alex")).at("me.tickets.nodes")
            async with socket_of(campus, "alex") as one, socket_of(campus, "alex") as two:
                for socket in (one, two):
                    await socket.subscribe("1", TICKETS)
                    assert told(await socket.heard())["nodes"] == everything
                await campus.systems["tickets-cwb"].fault("down")
                for socket in (one, two):
                    payload = (await socket.heard())["payload"]
                    assert payload["data"] == {"ticketChanged": None}
                    assert [error["extensions"]["system"] for error in payload["errors"]] == ["tickets-cwb"]
                await campus.systems["tickets-cwb"].fault("none")
                await desk_sets(campus, everything[0]["id"], Subject="Found by asking")
                for socket in (one, two):
                    news = told(await socket.heard())
                    while not news["nodes"]:  # that it is well again
                        news = told(await socket.heard())
                    assert [each["subject"] for each in news["nodes"]] == ["Found by asking"]
                assert await polls(campus, "tickets-cwb") >= 3
            await asyncio.sleep(0.2)
            await campus.forget_calls()
            await asyncio.sleep(0.8)
            assert await polls(campus, "tickets-cwb") == 0


CREATE = """
mutation { createTicket(input: {campus: "CWB", queue: "QUEUE", subject: "From the other tab", text: "Help."}) {
  ... on TicketCreated { ticket { subject } }
} }
"""


async def test_what_one_changes_oneself_is_told_at_once_although_its_system_tells_nothing(
    university: University,
) -> None:
    await university.well()
    settings = university.settings()
    silent = tuple(each.model_copy(update={"events": None}) for each in settings.systems)
    with as_it_was(university, "tickets-cwb"):
        async with campus_over(university, settings.model_copy(update={"systems": silent})) as campus:
            await campus.indexes_filled()
            url = str(campus.client.make_url("/graphql"))
            authorization = {"Authorization": f"Bearer {await campus.token('alex')}"}
            socket = WebsocketsTransport(
                url=url.replace("http", "ws", 1),
                init_payload=authorization,
                subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            )
            asking = Client(transport=AIOHTTPTransport(url=url, headers=authorization))
            async with Client(transport=socket) as following, asking as session:
                queues = await session.execute(gql('{ ticketQueues(campus: "CWB") { nodes { name } } }'))
                events = following.subscribe(gql(TICKETS.replace("($r: String)", "").replace("(resume: $r)", "")))
                first = (await anext(events))["ticketChanged"]["nodes"]
                made = await session.execute(gql(CREATE.replace("QUEUE", queues["ticketQueues"]["nodes"][0]["name"])))
                assert made == {"createTicket": {"ticket": {"subject": "From the other tab"}}}
                (news,) = (await asyncio.wait_for(anext(events), 20))["ticketChanged"]["nodes"]
                assert news["subject"] == "From the other tab"
                assert news["id"] not in {each["id"] for each in first}


async def test_followers_on_another_process_are_told_and_redis_learns_nothing(university: University) -> None:
    await university.well()
    async with redis_server() as redis, redis.client() as client:
        shared = {"redis": {"url": redis.url, "credential": {"env": "REDIS_PASSWORD"}, "prefix": "hkust"}}
        settings = university.settings(shared, REDIS_PASSWORD=PASSWORD)
        with as_it_was(university, "tickets-cwb"):
            async with campus_over(university, settings) as here, campus_over(university, settings) as there:
                await follow(university.told, str(here.client.make_url("")).rstrip("/"))
                async with socket_of(there, "alex") as socket, client.pubsub() as wire:
                    await wire.psubscribe("*")
                    await socket.subscribe("1", TICKETS)
                    everything = told(await socket.heard())["nodes"]
                    await desk_sets(there, everything[0]["id"], Subject="Across processes")
                    (changed,) = told(await socket.heard())["nodes"]
                    assert changed["subject"] == "Across processes"
                    said = []
                    while message := await wire.get_message(timeout=0.2):
                        said.append(message["data"])
                await follow(university.told, "")
        events = [each for each in said if isinstance(each, bytes)]
        assert any(b"campus.ticket.changed" in each for each in events)
        assert not any(b"Across processes" in each or everything[1]["subject"].encode() in each for each in events)
