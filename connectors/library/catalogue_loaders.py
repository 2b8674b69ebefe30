"""The catalogues of all libraries: what is looked up by number goes up in batches, for whoever asks at the moment."""

from collections.abc import Mapping
from typing import NamedTuple

from connectors.reads import MINUTE, Audience, Joined, Lifetime, Loaders, alone

from .catalogue_records import Entries, Entry, Holding


class CatalogueKey(NamedTuple):
    """What one catalogue is asked for."""

    system: str
    word: str
    """What somebody typed, an ISBN of thirteen digits, or the catalogue's own number of a record."""


AT_ONCE = 50
"""Books in one question that is an address: as many as a page of editions has at most."""


LASTS = Lifetime(fresh=15, stale_while_revalidate=45, stale_if_error=15 * MINUTE)
"""What is on the shelf is told with it."""


class CatalogueLoaders(Loaders):
    async def _entries_by_words(self, keys: list[CatalogueKey]) -> list[Entries]:
        return [await self.ask(key.system).entries(key.word) for key in keys]

    async def _entry_by_id(self, keys: list[CatalogueKey]) -> list[Entry | None]:
        return [await self.ask(key.system).entry(key.word) for key in keys]

    async def _entries_by_isbn(self, keys: list[CatalogueKey]) -> list[list[Entry]]:
        entries: list[Entry] = await self.ask(keys[0].system).entries_of_isbns([key.word for key in keys])
        return [[entry for entry in entries if key.word in entry.isbns] for key in keys]

    async def _holdings_by_id(self, keys: list[CatalogueKey]) -> list[tuple[Holding, ...]]:
        holdings: Mapping[str, tuple[Holding, ...]]
        holdings = await self.ask(keys[0].system).holdings([key.word for key in keys])
        return [holdings.get(key.word, ()) for key in keys]

    entries_by_words: Joined[CatalogueKey, Entries] = Joined(
        _entries_by_words, audience=Audience.PUBLIC, lifetime=LASTS, together=alone
    )
    entry_by_id: Joined[CatalogueKey, Entry | None] = Joined(
        _entry_by_id, audience=Audience.PUBLIC, lifetime=LASTS, together=alone
    )
    entries_by_isbn: Joined[CatalogueKey, list[Entry]] = Joined(
        _entries_by_isbn, audience=Audience.PUBLIC, lifetime=LASTS, max_batch=AT_ONCE
    )
    holdings_by_id: Joined[CatalogueKey, tuple[Holding, ...]] = Joined(
        _holdings_by_id, audience=Audience.PUBLIC, lifetime=LASTS, max_batch=AT_ONCE
    )
