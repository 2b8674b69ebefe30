"""What is done from the cards: sent once by the id of a trusted document, told in words, and shown as it is then."""

import re
from copy import deepcopy
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from pipeline.documents import action_documents
from pipeline.pages import START

from .answers import WHOLE
from .fake_gateway import FakeGateway
from .visit import visit

UNSETTLED = {"message": "No answer in time.", "extensions": {"code": "UPSTREAM_TIMEOUT", "unsettled": True}}


async def show(page: Page, gateway: FakeGateway, **me: Any) -> None:
    gateway.answer = deepcopy(WHOLE)
    gateway.answer["data"]["me"].update(me)
    await visit(page, "/?as=alex")
    await expect(page.get_by_role("status")).to_contain_text("answered in")
    gateway.asked.clear()


def card(page: Page, name: str) -> Locator:
    return page.locator(f'[data-path="me.{name}"]')


def list_of(name: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"me": {name: {"nodes": list(nodes), "unavailable": []}}}}


def renewed(*outcomes: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"renewLoans": {"__typename": "LoansRenewed", "outcomes": list(outcomes)}}}


async def test_a_loan_is_renewed_and_the_list_is_asked_for_anew(page: Page, gateway: FakeGateway):
    gateway.answers = {
        "renew-loans": [renewed({"__typename": "LoanRenewed", "id": "TG9hbjoxMjM"})],
        "loans": [list_of("loans", {"id": "TG9hbjoxMjM", "title": "紅樓夢", "dueAt": "2026-12-24", "renewable": "NO"})],
    }
    await show(page, gateway)
    await card(page, "loans").get_by_role("button", name="Renew: 紅樓夢").click()
    await expect(page.get_by_role("status")).to_have_text("1 of 1 renewed.")
    assert gateway.asked == [
        {"documentId": "renew-loans", "variables": {"loans": ["TG9hbjoxMjM"]}},
        {"documentId": "loans", "variables": {}},
    ]
    assert gateway.authorizations[-2:] == ["Bearer alex-2", "Bearer alex-3"]
    await expect(card(page, "loans")).to_contain_text("Thu, 24 Dec 2026")
    await expect(card(page, "loans").get_by_role("button")).to_have_count(0)
    await expect(card(page, "loans").get_by_role("heading", name="Loans")).to_be_focused()


async def test_all_loans_are_renewed_at_once_and_each_refusal_is_told(page: Page, gateway: FakeGateway):
    refused = {"__typename": "LoanNotRenewable", "id": "TG9hbjo0NTY", "reason": "OVERDUE", "reasonLabel": "Overdue"}
    gateway.answers = {
        "renew-loans": [renewed({"__typename": "LoanRenewed", "id": "TG9hbjoxMjM"}, refused)],
        "loans": [list_of("loans")],
    }
    await show(page, gateway)
    await card(page, "loans").get_by_role("button", name="Renew all").click()
    await expect(page.get_by_role("status")).to_have_text("1 of 2 renewed. Computer Networks: Overdue")
    assert gateway.asked[0]["variables"] == {"loans": ["TG9hbjoxMjM", "TG9hbjo0NTY"]}


async def test_pressed_twice_it_is_sent_once(page: Page, gateway: FakeGateway):
    gateway.answers = {"renew-loans": [renewed({"__typename": "LoanRenewed", "id": "x"})], "loans": [list_of("loans")]}
    await show(page, gateway)
    gateway.open.clear()
    button = card(page, "loans").get_by_role("button", name="Renew: 紅樓夢")
    await button.dblclick()
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(page.get_by_role("status")).to_have_text("Asking …")
    gateway.open.set()
    await expect(page.get_by_role("status")).to_have_text("1 of 1 renewed.")
    assert [body["documentId"] for body in gateway.asked] == ["renew-loans", "loans"]


TICKET = {"id": "VGlja2V0OjE", "subject": "No Wi-Fi", "number": "7"}


async def test_what_was_not_answered_is_sent_again_under_its_key_and_something_else_under_another(
    page: Page, gateway: FakeGateway
):
    replied = {"data": {"replyToTicket": {"__typename": "TicketReplied", "ticket": TICKET}}}
    gateway.answers = {
        "reply-to-ticket": [{"data": {"replyToTicket": None}, "errors": [UNSETTLED]}, replied],
        "tickets": [list_of("tickets", TICKET)],
    }
    await show(page, gateway, tickets=[TICKET])
    tickets = card(page, "tickets")
    await tickets.get_by_text("Reply", exact=True).click()
    await tickets.get_by_label("Your reply").fill("Since noon.")
    send = tickets.get_by_role("button", name="Send the reply: No Wi-Fi")
    await send.click()
    await expect(tickets.locator(".outcome.failure")).to_have_text(
        "No answer in time. Nobody knows yet whether it was done. Press again to find out: it is done once at most."
    )
    await send.click()
    await expect(page.get_by_role("status")).to_have_text("The reply is sent.")
    # Once it is answered, the same again is another reply.
    await tickets.get_by_text("Reply", exact=True).click()
    await tickets.get_by_label("Your reply").fill("Since noon.")
    await tickets.get_by_role("button", name="Send the reply: No Wi-Fi").click()
    await expect(page.get_by_role("status")).to_have_text("The reply is sent.")
    sent = [body["variables"] for body in gateway.asked if body["documentId"] == "reply-to-ticket"]
    assert [each["input"] for each in sent] == [{"ticket": "VGlja2V0OjE", "text": "Since noon."}] * 3
    first, again, anew = [each["idempotencyKey"] for each in sent]
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert (again, anew != first) == (first, True)


