"""How Alma words errors and lists, the quirks of its recorded answers included."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from aiohttp import web

JSON = "application/json;charset=UTF-8"

_BY_STATUS = {
    401: ("UNAUTHORIZED", "API-key not defined or not configured to allow this API."),
    404: ("NOT_FOUND", "The requested resource was not found."),
    429: ("PER_SECOND_THRESHOLD", "HTTP requests are more than allowed per second"),
    500: ("GENERAL_ERROR", "General Error - An error has occurred while processing the request."),
    503: ("ROUTING_ERROR", "The Alma service is temporarily unavailable"),
}

WRONG_SCHEMA = (
    b'{"item_loan": {"due_date": 7}, "user_request": "none", "fee": 3, "electronic_collection": 2,'
    b' "total_record_count": "many"}'
)


class AlmaError(Exception):
    """Alma refuses; most refusals are 400, also for what is not there."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.answer = web.Response(body=_error(code, message), status=status, headers={"Content-Type": JSON})


def error_body(status: int) -> tuple[str, bytes]:
    """Content type and body of what Alma answers with this status when it gets no further."""
    code, message = _BY_STATUS.get(status, ("GENERAL_ERROR", "An error has occurred."))
    return JSON, _error(code, message)


def answer(body: Any) -> web.Response:
    return web.Response(body=json.dumps(body, ensure_ascii=False).encode(), headers={"Content-Type": JSON})


def page(request: web.Request, name: str, rows: Sequence[Any], **also: Any) -> web.Response:
    """One page by limit (0 to 100, default 10) and offset; a list that is empty altogether is left out."""
    limit, offset = _number(request, "limit", 10), _number(request, "offset", 0)
    if limit > 100:
        raise AlmaError("401664", f"Parameter limit is not valid: {limit}. Valid values are 0-100.")
    counted = {"total_record_count": len(rows), **also}
    return answer({name: rows[offset : offset + limit], **counted} if rows else counted)


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal():
        raise AlmaError("401664", f"Parameter {name} is not valid: {text}.")
    return int(text)


def _error(code: str, message: str) -> bytes:
    # The same members as recorded answers have, `result` included.
    tracking = f"E01-{secrets.randbelow(10**10):010d}-{secrets.token_hex(3).upper()}-AWAE{secrets.randbelow(10**9):09d}"
    error = {"errorCode": code, "errorMessage": message, "trackingId": tracking}
    return json.dumps({"errorsExist": True, "errorList": {"error": [error]}, "result": None}).encode()
