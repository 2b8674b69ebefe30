"""The pages of the class schedule as they were last read: none is asked for again within a quarter of an hour.

The source renews its pages every 15 to 20 minutes and counts on being read by people. What is remembered here outlives
operations, fills of the index and their failures: a page that failed is not asked for again before its time either, and
one page's failure costs no other page a visit.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urljoin, urlsplit

from connectors.wire import Answer, Line, UpstreamBadResponse, UpstreamError, UpstreamTimeout

from .class_schedule_pages import SchedulePage, read_page
from .class_schedule_rows import BadSchedule

INTERVAL = 900.0
"""Seconds between two visits of one page."""

STALE = 24 * 3600.0
"""Seconds for which a page stands whose renewal fails."""

AT_ONCE = 3
"""Visits under way."""

PAGE_SECONDS = 10.0
"""What one page may take."""

TROUBLE, PAUSE = 3, 60.0
"""So many failures in a row, other than of the page itself, mean that the server is left alone for these seconds."""

_ROOT = "/wcq/cgi-bin/"
_HOPS = 3


class NotVisited(UpstreamError):
    """The page was not asked for, since the server is in trouble or the time is up; it may be asked for soon."""


class NoTimeLeft(NotVisited):
    """The operation, or the fill, has spent on other pages what it may spend on the server."""

    code = UpstreamTimeout.code


class NoPage(UpstreamBadResponse):
    """The server has no such page."""


@dataclass(slots=True)
class _Visit:
    """What is known of one page."""

    asked_at: float = float("-inf")
    read_at: float = float("-inf")
    page: SchedulePage | None = None
    moved_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """What makes the next visit conditional."""
    failure: tuple[type[UpstreamError], str] | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def due(self, path: str) -> float:
        """When it may be asked for again; pages that only lead to others are looked for sooner if they failed."""
        return self.asked_at + (INTERVAL if self.failure is None or "/subject/" in path else PAUSE)


class Visits:
    """One server's pages, by path."""

    def __init__(self) -> None:
        self._visits: dict[str, _Visit] = {}
        self._door = asyncio.Semaphore(AT_ONCE)
        self._failures = 0
        self._closed_until = float("-inf")

    async def page(self, line: Line, path: str, hops: int = _HOPS) -> SchedulePage:
        """The page at this path, at most INTERVAL old or the newest there is. Raises UpstreamError."""
        visit = self._visits.setdefault(path, _Visit())
        async with visit.turn:
            if monotonic() >= visit.due(path):
                async with self._door:
                    await self._renew(line, path, visit)
        if visit.moved_to is not None:
            if not hops:
                raise UpstreamBadResponse(line.system.id, f"{path} leads nowhere")
            return await self.page(line, visit.moved_to, hops - 1)
        if visit.page is not None and monotonic() - visit.read_at < INTERVAL + STALE:
            return visit.page
        kind, reason = visit.failure or (UpstreamBadResponse, f"{path} was never read")
        raise kind(line.system.id, reason, max(0.0, visit.due(path) - monotonic()))

    async def _renew(self, line: Line, path: str, visit: _Visit) -> None:
        wait = self._closed_until - monotonic()
        if wait > 0:
            raise NotVisited(line.system.id, "in trouble, and left alone for now", wait)
        if line.seconds_left() <= 0:
            raise NoTimeLeft(line.system.id, "no time left in this fill")
        visit.asked_at = monotonic()
        visit.failure = (UpstreamTimeout, f"{path} was given up before it answered")  # if we are cancelled below
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                answer = await line.get_once(path, visit.headers, frozenset({301, 302, 303, 304, 307, 308, 404}))
            self._keep(line, path, visit, answer)
        except TimeoutError:
            visit.failure = (UpstreamTimeout, f"{path} took more than {PAGE_SECONDS} s")
            self._troubled(PAUSE)
        except BadSchedule as reason:
            visit.failure = (UpstreamBadResponse, f"{path}: {reason}")
        except UpstreamError as failure:
            visit.failure = (type(failure), f"{path}: {failure.reason}")
            if not isinstance(failure, UpstreamBadResponse):
                self._troubled(failure.retry_after)

    def _keep(self, line: Line, path: str, visit: _Visit, answer: Answer) -> None:
        self._failures = 0
        if answer.status == 404:
            raise NoPage(line.system.id, "HTTP 404")
        if answer.status != 304:
            target = answer.headers.get("Location", "") if answer.status != 200 else None
            visit.moved_to = _within(path, target, line) if target is not None else None
            visit.page = read_page(answer.body) if target is None else None
            told = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
            visit.headers = {ask: answer.headers[tell] for ask, tell in told.items() if tell in answer.headers}
        visit.read_at, visit.failure = monotonic(), None

    def _troubled(self, retry_after: float | None) -> None:
        """A server that says when to come back is believed at once; one that only fails, after the third time."""
        self._failures += 1
        if retry_after is not None or self._failures >= TROUBLE:
            self._closed_until = monotonic() + max(retry_after or 0.0, PAUSE)
            self._failures = 0


def _within(path: str, target: str, line: Line) -> str:
    """Where a page has moved, on the same server; that is reached as configured, whatever it calls itself."""
    _, root, rest = urlsplit(urljoin(path, target)).path.partition(_ROOT)
    if not root:
        raise UpstreamBadResponse(line.system.id, f"{path} has moved out of the schedule")
    return root + rest
