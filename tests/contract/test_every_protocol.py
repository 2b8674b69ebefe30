"""Every protocol reads what its system holds, to the end and in order, and every fault ends in its stated code.

One suite over the table in `protocols`: a wire module that is not in it fails the house rules.
"""

import asyncio
import inspect
import logging
import time
import traceback
from collections import Counter

import pytest

from connectors.wire import Operation, UpstreamError
from tests.machine import soon_enough

from .protocols import BY_PROTOCOL, ENDPOINTS, Lacks
from .protocols.met import SECRET

FAULTS = {
    "down": ("UPSTREAM_UNAVAILABLE", None),
    "hang": ("UPSTREAM_TIMEOUT", None),
    "cut": ("UPSTREAM_BAD_RESPONSE", None),
    "garbage": ("UPSTREAM_BAD_RESPONSE", None),
    "wrong-schema": ("UPSTREAM_BAD_RESPONSE", None),
    "closed": ("UPSTREAM_MAINTENANCE", 120),
    "401": ("UPSTREAM_UNAVAILABLE", None),
    "404": ("UPSTREAM_BAD_RESPONSE", None),
    "429": ("UPSTREAM_RATE_LIMITED", 2),
    "500": ("UPSTREAM_UNAVAILABLE", None),
}
"""What the socket does -> the code, and the seconds after which to ask again."""

PAGED = {place: each for place, each in ENDPOINTS.items() if not isinstance(each[2].page, Lacks)}
HELD = {place: each for place, each in ENDPOINTS.items() if not isinstance(each[2].held, Lacks)}
KEYED = {place: each for place, each in ENDPOINTS.items() if not isinstance(each[2].absent, Lacks)}
WORDS = {
    f"{place}.{vocabulary.__name__}": (*each, vocabulary)
    for place, each in ENDPOINTS.items()
    for vocabulary, word in each[2].words.items()
    if not isinstance(word, Lacks)
}
REPEATING = [name for name, case in BY_PROTOCOL.items() if case.repeats is True]
ONCE = [name for name, case in BY_PROTOCOL.items() if case.repeats is not True]


@pytest.mark.parametrize("mode", ["none", "slow"])
@pytest.mark.parametrize("place", ENDPOINTS)
async def test_a_system_that_is_well_or_slow_has_answered(meet, place, mode):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    await system.asked(name)
    await system.fault(mode)
    async with system.reach(timeout=10) as reach:
        assert list(endpoint.told(await system.ask(reach, name))), "an answer, and not an empty one"
        assert reach.upstream.state == "UP"


@pytest.mark.parametrize("place", HELD)
async def test_an_answer_is_what_the_system_holds_whole_and_in_order(meet, place):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    held = await system.held(name)
    async with system.reach(timeout=10) as reach:
        assert list(endpoint.told(await system.ask(reach, name))) == list(endpoint.held(held))


@pytest.mark.parametrize("place", PAGED)
async def test_pages_are_read_to_the_end(meet, place, monkeypatch):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    rows = list(endpoint.held(await system.held(name)))
    assert len(rows) > endpoint.page.rows, "there is more than a page"
    monkeypatch.setattr(endpoint.page.size, endpoint.page.rows)
    async with system.reach(timeout=10) as reach:
        assert list(endpoint.told(await system.ask(reach, name))) == rows
    (_, most) = Counter(call["path"] for call in await system.calls()).most_common(1)[0]
    assert most > 1, "one call could not have told them"


@pytest.mark.parametrize("place", KEYED)
async def test_a_key_that_nobody_has_is_answered_as_the_protocol_says(meet, place):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    key = endpoint.absent.instead(*await system.asked(name))
    meaning = endpoint.absent.answer
    async with system.reach(timeout=10) as reach:
        if inspect.isclass(meaning) and issubclass(meaning, UpstreamError):
            with pytest.raises(meaning) as failed:
                await getattr(reach.ask(), name)(*key)
            assert failed.value.code == meaning.code
        else:
            assert await getattr(reach.ask(), name)(*key) == meaning


@pytest.mark.parametrize("place", WORDS)
async def test_a_word_that_nobody_knows_is_told_as_such_and_kept(meet, place):
    protocol, name, endpoint, vocabulary = WORDS[place]
    system = await meet(protocol)
    await system.asked(name)
    word = endpoint.words[vocabulary]
    system.plant = word.plant
    async with system.reach(timeout=10) as reach:
        read = list(word.read(await system.ask(reach, name)))
    assert {value for value, _ in read} == {vocabulary.OTHER}
    if not isinstance(word.label, Lacks):
        assert {label for _, label in read} == {word.label}


