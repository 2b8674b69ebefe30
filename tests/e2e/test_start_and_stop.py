"""A gateway with its sandbox as processes: how it ends, what it leaves, what it finds again, and how long it takes."""

import asyncio
import json
import os
import signal
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.machine import patience, queued

from .command_line import PATIENCE, Serving, checkout_at, children_of, runs, said, serving, until

SMALL = ("--sandbox", "--students", "20")

BUILT_IN = 40.0
"""Seconds in which a university of 2,000 students is built and served."""
FOUND_IN = 8.0
"""Seconds in which a gateway stands again on data that are there."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return checkout_at(tmp_path / "checkout")


async def test_a_signal_ends_gateway_and_sandbox_and_leaves_nothing_running(checkout: Path) -> None:
    async with serving(checkout, *SMALL) as gateway:
        (sandbox,) = children_of(gateway.process.pid)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{gateway.url}/graphql", protocols=("graphql-transport-ws",)) as socket,
        ):
            await socket.send_json({"type": "connection_init"})
            assert await socket.receive_json(timeout=PATIENCE) == {"type": "connection_ack"}
            stopping = asyncio.create_task(gateway.stop())
            await socket.receive(timeout=PATIENCE)
            assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
            assert await stopping == 0
        assert not runs(sandbox)
        assert "Traceback" not in "\n".join(gateway.err)
        gone = said(checkout, "token", "--as", "alex")
        assert gone.status == 1
        assert gone.sentence.startswith(f"gateway: the gateway at {gateway.url} does not answer")


async def test_a_gateway_whose_sandbox_dies_ends_with_a_sentence(checkout: Path) -> None:
    async with serving(checkout, *SMALL) as gateway:
        (sandbox,) = children_of(gateway.process.pid)
        os.kill(sandbox, signal.SIGKILL)
        assert await gateway.ended() == 1
        assert gateway.err[-1] == "gateway: the simulated university ended by itself"
        assert "Traceback" not in "\n".join(gateway.err)


async def test_a_gateway_that_is_killed_takes_its_sandbox_along(checkout: Path) -> None:
    async with serving(checkout, *SMALL) as gateway:
        (sandbox,) = children_of(gateway.process.pid)
        gateway.process.kill()
        # The sandbox holds the other end of standard error until it has gone too.
        assert await gateway.ended() == -signal.SIGKILL
        await until(lambda: not runs(sandbox))  # a process lets go of its files a moment before it has ended


LOANS = "{ me { loans { nodes { id dueAt renewable } } } }"


async def loans(checkout: Path, gateway: Serving) -> dict[str, dict[str, Any]]:
    token = (await asyncio.to_thread(said, checkout, "token", "--as", "quinn")).out.strip()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.request("POST", f"{gateway.url}/graphql", json={"query": LOANS}, headers=headers) as answer:
        told = await answer.json(content_type=None)
    return {loan["id"]: loan for loan in told["data"]["me"]["loans"]["nodes"]}


def state(checkout: Path) -> Any:
    """What the sandbox keeps of itself."""
    return json.loads(next(checkout.glob(".campus-gateway/*/sandbox.json")).read_text())


def days(lent: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: loan["dueAt"][:10] for name, loan in lent.items()}


async def renew(checkout: Path, loan: dict[str, Any]) -> None:
    """As the library's own counter would, at the simulated library itself."""
    _, _, reader, number = json.loads(urlsafe_b64decode(loan["id"] + "=" * (-len(loan["id"]) % 4)))
    kept = state(checkout)
    library = f"http://127.0.0.1:{kept['ports']['library-cwb']}"
    url = f"{library}/almaws/v1/users/{reader}/loans/{number}?op=renew"
    headers = {"Authorization": f"apikey {kept['secrets']['library-cwb']}", "Accept": "application/json"}
    async with aiohttp.request("POST", url, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def test_what_was_done_stays_done_over_a_restart_and_a_reset_forgets_it(checkout: Path) -> None:
    async with serving(checkout, *SMALL) as gateway:
        first = await loans(checkout, gateway)
        loan = next(loan for loan in first.values() if loan["renewable"] == "YES")
        await renew(checkout, loan)
    async with serving(checkout, *SMALL) as gateway:
        kept = await loans(checkout, gateway)
    async with serving(checkout, *SMALL, "--reset") as gateway:
        anew = await loans(checkout, gateway)
    assert kept[loan["id"]]["dueAt"] > loan["dueAt"]
    assert kept | {loan["id"]: None} == first | {loan["id"]: None}
    assert days(anew) == days(first) != days(kept)


def seconds_until_ready(gateway: Serving, started: float) -> float:
    """As it would take with nobody else on the machine."""
    processes = (gateway.process.pid, *children_of(gateway.process.pid))
    return time.monotonic() - started - sum(map(queued, processes))


async def test_two_thousand_students_are_built_and_found_again_in_time(checkout: Path) -> None:
    started = time.monotonic()
    async with serving(checkout, "--sandbox", typed=True) as gateway:
        assert seconds_until_ready(gateway, started) < patience(BUILT_IN)
    started = time.monotonic()
    async with serving(checkout, "--sandbox", typed=True) as gateway:
        assert seconds_until_ready(gateway, started) < patience(FOUND_IN)
        assert [line for line in gateway.err if "filled" in line] == []
