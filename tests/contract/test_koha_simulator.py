"""The simulated Koha, held against what Koha's OpenAPI document says, question and answer."""

import json
import sqlite3
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from sandbox import koha
from sandbox.koha_titles import CWB_OWN, own_works, shared_works
from sandbox.library_titles import all_titles

from .koha_document import keep_to_the_document
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import witnessed

CLIENT, SECRET = "gateway", "s3cret"
MEI, JORDAN = 1, 2
"""Patron numbers: who has a card, in the order of the university."""


class Library:
    """The simulated library, asked as its own client asks; everything said is held against the document."""

    def __init__(self, session, origin):
        self.session, self.origin = session, origin

    async def ask(self, method, path, **request):
        async with self.session.request(method, f"{self.origin}/api/v1{path}", **request) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if body else None, answer.headers

    async def get(self, path, query=None, **params):
        asked = {**params, "q": json.dumps(query)} if query is not None else params
        headers = {"x-koha-embed": "biblio,+strings"} if path == "/items" else {}
        status, body, _ = await self.ask("GET", path, params=asked, headers=headers)
        assert status == 200, body
        return body


@asynccontextmanager
async def opened(db):
    async with (
        witnessed(koha.build_app(db, clock_at(NOW), f"{CLIENT}:{SECRET}")) as (origin, seen),
        ClientSession() as session,
    ):
        library = Library(session, origin)
        form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        _, token, _ = await library.ask("POST", "/oauth/token", data=form)
        session.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield library, seen
        keep_to_the_document(seen)


@pytest.fixture(scope="module")
def seeded():
    db = sqlite3.connect(":memory:")
    koha.seed(db, small_university(), "GZ")
    yield db
    db.close()


@pytest.fixture
def db(seeded):
    """A library of the test's own."""
    copy = sqlite3.connect(":memory:")
    seeded.backup(copy)
    yield copy
    copy.close()


@pytest.fixture(name="library")
async def opened_library(db):
    async with opened(db) as (library, _):
        yield library


async def test_a_token_is_given_for_the_clients_own_words_and_opens_every_door(library):
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
    status, body, _ = await library.ask("POST", "/oauth/token", data=form)
    assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    for change, status, error in (
        ({"client_secret": "wrong"}, 403, "unauthorized_client"),
        ({"grant_type": "password"}, 400, "Unimplemented grant type"),
    ):
        refused = await library.ask("POST", "/oauth/token", data=form | change)
        assert refused[:2] == (status, {"error": error})
    for method, path, sent, status in (
        ("GET", "/checkouts", "Bearer wrong", 401),
        ("GET", "/checkouts", "", 200),
        ("POST", "/checkouts/1/renewals", "", 401),
    ):
        del library.session.headers["Authorization"]
        answer = await library.ask(method, path, headers={"Authorization": sent} if sent else {})
        library.session.headers["Authorization"] = f"Bearer {body['access_token']}"
        assert answer[0] == status


async def test_a_patron_is_found_by_card_or_login_whatever_the_case(library):
    for name in ("gzl002", "GZL002"):
        (found,) = await library.get("/patrons", [{"cardnumber": name}, {"userid": name}])
        assert (found["patron_id"], found["cardnumber"]) == (MEI, "gzl002")
    assert await library.get("/patrons", [{"cardnumber": "gzl001"}, {"userid": "gzl001"}]) == []
    assert (await library.get(f"/patrons/{MEI}"))["surname"] == "Li"


async def test_a_parameter_matches_wherever_it_is_contained_unless_told_otherwise(db):
    """Asked for the loans of patron 1, the real one gives those of 12 as well."""
    (document,) = db.execute("select document from checkout where id = 1").fetchone()
    other = json.dumps(json.loads(document) | {"patron_id": 12, "checkout_id": 999})
    db.execute("insert into checkout values (999, null, ?)", (other,))
    async with opened(db) as (library, _):
        contained = await library.get("/checkouts", patron_id="1", _per_page="-1")
        exact = await library.get("/checkouts", patron_id="1", _match="exact", _per_page="-1")
    assert {row["patron_id"] for row in contained} == {1, 12}
    assert {row["patron_id"] for row in exact} == {1}