@pytest.mark.parametrize("mode", FAULTS)
@pytest.mark.parametrize("place", ENDPOINTS)
async def test_a_fault_is_told_by_its_code_and_nothing_secret_with_it(meet, place, mode, caplog):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    await system.asked(name)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    async with system.reach(timeout=0.1 if mode == "hang" else 10) as reach:
        await system.fault(mode)
        if mode == "404" and not isinstance(endpoint.absent, Lacks) and endpoint.absent.by_404:
            assert await system.ask(reach, name) == endpoint.absent.answer
            return
        begun = time.monotonic()
        with pytest.raises(UpstreamError) as failed:
            await system.ask(reach, name)
        assert soon_enough(time.monotonic() - begun, 2)
    code, retry_after = FAULTS[mode]
    assert (failed.value.code, failed.value.system) == (code, "system-1")
    if system.case.remembers:
        assert 0 < failed.value.retry_after <= system.case.remembers
    else:
        assert failed.value.retry_after == (pytest.approx(retry_after, abs=1) if retry_after else None)
    ours = [record for record in caplog.records if not record.name.startswith(("aiohttp.access", "aiohttp.server"))]
    told = "".join(traceback.format_exception(failed.value)) + "".join(map(caplog.handler.format, ours))
    assert [secret for secret in {SECRET} | system.credentials | system.accounts if secret in told] == []


@pytest.mark.parametrize("protocol", REPEATING)
async def test_a_lost_connection_is_tried_once_more_and_both_calls_count(meet, protocol):
    system = await meet(protocol)
    ask, *_ = await system.questions()
    await system.fault("down")
    operation = Operation("contract-lost")
    async with system.reach() as reach:
        with pytest.raises(UpstreamError):
            await ask(reach.ask(operation))
    assert operation.calls == {"system-1": 2}
    assert [call["correlation_id"] for call in await system.calls()] == ["contract-lost"] * 2


@pytest.mark.parametrize("protocol", REPEATING)
async def test_one_call_in_ten_may_be_tried_again_and_no_more(meet, protocol):
    """What a system in trouble meets from twenty operations: one retry to begin with, then one earned by ten calls."""
    system = await meet(protocol)
    ask, *_ = await system.questions()
    await system.fault("down")
    async with system.reach(timeout=30) as reach:
        for _ in range(20):
            with pytest.raises(UpstreamError):
                await ask(reach.ask())
    assert len(await system.calls()) == 20 + 1 + 1


@pytest.mark.parametrize("protocol", ONCE)
async def test_where_calls_are_not_repeated_nothing_is_asked_twice(meet, protocol):
    system = await meet(protocol)
    questions = await system.questions()
    await system.fault("down")
    async with system.reach(timeout=30) as reach:
        for ask in questions * 2:
            with pytest.raises(UpstreamError):
                await ask(reach.ask())
    assert set(Counter(call["path"] for call in await system.calls()).values()) == {1}


@pytest.mark.parametrize("protocol", BY_PROTOCOL)
async def test_a_system_that_comes_back_within_the_call_has_answered(meet, protocol):
    system = await meet(protocol)
    ask, *_ = await system.questions()
    await system.fault("hang")
    async with system.reach(timeout=10) as reach:
        asking = asyncio.ensure_future(ask(reach.ask()))
        while not await system.calls():  # a real round trip each time
            pass
        await system.fault("none")
        assert await asking


@pytest.mark.parametrize("protocol", BY_PROTOCOL)
async def test_what_one_operation_spent_on_a_system_is_spent(meet, protocol):
    """Look-ups and retries count: the second question of an operation has what the first one left."""
    system = await meet(protocol)
    questions = await system.questions()
    operation = Operation("contract-purse")
    async with system.reach(timeout=0.3) as reach:
        await system.fault("hang")
        for ask in questions:
            with pytest.raises(UpstreamError) as failed:
                await ask(reach.ask(operation))
            assert failed.value.code == "UPSTREAM_TIMEOUT"
        assert len(await system.calls()) == 1, "the others were not even asked"
    await system.fault("none")
    async with system.reach() as reach:
        assert await questions[0](reach.ask()), "another operation has a purse of its own"
