"""Each widget is one query: what it answers to whom, and what it may cost."""

import pytest

from tests.simulated_campus import SimulatedCampus

PEOPLE = "GET /persons?primaryCode={number}&pageSize=250&pageNumber=1"


async def test_the_dashboard_asks_each_thing_once(campus: SimulatedCampus) -> None:
    answer = await campus.widget("dashboard", as_="alex")
    assert answer.errors == []
    assert await campus.counts() == {
        "sis-cwb": 4, "library-cwb": 3, "onestop-gz": 2, "tickets-cwb": 1, "shuttle-gz": 1,
    }  # fmt: skip
