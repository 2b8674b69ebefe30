"""Searching all libraries at once. How one list comes of several that are paged: docs/decisions/0013."""

import asyncio
import re
from collections.abc import Mapping, Sequence

import msgspec

from campus.ids import GlobalId
from campus.isbn import isbn13
from campus.record import Record
from connectors.library import CatalogueKey, Entries, Entry
from connectors.reads import settled
from connectors.wire import UpstreamError

from .context import Info
from .editions import BY_ISBN, Edition, Hit, editions_of
from .merged import Merged, Unavailable, merged, missing
from .paging import Edge, PageInfo, paged
from .refusals import BadUserInput

LONGEST_SEARCH = 100
"""Characters one may look for."""
MOST_WORDS = 12
"""As many as fit into a question that is an address."""
MOST_SHOWN = 50
"""Editions on a page: as many as every catalogue completes in one call."""


class Searched(Record, frozen=True):
    """How one library's catalogue took part."""

    system: str
    campus: str
    found: int
    listed: int


class Catalogue(Record, frozen=True):
    """A page of what the libraries found."""

    edges: Sequence[Edge[Edition]]
    page_info: PageInfo
    total_count: int
    searched: Sequence[Searched]
    unavailable: Sequence[Unavailable]

    @property
    def nodes(self) -> list[Edition]:
        return [edge.node for edge in self.edges]


async def catalogue(
    info: Info, search: str, campus: str | None = None, first: int = 20, after: str | None = None
) -> Catalogue | None:
    """Each library's best hits in one list; then, for the page that is shown, what each library holds of it."""
    words = _words(search)
    if not 1 <= first <= MOST_SHOWN:
        raise BadUserInput("`first` is {first}; a page has 1 to {most} editions.", first=first, most=MOST_SHOWN)
    told: dict[str, Entries] = {}

    async def of(system: str) -> Sequence[Hit]:
        told[system] = await _found(info, system, words)
        return [Hit(rank, entry) for rank, entry in enumerate(told[system].entries)]

    libraries = _libraries(info, campus)
    found = await merged(info, {system: of(system) for system in libraries})
    if found is None:
        return None
    answered = [system for system in libraries if system in told]
    editions = Merged(nodes=editions_of(found.nodes), unavailable=found.unavailable)
    page = paged(editions, first=first, after=after, cursor=lambda each: (each.rank, *each.key))
    shown, gone = await _completed(info, page.nodes, answered)
    unavailable = [*found.unavailable, *gone]
    return Catalogue(
        edges=[
            Edge(node=msgspec.structs.replace(edition, unavailable=unavailable), cursor=edge.cursor)
            for edition, edge in zip(shown, page.edges, strict=True)
        ],
        page_info=page.page_info,
        total_count=page.total_count,
        searched=[
            Searched(
                system=system,
                campus=info.context.campus.upstreams[system].system.campus,
                found=told[system].found,
                listed=len(told[system].entries),
            )
            for system in answered
        ],
        unavailable=unavailable,
    )


async def _found(info: Info, system: str, words: str) -> Entries:
    """A number is looked up as the book it names, however it is typed, and however the library wrote it down."""
    loaders = info.context.catalogue
    if (isbn := isbn13(words)) is None:
        return await loaders.entries_by_words.load(CatalogueKey(system, words))
    entries = await loaders.entries_by_isbn.load(CatalogueKey(system, isbn))
    return Entries(found=len(entries), entries=tuple(entries))


async def edition_by_id(info: Info, wanted: GlobalId) -> Edition | None:
    """What all libraries hold of a book; of one without ISBN, what its own library does."""
    libraries = _libraries(info, None)
    (word,) = wanted.key
    loaders = info.context.catalogue

    async def of(system: str) -> Sequence[Entry]:
        if wanted.system == BY_ISBN:
            return await loaders.entries_by_isbn.load(CatalogueKey(system, word))
        entry = await loaders.entry_by_id.load(CatalogueKey(system, word))
        return [entry] if entry else []

    asked = libraries if wanted.system == BY_ISBN else [wanted.system]
    if not set(asked) <= set(libraries):
        raise BadUserInput("This is no id of the graph.")
    found = await merged(info, {system: of(system) for system in asked})
    if found is None or not found.nodes:
        return None
    answered = [system for system in asked if system not in {each.system for each in found.unavailable}]
    (edition,), gone = await _completed(info, editions_of(Hit(0, entry) for entry in found.nodes)[:1], answered)
    return msgspec.structs.replace(edition, unavailable=[*found.unavailable, *gone])


async def _completed(
    info: Info, shown: Sequence[Edition], libraries: Sequence[str]
) -> tuple[list[Edition], list[Unavailable]]:
    """Editions with what each library holds of them, and the libraries that could not say. One batch for each."""
    wanted = [(edition, system) for edition in shown for system in libraries]
    outcomes = await settled(_entries_of(info, edition, system) for edition, system in wanted)
    failures, entries = [], {}
    for (edition, system), outcome in zip(wanted, outcomes, strict=True):
        if isinstance(outcome, UpstreamError):
            failures.append(outcome)
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            entries[edition.key, system] = outcome
    return [_with(edition, libraries, entries) for edition in shown], missing(info, failures)


async def _entries_of(info: Info, edition: Edition, system: str) -> Sequence[Entry]:
    """A library's entries of an edition, whole; where its own search did not find the book, looked up by number."""
    loaders = info.context.catalogue
    own = [entry for entry in edition.entries if entry.system == system]
    if system in info.context.campus.answering("holdings"):
        keys = [CatalogueKey(system, entry.id) for entry in own]
        held = await asyncio.gather(*map(loaders.holdings_by_id.load, keys))
        return [
            msgspec.structs.replace(entry, holdings=(*copies, *entry.holdings))
            for entry, copies in zip(own, held, strict=True)
        ]
    if own:
        return own
    numbers = [CatalogueKey(system, isbn) for isbn in edition.isbns]
    looked_up = await asyncio.gather(*map(loaders.entries_by_isbn.load, numbers))
    return list({entry.id: entry for each in looked_up for entry in each}.values())


def _with(
    edition: Edition, libraries: Sequence[str], entries: Mapping[tuple[tuple[str, str], str], Sequence[Entry]]
) -> Edition:
    """The edition with what each library said in the end; what could not be said leaves what was found before."""
    told = {(entry.system, entry.id): entry for entry in edition.entries}
    for system in libraries:
        told |= {(entry.system, entry.id): entry for entry in entries.get((edition.key, system), ())}
    return msgspec.structs.replace(
        edition, entries=tuple(sorted(told.values(), key=lambda entry: libraries.index(entry.system)))
    )


def _words(search: str) -> str:
    if len(search) > LONGEST_SEARCH:
        raise BadUserInput("`{argument}` has at most {most} characters.", argument="search", most=LONGEST_SEARCH)
    if not re.search(r"\w", search):
        raise BadUserInput("`search` is empty; there is no list of all books.")
    words = re.findall(r"\S+", search)
    if len(words) > MOST_WORDS:
        raise BadUserInput("`{argument}` has at most {most} words.", argument="search", most=MOST_WORDS)
    return " ".join(words)


def _libraries(info: Info, campus: str | None) -> list[str]:
    """The systems with a catalogue, of one campus or of all."""
    systems = info.context.campus.answering("entries", campus)
    if not systems:
        raise BadUserInput("No campus {campus!r} has a library catalogue.", campus=campus)
    return systems
