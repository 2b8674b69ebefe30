"""A resume token says what was told, by system, and holds no more than it must."""

import pytest

from campus.ids import opaque
from connectors.reads import STATE_LENGTH, state_of
from resolvers.refusals import BadUserInput
from resolvers.resume import STATES_TOLD, resume_token, told_before


def test_what_was_told_is_read_from_its_token() -> None:
    told = {"tickets-cwb": [state_of(number) for number in range(40)], "tickets-gz": [], "sis": [state_of("x")]}
    assert told_before(resume_token(told)) == told
    assert resume_token(told) == resume_token(dict(reversed(told.items())))
    assert told_before(None) == {}


def test_a_word_for_a_state_is_as_long_as_all_are_and_another_for_another_state() -> None:
    words = {state_of("ticket", number, None) for number in range(1000)}
    assert len(words) == 1000
    assert {len(word) for word in words} == {STATE_LENGTH}
    assert state_of("ticket", 1) == state_of("ticket", 1)


def test_a_token_does_not_grow_without_end_and_keeps_the_latest() -> None:
    states = [state_of(number) for number in range(2 * STATES_TOLD)]
    assert told_before(resume_token({"desk": states})) == {"desk": states[:STATES_TOLD]}


@pytest.mark.parametrize("token", ["", "nonsense", "é", opaque(["desk"]), opaque(["desk", 7]), opaque([1, "x"])])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadUserInput):
        told_before(token)
