"""Asking the desk for help: it holds what was asked, once, whatever is lost on the way; nobody writes for another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from pipeline.documents import action_documents
from tests.e2e import plain_reads as plain
from tests.machine import patience
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over, simulated_university

DESK = "tickets-cwb"
ASKED = {"campus": "CWB", "queue": "Network", "subject": "No Wi-Fi", "text": "Since noon.\n謝謝", "priority": "HIGH"}
LIMIT = 8
"""Seconds that the desk works on a request at most, in the settings of these tests."""

CALLERS = 1000


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


@pytest.fixture
async def hurried(university: University) -> AsyncIterator[SimulatedCampus]:
    """A gateway that knows of the desk that it works on no request for long."""
    await university.well()
    settings = university.settings()
    systems = [
        each.model_copy(update={"change_limit": float(LIMIT)}) if each.id == DESK else each for each in settings.systems
    ]
    async with campus_over(university, settings.model_copy(update={"systems": tuple(systems)})) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()


async def create(gateway: SimulatedCampus, key: str | None = None, *, as_: str = "alex", **more: Any) -> Answer:
    headers = more.pop("headers", None)
    variables = {"input": ASKED | more, "idempotencyKey": key}
    return await gateway.ask(action_documents()["create-ticket"], variables, as_=as_, headers=headers)


async def reply(campus: SimulatedCampus, ticket: str, text: str, key: str | None = None, **more: Any) -> Answer:
    variables = {"input": {"ticket": ticket, "text": text}, "idempotencyKey": key}
    return await campus.ask(action_documents()["reply-to-ticket"], variables, **{"as_": "alex", **more})


async def held(campus: SimulatedCampus, subject: str) -> list[dict[str, Any]]:
    """The desk's tickets of this subject."""
    asked = {"query": f"Subject = '{subject}'", "fields": "Subject,Queue,Priority,Requestor", "per_page": "100"}
    return list((await campus.systems[DESK].get("/REST/2.0/tickets", asked))["items"])


def problems(answer: Answer, change: str) -> dict[str, str]:
    assert answer.errors == []
    assert answer.at(f"{change}.__typename") == "InvalidInput"
    return {".".join(each["path"]): each["message"] for each in answer.at(f"{change}.problems")}


async def test_the_desk_holds_what_was_asked_and_the_viewer_finds_it(campus: SimulatedCampus) -> None:
    address = (await plain.claims(campus, "alex"))["ticket_address"]
    answer = await create(campus, "once-1", subject=" Lost in the network ")
    assert answer.errors == []
    assert await campus.counts() == {DESK: 2}, "opened, and read as it is"
    ticket = answer.at("createTicket.ticket")
    whole = await campus.systems[DESK].get(f"/REST/2.0/ticket/{ticket['number']}")
    assert (whole["Subject"], whole["Priority"]) == ("Lost in the network", "80")
    assert [each["id"] for each in whole["Requestor"]] == [address]
    assert (ticket["subject"], ticket["queue"], ticket["priorityLevel"]) == ("Lost in the network", "Network", "HIGH")
    assert plain.moment(ticket["dueAt"]) == plain.moment(ticket["createdAt"]) + timedelta(hours=24)
    first = (await campus.widget("tickets", {"first": 1}, as_="alex")).at("me.tickets.nodes.0")
    assert (first["id"], [each["by"] for each in first["history"]]) == (ticket["id"], ["REQUESTOR"])
    await campus.forget_calls()
    again = await create(campus, "once-1", subject="Lost in the network")
    assert again.at("createTicket.ticket.number") == ticket["number"]
    assert await campus.counts() == {DESK: 1}, "read; nothing is opened or searched"
    other = await create(campus, "once-1", subject="Something else")
    assert problems(other, "createTicket") == {"idempotencyKey": "This key was used for another request."}
    theirs = await create(campus, "once-1", as_="mei", subject="Lost in the network")
    assert theirs.at("createTicket.ticket.number") != ticket["number"], "a key is one person's"


async def test_what_cannot_be_right_is_told_for_each_place_in_the_viewers_language_and_nothing_is_sent(
    open_campus: SimulatedCampus,
) -> None:
    await open_campus.forget_calls()
    wrong = await create(open_campus, subject=" ", text="x" * 20_001, queue="Plumbing")
    assert problems(wrong, "createTicket") == {
        "input.subject": "Something must be written here.",
        "input.text": "At most 20000 characters.",
        "input.queue": "No such queue; there are Accounts, IT Service Desk, Network.",
    }
    told = await create(open_campus, subject="a\nb", headers={"Accept-Language": "zh-Hant"})
    assert problems(told, "createTicket") == {"input.subject": "只可使用可列印的字元。"}
    nowhere = await create(open_campus, campus="GZ")
    assert problems(nowhere, "createTicket") == {"input.campus": "This campus has no ticket desk."}
    for key in ("", "with space", "x" * 201, "鍵"):
        assert list(problems(await create(open_campus, key), "createTicket")) == ["idempotencyKey"]
    assert await open_campus.counts() == {}


async def test_without_the_scope_or_a_person_nobody_writes(open_campus: SimulatedCampus) -> None:
    document, variables = action_documents()["create-ticket"], {"input": ASKED}
    anonymous = await open_campus.ask(document, variables)
    assert anonymous.faults() == {("createTicket", "UNAUTHENTICATED", None)}
    reader = await open_campus.ask(document, variables, as_="alex", scope="tickets:read")
    assert reader.faults() == {("createTicket", "FORBIDDEN", None)}
    assert await open_campus.counts() == {}


