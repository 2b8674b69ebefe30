"""Who of several processes does what only one of them must do: whoever holds the lease, for as long as it renews it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, CursorResult, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import CODE, Moment, insert_into, metadata

lease = Table(
    "lease",
    metadata,
    Column("name", CODE, primary_key=True),
    Column("holder", CODE, nullable=False),
    Column("until", Moment, nullable=False),
)


class Lease(NamedTuple):
    holder: str
    until: datetime


async def lease_of(connection: AsyncConnection, name: str) -> Lease | None:
    """Who had it last, be it over or not; None where nobody ever had it, or it was given back."""
    row = (await connection.execute(select(lease).where(lease.c.name == name))).one_or_none()
    return Lease(row.holder, row.until) if row else None


async def leased(connection: AsyncConnection, name: str, wanted: Lease, now: datetime) -> bool:
    """Whether the wanted holder has it from now on: nobody else does, or theirs is over."""
    row = {"name": name, "holder": wanted.holder, "until": wanted.until}
    statement = insert_into(connection, lease).values(row)
    taken: CursorResult[Any] = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[lease.c.name],
            set_={"holder": wanted.holder, "until": wanted.until},
            where=or_(lease.c.holder == wanted.holder, lease.c.until <= now),
        )
    )
    return taken.rowcount == 1


async def give_back(connection: AsyncConnection, name: str, holder: str) -> None:
    """So that the next need not wait for its end; nothing where it is somebody else's."""
    await connection.execute(lease.delete().where(lease.c.name == name, lease.c.holder == holder))
