"""A browser that may reach one origin only, and notices every breach of a page's policy."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Route, async_playwright

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
async def page(browser: Browser, origin: str) -> AsyncIterator[Page]:
    """A page whose paths are the origin's. The test fails if anything else was asked for, or the policy broken."""
    strangers: list[str] = []
    breaches: list[str] = []
    context = await browser.new_context(base_url=origin, locale="en-GB", timezone_id="Asia/Hong_Kong")

    async def stay_here(route: Route) -> None:
        if route.request.url.startswith(f"{origin}/"):
            await route.continue_()
        else:
            strangers.append(route.request.url)
            await route.abort()

    def report_breach(breach: str) -> None:
        breaches.append(breach)

    def read_console(message: ConsoleMessage) -> None:
        # A worker has no document to listen on; its breaches are told on the console alone.
        if "Content Security Policy" in message.text or "TrustedHTML" in message.text:
            breaches.append(message.text)

    await context.route("**/*", stay_here)
    await context.expose_function("reportBreach", report_breach)
    await context.add_init_script(REPORT_BREACHES)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("console", read_console)
    page.on("pageerror", lambda error: breaches.append(f"uncaught: {error}"))
    yield page
    await context.close()
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
