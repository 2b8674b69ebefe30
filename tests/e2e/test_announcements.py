"""Announcements of both campuses reach whom they are for, follow their feeds, and outlast them."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from campus.ids import opaque
from tests.simulated_campus import NOW, Answer, SimulatedCampus, University, campus_over

from .test_sockets import Socket

ALL = """query($filter: AnnouncementFilter) {
    announcements(filter: $filter, first: 100) { totalCount nodes { id title } } }"""
ATOM = "{http://www.w3.org/2005/Atom}"
ENGLISH = {"CWB": ("notices-cwb", "/notices.atom"), "GZ": ("notices-gz", "/notices.en.atom")}


async def fed(campus: SimulatedCampus, code: str) -> list[tuple[str, set[tuple[str, str]]]]:
    """What a campus's English feed has: titles, each with whom it is for; the latest first."""
    system, path = ENGLISH[code]
    async with campus.university.session.get(campus.systems[system].url + path) as answer:
        feed = ElementTree.fromstring(await answer.read())  # noqa: S314  the sandbox's own
    await campus.forget_calls()
    return [
        (
            str(entry.findtext(f"{ATOM}title")),
            {
                (str(each.get("scheme")).rpartition("/")[2], str(each.get("term")))
                for each in entry.findall(f"{ATOM}category")
            },
        )
        for entry in feed.findall(f"{ATOM}entry")
    ]


def titles(answer: Answer) -> list[str]:
    assert answer.errors == []
    nodes = answer.at("announcements.nodes")
    assert len(nodes) == answer.at("announcements.totalCount")
    return [each["title"] for each in nodes]


PEOPLE: dict[str | None, tuple[set[str], set[str]]] = {
    None: (set(), set()),
    "alex": ({"CWB"}, {"BSC-COMP"}),
    "mei": ({"GZ"}, {"MPHIL-AIAA"}),
    "jordan": ({"CWB", "GZ"}, {"BSC-ELEC", "BSC-ROAS"}),
    "wing": ({"CWB"}, set()),  # who has graduated studies nothing
    "lee": ({"CWB"}, set()),
    "partner-portal": (set(), set()),
}


@pytest.mark.parametrize("who", PEOPLE)
async def test_everybody_sees_what_the_feeds_have_for_them(open_campus: SimulatedCampus, who: str | None) -> None:
    campuses, programmes = PEOPLE[who]
    expected = {
        title
        for code in ENGLISH
        for title, parts in await fed(open_campus, code)
        if all(
            not wanted or wanted & own
            for wanted, own in (
                ({term for part, term in parts if part == "campus"}, campuses),
                ({term for part, term in parts if part == "programme"}, programmes),
            )
        )
    }
    answer = await open_campus.ask(ALL, as_=who, headers={"Accept-Language": "en"})
    seen = titles(answer)
    assert len(seen) == len(set(seen))
    only_chinese = {title for title in seen if not title.isascii()}
    assert set(seen) - only_chinese == expected
    assert only_chinese == ({"宿舍换房申请即将截止"} if "GZ" in campuses else set())
    assert await open_campus.counts() == {}, "feeds are read in the background"


async def test_an_announcement_is_what_its_feed_says_of_it(open_campus: SimulatedCampus) -> None:
    query = """{ announcements(filter: {priority: HIGH, campus: "CWB"}, first: 1) { nodes {
        campus title titleLanguage text sender { kind kindLabel name nameLanguage } priority priorityLabel
        audience { campuses programmes interests } link publishedAt updatedAt } } }"""
    answer = await open_campus.ask(query, as_="alex", headers={"Accept-Language": "zh-Hant"})
    assert answer.at("announcements.nodes") == [
        {
            "campus": "CWB",
            "title": "惡劣天氣：下午二時後停課",
            "titleLanguage": "zh-Hant",
            "text": "今日下午二時後所有課堂改為網上進行。\n\n實驗室關閉，補課日期另行通知。",
            "sender": {
                "kind": "ADMINISTRATION", "kindLabel": "行政部門", "name": "教務處", "nameLanguage": "zh-Hant",
            },
            "priority": "HIGH",
            "priorityLabel": "緊急",
            "audience": {"campuses": ["CWB"], "programmes": [], "interests": []},
            "link": "https://notices.cwb.example/0001",
            "publishedAt": "2026-10-28T07:00:00+08:00",
            "updatedAt": "2026-10-28T08:00:00+08:00",
        }
    ]  # fmt: skip


PROJECTS = "Final year projects: choose a supervisor by the end of the month"
SPORTS = "Sports Hall: badminton courts closed on Saturday"
LOST = "Lost property is kept for thirty days"

FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"campus": "GZ", "interest": "cross-campus"}, {"Clear Water Bay courses open to Guangzhou students"}),
    ({"interest": "research"}, {PROJECTS}),
    ({"sender": "INSTRUCTOR"}, {"COMP project teams: two places are free"}),
    ({"priority": "LOW"}, {SPORTS, LOST}),
    ({"priority": "HIGH", "sender": "DEPARTMENT"}, {PROJECTS}),
    ({"interest": "nothing of this kind"}, set()),
]


@pytest.mark.parametrize(("wish", "expected"), FILTERS)
async def test_a_filter_leaves_what_fits_it(
    open_campus: SimulatedCampus, wish: dict[str, Any], expected: set[str]
) -> None:
    assert set(titles(await open_campus.ask(ALL, {"filter": wish}, as_="alex"))) == expected


REFUSED: list[tuple[str | None, str, str, str]] = [
    (None, "", 'filter: {campus: "XX"}', "BAD_USER_INPUT"),
    (None, "", "first: 101", "BAD_USER_INPUT"),
    (None, "", 'after: "nonsense"', "BAD_USER_INPUT"),
    (None, "", f'after: "{opaque(["a", "b", "c"])}"', "BAD_USER_INPUT"),
    (None, "", "filter: {unread: true}", "UNAUTHENTICATED"),
    ("partner-portal", "", "filter: {unread: true}", "FORBIDDEN"),
    ("alex", "library:read", "filter: {unread: true}", "FORBIDDEN"),
]


@pytest.mark.parametrize(("who", "scope", "arguments", "code"), REFUSED)
async def test_what_cannot_be_asked_is_told(
    open_campus: SimulatedCampus, who: str | None, scope: str, arguments: str, code: str
) -> None:
    query = f"{{ announcements({arguments}) {{ totalCount }} }}"
    answer = await open_campus.ask(query, as_=who, scope=scope)
    assert (answer.data, answer.codes_at("announcements")) == ({"announcements": None}, [code])


