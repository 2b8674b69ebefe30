"""The Request Tracker connector over recorded answers of a real RT 5.0.3."""

import json
from datetime import datetime

import pytest
from graphql import GraphQLError

from connectors.onestop import RequestTracker, Ticket, TicketActor, TicketPriority, TicketStatus
from connectors.wire import UpstreamBadResponse, UpstreamError
from pipeline.errors import field_fault

from .simulators import recorded_json
from .wire import ZONE, Recorded, asked_when_recorded, reached, recorded, replayed

TOKEN = "1-14-recorded-token"
ADDRESS = "stu1@connect.ust.hk"


async def replay(*answers, address=ADDRESS):
    async with replayed(*answers) as (origin, seen), reached(RequestTracker, origin, TOKEN) as desk:
        return await desk.ask().tickets(address), seen


def page(*items, **members):
    """A page of tickets around recorded items."""
    body = {"items": items, "pages": 1, "page": 1, "per_page": 100, "count": len(items), "total": len(items)}
    return Recorded(200, 'application/json; charset="utf-8"', json.dumps(body | members).encode())


def local(text):
    return datetime.fromisoformat(text).astimezone(ZONE)


async def test_a_recorded_list_becomes_tickets():
    tickets, _ = await replay(recorded("request-tracker/tickets_batch.http"))
    shared = {"system": "system-1", "campus": "CWB", "owner": ADDRESS, "queue": "General"}
    shared |= {"priority": 0, "priority_level": TicketPriority.LOW}
    assert tickets == [
        Ticket(
            **shared,
            id="1",
            subject="Wifi down in C2-1",
            status=TicketStatus.OPEN,
            status_label="open",
            created_at=local("2026-11-22T12:54:58Z"),
            updated_at=local("2026-11-22T12:55:01Z"),
            due_at=None,
            resolved_at=None,
        ),
        Ticket(
            **shared,
            id="3",
            subject="Wifi down in C2-3",
            status=TicketStatus.NEW,
            status_label="new",
            created_at=local("2026-11-22T12:54:59Z"),
            updated_at=local("2026-11-22T12:54:59Z"),
            due_at=None,
            resolved_at=None,
        ),
    ]
    assert tickets[0].created_at.isoformat() == "2026-11-22T20:54:58+08:00"


async def test_a_date_that_was_never_set_is_none():
    whole = recorded_json("request-tracker/ticket_get.http")
    assert (whole["Due"], whole["Resolved"]) == ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")
    (ticket,), _ = await replay(page(whole))
    assert (ticket.id, ticket.due_at, ticket.resolved_at, ticket.queue) == ("1", None, None, None)
    set_at = {"Due": "2026-11-24T10:00:00Z", "Resolved": "1970-01-01T08:00:00+08:00", "Priority": "85"}
    (ticket,), _ = await replay(page(whole | set_at))
    assert (ticket.due_at, ticket.resolved_at, ticket.priority) == (local("2026-11-24T10:00:00Z"), None, 85)


@pytest.mark.parametrize(
    ("priority", "due", "level", "due_at"),
    [
        ("0", "1970-01-01T00:00:00Z", TicketPriority.LOW, None),
        ("49", "1970-01-01T00:00:00Z", TicketPriority.LOW, None),
        ("50", "1970-01-01T00:00:00Z", TicketPriority.MEDIUM, None),
        ("80", "1970-01-01T00:00:00Z", TicketPriority.HIGH, "2026-11-23T12:54:58Z"),
        ("80", "2026-11-22T14:00:00Z", TicketPriority.HIGH, "2026-11-22T14:00:00Z"),
    ],
)
async def test_what_is_urgent_is_due_within_a_day_unless_the_desk_says_otherwise(priority, due, level, due_at):
    whole = recorded_json("request-tracker/ticket_get.http")
    assert whole["Created"] == "2026-11-22T12:54:58Z"
    (ticket,), _ = await replay(page(whole | {"Priority": priority, "Due": due}))
    assert (ticket.priority, ticket.priority_level) == (int(priority), level)
    assert ticket.due_at == (due_at and local(due_at))


def history_row(**members):
    """A recorded row of a ticket's history, with the fields we ask for beyond the recorded ones."""
    recorded_row = recorded_json("request-tracker/ticket_history.http")["items"][0]
    return recorded_row | {"ObjectId": "1", "Field": "", "OldValue": "", "NewValue": ""} | members


async def history(*pages):
    async with replayed(*pages) as (origin, seen), reached(RequestTracker, origin, TOKEN) as desk:
        return await desk.ask().history({"1": ADDRESS, "3": ADDRESS}), seen


