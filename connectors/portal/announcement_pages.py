"""Which announcements a reader is shown, a page at a time, the latest first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from campus.announcement import Announcement, AnnouncementKey, AnnouncementPriority, SenderKind

from .announcement_tables import announcement, announcement_audience, announcement_read
from .announcements import with_audience
from .records import AnnouncementPage, Reader
from .store import add


class Wish(NamedTuple):
    """What is asked for; None takes all."""

    systems: Collection[str]
    campus: str | None = None
    priority: AnnouncementPriority | None = None
    senders: Collection[SenderKind] | None = None
    interest: str | None = None
    unread: bool = False
    since: datetime | None = None
    """Published then or later."""
    until: datetime | None = None
    """Published then or before."""


class Place(NamedTuple):
    """Where an announcement stands in the order of all: the latest first, those of one moment by their keys."""

    microseconds: int
    """Since 1970, so that a cursor is exact."""
    system: str
    entry: str


def place_of(each: Announcement) -> Place:
    return place_at(each.published_at, each.key)


def place_at(published_at: datetime, key: AnnouncementKey) -> Place:
    return Place((published_at - _EPOCH) // timedelta(microseconds=1), *key)


async def page_of(
    connection: AsyncConnection, reader: Reader, wish: Wish, first: int, after: Place | None
) -> AnnouncementPage:
    """`first` announcements behind a place, out of those that concern the reader."""
    shown = and_(*_conditions(reader, wish))
    total = (await connection.execute(select(func.count()).select_from(announcement).where(shown))).scalar_one()
    table = announcement.c
    rows = (
        await connection.execute(
            select(announcement)
            .where(shown, *([] if after is None else [_behind(after)]))
            .order_by(table.published_at.desc(), table.system, table.entry)
            .limit(first + 1)
        )
    ).all()
    return AnnouncementPage(
        nodes=await with_audience(connection, rows[:first]),
        total=total,
        more=len(rows) > first,
    )


async def count_of(connection: AsyncConnection, reader: Reader, wish: Wish) -> int:
    shown = and_(*_conditions(reader, wish))
    return (await connection.execute(select(func.count()).select_from(announcement).where(shown))).scalar_one()


async def read_at(
    connection: AsyncConnection, person: str, keys: Collection[AnnouncementKey]
) -> Mapping[AnnouncementKey, datetime]:
    """When the person read them; nothing of those unread."""
    table = announcement_read.c
    rows = await connection.execute(
        select(table.system, table.entry, table.read_at).where(
            table.person == person, tuple_(table.system, table.entry).in_(keys)
        )
    )
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
    table = announcement.c
    rows = await connection.execute(
        select(table.system, table.entry)
        .where(*_conditions(reader, wish))
        .order_by(table.published_at.desc(), table.system, table.entry)
    )
    keys = [AnnouncementKey(row.system, row.entry) for row in rows]
    await mark_read(connection, reader.person, keys, now)
    return keys


def _conditions(reader: Reader, wish: Wish) -> list[ColumnElement[bool]]:
    table = announcement.c
    conditions = [
        table.system.in_(wish.systems),
        _meant("campus", reader.campuses),
        _meant("programme", reader.programmes),
    ]
    if wish.campus is not None:
        conditions.append(table.campus == wish.campus)
    if wish.priority is not None:
        conditions.append(table.priority == wish.priority.value)
    if wish.senders is not None:
        conditions.append(table.sender_kind.in_([kind.value for kind in wish.senders]))
    if wish.interest is not None:
        conditions.append(exists().where(_part("interest"), announcement_audience.c.code == wish.interest))
    if wish.since is not None:
        conditions.append(table.published_at >= wish.since)
    if wish.until is not None:
        conditions.append(table.published_at <= wish.until)
    if wish.unread:
        marks = announcement_read.c
        of_it = and_(marks.person == reader.person, marks.system == table.system, marks.entry == table.entry)
        conditions.append(~exists().where(of_it))
    return conditions


def _meant(part: str, own: Collection[str]) -> ColumnElement[bool]:
    """Audience.includes, as the database decides it: no codes at all, or one of the reader's own."""
    return or_(
        ~exists().where(_part(part)),
        exists().where(_part(part), announcement_audience.c.code.in_(own)),
    )


def _part(part: str) -> ColumnElement[bool]:
    audience = announcement_audience.c
    return and_(audience.system == announcement.c.system, audience.entry == announcement.c.entry, audience.part == part)


def _behind(place: Place) -> ColumnElement[bool]:
    table = announcement.c
    published = _EPOCH + timedelta(microseconds=place.microseconds)
    same_moment = tuple_(table.system, table.entry) > tuple_(place.system, place.entry)
    return or_(table.published_at < published, and_(table.published_at == published, same_moment))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
