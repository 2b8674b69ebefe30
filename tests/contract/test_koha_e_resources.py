"""Koha's module for e-resources: what packages, agreements and licences come to, and how each is asked for."""

import sqlite3
from datetime import date

import pytest
from aiohttp import web

from connectors.library import EResource, EResourceKind, Koha, LicenceTerms
from connectors.wire import UpstreamBadResponse
from sandbox import koha

from .koha_answers import YUAN, answering
from .koha_document import keep_to_the_document
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import reached, witnessed

CLIENT, SECRET = "gateway", "s3cret"
NAMED = {
    "link_field": "Access link",
    "campuses_field": "Campuses",
    "affiliations_field": "Authorised users",
}
PACKAGES, TITLES = "erm__eholdings__local__packages", "erm__eholdings__local__packages__7__resources"
HERE = frozenset({"student", "faculty", "staff"})


def terms(**told):
    return LicenceTerms(
        **{"active": True, "begins": None, "ends": None, "campuses": None, "affiliations": None, **told}
    )


@pytest.fixture(scope="module")
def db():
    seeded = sqlite3.connect(":memory:")
    koha.seed(seeded, small_university(), "GZ")
    yield seeded
    seeded.close()


async def test_packages_are_read_with_what_their_agreements_and_licences_say(db):
    async with (
        witnessed(koha.build_app(db, clock_at(NOW), f"{CLIENT}:{SECRET}")) as (origin, seen),
        reached(Koha, origin, SECRET, CLIENT, campus="GZ", options=YUAN | NAMED) as reach,
    ):
        found = {each.id: each for each in await reach.ask().e_resources()}
    keep_to_the_document(seen)
    assert list(found) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "11"], "what is on shelves is not online"
    assert found["2"] == EResource(
        system="system-1",
        campus="GZ",
        id="2",
        name="Kapok Journals 木棉期刊",
        kind=EResourceKind.JOURNAL,
        kind_label="E-journal",
        access_url="https://e.hkust-gz.example/2",
        licences=(
            terms(
                begins=date(2025, 1, 1),
                ends=date(2027, 12, 31),
                campuses=frozenset({"CWB", "GZ"}),
                affiliations=HERE,
            ),
        ),
    )
    assert found["4"].kind is EResourceKind.SOFTWARE
    assert found["4"].access_url == "https://e.hkust-gz.example/title/7"
    assert found["1"].licences == (
        terms(begins=date(2025, 1, 1), ends=date(2025, 12, 31), affiliations=HERE),
        terms(begins=date(2026, 1, 1), affiliations=HERE),
    )
    assert found["7"].licences == (
        terms(active=None, begins=date(2026, 9, 1), ends=date(2026, 12, 31), affiliations=HERE),
    )
    assert found["8"].licences == (), "in no agreement"
    assert found["9"].licences is None, "free"
    assert found["11"].licences == (
        terms(active=False, begins=date(2022, 9, 1), ends=date(2025, 8, 31)),
        terms(begins=date(2025, 9, 1), ends=date(2028, 8, 31)),
    )
    asked = [each.path.removeprefix("/api/v1") for each in seen]
    assert asked == [
        "/oauth/token",
        "/erm/extended_attribute_types",
        "/erm/agreements",
        *(f"/erm/agreements/{number}" for number in range(1, 9)),
        "/erm/licenses",
        "/erm/eholdings/local/packages",
        *(f"/erm/eholdings/local/packages/{number}/resources" for number in (1, 4, 5, 7, 8, 9, 11)),
    ]


PACKAGE = {"package_id": "7", "name": "Reeds", "content_type": "OnlineReference", "resources_count": 1}
TITLE = {"title_url": "https://reeds.example", "access_type": "P"}
AGREEMENT = {"agreement_id": 3, "status": "active", "is_perpetual": False}
HOLDS = {"license_id": 5, "status": "controlling"}
LICENCE = {"license_id": 5, "status": "active", "started_on": None, "ended_on": None}


def library(*, package=PACKAGE, title=TITLE, agreement=None, licence=None):
    """The answers of a library with one package, in at most one agreement."""
    rows = [agreement] if agreement else []
    whole = {"agreement_licenses": [HOLDS], "agreement_packages": [{"package_id": 7}]}
    return {
        PACKAGES: [package],
        TITLES: [{"title": title}],
        "erm__agreements": rows,
        "erm__agreements__3": whole | (agreement or {}),
        "erm__licenses": [licence or LICENCE],
    }


