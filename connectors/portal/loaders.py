"""What one operation asks of the store, each thing once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple

from campus.announcement import Announcement, AnnouncementKey
from connectors.reads import Loader

from .announcement_pages import count_of, page_of, read_at
from .announcement_statements import Place, Wish
from .announcements import announcements_by_key, feeds_read
from .drafts import drafts_of
from .layouts import layouts_of
from .notices import notices_of
from .pending_writes import pending_of
from .preferences import preferences_of
from .records import AnnouncementPage, ApplicationDraft, DashboardLayout, Notice, PendingWrite, Preferences, Reader
from .store import Store
from .visits import Visits


class ReadKey(NamedTuple):
    """One announcement and one person."""

    person: str
    announcement: AnnouncementKey


class PortalLoaders:
    """Nothing is shared between operations: what a person keeps here is seen by nobody else."""

    def __init__(self, store: Store, tally: Counter[str]) -> None:
        self._visits = Visits(store, tally)

    # Made when somebody asks: most operations want none of them, and thousands of subscriptions would keep them all.

    @cached_property
    def layouts_by_person(self) -> Loader[str, Sequence[DashboardLayout]]:
        return Loader(self._layouts)

    @cached_property
    def drafts_by_person(self) -> Loader[str, Sequence[ApplicationDraft]]:
        return Loader(self._drafts)

    @cached_property
    def notices_by_person(self) -> Loader[str, Sequence[Notice]]:
        return Loader(self._notices)

    @cached_property
    def pending_by_person(self) -> Loader[str, Sequence[PendingWrite]]:
        return Loader(self._pending)

    @cached_property
    def preferences_by_person(self) -> Loader[str, Preferences]:
        return Loader(self._preferences)

    @cached_property
    def announcement_by_key(self) -> Loader[AnnouncementKey, Announcement | None]:
        return Loader(self._announcements)

    @cached_property
    def feed_read_by_system(self) -> Loader[str, bool]:
        return Loader(self._feeds_read)

    @cached_property
    def read_at_by_key(self) -> Loader[ReadKey, datetime | None]:
        return Loader(self._read_at)

    async def page(self, reader: Reader, wish: Wish, first: int, after: Place | None) -> AnnouncementPage:
        return await self._visits.read(lambda connection: page_of(connection, reader, wish, first, after))

    async def count(self, reader: Reader, wish: Wish) -> int:
        return await self._visits.read(lambda connection: count_of(connection, reader, wish))

    async def _layouts(self, persons: list[str]) -> list[Sequence[DashboardLayout]]:
        found = await self._visits.read(lambda connection: layouts_of(connection, persons))
        return [found.get(person, ()) for person in persons]

    async def _drafts(self, persons: list[str]) -> list[Sequence[ApplicationDraft]]:
        found = await self._visits.read(lambda connection: drafts_of(connection, persons))
        return [found.get(person, ()) for person in persons]

    async def _notices(self, persons: list[str]) -> list[Sequence[Notice]]:
        found = await self._visits.read(lambda connection: notices_of(connection, persons))
        return [found.get(person, ()) for person in persons]

    async def _pending(self, persons: list[str]) -> list[Sequence[PendingWrite]]:
        found = await self._visits.read(lambda connection: pending_of(connection, persons))
        return [found.get(person, ()) for person in persons]

    async def _preferences(self, persons: list[str]) -> list[Preferences]:
        found = await self._visits.read(lambda connection: preferences_of(connection, persons))
        return [found.get(person, Preferences()) for person in persons]

    async def _announcements(self, keys: list[AnnouncementKey]) -> list[Announcement | None]:
        found = await self._visits.read(lambda connection: announcements_by_key(connection, keys))
        return [found.get(key) for key in keys]

    async def _feeds_read(self, systems: list[str]) -> list[bool]:
        """Whether a feed was read at least once, by any process that shares the store."""
        read = await self._visits.read(feeds_read)
        return [system in read for system in systems]

    async def _read_at(self, keys: list[ReadKey]) -> list[datetime | None]:
        found: dict[str, Mapping[AnnouncementKey, datetime]] = {}
        for person in {key.person for key in keys}:
            wanted = [key.announcement for key in keys if key.person == person]
            found[person] = await self._visits.read(partial(read_at, person=person, keys=wanted))
        return [found[key.person].get(key.announcement) for key in keys]
