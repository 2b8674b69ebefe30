"""Nothing that is one persona's own appears in any answer to another, unless a row rule says so."""

import asyncio
import json
import logging
import random
from collections.abc import Mapping

import pytest

from pipeline.documents import widget_documents
from tests.e2e import plain_reads as plain
from tests.e2e.canaries import EVERYBODY, NUMBERED, World, appears, record_of, text_of, variables, whole_world
from tests.simulated_campus import Answer, SimulatedCampus

ADVISED = ("alex", "jordan", "taiman-a")
ADVISOR = ("me.profile.displayName", "me.contacts.nodes.0.email")
"""What students see of who advises them."""

ALIAS = "s.w.ho@connect.ust.example"
"""Wing's until she graduated, Sam's now; both records show it."""

Worlds = Mapping[str | None, World]
Own = Mapping[str, set[str]]


@pytest.fixture(scope="module")
async def worlds(open_campus: SimulatedCampus) -> Worlds:
    """What each persona sees, and (None) what everybody sees."""
    return {who: await whole_world(open_campus, who) for who in (None, *EVERYBODY)}


@pytest.fixture(scope="module")
def own(worlds: Worlds) -> Own:
    """Each persona's distinctive values."""
    public = worlds[None].text
    return {who: worlds[who].canaries(public) for who in EVERYBODY}


async def shared(campus: SimulatedCampus, worlds: Worlds, owner: str, reader: str) -> set[str]:
    """What a row rule, or the nature of things, lets the reader see of the owner."""
    if {owner, reader} == {"wing", "sam"}:
        return {ALIAS}
    if {owner, reader} == {"taiman-a", "taiman-b"}:
        return {"Tai Man Chan", "陳大文", f"{plain.TODAY.year - 20}-03-14"}
    if owner == "lee" and reader in ADVISED:
        return {worlds["lee"].answers["profile"].at(path) for path in ADVISOR}
    if reader == "lee" and owner in ADVISED:
        (row,) = [
            each
            for each in worlds["lee"].answers["advisees"].at("me.advisees.nodes")
            if each["number"] == (await plain.numbers(campus, owner))["sis-cwb"]
        ]
        return {row["number"], row["name"], row["email"]}
    if reader == "lee" and owner == "taiman-b":
        return {"Tai Man Chan"}  # the other one's name
    return set()


async def test_each_persona_has_enough_to_be_recognised_by(worlds: Worlds, own: Own) -> None:
    for who in EVERYBODY:
        assert worlds[who].answers["dashboard"].errors == []
        assert len(own[who]) >= 20, who


@pytest.mark.parametrize("reader", EVERYBODY)
async def test_no_widget_shows_a_persona_what_is_anothers(
    open_campus: SimulatedCampus, worlds: Worlds, own: Own, reader: str
) -> None:
    text = worlds[reader].text
    for owner in EVERYBODY:
        if owner != reader:
            seen = {value for value in own[owner] if appears(value, text)}
            assert seen == await shared(open_campus, worlds, owner, reader), (owner, reader)


@pytest.mark.parametrize("reader", EVERYBODY)
async def test_no_record_by_number_shows_what_a_row_rule_does_not_allow(
    open_campus: SimulatedCampus, own: Own, reader: str
) -> None:
    for owner in EVERYBODY:
        if owner == reader:
            continue
        for wish in await record_of(open_campus, owner):
            answer = await open_campus.widget("student-record", wish, as_=reader)
            allowed = (reader, wish["campus"]) == ("rita", "CWB") or (
                reader == "lee" and owner in ADVISED and wish["campus"] == "CWB"
            )
            if allowed:
                assert answer.errors == []
                continue
            assert answer.data == {"student": None}
            assert answer.faults() == {("student", "FORBIDDEN", None)}
            seen = {value for value in own[owner] if appears(value, text_of(answer.body))}
            assert seen == set(), (owner, reader)


async def test_an_id_of_anothers_thing_opens_nothing_and_asks_only_for_ones_own_accounts(
    open_campus: SimulatedCampus, worlds: Worlds
) -> None:
    for reader in ("sam", "taiman-b", "pat", "rita", "lee"):
        await open_campus.widget("dashboard", as_=reader)
        await open_campus.forget_calls()
        for owner in EVERYBODY:
            for id_ in worlds[owner].ids if owner != reader else ():
                answer = await open_campus.widget("anything", {"id": id_}, as_=reader)
                assert answer.data == {"node": None}
                assert answer.faults() == {("node", "FORBIDDEN", None)}
                assert not appears(id_, f"{text_of(answer.body)} {answer.headers}")
        # Which accounts are theirs is known by now, and nothing else had to be asked.
        assert await open_campus.counts() == {}, reader


SAME_NAME = ("taiman-a", "taiman-b")
SAME_ALIAS = ("wing", "sam")


