"""Searching two libraries at once: one list of books, what each campus holds of them, and who could not say."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.e2e.second_catalogue import SHARED_WORK, SYSTEM, books, campus_with_two_catalogues
from tests.simulated_campus import Answer, SimulatedCampus, University

CWB = "catalogue-cwb"

EDITION = """
  id title author year language isbns publisher
  holdings {
    campus library location { building room latitude longitude } shelvingLocation callNumber copies available state
    stateLabel electronicUrl
  }
  unavailable { system code retryAfter }
"""
FIND_AGAIN = f"query($id: ID!) {{ node(id: $id) {{ ... on Edition {{ {EDITION} }} }} }}"


@pytest.fixture(scope="module")
async def two(university: University) -> AsyncIterator[SimulatedCampus]:
    await university.well()
    async with campus_with_two_catalogues(university) as campus:
        yield campus


@pytest.fixture(autouse=True)
async def well(two: SimulatedCampus) -> AsyncIterator[None]:
    await two.university.well()
    yield
    await two.university.well()


async def search(campus: SimulatedCampus, words: str, /, **more: Any) -> Answer:
    answer = await campus.widget("catalogue-search", {"search": words, **more})
    assert answer.errors == []
    return answer


async def every(campus: SimulatedCampus, words: str, first: int) -> list[dict[str, Any]]:
    """All pages put together."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        answer = await search(campus, words, first=first, after=after)
        nodes = answer.at("catalogue.nodes")
        assert len(nodes) <= first
        found += nodes
        after = answer.at("catalogue.pageInfo.endCursor")
        if not answer.at("catalogue.pageInfo.hasNextPage"):
            assert answer.at("catalogue.totalCount") == len(found)
            return found


def held_at(edition: dict[str, Any], campus: str) -> list[dict[str, Any]]:
    return [holding for holding in edition["holdings"] if holding["campus"] == campus]


async def test_what_one_library_finds_is_what_its_catalogue_answers_a_plain_question(two: SimulatedCampus) -> None:
    answer = await search(two, "machine learning", campus="CWB", first=50)
    told = [
        (each["title"], [(one["library"], one["callNumber"], one["copies"], one["available"]) for one in shelves])
        for each in answer.at("catalogue.nodes")
        for shelves in [[one for one in each["holdings"] if one["state"] != "ONLINE"]]
    ]
    assert told == await plain.books(two.systems[CWB], "machine learning")
    assert len(told) == 36
    assert answer.at("catalogue.searched") == [{"campus": "CWB", "found": 36, "listed": 36}]


async def test_a_book_of_both_libraries_is_there_once_with_what_each_campus_holds(two: SimulatedCampus) -> None:
    answer = await search(two, "machine learning", first=50)
    editions = answer.at("catalogue.nodes")
    ours, theirs = await plain.books(two.systems[CWB], "machine learning"), books()
    hits = [title for title in theirs if "Machine Learning" in title.title]
    there = {title.isbn: title for title in hits if title.isbn}
    without_number = [title for title in hits if not title.isbn]
    numbers = [isbn for edition in editions for isbn in edition["isbns"]]
    assert len(numbers) == len(set(numbers))
    # What has no number is nobody else's: nothing is the same for being called alike.
    assert answer.at("catalogue.totalCount") == len(editions) == len(ours) + len(without_number) == 37
    both = [edition for edition in editions if held_at(edition, "GZ") and edition["isbns"]]
    assert {isbn for edition in both for isbn in edition["isbns"]} == set(there)
    assert len(there) > 5
    for edition in both:
        (shelf,) = held_at(edition, "GZ")
        assert shelf["callNumber"] == there[edition["isbns"][0]].call_number
        assert (shelf["copies"], shelf["available"], shelf["state"]) == (2, 2, "AVAILABLE")
        assert held_at(edition, "CWB")
    # Both wrote the older ones down with ten digits, and the graph knows them by thirteen.
    assert {len(isbn) for isbn in numbers} == {13}


@pytest.mark.parametrize("first", [1, 7, 50])
async def test_pages_put_together_are_the_whole_list(two: SimulatedCampus, first: int) -> None:
    whole = await every(two, "robotics", 50)
    assert len(whole) > 36
    assert [each["id"] for each in await every(two, "robotics", first)] == [each["id"] for each in whole]


async def test_no_page_costs_a_library_more_than_two_calls(two: SimulatedCampus) -> None:
    costs = []
    for first in (1, 25, 50):
        await two.forget_calls()
        assert len((await search(two, "of", first=first)).at("catalogue.nodes")) == first
        costs.append(await two.counts())
    assert all(calls <= 2 for each in costs for calls in each.values())
    assert costs[-1] == costs[-2] == {CWB: 2, SYSTEM: 2}


