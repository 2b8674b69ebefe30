"""Renewals and holds through the Alma connector: recorded answers, each documented code, and the simulated library."""

import json
import sqlite3
from datetime import datetime

import pytest

from connectors.library import (
    Alma,
    CancellationRefusal,
    HoldCancelled,
    HoldNotCancelled,
    HoldRefusal,
    HoldRefused,
    HoldState,
    NotRenewed,
    PickupLocation,
    Renewable,
    RenewalRefusal,
    Renewed,
)
from connectors.wire import UpstreamBadResponse, UpstreamRateLimited
from sandbox import alma

from .alma_document import keep_to_the_reference
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import ZONE, Recorded, reached, recorded, replayed, witnessed

KEY = "l8xx-sandbox-key"


def refusal(code, message="Alma's own words."):
    error = {"errorCode": code, "errorMessage": message, "trackingId": "E01-1"}
    body = {"errorsExist": True, "errorList": {"error": [error]}, "result": None}
    return Recorded(400, "application/json", json.dumps(body).encode())


async def replay(endpoint, *arguments, answers):
    async with replayed(*answers) as (origin, seen), reached(Alma, origin, KEY) as library:
        outcome = await getattr(library.ask(), endpoint)(*arguments)
    assert keep_to_the_reference(seen) == len(seen)
    return outcome, seen


async def test_a_recorded_renewal_is_the_loan_as_it_is_now():
    ((renewed,), (question,)) = await replay(
        "renew", "tutor", ["1332733700000521"], answers=[recorded("alma/renew_loan1.json")]
    )
    assert (renewed.system, renewed.owner, renewed.id) == ("system-1", "tutor", "1332733700000521")
    assert isinstance(renewed, Renewed)
    assert renewed.loan.due_at == datetime.fromisoformat("2021-03-05T21:20:00.764Z").astimezone(ZONE)
    assert (renewed.loan.title, renewed.loan.renewable) == ("Short history of Georgia.", Renewable.YES)
    assert (question.method, question.target) == (
        "POST",
        "/almaws/v1/users/tutor/loans/1332733700000521?op=renew",
    )
    assert question.body == b""


@pytest.mark.parametrize(
    ("code", "reason", "label"),
    [
        ("401822", None, None),
        ("401823", RenewalRefusal.NOT_ON_LOAN, "Alma's own words."),
        ("60340", RenewalRefusal.NOT_ALLOWED, "Alma's own words."),
        ("999999", RenewalRefusal.OTHER, "Alma's own words."),
    ],
)
async def test_a_loan_that_is_not_renewed_says_why_as_far_as_alma_does(code, reason, label):
    (outcome,), _ = await replay_undocumented("renew", "tutor", ["7"], answers=[refusal(code)])
    assert outcome == NotRenewed(system="system-1", owner="tutor", id="7", reason=reason, reason_label=label)


async def replay_undocumented(endpoint, *arguments, answers):
    """Without holding what comes against the reference: it may grow."""
    async with replayed(*answers) as (origin, seen), reached(Alma, origin, KEY) as library:
        return await getattr(library.ask(), endpoint)(*arguments), seen


async def test_of_many_loans_each_has_its_own_outcome():
    answers = [recorded("alma/renew_loan1.json"), refusal("401822"), refusal("DAILY_THRESHOLD"), refusal("401652")]
    outcomes, seen = await replay_undocumented("renew", "tutor", ["1", "2", "3", "4"], answers=answers)
    assert len({question.path for question in seen}) == 4
    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["NotRenewed", "Renewed", "UpstreamBadResponse", "UpstreamRateLimited"]
    (limited,) = [each for each in outcomes if isinstance(each, UpstreamRateLimited)]
    (general,) = [each for each in outcomes if isinstance(each, UpstreamBadResponse)]
    assert (limited.unsettled, general.unsettled) == (False, True)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("401136", HoldRefusal.ALREADY_REQUESTED),
        ("401129", HoldRefusal.NOT_REQUESTABLE),
        ("401684", HoldRefusal.NOT_REQUESTABLE),
        ("60328", HoldRefusal.NOT_REQUESTABLE),
        ("401895", HoldRefusal.NOT_AT_THIS_PLACE),
        ("401890", HoldRefusal.NO_ACCOUNT),
        ("60331", HoldRefusal.OTHER),
    ],
)
async def test_a_hold_that_is_refused_says_why(code, reason):
    outcome, (question,) = await replay("place_hold", "tutor", "99123", "MAIN", answers=[refusal(code)])
    assert outcome == HoldRefused(reason=reason, reason_label="Alma's own words.")
    assert (question.method, question.target) == ("POST", "/almaws/v1/users/tutor/requests?mms_id=99123")
    assert json.loads(question.body) == {
        "request_type": "HOLD",
        "pickup_location_type": "LIBRARY",
        "pickup_location_library": "MAIN",
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("401694", CancellationRefusal.GONE),
        ("401890", CancellationRefusal.GONE),
        ("60340", CancellationRefusal.NOT_ALLOWED),
        ("60258", CancellationRefusal.OTHER),
    ],
)
async def test_a_hold_that_is_not_cancelled_says_why(code, reason):
    outcome, (question,) = await replay("cancel_hold", "tutor", "7", answers=[refusal(code)])
    assert outcome == HoldNotCancelled(
        system="system-1", owner="tutor", id="7", reason=reason, reason_label="Alma's own words."
    )
    assert question.target == "/almaws/v1/users/tutor/requests/7?reason=CancelledAtPatronRequest"


