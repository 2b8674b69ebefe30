"""The start page: anybody's dashboard as plain cards."""

import re
from copy import deepcopy
from itertools import pairwise
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from pipeline.errors import Code
from pipeline.pages import START

from .answers import WHOLE, failure
from .fake_gateway import WIDGETS, FakeGateway
from .visit import visit


async def show(page: Page, as_: str = "alex") -> None:
    await visit(page, "/")
    await page.get_by_label("Show the dashboard of").select_option(as_)
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("answered in")


def card(page: Page, path: str) -> Locator:
    return page.locator(f'[data-path="{path}"]')


async def test_the_dashboard_document_is_asked_once_as_the_chosen_persona(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page, "mei")
    assert [body["query"] for body in gateway.asked] == [WIDGETS[1]["query"]]
    assert gateway.authorizations == ["Bearer mei-1"]
    await expect(page.get_by_role("status")).to_contain_text("Complete.")
    assert page.url.endswith("/?as=mei")


async def test_nobody_sends_no_token(page: Page, gateway: FakeGateway):
    await show(page, "")
    assert gateway.authorizations == [None]


async def test_a_pasted_token_is_sent_and_stands_in_no_address(page: Page, gateway: FakeGateway):
    await visit(page, "/")
    await page.get_by_text("Use a token of your own").click()
    await page.get_by_label("Bearer token").fill(" ey.own.token ")
    await page.get_by_label("Bearer token").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("answered in")
    assert gateway.authorizations == ["Bearer ey.own.token"]
    assert page.url == f"{gateway.url}/"


