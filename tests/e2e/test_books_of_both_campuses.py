"""The books of Clear Water Bay's Alma, searched by SRU, and of Guangzhou's Koha, whose copies are asked for apart."""

from typing import Any

from tests.e2e import plain_reads as plain
from tests.e2e.test_catalogue_search import CWB, FIND_AGAIN, held_at, search
from tests.simulated_campus import SimulatedCampus, campus_over

GZ = "library-gz"


async def test_the_libraries_of_both_campuses_say_what_each_has_of_the_same_book(
    cold_campus: SimulatedCampus,
) -> None:
    there = await plain.copies_in_guangzhou(cold_campus, "robotics")
    await cold_campus.forget_calls()
    answer = await search(cold_campus, "robotics", first=50)
    both = [each for each in answer.at("catalogue.nodes") if held_at(each, "CWB") and held_at(each, "GZ")]
    assert len(both) == len(there) >= 3
    for edition in both:
        shelves = held_at(edition, "GZ")
        copies, on_the_shelf = there[edition["isbns"][0]]
        assert (sum(each["copies"] for each in shelves), sum(each["available"] for each in shelves)) == (
            copies, on_the_shelf,
        )  # fmt: skip
        assert {each["state"] for each in shelves} <= (
            {"AVAILABLE", "UNAVAILABLE"} if on_the_shelf else {"UNAVAILABLE"}
        )
    searched = {each["campus"]: (each["found"], each["listed"]) for each in answer.at("catalogue.searched")}
    assert searched == {"CWB": (36, 36), "GZ": (len(there), len(there))}
    calls = await cold_campus.calls()
    assert len(calls[CWB]) == 1
    assert [call.split("?")[0] for call in calls[GZ] if "/oauth/" not in call] == [
        "GET /api/v1/biblios", "GET /api/v1/items",
    ]  # fmt: skip
    again = await cold_campus.ask(FIND_AGAIN, {"id": both[0]["id"]})
    assert (again.errors, again.data) == ([], {"node": both[0]})


async def test_copies_that_could_not_be_asked_for_are_told_and_the_books_stand(campus: SimulatedCampus) -> None:
    """Slow enough for one call, and not for two."""
    whole = await search(campus, "robotics", first=50)
    await campus.systems[GZ].fault("slow", seconds=1.2)
    answer = await campus.widget("catalogue-search", {"search": "robotics", "first": 50})
    assert answer.faults() == {("catalogue", "UPSTREAM_TIMEOUT", GZ)}
    missing = [{"system": GZ, "code": "UPSTREAM_TIMEOUT", "retryAfter": None}]
    assert answer.at("catalogue.unavailable") == missing
    left = [
        [shelf for shelf in edition["holdings"] if shelf["campus"] == "CWB" or shelf["copies"] is None]
        for edition in whole.at("catalogue.nodes")
    ]
    assert answer.at("catalogue.nodes") == [
        {**edition, "holdings": shelves, "unavailable": missing}
        for edition, shelves in zip(whole.at("catalogue.nodes"), left, strict=True)
    ]


async def test_two_searches_at_once_are_two_questions(cold_campus: SimulatedCampus) -> None:
    one = '%s: catalogue(search: "%s", campus: "GZ") { nodes { id } }'
    query = f"{{ {one % ('a', 'robotics')} {one % ('b', 'logic')} }}"
    answer = await cold_campus.ask(query)
    assert answer.errors == []
    for alias, words in (("a", "robotics"), ("b", "logic")):
        alone = await search(cold_campus, words, campus="GZ")
        ids = [each["id"] for each in alone.at("catalogue.nodes")]
        assert [each["id"] for each in answer.at(f"{alias}.nodes")] == ids
        assert alone.at("catalogue.totalCount") > 0


async def test_as_many_words_as_one_may_ask_for_are_asked_for(campus: SimulatedCampus) -> None:
    """Also where what is asked is long: the answer repeats it nowhere."""
    words = "university press hong kong wiley springer world scientific new york 機器人學 press"
    assert len(words.split()) == 12
    answer = await search(campus, words)
    assert answer.at("catalogue.totalCount") == 0
    found = await search(campus, "press of hong kong university press of hong kong university press of", campus="GZ")
    assert found.at("catalogue.searched.0.found") > 0


async def test_each_branch_says_where_it_stands_as_the_settings_have_it(campus: SimulatedCampus) -> None:
    answer = await search(campus, "robotics", first=50)
    places: dict[str, Any] = {}
    for holding in (each for edition in answer.at("catalogue.nodes") for each in edition["holdings"]):
        if holding["state"] == "ONLINE":
            assert holding["location"] is None
        else:
            places[holding["library"]] = holding["location"]
    assert places.keys() == {
        "Lee Shau Kee Library", "Guangzhou Main Library", "E1 Learning Commons",
    }  # fmt: skip
    buildings = {
        names[0]["value"]: row["address"]["geolocation"]
        for row in await plain.rows(campus.systems["sis-gz"], "/buildings")
        for names in [row["name"]]
    }
    e1 = {"building": "Building E1", "room": "1F"}
    assert places["E1 Learning Commons"] == {**e1, **buildings["Building E1"]}, "where its student system has E1"
    nowhere = {"campuses": [{"code": "GZ", "name": {"en": "Guangzhou"}, "timezone": "Asia/Shanghai"}]}
    async with campus_over(campus.university, campus.university.settings(nowhere)) as other:
        told = await search(other, "robotics", first=50)
    located = {
        holding["campus"]
        for edition in told.at("catalogue.nodes")
        for holding in edition["holdings"]
        if holding["location"]
    }
    assert located == {"CWB"}