@pytest.mark.parametrize(
    "body", [refusal("401652"), Recorded(400, "application/json", b'{"errorList": {"error": []}}')]
)
@pytest.mark.parametrize(("endpoint", "wanted"), [("place_hold", ("99", "MAIN")), ("cancel_hold", ("7",))])
async def test_a_general_error_leaves_open_whether_it_happened(endpoint, wanted, body):
    with pytest.raises(UpstreamBadResponse) as failed:
        await replay_undocumented(endpoint, "tutor", *wanted, answers=[body])
    assert failed.value.unsettled


@pytest.fixture
async def simulated():
    db = sqlite3.connect(":memory:")
    alma.seed(db, small_university(), "CWB")
    async with (
        witnessed(alma.build_app(db, clock_at(NOW), KEY)) as (origin, seen),
        reached(Alma, origin, KEY) as library,
    ):
        yield library, db
    assert keep_to_the_reference(seen)
    db.close()


async def test_a_hold_on_a_title_is_placed_found_again_and_cancelled(simulated):
    library, _ = simulated
    (wanted, *_) = await library.ask().holds("lib005x")
    assert await library.ask().hold_on("lib004x", wanted.record) is None
    number = await library.ask().place_hold("lib004x", wanted.record, "LSK")
    hold = await library.ask().hold_on("lib004x", wanted.record)
    assert hold.id == number
    assert (hold.title, hold.state, hold.pickup_location) == (wanted.title, HoldState.REQUESTED, "LSK Business Library")
    again = await library.ask().place_hold("lib004x", wanted.record, "MAIN")
    assert again.reason is HoldRefusal.ALREADY_REQUESTED
    done = await library.ask().cancel_hold("lib004x", hold.id)
    assert done == HoldCancelled(system="system-1", owner="lib004x", id=hold.id, pending=False)
    assert (await library.ask().cancel_hold("lib004x", hold.id)).reason is CancellationRefusal.GONE
    assert hold not in await library.ask().holds("lib004x")


async def test_what_is_somebody_elses_is_neither_renewed_nor_cancelled(simulated):
    library, db = simulated
    before = list(db.iterdump())
    loan, hold = (await library.ask().loans("lib005x"))[0], (await library.ask().holds("lib005x"))[0]
    (outcome,) = await library.ask().renew("lib004x", [loan.id])
    assert outcome.reason is RenewalRefusal.NOT_ON_LOAN
    assert (await library.ask().cancel_hold("lib004x", hold.id)).reason is CancellationRefusal.GONE
    assert list(db.iterdump()) == before


async def test_every_loan_of_a_long_list_is_renewed_or_not(simulated):
    library, db = simulated
    db.execute("delete from fee")
    loans = await library.ask().loans("lib005x")
    outcomes = await library.ask().renew("lib005x", [loan.id for loan in loans])
    assert [outcome.id for outcome in outcomes] == [loan.id for loan in loans]
    for loan, outcome in zip(loans, outcomes, strict=True):
        assert isinstance(outcome, Renewed) == (loan.renewable is Renewable.YES)
    after = {loan.id: loan for loan in await library.ask().loans("lib005x")}
    assert [each.loan for each in outcomes if isinstance(each, Renewed)] == [
        after[each.id] for each in outcomes if isinstance(each, Renewed)
    ]


async def test_a_reader_who_is_blocked_is_told_what_alma_tells(simulated):
    library, _ = simulated
    (loan, *_) = [each for each in await library.ask().loans("lib005x") if each.renewable is Renewable.YES]
    (outcome,) = await library.ask().renew("lib005x", [loan.id])
    assert (type(outcome), outcome.reason) == (NotRenewed, None)
    (wanted, *_) = await library.ask().holds("lib004x")
    refused = await library.ask().place_hold("lib005x", wanted.record, "MAIN")
    assert refused == HoldRefused(reason=HoldRefusal.OTHER, reason_label="Failed to create request.")
    assert (await library.ask().place_hold("lib004x", "99", "MAIN")).reason is HoldRefusal.NOT_REQUESTABLE


async def test_libraries_are_where_holds_are_fetched(simulated):
    library, _ = simulated
    assert await library.ask().pickup_locations() == [
        PickupLocation(system="system-1", campus="CWB", code="MAIN", name="Lee Shau Kee Library"),
        PickupLocation(system="system-1", campus="CWB", code="LSK", name="LSK Business Library"),
    ]
    (wanted, *_) = await library.ask().holds("lib005x")
    refused = await library.ask().place_hold("lib004x", wanted.record, "X")
    assert refused.reason is HoldRefusal.NOT_AT_THIS_PLACE
