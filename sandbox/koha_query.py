"""Koha's query language for lists: JSON objects of fields and clauses, as SQL over rows that are kept as documents.

An object's members must all hold, of an array's one must. A clause is `{"field": {"-in": […]}}`, `{"field": "value"}`
and the like; `me.` before a field names the list's own, and says nothing.
"""

import json
from collections.abc import Collection
from typing import Any

from aiohttp import web

from .koha_answers import KohaError

Condition = tuple[str, list[Any]]

_OPERATORS = {
    "=": "=", "!=": "<>", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "-like": "like", "-not_like": "not like",
    "like": "like",
}  # fmt: skip
_MATCHES = {"contains": "%{}%", "starts_with": "{}%", "ends_with": "%{}"}


def asked_for(request: web.Request, fields: Collection[str], named: Collection[str]) -> Condition:
    """What a list is narrowed to: its parameters `named`, and all that stands under `q` or `x-koha-query`, together.

    A parameter matches wherever it is contained, numbers too, unless `_match` says otherwise: so does the real system.
    """
    parts: list[Condition] = []
    match = request.query.get("_match", "contains")
    for name in named & request.query.keys():
        value = request.query[name]
        if match == "exact":
            parts.append(_operation(_column(name, fields), "=", value))
        elif match in _MATCHES:
            parts.append((f"{_column(name, fields)} like ?", [_MATCHES[match].format(value)]))
        else:
            raise KohaError(400, "Not in enum list: contains, exact, starts_with, ends_with.: /_match")
    for text in (*request.query.getall("q", []), *request.headers.getall("x-koha-query", [])):
        try:
            parts.append(_all_or_any(json.loads(text), fields))
        except json.JSONDecodeError:
            raise KohaError(400, "Malformed JSON string", "invalid_query") from None
    return _joined(parts, "and")


def order_of(request: web.Request, fields: Collection[str], default: str) -> str:
    """`_order_by=+title,-year`; the sign may be left out."""
    wanted = [part for text in request.query.getall("_order_by", []) for part in text.split(",") if part]
    terms = [f"{_column(part.lstrip('+- '), fields)} {'desc' if part.startswith('-') else 'asc'}" for part in wanted]
    return ", ".join([*terms, default])


def _all_or_any(query: Any, fields: Collection[str]) -> Condition:
    if isinstance(query, list):
        return _joined([_all_or_any(each, fields) for each in query], "or")
    if not isinstance(query, dict):
        raise KohaError(400, "Expected object - got something else", "invalid_query")
    parts = []
    for name, wanted in query.items():
        if name in ("-and", "-or"):
            each = wanted if isinstance(wanted, list) else [{key: value} for key, value in dict(wanted).items()]
            parts.append(_joined([_all_or_any(one, fields) for one in each], name.removeprefix("-")))
        else:
            parts.append(_clause(_column(name, fields), wanted))
    return _joined(parts, "and")


def _clause(column: str, wanted: Any) -> Condition:
    if isinstance(wanted, list):
        return _joined([_clause(column, each) for each in wanted], "or")
    if isinstance(wanted, dict):
        return _joined([_operation(column, operator, value) for operator, value in wanted.items()], "and")
    return _operation(column, "=", wanted)


def _operation(column: str, operator: str, value: Any) -> Condition:
    if operator in ("-in", "-not_in"):
        word = "in" if operator == "-in" else "not in"
        return f"{_text(column)} {word} ({', '.join('?' * len(value))})", [_word(each) for each in value]
    if operator not in _OPERATORS:
        raise KohaError(400, f"Unknown operator {operator}", "invalid_query")
    if isinstance(value, list):
        return _joined([_operation(column, operator, each) for each in value], "or")
    if value is None:
        return f"{column} is {'not ' if operator == '!=' else ''}null", []
    if operator in ("=", "!="):
        return f"{_text(column)} {_OPERATORS[operator]} ?", [_word(value)]
    return f"{column} {_OPERATORS[operator]} ?", [value]


def _joined(parts: list[Condition], word: str) -> Condition:
    """Nothing to join narrows nothing by `and`, and finds nothing by `or`."""
    if not parts:
        return ("1" if word == "and" else "0"), []
    return "(" + f" {word} ".join(sql for sql, _ in parts) + ")", [value for _, values in parts for value in values]


def _column(name: str, fields: Collection[str]) -> str:
    """Names are held against the fields there are, so that nothing of a question gets into the SQL."""
    field = name.removeprefix("me.")
    if field not in fields:
        raise KohaError(400, f"Unknown column '{field}'", "invalid_query")
    return f"document ->> '{field}'"


def _text(column: str) -> str:
    """As the real database compares: numbers with their digits, words whatever their case."""
    return f"cast({column} as text) collate nocase"


def _word(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
