"""What has yet to reach a campus system: of each person, system and part the newest, until the system agrees.

A row is there from before the system is asked, and gone once it agrees. `busy_until` keeps two from writing the same
person into the same system at once, since systems take a person whole.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, Column, ColumnElement, Index, Integer, Table, and_, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from campus.contacts import ContactPart, ContactSyncState

from .records import PendingWrite
from .store import one_at_a_time, upsert
from .tables import CODE, Moment, any_of, kept, metadata

pending_write = Table(
    "pending_write",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("system", CODE, primary_key=True),
    Column("part", CODE, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("accounts", JSON, nullable=False),
    Column("change", CODE, nullable=False),
    Column("state", CODE, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("busy_until", Moment),
    Column("told_at", Moment),
    Index(None, "due_at"),
    info=kept("pending_writes", since="asked_at"),
)
_c = pending_write.c


async def keep_pending(connection: AsyncConnection, writes: Sequence[PendingWrite]) -> None:
    """Over older ones of the same person, system and part, which need not be reached any longer."""
    for person in {each.person for each in writes}:
        await one_at_a_time(connection, f"contacts of {person}")
    rows = [
        {
            "person": each.person,
            "system": each.system,
            "part": each.part.value,
            "value": each.value,
            "accounts": dict(each.accounts),
            "change": each.change,
            "state": each.state.value,
            "asked_at": each.asked_at,
            "attempts": 0,
            "due_at": each.due_at,
            "told_at": None,
        }
        for each in writes
    ]
    await upsert(connection, pending_write, rows)


async def claimed(
    connection: AsyncConnection, person: str, until: Mapping[str, datetime], now: datetime
) -> Mapping[str, Sequence[PendingWrite]]:
    """All that waits for a person in each system, the caller's to write until then; nothing where another writes."""
    await one_at_a_time(connection, f"contacts of {person}")
    theirs = and_(_c.person == person, _c.system.in_(list(until)))
    rows = (await connection.execute(select(pending_write).where(theirs).order_by(_c.system, _c.part))).all()
    busy = {row.system for row in rows if row.busy_until is not None and row.busy_until > now}
    found: dict[str, list[PendingWrite]] = {}
    for row in rows:
        if row.system not in busy:
            found.setdefault(row.system, []).append(_write(row))
    for system in found:
        await hold(connection, person, system, until[system])
    return found


async def reached(connection: AsyncConnection, writes: Sequence[PendingWrite]) -> None:
    """The system agrees: nothing is kept of it, but of what was asked for since."""
    for each in writes:
        await connection.execute(pending_write.delete().where(_is(each)))


async def put_off(
    connection: AsyncConnection, writes: Sequence[PendingWrite], state: ContactSyncState, due_at: datetime
) -> None:
    """The system does not agree, and is asked again then."""
    for each in writes:
        values = {"state": state.value, "attempts": each.attempts + 1, "due_at": due_at}
        await connection.execute(pending_write.update().where(_is(each)).values(values))


async def hold(connection: AsyncConnection, person: str, system: str, until: datetime | None) -> None:
    """Nobody writes this person into the system before that; None lets whoever comes."""
    theirs = and_(_c.person == person, _c.system == system)
    await connection.execute(pending_write.update().where(theirs).values(busy_until=until))


async def due(connection: AsyncConnection, system: str, now: datetime, most: int) -> list[str]:
    """For whom the system is to be asked again by now; those tried least often first.

    Of one system, so that however much waits for one that is away keeps nothing from another.
    """
    idle = or_(_c.busy_until.is_(None), _c.busy_until <= now)
    query = (
        select(_c.person)
        .where(_c.system == system, _c.due_at <= now, idle)
        .order_by(_c.attempts, _c.due_at, _c.person)
        .limit(most)
    )
    return list(dict.fromkeys((await connection.execute(query)).scalars()))


async def late(connection: AsyncConnection, systems: Collection[str], asked_before: datetime) -> list[PendingWrite]:
    """Of these systems, what was asked for before that and was not told to anybody yet."""
    untold = and_(_c.system.in_(systems), _c.asked_at <= asked_before, _c.told_at.is_(None))
    rows = await connection.execute(select(pending_write).where(untold).order_by(_c.person, _c.system, _c.part))
    return [_write(row) for row in rows]


async def told(connection: AsyncConnection, writes: Sequence[PendingWrite], now: datetime) -> None:
    for each in writes:
        await connection.execute(pending_write.update().where(_is(each)).values(told_at=now))


_OF = select(pending_write).where(_c.person.in_(any_of("persons"))).order_by(_c.system, _c.part)


async def pending_of(connection: AsyncConnection, persons: Collection[str]) -> Mapping[str, Sequence[PendingWrite]]:
    """By person; nothing of those of whom all systems agree."""
    found: dict[str, list[PendingWrite]] = {}
    for row in await connection.execute(_OF, {"persons": list(persons)}):
        found.setdefault(row.person, []).append(_write(row))
    return found


def _is(each: PendingWrite) -> ColumnElement[bool]:
    """It, unless a newer change took its place."""
    key = and_(_c.person == each.person, _c.system == each.system, _c.part == each.part.value)
    return and_(key, _c.change == each.change)


def _write(row: Row[tuple[object, ...]]) -> PendingWrite:
    return PendingWrite(
        person=row.person,
        system=row.system,
        part=ContactPart(row.part),
        value=row.value,
        accounts=row.accounts,
        change=row.change,
        state=ContactSyncState(row.state),
        asked_at=row.asked_at,
        attempts=row.attempts,
        due_at=row.due_at,
    )
