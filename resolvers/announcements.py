"""What the campuses announce, to whom it concerns: kept copies of their feeds."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from typing import Any

import msgspec

from campus.announcement import Announcement, AnnouncementKey, AnnouncementPriority, SenderKind
from campus.ids import opaque
from connectors import portal
from connectors.reads import settled
from connectors.wire import UpstreamError, local

from .access import check_scope, signed_in_person
from .context import Info
from .merged import missing
from .paging import Edge, Page, PageInfo, check_size, key_of
from .refusals import BadUserInput, Forbidden

UNREAD_SCOPE = "notifications:read"
"""Who asks for what is unread asks what somebody has read."""


@dataclass
class AnnouncementFilter:
    """Which announcements; what is left out leaves none out."""

    campus: str | None = None
    priority: AnnouncementPriority | None = None
    sender: SenderKind | None = None
    interest: str | None = None
    unread: bool = False


async def announcements(
    info: Info, filter: AnnouncementFilter | None = None, first: int = 20, after: str | None = None
) -> Page[Announcement] | None:
    """The latest first: those for everybody, and those for the viewer's campuses and programmes."""
    wanted = filter or AnnouncementFilter()
    if wanted.unread:
        check_scope(signed_in_person(info.context.viewer), UNREAD_SCOPE)
    wish = portal.Wish(
        systems=feeds(info, wanted.campus),
        priority=wanted.priority,
        senders=None if wanted.sender is None else [wanted.sender],
        interest=wanted.interest,
        unread=wanted.unread,
    )
    return await announcement_page(info, wish, first, after)


async def announcement_published(
    info: Info, campus: str | None = None
) -> AsyncGenerator[Announcement | UpstreamError, None]:
    """The latest of those that concern the viewer, then each that comes out or is changed."""
    systems = feeds(info, campus)
    viewer = info.context.viewer
    with info.context.indexes.notices.published.following(systems, from_now=True) as news:
        (latest,) = await settled([announcement_page(info, portal.Wish(systems=systems), 1, None)])
        if isinstance(latest, Exception) and not isinstance(latest, UpstreamError):
            raise latest
        told = [latest] if isinstance(latest, UpstreamError) else latest.nodes
        for first in told:
            yield first
        async for each in news:
            if isinstance(each, UpstreamError):
                yield each
            elif each.audience.includes(viewer.campuses, viewer.programmes):
                now = on_its_clock(info, each)
                if now not in told:  # as it was read above already
                    yield now


async def announcement_by_key(info: Info, key: AnnouncementKey) -> Announcement | None:
    """Raises Forbidden where it is for others."""
    found = await info.context.portal.announcement_by_key.load(key)
    viewer = info.context.viewer
    if found and not found.audience.includes(viewer.campuses, viewer.programmes):
        raise Forbidden("This is not yours to read.")
    return found and on_its_clock(info, found)


def feeds(info: Info, campus: str | None = None) -> list[str]:
    """Systems that announce something, of one campus or of all."""
    campuses = info.context.campus.names
    if campus is not None and campus not in campuses:
        raise BadUserInput("No campus {campus!r}; there are {known}.", campus=campus, known=", ".join(sorted(campuses)))
    return info.context.campus.answering("notices", campus)


async def announcement_page(info: Info, wish: portal.Wish, first: int, after: str | None) -> Page[Announcement]:
    """Raises UpstreamError where the store does not answer, or no feed was ever read."""
    check_size(first)
    place = portal.Place(*key_of(after, (int, str, str))) if after else None  # type: ignore[arg-type]
    unavailable = missing(info, await never_read(info, wish.systems))
    found = await info.context.portal.page(reader(info), wish, first, place)
    edges = [Edge(node=on_its_clock(info, each), cursor=opaque(portal.place_of(each))) for each in found.nodes]
    return Page(
        edges=edges,
        page_info=PageInfo(
            has_next_page=found.more,
            has_previous_page=place is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=found.total,
        unavailable=unavailable,
    )


def reader(info: Info) -> portal.Reader:
    """What is known of the viewer without asking anybody: the token's claims."""
    viewer = info.context.viewer
    return portal.Reader(person=viewer.person, campuses=sorted(viewer.campuses), programmes=sorted(viewer.programmes))


def on_its_clock(info: Info, each: Announcement) -> Announcement:
    """The store keeps all moments in UTC; people read those of the campus that announces."""
    zone = info.context.campus.zones[each.campus]
    published, updated = local(each.published_at, zone), local(each.updated_at, zone)
    return msgspec.structs.replace(each, published_at=published, updated_at=updated)


async def never_read(info: Info, systems: Collection[str]) -> list[UpstreamError]:
    """Of which feeds nothing is kept yet, and why; raises where that is all of them.

    One that was read once stands for as long as it cannot be read again.
    """
    known = await asyncio.gather(*map(info.context.portal.feed_read_by_system.load, systems))
    unread = [system for system, read in zip(systems, known, strict=True) if not read]
    index: Any = info.context.indexes.notices.feeds
    outcomes = await settled(info.context.collection(index, system) for system in unread)
    failures = [outcome for outcome in outcomes if isinstance(outcome, UpstreamError)]
    if failures and len(failures) == len(systems):
        raise failures[0]
    return failures
