"""How one is reached, told once and known everywhere: at once where a system answers, and later where it does not."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from pipeline.documents import action_documents
from resolvers import contact_retries
from tests.e2e import plain_reads as plain
from tests.simulated_campus import Answer, SimulatedCampus, University, simulated_university

from .contact_clock import CampusClock, clocked, door, settings_over, until
from .test_personal_streams import nothing_more, socket_of
from .test_personal_streams import told as heard

FIVE = ("sis-cwb", "sis-gz", "library-cwb", "library-gz", "tickets-cwb")
HOME = {"street": "7 Hang Hau Road", "city": "Sai Kung", "postCode": None, "country": "HK"}
MOVED = {"privateEmail": "jordan@new.example", "telephone": "+852 6123 4567", "address": HOME}
TO_CALL = [
    {"name": "Wong Mei", "relation": "PARENT", "telephone": "+852 5555 0101"},
    {"name": "Wong Sum", "relation": "OTHER", "telephone": "+852 5555 0102"},
]
BEHIND = "{ me { contactSync { system campus state parts since } } }"
TOLD = """
{ me { unreadNotifications notifications { nodes { id category title text notifiedAt readAt announcement { id } } } } }
"""
NO_NUMBER = "A number begins with + and the code of the country, and has at most 30 characters."


@pytest.fixture(scope="module")
async def university(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[University]:
    """One of this file's own: what is written here stays written."""
    async with simulated_university(tmp_path_factory.mktemp("university"), students=5) as university:
        yield university


@pytest.fixture(autouse=True)
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works off what waits looks often: only the campus's clock says when it may try again."""
    monkeypatch.setattr(contact_retries, "TICK", 0.05)


@pytest.fixture
def clock(university: University) -> CampusClock:
    return CampusClock(university)


@pytest.fixture
async def gateway(university: University, clock: CampusClock, tmp_path: Path) -> AsyncIterator[SimulatedCampus]:
    """With a store of its own, so that nothing waits from before."""
    await university.well()
    async with clocked(university, settings_over(university, tmp_path), clock) as campus:
        await campus.indexes_filled()
        yield campus
    await university.well()


async def update(campus: SimulatedCampus, key: str | None = None, *, as_: str = "jordan", **more: Any) -> Answer:
    headers, scope = more.pop("headers", None), more.pop("scope", "")
    variables = {"input": more or MOVED, "idempotencyKey": key}
    document = action_documents()["update-contact-details"]
    return await campus.ask(document, variables, as_=as_, headers=headers, scope=scope)


async def call_instead(campus: SimulatedCampus, contacts: list[dict[str, str]], **more: Any) -> Answer:
    document = action_documents()["update-emergency-contacts"]
    return await campus.ask(document, {"input": {"contacts": contacts}}, **{"as_": "jordan", **more})


def states(answer: Answer, change: str = "updateContactDetails") -> dict[str, str]:
    """How far each system is; one that is away cannot tell what it has now either."""
    assert {place for place, _, _ in answer.faults()} <= {f"{change}.contacts"}
    return {each["system"]: each["state"] for each in answer.at(f"{change}.syncStatus")}


async def behind(campus: SimulatedCampus, as_: str = "jordan") -> dict[str, str]:
    answer = await campus.ask(BEHIND, as_=as_)
    assert answer.errors == []
    return {each["system"]: each["state"] for each in answer.at("me.contactSync")}


def waiting(folder: Path) -> list[tuple[Any, ...]]:
    """What the store keeps of it."""
    with sqlite3.connect(folder / "portal.sqlite") as store:
        return store.execute("select person, system, part, value, accounts from pending_write order by 2, 3").fetchall()


async def asked(campus: SimulatedCampus, system: str) -> list[str]:
    """How the system was asked; who signs in for it does not count."""
    return [each.split(" ")[0] for each in (await campus.calls()).get(system, []) if "oauth" not in each]


