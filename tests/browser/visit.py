"""Going to a path of the gateway that a page is at."""

from urllib.parse import urljoin

from playwright.async_api import Page


async def visit(page: Page, path: str) -> None:
    await page.goto(urljoin(page.url, path))
