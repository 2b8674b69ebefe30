"""The SRU 1.2 target of the simulated Alma: its catalogue, open to everybody, with availability in the records.

After loc.gov/standards/sru and what developers.exlibrisgroup.com says of Alma's. It has copies of the books and loans
of the library, made from the same seed, since a real Alma answers SRU from another host than its REST API.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from .alma_bibs import marc_of
from .clock import Clock
from .library_shelf import seed
from .library_titles import Title
from .sru_answers import INDEXES, WRONG_SCHEMA, complaint, error_body, explained, found
from .sru_query import QueryError, parsed

__all__ = ["WRONG_SCHEMA", "build_app", "error_body", "seed"]

MOST_RECORDS = 50
MOST_HITS = 10_000
"""Records beyond are refused, whatever is asked."""

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


def build_app(db: sqlite3.Connection, clock: Clock, secret: str) -> web.Application:
    """Nothing here asks for a credential; `secret` is not used."""
    titles = [Title(**json.loads(row)) for (row,) in db.execute("select document from bib order by rowid")]
    target = _Target(
        db, [_Book(title, {index: _words(text(title)) for index, text in _TEXTS.items()}) for title in titles]
    )
    app = web.Application()
    app.router.add_get("/", target.answer)
    return app


@dataclass(frozen=True, slots=True)
class _Book:
    title: Title
    words: Mapping[str, frozenset[str]]
    """By index."""

    def weight(self, index: str, wanted: frozenset[str]) -> int:
        """How many of the words stand there. Chinese is written without blanks: a run of characters holds a word."""
        there = self.words[index]
        return len(wanted & there) + sum(
            any(word in each for each in there) for word in wanted - there if word > "\u3400"
        )


@dataclass(slots=True)
class _Target:
    db: sqlite3.Connection
    books: list[_Book]

    async def answer(self, request: web.Request) -> web.Response:
        try:
            match request.query.get("operation"):
                case "explain":
                    return explained(request.host)
                case "searchRetrieve":
                    return self._search(request.query)
                case other:
                    raise QueryError(4, other or "")
        except QueryError as error:
            return complaint(error)

    def _search(self, asked: Mapping[str, str]) -> web.Response:
        for name in ("version", "query"):
            if not asked.get(name):
                raise QueryError(7, name)
        if asked["version"] != "1.2":
            raise QueryError(5, asked["version"])
        if asked.get("recordSchema", "marcxml") != "marcxml":
            raise QueryError(66, asked["recordSchema"])
        first, most = _number(asked, "startRecord", 1), min(_number(asked, "maximumRecords", 10), MOST_RECORDS)
        hits = self._hits(asked["query"])
        if first < 1 or first > MOST_HITS or (hits and first > len(hits)):
            raise QueryError(61, str(first))
        shown = hits[first - 1 : first - 1 + most]
        return found(len(hits), first, [(title.mms_id, self._marc(title)) for title in shown])

    def _hits(self, text: str) -> list[Title]:
        query = parsed(text)
        for clause in query.clauses:
            if clause.index not in INDEXES:
                raise QueryError(16, clause.index)
        wanted = [(clause.index, _words(clause.term)) for clause in query.clauses]
        kept = [book for book in self.books if _true_of(book, wanted, query.joins)]
        match query.sort:
            case None | "":
                pass
            case "alma.rank/sort.descending":
                words = frozenset[str]().union(*(words for _, words in wanted))
                # What says it in the title itself comes first, then what is newest.
                kept.sort(key=lambda book: (-book.weight("alma.title", words), -book.title.year, book.title.mms_id))
            case "alma.title/sort.ascending":
                kept.sort(key=lambda book: (book.title.title, book.title.mms_id))
            case other:
                raise QueryError(80, other)
        return [book.title for book in kept]

    def _marc(self, title: Title) -> str:
        (on_loan,) = self.db.execute(
            "select count(*) from loan where status = 'ACTIVE' and document ->> 'mms_id' = ?", (title.mms_id,)
        ).fetchone()
        return marc_of(title, on_loan, {"p_avail", "e_avail"}, ' xmlns="http://www.loc.gov/MARC21/slim"')


_TEXTS: Mapping[str, Callable[[Title], str]] = {
    "alma.all_for_ui": lambda each: f"{each.title} {each.author} {each.publisher} {each.call_number} {each.isbn}",
    "alma.title": lambda each: each.title.partition(" / ")[0],
    "alma.creator": lambda each: each.author,
    "alma.isbn": lambda each: f"{each.isbn} {each.old_isbn}",
    "alma.mms_id": lambda each: each.mms_id,
}


def _true_of(book: _Book, wanted: Sequence[tuple[str, frozenset[str]]], joins: Sequence[str]) -> bool:
    held = (book.weight(index, words) == len(words) for index, words in wanted)
    truth = next(held)
    for join, each in zip(joins, held, strict=True):
        truth = (truth and each) if join == "and" else (truth or each)
    return truth


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdecimal():
        raise QueryError(6, name)
    return int(text)
