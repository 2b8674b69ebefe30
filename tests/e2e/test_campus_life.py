"""Where one lives at each campus and what campus cards tell, through the graph and its pages."""

from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus, University, campus_over

CARD = """
query ($first: Int!, $after: String, $campus: String) {
  me {
    campusCards(campus: $campus) {
      nodes {
        campus
        status
        transactions(first: $first, after: $after) {
          totalCount
          nodes { number }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
      unavailable { system campus code }
    }
  }
}
"""


def asked(call: str) -> str:
    """Path and query, without method and account."""
    return call.split("/", 3)[-1].split(" ")[0]


async def test_a_student_of_both_campuses_has_a_room_and_a_rent_at_each(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("housing-and-card", as_="jordan")
    assert answer.errors == []
    running = [each for each in answer.at("me.housing.nodes") if each["state"] == "ACTIVE"]
    assert [(each["campus"], each["rent"]["currency"], each["rentPeriod"]) for each in running] == [
        ("CWB", "HKD", "TERM"),
        ("GZ", "CNY", "TERM"),
    ]
    assert [each["roomChange"] for each in running] == [
        {"opens": "2026-10-20", "closes": "2026-11-06", "open": True}
    ] * 2
    assert all(each["location"]["building"] == each["residence"] for each in running)
    assert [each["state"] for each in answer.at("me.housing.nodes")] == ["ACTIVE", "ACTIVE", "UPCOMING", "UPCOMING"]


async def test_a_lost_card_says_since_when_and_another_does_not(open_campus: SimulatedCampus) -> None:
    cards = {
        who: (await open_campus.widget("housing-and-card", as_=who)).at("me.campusCards.nodes.0")
        for who in ("jordan", "mei")
    }
    assert {who: (card["status"], card["lossState"]) for who, card in cards.items()} == {
        "jordan": ("FROZEN", "REPORTED"),
        "mei": ("ACTIVE", "NOT_REPORTED"),
    }
    number = (await plain.claims(open_campus, "jordan"))["gz_card_number"]
    held = await plain.card(open_campus, number)
    assert plain.moment(cards["jordan"]["lossReportedAt"]) == plain.moment(held["loss"]["reportedAt"])
    assert cards["mei"]["lossReportedAt"] is None
    # Mei reads Chinese, and says so in her token.
    assert (cards["jordan"]["lossLabel"], cards["mei"]["lossLabel"]) == ("Reported", "未挂失")


async def test_a_statement_is_read_to_its_end_page_by_page_at_a_call_each(open_campus: SimulatedCampus) -> None:
    number = (await plain.claims(open_campus, "mei"))["gz_card_number"]
    held = [row["number"] for row in (await plain.card(open_campus, number))["latest"]["items"]]
    await open_campus.ask(CARD, {"first": 1}, as_="mei")
    await open_campus.forget_calls()
    seen: list[int] = []
    after, pages = None, 0
    while True:
        answer = await open_campus.ask(CARD, {"first": 9, "after": after}, as_="mei")
        page = answer.at("me.campusCards.nodes.0.transactions")
        seen += [each["number"] for each in page["nodes"]]
        pages += 1
        assert page["totalCount"] == len(held)
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == held
    calls = [asked(call) for call in (await open_campus.calls())["life-gz"]]
    assert calls.count("card?transactions=20") == pages, "each operation asks for the card"
    assert len(calls) == 2 * pages - 1, "and for a page of its own where it is not the first"


@pytest.mark.parametrize(("first", "further"), [(20, []), (21, ["card/transactions?pageSize=21"])])
async def test_a_first_page_of_twenty_comes_with_the_card(
    open_campus: SimulatedCampus, first: int, further: list[str]
) -> None:
    await open_campus.ask(CARD, {"first": 1}, as_="jordan")
    await open_campus.forget_calls()
    answer = await open_campus.ask(CARD, {"first": first}, as_="jordan")
    assert len(answer.at("me.campusCards.nodes.0.transactions.nodes")) == first
    assert [asked(call) for call in (await open_campus.calls())["life-gz"]] == ["card?transactions=20", *further]


async def test_a_page_that_cannot_be_is_refused_at_the_list_and_the_card_stands(open_campus: SimulatedCampus) -> None:
    for wrong in ({"first": 0}, {"first": 101}, {"first": 5, "after": "bm9uZQ"}, {"first": 5, "after": "WyJhIl0"}):
        answer = await open_campus.ask(CARD, wrong, as_="mei")
        assert answer.faults() == {("me.campusCards.nodes.0.transactions", "BAD_USER_INPUT", None)}, wrong
        assert answer.at("me.campusCards.nodes.0.status") == "ACTIVE"


async def test_a_campus_without_cards_is_not_asked_for_one(open_campus: SimulatedCampus) -> None:
    """Which parts of its protocol a system has, the settings say."""
    await open_campus.ask(CARD, {"first": 1}, as_="jordan")
    await open_campus.forget_calls()
    answer = await open_campus.ask(CARD, {"first": 1, "campus": "CWB"}, as_="jordan")
    assert (answer.errors, answer.at("me.campusCards")) == ([], None)
    assert await open_campus.counts() == {}


def card_office(university: University, id_: str, campus: str, **more: str) -> dict[str, Any]:
    """Guangzhou's card office, under another id or at another campus."""
    (told,) = [system for system in university.settings().systems if system.id == "life-gz"]
    return {
        "id": id_,
        "kind": "gz_campus",
        "campus": campus,
        "protocol": "campus_life",
        "url": told.url,
        "parts": ["card"],
        "account": [{"claim": "gz_card_number"}],
        "credential": {"env": "SANDBOX_LIFE_GZ"},
        **more,
    }


async def test_a_setting_takes_a_part_away(university: University) -> None:
    await university.well()
    own = {"systems": [card_office(university, "life-gz", "GZ")]}
    async with campus_over(university, university.settings(own)) as campus:
        answer = await campus.ask(
            "{ me { housing { nodes { campus } } campusCards { nodes { campus } } } }", as_="jordan"
        )
    assert answer.errors == []
    assert {each["campus"] for each in answer.at("me.housing.nodes")} == {"CWB"}
    assert answer.at("me.campusCards.nodes") == [{"campus": "GZ"}]


async def test_who_has_a_card_at_two_campuses_sees_both_and_turns_the_pages_of_each_alone(
    university: University,
) -> None:
    await university.well()
    nobody = "http://127.0.0.1:9"
    offices = [card_office(university, "card-cwb", "CWB"), card_office(university, "card-down", "CWB", url=nobody)]
    async with campus_over(university, university.settings({"systems": offices})) as campus:
        answer = await campus.ask(CARD, {"first": 3}, as_="jordan")
        assert sorted(each["campus"] for each in answer.at("me.campusCards.nodes")) == ["CWB", "GZ"]
        assert answer.at("me.campusCards.unavailable") == [
            {"system": "card-down", "campus": "CWB", "code": "UPSTREAM_UNAVAILABLE"}
        ]
        assert answer.faults() == {("me.campusCards", "UPSTREAM_UNAVAILABLE", "card-down")}
        (other,) = (await campus.ask(CARD, {"first": 3, "campus": "GZ"}, as_="jordan")).at("me.campusCards.nodes")
        end = other["transactions"]["pageInfo"]["endCursor"]
        following = await campus.ask(CARD, {"first": 3, "after": end}, as_="jordan")
        numbers = {
            each["campus"]: each["transactions"] and [row["number"] for row in each["transactions"]["nodes"]]
            for each in following.at("me.campusCards.nodes")
        }
        last = other["transactions"]["nodes"][-1]["number"]
        assert numbers == {"CWB": None, "GZ": [last - 1, last - 2, last - 3]}
        assert "BAD_USER_INPUT" in {code for _, code, _ in following.faults()}


async def test_room_and_card_are_behind_a_scope_each(open_campus: SimulatedCampus) -> None:
    query = "{ me { housing { nodes { room } } campusCards { nodes { status } } } }"
    await open_campus.ask(query, as_="mei")
    await open_campus.forget_calls()
    answer = await open_campus.ask(query, as_="mei", scope="openid housing:read")
    assert answer.faults() == {("me.campusCards", "FORBIDDEN", None)}
    assert answer.at("me.housing.nodes")
    answer = await open_campus.ask(query, as_="mei", scope="openid card:read")
    assert answer.faults() == {("me.housing", "FORBIDDEN", None)}
    assert answer.at("me.campusCards.nodes.0.status") == "ACTIVE"
    assert [asked(call) for call in (await open_campus.calls())["life-gz"]] == ["housing", "card?transactions=20"]
