"""SRU 1.2: searching the catalogue of an Ex Libris Alma, with what is available as the records' own fields tell it.

Source: SRU 1.2 and CQL (loc.gov/standards/sru); Alma's indexes and limits (developers.exlibrisgroup.com,
integrations, SRU). `url` is the whole base of the target: https://<Alma domain>/view/sru/<institution code>.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from campus.isbn import isbn10
from connectors.wire import Line, UpstreamBadResponse, UpstreamError

from .catalogue_records import Entries, Entry
from .sru_marc import NotMarc, entry_of

WINDOW = 50
"""The most records Alma puts into one answer."""

TEMPORARILY_UNAVAILABLE = "info:srw/diagnostic/1/2"

_MASKED = str.maketrans(dict.fromkeys('"\\*?^', " "))
"""What means something inside a term of CQL. Words are looked for as they are."""


class Sru:
    """One catalogue, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        """Targets are open, or open to addresses; a proxy in front of one may want a token."""
        return {"Authorization": f"Bearer {secret}"}

    async def entries(self, words: str) -> Entries:
        """The records that have all words, the best first; no more than one answer holds."""
        query = f'alma.all_for_ui all "{words.translate(_MASKED)}" sortBy alma.rank/sort.descending'
        found, entries = await self._page(query, 1)
        return Entries(found=found, entries=tuple(entries))

    async def entries_of_isbns(self, isbns: Sequence[str]) -> list[Entry]:
        """The records of these books, in one question; a catalogue may know a book by its older number only."""
        numbers = [number for isbn in isbns for number in (isbn, isbn10(isbn)) if number]
        return await self._every(" or ".join(f"alma.isbn={number}" for number in numbers))

    async def entry(self, id: str) -> Entry | None:
        return next(iter(await self._every(f'alma.mms_id="{id.translate(_MASKED)}"')), None)

    async def _every(self, query: str) -> list[Entry]:
        entries: list[Entry] = []
        while True:
            found, page = await self._page(query, len(entries) + 1)
            entries += page
            if not page or len(entries) >= found:
                return entries

    async def _page(self, query: str, first: int) -> tuple[int, list[Entry]]:
        params = (
            ("version", "1.2"),
            ("operation", "searchRetrieve"),
            ("recordSchema", "marcxml"),
            ("startRecord", str(first)),
            ("maximumRecords", str(WINDOW)),
            ("query", query),
        )
        answer = await self._line.get("", params)
        try:
            root = ElementTree.fromstring(answer.body)  # noqa: S314  expat 2.4 and later bounds what entities expand to
            self._complaints(root)
            found = _number(root)
            records = root.iterfind("{*}records/{*}record/{*}recordData/{*}record")
            return found, [entry_of(record, self.system) for record in records]
        except (ElementTree.ParseError, LookupError, ValueError, NotMarc) as failure:
            raise UpstreamBadResponse(self.system.id, f"no SRU answer: {failure!r}") from failure

    def _complaints(self, root: Element) -> None:
        codes = list(_texts(root.iterfind("{*}diagnostics/{*}diagnostic/{*}uri")))
        if TEMPORARILY_UNAVAILABLE in codes:
            raise UpstreamError(self.system.id, TEMPORARILY_UNAVAILABLE)
        if codes:
            raise UpstreamBadResponse(self.system.id, ", ".join(codes))


def _number(root: Element) -> int:
    """numberOfRecords, which every answer to a search has."""
    (told,) = _texts(root.iterfind("{*}numberOfRecords")) or [""]
    if not told.isdecimal() or not told.isascii():
        raise ValueError("no numberOfRecords")
    return int(told)


def _texts(elements: Iterable[Element]) -> list[str]:
    return [(element.text or "").strip() for element in elements]
