"""One page of any list of the simulated Koha: narrowed down, ordered, and with what was wished for in it."""

import json
import sqlite3
from collections.abc import Collection
from typing import Any, NamedTuple

from aiohttp import web

from .koha_answers import KohaError, MalformedQuery, Page
from .koha_query import asked_for, order_of

PAGING = frozenset({"_page", "_per_page", "_match", "_order_by", "q"})


class Kind(NamedTuple):
    """What there are lists of."""

    table: str
    fields: Collection[str]
    """By what they may be narrowed down and ordered."""
    named: Collection[str] = ()
    """Fields that are query parameters too."""
    beside: Collection[str] = ()
    """Query parameters that narrow nothing down."""
    embeds: Collection[str] = ()
    """What may be wished for with a row, as far as it is simulated."""


class Listed(NamedTuple):
    rows: list[dict[str, Any]]
    wanted: set[str]
    headers: dict[str, str]


def listed(db: sqlite3.Connection, request: web.Request, kind: Kind, only: str = "1") -> Listed:
    """`only` is what it is a list of."""
    table, fields, named, beside, embeds = kind
    if odd := sorted(name for name in request.query if name not in {*PAGING, *named, *beside}):
        raise MalformedQuery(odd)
    wanted = wished(request, embeds)
    page = Page(request)
    where, values = asked_for(request, fields, set(named))
    # Tables are the simulator's own, columns are held against the fields there are.
    rest = f"from {table} where {only}"
    (base,) = db.execute(f"select count(*) {rest}").fetchone()
    (total,) = db.execute(f"select count(*) {rest} and {where}", values).fetchone()
    order = order_of(request, fields, "id")
    found = rows_of(db, table, f"{only} and {where} order by {order} limit ? offset ?", [*values, *page.window])
    return Listed(found, wanted, page.headers(total, base))


def rows_of(db: sqlite3.Connection, table: str, where: str, values: list[Any]) -> list[dict[str, Any]]:
    query = f"select document from {table} where {where}"  # noqa: S608  as above
    return [json.loads(document) for (document,) in db.execute(query, values)]


def wished(request: web.Request, embeds: Collection[str]) -> set[str]:
    """What the question wants told besides."""
    names = {word.strip() for word in request.headers.get("x-koha-embed", "").split(",")} - {""}
    if names - set(embeds):
        raise KohaError(400, "Embeding not authorised. Check your 'x-koha-embed' headers")
    return names