async def licences_of(**told):
    async with answering(**library(**told)) as (reach, _):
        (found,) = await reach.ask().e_resources()
    return found.licences


@pytest.mark.parametrize(
    ("agreed", "licensed", "active"),
    [
        ("active", "active", True),
        ("closed", "active", False),
        ("in_negotiation", "active", False),
        ("active", "expired", False),
        ("active", "rejected", False),
        ("active", "not_yet_active", False),
        ("active", "in_negotiation", False),
        ("active", "on trial", None),
        ("as last year", "active", None),
        ("as last year", "expired", False),
        ("closed", "on trial", False),
    ],
)
async def test_a_licence_is_in_force_if_it_and_its_agreement_are_and_unknown_by_a_word_of_the_librarys(
    agreed, licensed, active
):
    found = await licences_of(agreement=AGREEMENT | {"status": agreed}, licence=LICENCE | {"status": licensed})
    assert found == (terms(active=active),)


async def test_an_agreement_without_a_controlling_licence_lets_in_nobody_knows_whom():
    for linked in ([], [HOLDS | {"status": "history"}], [HOLDS | {"status": "future"}]):
        assert await licences_of(agreement=AGREEMENT | {"agreement_licenses": linked}) == (terms(active=None),)
    assert await licences_of() == (), "no agreement"


@pytest.mark.parametrize(
    ("perpetual", "periods", "days"),
    [
        (False, [], [(date(2026, 1, 1), date(2026, 12, 31))]),
        (True, [("2020-01-01", "2020-12-31")], [(date(2026, 1, 1), date(2026, 12, 31))]),
        (False, [("2026-03-01", None)], [(date(2026, 3, 1), date(2026, 12, 31))]),
        (False, [("2025-03-01", "2026-02-28")], [(date(2026, 1, 1), date(2026, 2, 28))]),
        (
            False,
            [("2025-01-01", "2025-12-31"), ("2026-01-01", "2027-12-31")],
            [(date(2026, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31))],
        ),
    ],
)
async def test_a_licence_holds_within_each_period_of_its_agreement(perpetual, periods, days):
    agreed = AGREEMENT | {
        "is_perpetual": perpetual,
        "periods": [{"started_on": begins, "ended_on": ends} for begins, ends in periods],
    }
    licence = LICENCE | {"started_on": "2026-01-01", "ended_on": "2026-12-31"}
    found = await licences_of(agreement=agreed, licence=licence)
    assert [(each.begins, each.ends) for each in found] == days


async def test_without_fields_in_the_settings_none_are_asked_for_and_all_of_the_library_are_let_in():
    async with answering(**library(agreement=AGREEMENT)) as (reach, seen):
        (found,) = await reach.ask().e_resources()
    assert (found.access_url, found.licences) == ("https://reeds.example", (terms(),))
    assert "/api/v1/erm/extended_attribute_types" not in [each.path for each in seen]
    assert {each.path.rpartition("/")[2]: each.headers.get("x-koha-embed") for each in seen} == {
        "agreements": None,
        "3": "periods,agreement_licenses,agreement_packages",
        "licenses": None,
        "packages": "resources+count",
        "resources": "title",
    }


FIELDS = [
    {"extended_attribute_type_id": 1, "resource_type": "package", "name": "Access link"},
    {"extended_attribute_type_id": 2, "resource_type": "license", "name": "Campuses"},
    {"extended_attribute_type_id": 3, "resource_type": "license", "name": "Authorised users"},
]


def told(*values):
    return {"extended_attributes": [{"field_id": field, "value": value} for field, value in values]}


async def test_fields_that_the_settings_name_say_where_for_whom_and_at_which_campuses():
    answers = library(
        package=PACKAGE | told((1, "https://link.example"), (9, "https://other.example")),
        agreement=AGREEMENT,
        licence=LICENCE | told((2, "GZ"), (2, " CWB "), (3, "Student"), (3, ""), (4, "alumni")),
    )
    async with answering(YUAN | NAMED, erm__extended_attribute_types=FIELDS, **answers) as (reach, seen):
        (found,) = await reach.ask().e_resources()
    assert found.access_url == "https://link.example"
    assert found.licences == (terms(campuses=frozenset({"GZ", "CWB"}), affiliations=frozenset({"student"})),)
    embeds = {each.path.rpartition("/")[2]: each.headers.get("x-koha-embed") for each in seen}
    assert (embeds["packages"], embeds["licenses"]) == ("resources+count,extended_attributes", "extended_attributes")


