"""The simulated Request Tracker, driven by PyPI's `rt` and compared with recorded answers of a real RT 5.0.3."""

import base64
import json

import pytest
import rt.exceptions
import rt.rest2
from aiohttp import ClientSession, FormData, encode_basic_auth

from sandbox import request_tracker

from .simulators import differences, drive, recorded_json, simulator, specification

TOKEN = "1-14-sandbox-token"


@pytest.fixture(name="origin")
async def served_tracker():
    async with simulator(request_tracker, "CWB", TOKEN) as origin:
        yield origin


@pytest.fixture(name="tracker")
def third_party_client(origin):
    return rt.rest2.Rt(f"{origin}/REST/2.0/", http_auth=("root", TOKEN))


@pytest.fixture(name="session")
async def http_session(origin):
    """As the administrator, who sees everything."""
    signed = {"Authorization": encode_basic_auth("root", TOKEN)}
    async with ClientSession(f"{origin}/REST/2.0/", headers=signed) as session:
        yield session


async def get(session, path, **params):
    async with session.get(path, params=params) as answer:
        return answer.status, await answer.json()


async def of(session, address, **params):
    return (await get(session, "tickets", query=f"Requestor.EmailAddress = '{address}'", **params))[1]


async def test_a_third_party_client_searches_creates_replies_and_reads_back(tracker):
    found = await drive(lambda: list(tracker.search(raw_query="Requestor.EmailAddress = 't005@connect.ust.hk'")))
    assert len(found) == 40
    number = await drive(
        tracker.create_ticket,
        "Network",
        subject="No Wi-Fi in C2-1",
        content="Since noon",
        Requestor="new@connect.ust.hk",
    )
    file = rt.rest2.Attachment("log.txt", "text/plain", b"\xe6\x97\xa5 log")
    assert await drive(tracker.reply, number, content="see file", attachments=[file])
    assert await drive(tracker.comment, number, content="internal")
    assert await drive(tracker.edit_ticket, number, Status="resolved", Subject="Wi-Fi")
    ticket = await drive(tracker.get_ticket, number)
    assert (ticket["Subject"], ticket["Status"], ticket["Queue"]["Name"]) == ("Wi-Fi", "resolved", "Network")
    kinds = [txn["Type"] for txn in await drive(tracker.get_ticket_history, number)]
    assert kinds == ["Create", "EmailRecord", "Correspond", "Status", "Comment", "Set", "Status"]
    (attached,) = await drive(tracker.get_attachments, number)
    whole = await drive(tracker.get_attachment, attached["id"])
    assert (attached["Filename"], base64.b64decode(whole["Content"])) == ("log.txt", b"\xe6\x97\xa5 log")
    assert [q["Name"] for q in await drive(tracker.get_all_queues)] == ["IT Service Desk", "Network", "Accounts"]
    assert (await drive(tracker.get_user, "new@connect.ust.hk"))["EmailAddress"] == "new@connect.ust.hk"
    with pytest.raises(rt.exceptions.NotFoundError):
        await drive(tracker.get_ticket, 99_999)


async def test_answers_have_the_members_and_types_of_the_recorded_ones(session):
    batch = await get(
        session,
        "tickets",
        **{
            "query": "id = 1 OR id = 3",
            "fields": "Subject,Status,Requestor,Created,LastUpdated,Queue",
            "fields[Queue]": "Name",
        },
    )
    assert differences(recorded_json("request-tracker/tickets_batch.http"), batch[1]) == []
    by_requestor = await of(session, "t004@connect.ust.hk", fields="Subject,Status")
    assert differences(recorded_json("request-tracker/tickets_by_requestor.http"), by_requestor) == []
    _, history = await get(session, "ticket/1/history", fields="Type,Creator,Created,Data")
    assert differences(recorded_json("request-tracker/ticket_history.http"), history) == []
    _, attachments = await get(session, "ticket/1/attachments", fields="Filename,ContentType,ContentLength")
    assert differences(recorded_json("request-tracker/attachments_of_txn.http"), attachments) == []
    _, queues = await get(session, "queues/all")
    assert differences(recorded_json("request-tracker/queues_all.http"), queues) == []


