"""`shuttlePositions`: where buses are, asked of the operator once for all who follow them, and of nobody otherwise."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulated_campus import SimulatedCampus, University, campus_over

from .test_sockets import Socket

EVERY = 0.5
"""Seconds between two questions."""

FOLLOWED = """
subscription ($route: String) {
  shuttlePositions(route: $route) {
    nodes { vehicle route { code } latitude longitude nextStop { name } reportedAt }
    unavailable { system code }
  }
}
"""
SHOWN = FOLLOWED.replace("subscription", "query")


@pytest.fixture
async def campus(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    told = university.settings()
    # More often than settings allow.
    often = tuple(system.model_copy(update={"live_refresh": EVERY}) for system in told.systems)
    async with campus_over(university, told.model_copy(update={"systems": often})) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()


async def polls(campus: SimulatedCampus) -> int:
    calls = await campus.systems["shuttle-gz"].calls()
    return len([call for call in calls if call["correlation_id"].startswith("live-")])


def told(message: dict[str, Any]) -> Any:
    assert message["type"] == "next", message
    return message["payload"]["data"]["shuttlePositions"]


async def test_buses_are_followed_by_all_at_the_cost_of_one(campus: SimulatedCampus) -> None:
    shown = (await campus.ask(SHOWN)).at("shuttlePositions")
    line = shown["nodes"][0]["route"]["code"]
    assert len({bus["route"]["code"] for bus in shown["nodes"]}) > 1
    assert await polls(campus) == 0
    async with campus.client.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as opened:
        socket = Socket(opened)
        await socket.begin()
        started = time.monotonic()
        for number in range(20):
            await socket.subscribe(str(number), FOLLOWED, variables={"route": line if number % 2 else None})
        for _ in range(20):
            message = await socket.heard()
            lines = {line} if int(message["id"]) % 2 else {bus["route"]["code"] for bus in shown["nodes"]}
            assert {bus["route"]["code"] for bus in told(message)["nodes"]} == lines
            assert told(message)["unavailable"] == []
        await campus.systems["shuttle-gz"].fault("down")
        for _ in range(20):
            payload = (await socket.heard())["payload"]
            assert payload["data"] == {"shuttlePositions": None}
            (error,) = payload["errors"]
            assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
            assert error["extensions"]["system"] == "shuttle-gz"
        await campus.systems["shuttle-gz"].fault("none")
        for _ in range(20):
            assert told(await socket.heard())["nodes"]
        assert 2 <= await polls(campus) <= 2 + (time.monotonic() - started) / EVERY
        for number in range(20):
            await socket.say("complete", id=str(number))
        await socket.say("ping")
        while (await socket.heard())["type"] != "pong":
            pass
    await campus.forget_calls()
    await asyncio.sleep(3 * EVERY)
    assert await polls(campus) == 0
