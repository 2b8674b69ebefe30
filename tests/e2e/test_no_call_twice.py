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


async def test_a_thing_by_its_id_is_taken_from_the_list_that_was_read_of_its_owner(campus: SimulatedCampus) -> None:
    """Its library tells no more of one loan than of all."""
    found = await campus.ask("{ me { loans { nodes { id } } } }", as_="alex")
    id_ = found.at("me.loans.nodes.0.id")
    await campus.forget_calls()
    query = "query ($id: ID!) { me { loans { nodes { id } } } node(id: $id) { ... on Loan { id title } } }"
    answer = await campus.ask(query, {"id": id_}, as_="alex")
    assert answer.errors == []
    assert answer.at("node.id") == id_
    assert await campus.counts() == {"library-cwb": 1}
