"""A gateway that a whole file of tests asks, where it does not matter who asked it before, or is forgotten."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

import gateway
from connectors.reads import Caches
from tests.e2e.caching import Clock
from tests.simulated_campus import SimulatedCampus, University, campus_over


@pytest.fixture(scope="module")
async def open_campus(university: University) -> AsyncIterator[SimulatedCampus]:
    """Every index filled; whoever asked before is known. Tests that break a system take `campus`, a fresh one."""
    await university.well()
    async with campus_over(university) as campus:
        await campus.indexes_filled()
        yield campus


@pytest.fixture
async def cold_campus(open_campus: SimulatedCampus) -> SimulatedCampus:
    """The same gateway, to which everybody is a stranger, and no call counted yet: for tests that break no system."""
    open_campus.forget_people()
    await open_campus.forget_calls()
    return open_campus


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which the caches of gateways that are opened after it tell the age of things."""
    clock = Clock()
    monkeypatch.setattr(gateway, "Caches", partial(Caches, clock=clock))
    return clock


@pytest.fixture
async def keeping(university: University, clock: Clock) -> AsyncIterator[SimulatedCampus]:
    """A gateway with caches, which has read nothing yet but the indexes."""
    await university.well()
    async with campus_over(university, university.settings({"caches": {"on": True}})) as campus:
        await campus.indexes_filled()
        clock.now += 100_000  # whatever that has read is forgotten
        yield campus
    await university.well()