async def telephones(campus: SimulatedCampus) -> dict[str, str]:
    """What each of the five says itself of Jordan's telephone."""
    of = await plain.claims(campus, "jordan")

    async def told(system: str, path: str, **params: str) -> Any:
        return await campus.systems[system].get(path, params, X_Correlation_Id="index-of-a-test")

    (cwb,) = (await told("sis-cwb", "/persons", primaryCode=of["cwb_sis_id"]))["items"]
    (gz,) = (await told("sis-gz", "/persons", primaryCode=of["gz_sis_id"]))["items"]
    user = await told("library-cwb", f"/almaws/v1/users/{of['library_id']}")
    (patron,) = await told("library-gz", "/api/v1/patrons", cardnumber=of["gz_library_id"], _match="exact")
    requestor = await told("tickets-cwb", f"/REST/2.0/user/{of['ticket_address']}")
    return {
        "sis-cwb": cwb["mobileNumber"],
        "sis-gz": gz["mobileNumber"],
        "library-cwb": user["contact_info"]["phone"][0]["phone_number"],
        "library-gz": patron["phone"],
        "tickets-cwb": requestor["MobilePhone"],
    }


async def test_all_five_systems_have_it_at_once_and_what_is_read_is_new(
    gateway: SimulatedCampus, tmp_path: Path
) -> None:
    answer = await update(gateway)
    assert states(answer) == dict.fromkeys(FIVE, "IN_AGREEMENT")
    assert {each["system"]: each["parts"] for each in answer.at("updateContactDetails.syncStatus")} == {
        **{system: ["PRIVATE_EMAIL", "TELEPHONE", "ADDRESS"] for system in FIVE},
        "tickets-cwb": ["TELEPHONE", "ADDRESS"],
    }
    # Read, written, read again; the campuses once more for the answer. Koha and RT find the account first.
    assert {system: await asked(gateway, system) for system in FIVE} == {
        "sis-cwb": ["GET", "PUT", "GET", "GET"],
        "sis-gz": ["GET", "PUT", "GET", "GET"],
        "library-cwb": ["GET", "PUT", "GET"],
        "library-gz": ["GET", "GET", "PUT", "GET"],
        "tickets-cwb": ["POST", "PUT", "POST"],
    }
    campuses = {each["campus"]: each for each in answer.at("updateContactDetails.contacts.nodes")}
    assert campuses == {campus: {"campus": campus, **MOVED} for campus in ("CWB", "GZ")}
    assert await telephones(gateway) == dict.fromkeys(FIVE, MOVED["telephone"])
    assert await behind(gateway) == {}
    assert waiting(tmp_path) == []
    await gateway.forget_calls()
    assert states(await update(gateway)) == dict.fromkeys(FIVE, "IN_AGREEMENT")
    assert {system for system in FIVE if "PUT" in await asked(gateway, system)} == set(), "nothing is written twice"


async def test_whom_to_call_goes_to_the_campuses_and_nowhere_else(gateway: SimulatedCampus) -> None:
    answer = await call_instead(gateway, TO_CALL)
    assert states(answer, "updateEmergencyContacts") == {"sis-cwb": "IN_AGREEMENT", "sis-gz": "IN_AGREEMENT"}
    assert set(await gateway.calls()) == {"sis-cwb", "sis-gz"}
    told = [
        {"campus": campus, **each, "relation": each["relation"].lower()} for campus in ("CWB", "GZ") for each in TO_CALL
    ]
    assert answer.at("updateEmergencyContacts.emergencyContacts.nodes") == told


@pytest.mark.parametrize("lost", FIVE)
async def test_with_one_system_down_four_agree_at_once_and_the_fifth_within_a_minute_of_its_return(
    gateway: SimulatedCampus, clock: CampusClock, tmp_path: Path, lost: str
) -> None:
    number = f"+852 6{FIVE.index(lost)}00 0000"
    await gateway.systems[lost].fault("down")
    answer = await update(gateway, telephone=number)
    assert states(answer) == {**dict.fromkeys(FIVE, "IN_AGREEMENT"), lost: "PENDING"}
    ((person, system, part, value, accounts),) = waiting(tmp_path)
    assert (system, part, json.loads(value)) == (lost, "telephone", number)
    assert set(json.loads(accounts)) <= {"cwb_sis_id", "gz_sis_id", "library_id", "gz_library_id", "ticket_address"}
    assert person == (await gateway.ask("{ viewer { person } }", as_="jordan")).at("viewer.person")
    for _ in range(12):  # ten minutes, in which it is tried again and again
        clock.pass_by(seconds=50)
        await gateway.systems[lost].forget_calls()
        await until(lambda: asked(gateway, lost))
    assert await behind(gateway) == {lost: "PENDING"}
    await gateway.systems[lost].fault("none")
    clock.pass_by(seconds=55)
    await until(lambda: _all_agree(gateway))
    assert await telephones(gateway) == dict.fromkeys(FIVE, number)
    assert waiting(tmp_path) == []


