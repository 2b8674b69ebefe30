"""What a person is notified of, and what of: an urgent announcement that is for them, and what the portal tells them.

The first are not written: they follow from what the campuses announce and who has read it. So one that is withdrawn
leaves no notification behind, and somebody who signs in for the first time has those of the last weeks.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from strawberry import Parent

from campus.announcement import Announcement, AnnouncementKey, AnnouncementPriority, SenderKind
from campus.ids import opaque
from campus.record import Record
from campus.text import Text
from connectors import portal
from connectors.portal import (
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    Preferences,
    QuietHours,
    ReadKey,
)
from connectors.wire import local

from .access import signed_in_person
from .announcements import announcement_by_key, announcement_page, feeds, reader
from .context import Info
from .paging import Edge, Page, PageInfo, key_of
from .people import Me
from .refusals import BadUserInput, Forbidden

NOTIFIED_FOR = timedelta(days=60)
"""An older announcement is no news."""

CATEGORY: Mapping[SenderKind, NotificationCategory] = {
    SenderKind.INSTRUCTOR: NotificationCategory.COURSES,
    SenderKind.DEPARTMENT: NotificationCategory.DEPARTMENTS,
    SenderKind.ADMINISTRATION: NotificationCategory.ADMINISTRATION,
    SenderKind.OTHER: NotificationCategory.ADMINISTRATION,
}

UNASKED: Mapping[NotificationChannel, frozenset[NotificationCategory]] = {
    NotificationChannel.PORTAL: frozenset(NotificationCategory),
    NotificationChannel.MAIL: frozenset(
        {
            NotificationCategory.GRADES,
            NotificationCategory.ENROLMENT,
            NotificationCategory.SERVICES,
            NotificationCategory.LIBRARY,
            NotificationCategory.FEES,
        }
    ),
    NotificationChannel.PUSH: frozenset({NotificationCategory.COURSES, NotificationCategory.GRADES}),
}
"""What goes out by each channel to who chose nothing."""

QUIET: Mapping[NotificationMatter, tuple[time, time]] = {
    NotificationMatter.ACADEMIC: (time(23), time(7)),
    NotificationMatter.ADMINISTRATIVE: (time(20), time(8)),
}
"""And when nothing does."""


class Notification(Record, frozen=True):
    person: str
    key: AnnouncementKey
    """Of the announcement; or the portal's own word for what it tells this person alone."""
    category: NotificationCategory
    title: Text
    text: Text
    announcement: Announcement | None
    notified_at: datetime
    read_at: datetime | None

    @property
    def matter(self) -> NotificationMatter:
        return self.category.matter


async def notifications(
    me: Parent[Me], info: Info, first: int = 20, after: str | None = None
) -> Page[Notification] | None:
    """The latest first, of what the person lets into the portal."""
    person = me.viewer.person
    wish = await urgent(info, person)
    page = await announcement_page(info, wish, first, after)
    read = await asyncio.gather(*(_read_at(info, person, edge.node.key) for edge in page.edges))
    announced = [_of_announcement(info, edge.node, moment) for edge, moment in zip(page.edges, read, strict=True)]
    own = await own_notices(info, person)
    behind = [each for each in own if after is None or place(each) > _place_in(after)]
    shown = sorted([*announced, *behind], key=place)[:first]
    edges = [Edge(node=each, cursor=opaque(_cursor(each))) for each in shown]
    return Page(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.page_info.has_next_page or len(announced) + len(behind) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=page.total_count + len(own),
        unavailable=page.unavailable,
    )


async def unread_notifications(me: Parent[Me], info: Info) -> int | None:
    return await unread_of(info, me.viewer.person)


async def unread_of(info: Info, person: str) -> int:
    wish = await urgent(info, person)
    announced = await info.context.portal.count(reader(info), wish._replace(unread=True))
    return announced + sum(each.read_at is None for each in await own_notices(info, person))


async def own_notices(info: Info, person: str) -> list[Notification]:
    """What the portal tells this person alone, as far as they let it."""
    shut = await shut_out(info, person)
    return [of_notice(info, each) for each in await lately_told(info, person) if each.category not in shut]


async def lately_told(info: Info, person: str) -> list[portal.Notice]:
    return not_old(info, await info.context.portal.notices_by_person.load(person))


def not_old(info: Info, notices: Iterable[portal.Notice]) -> list[portal.Notice]:
    since = info.context.campus.now() - NOTIFIED_FOR
    return [each for each in notices if each.published_at >= since]


