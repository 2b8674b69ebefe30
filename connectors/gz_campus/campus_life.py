"""Campus life: a small REST dialect for housing and campus card, of our own since no open standard covers them.

Source: sandbox/campus_life.json, its OpenAPI document.
"""

from collections.abc import Mapping
from datetime import date, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, field

from campus.location import Location
from campus.money import Money
from campus.text import Text, text
from connectors.wire import Answer, Line, Moment, Params, UpstreamBadResponse, local, segment

from .life_records import (
    CampusCard,
    CardStatus,
    CardTransaction,
    Housing,
    HousingState,
    LossState,
    RentPeriod,
    RoomChange,
    Statement,
    TransactionKind,
)

LATEST = 20
"""Transactions asked for along with a card: a page as frontends ask for it by default, so that one call shows both."""

LARGEST_NUMBER = 2**31 - 1
"""By the document: of a transaction."""

Count = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]

UNKNOWN_PERSON = "urn:campus-life:unknown-person"

Word = TypeVar("Word", bound=Enum)


class MoneyOnWire(Struct):
    amount: Decimal
    currency: str


class ContractOnWire(Struct, rename="camel"):
    number: str
    state: str
    state_label: dict[str, str]
    starts: date
    ends: date


class ResidenceOnWire(Struct):
    code: str
    name: dict[str, str]
    latitude: float
    longitude: float


class RentOnWire(Struct):
    amount: MoneyOnWire
    per: str


class WindowOnWire(Struct):
    opens: date
    closes: date


class StayOnWire(Struct, rename="camel"):
    contract: ContractOnWire
    residence: ResidenceOnWire
    room: str
    beds: Count
    roommates: Count
    rent: RentOnWire
    room_change: WindowOnWire | None


class StaysOnWire(Struct):
    items: list[StayOnWire]


class TransactionOnWire(Struct, rename="camel"):
    number: Count
    posted_at: Moment
    kind: str
    kind_label: dict[str, str]
    place: dict[str, str]
    amount: MoneyOnWire
    balance: MoneyOnWire


class TransactionsOnWire(Struct):
    total: Count
    items: list[TransactionOnWire]
    more: bool


class LossOnWire(Struct, rename="camel"):
    state: str
    label: dict[str, str]
    reported_at: Moment | None


class CardOnWire(Struct, rename="camel"):
    state: str
    state_label: dict[str, str]
    valid_until: date
    balance: MoneyOnWire
    loss: LossOnWire
    latest: TransactionsOnWire


class ProblemOnWire(Struct):
    """RFC 9457: what the type is not told of is about nothing in particular."""

    kind: str = field(name="type", default="about:blank")


class CampusLife:
    """One campus's housing and card offices, asked on behalf of one operation. Whom they do not know has None."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {secret}"}

    async def housing(self, account: str) -> list[Housing] | None:
        """Contracts that are in force or going to be."""
        answer = await self._answer(f"/people/{segment(account)}/housing")
        return [self._housing(account, row) for row in self._line.read(answer, StaysOnWire).items] if answer else None

    async def card(self, account: str) -> CampusCard | None:
        answer = await self._answer(f"/people/{segment(account)}/card", (("transactions", str(LATEST)),))
        return self._card(account, self._line.read(answer, CardOnWire)) if answer else None

    async def transactions(self, account: str, size: int, before: int | None) -> Statement | None:
        """At most 100, of numbers smaller than `before`."""
        params = [("pageSize", str(size)), *([("before", str(before))] if before is not None else [])]
        answer = await self._answer(f"/people/{segment(account)}/card/transactions", params)
        return self._statement(self._line.read(answer, TransactionsOnWire)) if answer else None

    async def _answer(self, path: str, params: Params = ()) -> Answer | None:
        """None where the office does not know the person; any other 404 is a wrong address, and ours to mend."""
        answer = await self._line.get(path, params, answers=frozenset({404}))
        if answer.status != 404:
            return answer
        if self._line.read(answer, ProblemOnWire).kind == UNKNOWN_PERSON:
            return None
        raise UpstreamBadResponse(self.system.id, "HTTP 404")

    def _housing(self, account: str, row: StayOnWire) -> Housing:
        residence, contract, change = row.residence, row.contract, row.room_change
        name = self._text(residence.name)
        return Housing(
            system=self.system.id,
            campus=self.system.campus,
            owner=account,
            id=contract.number,
            state=_word(HousingState, contract.state),
            state_label=self._text(contract.state_label),
            starts=contract.starts,
            ends=contract.ends,
            residence=name,
            residence_code=residence.code,
            room=row.room,
            location=Location(building=name, room=row.room, latitude=residence.latitude, longitude=residence.longitude),
            beds=row.beds,
            roommates=row.roommates,
            rent=_money(row.rent.amount),
            rent_period=_word(RentPeriod, row.rent.per),
            room_change=RoomChange(opens=change.opens, closes=change.closes) if change else None,
        )

    def _card(self, account: str, row: CardOnWire) -> CampusCard:
        return CampusCard(
            system=self.system.id,
            campus=self.system.campus,
            owner=account,
            status=_word(CardStatus, row.state),
            status_label=self._text(row.state_label),
            valid_until=row.valid_until,
            balance=_money(row.balance),
            loss_state=_word(LossState, row.loss.state),
            loss_label=self._text(row.loss.label),
            loss_reported_at=local(row.loss.reported_at, self._zone) if row.loss.reported_at else None,
            latest=self._statement(row.latest),
        )

    def _statement(self, page: TransactionsOnWire) -> Statement:
        transactions = [
            CardTransaction(
                number=row.number,
                posted_at=local(row.posted_at, self._zone),
                kind=_word(TransactionKind, row.kind),
                kind_label=self._text(row.kind_label),
                place=self._text(row.place),
                amount=_money(row.amount),
                balance=_money(row.balance),
            )
            for row in page.items
        ]
        return Statement(total=page.total, transactions=transactions, more=page.more)

    def _text(self, told: Mapping[str, str]) -> Text:
        if not (found := text(told.items())):
            raise UpstreamBadResponse(self.system.id, "a text in no language")
        return found


def _word(states: type[Word], said: str) -> Word:
    """The office's word among ours; OTHER for one that came later, which its label explains."""
    name = said.replace("-", "_").upper()
    return states[name if name in states.__members__ else "OTHER"]


def _money(told: MoneyOnWire) -> Money:
    return Money(amount=told.amount, currency=told.currency)
