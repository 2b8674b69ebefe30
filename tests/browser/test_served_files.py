"""The pages as HTTP sees them: types, policies, caching, and what is not to be had."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from pipeline import pages

from .fake_gateway import FakeGateway, fake_gateway


@pytest.fixture(params=[True, False], ids=["sandbox", "real"])
def sandbox(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
async def gateway(sandbox: bool) -> AsyncIterator[FakeGateway]:
    async with fake_gateway(sandbox=sandbox) as gateway:
        yield gateway


@pytest.fixture
async def site(origin: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(origin) as session:
        yield session


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page and an asset where `make graphiql` would leave them."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<html lang="en" data-sandbox="off"><p>data-sandbox="off"</p>')
    (tmp_path / "assets" / "index-1a2b.js").write_text("export {};")
    (tmp_path / "assets" / "notes.txt").write_text("not a part of the page")
    monkeypatch.setattr(pages, "GRAPHIQL", tmp_path)
    return tmp_path


async def test_the_page_says_whether_there_are_personas_to_choose_from(
    site: aiohttp.ClientSession, sandbox: bool, built: Path
):
    for path in ("/", "/graphiql", "/graphiql/"):
        async with site.get(path) as answer:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            text = await answer.text()
            assert ('data-sandbox="on"' in text) is sandbox


@pytest.mark.parametrize("path", ["/", "/start/start.css", "/graphiql", "/graphiql/assets/index-1a2b.js"])
async def test_every_file_carries_a_policy_that_knows_no_other_origin(
    site: aiohttp.ClientSession, built: Path, path: str
):
    async with site.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        sources = {source for directive in policy.split(";") for source in directive.split()[1:]}
        assert sources <= {"'none'", "'self'", "'unsafe-inline'", "'script'", "data:"}
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_graphiqls_styles_may_stand_in_the_page(site: aiohttp.ClientSession, built: Path):
    async with site.get("/") as start, site.get("/graphiql") as graphiql:
        assert "unsafe" not in start.headers["Content-Security-Policy"]
        assert "style-src 'self' 'unsafe-inline'" in graphiql.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/start/start.js", "/graphiql"])
async def test_a_page_is_asked_for_again_and_not_sent_again(site: aiohttp.ClientSession, built: Path, path: str):
    async with site.get(path) as first:
        assert first.headers["Cache-Control"] == "no-cache"
        tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        async with site.get(path, headers={"If-None-Match": known}) as again:
            assert again.status == 304
            assert await again.read() == b""
    async with site.get(path, headers={"If-None-Match": '"other"'}) as changed:
        assert changed.status == 200


async def test_an_asset_is_good_for_ever(site: aiohttp.ClientSession, built: Path):
    async with site.get("/graphiql/assets/index-1a2b.js") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/start/missing.js",
        "/start/index.html",
        "/start/../graphiql/vite.config.js",
        "/start/..%2Fgraphiql%2Fvite.config.js",
        "/start/%2e%2e/graphiql/vite.config.js",
        "/start/..%5Cgraphiql%5Cvite.config.js",
        "/graphiql/assets/notes.txt",
        "/graphiql/assets/..%2F..%2F..%2Fstart%2Fstart.js",
        "/graphiql/index.html",
        "/graphiql/assets/",
    ],
)
async def test_nothing_else_is_to_be_had(site: aiohttp.ClientSession, origin: str, built: Path, path: str):
    async with site.get(URL(f"{origin}{path}", encoded=True)) as answer:
        assert answer.status == 404


async def test_graphiql_that_is_not_built_says_how_and_looks_again(
    site: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pages, "GRAPHIQL", tmp_path / "dist")
    async with site.get("/graphiql") as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        text = await answer.text()
    assert "make graphiql" in text
    assert '<meta http-equiv="refresh" content="5">' in text


def test_the_lock_file_names_no_host():
    lock = (Path(pages.GRAPHIQL).parent / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 100
