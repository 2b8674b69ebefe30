"""Renewals and holds through the Koha connector: each word of a refusal, and the simulated library by the document."""

import json
import sqlite3
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from connectors.library import (
    CancellationRefusal,
    HoldCancelled,
    HoldRefusal,
    HoldRefused,
    HoldState,
    Koha,
    NotRenewed,
    PickupLocation,
    RenewalRefusal,
    Renewed,
)
from connectors.wire import UpstreamBadResponse, UpstreamError
from sandbox import koha

from .koha_document import keep_to_the_document
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import reached, witnessed

CLIENT, SECRET = "gateway", "s3cret"
MEI, JORDAN = "1", "2"


@pytest.fixture
async def simulated():
    """The simulated library through its connector; everything that is said is held against the document."""
    db = sqlite3.connect(":memory:")
    koha.seed(db, small_university(), "GZ")
    async with (
        witnessed(koha.build_app(db, clock_at(NOW), f"{CLIENT}:{SECRET}")) as (origin, seen),
        reached(Koha, origin, SECRET, CLIENT, campus="GZ", options={"currency": "CNY"}) as reach,
    ):
        assert await reach.ask().patron("nobody") is None  # signed in from here on
        seen.clear()
        yield reach, db, seen
        keep_to_the_document(seen)
    db.close()


def asked(seen):
    return [f"{each.method} {each.path.removeprefix('/api/v1')}" for each in seen]


async def test_all_loans_are_renewed_or_not_for_one_look_at_whose_they_are(simulated):
    library, _, seen = simulated
    loans = await library.ask().loans(MEI)
    ids = [loan.id for loan in loans]
    seen.clear()
    outcomes = await library.ask().renew(MEI, ids)
    assert asked(seen)[:2] == ["GET /checkouts", "GET /items"]
    assert sorted(asked(seen)[2:]) == sorted(f"POST /checkouts/{id}/renewals" for id in ids)
    assert [outcome.id for outcome in outcomes] == ids
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, NotRenewed)} == {
        RenewalRefusal.RENEWED_TOO_OFTEN,
        RenewalRefusal.OVERDUE,
        RenewalRefusal.WANTED_BY_OTHERS,
    }
    after = {loan.id: loan for loan in await library.ask().loans(MEI)}
    renewed = [outcome for outcome in outcomes if isinstance(outcome, Renewed)]
    assert renewed
    for outcome in renewed:
        assert outcome.loan == after[outcome.id]
        assert outcome.loan.due_at >= next(loan.due_at for loan in loans if loan.id == outcome.id)


async def test_what_is_somebody_elses_is_neither_renewed_nor_cancelled_although_koha_would(simulated):
    library, db, seen = simulated
    loan, hold = (await library.ask().loans(JORDAN))[0], (await library.ask().holds(JORDAN))[0]
    before = list(db.iterdump())
    seen.clear()
    (outcome, odd) = await library.ask().renew(MEI, [loan.id, "gone"])
    assert (outcome.reason, odd.reason) == (RenewalRefusal.NOT_ON_LOAN, RenewalRefusal.NOT_ON_LOAN)
    for id in (hold.id, "99999", "gone"):
        assert (await library.ask().cancel_hold(MEI, id)).reason is CancellationRefusal.GONE
    assert {each.method for each in seen} == {"GET"}
    assert list(db.iterdump()) == before


async def test_a_hold_on_a_title_is_placed_found_again_and_cancelled(simulated):
    library, _, seen = simulated
    title = (await library.ask().entries("data")).entries[0]
    assert await library.ask().hold_on(MEI, title.id) is None
    seen.clear()
    number = await library.ask().place_hold(MEI, title.id, "GZE")
    assert asked(seen) == ["POST /holds"]
    assert json.loads(seen[0].body) == {"patron_id": 1, "biblio_id": int(title.id), "pickup_library_id": "GZE"}
    hold = await library.ask().hold_on(MEI, title.id)
    assert hold.id == number
    assert (hold.title, hold.state, hold.place_in_queue) == (title.title, HoldState.REQUESTED, 1)
    again = await library.ask().place_hold(MEI, title.id, "GZM")
    assert again == HoldRefused(reason=HoldRefusal.ALREADY_REQUESTED, reason_label="tooManyHoldsForThisRecord")
    done = await library.ask().cancel_hold(MEI, hold.id)
    assert done == HoldCancelled(system="system-1", owner=MEI, id=hold.id, pending=False)
    assert (await library.ask().cancel_hold(MEI, hold.id)).reason is CancellationRefusal.GONE


async def test_a_hold_that_lies_ready_stands_until_the_library_decides(simulated):
    library, _, seen = simulated
    ready = next(each for each in await library.ask().holds(JORDAN) if each.state is HoldState.READY_FOR_PICKUP)
    assert not ready.cancellation_requested
    assert (await library.ask().cancel_hold(JORDAN, ready.id)).pending
    assert seen[-1].headers["x-koha-override"] == "cancellation-request-flow"
    (now,) = [each for each in await library.ask().holds(JORDAN) if each.id == ready.id]
    assert (now.state, now.cancellation_requested) == (HoldState.READY_FOR_PICKUP, True)


