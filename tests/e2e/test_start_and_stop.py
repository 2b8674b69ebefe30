"""A gateway with its sandbox as processes: how it ends, what it leaves, what it finds again, and how long it takes."""

import os
import signal
import time
from pathlib import Path

import pytest

from .command_line import checkout_at, children_of, runs, said, serving

SMALL = ("--sandbox", "--students", "20")

BUILT_IN = 20.0
"""Seconds in which a university of 2,000 students is built and served."""
FOUND_IN = 3.0
"""Seconds in which a gateway stands again on data that are there."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return checkout_at(tmp_path / "checkout")


async def test_a_signal_ends_gateway_and_sandbox_and_leaves_nothing_running(checkout: Path) -> None:
    async with serving(checkout, *SMALL) as gateway:
        (sandbox,) = children_of(gateway.process.pid)
        assert await gateway.stop() == 0
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
        assert not runs(sandbox)


async def test_two_thousand_students_are_built_and_found_again_in_time(checkout: Path) -> None:
    started = time.monotonic()
    async with serving(checkout, "--sandbox"):
        assert time.monotonic() - started < BUILT_IN
    seconds = []
    for _ in range(2):
        started = time.monotonic()
        async with serving(checkout, "--sandbox") as gateway:
            seconds.append(time.monotonic() - started)
            assert [line for line in gateway.err if "filled" in line] == []
    assert min(seconds) < FOUND_IN
