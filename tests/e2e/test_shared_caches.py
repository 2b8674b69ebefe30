"""What is everybody's need be asked once by all processes; what is a person's never lies in Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.reads import Audience, lasting
from resolvers.context import LOADERS
from tests.e2e.caching import freshness
from tests.redis_server import PASSWORD, RedisServer, redis_server
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

PUBLIC = """
query ($day: Date!) {
  catalogue(search: "robotics", first: 50) { nodes { id title } }
  shuttles(first: 5) { nodes { scheduledAt expectedAt alerts { __typename } } }
  facilities { nodes { id availability(day: $day) { from state } } }
}
"""
DAY = {"day": "2026-10-29"}


@asynccontextmanager
async def two(university: University, redis: RedisServer) -> AsyncIterator[tuple[SimulatedCampus, SimulatedCampus]]:
    own = {
        "caches": {"on": True, "shared": True, "scale": 10.0},
        "redis": {"url": redis.url, "credential": {"env": "REDIS_PASSWORD"}, "prefix": "hkust"},
    }
    settings = university.settings(own, REDIS_PASSWORD=PASSWORD)
    async with campus_over(university, settings) as here, campus_over(university, settings) as there:
        for campus in (here, there):
            await campus.indexes_filled()
        yield here, there


def catalogue(answer: Answer) -> object:
    assert (answer.errors, freshness(answer)) == ([], [])
    return {name: answer.data[name] for name in ("catalogue", "facilities")}


async def test_what_one_process_was_told_another_tells_without_asking(university: University) -> None:
    await university.well()
    async with redis_server() as redis, two(university, redis) as (here, there):
        told = catalogue(await here.ask(PUBLIC, DAY, as_="jordan"))
        assert await here.counts()
        await here.forget_calls()
        assert catalogue(await there.ask(PUBLIC, DAY, as_="jordan")) == told
        assert await there.counts() == {}


async def test_nothing_that_is_a_persons_lies_in_redis(university: University) -> None:
    await university.well()
    public = {each.name for loaders in LOADERS for each, _ in lasting(loaders) if each.audience is Audience.PUBLIC}
    async with redis_server() as redis, two(university, redis) as (here, _), redis.client() as client:
        for who in ("alex", "jordan"):
            assert (await here.widget("dashboard", as_=who)).errors == []
        await here.ask(PUBLIC, DAY, as_="jordan")
        names = [name.decode().split(":") for name in await client.keys("*:kept:*")]
        assert {name for _, _, name, *_ in names} <= public
        asked = {
            "CatalogueLoaders.entries_by_words",
            "FacilityLoaders.taken_by_day",
            "ShuttleLoaders.alerts_by_system",
            "ShuttleLoaders.trip_updates_by_system",
        }
        assert asked <= {name[2] for name in names}


async def test_while_redis_is_away_each_process_asks_for_itself(university: University) -> None:
    await university.well()
    async with redis_server() as redis, two(university, redis) as (here, there):
        await redis.stop()
        for campus in (here, there):
            await campus.forget_calls()
            catalogue(await campus.ask(PUBLIC, DAY, as_="jordan"))
            assert await campus.counts()
