"""GraphiQL as the gateway serves it, in a browser that may reach nothing else."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Request, Route, expect

from .answers import WHOLE
from .fake_gateway import FakeGateway
from .visit import visit


@pytest.fixture(autouse=True)
def _built(graphiql_built: Path) -> None:
    """Every test here needs the built page."""


async def opened(page: Page, path: str = "/graphiql") -> None:
    await visit(page, path)
    await expect(page.get_by_role("tab", name="dashboard")).to_be_visible()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query dashboard")


async def run(page: Page) -> None:
    """Presses the button and waits for the answer to this very question: an earlier one may still be shown."""
    async with page.expect_response(lambda answer: _is_operation(answer.request)) as answered:
        await page.get_by_role("button", name="Execute query").click()
    await (await answered.value).finished()
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text("data")


def _is_operation(request: Request) -> bool:
    return request.url.endswith("/graphql") and "__schema" not in (request.post_data or "")


def headers_shown(page: Page) -> Locator:
    return page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines")


async def test_each_widget_has_a_tab_and_the_dashboard_is_first(page: Page):
    await opened(page)
    tabs = page.get_by_role("tablist", name="Select active operation").get_by_role("tab")
    await expect(tabs).to_have_count(4)
    await expect(tabs).to_contain_text(["dashboard", "loans", "Wave", "Waves"])


async def test_a_widget_query_runs_as_the_chosen_persona(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await opened(page)
    await page.get_by_label("Ask as").select_option("mei")
    await expect(page.get_by_role("status")).to_contain_text("filled in under Headers")
    await expect(headers_shown(page)).to_contain_text('"Authorization": "Bearer mei-1"')
    await run(page)
    assert gateway.authorizations == ["Bearer mei-1"]
    assert gateway.asked[0]["operationName"] == "dashboard"


async def test_another_tab_is_filled_in_as_well_and_nobody_takes_it_out(page: Page, gateway: FakeGateway):
    await opened(page, "/graphiql?as=alex")
    await expect(page.get_by_label("Ask as")).to_have_value("alex")
    await page.get_by_role("tab", name="loans").click()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query loans")
    await expect(headers_shown(page)).to_contain_text('"Authorization": "Bearer alex-1"')
    await page.get_by_label("Ask as").select_option("")
    await expect(headers_shown(page)).not_to_contain_text("Authorization")
    await run(page)
    assert gateway.authorizations == [None]


async def test_a_token_near_its_end_is_renewed_before_it_is_sent(page: Page, gateway: FakeGateway):
    gateway.token_lives = 30
    await opened(page, "/graphiql?as=alex")
    await expect(page.get_by_role("status")).to_contain_text("filled in")
    gateway.token_lives = 600
    before = gateway.tokens
    await run(page)
    await run(page)
    assert gateway.tokens == before + 1
    assert gateway.authorizations == [f"Bearer alex-{gateway.tokens}"] * 2
    await expect(headers_shown(page)).to_contain_text(f"alex-{gateway.tokens}")


async def stored(page: Page, text: str) -> None:
    """GraphiQL stores its tabs half a second after the last change."""
    await page.wait_for_function("(text) => localStorage.getItem('graphiql:tabState')?.includes(text)", arg=text)


async def test_no_token_stays_in_the_browsers_storage(page: Page):
    await opened(page, "/graphiql?as=alex")
    await expect(page.get_by_role("status")).to_contain_text("filled in")
    await run(page)
    await page.get_by_role("tab", name="loans").click()
    await page.get_by_role("button", name="New tab").click()
    await stored(page, "<untitled>")
    everything = await page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "query loans" in everything
    assert "alex-1" not in everything


async def restored(page: Page) -> None:
    """The widgets' own tabs are there, and the first of them is in the editor."""
    tabs = page.get_by_role("tablist", name="Select active operation").get_by_role("tab")
    await expect(tabs).to_have_count(4)
    await expect(tabs).to_contain_text(["dashboard", "loans", "Wave", "Waves"])
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query dashboard")


async def test_the_widget_tabs_can_be_restored(page: Page):
    await opened(page)
    await page.get_by_role("button", name="New tab").click()
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.insert_text("query mine { hello }")
    await stored(page, "query mine")
    await page.get_by_role("button", name="Restore widget tabs").click()
    await restored(page)


async def test_what_is_still_to_be_saved_does_not_undo_the_restoring(page: Page):
    await opened(page)

    saved = asyncio.Event()

    async def answer_late(route: Route) -> None:
        await saved.wait()
        await route.fallback()

    await page.route("**/graphiql", answer_late)
    # Both clicks in one task, so that whatever the first leads to is saved after the second, and before the last timer.
    async with page.expect_console_message(lambda message: message.text == "all is saved"):
        await page.evaluate("""() => {
            document.querySelector('button[aria-label="New tab"]').click();
            document.querySelector('.persona-bar button').click();
            setTimeout(() => console.log('all is saved'), 1000);
        }""")
    saved.set()
    await restored(page)


async def test_it_is_dark_where_the_system_is(page: Page):
    await page.emulate_media(color_scheme="dark")
    await opened(page)
    await expect(page.locator(".persona-bar")).to_have_css("color", "rgb(232, 235, 242)")
