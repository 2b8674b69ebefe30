"""The buttons on the real gateway: two presses are one change in the system that it is for, and the card shows it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.simulated_campus import SimulatedCampus, University, simulated_university

from .test_real_gateway import card, show

READING = ("/query/", "/Authentication/", "/oauth/", "/transactions", "/attachments")
"""In paths of what is sent with POST and changes nothing."""


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is changed here stays changed."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


@pytest.fixture
def origin(campus: SimulatedCampus) -> str:
    return str(campus.client.make_url("")).rstrip("/")


async def sent(campus: SimulatedCampus) -> list[str]:
    """System, method and path of everything that was sent to change something."""
    calls = [(name, call) for name, of_one in (await campus.calls()).items() for call in of_one]
    changing = [(name, call) for name, call in calls if not call.startswith("GET")]
    return [
        f"{name} {' '.join(call.split('?')[0].split(' ')[:2])}"
        for name, call in changing
        if not any(word in call for word in READING)
    ]


async def opened(page: Page, campus: SimulatedCampus, who: str, name: str) -> Locator:
    await show(page, who)
    await campus.forget_calls()
    return card(page, f"me.{name}")


async def told(page: Page, words: str) -> None:
    await expect(page.get_by_role("status")).to_have_text(words)


async def nodes(campus: SimulatedCampus, who: str, name: str, fields: str) -> list[dict[str, Any]]:
    answer = await campus.ask(f"{{ me {{ {name} {{ nodes {{ {fields} }} }} }} }}", as_=who)
    assert answer.errors == []
    found: list[dict[str, Any]] = answer.at(f"me.{name}.nodes")
    return found


async def test_a_loan_is_renewed_once(page: Page, campus: SimulatedCampus) -> None:
    before = await nodes(campus, "alex", "loans", "id title dueAt renewable")
    loan = next(each for each in before if each["renewable"] == "YES")
    loans = await opened(page, campus, "alex", "loans")
    await loans.get_by_role("button", name=f"Renew: {loan['title']}").first.dblclick()
    await told(page, "1 of 1 renewed.")
    (change,) = await sent(campus)
    assert change.startswith("library-cwb POST /almaws/v1/users/")
    after = {each["id"]: each["dueAt"] for each in await nodes(campus, "alex", "loans", "id dueAt")}
    assert after[loan["id"]] > loan["dueAt"]


async def test_all_loans_are_asked_for_once_each_and_each_refusal_is_told(page: Page, campus: SimulatedCampus) -> None:
    count = len(await nodes(campus, "jordan", "loans", "id"))
    loans = await opened(page, campus, "jordan", "loans")
    await loans.get_by_role("button", name="Renew all").dblclick()
    await expect(page.get_by_role("status")).to_contain_text(f"of {count} renewed. ")
    for reason in (": Overdue", ": Renewed too often", ": It was refused without a reason."):
        await expect(page.get_by_role("status")).to_contain_text(reason)
    changes = [each for each in await sent(campus) if each.endswith("/renewals") or "/almaws/" in each]
    assert len(changes) == len(set(changes)) == len(await sent(campus))


async def test_a_hold_is_cancelled_once_and_gone(page: Page, campus: SimulatedCampus) -> None:
    hold = (await nodes(campus, "alex", "holds", "id title"))[0]
    holds = await opened(page, campus, "alex", "holds")
    await holds.get_by_role("button", name=f"Cancel hold: {hold['title']}").first.dblclick()
    await expect(page.get_by_role("status")).to_contain_text("hold")
    assert [each.split(" ")[1] for each in await sent(campus)] == ["DELETE"]
    assert hold["id"] not in [each["id"] for each in await nodes(campus, "alex", "holds", "id")]


async def test_a_booking_is_given_back_once(page: Page, campus: SimulatedCampus) -> None:
    latest = (await nodes(campus, "mei", "bookings", "title"))[-1]["title"]
    bookings = await opened(page, campus, "mei", "bookings")
    await bookings.get_by_role("button", name=f"Cancel booking: {latest}").dblclick()
    await told(page, "The booking is cancelled.")
    (change,) = await sent(campus)
    assert change.startswith("facilities-gz DELETE ")
    await expect(bookings).not_to_contain_text(latest)


@pytest.mark.parametrize("locale", ["zh-CN"])
async def test_why_a_booking_stands_is_told_in_the_readers_language(page: Page, campus: SimulatedCampus) -> None:
    soon = (await nodes(campus, "mei", "bookings", "title"))[0]["title"]
    bookings = await opened(page, campus, "mei", "bookings")
    await bookings.get_by_role("button", name=f"取消预订: {soon}").dblclick()
    await expect(bookings.locator(".outcome.failure")).to_have_text("已过取消期限")
    assert await sent(campus) == []


async def test_a_ticket_is_opened_once_and_written_to_once(page: Page, campus: SimulatedCampus) -> None:
    tickets = await opened(page, campus, "alex", "tickets")
    await tickets.get_by_text("New ticket").click()
    await tickets.get_by_label("Team").select_option("Network · CWB")
    await tickets.get_by_label("Subject").fill("No Wi-Fi in the lift")
    await tickets.get_by_label("What it is about").fill("Since noon.")
    await tickets.get_by_role("button", name="Open the ticket").dblclick()
    await expect(page.get_by_role("status")).to_contain_text("The ticket is open: number ")
    assert await sent(campus) == ["tickets-cwb POST /REST/2.0/ticket"]
    await expect(tickets).to_contain_text("No Wi-Fi in the lift")
    await tickets.get_by_label("Reply: No Wi-Fi in the lift", exact=True).click()
    await tickets.get_by_label("Your reply").locator("visible=true").fill("It works again.")
    await tickets.get_by_role("button", name="Send the reply: No Wi-Fi in the lift").dblclick()
    await told(page, "The reply is sent.")
    ticket = (await nodes(campus, "alex", "tickets", "number"))[0]["number"]
    assert await sent(campus) == [
        "tickets-cwb POST /REST/2.0/ticket", f"tickets-cwb POST /REST/2.0/ticket/{ticket}/correspond",
    ]  # fmt: skip


async def test_a_ticket_whose_answer_was_lost_is_opened_once_by_pressing_again(
    page: Page, campus: SimulatedCampus
) -> None:
    await campus.systems["tickets-cwb"].fault("cut", path="/REST/2.0/ticket", method="POST")
    tickets = await opened(page, campus, "alex", "tickets")
    await tickets.get_by_text("New ticket").click()
    await tickets.get_by_label("Subject").fill("Lost on the way")
    await tickets.get_by_label("What it is about").fill("Since noon.")
    send = tickets.get_by_role("button", name="Open the ticket")
    await send.click()
    await expect(tickets.locator(".outcome.failure")).to_contain_text("Press again to find out")
    await campus.systems["tickets-cwb"].fault("none")
    await send.click()
    await expect(page.get_by_role("status")).to_contain_text("The ticket is open: number ")
    assert await sent(campus) == ["tickets-cwb POST /REST/2.0/ticket"]
    subjects = [each["subject"] for each in await nodes(campus, "alex", "tickets", "subject")]
    assert subjects.count("Lost on the way") == 1


async def test_an_application_is_withdrawn_once(page: Page, campus: SimulatedCampus) -> None:
    service = (await campus.ask('{ service(key: "campus-card-replacement") { id } }')).at("service.id")
    applying = """mutation($input: ApplicationInput!) {
      applyForService(input: $input) { ... on ServiceApplied { application { reference } } }
    }"""
    wanted = {"input": {"service": service, "form": {"circumstances": "Lost."}}}
    made = await campus.ask(applying, wanted, as_="mei")
    reference = made.at("applyForService.application.reference")
    applications = await opened(page, campus, "mei", "applications")
    button = applications.get_by_role("button", name=reference)
    await button.dblclick()
    await told(page, "The application is withdrawn.")
    (change,) = await sent(campus)
    assert change.startswith("onestop-gz DELETE /runtime/process-instances/")
    await expect(button).to_have_count(0)


async def test_notifications_are_read_and_no_system_is_asked_to_change_anything(
    page: Page, campus: SimulatedCampus
) -> None:
    unread = (await campus.ask("{ me { unreadNotifications } }", as_="alex")).at("me.unreadNotifications")
    assert unread > 1
    shown = await opened(page, campus, "alex", "notifications")
    each, every = (shown.get_by_role("button", name=words) for words in ("Mark as read: ", "Mark all as read"))
    await each.first.dblclick()
    await told(page, "Marked as read.")
    now = await campus.ask("{ me { unreadNotifications } }", as_="alex")
    assert now.at("me.unreadNotifications") == unread - 1
    await every.click()
    await expect(every).to_have_count(0)
    now = await campus.ask("{ me { unreadNotifications } }", as_="alex")
    assert now.at("me.unreadNotifications") == 0
    assert await sent(campus) == []