async def test_a_reply_is_the_requestors_and_nobody_elses_ticket_takes_one(campus: SimulatedCampus) -> None:
    ticket = (await create(campus)).at("createTicket.ticket")
    answer = await reply(campus, ticket["id"], "It works again.", "reply-1")
    assert answer.errors == []
    events = [(each["kind"], each["by"], each["text"]) for each in answer.at("replyToTicket.ticket.history")]
    assert ("REPLY", "REQUESTOR", "It works again.") in events
    assert (await reply(campus, ticket["id"], "It works again.", "reply-1")).errors == []
    kinds = [each["Type"] for each in await plain.ticket_history(campus, ticket["number"])]
    assert kinds.count("Correspond") == 1
    await campus.forget_calls()
    others = await reply(campus, ticket["id"], "Let me in", as_="mei")
    assert others.faults() == {("replyToTicket", "FORBIDDEN", None)}
    assert problems(await reply(campus, ticket["id"], " "), "replyToTicket") == {
        "input.text": "Something must be written here."
    }
    section = (await campus.ask("{ courses(first: 1) { nodes { id } } }")).at("courses.nodes.0.id")
    assert list(problems(await reply(campus, section, "?"), "replyToTicket")) == ["input.ticket"]
    assert await campus.counts() == {}


@pytest.mark.parametrize("change", ["create", "reply"])
async def test_an_answer_that_was_cut_is_told_as_unsettled_and_the_repeat_finds_it(
    hurried: SimulatedCampus, change: str
) -> None:
    subject = f"Cut in the middle of {change}"
    ticket = (await create(hurried, subject=subject)).at("createTicket.ticket") if change == "reply" else {}

    async def made() -> Answer:
        if change == "reply":
            return await reply(hurried, ticket["id"], "Still broken", "cut-reply")
        return await create(hurried, "cut-create", subject=subject)

    path = f"/REST/2.0/ticket/{ticket['number']}/correspond" if ticket else "/REST/2.0/ticket"
    await hurried.systems[DESK].fault("cut", path=path)
    (error,) = (await made()).errors
    told = {name: error["extensions"].get(name) for name in ("code", "system", "unsettled", "retryAfter")}
    assert told == {"code": "UPSTREAM_BAD_RESPONSE", "system": DESK, "unsettled": True, "retryAfter": 2}
    await hurried.systems[DESK].fault("none")
    answer = await made()
    assert answer.errors == []
    (one,) = await held(hurried, subject)
    assert str(one["id"]) == (ticket or answer.at("createTicket.ticket"))["number"]
    kinds = [each["Type"] for each in await plain.ticket_history(hurried, one["id"])]
    assert kinds.count("Correspond") == (change == "reply")


async def test_what_was_opened_and_cannot_be_shown_is_unsettled_too_and_the_repeat_shows_it(
    campus: SimulatedCampus,
) -> None:
    await campus.systems[DESK].fault("500", method="GET")
    (error,) = (await create(campus, "unseen", subject="Unseen")).errors
    assert (error["extensions"]["code"], error["extensions"]["unsettled"]) == ("UPSTREAM_UNAVAILABLE", True)
    await campus.systems[DESK].fault("none")
    answer = await create(campus, "unseen", subject="Unseen")
    (one,) = await held(campus, "Unseen")
    assert answer.at("createTicket.ticket.number") == str(one["id"])


async def test_a_thousand_callers_of_a_hundred_keys_open_a_hundred_tickets_while_a_third_of_the_answers_is_lost(
    hurried: SimulatedCampus,
) -> None:
    """Each caller repeats as the errors tell it, and all of a key hold the same ticket."""
    url = str(hurried.client.make_url("/graphql"))
    headers = {"Authorization": f"Bearer {await hurried.token('alex')}"}
    done = asyncio.Semaphore(0)

    async def caller(session: aiohttp.ClientSession, number: int) -> str:
        key = f"burst-{number % 100}"
        variables = {"input": ASKED | {"subject": "Burst", "text": key}, "idempotencyKey": key}
        body = {"query": action_documents()["create-ticket"], "variables": variables}
        while True:
            async with session.post(url, json=body, headers=headers) as answer:
                told = await answer.json()
            if not told.get("errors"):
                done.release()
                return str(told["data"]["createTicket"]["ticket"]["number"])
            await asyncio.sleep(min(error["extensions"].get("retryAfter", 1) for error in told["errors"]))

    unhurried = aiohttp.ClientTimeout(total=None)
    await hurried.systems[DESK].fault("cut", method="POST", each=3)
    async with (
        asyncio.timeout(patience(240)),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=unhurried) as session,
        asyncio.TaskGroup() as group,
    ):
        callers = [group.create_task(caller(session, number)) for number in range(CALLERS)]
        for _ in range(CALLERS // 10):
            await done.acquire()
        await hurried.systems[DESK].fault("slow", method="POST", seconds=2.5, each=3)
    await hurried.systems[DESK].fault("none")
    numbers = [each.result() for each in callers]
    assert [len({numbers[each] for each in range(key, CALLERS, 100)}) for key in range(100)] == [1] * 100
    tickets = await held(hurried, "Burst")
    assert {str(ticket["id"]) for ticket in tickets} == set(numbers)
    assert len(tickets) == 100
