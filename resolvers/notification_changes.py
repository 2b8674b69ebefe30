"""What one wants to be notified of, and that one has read it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import strawberry

from campus.announcement import AnnouncementKey, AnnouncementPriority
from campus.ids import global_id
from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import portal
from connectors.portal import (
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    Preferences,
    QuietHours,
)

from .access import signed_in_person
from .announcements import reader
from .changes import invalid
from .context import Info
from .notifications import Notification, notification_of, own_notices, preferences_of, unread_of, urgent

MOST_AT_ONCE = 100


@dataclass
class NotificationSettingInput:
    """Whether notifications of one category are to go out by one channel."""

    category: NotificationCategory
    channel: NotificationChannel
    enabled: bool


@dataclass
class QuietHoursInput:
    """When no mail and no push is to go out; past midnight where `ends` is before `starts`."""

    matter: NotificationMatter
    starts: time | None = None
    ends: time | None = None


@dataclass
class NotificationPreferencesInput:
    """What is to be otherwise; what is not named stays as it is."""

    settings: list[NotificationSettingInput] | None = None
    quiet_hours: list[QuietHoursInput] | None = None


class PreferencesSet(Record, frozen=True):
    preferences: Preferences


class NotificationsRead(Record, frozen=True):
    notifications: Sequence[Notification]
    unread: int


async def set_notification_preferences(
    info: Info, input: NotificationPreferencesInput
) -> PreferencesSet | InvalidInput | None:
    """Raises UpstreamError."""
    person = signed_in_person(info.context.viewer).person
    problems = [*_twice(input), *_of_hours(input.quiet_hours or ())]
    if problems:
        return InvalidInput(problems=problems)
    chosen = Preferences(
        settings=[NotificationSetting(**vars(each)) for each in input.settings or ()],
        quiet_hours=[QuietHours(**vars(each)) for each in input.quiet_hours or ()],
    )
    async with info.context.campus.store.changing() as connection:
        await portal.save_preferences(connection, person, chosen, info.context.campus.now())
    info.context.changed(portal.SYSTEM)
    return PreferencesSet(preferences=await preferences_of(info, person))


async def mark_notifications_read(
    info: Info, ids: list[strawberry.ID] | None = None, until: datetime | None = None
) -> NotificationsRead | InvalidInput | None:
    """Those named, or all that came out until a moment. What was read before stays read since then."""
    person = signed_in_person(info.context.viewer).person
    if (ids is None) == (until is None):
        return invalid("ids", message=Message("Either which ones, or until when."))
    keys = [_key(info, person, each) for each in ids or ()]
    if problems := _of_ids(keys):
        return InvalidInput(problems=problems)
    now = info.context.campus.now()
    moment = min(_on_our_clock(until, now), now) if until else now
    wish = (await urgent(info, person))._replace(unread=True, until=moment)
    own = [each.key for each in await own_notices(info, person) if each.read_at is None and each.notified_at <= moment]
    async with info.context.campus.store.changing() as connection:
        if until is not None:
            named = [*await portal.mark_all_read(connection, reader(info), wish, now), *own]
        else:
            named = [key for key in keys if key]
            await portal.mark_read(connection, person, named, now)
        ours = [key.entry for key in named if key.system == portal.SYSTEM]
        await portal.mark_notices_read(connection, person, ours, now)
    info.context.changed(portal.SYSTEM)
    return NotificationsRead(notifications=await _those(info, person, named), unread=await unread_of(info, person))


def _on_our_clock(moment: datetime, now: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


async def _those(info: Info, person: str, keys: Sequence[AnnouncementKey]) -> list[Notification]:
    """Announcements, then the portal's own; without those withdrawn, and those that never were for the viewer."""
    viewer = info.context.viewer
    announced = [key for key in keys if key.system != portal.SYSTEM]
    found = await asyncio.gather(*map(info.context.portal.announcement_by_key.load, announced))
    told = (
        notification_of(info, each)
        for each in found
        if each
        and each.priority is AnnouncementPriority.HIGH
        and each.audience.includes(viewer.campuses, viewer.programmes)
    )
    own = [each for each in await own_notices(info, person) if each.key in keys]
    return [*await asyncio.gather(*told), *own]


def _key(info: Info, person: str, id: str) -> AnnouncementKey | None:
    """None of what is no notification of the person's."""
    wanted = global_id(id)
    if wanted is None or wanted.type != "Notification" or len(wanted.key) != 2 or wanted.key[0] != person:
        return None
    if wanted.system not in (portal.SYSTEM, *info.context.campus.answering("notices")):
        return None
    return AnnouncementKey(wanted.system, wanted.key[1])


def _of_ids(keys: Sequence[AnnouncementKey | None]) -> list[Problem]:
    if len(keys) > MOST_AT_ONCE:
        return [Problem(path=["ids"], message=Message("At most {most} at once.", {"most": MOST_AT_ONCE}))]
    words = Message("This is no id of a notification of yours.")
    return [Problem(path=["ids", str(place)], message=words) for place, key in enumerate(keys) if key is None]


def _twice(input: NotificationPreferencesInput) -> Iterator[Problem]:
    words = Message("This was said before.")
    settings = [(each.category, each.channel) for each in input.settings or ()]
    for place, setting in enumerate(settings):
        if setting in settings[:place]:
            yield Problem(path=["input", "settings", str(place)], message=words)
    matters = [each.matter for each in input.quiet_hours or ()]
    for place, matter in enumerate(matters):
        if matter in matters[:place]:
            yield Problem(path=["input", "quietHours", str(place)], message=words)


def _of_hours(hours: Sequence[QuietHoursInput]) -> Iterator[Problem]:
    for place, each in enumerate(hours):
        path = ["input", "quietHours", str(place)]
        if (each.starts is None) != (each.ends is None):
            missing = "starts" if each.starts is None else "ends"
            yield Problem(path=[*path, missing], message=Message("Both ends, or neither."))
        elif each.starts is not None and each.starts == each.ends:
            yield Problem(path=[*path, "ends"], message=Message("No time lies between the two."))
        for name, told in (("starts", each.starts), ("ends", each.ends)):
            if told and told.tzinfo:
                words = Message("On the clock of the campus, without a zone.")
                yield Problem(path=[*path, name], message=words)