async def test_a_hold_is_refused_for_the_place_the_patron_or_the_title(simulated):
    library, db, _ = simulated
    title = (await library.ask().entries("data")).entries[0].id
    refused = await library.ask().place_hold(MEI, title, "NOWHERE")
    assert refused == HoldRefused(reason=HoldRefusal.NOT_AT_THIS_PLACE, reason_label=None)
    db.execute("update item set document = json_set(document, '$.lost_status', 1) where biblio_id = ?", (int(title),))
    refused = await library.ask().place_hold(MEI, title, "GZM")
    assert refused == HoldRefused(reason=HoldRefusal.NOT_REQUESTABLE, reason_label="notReservable")
    db.execute("update line set document = json_set(document, '$.amount_outstanding', 60.0)")
    refused = await library.ask().place_hold(MEI, title, "GZM")
    assert refused == HoldRefused(reason=HoldRefusal.READER_BLOCKED, reason_label="debt_limit")
    with pytest.raises(UpstreamBadResponse, match="HTTP 400"):
        await library.ask().place_hold("999", title, "GZM")


async def test_branches_that_keep_holds_are_told_by_code_and_name(simulated):
    library, db, _ = simulated
    db.execute("update library set document = json_set(document, '$.pickup_location', json('false')) where id = 'GZE'")
    assert await library.ask().pickup_locations() == [
        PickupLocation(system="system-1", campus="GZ", code="GZM", name="Guangzhou Main Library")
    ]


CHECKOUT = {
    "checkout_id": 57, "patron_id": 1, "item_id": 9, "due_date": "2026-12-02T23:59:00+08:00",
    "checkout_date": "2026-10-15T14:52:29+08:00", "checkin_date": None,
}  # fmt: skip
ITEM = {"item_id": 9, "biblio_id": 4, "biblio": {"title": "Chip packaging"}}
HOLD = {"hold_id": 3, "patron_id": 1, "biblio_id": 4}


@asynccontextmanager
async def answering(status, body):
    """A library that says this to whatever changes something."""

    async def answer(request):
        if request.method != "GET":
            return web.json_response(body, status=status)
        rows = {"checkouts": [CHECKOUT], "items": [ITEM], "holds": [HOLD]}
        return web.json_response(rows[request.path.rpartition("/")[2]], headers={"X-Total-Count": "1"})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    async with witnessed(app) as (origin, seen), reached(Koha, origin) as reach:
        yield reach, seen


@pytest.mark.parametrize(
    ("said", "reason", "label"),
    [
        ({"error": "Renewal not authorized (too_soon)"}, RenewalRefusal.TOO_SOON, "too_soon"),
        (
            {"error": "Renewal not authorized (x)", "error_code": "restriction"},
            RenewalRefusal.READER_BLOCKED,
            "restriction",
        ),
        ({"error": "Renewal not authorized (full_moon)"}, RenewalRefusal.OTHER, "full_moon"),
        ({"error": "Renewal not authorized ()"}, None, None),
    ],
)
async def test_a_loan_that_is_not_renewed_says_why_in_kohas_word(said, reason, label):
    async with answering(403, said) as (library, _):
        (outcome,) = await library.ask().renew("1", ["57"])
    assert outcome == NotRenewed(system="system-1", owner="1", id="57", reason=reason, reason_label=label)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("itemAlreadyOnHold", HoldRefusal.ALREADY_REQUESTED),
        ("too_many_holds_for_this_record", HoldRefusal.ALREADY_REQUESTED),
        ("alreadypossession", HoldRefusal.ALREADY_BORROWED),
        ("tooManyReserves", HoldRefusal.TOO_MANY_HOLDS),
        ("too_many_reserves_today", HoldRefusal.TOO_MANY_HOLDS),
        ("ageRestricted", HoldRefusal.NOT_REQUESTABLE),
        ("pickupNotInHoldGroup", HoldRefusal.NOT_AT_THIS_PLACE),
        ("fullMoon", HoldRefusal.OTHER),
        ("", HoldRefusal.NOT_REQUESTABLE),
    ],
)
async def test_a_hold_that_is_refused_says_why_in_kohas_word(word, reason):
    async with answering(403, {"error": f"Hold cannot be placed. Reason: {word}"}) as (library, _):
        assert await library.ask().place_hold("1", "4", "GZM") == HoldRefused(reason=reason, reason_label=word or None)


ASKED = {"renew": (["57"],), "place_hold": ("4", "GZM"), "cancel_hold": ("3",)}


async def made(library, endpoint):
    outcome = await getattr(library.ask(), endpoint)("1", *ASKED[endpoint])
    raise outcome[0]


@pytest.mark.parametrize("endpoint", ASKED)
async def test_that_we_may_not_is_no_refusal_of_the_readers(endpoint):
    error = "Authorization failure. Missing required permission(s)."
    async with answering(403, {"error": error, "required_permissions": {"circulate": "1"}}) as (library, seen):
        with pytest.raises(UpstreamError, match="our credential is refused") as failed:
            await made(library, endpoint)
    assert not failed.value.unsettled
    assert len([each for each in seen if each.method != "GET"]) == 1


@pytest.mark.parametrize("endpoint", ["renew", "place_hold"])
async def test_what_comes_back_for_another_patron_is_shown_to_nobody(endpoint):
    async with answering(201, CHECKOUT | HOLD | {"patron_id": 12}) as (library, _):
        with pytest.raises(UpstreamBadResponse, match="another patron") as failed:
            await made(library, endpoint)
    assert failed.value.unsettled