async def notification_by_key(info: Info, person: str, key: AnnouncementKey) -> Notification | None:
    """None where its announcement was withdrawn. Raises Forbidden where it is somebody else's."""
    if key.system not in (portal.SYSTEM, *info.context.campus.answering("notices")):
        raise BadUserInput("This is no id of the graph.")
    if signed_in_person(info.context.viewer).person != person:
        raise Forbidden("This is not yours to read.")
    if key.system == portal.SYSTEM:
        notices = await info.context.portal.notices_by_person.load(person)
        return next((of_notice(info, each) for each in notices if each.id == key.entry), None)
    found = await announcement_by_key(info, key)
    if found is None or found.priority is not AnnouncementPriority.HIGH:
        return None
    return await notification_of(info, found)


async def notification_of(info: Info, announcement: Announcement) -> Notification:
    return _of_announcement(info, announcement, await _read_at(info, info.context.viewer.person, announcement.key))


async def notification_preferences(me: Parent[Me], info: Info) -> Preferences | None:
    return await preferences_of(info, me.viewer.person)


async def preferences_of(info: Info, person: str) -> Preferences:
    """One setting for each category and channel, and both quiet hours, whether chosen or not."""
    chosen = await info.context.portal.preferences_by_person.load(person)
    settings = {(each.category, each.channel): each for each in chosen.settings}
    hours = {each.matter: each for each in chosen.quiet_hours}
    return Preferences(
        settings=[
            settings.get((category, channel)) or _unasked(category, channel)
            for category in NotificationCategory
            for channel in NotificationChannel
        ],
        quiet_hours=[
            hours.get(matter) or QuietHours(matter=matter, starts=starts, ends=ends, is_default=True)
            for matter, (starts, ends) in QUIET.items()
        ],
    )


def _of_announcement(info: Info, announcement: Announcement, read_at: datetime | None) -> Notification:
    zone = info.context.campus.zones[announcement.campus]
    return Notification(
        person=info.context.viewer.person,
        key=announcement.key,
        category=CATEGORY[announcement.sender.kind],
        title=announcement.title,
        text=announcement.text,
        announcement=announcement,
        notified_at=announcement.published_at,
        read_at=read_at and local(read_at, zone),
    )


def of_notice(info: Info, notice: portal.Notice) -> Notification:
    """On the clock of the campus: the portal has none of its own."""
    zone = info.context.campus.now().tzinfo or UTC
    return Notification(
        person=notice.person,
        key=AnnouncementKey(portal.SYSTEM, notice.id),
        category=notice.category,
        title=notice.title,
        text=notice.text,
        announcement=None,
        notified_at=local(notice.published_at, zone),
        read_at=notice.read_at and local(notice.read_at, zone),
    )


def _cursor(each: Notification) -> portal.Place:
    return portal.place_at(each.notified_at, each.key)


def place(each: Notification) -> tuple[int, str, str]:
    """The latest first, those of one moment by their keys: as announcements stand."""
    return _in_order(_cursor(each))


def _place_in(after: str) -> tuple[int, str, str]:
    return _in_order(portal.Place(*key_of(after, (int, str, str))))  # type: ignore[arg-type]


def _in_order(place: portal.Place) -> tuple[int, str, str]:
    return (-place.microseconds, place.system, place.entry)


def _unasked(category: NotificationCategory, channel: NotificationChannel) -> NotificationSetting:
    enabled = category in UNASKED[channel]
    return NotificationSetting(category=category, channel=channel, enabled=enabled, is_default=True)


async def urgent(info: Info, person: str) -> portal.Wish:
    """What is a notification to the person, but for whom it is."""
    shut = await shut_out(info, person)
    return portal.Wish(
        systems=feeds(info),
        priority=AnnouncementPriority.HIGH,
        senders=[kind for kind, category in CATEGORY.items() if category not in shut],
        since=info.context.campus.now() - NOTIFIED_FOR,
    )


async def shut_out(info: Info, person: str) -> frozenset[NotificationCategory]:
    """Categories that the person does not let into the portal."""
    chosen = await info.context.portal.preferences_by_person.load(person)
    return frozenset(
        each.category for each in chosen.settings if each.channel is NotificationChannel.PORTAL and not each.enabled
    )


def _read_at(info: Info, person: str, key: AnnouncementKey) -> asyncio.Future[datetime | None]:
    return info.context.portal.read_at_by_key.load(ReadKey(person, key))
