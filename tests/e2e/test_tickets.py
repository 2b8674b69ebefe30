"""Tickets tell how urgent they are, what happened to them and what was written; the desk's own notes stay with it."""

from datetime import timedelta
from typing import Any

from aiohttp import encode_basic_auth

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

KINDS = {"Create": "CREATED", "Correspond": "REPLY", "Status": "STATUS"}
FIELDS = {"Owner": "ASSIGNED", "Priority": "PRIORITY", "Subject": "SUBJECT", "Due": "DUE", "Queue": "MOVED"}
NOTE = "Internal note"


def told(row: dict[str, Any], address: str) -> tuple[Any, ...]:
    """A transaction of the desk, as the graph has to tell it."""
    kind = FIELDS[row["Field"]] if row["Type"] == "Set" else KINDS[row["Type"]]
    values = (row["OldValue"], row["NewValue"]) if kind in ("STATUS", "PRIORITY", "SUBJECT") else (None, None)
    by = {"RT_System": "SYSTEM", address: "REQUESTOR"}.get(row["Creator"]["id"], "DESK")
    return (kind, plain.moment(row["Created"]), by, *values)


def shown(event: dict[str, Any]) -> tuple[Any, ...]:
    return (event["kind"], plain.moment(event["at"]), event["by"], event["before"], event["after"])


async def test_the_history_of_each_ticket_is_what_the_desk_holds(open_campus: SimulatedCampus) -> None:
    seen = []
    for who in ("alex", "mei"):
        address = (await plain.claims(open_campus, who))["ticket_address"]
        answer = await open_campus.widget("tickets", as_=who)
        assert answer.errors == []
        for ticket in answer.at("me.tickets.nodes"):
            held = await plain.ticket_history(open_campus, ticket["number"])
            assert [shown(event) for event in ticket["history"]] == [told(row, address) for row in held]
            seen += [event["kind"] for event in ticket["history"]]
    assert {"CREATED", "REPLY", "STATUS", "ASSIGNED"} <= set(seen)


async def test_what_is_urgent_is_due_within_a_day(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("tickets", {"first": 100}, as_="quinn")
    levels = set()
    for ticket in answer.at("me.tickets.nodes"):
        level = "HIGH" if ticket["priority"] >= 80 else "MEDIUM" if ticket["priority"] >= 50 else "LOW"
        assert ticket["priorityLevel"] == level
        due = plain.moment(ticket["dueAt"]) if ticket["dueAt"] else None
        assert due == (plain.moment(ticket["createdAt"]) + timedelta(hours=24) if level == "HIGH" else None)
        levels.add(level)
    assert levels == {"LOW", "MEDIUM", "HIGH"}


async def test_one_ticket_shows_what_was_written_and_no_note_of_the_desk(open_campus: SimulatedCampus) -> None:
    for who in ("alex", "mei"):
        found = await open_campus.widget("tickets", {"first": 100}, as_=who)
        noted = [each for each in found.at("me.tickets.nodes") if each["status"] != "NEW"]
        ticket = await open_campus.widget("ticket", {"id": noted[0]["id"]}, as_=who)
        assert ticket.errors == []
        texts = [event["text"] for event in ticket.at("node.history")]
        written = [event["kind"] in ("CREATED", "REPLY") for event in ticket.at("node.history")]
        assert [text is not None for text in texts] == written
        held = await plain.ticket_texts(open_campus, noted[0]["number"])
        assert [text for text in texts if text] == held
        assert not any(text.startswith(NOTE) for text in held)


async def test_the_desk_has_notes_that_nobody_is_shown(open_campus: SimulatedCampus) -> None:
    """So that the absence of what follows means something: they are there, for whoever may see them."""
    desk = open_campus.university.told.systems
    (system,) = (each for each in desk if each.id == "tickets-cwb")
    (ticket, *_) = (
        each
        for each in (await open_campus.widget("tickets", as_="alex")).at("me.tickets.nodes")
        if each["status"] == "OPEN"
    )
    session, url = open_campus.university.session, f"{system.url}/REST/2.0/ticket/{ticket['number']}/history"
    async with session.get(url, headers={"Authorization": encode_basic_auth("root", system.secret)}) as answer:
        everything = (await answer.json())["total"]
    assert everything > len(ticket["history"])
    texts = "me { tickets(first: 100) { nodes { history { text } } } }"
    for who in ("alex", "quinn", "pat"):
        said = await open_campus.ask(f"{{ {texts} }}", as_=who)
        assert said.errors == []
        assert NOTE not in str(said.body)


async def test_history_and_texts_of_forty_tickets_cost_one_call_each(open_campus: SimulatedCampus) -> None:
    query = "{ me { tickets(first: 100) { totalCount nodes { history { kind text } } } } }"
    await open_campus.forget_calls()
    answer = await open_campus.ask(query, as_="bo")
    assert answer.at("me.tickets.totalCount") == 2
    assert await open_campus.counts() == {"tickets-cwb": 3}
    await open_campus.forget_calls()
    answer = await open_campus.ask(query, as_="quinn")
    assert answer.at("me.tickets.totalCount") == 40
    events = sum(len(ticket["history"]) for ticket in answer.at("me.tickets.nodes"))
    written = sum(event["text"] is not None for ticket in answer.at("me.tickets.nodes") for event in ticket["history"])
    # A page holds a hundred: only what is longer than that takes more.
    assert events > 100
    assert await open_campus.counts() == {"tickets-cwb": 1 + events // 100 + 1 + -(-written // 100)}


async def test_who_cannot_be_asked_for_the_history_leaves_the_tickets_standing(campus: SimulatedCampus) -> None:
    tickets = await campus.widget("tickets", as_="mei")
    assert tickets.errors == []
    await campus.systems["tickets-cwb"].fault("500", path="/REST/2.0/transactions")
    answer = await campus.widget("tickets", as_="mei")
    nodes = tickets.at("me.tickets.nodes")
    assert answer.at("me.tickets.nodes") == [{**ticket, "history": None} for ticket in nodes]
    assert answer.faults() == {
        (f"me.tickets.nodes.{place}.history", "UPSTREAM_UNAVAILABLE", "tickets-cwb") for place in range(len(nodes))
    }
