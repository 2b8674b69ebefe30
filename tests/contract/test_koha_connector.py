"""The Koha connector over the simulated library and over answers that the document allows, question by question."""

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web

from campus.money import Money
from connectors.library import Fine, Hold, HoldState, Koha, LibraryLoaders, Loan, LoanKey, Renewable, RenewalRefusal
from connectors.reads import AccountKey, Joining
from connectors.wire import (
    Access,
    AccountConflict,
    Operation,
    System,
    Upstream,
    UpstreamBadResponse,
    UpstreamError,
    UpstreamMaintenance,
)
from sandbox import koha
from sandbox.frame import framed

from .koha_answers import YUAN, answering
from .koha_document import keep_to_the_document
from .simulators import clock_at, served
from .small_university import NOW, small_university
from .wire import ZONE, reached, witnessed

SYSTEMS = ("library-cwb", "library-gz")
CLIENT, SECRET = "gateway", "s3cret"
MEI = "1"


@pytest.fixture(scope="module")
async def simulated():
    """The simulated library through its connector, and everything that was said."""
    db = sqlite3.connect(":memory:")
    koha.seed(db, small_university(), "GZ")
    async with (
        witnessed(koha.build_app(db, clock_at(NOW), f"{CLIENT}:{SECRET}")) as (origin, seen),
        reached(Koha, origin, SECRET, CLIENT, campus="GZ", options=YUAN) as reach,
    ):
        assert await reach.ask().patron("nobody") is None  # signed in from here on
        keep_to_the_document(seen)
        seen.clear()
        yield reach, seen
    db.close()


@pytest.fixture
def library(simulated):
    """What a test asks of it is held against the document."""
    reach, seen = simulated
    yield reach, seen
    keep_to_the_document(seen)
    seen.clear()


def loaders_over(ask):
    """Those of one operation, over wire modules made by `ask`."""
    systems = {name: Upstream(System(name, "library", "GZ", "koha"), Access(""), None, None) for name in SYSTEMS}
    return LibraryLoaders(Joining(lambda system, operation: ask(operation), systems), Operation("contract-2"))


def asked(seen):
    return [f"{each.method} {each.path.removeprefix('/api/v1')}" for each in seen]


CHECKOUT = {
    "checkout_id": 57, "patron_id": 1, "item_id": 9, "due_date": "2026-12-02T23:59:00+08:00",
    "checkout_date": "2026-10-15T14:52:29+08:00", "checkin_date": None, "renewals_count": 1,
}  # fmt: skip
ITEM = {
    "item_id": 9, "biblio_id": 4, "external_id": "GZ0001", "callnumber": "TN405/S80", "home_library_id": "GZM",
    "biblio": {"biblio_id": 4, "title": "Chip packaging", "subtitle": "methods", "author": "Sun, Yifan"},
    "_strings": {"home_library_id": {"str": "Guangzhou Main Library", "type": "library"}},
}  # fmt: skip
HOLD = {
    "hold_id": 3, "patron_id": 1, "biblio_id": 4, "hold_date": "2026-10-20", "status": None, "priority": 2,
    "pickup_library_id": "GZM", "expiration_date": None, "suspended": False, "item_id": None,
}  # fmt: skip
LINE = {
    "account_line_id": 8, "patron_id": 1, "date": "2026-10-19T10:00:00+08:00", "amount": 7.5,
    "amount_outstanding": 6.45, "debit_type": "OVERDUE", "description": "Chip packaging 2026-10-18", "item_id": 9,
}  # fmt: skip


def account(*lines):
    return {"balance": 0, "outstanding_debits": {"total": 0, "lines": lines}, "outstanding_credits": {"total": 0}}


async def test_a_checkout_and_its_item_become_a_loan():
    async with answering(checkouts=[CHECKOUT], items=[ITEM]) as (reach, seen):
        assert await reach.ask().loans("1") == [
            Loan(
                system="system-1",
                campus="CWB",
                owner="1",
                id="57",
                title="Chip packaging : methods",
                author="Sun, Yifan",
                barcode="GZ0001",
                call_number="TN405/S80",
                library="Guangzhou Main Library",
                lent_at=datetime(2026, 10, 15, 14, 52, 29, tzinfo=ZONE),
                due_at=datetime(2026, 12, 2, 23, 59, tzinfo=ZONE),
                renewable=Renewable.UNKNOWN,
            )
        ]
    checkouts, items = seen
    assert checkouts.query == [("patron_id", "1"), ("_match", "exact"), ("_page", "1"), ("_per_page", "100")]
    assert items.query == [("q", '{"item_id":{"-in":[9]}}'), ("_page", "1"), ("_per_page", "100")]
    assert items.headers["x-koha-embed"] == "biblio,+strings"
    assert items.headers["Accept"] == "*/*"  # nobody signed in here; with a credential it is asked for JSON


