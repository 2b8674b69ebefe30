"""Nothing that is one persona's own appears in any answer to another, unless a row rule says so."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping

import pytest

from pipeline.documents import widget_documents
from tests.e2e import plain_reads as plain
from tests.e2e.canaries import EVERYBODY, NUMBERED, World, appears, record_of, text_of, variables, whole_world
from tests.e2e.test_metrics import counted
from tests.e2e.test_personal_streams import socket_of
from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

ADVISED = ("alex", "jordan", "taiman-a")
ADVISOR = ("me.profile.displayName", "me.contacts.nodes.0.email")
"""What students see of who advises them."""

ALIAS = "s.w.ho@connect.ust.example"
"""Wing's until she graduated, Sam's now; both records show it."""

KEEPING = {"caches": {"on": True, "scale": 10.0}}

Worlds = Mapping[str | None, World]
Own = Mapping[str, set[str]]


@pytest.fixture(scope="module")
async def open_campus(university: University) -> AsyncIterator[SimulatedCampus]:
    """With caches that keep ten times as long as usual, so that whoever asks second is told out of them."""
    await university.well()
    async with campus_over(university, university.settings(KEEPING)) as campus:
        await campus.indexes_filled()
        yield campus


@pytest.fixture
async def campus(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    async with campus_over(university, university.settings(KEEPING)) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()


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
        # An applicant may see little, of which little is theirs alone.
        errors = [] if who != "ivy" else ["FORBIDDEN"]
        assert sorted({code for _, code, _ in worlds[who].answers["dashboard"].faults()}) == errors
        assert len(own[who]) >= (20 if who != "ivy" else 10), who


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


MANY = 30
"""Things asked for in one query: as many aliases as there may be."""


async def test_an_id_of_anothers_thing_opens_nothing_and_asks_only_for_ones_own_accounts(
    open_campus: SimulatedCampus, worlds: Worlds
) -> None:
    for reader in ("sam", "taiman-b", "pat", "rita", "lee"):
        await open_campus.widget("dashboard", as_=reader)
        await open_campus.forget_calls()
        for owner in EVERYBODY:
            theirs = [
                id_ for id_ in worlds[owner].ids if not appears(id_, worlds[None].text)
            ]  # a booked hall is public
            for start in range(0, len(theirs) if owner != reader else 0, MANY):
                some = theirs[start : start + MANY]
                query = " ".join(f'n{place}: node(id: "{id_}") {{ __typename }}' for place, id_ in enumerate(some))
                answer = await open_campus.ask(f"{{ {query} }}", as_=reader)
                assert answer.data == {f"n{place}": None for place, _ in enumerate(some)}
                assert answer.faults() == {(f"n{place}", "FORBIDDEN", None) for place, _ in enumerate(some)}
                assert not [id_ for id_ in some if appears(id_, f"{text_of(answer.body)} {answer.headers}")]
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


async def test_who_shares_a_room_is_a_number_to_the_others(
    open_campus: SimulatedCampus, worlds: Worlds, own: Own
) -> None:
    """Some personas have one room together, and are told how many they are and nothing else."""
    rooms: dict[tuple[str, ...], list[str]] = {}
    for who in EVERYBODY:
        for each in worlds[who].answers["housing-and-card"].at("me.housing.nodes") or ():
            rooms.setdefault((each["campus"], each["residence"], each["room"], each["state"]), []).append(who)
    shared_rooms = [residents for residents in rooms.values() if len(residents) > 1]
    assert shared_rooms
    for residents in shared_rooms:
        for reader in residents:
            answer = worlds[reader].answers["housing-and-card"]
            for owner in set(residents) - {reader}:
                theirs = own[owner] | set(await _accounts(open_campus, owner))
                assert {value for value in theirs if appears(value, text_of(answer.body))} == set(), (owner, reader)
            assert min(each["roommates"] for each in answer.at("me.housing.nodes")) >= 1


def lasting(answer: Answer) -> dict[str, object]:
    """An answer without what changes by the minute, whoever asks: shuttles, and how systems do."""
    data = {
        name: value
        for name, value in (answer.data or {}).items()
        if name not in ("shuttles", "shuttlePositions", "systems")
    }
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
    at_once = asyncio.Semaphore(6)  # more would measure the machine: a system has two seconds to answer

    async def ask(who: str | None, widget: str) -> dict[str, object]:
        async with at_once:
            return lasting(await campus.widget(widget, wishes[widget], as_=who))

    for who in EVERYBODY:
        await campus.token(who)
    answers = await asyncio.gather(*(ask(*each) for each in rounds))
    alone = {each: await ask(*each) for each in asked}
    for each, answer in zip(rounds, answers, strict=True):
        assert answer == alone[each], each


async def beyond_rules(
    campus: SimulatedCampus, worlds: Worlds, own: Own, reader: str, answer: Answer
) -> Mapping[str, set[str]]:
    """What of others is in an answer that neither a row rule nor the nature of things puts there, by owner."""
    text = text_of(answer.body)
    seen = {owner: {value for value in own[owner] if appears(value, text)} for owner in EVERYBODY if owner != reader}
    beyond = {owner: values - await shared(campus, worlds, owner, reader) for owner, values in seen.items() if values}
    return {owner: values for owner, values in beyond.items() if values}


LEAVING = "an asker that left"
AILING = {"sis-cwb": "500", "library-gz": "garbage", "onestop-gz": "cut"}
"""Systems that fail for every third request."""
SLOW = ("library-cwb", "tickets-cwb", "life-cwb", "life-gz", "sis-gz")
"""Systems that take so long that whoever asks beside another joins their call, on any machine."""


async def joined(campus: SimulatedCampus) -> float:
    return sum(value for name, value in (await counted(campus)).items() if name[0] == "gateway_loader_joined_total")


async def test_nobody_is_told_what_is_anothers_while_some_leave_and_systems_fail(
    campus: SimulatedCampus, worlds: Worlds, own: Own
) -> None:
    """Calls are joined by whoever asks for the same: what each who stays is told is theirs all the same."""
    chance = random.Random(20261130)  # noqa: S311  the same order each time
    personal = ("dashboard", "loans", "my-applications", "tickets", "housing-and-card", "profile")
    asked = [(who, widget) for who in EVERYBODY for widget in personal]
    # Three ask for the same at once, beside others who do.
    drawn = [(*each, chance.random() < 0.3) for each in chance.sample(asked, len(asked)) for _ in range(3)]
    at_once = asyncio.Semaphore(9)

    async def ask(who: str, widget: str, leaves: bool) -> object:
        async with at_once:
            if not leaves:
                return await campus.widget(widget, as_=who)
            async with socket_of(campus, who) as socket:
                await socket.subscribe("1", widget_documents()[widget])
                await asyncio.sleep(chance.random() / 10)
                return LEAVING

    for who in EVERYBODY:
        await campus.token(who)
    for system, mode in AILING.items():
        await campus.systems[system].fault(mode, each=3)
    for system in SLOW:
        await campus.systems[system].fault("slow", seconds=0.3)
    before = await joined(campus)
    answers = await asyncio.gather(*(ask(*each) for each in drawn))
    assert await joined(campus) - before > 20
    assert answers.count(LEAVING) > 20
    told = [(each, answer) for each, answer in zip(drawn, answers, strict=True) if isinstance(answer, Answer)]
    assert len([answer for _, answer in told if answer.errors]) > 20
    for (reader, widget, _), answer in told:
        assert await beyond_rules(campus, worlds, own, reader, answer) == {}, (reader, widget)


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
    kinds = (
        "sub", "university_person_id", "cwb_sis_id", "gz_sis_id", "library_id", "gz_library_id", "onestop_id",
        "ticket_address", "cwb_resident_id", "gz_card_number", "gz_booking_user",
    )  # fmt: skip
    return [named[kind] for kind in kinds if kind in named]
