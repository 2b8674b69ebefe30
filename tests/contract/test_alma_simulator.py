"""The simulated Alma, driven by almapipy and compared with recorded answers of the real one."""

import json
import sqlite3
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession
from almapipy.bibs import SubClientBibs
from almapipy.electronic import SubClientElectronicCollections
from almapipy.users import SubClientUsers

from sandbox import alma

from .simulators import clock_at, differences, drive, recorded_json, served
from .small_university import NOW, small_university

KEY = "l7xx-sandbox"


IN_MAIN = {"request_type": "HOLD", "pickup_location_type": "LIBRARY", "pickup_location_library": "MAIN"}


@pytest.fixture(name="db")
def seeded():
    db = sqlite3.connect(":memory:")
    alma.seed(db, small_university(), "CWB")
    yield db
    db.close()


@pytest.fixture(name="origin")
async def served_alma(db):
    async with served(alma.build_app(db, clock_at(NOW), KEY)) as origin:
        yield origin


@pytest.fixture(name="users")
def almapipy_users(origin):
    return SubClientUsers({"base_uri": origin, "api_key": KEY, "format": "json"})


@pytest.fixture(name="session")
async def http_session():
    async with ClientSession(headers={"Authorization": f"apikey {KEY}", "Accept": "application/json"}) as session:
        yield session


async def get(session, url):
    async with session.get(url) as answer:
        return answer.status, await answer.json()


async def test_a_third_party_client_reads_all_loans_page_by_page(users):
    first = await drive(users.loans.get, "lib005x")
    assert (len(first["item_loan"]), first["total_record_count"]) == (10, 40)
    every = await drive(users.loans.get, "lib005x", all_records=True)
    assert len({loan["loan_id"] for loan in every["item_loan"]}) == 40


async def test_answers_have_the_members_and_types_of_the_recorded_ones(origin, session):
    user = f"{origin}/almaws/v1/users/lib005x"
    _, loans = await get(session, f"{user}/loans?expand=renewable&limit=100")
    _, fees = await get(session, f"{user}/fees?limit=100")
    _, requests = await get(session, f"{user}/requests?limit=100")
    assert differences(recorded_json("alma/loans.json"), loans) == []
    unpaid = [fee for fee in fees["fee"] if "transaction" not in fee]
    paid = {**fees, "fee": [fee for fee in fees["fee"] if fee not in unpaid]}
    assert unpaid
    assert differences(recorded_json("alma/fines.json"), paid) == []
    recorded = recorded_json("alma/requests.json")
    hold = {**recorded, "user_request": [row for row in recorded["user_request"] if row["request_type"] == "HOLD"]}
    worked_on = [row for row in requests["user_request"] if row["request_status"] != "Not Started"]
    waiting = [row for row in requests["user_request"] if row["request_status"] == "Not Started"]
    assert differences(hold, {**requests, "user_request": worked_on}) == []
    assert all(row["place_in_queue"] >= 1 for row in waiting)
    assert all("task_name" not in row and "expiry_date" not in row for row in waiting)


async def test_bibs_come_in_one_batch_with_marc_and_availability(origin, session, users):
    _, loans = await get(session, f"{origin}/almaws/v1/users/lib005x/loans?limit=40")
    ids = [loan["mms_id"] for loan in loans["item_loan"]]
    query = f"mms_id={','.join(ids)},99100000&view=full&expand=p_avail,e_avail"
    status, bibs = await get(session, f"{origin}/almaws/v1/bibs?{query}")
    assert (status, [bib["mms_id"] for bib in bibs["bib"]]) == (200, ids)
    recorded = recorded_json("alma/bibs.json")["bib"][1]
    assert differences(recorded, bibs["bib"][0]) == []
    marc = ElementTree.fromstring(bibs["bib"][0]["anies"][0].split("?>", 1)[1])  # noqa: S314
    assert marc.find("datafield[@tag='AVA']/subfield[@code='e']").text in ("available", "unavailable")
    client = SubClientBibs({"base_uri": origin, "api_key": KEY, "format": "json"})
    assert (await drive(client.catalog.get, ids[0]))["title"] == loans["item_loan"][0]["title"]


