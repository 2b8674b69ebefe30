"""One edition out of what several catalogues say of it: the same book has the same ISBN."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from campus.record import Record
from connectors.library import Entry, Holding

from .merged import Unavailable

BY_ISBN = "ISBN"
"""Stands where ids name a system: a book belongs to no library. No system can be called so."""


class Hit(NamedTuple):
    rank: int
    """Place in its catalogue's own order, from 0."""
    entry: Entry


class Edition(Record, frozen=True):
    """A book, and what libraries hold of it."""

    key: tuple[str, str]
    """BY_ISBN and the lowest of its numbers; without one, a system and its number of the record."""
    rank: int
    """The best of its entries' places."""
    entries: tuple[Entry, ...]
    """In the order of libraries; what is said of the book is what the first of them says that says it."""
    unavailable: Sequence[Unavailable] = ()

    @property
    def title(self) -> str:
        return self.entries[0].title

    @property
    def author(self) -> str | None:
        return next((entry.author for entry in self.entries if entry.author), None)

    @property
    def year(self) -> int | None:
        return next((entry.year for entry in self.entries if entry.year), None)

    @property
    def language(self) -> str | None:
        return next((entry.language for entry in self.entries if entry.language), None)

    @property
    def publisher(self) -> str | None:
        return next((entry.publisher for entry in self.entries if entry.publisher), None)

    @property
    def isbns(self) -> list[str]:
        return list(dict.fromkeys(isbn for entry in self.entries for isbn in entry.isbns))

    @property
    def holdings(self) -> list[Holding]:
        return [holding for entry in self.entries for holding in entry.holdings]


def editions_of(hits: Iterable[Hit]) -> list[Edition]:
    """Every hit in one edition: those with a number in common, however many lie between them, are of the same."""
    groups: list[list[Hit]] = []
    by_isbn: dict[str, list[Hit]] = {}
    for hit in hits:
        related = [by_isbn[isbn] for isbn in hit.entry.isbns if isbn in by_isbn]
        group = related[0] if related else []
        if not related:
            groups.append(group)
        for other in related[1:]:
            if other is not group and other in groups:
                groups.remove(other)
                group += other
        group.append(hit)
        by_isbn |= {isbn: group for each in group for isbn in each.entry.isbns}
    return [_edition(group) for group in groups]


def _edition(hits: list[Hit]) -> Edition:
    isbns = [isbn for hit in hits for isbn in hit.entry.isbns]
    return Edition(
        key=(BY_ISBN, min(isbns)) if isbns else (hits[0].entry.system, hits[0].entry.id),
        rank=min(hit.rank for hit in hits),
        entries=tuple(hit.entry for hit in hits),
    )
