"""What was asked of a simulated system: each call with its outcome, for tests that count."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from .clock import Clock

_BODY_LIMIT = 64 * 1024
_KEPT = 5000
_CREDENTIALS = ("Authorization", "X-Booked-SessionToken")


@dataclass(slots=True)
class Call:
    method: str
    path: str
    query: str
    """As sent, without the question mark."""
    body: str
    """The first 64 KiB as text; empty for a form with files."""
    status: int | None
    """None while no answer was given, or where the connection was reset instead."""
    correlation_id: str | None
    authorized: bool
    """Whether a credential was sent; whether it is the right one shows in the status."""
    at: str


class Calls:
    """All calls of one system since its start or the last time they were forgotten; the last 5,000 in full."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._last: deque[Call] = deque(maxlen=_KEPT)

    async def note(self, request: web.Request) -> Call:
        # A form with files can be read once only, by whom it is meant for.
        mine = request.can_read_body and request.content_type != "multipart/form-data"
        body = (await request.read())[:_BODY_LIMIT] if mine else b""
        call = Call(
            request.method,
            request.path,
            request.rel_url.raw_query_string,
            body.decode("utf-8", "replace"),
            None,
            request.headers.get("X-Correlation-Id"),
            any(name in request.headers for name in _CREDENTIALS) or "apikey" in request.query,
            self._clock.now().isoformat(),
        )
        self._count += 1
        self._last.append(call)
        return call

    def forget(self) -> None:
        self._count = 0
        self._last.clear()

    def told(self) -> dict[str, Any]:
        return {"count": self._count, "calls": [asdict(call) for call in self._last]}
