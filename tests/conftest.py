"""The simulated university, once for the test session, and a fresh gateway over it for each test that wants one."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.simulated_campus import SimulatedCampus, University, campus_over, simulated_university


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Modules and tests stand until the end: to look through them for garbage was a third of what testing cost."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(50_000)  # a gateway that starts makes more than that, and leaves little behind


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
