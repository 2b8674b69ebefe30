"""What came of changes that carry a key: so that a repeat is answered by the first one's outcome, and not done again.

A row is there from before the change is sent until its period is over; without `outcome`, nobody knows yet.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, CursorResult, String, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import CODE, Moment, insert_into, kept, metadata

LONGEST_KEY = 200
"""Characters: a UUID, and whatever a client puts around it."""

outcome = Table(
    "outcome",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("mutation", CODE, primary_key=True),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("request", CODE, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("outcome", JSON(none_as_null=True)),
    Column("updated_at", Moment, nullable=False),
    info=kept("outcomes", since="updated_at"),
)


class OutcomeKey(NamedTuple):
    """What a client calls one change of one person."""

    person: str
    mutation: str
    key: str


class Begun(NamedTuple):
    """A change that is known here."""

    new: bool
    """Nobody has begun it before."""
    request: str
    """Fingerprint of what was asked for under this key."""
    sent_at: datetime
    """When it was sent last, or would have been."""
    outcome: Any
    """As `msgspec.to_builtins` writes it; None while there is none."""


def begun(key: OutcomeKey, request: str, now: datetime) -> Callable[[AsyncConnection], Awaitable[Begun]]:
    """Begins it, unless somebody has."""

    async def step(connection: AsyncConnection) -> Begun:
        row = {**key._asdict(), "request": request, "sent_at": now, "outcome": None, "updated_at": now}
        statement = insert_into(connection, outcome).values(row).on_conflict_do_nothing()
        made: CursorResult[Any] = await connection.execute(statement)
        if made.rowcount:
            return Begun(True, request, now, None)
        found = (await connection.execute(select(outcome).where(_is(key)))).one()
        return Begun(False, found.request, found.sent_at, found.outcome)

    return step


def sent_again(key: OutcomeKey, before: datetime, now: datetime) -> Callable[[AsyncConnection], Awaitable[bool]]:
    """Whether it is ours to send once more: of all who find it unsettled since `before`, one may."""

    async def step(connection: AsyncConnection) -> bool:
        ours = and_(_is(key), outcome.c.outcome.is_(None), outcome.c.sent_at == before)
        changed: CursorResult[Any] = await connection.execute(
            outcome.update().where(ours).values(sent_at=now, updated_at=now)
        )
        return changed.rowcount == 1

    return step


def settled(key: OutcomeKey, what: Any, now: datetime) -> Callable[[AsyncConnection], Awaitable[None]]:
    """Keeps what came of it."""

    async def step(connection: AsyncConnection) -> None:
        await connection.execute(outcome.update().where(_is(key)).values(outcome=what, updated_at=now))

    return step


def forgotten(key: OutcomeKey, since: datetime) -> Callable[[AsyncConnection], Awaitable[None]]:
    """It did not happen, so that the key is as if it had never been used; unless it was sent again `since`."""

    async def step(connection: AsyncConnection) -> None:
        ours = and_(_is(key), outcome.c.outcome.is_(None), outcome.c.sent_at == since)
        await connection.execute(outcome.delete().where(ours))

    return step


def _is(key: OutcomeKey) -> Any:
    return and_(outcome.c.person == key.person, outcome.c.mutation == key.mutation, outcome.c.key == key.key)