async def test_an_address_with_a_persona_shows_the_dashboard_at_once(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await visit(page, "/?as=alex")
    await expect(card(page, "me.loans")).to_be_visible()
    assert gateway.authorizations == ["Bearer alex-1"]
    assert await page.get_by_role("link", name="GraphiQL").get_attribute("href") == "/graphiql?as=alex"


async def test_a_list_of_flat_things_is_a_table_with_values_as_people_read_them(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    loans = card(page, "me.loans")
    head = ["Title", "Due at", "Status", "Renewable", "Fine", "Actions"]
    assert await loans.locator("thead th").all_inner_texts() == head
    first = ["紅樓夢", "Mon, 30 Nov 2026, 23:59", "Overdue since yesterday", "no", "HK$12.50", "Renew"]
    assert await loans.locator("tbody tr").nth(0).locator("th, td").all_inner_texts() == first
    assert await loans.locator("time").nth(0).get_attribute("datetime") == "2026-11-30T23:59:00+08:00"


async def test_objects_inside_a_row_become_columns_of_it(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    timetable = card(page, "me.timetable")
    assert await timetable.locator("tr").nth(0).locator("th").all_inner_texts() == [
        "Section code",
        "Section course code",
        "Section instructors",
        "Room",
        "Start",
        "End",
    ]
    assert await timetable.locator("tbody tr").nth(0).locator("th, td").all_inner_texts() == [
        "L1",
        "COMP 2011",
        "LI, Xin; AU, K",
        "LTA",
        "Tue, 24 Nov 2026, 09:00",
        "Tue, 24 Nov 2026, 10:20",
    ]


async def test_things_with_parts_are_articles_and_connections_say_how_many_there_are(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    applications = card(page, "me.applications")
    await expect(applications.get_by_role("heading", name="Room change")).to_be_visible()
    await expect(applications).to_contain_text("In process")
    await expect(applications).to_contain_text("Fri, 20 Nov 2026")
    await expect(applications).to_contain_text("The first 1 of 4.")
    record = card(page, "me.academicRecord")
    await expect(record.locator("dl").nth(0)).to_have_text("Cumulative GPA3.717")
    assert await record.locator("thead th").all_inner_texts() == [
        "Course code",
        "Course title",
        "Grade",
        "Units",
    ]
    await expect(record.locator("tbody tr").nth(1)).to_contain_text("nothing on record")


async def test_ids_are_left_out_and_text_never_becomes_markup(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    text = await page.locator("#answer").inner_text()
    assert "<b>Alex</b> Chan" in text
    assert "UGVyc29u" not in text
    assert "TG9hbj" not in text
    assert "eDE" not in text
    assert "library-cwb" in text


async def test_nothing_there_and_none_are_told_apart(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    await expect(card(page, "me.tickets")).to_contain_text("None.")
    await expect(card(page, "me.")).to_contain_text("Advisees\nnothing on record", use_inner_text=True)


async def test_a_long_table_unfolds_and_its_numbers_are_right(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    enrolments = card(page, "me.enrolments")
    await expect(enrolments.locator("tbody tr:visible")).to_have_count(8)
    await enrolments.get_by_role("button", name="Show all 20").press("Enter")
    await expect(enrolments.locator("tbody tr:visible")).to_have_count(20)
    row = await enrolments.locator("tbody tr").nth(0).locator("th, td").all_inner_texts()
    assert row == ["12345", "Course 0", "146,242"]
    alignment = await enrolments.locator("td.number").nth(0).evaluate("(cell) => getComputedStyle(cell).textAlign")
    assert alignment == "end"


async def test_a_field_nobody_has_heard_of_is_shown_all_the_same(page: Page, gateway: FakeGateway):
    gateway.answer = {"data": {"shuttleBoard": {"nextDepartures": [{"headsign": "Nansha", "leavesAt": "09:05:00"}]}}}
    await show(page)
    board = card(page, "shuttleBoard")
    await expect(board.get_by_role("heading", name="Next departures")).to_be_visible()
    await expect(board.locator("tbody")).to_have_text("Nansha09:05")


async def shown_with(page: Page, gateway: FakeGateway, *errors: dict[str, Any], **me: Any) -> None:
    gateway.answer = deepcopy(WHOLE) | {"errors": list(errors)}
    gateway.answer["data"]["me"].update(me)
    await show(page)


async def test_a_system_that_is_down_is_told_on_its_own_card_only(page: Page, gateway: FakeGateway):
    down = failure(["me", "loans"], "UPSTREAM_UNAVAILABLE", system="library-cwb", retryAfter=30)
    await shown_with(page, gateway, down, loans=None)
    sentence = "The library (library-cwb) cannot be reached right now. The rest is complete. Try again in 30 seconds."
    await expect(card(page, "me.loans").locator(".failure")).to_have_text(sentence)
    await expect(page.locator(".failure")).to_have_count(1)
    await expect(page.get_by_role("status")).to_contain_text("1 part of it could not be answered.")


async def test_a_merged_list_shows_what_came_and_who_is_missing_once(page: Page, gateway: FakeGateway):
    loans = deepcopy(WHOLE["data"]["me"]["loans"])
    loans["unavailable"] = [{"system": "library-gz", "code": "UPSTREAM_TIMEOUT", "retryAfter": None}]
    error = failure(["me", "loans"], "UPSTREAM_TIMEOUT", system="library-gz")
    await shown_with(page, gateway, error, loans=loans)
    await expect(card(page, "me.loans").locator(".failure")).to_have_text(
        "The library (library-gz) did not answer in time. The rest is complete."
    )
    await expect(card(page, "me.loans").locator("tbody tr")).to_have_count(2)


async def test_an_empty_list_with_a_system_missing_does_not_say_none(page: Page, gateway: FakeGateway):
    missing = [{"system": "library-gz", "code": "UPSTREAM_MAINTENANCE", "retryAfter": 7200}]
    await shown_with(page, gateway, loans={"nodes": [], "unavailable": missing})
    loans = card(page, "me.loans")
    await expect(loans).to_contain_text("closed for maintenance. Try again in 2 hours.")
    await expect(loans).to_contain_text("Nothing from the systems that did answer.")


async def test_a_failure_deep_in_a_card_names_the_part(page: Page, gateway: FakeGateway):
    path: list[str | int] = ["me", "academicRecord", "terms", 0, "gpa"]
    await shown_with(page, gateway, failure(path, "UPSTREAM_BAD_RESPONSE", system="sis-gz"))
    await expect(card(page, "me.academicRecord").locator(".failure")).to_have_text(
        "Terms, GPA: The student system (sis-gz) gave an answer that cannot be understood."
    )


async def test_a_refusal_is_said_in_words(page: Page, gateway: FakeGateway):
    gateway.answer = {"data": {"me": None, "terms": []}, "errors": [failure(["me"], "FORBIDDEN")]}
    await show(page, "canteen")
    await expect(card(page, "me").locator(".failure")).to_have_text("This is not yours to see.")


def test_every_code_a_card_may_meet_has_a_sentence():
    about_the_document = {"BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "DOCUMENT_NOT_FOUND"}
    sentences = re.findall(r"^  ([A-Z_]+): \(", (START / "failures.js").read_text(), re.MULTILINE)
    assert set(sentences) == set(Code) - about_the_document - {"BAD_USER_INPUT"}


async def test_an_answer_without_data_is_told_above_all_cards(page: Page, gateway: FakeGateway):
    gateway.answer = {"errors": [{"message": "Bad token.", "extensions": {"code": "UNAUTHENTICATED"}}]}
    gateway.status = 401
    await show(page)
    await expect(page.locator("#answer > .failures .failure")).to_have_text("Sign in to see this.")


async def test_an_answer_that_is_not_graphql_is_said_in_words(page: Page, gateway: FakeGateway):
    await visit(page, "/")
    await page.route("**/graphql", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>no"))
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text("The gateway answered with status 502 and no GraphQL answer.")


async def test_a_gateway_that_is_gone_is_said_in_words(page: Page):
    await visit(page, "/")
    await page.route("**/widgets", lambda route: route.abort("connectionrefused"))
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("alert")).to_have_text("The gateway cannot be reached. Is it running?")


async def test_only_the_latest_question_is_answered(page: Page, gateway: FakeGateway):
    gateway.answer = {"data": {"asked": "first"}}
    await visit(page, "/")
    held: list[Route] = []

    async def hold_the_first(route: Route) -> None:
        if held:
            await route.continue_()
        held.append(route)

    await page.route("**/graphql", hold_the_first)
    show_it = page.get_by_role("button", name="Show", exact=True)
    async with page.expect_request("**/graphql"):
        await show_it.click()
    gateway.answer = {"data": {"asked": "second"}}
    await show_it.click()
    await expect(card(page, "asked")).to_contain_text("second")
    await held[0].fulfill(json={"data": {"asked": "late"}})
    await page.wait_for_load_state("networkidle")
    await expect(card(page, "asked")).to_contain_text("second")


async def test_a_phone_needs_no_sideways_scrolling(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await page.set_viewport_size({"width": 360, "height": 740})
    await show(page)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_the_page_is_built_for_ears_and_keys(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await show(page)
    assert await page.get_by_role("heading", level=1).count() == 1
    for landmark in ("banner", "navigation", "main", "contentinfo", "form"):
        await expect(page.get_by_role(landmark)).to_have_count(1)
    levels = await page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("(all) => all.map((h) => Number(h.tagName[1]))")
    assert all(level <= above + 1 for above, level in pairwise(levels))
    await page.reload()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the answer")).to_be_focused()