async def test_a_gateway_that_is_gone_is_told_and_the_key_kept(page: Page, gateway: FakeGateway):
    gateway.answers = {
        "reply-to-ticket": [{"data": {"replyToTicket": {"__typename": "TicketReplied", "ticket": TICKET}}}],
        "tickets": [list_of("tickets", TICKET)],
    }
    await show(page, gateway, tickets=[TICKET])
    tickets, keys = card(page, "tickets"), list[str]()
    await tickets.get_by_text("Reply", exact=True).click()
    await tickets.get_by_label("Your reply").fill("Hello?")

    async def lose(route: Any) -> None:
        keys.append(route.request.post_data_json["variables"]["idempotencyKey"])
        await route.abort("connectionreset")

    await page.route("**/graphql", lose)
    await tickets.get_by_role("button", name="Send the reply").click()
    await expect(tickets.locator(".outcome.failure")).to_have_text("The gateway cannot be reached. Is it running?")
    await page.unroute("**/graphql")
    await tickets.get_by_role("button", name="Send the reply").click()
    await expect(page.get_by_role("status")).to_have_text("The reply is sent.")
    assert keys == [gateway.asked[0]["variables"]["idempotencyKey"]]


async def test_choices_that_could_not_be_had_are_asked_for_when_the_form_is_opened_again(
    page: Page, gateway: FakeGateway
):
    desks = {"data": {"ticketQueues": {"nodes": [{"campus": "CWB", "name": "Network"}]}, "me": {"tickets": [TICKET]}}}
    gateway.answers = {"tickets": [desks]}
    await show(page, gateway, tickets=[TICKET])
    await page.route("**/graphql", lambda route: route.abort())
    tickets = card(page, "tickets")
    form = tickets.get_by_text("New ticket")
    await form.click()
    await expect(tickets.locator(".outcome.failure")).to_have_text("The gateway cannot be reached. Is it running?")
    await page.unroute("**/graphql")
    for _ in range(4):  # shut, open, shut, open
        await form.click()
    await expect(tickets.get_by_label("Team").locator("option")).to_have_text(["Network · CWB"])
    await expect(tickets.locator(".outcome.failure")).to_be_hidden()


async def test_a_ticket_is_opened_with_a_team_of_the_widget_and_what_is_wrong_with_it_is_told(
    page: Page, gateway: FakeGateway
):
    teams = [{"campus": "CWB", "name": "Network"}, {"campus": "GZ", "name": "Desk"}]
    wrong = {"__typename": "InvalidInput", "problems": [{"path": ["input", "campus"], "message": "No desk there."}]}
    made = {"__typename": "TicketCreated", "ticket": {"id": "x", "number": "12"}}
    gateway.answers = {
        "create-ticket": [{"data": {"createTicket": wrong}}, {"data": {"createTicket": made}}],
        "tickets": [{"data": {"ticketQueues": {"nodes": teams}, "me": {"tickets": [TICKET]}}}],
    }
    await show(page, gateway)
    tickets = card(page, "tickets")
    await tickets.get_by_text("New ticket").click()
    await tickets.get_by_label("Team").select_option("Desk · GZ")
    await tickets.get_by_label("Subject").fill("No light")
    await tickets.get_by_label("What it is about").fill("In E1.")
    await tickets.get_by_role("button", name="Open the ticket").click()
    await expect(tickets.locator(".outcome.failure")).to_have_text("No desk there.")
    await tickets.get_by_label("Team").select_option("Network · CWB")
    await tickets.get_by_role("button", name="Open the ticket").press("Enter")
    await expect(page.get_by_role("status")).to_have_text("The ticket is open: number 12.")
    await expect(tickets).to_contain_text("No Wi-Fi")
    sent = [body["variables"]["input"] for body in gateway.asked if body["documentId"] == "create-ticket"]
    asked = {"subject": "No light", "text": "In E1."}
    assert sent == [{"campus": "GZ", "queue": "Desk", **asked}, {"campus": "CWB", "queue": "Network", **asked}]


NOTED = [
    {"id": "a", "notifiedAt": "2026-10-28T10:00:00+08:00", "readAt": None, "title": "Fees"},
    {"id": "b", "notifiedAt": "2026-10-28T03:00:00Z", "readAt": None, "title": "Storm"},
    {"id": "c", "notifiedAt": "2026-10-27T10:00:00+08:00", "readAt": "2026-10-27T11:00:00+08:00", "title": ""},
]


