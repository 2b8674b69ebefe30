"""How Koha words errors, and how it pages its lists."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

JSON = "application/json;charset=UTF-8"
DEFAULT_PAGE = 20
"""The system preference RESTdefaultPageSize, as installed."""

_BY_STATUS: Mapping[int, dict[str, Any]] = {
    401: {"error": "Authentication failure."},
    403: {
        "error": "Authorization failure. Missing required permission(s).",
        "required_permissions": {"circulate": "circulate_remaining_permissions"},
    },
    404: {"error": "Resource not found", "error_code": "not_found"},
    429: {"error": "Too many requests"},
    500: {"error": "Something went wrong, check Koha logs for details.", "error_code": "internal_server_error"},
    503: {"error": "System is under maintenance."},
}

WRONG_SCHEMA = b'{"checkouts": [{"checkout_id": "first", "due_date": 7}], "lines": "none", "total": true}'


class KohaError(Exception):
    """Koha refuses."""

    def __init__(self, status: int, error: str, error_code: str | None = None) -> None:
        super().__init__(error)
        self.answer = answer({"error": error} | ({"error_code": error_code} if error_code else {}), status)


class MalformedQuery(Exception):
    """A query parameter that the operation does not have; of these Koha tells a list, one for each."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        told = [{"path": f"/query/{name}", "message": "Malformed query string"} for name in names]
        self.answer = answer(told, 400)


class InvalidBody(Exception):
    """A body that the operation's schema does not allow: path and message of each fault."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(path for path, _ in faults))
        told = [{"path": path, "message": message} for path, message in faults]
        self.answer = answer({"errors": told, "status": 400}, 400)


def not_found(what: str) -> KohaError:
    return KohaError(404, f"{what} not found", "not_found")


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of what Koha answers with this status when it gets no further."""
    return JSON, json.dumps(_BY_STATUS.get(status, {"error": "Bad request"})).encode()


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(body=content, status=status, headers={"Content-Type": JSON, **(headers or {})})


class Page:
    """Which part of a list is asked for: `_page` from 1, `_per_page` of which -1 is everything."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.number = _number(request, "_page", 1)
        self.size = _number(request, "_per_page", DEFAULT_PAGE)

    @property
    def window(self) -> tuple[int, int]:
        """Limit and offset, as SQLite takes them."""
        return (-1, 0) if self.size == -1 else (self.size, (self.number - 1) * self.size)

    def headers(self, total: int, base_total: int) -> dict[str, str]:
        """How many there are, how many there would be unfiltered, and where the other pages lie (RFC 5988)."""
        pages = 1 if self.size == -1 else -(-total // self.size)
        places = {"prev": self.number - 1, "next": self.number + 1, "first": 1, "last": pages}
        if self.number <= 1 or pages <= 1:
            del places["prev"]
        if self.number >= pages:
            del places["next"]
        links = ",".join(f'<{self._url(number)}>; rel="{name}"' for name, number in places.items())
        return {"X-Total-Count": str(total), "X-Base-Total-Count": str(base_total), "Link": links}

    def _url(self, number: int) -> str:
        asked = {**self._request.query, "_page": str(number), "_per_page": str(self.size)}
        return f"{self._request.url.origin()}{self._request.path}?{urlencode(asked)}"


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.removeprefix("-").isdecimal() or int(text) == 0:
        raise KohaError(400, f"Expected integer - got string: /{name}")
    return int(text)
