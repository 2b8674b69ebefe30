"""Timetables, facilities, notices for everybody; by key reports, what is taken, bookings, room and card."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from campus.announcement import Announcement, AnnouncementFeed
from connectors.reads import (
    HOUR,
    MINUTE,
    AccountKey,
    Audience,
    Hub,
    Index,
    Joined,
    Joining,
    Lifetime,
    Live,
    Loaders,
    Poll,
    Reading,
    alone,
    one_call_each,
)
from connectors.wire import Operation

from .atom import Atom
from .campus_life import CampusLife
from .facility_records import Booking, Facility, SystemDay, Taken
from .gtfs import Gtfs
from .librebooking import LibreBooking
from .life_records import CampusCard, Housing, Statement, StatementKey
from .live_records import Alert, PositionReport, TripUpdates, VehiclePosition
from .timetable import ShuttleTimetable


class ShuttleIndexes:
    """By system; public, one for the whole process."""

    timetable: Index[str, ShuttleTimetable]
    positions: Live[str, PositionReport]

    def __init__(
        self,
        ask: Callable[[str, Operation], Gtfs],
        refresh: Callable[[str], float],
        hub: Hub,
        every: Callable[[str], float],
    ) -> None:
        """`every` so many seconds a system's buses are asked for while somebody follows them."""
        self._ask = ask
        self.timetable = Index("shuttle timetable", self._timetable, refresh)
        poll = Poll(self._position_report, every)
        shape = tuple[str, PositionReport]
        self.positions = Live("shuttle positions", hub, shape, key=lambda report: report.system, poll=poll)

    async def _position_report(self, system: str, operation: Operation) -> PositionReport:
        known = next(iter(self.positions.peek(system)), None)
        return await self._ask(system, operation).position_report(known)

    async def _timetable(self, system: str, operation: Operation) -> ShuttleTimetable:
        return await self._ask(system, operation).timetable(self.timetable.peek(system))


class NoticeIndexes:
    """By system: what each feed said last, which is handed on to be kept whenever it was read."""

    feeds: Index[str, AnnouncementFeed]
    published: Live[str, Announcement]
    """What is new or changed in each feed since it was read before."""

    def __init__(
        self,
        ask: Callable[[str, Operation], Atom],
        keep: Callable[[AnnouncementFeed], Awaitable[None]],
        refresh: Callable[[str], float],
        hub: Hub,
    ) -> None:
        self._ask = ask
        self._keep = keep
        self.feeds = Index("notices", self._feed, refresh, renewed=self._tell_news)
        self.published = Live("announcements", hub, tuple[str, Announcement], key=lambda each: each.key)

    async def _feed(self, system: str, operation: Operation) -> AnnouncementFeed:
        feed = await self._ask(system, operation).notices()
        await self._keep(feed)
        return feed

    def _tell_news(self, system: str, before: AnnouncementFeed | None, now: AnnouncementFeed) -> None:
        # What is there when it is first read was published before anybody could follow it.
        for each in now.announcements if before else ():
            if before and each not in before.announcements:
                self.published.tell(system, each)


async def _trip_updates(loaders: Loaders, systems: list[str]) -> list[TripUpdates]:
    return [await loaders.ask(system).trip_updates() for system in systems]


async def _positions(loaders: Loaders, systems: list[str]) -> list[list[VehiclePosition]]:
    return [await loaders.ask(system).positions() for system in systems]


async def _alerts(loaders: Loaders, systems: list[str]) -> list[list[Alert]]:
    return [await loaders.ask(system).alerts() for system in systems]


NOW = Lifetime(fresh=10, stale_while_revalidate=20, stale_if_error=MINUTE)
"""GTFS-Realtime's best practices: consumers distrust what is older than 90 seconds."""


class ShuttleLoaders(Loaders):
    """What an operator reports right now, by system: one file for each, whoever asks for it at the moment."""

    trip_updates_by_system: Joined[str, TripUpdates] = Joined(_trip_updates, audience=Audience.PUBLIC, lifetime=NOW)
    positions_by_system: Joined[str, list[VehiclePosition]] = Joined(_positions, audience=Audience.PUBLIC, lifetime=NOW)
    alerts_by_system: Joined[str, list[Alert]] = Joined(_alerts, audience=Audience.PUBLIC, lifetime=NOW)


async def _statement(loaders: Loaders, keys: list[StatementKey]) -> list[Statement | None]:
    return [await loaders.ask(key.system).transactions(key.account, key.size, key.before) for key in keys]


class CampusLifeLoaders(Loaders):
    """Keys name a person's account in one campus's offices; offices that do not know it answer None."""

    housing_by_account: Joined[AccountKey, list[Housing] | None] = one_call_each(
        CampusLife.housing, audience=Audience.PERSONAL, lifetime=Lifetime(fresh=5, stale_if_error=HOUR)
    )
    card_by_account: Joined[AccountKey, CampusCard | None] = one_call_each(
        # A balance misleads sooner than a list does.
        CampusLife.card,
        audience=Audience.PERSONAL,
        lifetime=Lifetime(fresh=5, stale_if_error=15 * MINUTE),
    )
    statement_by_key: Joined[StatementKey, Statement | None] = Joined(
        _statement, audience=Audience.PERSONAL, together=alone
    )


BEHIND, AHEAD = timedelta(days=30), timedelta(days=180)
"""A person's bookings are those of so many days."""

A_DAY, CLOSURES_AHEAD = timedelta(days=1), timedelta(days=7)
"""Closures are known of so many days. A day behind, since the days of a schedule are those of LibreBooking's user."""


class FacilityIndexes:
    """What can be booked, by system and then by number; public, one for the whole process."""

    facilities: Index[str, Mapping[str, Facility]]

    def __init__(
        self,
        ask: Callable[[str, Operation], LibreBooking],
        refresh: Callable[[str], float],
        now: Callable[[], datetime],
    ) -> None:
        self._ask = ask
        self._now = now
        self.facilities = Index("facilities", self._facilities, refresh)

    async def _facilities(self, system: str, operation: Operation) -> Mapping[str, Facility]:
        today = self._now().date()
        found = await self._ask(system, operation).facilities(today - A_DAY, today + CLOSURES_AHEAD)
        return {each.key.facility: each for each in found}


class FacilityLoaders(Loaders):
    """Each key is a batch of its own, so that a day that is told is not held back by one that is slow."""

    def __init__(
        self, joining: Joining, operation: Operation, now: Callable[[], datetime], reading: Reading | None = None
    ) -> None:
        super().__init__(joining, operation, reading)
        self._now = now

    async def _taken(self, days: list[SystemDay]) -> Sequence[Mapping[str, Sequence[Taken]]]:
        return [await self.ask(each.system).taken(each.day) for each in days]

    async def _bookings(self, keys: list[AccountKey]) -> Sequence[list[Booking] | None]:
        today = self._now().date()
        return [await self.ask(key.system).bookings(key.account, today - BEHIND, today + AHEAD) for key in keys]

    taken_by_day: Joined[SystemDay, Mapping[str, Sequence[Taken]]] = Joined(
        # What was free some minutes ago helps nobody.
        _taken,
        audience=Audience.PUBLIC,
        lifetime=Lifetime(fresh=5, stale_while_revalidate=10),
        together=alone,
    )
    bookings_by_account: Joined[AccountKey, list[Booking] | None] = Joined(
        _bookings, audience=Audience.PERSONAL, lifetime=Lifetime(fresh=5, stale_if_error=HOUR), together=alone
    )
