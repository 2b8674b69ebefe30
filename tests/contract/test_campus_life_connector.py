"""The campus life connector: its every question and the offices' every answer, by the document."""

import json
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from campus.location import Location
from campus.money import Money
from connectors.gz_campus import (
    CampusLife,
    CardStatus,
    CardTransaction,
    Housing,
    HousingState,
    LossState,
    RentPeriod,
    RoomChange,
    TransactionKind,
)
from connectors.wire import UpstreamBadResponse
from sandbox import campus_life

from .openapi import Specification
from .simulators import clock_at
from .small_university import NOW, small_university
from .wire import ZONE, Recorded, keep_to, reached, replayed, witnessed

TOKEN = "token-of-the-offices"
MEI = "6222002"


@asynccontextmanager
async def offices(campus):
    """The connector over a campus's offices; whatever they said to each other is held against the document."""
    db = sqlite3.connect(":memory:")
    campus_life.seed(db, small_university(), campus)
    async with (
        witnessed(campus_life.build_app(db, clock_at(NOW), TOKEN)) as (origin, seen),
        reached(CampusLife, origin, TOKEN, campus=campus) as reach,
    ):
        yield reach, seen
    db.close()
    keep_to(Specification(json.loads(campus_life.DOCUMENT.read_text(encoding="utf-8"))), seen)


async def test_a_contract_becomes_housing():
    """Mei's: Jordan has another bed of the room."""
    async with offices("GZ") as (life, seen):
        (stay,) = await life.ask().housing(MEI)
    told = json.loads(seen[0].answer)["items"][0]
    assert stay == Housing(
        system="system-1",
        campus="GZ",
        owner=MEI,
        id=told["contract"]["number"],
        state=HousingState.ACTIVE,
        state_label={"en": "In force", "zh-Hant": "生效中", "zh-Hans": "生效中"},
        starts=date(2026, 9, 1),
        ends=date(2026, 12, 20),
        residence={"en": "Student Residence D3", "zh-Hant": "學生公寓D3棟", "zh-Hans": "学生公寓D3栋"},
        residence_code="D3",
        room="201",
        location=Location(building=told["residence"]["name"], room="201", latitude=22.8928, longitude=113.4803),
        beds=4,
        roommates=1,
        rent=Money(amount=Decimal("1500.00"), currency="CNY"),
        rent_period=RentPeriod.TERM,
        room_change=RoomChange(opens=date(2026, 10, 20), closes=date(2026, 11, 6)),
    )
    assert seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_card_comes_with_its_latest_transactions_in_one_answer():
    async with offices("GZ") as (life, seen):
        card = await life.ask().card(MEI)
        older = await life.ask().transactions(MEI, 5, card.latest.transactions[-1].number)
        last = await life.ask().transactions(MEI, 100, None)
    assert [each.target for each in seen] == [
        f"/people/{MEI}/card?transactions=20",
        f"/people/{MEI}/card/transactions?pageSize=5&before={card.latest.transactions[-1].number}",
        f"/people/{MEI}/card/transactions?pageSize=100",
    ]
    assert (card.status, card.loss_state, card.loss_reported_at) == (CardStatus.ACTIVE, LossState.NOT_REPORTED, None)
    assert card.balance == card.latest.transactions[0].balance
    assert (card.latest.more, len(card.latest.transactions)) == (True, 20)
    assert card.latest.total == len(last.transactions) > 20
    assert last.more is False
    assert [*card.latest.transactions, *older.transactions] == list(last.transactions[:25])
    row = json.loads(seen[0].answer)["latest"]["items"][0]
    assert card.latest.transactions[0] == CardTransaction(
        number=row["number"],
        posted_at=datetime.fromisoformat(row["postedAt"]).astimezone(ZONE),
        kind=TransactionKind[row["kind"].replace("-", "_").upper()],
        kind_label=row["kindLabel"],
        place=row["place"],
        amount=Money(amount=Decimal(row["amount"]["amount"]), currency="CNY"),
        balance=Money(amount=Decimal(row["balance"]["amount"]), currency="CNY"),
    )


async def test_whom_the_office_does_not_know_has_nothing():
    async with offices("GZ") as (life, seen):
        assert await life.ask().housing("somebody/else?") is None
        assert await life.ask().card("nobody") is None
        assert await life.ask().transactions("nobody", 1, None) is None
    assert seen[0].target == "/people/somebody%2Felse%3F/housing"


async def answered(endpoint, status, body, kind="application/json"):
    answer = Recorded(status, kind, json.dumps(body).encode())
    async with replayed(answer) as (origin, _), reached(CampusLife, origin, TOKEN) as reach:
        return await getattr(reach.ask(), endpoint)("1")


async def test_a_404_that_does_not_say_whom_it_means_is_no_answer():
    for problem in ({"type": "about:blank", "title": "Not Found", "status": 404}, {"title": "Not Found"}, []):
        with pytest.raises(UpstreamBadResponse):
            await answered("card", 404, problem, "application/problem+json")


MONEY = {"amount": "1.00", "currency": "CNY"}
LATER = {
    "state": "mislaid",
    "stateLabel": {"zh-CN": "暂时遗失"},
    "validUntil": "2029-08-31",
    "balance": MONEY,
    "loss": {"state": "x-found", "label": {"en": "Found"}, "reportedAt": "2026-10-28T02:00:00Z"},
    "latest": {
        "total": 1,
        "more": False,
        "items": [
            {
                "number": 1,
                "postedAt": "2026-10-28T02:00:00Z",
                "kind": "gift",
                "kindLabel": {"en": "Gift"},
                "place": {"en": "Gate"},
                "amount": MONEY,
                "balance": MONEY,
                "colour": "red",
            }
        ],
    },
}


async def test_a_word_that_came_later_is_something_else_with_its_label():
    card = await answered("card", 200, LATER)
    assert (card.status, card.status_label) == (CardStatus.OTHER, {"zh-Hans": "暂时遗失"})
    assert (card.loss_state, card.loss_label) == (LossState.OTHER, {"en": "Found"})
    assert card.loss_reported_at == datetime(2026, 10, 28, 2, 0, tzinfo=UTC)
    assert [(each.kind, each.kind_label) for each in card.latest.transactions] == [
        (TransactionKind.OTHER, {"en": "Gift"})
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"balance": {"amount": 1.5}},
        {"stateLabel": {}},
        {"validUntil": "soon"},
        {"latest": {"total": -1, "more": False, "items": []}},
        {"latest": None},
        {"loss": {"state": "not-reported", "label": {"en": "-"}, "reportedAt": "2026-10-28T02:00:00"}},
    ],
)
async def test_what_the_document_does_not_allow_is_a_bad_response(change):
    with pytest.raises(UpstreamBadResponse):
        await answered("card", 200, LATER | change)