async def test_each_card_offers_what_can_be_done_with_what_is_on_it(page: Page, gateway: FakeGateway):
    await show(
        page,
        gateway,
        loans=[{"id": "l", "title": "Done", "renewable": "NO"}],
        holds=[{"id": "h", "title": "Data"}, {"id": "i", "title": "Gone", "cancellationRequested": True}],
        bookings=[{"id": "b", "title": "", "facilityName": "Room A"}],
        applications=[
            {"id": "p", "reference": "A1", "service": {"name": "Card"}, "state": "IN_PROCESS"},
            {"id": "q", "reference": "A2", "service": {"name": "Card"}, "state": "COMPLETED"},
        ],
        notifications=NOTED,
    )
    for name, offered in {
        "loans": [],
        "holds": ["Cancel hold: Data"],
        "bookings": ["Cancel booking: Room A"],
        "applications": ["Withdraw: Card A1"],
        "notifications": ["Mark as read: Fees", "Mark as read: Storm", "Mark all as read"],
    }.items():
        buttons = card(page, name).locator(".actions button")
        labels = await buttons.evaluate_all("(all) => all.map((each) => each.ariaLabel)")
        assert (name, labels) == (name, offered)
    gateway.answers = {
        "mark-notifications-read": [{"data": {"markNotificationsRead": {"__typename": "NotificationsRead"}}}],
        "notifications": [list_of("notifications")],
    }
    await card(page, "notifications").get_by_role("button", name="Mark all as read").click()
    await expect(page.get_by_role("status")).to_have_text("Marked as read.")
    assert gateway.asked[0]["variables"] == {"until": "2026-10-28T03:00:00Z"}


@pytest.mark.parametrize(
    ("change", "outcome", "words"),
    [
        ("cancel-hold", {"__typename": "HoldNotCancelled", "reasonLabel": "Gone already"}, "Gone already"),
        ("cancel-hold", {"__typename": "HoldNotCancelled", "reasonLabel": None}, "It was refused without a reason."),
        ("withdraw-application", {"__typename": "AlreadyOver"}, "The application had ended before."),
        ("withdraw-application", None, "Down."),
    ],
)
async def test_why_nothing_was_done_is_told_beside_the_button_and_the_card_stays(
    page: Page, gateway: FakeGateway, change: str, outcome: Any, words: str
):
    errors = [] if outcome else [{"message": "Down.", "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}]
    gateway.answers = {change: [{"data": {"change": outcome}, "errors": errors}]}
    application = {"id": "p", "reference": "A1", "service": {"name": "Card"}, "state": "IN_PROCESS"}
    await show(page, gateway, holds=[{"id": "h", "title": "Data"}], applications=[application])
    name = "holds" if change == "cancel-hold" else "applications"
    await card(page, name).locator(".actions button").click()
    await expect(card(page, name).locator(".outcome.failure")).to_have_text(words)
    await expect(page.get_by_role("status")).to_have_text(words)
    assert [body["documentId"] for body in gateway.asked] == [change]


@pytest.mark.parametrize(
    ("locale", "label", "tag"), [("zh-HK", "取消預約: Data", "zh-Hant"), ("zh-CN", "取消预约: Data", "zh-Hans")]
)
async def test_our_own_words_are_the_readers(page: Page, gateway: FakeGateway, label: str, tag: str):
    told = {"data": {"cancelHold": {"__typename": "HoldCancelled", "pending": True}}}
    gateway.answers = {"cancel-hold": [told], "holds-and-fines": [list_of("holds")]}
    await show(page, gateway, holds=[{"id": "h", "title": "Data"}])
    button = card(page, "holds").get_by_role("button", name=label)
    assert await button.evaluate("(each) => each.closest('[lang]').lang") == tag
    await button.click()
    await expect(page.get_by_role("status")).to_contain_text("圖書館" if tag == "zh-Hant" else "图书馆")


def test_every_sentence_is_there_in_three_languages_and_every_action_is_a_trusted_document():
    spoken = (START / "spoken.js").read_text()
    entries = re.findall(r"^  (\w+): \[(.+?)\],$", spoken, re.MULTILINE | re.DOTALL)
    assert len(entries) > 25
    for name, words in entries:
        told = re.findall(r"'([^']+)'", words)
        assert (name, len(told)) == (name, 3)
        assert {len(re.findall(r"\{\w+\}", each)) for each in told} == {len(re.findall(r"\{\w+\}", told[0]))}
    documents = action_documents()
    actions, change = ((START / f"{name}.js").read_text() for name in ("actions", "change"))
    named = set(re.findall(r"'((?:renew|cancel|mark|reply|create|withdraw)-[a-z-]+)'", actions))
    assert len(named) == 7
    assert named <= set(documents)
    (keyed,) = re.findall(r"KEYED = new Set\(\[(.+)\]\)", change)
    assert set(re.findall(r"'([a-z-]+)'", keyed)) == {name for name in named if "$idempotencyKey" in documents[name]}