async def test_a_third_party_client_reads_the_electronic_collections_and_their_licences(origin, session):
    client = SubClientElectronicCollections(
        {
            "api_uri_full": f"{origin}/almaws/v1/electronic",
            "api_key": KEY,
            "format": "json",
            "api_uri": "/almaws/v1/electronic",
        }
    )
    listed = await drive(client.get, limit=4)
    assert (len(listed["electronic_collection"]), listed["total_record_count"]) == (4, 9)
    for row in listed["electronic_collection"]:
        assert await drive(client.get, row["id"]) == row
        status, licence = await get(session, f"{origin}/almaws/v1/acq/licenses/{row['license']['value']}")
        assert (status, licence["code"]) == (200, row["license"]["value"])
    for path, code in (("electronic/e-collections/6", "60151"), ("acq/licenses/LIC-NONE", "402215")):
        status, body = await get(session, f"{origin}/almaws/v1/{path}")
        assert (status, body["errorList"]["error"][0]["errorCode"]) == (400, code)


async def test_nothing_there_is_a_count_without_a_list(origin, session):
    assert await get(session, f"{origin}/almaws/v1/users/lib005x/requests?request_type=BOOKING") == (
        200,
        recorded_json("alma/no_loans.json"),
    )


async def test_a_third_party_client_renews_and_asks_for_what_it_wants(origin, users, session):
    """almapipy has no method for it, and what its own methods are made of: a POST of JSON."""
    loans = f"{origin}/almaws/v1/users/lib004x/loans"
    _, before = await get(session, f"{loans}?expand=renewable")
    loan = next(row for row in before["item_loan"] if row["renewable"])
    key = {"apikey": KEY}
    renewed = await drive(
        users.loans.create, f"{loans}/{loan['loan_id']}", None, {**key, "op": "renew"}, object_type="json"
    )
    assert differences(recorded_json("alma/renew_loan1.json"), renewed) == []
    assert renewed["due_date"] >= loan["due_date"]
    assert renewed["process_status"] == "RENEW"
    _, after = await get(session, f"{loans}/{loan['loan_id']}")
    assert after == renewed
    hold = await drive(
        users.requests.create,
        f"{origin}/almaws/v1/users/lib003x/requests",
        json.dumps(IN_MAIN),
        {**key, "mms_id": loan["mms_id"]},
        object_type="json",
    )
    assert hold == await drive(users.requests.get, "lib003x", hold["request_id"])


async def codes(session, method, url, **request):
    async with session.request(method, url, **request) as answer:
        body = await answer.json()
    assert answer.status == 400
    assert differences(recorded_json("alma/alma_error.json"), body) == []
    return [error["errorCode"] for error in body["errorList"]["error"]]


async def test_a_renewal_is_refused_by_one_code_whatever_stands_against_it(db, origin, session):
    loans = f"{origin}/almaws/v1/users/lib004x/loans"
    _, rows = await get(session, f"{loans}?expand=renewable&limit=100")
    wanted, worn = (row for row in rows["item_loan"] if row["renewable"])
    db.execute("update loan set renewals_left = 0 where loan_id = ?", (worn["loan_id"],))
    assert await codes(session, "POST", f"{loans}/{worn['loan_id']}?op=renew") == ["401822"]
    async with session.post(
        f"{origin}/almaws/v1/users/lib003x/requests?mms_id={wanted['mms_id']}", json=IN_MAIN
    ) as answer:
        assert answer.status == 200
    assert not (await get(session, f"{loans}/{wanted['loan_id']}"))[1]["renewable"]
    assert await codes(session, "POST", f"{loans}/{wanted['loan_id']}?op=renew") == ["401822"]
    db.execute("delete from request where mms_id = ?", (wanted["mms_id"],))
    db.execute("update fee set document = json_set(document, '$.balance', 400.0) where user_id = 'lib004x'")
    assert (await get(session, f"{loans}/{wanted['loan_id']}"))[1]["renewable"]  # of the loan, not of who owes too much
    assert await codes(session, "POST", f"{loans}/{wanted['loan_id']}?op=renew") == ["401822"]
    other = f"{origin}/almaws/v1/users/lib005x/loans/{wanted['loan_id']}?op=renew"
    assert await codes(session, "POST", other) == ["401823"]


