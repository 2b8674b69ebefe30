"""TicketSQL, the search language of Request Tracker, as far as a portal uses it, turned into SQLite's.

Grammar and the wording of errors after RT 5 (lib/RT/SQL.pm, seen there and in a recorded answer): conditions
`KEYWORD OPERATOR VALUE`, joined by AND and OR, in parentheses.
"""

import re
from dataclasses import dataclass, field

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_PATTERNS = {
    "AGGREGATOR": r"(?:AND|OR)\b",
    "OPERATOR": r"!=|>=|<=|=|>|<|IS NOT\b|IS\b|NOT LIKE\b|LIKE\b",
    "KEYWORD": rf"CF\.\{{.+?\}}|[{{}}\w.]+|{_QUOTED}",
    "VALUE": rf"[+-]?[\w.]+|{_QUOTED}",
    "OPEN_PAREN": r"\(",
    "CLOSE_PAREN": r"\)",
}
_TOKEN = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS.values()), re.IGNORECASE)
# RT names what it wanted in this order.
_ORDER = ("VALUE", "AGGREGATOR", "OPERATOR", "OPEN_PAREN", "CLOSE_PAREN", "KEYWORD")
# When a token could be several things, the one RT prefers comes first.
_PREFERRED = ("CLOSE_PAREN", "OPEN_PAREN", "AGGREGATOR", "KEYWORD", "VALUE", "OPERATOR")

_COLUMNS = {
    "id": "ticket.id",
    "subject": "ticket.subject",
    "status": "ticket.status",
    "queue": "ticket.queue",
    "owner": "ticket.owner",
    "creator": "ticket.creator",
    "priority": "ticket.priority",
    "created": "ticket.created",
    "lastupdated": "ticket.last_updated",
    "due": "ticket.due",
    "resolved": "ticket.resolved",
}
_CUSTOM_FIELD = "exists (select 1 from cf where cf.ticket = ticket.id and cf.name = ? collate nocase and cf.value TEST)"
_REQUESTOR = "exists (select 1 from requestor where requestor.ticket = ticket.id and requestor.address TEST)"


class TicketSQLError(Exception):
    """The query is none; the message is RT's, the path of its own source file included."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} at /usr/share/request-tracker5/lib/RT/Tickets.pm line 3187.\n")


@dataclass(slots=True)
class Condition:
    sql: str = ""
    values: list[str] = field(default_factory=list)


def parse(query: str) -> Condition:
    """The WHERE clause over `ticket`, with its values; TicketSQLError with RT's words where RT would refuse."""
    condition, want, last, depth = Condition(), {"KEYWORD", "OPEN_PAREN"}, "", 0
    parts: list[str] = []
    for match in _TOKEN.finditer(query):
        token = match.group()
        last = next((kind for kind in _PREFERRED if kind in want and _is(kind, token)), "")
        if not last:
            wanted = [kind for kind in _ORDER if kind in want]
            marked = f"{query[: match.start()]}>{token}<--here{query[match.end() :]}"
            raise TicketSQLError(f"Wrong query, expecting a {_either(wanted)} in '{marked}'")
        depth += (last == "OPEN_PAREN") - (last == "CLOSE_PAREN")
        if last in ("KEYWORD", "OPERATOR", "VALUE"):
            parts.append(token)
        else:
            condition.sql += f" {token.upper()} "
        if last == "VALUE":
            _add(condition, *parts)
            parts = []
        want = _after(last, depth)
    if last and last not in ("CLOSE_PAREN", "VALUE"):
        raise TicketSQLError(f"Incomplete query, last element ({last}) is not close paren or value in '{query}'")
    if depth:
        unclosed = "1 unclosed paren" if depth == 1 else f"{depth} unclosed parens"
        raise TicketSQLError(f"Incomplete query, {unclosed} in '{query}'")
    return condition


def _is(kind: str, token: str) -> bool:
    return re.fullmatch(_PATTERNS[kind], token, re.IGNORECASE) is not None


def _after(kind: str, depth: int) -> set[str]:
    match kind:
        case "KEYWORD":
            return {"OPERATOR"}
        case "OPERATOR":
            return {"VALUE"}
        case "VALUE" | "CLOSE_PAREN":
            return {"AGGREGATOR", "CLOSE_PAREN"} if depth else {"AGGREGATOR"}
    return {"KEYWORD", "OPEN_PAREN"}


def _either(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _add(condition: Condition, keyword: str, operator: str, value: str) -> None:
    key, value, operator = _unquoted(keyword), _unquoted(value), operator.upper()
    if key.upper().startswith("CF."):
        condition.values.append(key[3:].strip("{}"))
        where = _CUSTOM_FIELD
    elif key.lower() in ("requestor", "requestors", "requestor.emailaddress"):
        where = _REQUESTOR
    elif key.lower() in _COLUMNS:
        where = f"{_COLUMNS[key.lower()]} TEST"
    else:
        raise TicketSQLError(f"Unknown field: {key}")
    if key.lower() == "status" and value in ("__Active__", "__Inactive__"):
        inside = (value == "__Inactive__") == (operator == "=")
        condition.sql += f"ticket.status {'' if inside else 'not '}in ('resolved', 'rejected', 'deleted')"
        return
    if operator.endswith("LIKE"):
        test, value = "like ? escape '!'", "%" + re.sub("([%_!])", r"!\1", value) + "%"
    elif key.lower() in ("id", "priority"):
        test = f"{operator.removeprefix('!')} cast(? as integer)"
    else:
        test = f"{operator.removeprefix('!')} ? collate nocase"
    condition.values.append(value)
    negation = "not " if operator in ("!=", "NOT LIKE") else ""
    condition.sql += negation + "(" + where.replace("TEST", test) + ")"


def _unquoted(token: str) -> str:
    if token[:1] in "'\"":
        token = token[1:-1]
    return re.sub(r"\\(.)", r"\1", token)
