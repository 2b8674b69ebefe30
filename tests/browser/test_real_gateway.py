"""The pages on the real gateway over the simulated university: real personas, real answers, real failures."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from pipeline.documents import action_documents, stream_documents, widget_documents
from tests.simulated_campus import SimulatedCampus

from .visit import visit


@pytest.fixture
def origin(campus: SimulatedCampus) -> str:
    return str(campus.client.make_url("")).rstrip("/")


async def show(page: Page, who: str) -> None:
    await visit(page, "/")
    await page.get_by_label("Show the dashboard of").select_option(who)
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("answered in")


def card(page: Page, path: str) -> Locator:
    return page.locator(f'[data-path="{path}"]')


async def test_the_start_page_shows_a_students_dashboard(page: Page, campus: SimulatedCampus) -> None:
    answer = await campus.widget("dashboard", as_="alex")
    await show(page, "alex")
    await expect(page.get_by_role("status")).to_contain_text("Complete.")
    await expect(card(page, "me.profile")).to_contain_text("Alex Chan")
    await expect(card(page, "me.profile")).to_contain_text(answer.at("me.profile.numbers.0.number"))
    for path in ("me.loans", "me.holds"):
        await expect(card(page, path)).to_contain_text(answer.at(f"{path}.nodes.0.title"))
    await expect(card(page, "me.tickets")).to_contain_text(answer.at("me.tickets.nodes.0.subject"))
    await expect(card(page, "me.applications")).to_contain_text(answer.at("me.applications.nodes.0.service.name"))
    await expect(card(page, "me.enrolments")).to_contain_text(answer.at("me.enrolments.nodes.0.courseTitle"))
    await expect(card(page, "shuttles")).to_contain_text(answer.at("shuttles.nodes.0.origin.name"))
    await expect(page.locator(".failure")).to_have_count(0)


async def test_one_person_of_two_campuses_is_one_page(page: Page, campus: SimulatedCampus) -> None:
    await show(page, "jordan")
    await expect(page.get_by_role("status")).to_contain_text("Complete.")
    for campus_code in ("CWB", "GZ"):
        await expect(card(page, "me.enrolments")).to_contain_text(campus_code)


async def test_what_is_not_theirs_is_said_in_words(page: Page, campus: SimulatedCampus) -> None:
    await show(page, "")
    await expect(card(page, "me").locator(".failure")).to_have_text("Sign in to see this.")


async def test_a_system_that_is_down_is_told_on_its_own_cards(page: Page, campus: SimulatedCampus) -> None:
    await campus.systems["library-cwb"].fault("down")
    await show(page, "alex")
    for path in ("me.loans", "me.holds", "me.fines"):
        await expect(card(page, path).locator(".failure")).to_have_text(
            "The library (library-cwb) cannot be reached right now. The rest is complete."
        )
    await expect(page.locator(".failure")).to_have_count(3)
    await expect(card(page, "me.profile")).to_contain_text("Alex Chan")
    await campus.systems["library-cwb"].fault("none")
    await show(page, "alex")
    await expect(page.get_by_role("status")).to_contain_text("Complete.")


async def test_a_campus_that_is_missing_is_told_once_for_each_list(page: Page, campus: SimulatedCampus) -> None:
    await campus.systems["sis-gz"].fault("closed")
    await show(page, "jordan")
    enrolments = card(page, "me.enrolments")
    await expect(enrolments.locator(".failure")).to_have_text(
        "The student system (sis-gz) is closed for maintenance. Try again in 2 minutes."
    )
    await expect(enrolments).to_contain_text("CWB")
    await expect(enrolments).not_to_contain_text("GZ", use_inner_text=True)


async def read_by_graphiql(page: Page, words: str) -> None:
    """It reads an operation's name a moment after it shows the text, just as it stores that; people click later."""
    await page.wait_for_function("(words) => localStorage.getItem('graphiql:query')?.includes(words)", arg=words)


@pytest.mark.usefixtures("graphiql_built")
async def test_graphiql_runs_a_widget_as_a_persona(page: Page, campus: SimulatedCampus) -> None:
    answer = await campus.widget("loans", as_="alex")
    await visit(page, "/graphiql")
    tabs = page.get_by_role("tablist", name="Select active operation").get_by_role("tab")
    await expect(tabs).to_have_count(len(widget_documents() | action_documents() | stream_documents()))
    await page.get_by_label("Ask as").select_option("alex")
    await expect(page.get_by_role("status")).to_contain_text("filled in under Headers")
    await tabs.filter(has_text=re.compile(r"^\s*Loans")).click()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query Loans")
    await read_by_graphiql(page, "query Loans")
    await page.get_by_role("button", name="Execute query").click()
    response = page.locator(".graphiql-response .view-lines")
    await expect(response).to_contain_text("nodes")
    shown = " ".join((await response.inner_text()).split())  # long lines are broken where the pane ends
    assert answer.at("me.loans.nodes.0.title") in shown
    assert "errors" not in shown


@pytest.mark.usefixtures("graphiql_built")
async def test_graphiql_knows_the_schema_of_the_gateway(page: Page, campus: SimulatedCampus) -> None:
    await visit(page, "/graphiql")
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    explorer = page.locator(".graphiql-doc-explorer")
    await expect(explorer.get_by_role("link", name="AcademicRecord", exact=True)).to_be_visible()


async def test_graphiql_follows_a_subscription(page: Page, campus: SimulatedCampus, graphiql_built: Path) -> None:
    (section, *_) = (await campus.ask("{ courses(first: 1) { nodes { sections { id code } } } }")).at(
        "courses.nodes.0.sections"
    )
    await visit(page, "/graphiql")
    await page.get_by_role("button", name="New tab").click()
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(f'subscription {{ seatsChanged(sections: ["{section["id"]}"]) {{ code }} }}')
    await read_by_graphiql(page, "seatsChanged")
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text(f'"{section["code"]}"')
    await expect(page.get_by_role("button", name="Stop query")).to_be_visible()