async def test_one_ticket_has_the_recorded_members_and_the_actions_of_its_status(session):
    found = (await get(session, "tickets", query="Status = 'open'"))[1]["items"][0]
    _, ticket = await get(session, f"ticket/{found['id']}")
    recorded = recorded_json("request-tracker/ticket_get.http")
    links = [(link["ref"], link.get("label")) for link in ticket["_hyperlinks"]]
    assert links == [(link["ref"], link.get("label")) for link in recorded["_hyperlinks"]]
    for one, model in zip(ticket["_hyperlinks"], recorded["_hyperlinks"], strict=True):
        assert differences(model, one) == []
    assert differences(recorded | {"_hyperlinks": []}, ticket | {"_hyperlinks": []}) == []
    assert isinstance(ticket["id"], int)
    assert isinstance(found["id"], str)


async def test_a_queue_field_expands_to_its_name_only_when_asked(session):
    plain = (await get(session, "tickets", query="id = 1", fields="Queue"))[1]["items"][0]["Queue"]
    named = (await get(session, "tickets", **{"query": "id = 1", "fields": "Queue", "fields[Queue]": "Name"}))[1]
    assert set(plain) == {"type", "id", "_url"}
    assert named["items"][0]["Queue"] == plain | {"Name": named["items"][0]["Queue"]["Name"]}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("garbage ===", None),
        ("Nonsense = 'x'", "Unknown field: Nonsense at "),
        ("id = 1 OR", "Incomplete query, last element (AGGREGATOR) is not close paren or value in 'id = 1 OR'"),
        ("(id = 1", "Incomplete query, 1 unclosed paren in '(id = 1'"),
    ],
)
async def test_what_is_no_ticketsql_is_refused_in_rts_words(session, query, message):
    status, body = await get(session, "tickets", query=query)
    assert status == 400
    if message is None:
        assert body == recorded_json("request-tracker/bad_tsql.http")
    else:
        assert body["message"].startswith(message)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("id = 2 OR id = 1", {1, 2}),
        ("(id = 1 OR id = 2) AND id != 1", {2}),
        ("id = 1 OR id = 2 AND id = 3", {1}),
        ("id < 3", {1, 2}),
        ("Subject LIKE 'p-000004' AND Status != 'nothing'", {"bo"}),
        ("Requestor.EmailAddress = 'T004@CONNECT.UST.HK'", {"bo"}),
        ("Requestor.EmailAddress = '004@connect.ust.hk'", set()),
        ("Requestor.EmailAddress = 'x'' OR id > 0'", None),
    ],
)
async def test_ticketsql_finds_what_it_says(session, query, expected):
    bo = {int(t["id"]) for t in (await of(session, "t004@connect.ust.hk"))["items"]}
    assert len(bo) == 2
    status, body = await get(session, "tickets", query=query)
    if expected is None:
        assert status == 400
    else:
        assert {int(t["id"]) for t in body["items"]} == (bo if expected == {"bo"} else expected)


async def test_a_recycled_alias_does_not_bring_the_old_ticket_to_its_new_owner(session):
    old = await of(session, "wing.s@connect.ust.hk", fields="Subject")
    assert [t["Subject"] for t in old["items"]] == ["Please keep my old alias (Wing, p-000007)"]
    sams = await of(session, "t006@connect.ust.hk", fields="Subject")
    assert sams["total"] >= 2
    assert all("p-000006" in t["Subject"] for t in sams["items"])


async def test_pages_of_a_hundred_at_most_link_to_their_neighbours(session):
    first = await of(session, "t005@connect.ust.hk")
    assert (first["count"], first["total"], first["pages"], "prev_page" in first) == (20, 40, 2, False)
    async with session.get(first["next_page"]) as answer:
        second = await answer.json()
    assert (second["page"], "next_page" in second, "prev_page" in second) == (2, False, True)
    assert (await of(session, "t005@connect.ust.hk", per_page=500))["per_page"] == 100