async def test_lists_come_page_by_page_and_say_of_how_many(library):
    _, first, told = await library.ask("GET", "/items", params={"_per_page": "3"})
    assert len(first) == 3
    assert told["X-Total-Count"] == told["X-Base-Total-Count"]
    assert 'rel="next"' in told["Link"] and 'rel="prev"' not in told["Link"]  # noqa: PT018
    last = -(-int(told["X-Total-Count"]) // 3)
    _, rest, told = await library.ask("GET", "/items", params={"_per_page": "3", "_page": str(last)})
    assert 'rel="next"' not in told["Link"]
    assert len(rest) in (1, 2, 3)
    assert len(await library.get("/items")) == 20
    assert len(await library.get("/items", _per_page="-1")) == int(told["X-Total-Count"])


async def test_items_come_in_one_batch_with_their_titles_and_branches(library):
    checkouts = await library.get("/checkouts", patron_id=str(MEI), _match="exact")
    wanted = [row["item_id"] for row in checkouts]
    items = await library.get("/items", {"item_id": {"-in": wanted}})
    assert sorted(item["item_id"] for item in items) == sorted(wanted)
    for item in items:
        assert item["biblio"]["title"]
        assert item["checked_out_date"]
        assert item["_strings"]["home_library_id"]["str"] in ("Guangzhou Main Library", "E1 Learning Commons")


async def test_the_catalogue_is_searched_by_clauses(library):
    found = await library.get("/biblios", {"title": {"-like": "%chip packaging%"}}, _order_by="-publication_year")
    assert found
    assert all("chip packaging" in each["title"].lower() for each in found)
    years = [each["publication_year"] for each in found]
    assert years == sorted(years, reverse=True)
    chinese = await library.get("/biblios", {"-or": [{"title": {"-like": "%芯片封装%"}}, {"author": "nobody"}]})
    assert {each["isbn"][:6] for each in chinese} == {"978730"}
    one = await library.get("/biblios", {"isbn": found[0]["isbn"], "me.biblio_id": {">": 0}})
    assert one == [await library.get(f"/biblios/{found[0]['biblio_id']}")]
    copies = await library.get(f"/biblios/{one[0]['biblio_id']}/items")
    assert copies == [
        {name: value for name, value in each.items() if name not in ("biblio", "_strings")}
        for each in await library.get("/items", {"biblio_id": one[0]["biblio_id"]})
    ]
    for query in ('{"colour": 1}', "{", '{"title": {"-near": 1}}'):
        status, body, _ = await library.ask("GET", "/biblios", params={"q": query})
        assert (status, body["error_code"]) == (400, "invalid_query")


async def test_a_parameter_that_does_not_exist_is_told_by_name(db):
    async with opened(db) as (library, seen):
        status, body, _ = await library.ask("GET", "/checkouts", params={"patron": "1"})
        assert (status, body) == (400, [{"path": "/query/patron", "message": "Malformed query string"}])
        seen.pop()  # the document does not have it, which is the point


async def test_a_renewal_moves_the_due_date_and_stays_or_is_refused_in_kohas_words(library):
    words = []
    for checkout in await library.get("/checkouts", patron_id=str(MEI), _match="exact"):
        path = f"/checkouts/{checkout['checkout_id']}"
        asked = await library.get(f"{path}/allows_renewal")
        status, renewed, told = await library.ask("POST", f"{path}/renewals")
        words.append(asked["error"])
        if asked["allows_renewal"]:
            assert (status, renewed["renewals_count"]) == (201, checkout["renewals_count"] + 1)
            assert told["Location"] == f"/api/v1{path}/renewals"
            assert renewed["due_date"] >= checkout["due_date"]
            assert await library.get(path) == renewed
        else:
            assert (status, renewed) == (403, {"error": f"Renewal not authorized ({asked['error']})"})
            assert await library.get(path) == checkout
    assert set(words) == {None, "too_many", "overdue", "on_reserve"}
    status, renewed, _ = await library.ask("POST", "/checkouts/1/renewal")  # the older name of it
    assert (status, renewed["renewals_count"]) == (201, 2)
    assert (await library.ask("POST", "/checkouts/99999/renewals"))[:2] == (
        404,
        {"error": "Checkout not found", "error_code": "not_found"},
    )


async def test_what_somebody_else_waits_for_is_not_renewed(library):
    (copy,) = await library.get("/items", {"item_id": (await library.get("/checkouts/1"))["item_id"]})
    body = {"patron_id": JORDAN, "biblio_id": copy["biblio_id"], "pickup_library_id": "GZM"}
    assert (await library.get("/checkouts/1/allows_renewal"))["allows_renewal"]
    assert (await library.ask("POST", "/holds", json=body))[0] == 201
    assert (await library.get("/checkouts/1/allows_renewal"))["error"] == "on_reserve"


async def free_titles(library, patron):
    theirs = {hold["biblio_id"] for hold in await library.get("/holds", patron_id=str(patron), _match="exact")}
    return [each["biblio_id"] for each in await library.get("/biblios") if each["biblio_id"] not in theirs]


async def test_a_hold_is_placed_once_and_cancelled_at_once_or_later(library):
    free = (await free_titles(library, JORDAN))[0]
    body = {"patron_id": JORDAN, "biblio_id": free, "pickup_library_id": "GZE"}
    status, hold, told = await library.ask("POST", "/holds", json=body)
    assert (status, hold["status"], hold["pickup_library_id"]) == (201, None, "GZE")
    assert told["Location"] == f"/api/v1/holds/{hold['hold_id']}"
    status, refused, _ = await library.ask("POST", "/holds", json=body)
    assert (status, refused) == (403, {"error": "Hold cannot be placed. Reason: tooManyHoldsForThisRecord"})
    later = {"x-koha-override": "cancellation-request-flow"}
    assert (await library.ask("DELETE", f"/holds/{hold['hold_id']}", headers=later))[0] == 204
    assert (await library.ask("DELETE", f"/holds/{hold['hold_id']}"))[0] == 404
    waiting = next(each for each in await library.get("/holds", {"patron_id": JORDAN}) if each["status"] == "W")
    assert (await library.ask("DELETE", f"/holds/{waiting['hold_id']}", headers=later))[0] == 202
    assert waiting in await library.get("/holds", {"patron_id": JORDAN})
    _, holds, _ = await library.ask(
        "GET", "/holds", params={"patron_id": str(JORDAN)}, headers={"x-koha-embed": "cancellation_requested"}
    )
    assert [each["hold_id"] for each in holds if each["cancellation_requested"]] == [waiting["hold_id"]]


async def test_a_hold_is_refused_for_the_place_the_patron_or_the_title(db):
    async with opened(db) as (library, _):
        free = await free_titles(library, JORDAN)

        async def refused(title, pickup="GZM"):
            body = {"patron_id": JORDAN, "biblio_id": title, "pickup_library_id": pickup}
            return (await library.ask("POST", "/holds", json=body))[:2]

        assert await refused(free[0], "NOWHERE") == (400, {"error": "The supplied pickup location is not valid"})
        db.execute(
            "update item set document = json_set(document, '$.not_for_loan_status', 1) where biblio_id = ?", (free[0],)
        )
        assert await refused(free[0]) == (403, {"error": "Hold cannot be placed. Reason: notReservable"})
        for title in free[1:]:
            status, answer = await refused(title)
            if status != 201:
                break
        assert (status, answer) == (
            409,
            {"error": "Hold cannot be placed. Reason: hold_limit", "error_code": "hold_limit"},
        )
        assert len(await library.get("/holds", patron_id=str(JORDAN), _match="exact")) == 8
        db.execute("update patron set document = json_set(document, '$.restricted', json('true'))")
        assert (await refused(free[0]))[1]["error_code"] == "restricted"
        db.execute("update line set document = json_set(document, '$.amount_outstanding', 60.0)")
        assert (await refused(free[0]))[1]["error_code"] == "debt_limit"


async def test_a_branch_says_whether_holds_can_be_fetched_there(library):
    branches = await library.get("/libraries", {"pickup_location": True})
    assert [(each["library_id"], each["name"]) for each in branches] == [
        ("GZE", "E1 Learning Commons"),
        ("GZM", "Guangzhou Main Library"),
    ]


async def test_an_account_is_what_is_outstanding(library):
    account = await library.get(f"/patrons/{MEI}/account")
    lines = account["outstanding_debits"]["lines"]
    assert (
        account["balance"]
        == account["outstanding_debits"]["total"]
        == sum(each["amount_outstanding"] for each in lines)
    )
    assert {each["debit_type"] for each in lines} <= {"OVERDUE", "NEW_CARD"}
    status, body, _ = await library.ask("GET", "/patrons/999/account")
    assert (status, body) == (404, {"error": "Patron not found", "error_code": "not_found"})


async def test_what_is_wished_for_comes_with_e_resources_where_the_document_allows_it(library):
    wished = {"x-koha-embed": "resources+count,extended_attributes"}
    _, packages, told = await library.ask("GET", "/erm/eholdings/local/packages", headers=wished, params={"_page": "1"})
    assert len(packages) == int(told["X-Total-Count"]) == 11
    (journals,) = [each for each in packages if each["content_type"] == "EJournal"]
    assert journals["resources_count"] == 3
    assert [each["value"] for each in journals["extended_attributes"]] == ["https://e.hkust-gz.example/2"]
    path = f"/erm/eholdings/local/packages/{journals['package_id']}/resources"
    _, resources, _ = await library.ask("GET", path, headers={"x-koha-embed": "title"})
    assert [each["title"]["publication_title"] for each in resources] == [
        "Kapok Journals 木棉期刊",
        "Kapok Journals 木棉期刊, 2",
        "Kapok Journals 木棉期刊, 3",
    ]
    assert "resources_count" not in (await library.get("/erm/eholdings/local/packages"))[0]
    _, agreement, _ = await library.ask("GET", "/erm/agreements/2", headers={"x-koha-embed": "agreement_packages"})
    assert [each["package_id"] for each in agreement["agreement_packages"]] == [2, 5]
    assert "periods" not in agreement
    assert [each["status"] for each in await library.get("/erm/licenses", name="trial")] == ["trial"]
    assert {each["resource_type"] for each in await library.get("/erm/extended_attribute_types")} == {
        "package",
        "license",
    }
    assert (await library.ask("GET", "/erm/agreements/99"))[:2] == (
        404,
        {"error": "Agreement not found", "error_code": "not_found"},
    )


async def test_what_the_document_does_not_let_one_wish_for_is_refused(db):
    async with opened(db) as (library, seen):
        for path, embed in (("/erm/agreements", "periods"), ("/erm/licenses", "agreements")):
            status, body, _ = await library.ask("GET", path, headers={"x-koha-embed": embed})
            assert (status, body["error"]) == (400, "Embeding not authorised. Check your 'x-koha-embed' headers")
            seen.pop()  # the document does not have it, which is the point


async def test_named_people_share_no_title(library):
    titles = []
    for patron in (MEI, JORDAN):
        holds = await library.get("/holds", {"patron_id": patron})
        loans = await library.get("/checkouts", {"patron_id": patron})
        items = await library.get("/items", {"item_id": {"-in": [each["item_id"] for each in loans]}})
        titles += [each["biblio_id"] for each in (*holds, *items)]
    assert len(titles) == len(set(titles)) > 10


def test_a_third_of_the_titles_are_editions_that_clear_water_bay_has_and_lends_to_nobody_by_name():
    there = [title for title in all_titles(7) if title.copies]
    own, shared = own_works(7), shared_works(7)
    assert len(shared) * 2 == len(own)
    assert {work.isbn for work in shared} <= {title.isbn for title in there[CWB_OWN:]}
    assert not {work.isbn for work in own} & {title.isbn for title in there}
    assert len({(work.title, work.subtitle) for work in own}) == len({work.isbn for work in own}) == len(own)


async def test_the_same_seed_makes_the_same_library_and_writes_outlive_the_server(tmp_path):
    one, two = sqlite3.connect(":memory:"), sqlite3.connect(tmp_path / "koha.sqlite")
    for db in (one, two):
        koha.seed(db, small_university(), "GZ")
    assert list(one.iterdump()) == list(two.iterdump())
    async with opened(two) as (library, _):
        _, renewed, _ = await library.ask("POST", "/checkouts/1/renewals")
    two.close()
    async with opened(sqlite3.connect(tmp_path / "koha.sqlite")) as (library, _):
        assert await library.get("/checkouts/1") == renewed
