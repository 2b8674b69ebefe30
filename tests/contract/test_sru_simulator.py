"""The simulated catalogue answers SRU as the standard says, and holds what the simulated library lends."""

import sqlite3
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession

from sandbox import alma, sru

from .simulators import recorded_json, simulator
from .small_university import small_university

FOUND = {"version": "1.2", "operation": "searchRetrieve", "recordSchema": "marcxml"}


@pytest.fixture(name="origin", scope="module")
async def served_catalogue():
    async with simulator(sru, "CWB", "") as origin:
        yield origin


async def ask(origin, **params):
    async with ClientSession() as session, session.get(origin, params=params) as answer:
        assert (answer.status, answer.content_type) == (200, "text/xml")
        return ElementTree.fromstring(await answer.read())  # noqa: S314


async def search(origin, query, **more):
    return await ask(origin, **{**FOUND, "query": query, **more})


def number(root):
    return int(root.findtext("{*}numberOfRecords"))


def ids(root):
    return [each.findtext("{*}recordIdentifier") for each in root.iterfind("{*}records/{*}record")]


def complaint(root):
    return root.findtext("{*}diagnostics/{*}diagnostic/{*}uri")


async def test_pages_put_together_are_every_hit_once(origin):
    first = await search(origin, 'alma.all_for_ui all "introduction"', maximumRecords="30")
    total, seen = number(first), ids(first)
    while position := first.findtext("{*}nextRecordPosition"):
        first = await search(origin, 'alma.all_for_ui all "introduction"', maximumRecords="30", startRecord=position)
        seen += ids(first)
    assert len(seen) == len(set(seen)) == total > 50


async def test_ten_records_are_given_to_who_asks_for_no_number_and_fifty_at_most(origin):
    assert len(ids(await search(origin, "alma.title=introduction"))) == 10
    assert len(ids(await search(origin, "alma.title=introduction", maximumRecords="500"))) == 50
    assert ids(await search(origin, "alma.title=introduction", maximumRecords="0")) == []


async def test_a_record_is_the_one_that_the_bibs_of_the_same_alma_have():
    """Availability too: what SRU says in its own place is what the Bibs API says."""
    async with simulator(sru, "CWB", "") as origin, simulator(alma, "CWB", "key") as library:
        root = await search(origin, 'alma.all_for_ui all "robotics"', maximumRecords="50")
        query = {"mms_id": ",".join(ids(root)), "view": "full", "expand": "p_avail,e_avail"}
        headers = {"Authorization": "apikey key", "Accept": "application/json"}
        async with ClientSession(headers=headers) as session:
            bibs = await (await session.get(f"{library}/almaws/v1/bibs", params=query)).json()
    marc = {each.findtext("{*}controlfield"): each for each in root.iterfind(".//{*}recordData/{*}record")}
    assert len(marc) == len(bibs["bib"]) > 20
    for bib in bibs["bib"]:
        told = ElementTree.fromstring(bib["anies"][0].split("?>", 1)[1])  # noqa: S314
        assert _texts(marc[bib["mms_id"]]) == _texts(told)
    assert {"AVA", "AVE"} <= {each.get("tag") for record in marc.values() for each in record}
    assert {"available", "unavailable"} >= _availability(marc.values())


def _texts(record):
    return [(each.get("tag"), each.get("code"), each.text) for each in record.iter()]


def _availability(records):
    fields = (each for record in records for each in record if each.get("tag") == "AVA")
    return {each.text for field in fields for each in field if each.get("code") == "e"}


async def test_subfields_of_availability_are_those_that_were_recorded(origin):
    recorded = ElementTree.fromstring(recorded_json("alma/bibs.json")["bib"][0]["anies"][0].split("?>", 1)[1])  # noqa: S314
    known = {each.get("code") for field in recorded if field.get("tag") == "AVA" for each in field}
    ours = await search(origin, "alma.title=robotics", maximumRecords="50")
    fields = [field for field in ours.iterfind(".//{*}datafield") if field.get("tag") == "AVA"]
    assert fields
    assert {each.get("code") for field in fields for each in field} <= known


async def test_all_words_are_wanted_in_any_order_and_chinese_without_blanks(origin):
    for query in ('alma.all_for_ui all "learning machine"', 'alma.title all "Machine LEARNING"'):
        assert number(await search(origin, query)) == 36
    assert number(await search(origin, 'alma.all_for_ui all "機器學習"')) == 18
    assert number(await search(origin, 'alma.all_for_ui all "學習 導論"')) == 1
    assert number(await search(origin, 'alma.all_for_ui all "machine zebra"')) == 0


async def test_a_book_is_found_by_either_of_its_numbers_and_several_are_joined(origin):
    root = await search(origin, 'alma.all_for_ui all "machine learning"', maximumRecords="50")
    old = next(
        each for each in root.iterfind(".//{*}recordData/{*}record") if len((_isbn(each) or "").split()[0]) == 10
    )
    older = _isbn(old).split()[0]
    assert ids(await search(origin, f"alma.isbn={older}")) == [old.findtext("{*}controlfield")]
    several = " or ".join(f'alma.mms_id="{each}"' for each in ids(root)[:7])
    assert sorted(ids(await search(origin, several))) == sorted(ids(root)[:7])
    both = await search(origin, f"alma.isbn={older} and alma.title=zebra")
    assert (number(both), ids(both)) == (0, [])


def _isbn(record):
    fields = [each for each in record if each.get("tag") == "020"]
    return fields[0].findtext("{*}subfield") if fields else None


@pytest.mark.parametrize(
    ("asked", "diagnostic"),
    [
        ({"operation": "scan"}, 4),
        ({"version": "2.0", "query": "alma.title=x"}, 5),
        ({"query": "alma.title=x", "startRecord": "one"}, 6),
        ({}, 7),
        ({"query": "alma.title"}, 10),
        ({"query": 'alma.title="x'}, 10),
        ({"query": "alma.title=x not alma.title=y"}, 10),
        ({"query": "alma.colour=x"}, 16),
        ({"query": "alma.title=introduction", "startRecord": "9999"}, 61),
        ({"query": "alma.title=x", "recordSchema": "mods"}, 66),
        ({"query": "alma.title=x sortBy alma.colour"}, 80),
    ],
)
async def test_what_cannot_be_answered_is_told_by_the_number_of_its_diagnostic(origin, asked, diagnostic):
    root = await ask(origin, **{**FOUND, **asked})
    assert complaint(root) == f"info:srw/diagnostic/1/{diagnostic}"
    assert number(root) == 0


async def test_it_explains_what_can_be_asked(origin):
    root = await ask(origin, version="1.2", operation="explain")
    names = {each.text for each in root.iterfind(".//{*}indexInfo/{*}index/{*}map/{*}name")}
    assert {"all_for_ui", "isbn", "title"} <= names


def test_the_same_seed_makes_the_same_catalogue_as_the_library_has():
    one, two = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    for db, module in ((one, alma), (two, sru)):
        module.seed(db, small_university(), "CWB")
    assert list(one.iterdump()) == list(two.iterdump())
    one.close()
    two.close()