@pytest.mark.parametrize("missing", NAMED)
async def test_a_field_that_the_library_does_not_have_is_a_failure_and_no_guess(missing):
    options = YUAN | NAMED | {missing: "No such field"}
    async with answering(options, erm__extended_attribute_types=FIELDS, **library()) as (reach, _):
        with pytest.raises(UpstreamBadResponse, match=missing):
            await reach.ask().e_resources()


async def test_a_field_of_packages_is_none_of_licences():
    options = YUAN | {"campuses_field": "Access link"}
    async with answering(options, erm__extended_attribute_types=FIELDS, **library()) as (reach, _):
        with pytest.raises(UpstreamBadResponse, match="campuses_field"):
            await reach.ask().e_resources()


async def test_an_agreement_under_a_licence_that_is_not_there_is_a_bad_response():
    agreed = AGREEMENT | {"agreement_licenses": [HOLDS | {"license_id": 6}]}
    async with answering(**library(agreement=agreed)) as (reach, _):
        with pytest.raises(UpstreamBadResponse, match="licence that is not there"):
            await reach.ask().e_resources()


@pytest.mark.parametrize(
    ("package", "title", "link", "free"),
    [
        ({}, TITLE, "https://reeds.example", False),
        ({}, TITLE | {"access_type": "F"}, "https://reeds.example", True),
        ({}, {"title_url": None}, None, False),
        ({}, None, None, False),
        ({"resources_count": 2}, TITLE | {"access_type": "F"}, None, False),
        ({"resources_count": 0}, TITLE, None, False),
        ({"resources_count": None}, TITLE, None, False),
    ],
)
async def test_a_package_of_one_title_is_where_that_is_and_free_if_that_is(package, title, link, free):
    async with answering(**library(package=PACKAGE | package, title=title)) as (reach, _):
        (found,) = await reach.ask().e_resources()
    assert (found.access_url, found.licences) == (link, None if free else ())


@pytest.mark.parametrize(
    ("content", "kind", "label"),
    [
        ("AbstractAndIndex", EResourceKind.DATABASE, "Abstract and index"),
        ("AggregatedFullText", EResourceKind.DATABASE, "Aggregated full"),
        ("OnlineReference", EResourceKind.DATABASE, "Online reference"),
        ("EJournal", EResourceKind.JOURNAL, "E-journal"),
        ("EBook", EResourceKind.EBOOK_COLLECTION, "E-book"),
        ("Software", EResourceKind.SOFTWARE, "Software"),
        ("StreamingMedia", EResourceKind.OTHER, "Streaming media"),
        (None, EResourceKind.OTHER, "Unknown"),
    ],
)
async def test_a_package_is_what_its_content_type_says(content, kind, label):
    async with answering(**library(package=PACKAGE | {"content_type": content})) as (reach, _):
        (found,) = await reach.ask().e_resources()
    assert (found.kind, found.kind_label) == (kind, label)


async def test_many_agreements_are_read_page_by_page_and_each_once():
    rows = [{"agreement_id": number} for number in range(1, 151)]

    def page(request):
        first = (int(request.query["_page"]) - 1) * int(request.query["_per_page"])
        return web.json_response(rows[first : first + 100], headers={"X-Total-Count": "150"})

    single = {f"erm__agreements__{number}": AGREEMENT | {"agreement_id": number} for number in range(1, 151)}
    answers = library() | {"erm__agreements": page} | single
    async with answering(**answers) as (reach, seen):
        await reach.ask().e_resources()
    asked = [each.path.rpartition("/agreements/")[2] for each in seen if "/agreements/" in each.path]
    assert asked == [str(number) for number in range(1, 151)]
    listed = [each for each in seen if each.path.endswith("/agreements")]
    assert [dict(each.query) for each in listed] == [
        {"_order_by": "agreement_id", "_page": str(number), "_per_page": "100"} for number in (1, 2)
    ]
