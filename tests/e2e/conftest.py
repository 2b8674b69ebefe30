"""A gateway that a whole file of tests asks, where it does not matter who asked it before."""

from collections.abc import AsyncIterator

import pytest

from tests.simulated_campus import SimulatedCampus, University, campus_over


@pytest.fixture(scope="module")
async def open_campus(university: University) -> AsyncIterator[SimulatedCampus]:
    """Every index filled; whoever asked before is known. Tests that break a system take `campus`, a fresh one."""
    await university.well()
    async with campus_over(university) as campus:
        await campus.indexes_filled()
        yield campus
