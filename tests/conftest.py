"""The simulated university, once for the test session, and a fresh gateway over it for each test that wants one."""

from collections.abc import AsyncIterator

import pytest

from tests.simulated_campus import SimulatedCampus, University, campus_over, simulated_university


@pytest.fixture(scope="session")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    async with simulated_university(tmp_path_factory.mktemp("university")) as university:
        yield university


@pytest.fixture
async def campus(university: University) -> AsyncIterator[SimulatedCampus]:
    """Every system well, every index filled, nobody's accounts known, no call counted yet."""
    await university.well()
    async with campus_over(university) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()
