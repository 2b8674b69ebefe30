"""GraphiQL as the gateway serves it, in a browser that may reach nothing else."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .answers import WHOLE
from .fake_gateway import FakeGateway


@pytest.fixture(autouse=True)
def _built(graphiql_built: Path) -> None:
    """Every test here needs the built page."""


async def opened(page: Page, path: str = "/graphiql") -> None:
    await page.goto(path)
    await expect(page.get_by_role("tab", name="dashboard")).to_be_visible()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query dashboard")


async def run(page: Page) -> None:
    await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text("data")


async def headers_shown(page: Page) -> str:
    """What the headers editor holds; Monaco draws spaces that do not break."""
    text = await page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines").inner_text()
    return text.replace("\u00a0", " ")


async def test_each_widget_has_a_tab_and_the_dashboard_is_first(page: Page):
    await opened(page)
    tabs = page.get_by_role("tablist", name="Select active operation").get_by_role("tab")
    await expect(tabs).to_have_count(2)
    await expect(tabs).to_contain_text(["dashboard", "loans"])


async def test_a_widget_query_runs_as_the_chosen_persona(page: Page, gateway: FakeGateway):
    gateway.answer = WHOLE
    await opened(page)
    await page.get_by_label("Ask as").select_option("mei")
    await expect(page.get_by_role("status")).to_contain_text("filled in under Headers")
    assert '"Authorization": "Bearer mei-1"' in await headers_shown(page)
    await run(page)
    assert gateway.authorizations == ["Bearer mei-1"]
    assert gateway.asked[0]["operationName"] == "dashboard"


async def test_another_tab_is_filled_in_as_well_and_nobody_takes_it_out(page: Page, gateway: FakeGateway):
    await opened(page, "/graphiql?as=alex")
    await expect(page.get_by_label("Ask as")).to_have_value("alex")
    await page.get_by_role("tab", name="loans").click()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("query loans")
    assert '"Authorization": "Bearer alex-1"' in await headers_shown(page)
    await page.get_by_label("Ask as").select_option("")
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
    assert f"alex-{gateway.tokens}" in await headers_shown(page)


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


async def test_the_widget_tabs_can_be_restored(page: Page):
    await opened(page)
    await page.get_by_role("button", name="New tab").click()
    await stored(page, "<untitled>")
    await page.get_by_role("button", name="Restore widget tabs").click()
    tabs = page.get_by_role("tablist", name="Select active operation").get_by_role("tab")
    await expect(tabs).to_have_count(2)
    await expect(tabs).to_contain_text(["dashboard", "loans"])


async def test_it_is_dark_where_the_system_is(page: Page):
    await page.emulate_media(color_scheme="dark")
    await opened(page)
    bar = await page.locator(".persona-bar").evaluate("(bar) => getComputedStyle(bar).color")
    assert bar == "rgb(232, 235, 242)"