async def test_an_unchanged_ticket_is_304_and_a_stale_change_412(session):
    async with session.get("ticket/1") as answer:
        etag = answer.headers["ETag"]
    async with session.get("ticket/1", headers={"If-None-Match": etag}) as answer:
        assert (answer.status, answer.headers["ETag"]) == (304, etag)
    async with session.put("ticket/1", json={"Subject": "x"}, headers={"If-Match": '"bad"'}) as answer:
        assert (answer.status, await answer.json()) == (412, recorded_json("request-tracker/ticket_put_412.http"))
    async with session.put("ticket/1", json={"Subject": "x"}, headers={"If-Match": etag}) as answer:
        assert (await answer.json())[0].endswith("' to 'x'")
    async with session.get("ticket/1") as answer:
        assert answer.headers["ETag"] != etag


async def test_an_idempotency_key_is_ignored_as_header_and_searchable_as_custom_field(session):
    new = {"Queue": "Network", "Subject": "same", "CustomFields": {"Idempotency Key": "k'1"}}
    ids = []
    for _ in range(2):
        async with session.post("ticket", json=new, headers={"Idempotency-Key": "same"}) as answer:
            body = await answer.json()
            assert (answer.status, differences(recorded_json("request-tracker/idem_1.http"), body)) == (201, [])
            assert answer.headers["Location"] == f"/REST/2.0/ticket/{body['id']}"
            ids.append(body["id"])
    found = (await get(session, "tickets", query=r"CF.{Idempotency Key} = 'k\'1'"))[1]
    assert [t["id"] for t in found["items"]] == ids
    assert ids[0] != ids[1]


async def test_history_of_many_tickets_comes_in_one_search(session):
    search = [
        {"field": "ObjectType", "value": "RT::Ticket"},
        {"field": "ObjectId", "value": "1"},
        {"field": "ObjectId", "value": "3", "entry_aggregator": "OR"},
    ]
    async with session.post("transactions", json=search, params={"fields": "Type,ObjectId", "per_page": 100}) as answer:
        found = await answer.json()
    single = [(await get(session, f"ticket/{n}/history"))[1]["total"] for n in (1, 3)]
    assert found["total"] == sum(single)
    assert {t["ObjectId"] for t in found["items"]} == {"1", "3"}


async def test_a_multipart_reply_is_told_as_recorded_and_opens_a_new_ticket(session):
    async with session.post("ticket", json={"Queue": 1, "Subject": "n"}) as answer:
        number = (await answer.json())["id"]
    form = FormData()
    form.add_field("JSON", json.dumps({"Content": "see", "ContentType": "text/plain"}), content_type="application/json")
    form.add_field("Attachments", b"hello", filename="a.txt", content_type="text/plain")
    async with session.post(f"ticket/{number}/correspond", data=form) as answer:
        assert (answer.status, await answer.json()) == (201, recorded_json("request-tracker/correspond_multipart.http"))
        assert answer.headers["Location"].startswith("/REST/2.0/transaction/")
    assert (await get(session, f"ticket/{number}"))[1]["Status"] == "open"


async def test_what_is_urgent_is_due_within_a_day_and_the_rest_never(session):
    _, found = await get(session, "tickets", query="id > 0", fields="Priority,Due", per_page=100)
    dues = {int(t["Priority"]) >= 80: set() for t in found["items"]}
    for ticket in found["items"]:
        dues[int(ticket["Priority"]) >= 80].add(ticket["Due"] == "1970-01-01T00:00:00Z")
    assert dues == {True: {False}, False: {True}}


async def test_wrong_credentials_unknown_tickets_and_anonymous_writes_are_refused(origin):
    url = f"{origin}/REST/2.0/ticket"
    basic = {"Authorization": "Basic " + base64.b64encode(f"root:{TOKEN}".encode()).decode()}
    async with ClientSession() as stranger:
        for headers, method, path, status in (
            ({"Authorization": "token bad"}, "GET", "/1", 401),
            (basic, "GET", "/1", 200),
            ({}, "GET", "/1", 200),
            ({}, "POST", "", 401),
            (basic, "GET", "/999999", 404),
        ):
            async with stranger.request(
                method, url + path, headers=headers, json={} if method == "POST" else None
            ) as answer:
                assert answer.status == status
                if status != 200:
                    name = {401: "unauthorized", 404: "notfound"}[status]
                    recorded = specification(f"request-tracker/{name}.http").read_text().split("\n\n", 1)[1].strip()
                    assert await answer.text() == recorded