async def _all_agree(campus: SimulatedCampus) -> bool:
    return not await behind(campus)


async def test_however_often_it_was_tried_more_may_be_changed_and_it_is_tried_again(
    gateway: SimulatedCampus, clock: CampusClock, tmp_path: Path
) -> None:
    assert states(await update(gateway, telephone="+852 6998 0000")) == dict.fromkeys(FIVE, "IN_AGREEMENT")
    await gateway.systems["library-gz"].fault("down")
    assert states(await update(gateway, telephone="+852 6998 0001"))["library-gz"] == "PENDING"
    with sqlite3.connect(tmp_path / "portal.sqlite") as store:
        # Tried every half minute for a day, and let alone until the next change.
        store.execute("update pending_write set attempts = 2880, due_at = '9' || substr(due_at, 2)")
    clock.pass_by(seconds=61)  # it is at work on nothing any longer
    answer = await update(gateway, address=HOME)
    assert states(answer)["library-gz"] == "PENDING"
    await gateway.systems["library-gz"].fault("none")
    clock.pass_by(seconds=61)
    await until(lambda: _all_agree(gateway))
    assert waiting(tmp_path) == []


async def test_many_who_wait_for_a_system_that_is_away_keep_nobody_from_another(
    gateway: SimulatedCampus, clock: CampusClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_retries, "MOST", 1)
    for away in ("sis-gz", "library-gz"):
        await gateway.systems[away].fault("down")
    await update(gateway, telephone="+852 6997 0000")
    with sqlite3.connect(tmp_path / "portal.sqlite") as store:
        columns = ", ".join(
            each for _, each, *_ in store.execute("pragma table_info(pending_write)") if each != "person"
        )
        store.execute("update pending_write set attempts = 100 where system = 'library-gz'")
        for number in range(50):
            others = f"insert into pending_write (person, {columns}) select 'p{number}', {columns} from pending_write"  # noqa: S608
            store.execute(f"{others} where system = 'sis-gz' and person not like 'p_' and person not like 'p__'")
    await gateway.systems["library-gz"].fault("none")

    async def only_the_other_is_behind() -> bool:
        clock.pass_by(seconds=31)  # all are due again
        return await behind(gateway) == {"sis-gz": "PENDING"}

    await until(only_the_other_is_behind)


