"""The SRU connector over records of a real Alma, over the simulated catalogue, and over nonsense."""

import copy
import re
import sqlite3
from xml.etree import ElementTree

import pytest
from aiohttp import web

from connectors.library import Entry, Holding, HoldingState, Sru
from connectors.wire import UpstreamBadResponse, UpstreamError
from sandbox import sru

from .simulators import clock_at, recorded_json, served
from .small_university import NOW, small_university
from .wire import Recorded, reached, replayed, witnessed

SRW = 'xmlns="http://www.loc.gov/zing/srw/"'
XML = "text/xml;charset=UTF-8"


def answer(records, found=None, more=""):
    rows = "".join(f"<record><recordData>{record}</recordData></record>" for record in records)
    total = len(records) if found is None else found
    return Recorded(
        200,
        XML,
        f"<searchRetrieveResponse {SRW}><version>1.2</version><numberOfRecords>{total}</numberOfRecords>"
        f"<records>{rows}</records>{more}</searchRetrieveResponse>".encode(),
    )


def recorded_marc():
    """Records as a real Alma has them, availability included: its Bibs API sends the same that its SRU does.

    After these two, the recording goes on with answers that were made by hand.
    """
    bibs = recorded_json("alma/bibs.json")["bib"][:2]
    return [re.sub(r"^<\?xml[^>]*\?>\s*", "", bib["anies"][0]) for bib in bibs]


async def ask(endpoint, asked, *answers):
    async with replayed(*answers) as (origin, seen), reached(Sru, f"{origin}/view/sru/852X_INST") as catalogue:
        return await getattr(catalogue.ask(), endpoint)(asked), seen


def shelf(library, copies, call_number):
    return Holding(
        campus="CWB",
        library=library,
        shelving_location="Stacks",
        call_number=call_number,
        copies=copies,
        available=copies,
        state=HoldingState.AVAILABLE,
        state_label="available",
        electronic_url=None,
    )


async def test_recorded_records_become_entries_with_what_each_branch_holds():
    told, (question,) = await ask("entries", "new york", answer(recorded_marc(), found=731))
    assert told.found == 731
    assert told.entries == (
        Entry(
            system="system-1",
            campus="CWB",
            id="991023558879703811",
            title="New York, New York : fifty years of art, architecture, cinema, performance, photography and video",
            author="Celant, Germano.",
            year=2006,
            language="eng",
            isbns=("9788876248641",),
            publisher="Skira",
            holdings=(
                shelf("Paley Library", 2, "NX511.N4 N513 2006"),
                shelf("Ambler Campus Library", 1, "NX511.N4 N513 2006"),
            ),
        ),
        Entry(
            system="system-1",
            campus="CWB",
            id="991036880906903811",
            title="Dynamics of news reporting and writing : foundational skills for a digital age",
            author="Filak, Vincent F.",
            year=2019,
            language="eng",
            isbns=("9781506344744",),
            publisher="CQ Press, a division of SAGE Publications, Inc.",
            holdings=(shelf("Paley Library", 1, "PN4775 .F45 2019"),),
        ),
    )
    assert (question.method, question.path) == ("GET", "/view/sru/852X_INST")
    assert question.query == [
        ("version", "1.2"),
        ("operation", "searchRetrieve"),
        ("recordSchema", "marcxml"),
        ("startRecord", "1"),
        ("maximumRecords", "50"),
        ("query", 'alma.all_for_ui all "new york" sortBy alma.rank/sort.descending'),
    ]


async def test_what_means_something_in_cql_is_looked_for_as_nothing():
    _, (question,) = await ask("entries", 'c++ "or" alma.isbn=1 \\ art*?^', answer([]))
    assert question.query[-1] == (
        "query", 'alma.all_for_ui all "c++  or  alma.isbn=1   art   " sortBy alma.rank/sort.descending',
    )  # fmt: skip


MARC = """<record><controlfield tag="001">99100</controlfield>
<datafield tag="020"><subfield code="a">0-8044-2957-X (pbk.)</subfield></datafield>
<datafield tag="020"><subfield code="a">978-0-8044-2957-3</subfield></datafield>
<datafield tag="020"><subfield code="a">9780804429574</subfield></datafield>
<datafield tag="245"><subfield code="a">Logic.</subfield></datafield>{}</record>"""


async def holdings(*fields):
    told, _ = await ask("entries", "logic", answer([MARC.format("".join(fields))]))
    (entry,) = told.entries
    assert entry.isbns == ("9780804429573",), "ten digits and thirteen are one number, and a mistyped one is none"
    assert (entry.title, entry.author, entry.year, entry.language, entry.publisher) == ("Logic", None, None, None, None)
    return entry.holdings


def marc_field(tag, **subfields):
    inner = "".join(f'<subfield code="{code}">{text}</subfield>' for code, text in subfields.items())
    return f'<datafield ind1=" " ind2=" " tag="{tag}">{inner}</datafield>'


