"""The simulated system of each protocol, and each database of the portal, started when a test first asks for it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from connectors.portal import Database, Store, open_store
from tests.postgres import Cluster, cluster

from .protocols import BY_PROTOCOL
from .protocols.met import Met, met


@pytest.fixture(scope="module")
async def meet() -> AsyncIterator[Callable[[str], Awaitable[Met]]]:
    """By protocol; well, and with nothing said to it yet."""
    async with AsyncExitStack() as stack:
        systems: dict[str, Met] = {}

        async def meet(protocol: str) -> Met:
            if protocol not in systems:
                systems[protocol] = await stack.enter_async_context(met(BY_PROTOCOL[protocol]))
            await systems[protocol].well()
            return systems[protocol]

        yield meet


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database, nothing migrated."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path}/new/portal.sqlite")
    return await request.getfixturevalue("postgres").database(f"{tmp_path.name}-{id(tmp_path)}")


@pytest.fixture
async def store(place: Database) -> AsyncIterator[Store]:
    async with open_store(place) as store:
        yield store
