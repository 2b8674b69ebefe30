"""The Alma connector over recorded answers of a real Alma, and over the simulated library."""

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal

import pytest

from campus.money import Money
from connectors.library import Alma, Fine, Hold, HoldState, Loan, Renewable
from connectors.wire import UpstreamBadResponse, UpstreamRateLimited
from sandbox import alma

from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import ZONE, Recorded, reached, recorded, replayed, witnessed

KEY = "l8xx-sandbox-key"


def local(text):
    return datetime.fromisoformat(text).astimezone(ZONE)


async def replay(endpoint, *answers, user="jbister"):
    async with replayed(*answers) as (origin, seen), reached(Alma, origin, KEY) as library:
        return await getattr(library.ask(), endpoint)(user), seen


async def test_recorded_loans_become_loans():
    loans, (question,) = await replay("loans", recorded("alma/loans.json"))
    assert loans == [
        Loan(
            system="system-1",
            campus="CWB",
            owner="jbister",
            id="1332733700000521",
            title="Basics of singing / [compiled by] Jan Schmidt.",
            author="Schmidt, Jan,",
            barcode="67576",
            call_number="MT825 .B27 1984",
            library="Music Library",
            lent_at=local("2018-06-28T16:10:01.018Z"),
            due_at=local("2018-07-08T22:00:00Z"),
            renewable=Renewable.YES,
        ),
        Loan(
            system="system-1",
            campus="CWB",
            owner="jbister",
            id="1332734190000521",
            title="Plain words on singing / by William Shakespeare ..",
            author="Shakespeare, William,",
            barcode="0919242913",
            call_number="MT820 .S53",
            library="Music Library",
            lent_at=local("2018-06-28T16:10:29.132Z"),
            due_at=local("2018-07-28T22:00:00Z"),
            renewable=Renewable.YES,
        ),
    ]
    assert loans[0].due_at.isoformat() == "2018-07-09T06:00:00+08:00"
    assert (question.method, question.path) == ("GET", "/almaws/v1/users/jbister/loans")
    assert question.query == [("expand", "renewable"), ("limit", "100"), ("offset", "0")]
    assert question.headers["Authorization"] == f"apikey {KEY}"
    assert question.headers["Accept"] == "application/json"


async def test_of_the_recorded_requests_the_hold_becomes_a_hold_and_the_booking_none():
    holds, (question,) = await replay("holds", recorded("alma/requests.json"), user="tutor")
    assert holds == [
        Hold(
            system="system-1",
            campus="CWB",
            owner="tutor",
            id="1383955180006381",
            title="Stories and prose poems [by] Alexander Solzhenitsyn. Translated by Michael Glenny.",
            author="Solzhenit︠s︡yn, Aleksandr Isaevich, 1918-",
            state=HoldState.IN_PROCESS,
            state_label="In Process",
            place_in_queue=None,
            pickup_location="Main Library",
            requested_at=local("2020-11-02T16:08:20.579Z"),
            expires=date(2020, 11, 10),
            record="991549170000541",
        )
    ]
    assert question.path == "/almaws/v1/users/tutor/requests"
    assert question.query == [("request_type", "HOLD"), ("limit", "100"), ("offset", "0")]


async def test_recorded_fees_become_fines_to_the_cent():
    fines, (question,) = await replay("fines", recorded("alma/fines.json"))
    assert [(fine.id, fine.reason, fine.original, fine.balance) for fine in fines] == [
        (
            "121319140000521",
            "Overdue fine",
            Money(amount=Decimal(25), currency="USD"),
            Money(amount=Decimal("22.23"), currency="USD"),
        ),
        (
            "690390050000521",
            "Overdue fine",
            Money(amount=Decimal(25), currency="USD"),
            Money(amount=Decimal("2.77"), currency="USD"),
        ),
    ]
    assert isinstance(fines[0], Fine)
    assert fines[0].title == "The social life of language / Gillian Sankoff."
    assert fines[0].charged_at == local("2015-11-10T16:59:06.987Z")
    assert question.path == "/almaws/v1/users/jbister/fees"
    assert question.query == [("status", "ACTIVE"), ("limit", "100"), ("offset", "0")]


async def due(moment):
    whole = json.loads(recorded("alma/loans.json").body)
    whole["item_loan"][0]["due_date"] = moment
    loans, _ = await replay("loans", Recorded(200, "application/json", json.dumps(whole).encode()))
    return loans[0].due_at