async def test_a_hold_and_a_debit_become_a_hold_and_a_fine():
    async with answering(holds=[HOLD], items=[ITEM], patrons__1__account=account(LINE)) as (reach, _):
        assert await reach.ask().holds("1") == [
            Hold(
                system="system-1",
                campus="CWB",
                owner="1",
                id="3",
                title="Chip packaging : methods",
                author="Sun, Yifan",
                state=HoldState.REQUESTED,
                state_label="Pending",
                place_in_queue=2,
                pickup_location="Guangzhou Main Library",
                requested_at=datetime(2026, 10, 20, tzinfo=ZONE),
                expires=None,
                record="4",
            )
        ]
        assert await reach.ask().fines("1") == [
            Fine(
                system="system-1",
                campus="CWB",
                owner="1",
                id="8",
                reason="Overdue fine",
                title="Chip packaging : methods",
                original=Money(amount=Decimal("7.5"), currency="CNY"),
                balance=Money(amount=Decimal("6.45"), currency="CNY"),
                charged_at=datetime(2026, 10, 19, 10, tzinfo=ZONE),
            )
        ]


@pytest.mark.parametrize(
    ("told", "state", "label", "place", "where"),
    [
        (
            {"status": "W", "priority": 0},
            HoldState.READY_FOR_PICKUP,
            "Waiting for pickup",
            None,
            "Guangzhou Main Library",
        ),
        ({"status": "T", "priority": 0}, HoldState.IN_PROCESS, "In transit", None, "Guangzhou Main Library"),
        ({"status": "P", "priority": 0}, HoldState.IN_PROCESS, "In processing", None, "Guangzhou Main Library"),
        ({"status": "Z", "priority": 0}, HoldState.OTHER, "Z", None, "Guangzhou Main Library"),
        ({"suspended": True}, HoldState.REQUESTED, "Suspended", 2, "Guangzhou Main Library"),
        ({"pickup_library_id": "GZX"}, HoldState.REQUESTED, "Pending", 2, "GZX"),
    ],
)
async def test_a_hold_says_how_far_it_is_and_where_it_can_be_fetched(told, state, label, place, where):
    async with answering(holds=[HOLD | told], items=[ITEM]) as (reach, _):
        (hold,) = await reach.ask().holds("1")
    assert (hold.state, hold.state_label, hold.place_in_queue, hold.pickup_location) == (state, label, place, where)


async def test_what_the_library_leaves_out_is_left_out():
    bare = {"item_id": 9, "biblio_id": 4, "biblio": {"title": None}}
    debit = LINE | {"debit_type": "PHOTOCOPY", "description": "Ten pages", "item_id": None}
    async with answering(
        checkouts=[CHECKOUT], holds=[HOLD | {"hold_date": None, "biblio_id": 77}], items=[bare],
        patrons__1__account=account(debit, debit | {"description": None}),
    ) as (reach, _):  # fmt: skip
        (loan,) = await reach.ask().loans("1")
        (hold,) = await reach.ask().holds("1")
        fines = await reach.ask().fines("1")
    assert (loan.title, loan.author, loan.library) == ("", None, None)
    assert (hold.title, hold.requested_at) == (None, None)
    assert [(fine.reason, fine.title) for fine in fines] == [("Ten pages", None), ("PHOTOCOPY", None)]


async def test_what_is_another_patrons_is_shown_to_nobody():
    theirs = {"patron_id": 12}
    async with answering(
        checkouts=[CHECKOUT, CHECKOUT | theirs], holds=[HOLD | theirs], patrons__1__account=account(LINE | theirs)
    ) as (reach, seen):
        for name in ("loans", "holds", "fines"):
            with pytest.raises(UpstreamBadResponse, match="another patron"):
                await getattr(reach.ask(), name)("1")
    assert "/api/v1/items" not in [each.path for each in seen]


