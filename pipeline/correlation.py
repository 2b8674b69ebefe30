"""One id per request, in its answer, its log line, its errors and each call to a campus system."""

import os
import re

from aiohttp import web

HEADER = "X-Correlation-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = web.RequestKey("correlation_id", str)


def correlation_id_of(request: web.Request) -> str:
    """The client's own id where it is sane, else one of ours; the same whenever asked during one request."""
    found = request.get(_KEY)
    if found is None:
        given = request.headers.get(HEADER, "")
        found = request[_KEY] = given if _SANE.fullmatch(given) else os.urandom(16).hex()
    return found


async def mark_answer(request: web.Request, response: web.StreamResponse) -> None:
    """For `app.on_response_prepare`: what every answer of the gateway carries, and what none does."""
    response.headers.setdefault(HEADER, correlation_id_of(request))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    # aiohttp adds its own and Python's version.
    response.headers.popall("Server", None)
