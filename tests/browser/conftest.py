"""A browser that may reach one origin only, and notices every breach of a page's policy."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Route, async_playwright, expect

from pipeline.pages import GRAPHIQL

from .fake_gateway import FakeGateway, fake_gateway

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
BUILD = Path(__file__).parents[2] / "dashboard" / "graphiql" / "build.py"

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Root may not use Chromium's sandbox; the rest keeps Chromium's own services off the network."""

PATIENCE = 60_000
"""Milliseconds until what does not come is given up; what comes is never waited for longer than it takes."""

REPORT_BREACHES = """
document.addEventListener('securitypolicyviolation', (breach) =>
  reportBreach(`${breach.effectiveDirective} forbids ${breach.blockedURI} in ${breach.sourceFile}`));
"""


def unavailable(reason: str) -> None:
    """Skip what this machine cannot test; where tests are the gate, that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not shutil.which(CHROMIUM):
        unavailable(f"no Chromium at {CHROMIUM}: install Debian's package chromium, or set CHROMIUM")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def gateway() -> AsyncIterator[FakeGateway]:
    async with fake_gateway(sandbox=True) as gateway:
        yield gateway


@pytest.fixture
def origin(gateway: FakeGateway) -> str:
    """The only origin `page` may reach. Override it to look at another gateway."""
    return gateway.url


@pytest.fixture
def locale() -> str:
    """What the browser's reader reads first."""
    return "en-GB"


class Window(NamedTuple):
    page: Page
    breaches: list[str]
    origins: list[str]
    """Of the tests before: what a page has begun to load for a worker may be asked for after it is gone."""


@pytest.fixture(scope="session")
async def windows(browser: Browser) -> AsyncIterator[dict[str, Window]]:
    """The one page of all tests of a locale, each opened when first asked for: that costs more than most of them.

    What a page stores it stores by origin, and each test has a gateway and thus an origin of its own.
    """
    windows: dict[str, Window] = {}
    yield windows
    for window in windows.values():
        await window.page.context.close()


async def _opened(browser: Browser, locale: str) -> Window:
    context = await browser.new_context(locale=locale, timezone_id="Asia/Hong_Kong")
    breaches: list[str] = []

    def report_breach(breach: str) -> None:
        breaches.append(breach)

    def read_console(message: ConsoleMessage) -> None:
        # A worker has no document to listen on; its breaches are told on the console alone.
        if "Content Security Policy" in message.text or "TrustedHTML" in message.text:
            breaches.append(message.text)

    await context.expose_function("reportBreach", report_breach)
    await context.add_init_script(REPORT_BREACHES)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", read_console)
    page.on("pageerror", lambda error: breaches.append(f"uncaught: {error}"))
    return Window(page, breaches, [])


@pytest.fixture
async def page(browser: Browser, windows: dict[str, Window], origin: str, locale: str) -> AsyncIterator[Page]:
    """A page at the origin, as if just opened. The test fails if it asks anybody else, or breaks the policy."""
    if locale not in windows:
        windows[locale] = await _opened(browser, locale)
    page, breaches, before = windows[locale]
    strangers: list[str] = []

    async def stay_here(route: Route) -> None:
        if route.request.url.startswith(f"{origin}/"):
            await route.continue_()
            return
        if not any(route.request.url.startswith(f"{earlier}/") for earlier in before):
            strangers.append(route.request.url)
        await route.abort()

    breaches.clear()
    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.emulate_media(color_scheme="light")
    await page.route("**/*", stay_here)
    await page.goto(f"{origin}/start/start.css")
    yield page
    await page.goto("about:blank")
    await page.unroute_all(behavior="wait")
    before.append(origin)
    assert strangers == []
    assert breaches == []


@pytest.fixture(scope="session")
def graphiql_built() -> Path:
    """GraphiQL as `make graphiql` leaves it; built here where it is missing."""
    command = [sys.executable, str(BUILD)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    if built.returncode:
        unavailable(f"GraphiQL cannot be built here: {built.stderr[-500:]}")
    return GRAPHIQL
