"""As much of CQL as a target understands: clauses of an index, a relation and a term, joined by and, or; sortBy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=()]+)|(==|=|\(|\)))')


class QueryError(Exception):
    """The number of the SRU diagnostic, and what it is about."""

    def __init__(self, number: int, details: str) -> None:
        super().__init__(details)
        self.number = number


@dataclass(frozen=True, slots=True)
class Clause:
    index: str
    relation: str
    term: str


@dataclass(frozen=True, slots=True)
class Query:
    clauses: tuple[Clause, ...]
    joins: tuple[str, ...]
    """`and` or `or`, one fewer than clauses; CQL joins from left to right, all alike."""
    sort: str | None
    """Index, a slash, sort.ascending or sort.descending."""


def parsed(text: str) -> Query:
    """Raises QueryError with number 10 for what is no CQL, or more of it than is understood here."""
    tokens = _tokens(text)
    clauses: list[Clause] = []
    joins: list[str] = []
    sort: str | None = None
    while True:
        clauses.append(Clause(*(next(tokens, "") for _ in range(3))))
        if not clauses[-1].term or clauses[-1].relation not in ("=", "==", "all"):
            raise QueryError(10, text)
        join = next(tokens, "").lower()
        if join == "sortby":
            sort, join = next(tokens, ""), next(tokens, "")
        if not join:
            return Query(tuple(clauses), tuple(joins), sort)
        if join not in ("and", "or"):
            raise QueryError(10, text)
        joins.append(join)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise QueryError(10, text)
        quoted, word, sign = found.groups()
        yield re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else word or sign
        at = found.end()
