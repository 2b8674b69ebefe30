"""The pages of a gateway before real systems: there is nobody to pretend to be, and a token must be brought along."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from .fake_gateway import FakeGateway, fake_gateway
from .visit import visit


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway(sandbox=False) as gateway:
        yield gateway


@pytest.fixture
async def asked_for(page: Page) -> AsyncIterator[list[str]]:
    """What the page has requested so far. Playwright listens on the loop that is running."""
    urls: list[str] = []

    def note(request: Request) -> None:
        urls.append(request.url)

    page.on("request", note)
    yield urls
    page.remove_listener("request", note)


async def test_the_start_page_asks_for_a_token_and_never_for_personas(
    page: Page, gateway: FakeGateway, asked_for: list[str]
):
    await visit(page, "/?as=alex")
    await expect(page.get_by_label("Show the dashboard of")).to_be_hidden()
    await expect(page.get_by_role("link", name="Simulated systems")).to_be_hidden()
    await page.get_by_label("Bearer token").fill("ey.own.token")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("answered in")
    assert gateway.authorizations == ["Bearer ey.own.token"]
    assert not [url for url in asked_for if "/sandbox/" in url]


async def test_graphiql_has_no_persona_menu(page: Page, graphiql_built: Path, asked_for: list[str]):
    await visit(page, "/graphiql?as=alex")
    await expect(page.get_by_role("tab", name="dashboard")).to_be_visible()
    await expect(page.get_by_label("Ask as")).to_have_count(0)
    assert not [url for url in asked_for if "/sandbox/" in url]
