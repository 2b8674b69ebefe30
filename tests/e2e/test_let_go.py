"""What an operation has read is gone from memory with its answer, and need not be looked for."""

import gc

from resolvers.context import RequestContext
from tests.simulated_campus import SimulatedCampus

OWN = "{ me { loans { nodes { title } } tickets(first: 5) { nodes { subject } } enrolments { nodes { state } } } }"


def contexts() -> list[object]:
    return [each for each in gc.get_objects() if isinstance(each, RequestContext)]


async def test_what_was_read_for_somebody_is_let_go_of_with_the_answer(open_campus: SimulatedCampus) -> None:
    await open_campus.ask(OWN, as_="alex")
    gc.collect()
    before = contexts()
    gc.disable()
    try:
        answer = await open_campus.ask(OWN, as_="alex")
        left = [each for each in contexts() if not any(each is one for one in before)]
    finally:
        gc.enable()
    assert answer.at("me.loans.nodes")
    assert left == []
