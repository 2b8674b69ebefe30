"""Several processes that answer: how they are replaced and ended, and what becomes of what is under way meanwhile."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from .command_line import Serving, checkout_at, children_of, runs, said, serving, until
from .test_metrics import samples
from .test_serve_settings import CAMPUS

BUSES = """
[[systems]]
id = "shuttle-gz"
kind = "gz_campus"
campus = "CWB"
protocol = "gtfs"
url = "http://127.0.0.1:{port}"
"""
GREETING = '[documents]\ntrusted = ["documents.json"]\n'
STOPS = "{ shuttleStops { nodes { code } } }"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return checkout_at(tmp_path / "checkout")


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a system that takes questions and answers none."""

    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield listening.getsockname()[1]


async def asked(url: str, **body: Any) -> Any:
    """On a connection of its own, so that any worker may have it."""
    async with aiohttp.request("POST", f"{url}/graphql", json=body) as answer:
        return await answer.json(content_type=None)


async def asked_and_taken(url: str, query: str) -> asyncio.Task[Any]:
    """Asks, until some worker has taken the question: it wants the body then, which is not sent before."""
    taken = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        taken.set()
        yield json.dumps({"query": query}).encode()

    async def answered() -> Any:
        headers = {"Content-Type": "application/json"}
        async with aiohttp.request("POST", f"{url}/graphql", data=body(), headers=headers, expect100=True) as answer:
            return await answer.json(content_type=None)

    waiting = asyncio.create_task(answered())
    await taken.wait()
    return waiting


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


def living(gateway: Serving) -> list[int]:
    """Its workers, without those that have ended and wait to be noticed."""
    return [each for each in children_of(gateway.process.pid) if runs(each)]


def sandbox_among(pids: list[int]) -> int:
    (sandbox,) = [pid for pid in pids if b"sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    return sandbox


async def test_workers_are_replaced_by_a_signal_and_what_is_under_way_is_answered(checkout: Path, silent: int) -> None:
    settings, documents = checkout / "campus.toml", checkout / "documents.json"
    settings.write_text(GREETING + CAMPUS + BUSES.format(port=silent))
    documents.write_text('{"greeting": "{ systems { id } }"}')
    async with serving(checkout, "--config", "campus.toml", "--workers", "2") as gateway:
        first = children_of(gateway.process.pid)
        assert len(first) == 2
        known = {"data": {"systems": [{"id": "shuttle-gz"}]}}
        assert [await asked(gateway.url, documentId="greeting") for _ in range(10)] == 10 * [known]

        for _ in range(4):  # whichever worker is asked
            async with aiohttp.request("GET", f"{gateway.url}/metrics") as answer:
                counted = samples(await answer.text())
            assert counted["gateway_operation_seconds_count", "greeting", "ok", "query"] == 10

        waiting = await asked_and_taken(gateway.url, STOPS)  # two seconds, as long as the buses have
        documents.write_text('{"campuses": "{ systems { id campus } }"}')
        gateway.process.send_signal(signal.SIGHUP)

        def replaced() -> bool:
            return not any(map(runs, first)) and len(living(gateway)) == 2

        assert codes(await waiting) == ["UPSTREAM_UNAVAILABLE"]
        await until(replaced)
        told = {"data": {"systems": [{"id": "shuttle-gz", "campus": "CWB"}]}}
        assert [await asked(gateway.url, documentId="campuses") for _ in range(10)] == 10 * [told]

        second = living(gateway)
        settings.write_text("colour = 1\n" + CAMPUS)
        gateway.process.send_signal(signal.SIGHUP)

        def replaced_again() -> bool:
            return not any(map(runs, second)) and len(living(gateway)) == 2

        await until(replaced_again)
        assert await asked(gateway.url, documentId="campuses") == told
        assert any("the settings stay as they were: campus.toml: unknown key 'colour'" in line for line in gateway.err)

        (killed, _) = living(gateway)
        os.kill(killed, signal.SIGKILL)

        def whole() -> bool:
            return not runs(killed) and len(living(gateway)) == 2

        await until(whole)
        last = living(gateway)
        waiting = await asked_and_taken(gateway.url, STOPS)
        assert await gateway.stop() == 0
        assert codes(await waiting) == ["UPSTREAM_UNAVAILABLE"]
        assert not any(map(runs, last))
        assert "Traceback" not in "\n".join(gateway.err)


async def test_workers_share_one_sandbox_and_end_with_it(checkout: Path) -> None:
    async with serving(checkout, "--sandbox", "--students", "20", "--workers", "2") as gateway:
        token = (await asyncio.to_thread(said, checkout, "token", "--as", "alex")).out.strip()
        for _ in range(4):
            headers = {"Authorization": f"Bearer {token}"}
            body = {"query": "{ me { loans { nodes { id } } } }"}
            async with aiohttp.request("POST", f"{gateway.url}/graphql", json=body, headers=headers) as answer:
                assert "errors" not in await answer.json(content_type=None)
        children = children_of(gateway.process.pid)
        sandbox = sandbox_among(children)
        os.kill(sandbox, signal.SIGKILL)
        assert await gateway.ended() == 1
        assert gateway.err[-1] == "gateway: the simulated university ended by itself"
        assert not any(map(runs, children))


async def test_a_start_that_fails_is_told_once_and_in_words(checkout: Path) -> None:
    (checkout / "documents.json").write_text('{"greeting": "{ hello }"}')
    (checkout / "campus.toml").write_text(GREETING + CAMPUS)
    failed = await asyncio.to_thread(said, checkout, "serve", "--config", "campus.toml", "--workers", "2")
    told = "gateway: documents: greeting: Cannot query field 'hello' on type 'Query'. (line 1)"
    assert (failed.status, failed.err.splitlines()) == (1, [told])
    failed = await asyncio.to_thread(said, checkout, "serve", "--config", "campus.toml", "--workers", "0")
    assert failed.status == 2
    assert failed.err.endswith("argument --workers: '0' is no number of processes\n")
