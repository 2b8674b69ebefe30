"""Which announcements a reader is shown, a page at a time, the latest first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from campus.announcement import Announcement, AnnouncementKey

from .announcement_statements import EPOCH, Place, Wish, asked_in, number_shown, shown, shown_at_most, values
from .announcement_tables import announcement, announcement_read
from .announcements import with_audience
from .records import AnnouncementPage, Reader
from .store import add
from .tables import any_of


def place_of(each: Announcement) -> Place:
    return place_at(each.published_at, each.key)


def place_at(published_at: datetime, key: AnnouncementKey) -> Place:
    return Place((published_at - EPOCH) // timedelta(microseconds=1), *key)


async def page_of(
    connection: AsyncConnection, reader: Reader, wish: Wish, first: int, after: Place | None
) -> AnnouncementPage:
    """`first` announcements behind a place, out of those that concern the reader."""
    total = await count_of(connection, reader, wish)
    told = values(reader, wish, after)
    rows = (await connection.execute(shown_at_most(asked_in(told)), {**told, "most": first + 1})).all()
    return AnnouncementPage(
        nodes=await with_audience(connection, rows[:first]),
        total=total,
        more=len(rows) > first,
    )


async def count_of(connection: AsyncConnection, reader: Reader, wish: Wish) -> int:
    told = values(reader, wish)
    return (await connection.execute(number_shown(asked_in(told)), told)).scalar_one()


async def read_at(
    connection: AsyncConnection, person: str, keys: Collection[AnnouncementKey]
) -> Mapping[AnnouncementKey, datetime]:
    """When the person read them; nothing of those unread."""
    rows = await connection.execute(_READ_BY, {"person": person, "keys": list(keys)})
    return {AnnouncementKey(row.system, row.entry): row.read_at for row in rows}


async def mark_read(connection: AsyncConnection, person: str, keys: Collection[AnnouncementKey], now: datetime) -> None:
    """What was read before stays read since then; what is withdrawn by now is passed over."""
    table = announcement.c
    there = await connection.execute(
        # Nothing is withdrawn between looking and writing; SQLite lets nobody else write anyway.
        select(table.system, table.entry)
        .where(tuple_(table.system, table.entry).in_(keys))
        .with_for_update(read=True, key_share=True)
    )
    await add(
        connection,
        announcement_read,
        [{"person": person, "system": row.system, "entry": row.entry, "read_at": now} for row in there],
    )


async def mark_all_read(
    connection: AsyncConnection, reader: Reader, wish: Wish, now: datetime
) -> Sequence[AnnouncementKey]:
    """Every announcement that concerns the reader and is asked for; tells which they are."""
    told = values(reader, wish)
    rows = await connection.execute(shown(asked_in(told)), told)
    keys = [AnnouncementKey(row.system, row.entry) for row in rows]
    await mark_read(connection, reader.person, keys, now)
    return keys


_marks = announcement_read.c

_READ_BY = select(_marks.system, _marks.entry, _marks.read_at).where(
    _marks.person == bindparam("person"), tuple_(_marks.system, _marks.entry).in_(any_of("keys"))
)