async def test_a_loan_that_is_never_due_is_still_a_loan():
    assert await due("9999-12-31T23:59:59Z") == datetime(9999, 12, 31, 23, 59, 59, tzinfo=ZONE)


async def test_a_moment_without_a_zone_is_not_guessed():
    with pytest.raises(UpstreamBadResponse, match="due_date"):
        await due("2018-07-08T22:00:00")


@pytest.mark.parametrize("endpoint", ["loans", "holds", "fines"])
async def test_a_count_without_a_list_is_an_empty_list(endpoint):
    assert (await replay(endpoint, recorded("alma/no_loans.json")))[0] == []


@pytest.mark.parametrize("endpoint", ["loans", "holds", "fines"])
async def test_a_reader_the_library_does_not_know_has_no_list(endpoint):
    assert (await replay(endpoint, recorded("alma/alma_error.json", 400)))[0] is None


@pytest.mark.parametrize("endpoint", ["loans", "holds", "fines"])
async def test_any_other_error_is_a_bad_response_told_by_its_code_alone(endpoint):
    with pytest.raises(UpstreamBadResponse) as failed:
        await replay(endpoint, recorded("alma/error.json", 400))
    assert str(failed.value) == "system-1: 402203"
    assert failed.value.retry_after is None


@pytest.mark.parametrize("body", [b"<html>Too Many Requests</html>", b"PER_SECOND_THRESHOLD", b"DAILY_THRESHOLD"])
async def test_too_many_requests_is_a_rate_limit_whoever_says_so(body):
    """Alma's door answers before Alma does; when the day's calls are used up, nobody may promise the next second."""
    if b"THRESHOLD" in body:
        body = threshold(body.decode())
    with pytest.raises(UpstreamRateLimited) as failed:
        await replay("loans", Recorded(429, "application/json", body))
    assert (failed.value.code, failed.value.retry_after) == ("UPSTREAM_RATE_LIMITED", None)


async def test_a_threshold_is_a_rate_limit_even_as_a_bad_request():
    with pytest.raises(UpstreamRateLimited, match="system-1: DAILY_THRESHOLD"):
        await replay("loans", Recorded(400, "application/json", threshold("DAILY_THRESHOLD")))


def threshold(code):
    error = {"errorCode": code, "errorMessage": "HTTP requests are more than allowed", "trackingId": "E01-1"}
    return json.dumps({"errorsExist": True, "errorList": {"error": [error]}}).encode()


async def test_pages_are_read_until_the_count_is_reached():
    whole = json.loads(recorded("alma/loans.json").body)
    pages = [
        Recorded(200, "application/json", json.dumps({"item_loan": [row], "total_record_count": 2}).encode())
        for row in whole["item_loan"]
    ]
    loans, seen = await replay("loans", *pages)
    assert [loan.id for loan in loans] == ["1332733700000521", "1332734190000521"]
    assert [dict(question.query)["offset"] for question in seen] == ["0", "1"]


async def test_a_reader_is_one_segment_of_the_path_whatever_the_name():
    _, (question,) = await replay("loans", recorded("alma/no_loans.json"), user="a/b?c=d 陳")
    assert question.target.partition("?")[0] == "/almaws/v1/users/a%2Fb%3Fc%3Dd%20%E9%99%B3/loans"


async def test_the_simulated_library_is_read_as_the_recorded_one():
    db = sqlite3.connect(":memory:")
    alma.seed(db, small_university(), "CWB")
    async with (
        witnessed(alma.build_app(db, clock_at(NOW), KEY)) as (origin, seen),
        reached(Alma, origin, KEY) as library,
    ):
        loans, holds = await library.ask().loans("lib005x"), await library.ask().holds("lib005x")
        fines = await library.ask().fines("lib005x")
        assert await library.ask().loans("nobody") is None
    told = [json.loads(each.answer) for each in seen]
    assert [loan.id for loan in loans] == [row["loan_id"] for row in told[0]["item_loan"]]
    assert [hold.id for hold in holds] == [row["request_id"] for row in told[1]["user_request"]]
    assert [fine.id for fine in fines] == [row["id"] for row in told[2]["fee"]]
    assert {loan.renewable for loan in loans} == {Renewable.YES, Renewable.NO}
    assert len(loans) == 40
    assert HoldState.OTHER not in {hold.state for hold in holds}
    db.close()
