"""Koha's catalogue: searched by the fields of its records, since its REST API has no index of words; copies apart.

Source: the OpenAPI document of Koha (api/v1/swagger, paths biblios and items), and its controller of biblios for what
of a record may be asked by.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campus.isbn import isbn10, isbn13
from connectors.wire import UpstreamBadResponse

from .catalogue_records import Entries, Entry, Holding, HoldingState
from .koha_catalogue_shapes import CopyOnWire, RecordOnWire
from .koha_lists import KohaLists

WINDOW = 100
"""Records of one answer."""
COPIES = 500
"""Items of one answer: those of fifty titles, if none has more than ten."""

SEARCHED = ("title", "subtitle", "author", "isbn", "publisher", "series_title")
NEWEST_FIRST = "-copyright_date,+title,+biblio_id"
"""Koha ranks nothing here."""

WITH_MEANINGS = {"x-koha-embed": "+strings"}

Condition = Mapping[str, Any]


class KohaCatalogue(KohaLists):
    """What a Koha says of books."""

    async def entries(self, words: str) -> Entries:
        """The records that have each word somewhere, also within longer ones; the newest first."""
        wanted = [_anywhere(word) for word in re.split(r"[\s%_\\]+", words) if word]
        newest = (("_order_by", NEWEST_FIRST),)
        answer = await self._page("/api/v1/biblios", newest, (1, WINDOW), _asking({"-and": wanted}))
        rows = self._line.read(answer, list[RecordOnWire])
        return Entries(found=self._total(answer), entries=tuple(self._entry_of(row) for row in rows))

    async def entries_of_isbns(self, isbns: Sequence[str]) -> list[Entry]:
        """Of books whose number stands in the record without hyphens."""
        numbers = [number for isbn in isbns for number in (isbn, isbn10(isbn)) if number]
        either = {"-or": [{"isbn": {"-like": f"%{number}%"}} for number in numbers]}
        rows = await self._rows("/api/v1/biblios", (), RecordOnWire, _asking(either), WINDOW)
        return [self._entry_of(row) for row in rows]

    async def entry(self, id: str) -> Entry | None:
        if not (id.isascii() and id.isdecimal()):
            return None
        answer = await self._line.get(f"/api/v1/biblios/{id}", answers=frozenset({404}))
        return None if answer.status == 404 else self._entry_of(self._line.read(answer, RecordOnWire))

    async def holdings(self, ids: Sequence[str]) -> Mapping[str, tuple[Holding, ...]]:
        """The copies of these records, by branch."""
        of = {"biblio_id": {"-in": [int(id) for id in ids]}}
        copies = await self._rows("/api/v1/items", (), CopyOnWire, WITH_MEANINGS | _asking(of), COPIES)
        return {id: self._branches(copy for copy in copies if str(copy.biblio_id) == id) for id in ids}

    def _entry_of(self, row: RecordOnWire) -> Entry:
        title = " : ".join(filter(None, (row.title, row.subtitle)))
        if not title:
            raise UpstreamBadResponse(self.system.id, "a record without a title")
        numbers = [isbn13(text) for text in (row.isbn or "").split("|")]
        return Entry(
            system=self.system.id,
            campus=self.system.campus,
            id=str(row.biblio_id),
            title=title,
            author=row.author or None,
            year=row.copyright_date,
            language=None,
            isbns=tuple(dict.fromkeys(filter(None, numbers))),
            publisher=row.publisher or None,
            holdings=(self._online(row.url),) if row.url else (),
        )

    def _online(self, url: str) -> Holding:
        return Holding(
            campus=self.system.campus,
            library=None,
            shelving_location=None,
            call_number=None,
            copies=None,
            available=None,
            state=HoldingState.ONLINE,
            state_label="",
            electronic_url=url,
        )

    def _branches(self, copies: Iterable[CopyOnWire]) -> tuple[Holding, ...]:
        shelves: dict[tuple[str | None, str | None], list[CopyOnWire]] = {}
        for copy in copies:
            if not (copy.withdrawn or copy.lost_status):
                shelves.setdefault((copy.home_library_id, copy.callnumber), []).append(copy)
        return tuple(self._branch(held) for held in shelves.values())

    def _branch(self, held: Sequence[CopyOnWire]) -> Holding:
        """Copies of one branch under one call number. What is only read on the spot is neither there nor lent."""
        first = held[0]
        to_lend = [copy for copy in held if not (copy.not_for_loan_status or copy.effective_not_for_loan_status)]
        available = sum(copy.checked_out_date is None for copy in to_lend)
        state = HoldingState.AVAILABLE if available else HoldingState.UNAVAILABLE
        return Holding(
            campus=self.system.campus,
            library=first.meaning("home_library_id") or first.home_library_id,
            shelving_location=first.meaning("location") or first.location,
            call_number=first.callnumber,
            copies=len(held),
            available=available,
            state=state if to_lend else HoldingState.OTHER,
            state_label="" if to_lend else first.meaning("not_for_loan_status") or "not for loan",
            electronic_url=None,
        )


def _anywhere(word: str) -> Condition:
    return {"-or": [{field: {"-like": f"%{word}%"}} for field in SEARCHED]}


def _asking(query: Condition) -> dict[str, str]:
    """In the address it would be printed into each of the four links that Koha's answer has in one header line."""
    return {"x-koha-query": json.dumps(query, separators=(",", ":"))}
