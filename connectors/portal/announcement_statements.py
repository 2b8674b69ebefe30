"""Which announcements a reader is shown, as the database decides it.

Each combination of what may be asked for is put together once: that takes SQLAlchemy longer than the answer SQLite.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, tuple_

from campus.announcement import AnnouncementPriority, SenderKind

from .announcement_tables import announcement, announcement_audience, announcement_read
from .records import Reader
from .tables import any_of


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


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_table, _audience, _marks = announcement.c, announcement_audience.c, announcement_read.c

LATEST_FIRST = (_table.published_at.desc(), _table.system, _table.entry)


@lru_cache
def shown(asked: frozenset[str]) -> Select[Any]:
    """Rows that concern a reader, the latest first. `asked`: of OPTIONS. What it is told: `values`."""
    return select(announcement).where(_concern(asked)).order_by(*LATEST_FIRST)


@lru_cache
def shown_at_most(asked: frozenset[str]) -> Select[Any]:
    """As many of them as `most`."""
    return shown(asked).limit(bindparam("most"))


@lru_cache
def number_shown(asked: frozenset[str]) -> Select[int]:
    return select(func.count()).select_from(announcement).where(_concern(asked))


def values(reader: Reader, wish: Wish, after: Place | None = None) -> dict[str, Any]:
    """By name. Those in OPTIONS are asked for."""
    optional = {
        "campus": wish.campus,
        "priority": wish.priority and wish.priority.value,
        "senders": None if wish.senders is None else [kind.value for kind in wish.senders],
        "interest": wish.interest,
        "since": wish.since,
        "until": wish.until,
        "unread": reader.person if wish.unread else None,
    }
    told = {name: value for name, value in optional.items() if value is not None}
    if after is not None:
        told["after"] = EPOCH + timedelta(microseconds=after.microseconds)
        told |= {"after_system": after.system, "after_entry": after.entry}
    always = {"systems": list(wish.systems), "campuses": reader.campuses, "programmes": reader.programmes}
    return {**always, **told}


def asked_in(told: Mapping[str, Any]) -> frozenset[str]:
    """What is asked for by these values."""
    return frozenset(told.keys() & OPTIONS.keys())


def _concern(asked: frozenset[str]) -> ColumnElement[bool]:
    conditions = [
        _table.system.in_(any_of("systems")),
        _meant("campus", "campuses"),
        _meant("programme", "programmes"),
    ]
    return and_(*conditions, *(OPTIONS[name] for name in sorted(asked)))


def _part(part: str) -> ColumnElement[bool]:
    return and_(_audience.system == _table.system, _audience.entry == _table.entry, _audience.part == part)


def _meant(part: str, own: str) -> ColumnElement[bool]:
    """Audience.includes, as the database decides it: no codes at all, or one of the reader's own."""
    return or_(~exists().where(_part(part)), exists().where(_part(part), _audience.code.in_(any_of(own))))


def _behind() -> ColumnElement[bool]:
    same_moment = tuple_(_table.system, _table.entry) > tuple_(bindparam("after_system"), bindparam("after_entry"))
    published = bindparam("after", type_=_table.published_at.type)
    return or_(_table.published_at < published, and_(_table.published_at == published, same_moment))


OPTIONS: Mapping[str, ColumnElement[bool]] = {
    "campus": _table.campus == bindparam("campus"),
    "priority": _table.priority == bindparam("priority"),
    "senders": _table.sender_kind.in_(any_of("senders")),
    "interest": exists().where(_part("interest"), _audience.code == bindparam("interest")),
    "since": _table.published_at >= bindparam("since"),
    "until": _table.published_at <= bindparam("until"),
    "unread": ~exists().where(
        _marks.person == bindparam("unread"), _marks.system == _table.system, _marks.entry == _table.entry
    ),
    "after": _behind(),
}
"""What may be asked for besides, by the name of its value."""
