"""What may be asked of a simulated Open Education API v6 service, and how it says no (RFC 9457 problems)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from aiohttp import web

PAGE_SIZES = (10, 20, 50, 100, 250)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TITLES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip
_DETAILS = {
    401: "Authentication credentials were missing or invalid.",
    404: "There is no such resource.",
    429: "Too many requests; try again later.",
    500: "An unexpected error occurred.",
    503: "The student system is closed for maintenance.",
}


class Problem(Exception):
    """An answer that refuses: status and detail go into a problem document."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def problem_body(status: int, detail: str | None = None) -> bytes:
    title = _TITLES.get(status, "Error")
    kind = f"https://api.university.example/problems/{title.lower().replace(' ', '-')}"
    return orjson.dumps(
        {"type": kind, "title": title, "status": status, "detail": detail or _DETAILS.get(status, title)}
    )


def refused(status: int, detail: str | None = None) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return web.Response(
        status=status, body=problem_body(status, detail), content_type="application/problem+json", headers=headers
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A query string, understood."""

    size: int
    number: int
    filters: Mapping[str, str]
    expand: tuple[str, ...]
    since: datetime | None
    until: datetime | None

    @property
    def page(self) -> tuple[int, int]:
        """(offset, length): one more than the page holds, to know whether another follows."""
        return ((self.number - 1) * self.size, self.size + 1)


def understood(request: web.Request, filters: Collection[str], expands: Collection[str], *, paged: bool) -> Asked:
    """Reads a query string. Problem 400: a name the path does not have, or a value it cannot take."""
    allowed = {"consumer", *filters, *(("expand",) if expands else ())}
    allowed |= {"pageSize", "pageNumber"} if paged else set()
    for name in request.query:
        if name.startswith("filter_query") or name == "fields":
            raise Problem(400, f"{name} is an optional part of the standard that this service does not support.")
        if name not in allowed:
            raise Problem(400, f"{name} is no query parameter of this path.")
        if len(request.query.getall(name)) > 1:
            raise Problem(400, f"{name} was given twice.")
    query = request.query
    size = _whole(query.get("pageSize", "10"), "pageSize")
    if size not in PAGE_SIZES:
        raise Problem(400, "pageSize is one of 10, 20, 50, 100 and 250.")
    number = _whole(query.get("pageNumber", "1"), "pageNumber")
    if number < 1:
        raise Problem(400, "pageNumber starts at 1.")
    expand = tuple(filter(None, query.get("expand", "").split(",")))
    unknown = set(expand) - set(expands)
    if unknown:
        raise Problem(400, f"{', '.join(sorted(unknown))} cannot be expanded here.")
    plain = {name: query[name] for name in filters if name in query and name not in ("since", "until")}
    return Asked(size, number, plain, expand, _moment(query, "since"), _moment(query, "until"))


def uuid_in_path(request: web.Request) -> str:
    """The UUID a path names. Problem 400: what stands there is none."""
    id_ = request.match_info["id"]
    if not _UUID.fullmatch(id_):
        raise Problem(400, f"{id_} is no UUID.")
    return id_.lower()


def _whole(text: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise Problem(400, f"{name} is a whole number.")
    return int(text)


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    """RFC 3339 date-time, as the schema has it; a date alone, as the parameter's text has it, is taken too."""
    if name not in query:
        return None
    try:
        # A plus sign that was not escaped arrives as a blank.
        moment = datetime.fromisoformat(query[name].replace(" ", "+"))
    except ValueError:
        raise Problem(400, f"{name} is no date-time of RFC 3339.") from None
    return moment if moment.tzinfo else moment.astimezone()