async def test_pages_join_up_to_the_whole(open_campus: SimulatedCampus) -> None:
    query = "query($after: String) { announcements(first: 4, after: $after) {"
    query += " totalCount nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }"
    seen: list[str] = []
    after = None
    for number in range(10):
        page = (await open_campus.ask(query, {"after": after}, as_="jordan")).at("announcements")
        seen += [each["title"] for each in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (number > 0)
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == titles(await open_campus.ask(ALL, as_="jordan"))
    assert len(seen) == page["totalCount"] > 8


async def test_an_announcement_is_found_by_its_id_by_whom_it_is_for(open_campus: SimulatedCampus) -> None:
    found = await open_campus.ask(ALL, {"filter": {"interest": "research"}}, as_="alex")
    (wanted,) = found.at("announcements.nodes")
    query = "query($id: ID!) { node(id: $id) { ... on Announcement { title } } }"
    answer = await open_campus.ask(query, {"id": wanted["id"]}, as_="alex")
    assert (answer.errors, answer.at("node.title")) == ([], wanted["title"])
    for who in (None, "mei"):
        refused = await open_campus.ask(query, {"id": wanted["id"]}, as_=who)
        assert (refused.at("node"), refused.codes_at("node")) == (None, ["FORBIDDEN"])
    gone = opaque(("Announcement", "notices-cwb", "tag:notices.cwb.example,2026:9999"))
    answer = await open_campus.ask(query, {"id": gone}, as_="alex")
    assert (answer.errors, answer.at("node")) == ([], None)


@contextmanager
def notices_of(university: University, system: str) -> Iterator[sqlite3.Connection]:
    """What the simulated feed is made of; put back as it was."""
    file = Path(university.told.data_dir) / f"{system}.sqlite"
    with closing(sqlite3.connect(file)) as database:
        before = database.execute("select * from notice").fetchall()
        try:
            yield database
        finally:
            database.execute("delete from notice")
            database.executemany(f"insert into notice values ({', '.join('?' * len(before[0]))})", before)  # noqa: S608
            database.commit()


def apart(university: University, place: Path, refresh: float = 900.0) -> Any:
    """Settings with a store of their own, and feeds that are read this often."""
    systems = [
        {"id": each.id, "kind": each.kind, "campus": each.campus, "protocol": "atom", "url": each.url,
         "index_refresh": refresh}
        for each in university.told.systems if each.protocol == "atom"
    ]  # fmt: skip
    return university.settings({"portal": {"url": f"sqlite:///{place}/portal.sqlite"}, "systems": systems})


async def until(campus: SimulatedCampus, expected: set[str], wish: dict[str, Any]) -> None:
    for _ in range(300):
        seen = set(titles(await campus.ask(ALL, {"filter": wish}, as_="alex")))
        if seen == expected:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(seen ^ expected)


async def test_what_is_edited_changes_and_what_is_withdrawn_disappears(university: University, tmp_path: Path) -> None:
    await university.well()
    low = {"priority": "LOW", "campus": "CWB"}
    async with campus_over(university, apart(university, tmp_path, refresh=1)) as campus:
        await campus.indexes_filled()
        await until(campus, {SPORTS, LOST}, low)
        with notices_of(university, "notices-cwb") as database:
            title = json.dumps({"en": "Courts open again", "zh-hant": "", "zh-hans": ""})
            database.execute("update notice set title = ? where title like '%badminton%'", (title,))
            database.commit()
            await until(campus, {"Courts open again", LOST}, low)
            database.execute("delete from notice where title like '%Lost property%'")
            database.commit()
            await until(campus, {"Courts open again"}, low)
        await until(campus, {SPORTS, LOST}, low)


LATEST = """query($filter: AnnouncementFilter) { announcements(filter: $filter, first: 1) { nodes { title } } }"""


async def published(socket: Socket) -> str:
    """The title that is told next."""
    message = await socket.heard()
    assert message["type"] == "next", message
    return message["payload"]["data"]["announcementPublished"]["title"]


def in_english(title: str) -> str:
    return json.dumps({"en": title, "zh-hant": "", "zh-hans": ""})


def _publish(database: sqlite3.Connection, number: int, title: str, audience: list[tuple[str, str]]) -> None:
    row = (number, NOW, NOW, "registry", "normal", in_english(title), in_english("Words."), json.dumps(audience))
    database.execute("insert into notice values (?, ?, ?, ?, ?, ?, ?, ?)", row)


async def test_what_comes_out_is_told_to_those_whom_it_concerns_and_who_look(
    university: University, tmp_path: Path
) -> None:
    await university.well()
    async with campus_over(university, apart(university, tmp_path, refresh=1)) as campus, AsyncExitStack() as stack:
        await campus.indexes_filled()
        told: dict[str, Socket] = {}
        for who in ("alex", "mei", ""):
            opened = campus.client.ws_connect("/graphql", protocols=("graphql-transport-ws",))
            told[who] = Socket(await stack.enter_async_context(opened))
            await told[who].begin({"Authorization": f"Bearer {await campus.token(who)}"} if who else None)
            await told[who].subscribe("1", 'subscription { announcementPublished(campus: "CWB") { title } }')
            latest = await campus.ask(LATEST, {"filter": {"campus": "CWB"}}, as_=who or None)
            assert await published(told[who]) == latest.at("announcements.nodes.0.title")
        with notices_of(university, "notices-cwb") as database:
            for number, (title, audience) in enumerate((("For all", []), ("For CWB", [("campus", "CWB")]))):
                _publish(database, 9000 + number, title, audience)
            database.commit()
            assert {await published(told["alex"]), await published(told["alex"])} == {"For all", "For CWB"}
            assert await published(told["mei"]) == await published(told[""]) == "For all"
            database.execute("update notice set title = ? where number = 9000", (in_english("For all, anew"),))
            database.commit()
            for socket in told.values():
                assert await published(socket) == "For all, anew"


async def test_a_feed_that_was_never_read_is_missing_and_said_to_be(university: University, tmp_path: Path) -> None:
    await university.well()
    settings = apart(university, tmp_path)
    query = "{ announcements { nodes { campus } unavailable { system campus code } } }"
    await university.systems["notices-gz"].fault("down")
    async with campus_over(university, settings) as campus:
        for _ in range(100):
            answer = await campus.ask(query)
            if answer.data["announcements"]:
                break
            await asyncio.sleep(0.05)
        assert {each["campus"] for each in answer.at("announcements.nodes")} == {"CWB"}
        missing = {"system": "notices-gz", "campus": "GZ", "code": "UPSTREAM_UNAVAILABLE"}
        assert answer.at("announcements.unavailable") == [missing]
        assert answer.faults() == {("announcements", "UPSTREAM_UNAVAILABLE", "notices-gz")}
        nothing = await campus.ask('{ announcements(filter: {campus: "GZ"}) { totalCount } }')
        assert nothing.data == {"announcements": None}, "an empty list would say that nothing is announced"
        assert nothing.faults() == {("announcements", "UPSTREAM_UNAVAILABLE", "notices-gz")}
    await university.well()


async def test_what_was_read_once_stands_while_its_feed_is_away_and_over_a_restart(
    university: University, tmp_path: Path
) -> None:
    await university.well()
    settings = apart(university, tmp_path)
    async with campus_over(university, settings) as campus:
        await campus.indexes_filled()
        before = titles(await campus.ask(ALL))
    for system in ("notices-cwb", "notices-gz"):
        await university.systems[system].fault("down")
    async with campus_over(university, settings) as campus:
        assert titles(await campus.ask(ALL)) == before
    await university.well()