async def test_after_a_day_the_person_and_the_operator_are_told_once_and_it_goes_on(
    gateway: SimulatedCampus, clock: CampusClock, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    before = (await gateway.ask(TOLD, as_="jordan")).at("me.unreadNotifications")
    await gateway.systems["library-gz"].fault("down")
    assert states(await update(gateway, telephone="+852 6999 0000"))["library-gz"] == "PENDING"
    clock.pass_by(hours=23)
    await gateway.systems["library-gz"].forget_calls()
    await until(lambda: asked(gateway, "library-gz"))
    assert (await gateway.ask(TOLD, as_="jordan")).at("me.unreadNotifications") == before
    clock.pass_by(hours=2)

    async def told() -> Any:
        return [each for each in await notifications(gateway) if each["announcement"] is None]

    (notice,) = await until(told)
    assert notice["title"] == "Your contact details have not arrived everywhere"
    assert notice["text"] == (
        "What you changed more than 24 hours ago has not reached: Guangzhou: library. We keep trying; should it be "
        "urgent, tell them yourself."
    )
    assert (notice["category"], notice["readAt"]) == ("ADMINISTRATION", None)
    labels = "{ me { contactSync { stateLabel stateLabelLanguage } } }"
    chinese_states = await gateway.ask(labels, as_="jordan", headers={"Accept-Language": "zh-Hant"})
    assert chinese_states.at("me.contactSync") == [{"stateLabel": "待送達", "stateLabelLanguage": "zh-Hant"}]
    chinese = await notifications(gateway, headers={"Accept-Language": "zh-Hant"})
    assert "廣州: 圖書館" in next(each["text"] for each in chinese if each["announcement"] is None)
    assert [each for each in await notifications(gateway, as_="alex") if each["announcement"] is None] == []
    said = [each.getMessage() for each in caplog.records if "since a day" in each.getMessage()]
    assert said == ["library-gz does not have the contact details of 1 since a day"]
    async with gateway.client.get("/metrics") as metrics:
        assert 'gateway_contact_changes_late_total{system="library-gz"} 1.0' in await metrics.text()
    read = await gateway.ask(
        "mutation ($id: ID!) { markNotificationsRead(ids: [$id]) { ... on NotificationsRead { unread } } }",
        {"id": notice["id"]},
        as_="jordan",
    )
    assert read.at("markNotificationsRead.unread") == before
    node = await gateway.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": notice["id"]}, as_="jordan")
    assert node.at("node.id") == notice["id"]
    others = await gateway.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": notice["id"]}, as_="alex")
    assert others.faults() == {("node", "FORBIDDEN", None)}
    clock.pass_by(hours=30)
    await gateway.systems["library-gz"].forget_calls()
    await until(lambda: asked(gateway, "library-gz"))
    assert len(await told()) == 1, "once"
    await gateway.systems["library-gz"].fault("none")
    clock.pass_by(seconds=55)
    await until(lambda: _all_agree(gateway))
    assert waiting(tmp_path) == []


async def test_who_looks_when_a_day_is_over_is_told_then_and_whoever_missed_it_after_a_reconnect(
    gateway: SimulatedCampus, clock: CampusClock
) -> None:
    await gateway.systems["tickets-cwb"].fault("down")
    await update(gateway, telephone="+852 6999 1111")
    async with socket_of(gateway, "jordan") as looking, socket_of(gateway, "alex") as elsewhere:
        await looking.subscribe("1", RECEIVED)
        await elsewhere.subscribe("1", RECEIVED)
        before = heard(await looking.heard())
        heard(await elsewhere.heard())
        clock.pass_by(hours=25)
        news = heard(await looking.heard())
        title = "Your contact details have not arrived everywhere"
        assert [(each["title"], each["announcement"]) for each in news["nodes"]] == [(title, None)]
        await nothing_more(elsewhere)
    async with socket_of(gateway, "jordan") as again:
        await again.subscribe("1", RECEIVED, variables={"resume": before["resume"]})
        assert heard(await again.heard())["nodes"] == news["nodes"]


RECEIVED = """
subscription ($resume: String) {
  notificationReceived(resume: $resume) { nodes { title announcement { id } } resume }
}
"""


async def notifications(campus: SimulatedCampus, as_: str = "jordan", **more: Any) -> list[dict[str, Any]]:
    answer = await campus.ask(TOLD, as_=as_, **more)
    assert answer.errors == []
    nodes = answer.at("me.notifications.nodes")
    assert nodes == sorted(nodes, key=lambda each: each["notifiedAt"], reverse=True)
    return list(nodes)


async def test_a_newer_change_takes_the_place_of_what_waits(
    gateway: SimulatedCampus, clock: CampusClock, tmp_path: Path
) -> None:
    await gateway.systems["sis-gz"].fault("down")
    await update(gateway, telephone="+852 6111 0000", privateEmail="first@new.example")
    await update(gateway, telephone="+852 6222 0000")
    assert [(part, json.loads(value)) for _, _, part, value, _ in waiting(tmp_path)] == [
        ("private_email", "first@new.example"),
        ("telephone", "+852 6222 0000"),
    ]
    await gateway.systems["sis-gz"].fault("none")
    clock.pass_by(seconds=55)
    await until(lambda: _all_agree(gateway))
    assert await telephones(gateway) == dict.fromkeys(FIVE, "+852 6222 0000")
    puts = [each for each in (await gateway.calls())["sis-gz"] if each.startswith("PUT")]
    assert len(puts) == 1
    assert "+852 6222 0000" in puts[0]
    assert "first@new.example" in puts[0]
    assert "+852 6111 0000" not in puts[0]


async def test_while_a_system_may_be_at_work_on_what_it_did_not_answer_nothing_newer_is_written_there(
    gateway: SimulatedCampus, clock: CampusClock
) -> None:
    """What was sent first could else be carried out last."""
    await gateway.systems["sis-gz"].fault("cut", method="PUT")
    assert states(await update(gateway, telephone="+852 6111 2222"))["sis-gz"] == "PENDING"
    await gateway.systems["sis-gz"].fault("none")
    assert states(await update(gateway, telephone="+852 6111 3333"))["sis-gz"] == "PENDING"
    await gateway.systems["sis-gz"].forget_calls()
    clock.pass_by(seconds=50)
    assert await behind(gateway) == {"sis-gz": "PENDING"}
    assert "PUT" not in await asked(gateway, "sis-gz")
    clock.pass_by(seconds=15)
    await until(lambda: _all_agree(gateway))
    assert await telephones(gateway) == dict.fromkeys(FIVE, "+852 6111 3333")


async def test_a_repeat_with_the_same_key_changes_nothing_and_is_told_how_far_it_is(
    gateway: SimulatedCampus,
) -> None:
    first = await update(gateway, "moved-1", telephone="+852 6333 0000")
    await update(gateway, telephone="+852 6444 0000")
    await gateway.forget_calls()
    again = await update(gateway, "moved-1", telephone="+852 6333 0000")
    assert states(again) == states(first)
    assert {system for system in FIVE if "PUT" in await asked(gateway, system)} == set()
    assert await telephones(gateway) == dict.fromkeys(FIVE, "+852 6444 0000")
    other = await update(gateway, "moved-1", telephone="+852 6555 0000")
    assert problems(other) == {"idempotencyKey": "This key was used for another request."}


def problems(answer: Answer, change: str = "updateContactDetails") -> dict[str, str]:
    assert answer.errors == []
    assert answer.at(f"{change}.__typename") == "InvalidInput"
    return {".".join(each["path"]): each["message"] for each in answer.at(f"{change}.problems")}


async def test_what_cannot_be_right_is_told_for_each_place_in_the_viewers_language_and_nothing_is_written(
    gateway: SimulatedCampus, tmp_path: Path
) -> None:
    wrong = {"street": " ", "city": "x" * 101, "country": "XX", "postCode": "!"}
    answer = await update(gateway, privateEmail="nobody", telephone="6123 4567", address=wrong)
    assert problems(answer) == {
        "input.privateEmail": "This is no address of mail.",
        "input.telephone": NO_NUMBER,
        "input.address.street": "Something must be written here.",
        "input.address.city": "At most 100 characters.",
        "input.address.country": "This is no country: ISO 3166-1 has codes of two letters, such as HK.",
        "input.address.postCode": "This is no post code.",
    }
    assert problems(await update(gateway, privateEmail=None)) == {"input": "Something must be said here."}
    chinese = await update(gateway, telephone="1" * 40, headers={"Accept-Language": "zh-Hans"})
    assert problems(chinese) == {"input.telephone": "号码须以 + 及国家或地区代码开头，最多 30 个字符。"}
    whom = [{"name": "", "relation": "OTHER", "telephone": "112"}]
    assert problems(await call_instead(gateway, whom), "updateEmergencyContacts") == {
        "input.contacts.0.name": "Something must be written here.",
        "input.contacts.0.telephone": NO_NUMBER,
    }
    for contacts in ([], TO_CALL * 3):
        told = problems(await call_instead(gateway, contacts), "updateEmergencyContacts")
        assert told == {"input.contacts": "1 to 5 people."}
    assert list(problems(await update(gateway, "with space", telephone="+852 6123 4567"))) == ["idempotencyKey"]
    assert await gateway.counts() == {}
    assert waiting(tmp_path) == []


async def test_without_the_scope_or_a_person_nobody_writes(gateway: SimulatedCampus) -> None:
    document = action_documents()["update-contact-details"]
    anonymous = await gateway.ask(document, {"input": MOVED})
    assert anonymous.faults() == {("updateContactDetails", "UNAUTHENTICATED", None)}
    reader = await update(gateway, scope="profile:read", telephone="+852 6123 4567")
    assert reader.faults() == {("updateContactDetails", "FORBIDDEN", None)}
    assert await gateway.counts() == {}


async def test_without_the_store_nothing_is_asked_of_any_system(
    university: University, clock: CampusClock, tmp_path: Path
) -> None:
    """What could not be kept could not be tried again."""
    (tmp_path / "portal.sqlite").mkdir()
    async with clocked(university, settings_over(university, tmp_path), clock) as gateway:
        await gateway.forget_calls()
        answer = await update(gateway, telephone="+852 6123 4567")
        assert answer.faults() == {("updateContactDetails", "UPSTREAM_UNAVAILABLE", "portal")}
        assert {system for system in FIVE if "PUT" in await asked(gateway, system)} == set()


async def test_of_two_gateways_on_one_store_one_works_and_the_other_takes_over(
    university: University, clock: CampusClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_retries, "LEASED", timedelta(hours=1))  # the test's clock makes leaps
    await university.well()
    settings, desk = settings_over(university, tmp_path), university.systems["tickets-cwb"]

    async def worked_off_once(asking: SimulatedCampus, number: str) -> str | None:
        await desk.fault("down")
        assert states(await update(asking, telephone=number))["tickets-cwb"] == "PENDING"
        await desk.fault("none")
        await desk.forget_calls()
        clock.pass_by(seconds=55)
        await until(lambda: _all_agree(asking))
        assert await asked(asking, "tickets-cwb") == ["POST", "PUT", "POST"]
        return worker(tmp_path)

    async with AsyncExitStack() as first:
        one = await first.enter_async_context(clocked(university, settings, clock))
        leader = await until(lambda: settled_worker(tmp_path))
        async with clocked(university, settings, clock) as other:
            assert await worked_off_once(other, "+852 6666 0000") == leader
            assert await worked_off_once(one, "+852 6666 1111") == leader
            await first.aclose()
            successor = await worked_off_once(other, "+852 6777 0000")
            assert successor not in (None, leader)
    assert worker(tmp_path) is None, "whoever ends gives it back"


async def settled_worker(folder: Path) -> str | None:
    return worker(folder)


def worker(folder: Path) -> str | None:
    """Who works off what waits."""
    with sqlite3.connect(folder / "portal.sqlite") as store:
        found = store.execute("select holder from lease").fetchone()
    return found and str(found[0])


async def test_what_a_system_refuses_and_what_somebody_else_wrote_are_told_apart(
    university: University, clock: CampusClock, tmp_path: Path
) -> None:
    """A library that is stricter than the gateway, and a registry that corrects whatever comes, until it stops."""
    correcting = [True]

    async def strict(request: web.Request, _: Any) -> web.Response | None:
        if request.method != "PUT":
            return None
        return web.json_response({"error": "Not in this library"}, status=409)

    async def corrects(request: web.Request, on: Any) -> web.Response | None:
        if request.method != "PUT" or not correcting[0]:
            return None
        person = await request.json()
        told: web.Response = await on(json.dumps(person | {"mobileNumber": "+852 1111 1111"}).encode())
        return told

    await university.well()
    library, registry = (university.systems[system].url for system in ("library-gz", "sis-cwb"))
    async with door(library, strict) as stricter, door(registry, corrects) as corrector:
        settings = settings_over(university, tmp_path, {"library-gz": stricter, "sis-cwb": corrector})
        async with clocked(university, settings, clock) as gateway:
            answer = await update(gateway, telephone="+852 6888 0000")
            apart = {"library-gz": "REFUSED", "sis-cwb": "CONFLICT"}
            assert states(answer) == {**dict.fromkeys(FIVE, "IN_AGREEMENT"), **apart}
            correcting[0] = False
            clock.pass_by(seconds=55)

            async def corrected() -> bool:
                return await behind(gateway) == {"library-gz": "REFUSED"}

            await until(corrected)
            await university.systems["library-gz"].forget_calls()
            clock.pass_by(minutes=30)
            assert await behind(gateway) == {"library-gz": "REFUSED"}
            assert await asked(gateway, "library-gz") == [], "what was refused is not asked for every minute"
            clock.pass_by(minutes=40)
            await until(lambda: asked(gateway, "library-gz"))


async def test_where_an_account_cannot_be_found_now_the_change_waits_for_it(
    gateway: SimulatedCampus, clock: CampusClock, tmp_path: Path
) -> None:
    """Alex's accounts at Guangzhou are asked of the registry, which is away; there are none."""
    await gateway.systems["sis-cwb"].fault("down")
    answer = await update(gateway, as_="alex", telephone="+852 6123 9999")
    waits = {"sis-cwb", "sis-gz", "library-gz"}
    assert {system for system, state in states(answer).items() if state == "PENDING"} == waits
    await gateway.systems["sis-cwb"].fault("none")
    clock.pass_by(seconds=55)

    async def agrees() -> bool:
        return not await behind(gateway, "alex")

    await until(agrees)
    assert waiting(tmp_path) == []


@pytest.mark.parametrize(("language", "label"), [("en", "Pending"), ("zh-Hant", "待送達"), ("zh-Hans", "待送达")])
async def test_how_far_a_system_is_is_told_in_the_language_asked_for(
    gateway: SimulatedCampus, language: str, label: str
) -> None:
    await gateway.systems["library-gz"].fault("down")
    await update(gateway, telephone="+852 6900 0000")
    question = "{ me { contactSync { system stateLabel stateLabelLanguage } } }"
    answer = await gateway.ask(question, as_="jordan", headers={"Accept-Language": language})
    assert answer.at("me.contactSync") == [
        {"system": "library-gz", "stateLabel": label, "stateLabelLanguage": language}
    ]