async def test_a_hold_is_placed_once_and_cancelled_with_a_reason(origin, session):
    _, theirs = await get(session, f"{origin}/almaws/v1/users/lib005x/loans")
    url = f"{origin}/almaws/v1/users/lib004x/requests"
    place = f"{url}?mms_id={theirs['item_loan'][0]['mms_id']}"
    async with session.post(place, json=IN_MAIN | {"pickup_location_library": "LSK"}) as answer:
        hold = await answer.json()
    assert (answer.status, hold["request_status"], hold["place_in_queue"]) == (200, "Not Started", 1)
    assert (hold["pickup_location_library"], hold["pickup_location"]) == ("LSK", "LSK Business Library")
    assert await codes(session, "POST", place, json=IN_MAIN) == ["401136"]
    for query, status in (("", 400), ("?reason=CancelledAtPatronRequest", 204), ("?reason=again", 400)):
        async with session.delete(f"{url}/{hold['request_id']}{query}") as answer:
            assert answer.status == status
    _, left = await get(session, url)
    assert hold["request_id"] not in [row["request_id"] for row in left["user_request"]]


async def test_a_hold_is_refused_for_the_place_the_title_or_the_reader(db, origin, session):
    (online,) = db.execute("select mms_id from bib where copies = 0 limit 1").fetchone()
    (printed,) = db.execute("select mms_id from bib where copies > 0 limit 1").fetchone()
    url = f"{origin}/almaws/v1/users/lib004x/requests?mms_id="
    assert await codes(session, "POST", url + online, json=IN_MAIN) == ["401129"]
    assert await codes(session, "POST", url + printed, json=IN_MAIN | {"request_type": "BOOKING"}) == ["401129"]
    assert await codes(session, "POST", url + printed, json=IN_MAIN | {"pickup_location_library": "X"}) == ["401895"]
    db.execute("update fee set document = json_set(document, '$.balance', 400.0) where user_id = 'lib004x'")
    assert await codes(session, "POST", url + printed, json=IN_MAIN) == ["60331"]
    assert db.execute("select count(*) from request where mms_id in (?, ?)", (online, printed)).fetchone() == (0,)


async def test_libraries_are_told_by_code_and_name(origin, session):
    _, told = await get(session, f"{origin}/almaws/v1/conf/libraries")
    assert [(each["code"], each["name"]) for each in told["library"]] == [
        ("MAIN", "Lee Shau Kee Library"),
        ("LSK", "LSK Business Library"),
    ]
    assert told["total_record_count"] == 2


async def test_an_unknown_user_is_a_400_with_its_code(origin, session):
    status, body = await get(session, f"{origin}/almaws/v1/users/mrioaaa/loans")
    recorded = recorded_json("alma/alma_error.json")
    assert status == 400
    for both in (body, recorded):
        del both["errorList"]["error"][0]["trackingId"]
    assert body == recorded


async def test_the_key_is_checked_and_the_daily_budget_counts_down(origin, session):
    url = f"{origin}/almaws/v1/users/lib004x"
    async with session.get(url) as one, session.get(url) as two:
        remaining = [int(answer.headers["X-Exl-Api-Remaining"]) for answer in (one, two)]
    assert remaining[0] - remaining[1] == 1
    async with ClientSession() as stranger:
        for headers, method, status in (
            ({"Authorization": "apikey wrong"}, "GET", 401),
            ({}, "GET", 200),
            ({}, "POST", 401),
        ):
            async with stranger.request(method, f"{url}/loans", headers=headers) as answer:
                assert answer.status == status


async def test_named_people_share_no_title(origin, session):
    titles = []
    for number in (1, 3, 4, 5, 6, 7):
        for what, rows in (("loans", "item_loan"), ("requests", "user_request"), ("fees", "fee")):
            _, body = await get(session, f"{origin}/almaws/v1/users/lib00{number}x/{what}?limit=100")
            titles += [row["title"] for row in body[rows]]
    assert len(titles) == len(set(titles))


async def test_the_same_seed_makes_the_same_library_and_writes_outlive_the_server(tmp_path):
    one, two = sqlite3.connect(":memory:"), sqlite3.connect(tmp_path / "alma.sqlite")
    for db in (one, two):
        alma.seed(db, small_university(), "CWB")
    assert list(one.iterdump()) == list(two.iterdump())
    loan, user = two.execute("select loan_id, user_id from loan where renewals_left > 0").fetchone()
    url = f"/almaws/v1/users/{user}/loans/{loan}"
    async with ClientSession(headers={"Authorization": f"apikey {KEY}"}) as session:
        async with served(alma.build_app(two, clock_at(NOW), KEY)) as origin:
            await session.post(f"{origin}{url}?op=renew")
        two.close()
        async with served(alma.build_app(sqlite3.connect(tmp_path / "alma.sqlite"), clock_at(NOW), KEY)) as origin:
            assert (await get(session, f"{origin}{url}"))[1]["process_status"] == "RENEW"