async def test_a_licence_is_read_online_while_it_runs():
    online, over = await holdings(
        marc_field("AVE", e="Available", m="E-books", u="https://x.example/1"), marc_field("AVE", e="Not Available")
    )
    assert (online.state, online.shelving_location, online.electronic_url) == (
        HoldingState.ONLINE, "E-books", "https://x.example/1",
    )  # fmt: skip
    assert (online.copies, online.available, online.call_number) == (None, None, None)
    assert (over.state, over.state_label) == (HoldingState.UNAVAILABLE, "Not Available")


async def test_a_word_we_do_not_know_is_kept_and_what_nobody_counted_is_not_guessed():
    lent, unknown, uncounted = await holdings(
        marc_field("AVA", b="LSK", e="unavailable", f="2", g="3"),
        marc_field("AVA", q="Main", e="check_holdings", f="7"),
        marc_field("AVA"),
    )
    assert (lent.state, lent.copies, lent.available, lent.library) == (HoldingState.UNAVAILABLE, 2, 0, "LSK")
    assert (unknown.state, unknown.state_label, unknown.copies) == (HoldingState.OTHER, "check_holdings", 7)
    assert unknown.available is None
    assert (uncounted.state, uncounted.copies, uncounted.library) == (HoldingState.OTHER, None, None)


async def test_books_are_looked_up_by_both_their_numbers_in_one_question():
    entries, (question,) = await ask("entries_of_isbns", ["9780804429573", "9791032305690"], answer([MARC.format("")]))
    assert [entry.id for entry in entries] == ["99100"]
    assert question.query[-1] == (
        "query", "alma.isbn=9780804429573 or alma.isbn=080442957X or alma.isbn=9791032305690",
    )  # fmt: skip


async def test_what_is_looked_up_is_read_to_the_end():
    record = MARC.format("")
    entries, seen = await ask("entries_of_isbns", ["9780804429573"], answer([record] * 50, 51), answer([record], 51))
    assert len(entries) == 51
    assert [dict(question.query)["startRecord"] for question in seen] == ["1", "51"]


DIAGNOSTIC = "<diagnostics><d:diagnostic xmlns:d='http://www.loc.gov/zing/srw/diagnostic/'><d:uri>{}</d:uri></d:diagnostic></diagnostics>"


@pytest.mark.parametrize(
    ("complaint", "error"),
    [("info:srw/diagnostic/1/10", UpstreamBadResponse), ("info:srw/diagnostic/1/2", UpstreamError)],
)
async def test_a_complaint_is_told_by_its_number_alone(complaint, error):
    with pytest.raises(error) as failed:
        await ask("entries", "logic", answer([], more=DIAGNOSTIC.format(complaint)))
    assert type(failed.value) is error
    assert str(failed.value) == f"system-1: {complaint}"


async def test_no_diagnostics_in_their_place_is_no_complaint():
    """As some versions of Alma answered."""
    told, _ = await ask("entries", "logic", answer([MARC.format("")], more="<diagnostics/>"))
    assert told.found == 1


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 50}">' for before, name in zip("abcdef", "bcdefg", strict=True))
    + f"]><searchRetrieveResponse {SRW}><numberOfRecords>1</numberOfRecords><version>&g;</version>"
    "</searchRetrieveResponse>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html/>",
        BOMB.encode(),
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
    ],
)
async def test_what_is_no_answer_is_a_bad_response(body):
    with pytest.raises(UpstreamBadResponse):
        await ask("entries", "logic", Recorded(200, XML, body))


NONSENSE = (None, "", "soon", "-1", "1.5", "9" * 40, "٣", "\u2028", "2010-02-30")


async def test_nonsense_in_one_place_is_told_as_the_systems():
    """Each element of an answer left out, and its text replaced: it becomes entries or an error of the system's."""
    db = sqlite3.connect(":memory:")
    sru.seed(db, small_university(), "CWB")
    async with witnessed(sru.build_app(db, clock_at(NOW), "")) as (origin, seen), reached(Sru, origin) as catalogue:
        assert (await catalogue.ask().entries("robotics")).found > 1
    db.close()
    whole = ElementTree.fromstring(seen[0].answer)  # noqa: S314
    records = whole.find("{*}records")
    for record in list(records)[1:]:
        records.remove(record)
    body, told, tried = b"", [], 0

    async def give(_):
        return web.Response(body=body, content_type="text/xml")

    app = web.Application()
    app.router.add_get("/{anything:.*}", give)
    async with served(app) as origin, reached(Sru, origin) as catalogue:
        for place, _ in enumerate(whole.iter()):
            for nonsense in NONSENSE:
                broken = copy.deepcopy(whole)
                _break(broken, place, nonsense)
                body = ElementTree.tostring(broken)
                tried += 1
                try:
                    await catalogue.ask().entries("robotics")
                except UpstreamError:
                    continue
                except Exception as failure:  # noqa: BLE001  whatever it is, it is what we look for
                    told.append(f"{place} {nonsense!r}: {failure!r}")
    assert told == []
    assert tried > 300


def _break(root, place, nonsense):
    element = list(root.iter())[place]
    if nonsense is not None:
        element.text = nonsense
        for name in dict(element.attrib):
            element.set(name, nonsense)
        return
    for parent in root.iter():
        if element in list(parent):
            parent.remove(element)