async def test_a_checkout_without_its_item_is_a_bad_response_and_the_holds_beside_it_stand():
    async with answering(checkouts=[CHECKOUT | {"item_id": 10}], holds=[HOLD], items=[ITEM]) as (reach, _):
        loans, holds = await reach.ask().lists("1", ["loans", "holds"])
    assert isinstance(loans, UpstreamBadResponse)
    assert [hold.id for hold in holds] == ["3"]


async def test_all_lists_of_a_reader_share_the_call_for_their_titles(library):
    reach, seen = library
    loans, holds, fines = await reach.ask().lists(MEI, ["loans", "holds", "fines"])
    assert sorted(asked(seen)[:3]) == ["GET /checkouts", "GET /holds", f"GET /patrons/{MEI}/account"]
    assert asked(seen)[3:] == ["GET /items"]
    assert all(each.title for each in (*loans, *holds))
    assert any(fine.title for fine in fines)
    assert {fine.balance.currency for fine in fines} == {"CNY"}
    assert {hold.state for hold in holds} >= {HoldState.REQUESTED, HoldState.READY_FOR_PICKUP, HoldState.IN_PROCESS}


async def test_lists_asked_for_together_go_up_together_and_each_is_asked_once(library):
    reach, seen = library
    loaders, key = loaders_over(reach.ask), AccountKey("library-gz", MEI)
    futures = [
        each.load(key)
        for each in (loaders.loans_by_account, loaders.holds_by_account, loaders.fines_by_account)
        for _ in range(2)
    ]
    lists = [await future for future in futures]
    assert all(lists)
    assert len(asked(seen)) == 4
    assert await loaders.loans_by_account.load(key) == lists[0]
    assert len(asked(seen)) == 4


async def test_a_list_that_is_asked_for_alone_costs_itself_and_its_titles(library):
    reach, seen = library
    for name, calls in (
        ("loans", ["GET /checkouts", "GET /items"]),
        ("holds", ["GET /holds", "GET /items"]),
        ("fines", [f"GET /patrons/{MEI}/account", "GET /items"]),
    ):
        before = len(seen)
        assert await getattr(reach.ask(), name)(MEI)
        assert asked(seen)[before:] == calls


async def test_nothing_lent_is_an_empty_list_and_no_titles_are_asked_for(library):
    reach, seen = library
    assert await reach.ask().lists("999", ["loans", "holds"]) == [[], []]
    assert sorted(asked(seen)) == ["GET /checkouts", "GET /holds"]


async def test_a_single_loan_says_whether_it_may_be_renewed_and_why_not(library):
    reach, seen = library
    found = []
    for loan in await reach.ask().loans(MEI):
        assert (loan.renewable, loan.renewal_refusal) == (Renewable.UNKNOWN, None)
        before = len(seen)
        single = await reach.ask().loan(MEI, loan.id)
        first, *rest = asked(seen)[before:]
        assert first == f"GET /checkouts/{loan.id}"
        assert sorted(rest) == [f"GET /checkouts/{loan.id}/allows_renewal", "GET /items"]
        assert (single.id, single.title, single.due_at) == (loan.id, loan.title, loan.due_at)
        found.append((single.renewable, single.renewal_refusal, single.renewal_refusal_label))
    assert {
        (Renewable.YES, None, None),
        (Renewable.NO, RenewalRefusal.RENEWED_TOO_OFTEN, "too_many"),
        (Renewable.NO, RenewalRefusal.WANTED_BY_OTHERS, "on_reserve"),
        (Renewable.NO, RenewalRefusal.OVERDUE, "overdue"),
    } == set(found)


@pytest.mark.parametrize(
    ("word", "refusal"),
    [("too_soon", RenewalRefusal.TOO_SOON), ("moon", RenewalRefusal.OTHER), (None, None)],
)
async def test_a_reason_we_do_not_know_is_other_with_its_word(word, refusal):
    told = {"allows_renewal": False, "error": word}
    async with answering(checkouts__57=CHECKOUT, items=[ITEM], checkouts__57__allows_renewal=told) as (reach, _):
        loan = await reach.ask().loan("1", "57")
    assert (loan.renewable, loan.renewal_refusal, loan.renewal_refusal_label) == (Renewable.NO, refusal, word)


async def test_a_loan_that_is_gone_or_another_patrons_is_none(library):
    reach, seen = library
    theirs = (await reach.ask().loans("2"))[0].id
    for number, calls in (("gone", []), ("99999", ["GET /checkouts/99999"]), (theirs, [f"GET /checkouts/{theirs}"])):
        before = len(seen)
        assert await reach.ask().loan(MEI, number) is None
        assert asked(seen)[before:] == calls
    returned = CHECKOUT | {"checkin_date": "2026-10-20T10:00:00+08:00"}
    async with answering(checkouts__57=returned) as (bare, _):
        assert await bare.ask().loan("1", "57") is None


