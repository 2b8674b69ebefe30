"""What never was a global id is a mistake of the client: told so, in the same words, before any system is asked."""

import base64
import json

import pytest

from tests.simulated_campus import SimulatedCampus


def parts_in(id_: str) -> list[str]:
    """What a global id is made of; the gateway's own business, written down here once more to be held to it."""
    parts: list[str] = json.loads(base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)))
    return parts


def word_of(parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


NO_IDS = {
    "nothing": "",
    "words": "alex's first loan",
    "another script": "借書",
    "base64 of no JSON": "YWxleA",
    "an object": word_of({"type": "Loan"}),
    "no system": word_of(["Loan"]),
    "too short": word_of(["Loan", "library-cwb", "ustl0000001"]),
    "too long": word_of(["Loan", "library-cwb", "ustl0000001", "1", "2"]),
    "a number in it": word_of(["Loan", "library-cwb", "ustl0000001", 1]),
    "nested": word_of(["Loan", "library-cwb", ["ustl0000001"], "1"]),
    "a type that has no ids": word_of(["Profile", "sis-cwb", "20000000"]),
    "a type that does not exist": word_of(["Loans", "library-cwb", "ustl0000001", "1"]),
    "a system that does not exist": word_of(["Loan", "library-nowhere", "ustl0000001", "1"]),
    "a system of another kind": word_of(["Loan", "sis-cwb", "20000000", "1"]),
    "a system of the same kind that speaks otherwise": word_of(["Ticket", "onestop-gz", "OS00000001", "1"]),
    "a book of no library": word_of(["Edition", "sis-cwb", "9789620000000"]),
    "a class without a number": word_of(["Section", "sis-cwb", "2610", "L1"]),
    "padded": word_of(["Term", "sis-cwb", "2610"]) + "=",
    "followed by a new line": word_of(["Term", "sis-cwb", "2610"]) + "\n",
    "very long": "A" * 20_000,
    "deep": base64.urlsafe_b64encode(b"[" * 5_000 + b"]" * 5_000).rstrip(b"=").decode(),
}


@pytest.mark.parametrize("case", NO_IDS)
@pytest.mark.parametrize("who", [None, "alex"])
async def test_what_never_was_an_id_is_a_mistake_of_the_client(
    open_campus: SimulatedCampus, case: str, who: str | None
) -> None:
    await open_campus.forget_calls()
    answer = await open_campus.widget("anything", {"id": NO_IDS[case]}, as_=who)
    assert answer.data == {"node": None}
    assert answer.faults() == {("node", "BAD_USER_INPUT", None)}
    assert [each["message"] for each in answer.errors] == ["This is no id of the graph."]
    assert await open_campus.counts() == {}