@pytest.mark.parametrize(("one", "other"), [SAME_NAME, SAME_NAME[::-1], SAME_ALIAS, SAME_ALIAS[::-1]])
async def test_who_is_called_like_another_gets_nothing_of_theirs(
    open_campus: SimulatedCampus, worlds: Worlds, one: str, other: str
) -> None:
    """Same name and birthday, or an address that was the other's before: accounts follow from neither."""
    for widget, answer in worlds[one].answers.items():
        theirs = worlds[other].answers[widget]
        mine, others = ({value for value in _ids(each)} for each in (answer, theirs))
        assert not mine & others, widget
    numbers = [await plain.numbers(open_campus, who) for who in (one, other)]
    assert numbers[0]["sis-cwb"] != numbers[1]["sis-cwb"]


def _ids(answer: Answer) -> list[str]:
    return World({"": answer}).ids


async def test_the_ticket_under_a_recycled_alias_is_shown_to_nobody(
    open_campus: SimulatedCampus, worlds: Worlds
) -> None:
    """The desk holds a ticket of Wing's under the address that is Sam's now."""
    (subject,) = await plain.tickets(open_campus, ALIAS)
    assert "Wing" in subject
    assert worlds["sam"].answers["profile"].at("me.contacts.nodes.0.email") == ALIAS
    assert worlds["sam"].answers["tickets"].at("me.tickets.nodes")
    assert worlds["wing"].answers["tickets"].at("me.tickets") is None
    for who in EVERYBODY:
        assert not appears(subject, worlds[who].text), who


def lasting(answer: Answer) -> dict[str, object]:
    """An answer without what changes by the minute, whoever asks: shuttles, and how systems do."""
    data = {name: value for name, value in (answer.data or {}).items() if name not in ("shuttles", "systems")}
    errors = [(each["path"], each["extensions"]["code"]) for each in answer.errors]
    today = (data.get("me") or {}).get("today")
    if today:
        nodes = [each for each in today["nodes"] if each["kind"] != "DEPARTURE"]
        data["me"] = {**data["me"], "today": {"nodes": nodes, "unavailable": today["unavailable"]}}
    return {"data": data, "errors": errors}


async def test_many_viewers_at_once_each_get_what_they_get_alone(campus: SimulatedCampus) -> None:
    """Everybody and nobody, every widget, two rounds in a drawn order, on a gateway that knows nobody yet."""
    asked = [(who, widget) for who in (None, *EVERYBODY) for widget in widget_documents() if widget not in NUMBERED]
    wishes = {widget: await variables(campus, widget) for _, widget in asked}
    order = random.Random(20261028)  # noqa: S311  the same order each time
    rounds = order.sample(asked * 2, len(asked) * 2)
    at_once = asyncio.Semaphore(12)  # more would measure the machine: a system has two seconds to answer

    async def ask(who: str | None, widget: str) -> dict[str, object]:
        async with at_once:
            return lasting(await campus.widget(widget, wishes[widget], as_=who))

    for who in EVERYBODY:
        await campus.token(who)
    answers = await asyncio.gather(*(ask(*each) for each in rounds))
    alone = {each: await ask(*each) for each in asked}
    for each, answer in zip(rounds, answers, strict=True):
        assert answer == alone[each], each


async def test_the_log_tells_of_operations_and_of_nobody(
    campus: SimulatedCampus, worlds: Worlds, own: Own, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = await plain.numbers(campus, "alex")
    with caplog.at_level(logging.INFO, logger="gateway"):
        for who in ("alex", "mei", "sam", "pat"):
            await whole_world(campus, who)
        await campus.widget("student-record", {"campus": "CWB", "number": numbers["sis-cwb"]}, as_="pat")
        await campus.widget("anything", {"id": worlds["alex"].ids[0]}, as_="sam")
        for system in campus.systems.values():
            await system.fault("garbage")
        await campus.widget("dashboard", as_="alex")
        await campus.widget("dashboard", as_="jordan", issuer="GZ")
    lines = [record.getMessage() for record in caplog.records if record.name == "gateway.operations"]
    assert {"FORBIDDEN", "UPSTREAM_BAD_RESPONSE"} <= {code for line in lines for code in json.loads(line)["codes"]}
    said = "\n".join(record.getMessage() for record in caplog.records)
    accounts = {value for who in EVERYBODY for value in (await _accounts(campus, who))}
    for who in EVERYBODY:
        assert {value for value in own[who] if value in said} == set(), who
    assert {account for account in accounts if account in said} == set()


async def _accounts(campus: SimulatedCampus, who: str) -> list[str]:
    named = await plain.claims(campus, who)
    kinds = ("sub", "university_person_id", "cwb_sis_id", "gz_sis_id", "library_id", "onestop_id", "ticket_address")
    return [named[kind] for kind in kinds if kind in named]