async def test_a_single_loan_is_found_in_the_list_of_a_library_that_has_no_more_to_say_of_it():
    class Plain:
        async def loans(self, reader):
            return [loan] if reader == "1" else None

    async with answering(checkouts=[CHECKOUT], items=[ITEM]) as (reach, _):
        (loan,) = await reach.ask().loans("1")
    loaders = loaders_over(lambda operation: Plain())
    assert await loaders.loan(LoanKey("library-cwb", "1", "57")) == loan
    assert await loaders.loan(LoanKey("library-cwb", "1", "58")) is None
    assert await loaders.loan(LoanKey("library-cwb", "2", "57")) is None


async def test_a_patron_is_looked_up_by_card_or_login(library):
    reach, seen = library
    assert await reach.ask().patron("gzl002") == MEI
    (question,) = seen
    assert json.loads(dict(question.query)["q"]) == [{"cardnumber": "gzl002"}, {"userid": "gzl002"}]
    assert await reach.ask().patron("gzl009") is None
    assert await reach.ask().patron("GZL002") is None  # the library finds it; a name is only itself


async def test_one_name_for_two_patrons_is_a_conflict():
    rows = [{"patron_id": 1, "cardnumber": "007", "userid": "m"}, {"patron_id": 2, "cardnumber": "9", "userid": "007"}]
    async with answering(patrons=rows) as (reach, _):
        with pytest.raises(AccountConflict):
            await reach.ask().patron("007")
        assert await reach.ask().patron("9") == "2"


async def test_a_long_list_is_read_page_by_page_to_its_end():
    rows = [CHECKOUT | {"checkout_id": number} for number in range(1, 201)]

    def page(request):
        first = (int(request.query["_page"]) - 1) * int(request.query["_per_page"])
        return web.json_response(rows[first : first + 100], headers={"X-Total-Count": "200"})

    async with answering(checkouts=page, items=[ITEM]) as (reach, seen):
        assert len(await reach.ask().loans("1")) == 200
    assert [dict(each.query)["_page"] for each in seen] == ["1", "2", "1"]


async def test_a_full_page_that_does_not_say_of_how_many_is_a_bad_response():
    rows = [CHECKOUT | {"checkout_id": number} for number in range(1, 101)]
    async with answering(checkouts=lambda _: web.json_response(rows)) as (reach, _):
        with pytest.raises(UpstreamBadResponse, match="of how many"):
            await reach.ask().loans("1")


async def test_one_token_serves_all_operations_and_our_secret_is_in_its_form_alone(library):
    reach, seen = library
    for _ in range(3):
        await reach.ask().loans(MEI)
    assert "POST /oauth/token" not in asked(seen)
    assert len({each.headers["Authorization"] for each in seen}) == 1
    assert {each.headers["Accept"] for each in seen} == {"application/json"}
    assert SECRET not in "".join(f"{each.target} {each.headers}" for each in seen)


@pytest.mark.parametrize(
    ("mode", "error"), [("closed", UpstreamMaintenance), ("500", UpstreamError), ("404", UpstreamBadResponse)]
)
async def test_a_fault_after_signing_in_fails_every_list_by_its_code(mode, error):
    db = sqlite3.connect(":memory:")
    koha.seed(db, small_university(), "GZ")
    clock = clock_at(NOW)
    app = framed(koha.build_app(db, clock, f"{CLIENT}:{SECRET}"), koha, clock)
    async with served(app) as origin, reached(Koha, origin, SECRET, CLIENT, options=YUAN) as reach:
        assert await reach.ask().loans(MEI)
        async with aiohttp.request("PUT", f"{origin}/__faults", json={"mode": mode}) as answer:
            assert answer.status == 200
        operation = Operation("contract-faulty")
        for outcome in await reach.ask(operation).lists(MEI, ["loans", "holds", "fines"]):
            assert type(outcome) is error
        assert operation.calls == {"system-1": 3}
    db.close()


async def test_dates_keep_to_the_calendar():
    async with answering(holds=[HOLD | {"expiration_date": "2026-11-01", "status": "W"}], items=[ITEM]) as (reach, _):
        (hold,) = await reach.ask().holds("1")
    assert hold.expires == date(2026, 11, 1)
