"""What the portal itself has to tell single people, each until its period is over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, Column, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import Notice, NotificationCategory
from .store import add
from .tables import CODE, Moment, any_of, kept, metadata

notice = Table(
    "notice",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("id", CODE, primary_key=True),
    Column("category", CODE, nullable=False),
    Column("title", JSON, nullable=False),
    Column("text", JSON, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("read_at", Moment),
    info=kept("notices", since="published_at"),
)

_OF = select(notice).where(notice.c.person.in_(any_of("persons"))).order_by(notice.c.published_at.desc(), notice.c.id)


async def keep_notices(connection: AsyncConnection, notices: Sequence[Notice]) -> None:
    rows = [
        {
            "person": each.person,
            "id": each.id,
            "category": each.category.value,
            "title": dict(each.title),
            "text": dict(each.text),
            "published_at": each.published_at,
        }
        for each in notices
    ]
    await add(connection, notice, rows)


async def notices_of(connection: AsyncConnection, persons: Collection[str]) -> Mapping[str, Sequence[Notice]]:
    """By person, the latest first; nothing of whom nobody told anything."""
    found: dict[str, list[Notice]] = {}
    for row in await connection.execute(_OF, {"persons": list(persons)}):
        told = Notice(
            person=row.person,
            id=row.id,
            category=NotificationCategory(row.category),
            title=row.title,
            text=row.text,
            published_at=row.published_at,
            read_at=row.read_at,
        )
        found.setdefault(row.person, []).append(told)
    return found


async def mark_notices_read(connection: AsyncConnection, person: str, ids: Collection[str], now: datetime) -> None:
    """What was read before stays read since then."""
    unread = and_(notice.c.person == person, notice.c.id.in_(ids), notice.c.read_at.is_(None))
    await connection.execute(notice.update().where(unread).values(read_at=now))