async def test_a_history_is_asked_for_by_ticket_and_by_what_a_requestor_may_know():
    rows = recorded_json("request-tracker/ticket_history.http")["items"]
    told, (question,) = await history(page(*(history_row(**row) for row in rows), total=None, pages=None))
    # The recorded mail is nobody's affair.
    assert [(event.kind.name, event.by) for event in told] == [
        ("CREATED", TicketActor.DESK),
        ("STATUS", TicketActor.DESK),
    ]
    assert told[0].at == local("2026-11-22T12:54:58Z")
    assert (question.method, question.path) == ("POST", "/REST/2.0/transactions")
    limits = [(each["field"], each["value"]) for each in json.loads(question.body)]
    assert limits == [
        ("ObjectType", "RT::Ticket"), ("ObjectId", "1"), ("ObjectId", "3"),
        ("Type", "Create"), ("Type", "Correspond"), ("Type", "Status"), ("Type", "Set"),
    ]  # fmt: skip
    assert dict(question.query)["fields[Creator]"] == "EmailAddress"


async def test_a_comment_that_comes_unasked_is_not_told():
    told, _ = await history(page(history_row(Type="Comment"), history_row(Type="Set", Field="TimeWorked")))
    assert told == []


async def test_the_history_of_a_ticket_that_was_not_asked_for_is_refused():
    with pytest.raises(UpstreamBadResponse, match="not asked for"):
        await history(page(history_row(ObjectId="2")))


async def test_a_text_of_an_event_that_was_not_asked_for_is_refused():
    answer = page({"id": "9", "TransactionId": "8", "Content": "hello", "Filename": ""})
    async with replayed(answer) as (origin, _), reached(RequestTracker, origin, TOKEN) as desk:
        with pytest.raises(UpstreamBadResponse, match="not asked for"):
            await desk.ask().texts(["7"])


async def test_the_question_is_the_recorded_one_with_the_fields_of_a_ticket():
    tickets, (question,) = await replay(page())
    assert tickets == []
    asked = dict(question.query)
    by_requestor = asked_when_recorded("request-tracker/tickets_by_requestor.http")
    assert by_requestor.startswith("# curl -G http://127.0.0.1:8765/REST/2.0/tickets ")
    assert question.path == "/REST/2.0/tickets"
    assert f"--data-urlencode query={asked['query']} " in by_requestor
    batch = asked_when_recorded("request-tracker/tickets_batch.http")
    assert f"--data-urlencode fields[Queue]={asked['fields[Queue]']}" in batch
    assert asked["fields"].split(",") == [
        "Subject", "Status", "Queue", "Priority", "Created", "LastUpdated", "Due", "Resolved",
    ]  # fmt: skip
    assert (asked["orderby"], asked["order"], asked["per_page"], asked["page"]) == ("Created", "DESC", "100", "1")
    assert question.headers["Authorization"] == f"token {TOKEN}"


async def test_nobodys_tickets_are_an_empty_list_although_rt_counts_their_pages_as_a_fraction():
    tickets, _ = await replay(page(pages=0.0))
    assert tickets == []


async def test_pages_follow_until_the_last():
    rows = recorded_json("request-tracker/tickets_batch.http")["items"]
    tickets, seen = await replay(page(rows[0], pages=2), page(rows[1], pages=2, page=2))
    assert [ticket.id for ticket in tickets] == ["1", "3"]
    assert [dict(question.query)["page"] for question in seen] == ["1", "2"]


@pytest.mark.parametrize(
    ("address", "quoted"),
    [
        ("o'neil@connect.ust.hk", r"'o\'neil@connect.ust.hk'"),
        ("back\\slash", r"'back\\slash'"),
        ("x' OR id > 0 OR Subject = '", r"'x\' OR id > 0 OR Subject = \''"),
    ],
)
async def test_nothing_in_an_address_ends_the_query(address, quoted):
    _, (question,) = await replay(page(), address=address)
    assert dict(question.query)["query"] == f"Requestor.EmailAddress = {quoted}"


REFUSED = [("bad_tsql", UpstreamBadResponse), ("unauthorized", UpstreamError), ("notfound", UpstreamBadResponse)]


@pytest.mark.parametrize(("name", "kind"), REFUSED)
async def test_a_refusal_is_an_error_without_the_desks_words(name, kind):
    answer = recorded(f"request-tracker/{name}.http")
    with pytest.raises(UpstreamError) as failed:
        await replay(answer)
    assert type(failed.value) is kind
    shown = field_fault(GraphQLError("", original_error=failed.value), "c-1").told("c-1", {}, "en")
    for words in (str(failed.value), json.dumps(shown)):
        assert json.loads(answer.body)["message"] not in words
        assert "/usr/share" not in words
        assert ADDRESS not in words
        assert TOKEN not in words
    assert (shown["extensions"]["code"], shown["extensions"]["system"]) == (kind.code, "system-1")


@pytest.mark.parametrize(
    "missing",
    ["request-tracker/tickets_by_requestor.http", "request-tracker/ticket_history.http"],
)
async def test_a_list_without_the_fields_of_a_ticket_is_no_usable_answer(missing):
    """The recorded ones that were asked for other fields: no ticket is made up from half of one."""
    with pytest.raises(UpstreamBadResponse, match="missing required field"):
        await replay(recorded(missing))


async def test_a_desk_that_cannot_say_how_many_there_are_is_not_read_as_if_it_had_said_one_page():
    """RT::REST2 tells null where rights are checked row by row; which pages exist is then unknown."""
    with pytest.raises(UpstreamBadResponse):
        await replay(page(pages=None, total=None))