async def test_what_only_the_other_library_finds_by_these_words_is_looked_up_by_its_number(
    two: SimulatedCampus,
) -> None:
    for words in (SHARED_WORK, "機器人學讀本"):
        (edition,) = (await search(two, words)).at("catalogue.nodes")
        assert [shelf["callNumber"] for shelf in held_at(edition, "GZ")] == ["GZ R"]
        assert held_at(edition, "CWB")
    assert (edition["title"], len(edition["isbns"])) == ("機器人學讀本", 1)


async def test_a_list_says_how_much_of_what_there_is_it_holds(two: SimulatedCampus) -> None:
    answer = await search(two, "sturgeons", first=50)
    assert answer.at("catalogue.searched") == [
        {"campus": "GZ", "found": 60, "listed": 50},
        {"campus": "CWB", "found": 0, "listed": 0},
    ]
    assert answer.at("catalogue.totalCount") == 50
    assert answer.at("catalogue.pageInfo.hasNextPage") is False


async def test_a_number_is_found_however_it_is_written(two: SimulatedCampus) -> None:
    shared = next(title for title in books() if title.isbn and title.year < 2007)
    hyphens = f"{shared.isbn[:3]}-{shared.isbn[3]}-{shared.isbn[4:]}"
    for typed in (shared.isbn, f"ISBN {shared.isbn}", hyphens, shared.old_isbn):
        (edition,) = (await search(two, typed)).at("catalogue.nodes")
        assert edition["isbns"] == [shared.isbn]
        assert {holding["campus"] for holding in edition["holdings"]} == {"CWB", "GZ"}


async def test_an_edition_is_found_again_by_its_id_with_all_that_is_held_of_it(two: SimulatedCampus) -> None:
    for words in ("robotics", "sturgeons"):
        for edition in (await search(two, words, first=3)).at("catalogue.nodes"):
            again = await two.ask(FIND_AGAIN, {"id": edition["id"]})
            assert (again.errors, again.data) == ([], {"node": edition})


@pytest.mark.parametrize("mode", ["down", "garbage", "429"])
@pytest.mark.parametrize(("lost", "left"), [(CWB, "GZ"), (SYSTEM, "CWB")])
async def test_with_one_library_gone_the_others_books_stand_and_it_is_told(
    two: SimulatedCampus, lost: str, left: str, mode: str
) -> None:
    code, wait = {
        "down": ("UPSTREAM_UNAVAILABLE", None),
        "garbage": ("UPSTREAM_BAD_RESPONSE", None),
        "429": ("UPSTREAM_RATE_LIMITED", 2),
    }[mode]
    whole = await search(two, "robotics", campus=left, first=50)
    await two.systems[lost].fault(mode)
    answer = await two.widget("catalogue-search", {"search": "robotics", "first": 50})
    missing = [{"system": lost, "code": code, "retryAfter": wait}]
    assert answer.faults() == {("catalogue", code, lost)}
    assert answer.at("catalogue.unavailable") == missing
    assert answer.at("catalogue.totalCount") == whole.at("catalogue.totalCount") >= 10
    assert answer.at("catalogue.nodes") == [
        {**edition, "unavailable": missing} for edition in whole.at("catalogue.nodes")
    ]
    again = await two.ask(FIND_AGAIN, {"id": answer.at("catalogue.nodes.0.id")})
    assert again.faults() == {("node", code, lost)}
    assert again.at("node.unavailable") == missing
    assert again.at("node.holdings") == answer.at("catalogue.nodes.0.holdings")


async def test_with_no_library_left_there_is_no_list_rather_than_an_empty_one(two: SimulatedCampus) -> None:
    for system in (CWB, SYSTEM):
        await two.systems[system].fault("closed")
    answer = await two.widget("catalogue-search", {"search": "robotics"})
    assert answer.data == {"catalogue": None}
    assert answer.faults() == {("catalogue", "UPSTREAM_MAINTENANCE", system) for system in (CWB, SYSTEM)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"search": ""}, {"search": " \"*\" "}, {"search": "a" * 101}, {"search": "a " * 13}, {"campus": "MARS"},
        {"first": 0}, {"first": 51}, {"after": "here"},
    ],
)  # fmt: skip
async def test_what_cannot_be_searched_is_a_mistake_of_the_client(two: SimulatedCampus, wrong: dict[str, Any]) -> None:
    answer = await two.widget("catalogue-search", {"search": "robotics", **wrong})
    assert answer.data == {"catalogue": None}
    assert answer.faults() == {("catalogue", "BAD_USER_INPUT", None)}
