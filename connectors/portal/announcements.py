"""Announcements as the feeds of the campuses have them: none is born here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from campus.announcement import (
    Announcement,
    AnnouncementFeed,
    AnnouncementKey,
    AnnouncementPriority,
    Audience,
    Sender,
    SenderKind,
)

from .announcement_tables import announcement, announcement_audience, announcement_feed
from .store import upsert
from .tables import any_of

PARTS = {"campus": "campuses", "programme": "programmes", "interest": "interests"}
"""What an audience has, by the word for it in the table."""

_key = tuple_(announcement.c.system, announcement.c.entry)

_AUDIENCE_OF = (
    select(announcement_audience)
    .where(tuple_(announcement_audience.c.system, announcement_audience.c.entry).in_(any_of("keys")))
    .order_by(announcement_audience.c.code)
)


async def keep_feed(connection: AsyncConnection, feed: AnnouncementFeed, *, read_at: datetime, since: datetime) -> None:
    """What a feed says now, over what it said before; of a complete one, what is gone is deleted.

    Entries last changed before `since` are over their retention, and not taken in again. All others are written each
    time: a feed may correct a word without calling the entry updated (RFC 4287, 4.2.15).
    """
    told = [each for each in feed.announcements if each.updated_at >= since]
    entries = [each.key.entry for each in told]
    if feed.complete:
        table = announcement.c
        await connection.execute(delete(announcement).where(table.system == feed.system, table.entry.not_in(entries)))
    await upsert(connection, announcement, [_row(each) for each in told])
    parts = announcement_audience.c
    await connection.execute(delete(announcement_audience).where(parts.system == feed.system, parts.entry.in_(entries)))
    await upsert(connection, announcement_audience, [row for each in told for row in _audience_rows(each)])
    await upsert(connection, announcement_feed, [{"system": feed.system, "read_at": read_at}])


async def feeds_read(connection: AsyncConnection) -> frozenset[str]:
    """Systems whose feed was read at least once, so that what is kept of it is all it said then."""
    return frozenset((await connection.execute(select(announcement_feed.c.system))).scalars())


async def announcements_by_key(
    connection: AsyncConnection, keys: Collection[AnnouncementKey]
) -> dict[AnnouncementKey, Announcement]:
    rows = (await connection.execute(select(announcement).where(_key.in_(keys)))).all()
    return {each.key: each for each in await with_audience(connection, rows)}


async def with_audience(connection: AsyncConnection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Announcement]:
    """The records of rows of the table."""
    keys = [(row.system, row.entry) for row in rows]
    parts = await connection.execute(_AUDIENCE_OF, {"keys": keys})
    told: dict[tuple[str, str], dict[str, list[str]]] = {}
    for each in parts:
        told.setdefault((each.system, each.entry), {}).setdefault(PARTS[each.part], []).append(each.code)
    return [_announcement(row, Audience(**told.get((row.system, row.entry), {}))) for row in rows]


def _announcement(row: Row[tuple[object, ...]], audience: Audience) -> Announcement:
    return Announcement(
        key=AnnouncementKey(row.system, row.entry),
        campus=row.campus,
        title=row.title,
        text=row.text,
        sender=Sender(kind=SenderKind(row.sender_kind), name=row.sender_name),
        priority=AnnouncementPriority(row.priority),
        audience=audience,
        link=row.link,
        published_at=row.published_at,
        updated_at=row.updated_at,
    )


def _row(each: Announcement) -> dict[str, object]:
    return {
        "system": each.key.system,
        "entry": each.key.entry,
        "campus": each.campus,
        "sender_kind": each.sender.kind.value,
        "sender_name": dict(each.sender.name),
        "priority": each.priority.value,
        "title": dict(each.title),
        "text": dict(each.text),
        "link": each.link,
        "published_at": each.published_at,
        "updated_at": each.updated_at,
    }


def _audience_rows(each: Announcement) -> list[dict[str, str]]:
    return [
        {"system": each.key.system, "entry": each.key.entry, "part": part, "code": code}
        for part, name in PARTS.items()
        for code in dict.fromkeys(getattr(each.audience, name))
    ]
