"""Within one operation nothing is asked twice, whatever came of the first time."""

import pytest

from tests.simulated_campus import SimulatedCampus


@pytest.mark.parametrize("mode", ["none", "401", "404", "429", "500", "closed", "garbage", "wrong-schema", "cut"])
async def test_a_system_that_fails_is_not_asked_the_same_again(campus: SimulatedCampus, mode: str) -> None:
    await campus.widget("dashboard", as_="jordan")  # accounts are known from here on
    await campus.systems["sis-cwb"].fault(mode)
    await campus.systems["library-cwb"].fault(mode)
    for _ in ("accounts known", "once more"):
        await campus.forget_calls()
        answer = await campus.widget("dashboard", as_="jordan")
        assert bool(answer.errors) == (mode != "none")
        calls = await campus.calls()
        assert {"sis-cwb", "library-cwb"} <= calls.keys()
        assert {system: sorted(set(asked)) for system, asked in calls.items()} == {
            system: sorted(asked) for system, asked in calls.items()
        }
