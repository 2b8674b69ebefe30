"""What people want to be notified of, by which channel, and when not."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Boolean, Column, Table, Time, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import (
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    Preferences,
    QuietHours,
)
from .store import upsert
from .tables import CODE, Moment, any_of, kept, metadata

notification_setting = Table(
    "notification_setting",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("category", CODE, primary_key=True),
    Column("channel", CODE, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("updated_at", Moment, nullable=False),
    info=kept("notification_preferences", since="updated_at"),
)

quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("person", CODE, primary_key=True),
    Column("matter", CODE, primary_key=True),
    Column("starts", Time),
    Column("ends", Time),
    Column("updated_at", Moment, nullable=False),
    info=kept("notification_preferences", since="updated_at"),
)

_SETTINGS_OF = select(notification_setting).where(notification_setting.c.person.in_(any_of("persons")))
_HOURS_OF = select(quiet_hours).where(quiet_hours.c.person.in_(any_of("persons")))


async def preferences_of(connection: AsyncConnection, persons: Collection[str]) -> Mapping[str, Preferences]:
    """By person; nothing of who chose nothing."""
    settings: dict[str, list[NotificationSetting]] = {}
    for row in await connection.execute(_SETTINGS_OF, {"persons": list(persons)}):
        setting = NotificationSetting(
            category=NotificationCategory(row.category), channel=NotificationChannel(row.channel), enabled=row.enabled
        )
        settings.setdefault(row.person, []).append(setting)
    hours: dict[str, list[QuietHours]] = {}
    for row in await connection.execute(_HOURS_OF, {"persons": list(persons)}):
        quiet = QuietHours(matter=NotificationMatter(row.matter), starts=row.starts, ends=row.ends)
        hours.setdefault(row.person, []).append(quiet)
    return {
        person: Preferences(settings=settings.get(person, ()), quiet_hours=hours.get(person, ()))
        for person in settings.keys() | hours.keys()
    }


async def save_preferences(connection: AsyncConnection, person: str, chosen: Preferences, now: datetime) -> None:
    """Over what the person chose before for the same; what is not named stays."""
    await upsert(
        connection,
        notification_setting,
        [
            {
                "person": person,
                "category": each.category.value,
                "channel": each.channel.value,
                "enabled": each.enabled,
                "updated_at": now,
            }
            for each in chosen.settings
        ],
    )
    await upsert(
        connection,
        quiet_hours,
        [
            {
                "person": person,
                "matter": each.matter.value,
                "starts": each.starts,
                "ends": each.ends,
                "updated_at": now,
            }
            for each in chosen.quiet_hours
        ],
    )
