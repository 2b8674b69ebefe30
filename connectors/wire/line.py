"""One call to one system on behalf of one operation: asked in time, retried where that is safe, or told why not."""

import asyncio
import random
import time
from collections.abc import AsyncIterable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NamedTuple, TypeVar, cast
from urllib.parse import quote, urlencode

import msgspec

from .errors import UpstreamBadResponse, UpstreamError, UpstreamMaintenance, UpstreamRateLimited, UpstreamTimeout
from .exchange import Answer, ExchangeFailed, LostConnection, NotConnected, Request, UnusableAnswer
from .meters import meters
from .operation import Asked, Operation
from .raw import Content, Raw, Relayed
from .sign_in import Admission, Door, SignIn
from .upstream import Upstream

Shape = TypeVar("Shape")
Kept = TypeVar("Kept")
Params = Sequence[tuple[str, str]]

LONGEST_WAIT = 366 * 24 * 3600.0
"""Seconds after which a system may want to be asked again; who says more says a moment where a wait belongs."""

NO_HEADERS: Mapping[str, str] = {}
NO_LINES: frozenset[tuple[str, str]] = frozenset()


class _Question(NamedTuple):
    method: str
    target: str
    headers: Mapping[str, str]
    content: Content | None = None
    again: bool = True
    """Whether it may be asked a second time after a lost connection."""
    changes: bool = False


class Line:
    """What a wire module holds: an Upstream, bound to the operation that is asking."""

    def __init__(self, upstream: Upstream, operation: Operation) -> None:
        self._upstream = upstream
        self._operation = operation
        self.system = upstream.system

    async def get(
        self,
        path: str,
        params: Params = (),
        *,
        answers: frozenset[int] = frozenset(),
        etag: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """The answer to a GET. `path` is already escaped (see `segment`); statuses in `answers` do not raise."""
        sent = {**headers, "If-None-Match": etag} if etag else headers
        return await self._ask(_Question("GET", self._target(path, params), sent), answers)

    async def get_once(self, path: str, headers: Mapping[str, str], answers: frozenset[int]) -> Answer:
        """The answer to a GET that is never repeated, for servers whose visits are counted."""
        return await self._ask(_Question("GET", self._target(path), headers, again=False), answers)

    async def query(self, path: str, body: object, params: Params = ()) -> Answer:
        """The answer to a POST that only reads, and so may be repeated like a GET."""
        headers = {"Content-Type": "application/json"}
        return await self._ask(_Question("POST", self._target(path, params), headers, msgspec.json.encode(body)))

    async def change(  # noqa: PLR0913 - as many as a request has parts
        self,
        method: str,
        path: str,
        body: object = None,
        params: Params = (),
        *,
        answers: frozenset[int] = frozenset(),
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """The answer to a request that changes something: sent once, whatever was sent before, and never repeated.

        `body` goes as JSON, unless it is Raw. What fails without our knowing whether it happened is `unsettled`. What
        the operation has read of the system is read anew afterwards; what others are reading now, nobody joins.
        """
        raw = body if isinstance(body, Raw) else Raw(msgspec.json.encode(body), "application/json")
        content, own = (None, NO_HEADERS) if body is None else (raw.content, {"Content-Type": raw.content_type})
        if isinstance(content, AsyncIterable):
            content = Relayed(content)
        sent = {**headers, **own}
        question = _Question(method, self._target(path, params), sent, content, again=False, changes=True)
        with self._operation.changing(self.system.id) as change:
            try:
                outcome = await self._outcome(question, answers)
                change.unsettled = isinstance(outcome, UpstreamError) and outcome.unsettled
            finally:  # whether it is told or not, it may have happened
                self._upstream.changes += 1
        if isinstance(outcome, UpstreamError):
            raise outcome
        return outcome

    def apart(self) -> "Line":
        """One with time of its own, to tidy up with when that of the operation is over."""
        other = Operation(self._operation.correlation_id, on_tally_of=self._operation)
        other.watch = self._operation.watch
        return Line(self._upstream, other)

    def address(self, path: str) -> str:
        """Where a path of this system is, for documents that refer to one another."""
        return self._upstream.url + path

    def kept(self, thing: type[Kept]) -> Kept:
        """The one thing of this class that the system's wire module keeps while the process lives; new at first."""
        found = self._upstream.kept.setdefault(thing, thing())
        if not isinstance(found, thing):
            raise TypeError(f"{found!r} is kept as {thing}")
        return found

    def seconds_left(self) -> float:
        """What the operation may still spend on the system."""
        return self._operation.seconds_left(self.system.id, self._upstream.timeout)

    def read(self, answer: Answer, shape: type[Shape]) -> Shape:
        """The JSON of an answer in the shape the specification promises."""
        try:
            return msgspec.json.decode(answer.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as failure:
            unusable = UpstreamBadResponse(self.system.id, f"unexpected shape: {failure}")
            unusable.unsettled = answer.changes
            raise unusable from failure

    def _target(self, path: str, params: Params = ()) -> str:
        whole = self._upstream.path + path or "/"
        return f"{whole}?{urlencode(params, quote_via=quote)}" if params else whole

    async def _ask(self, question: _Question, answers: frozenset[int] = frozenset()) -> Answer:
        """Nothing is asked twice in one operation: what was answered stands, and what failed has failed."""
        method, target, headers, content, *_ = question
        own = frozenset(headers.items()) if headers else NO_LINES
        asked = Asked(self.system.id, method, target, cast("bytes | None", content), own)
        outcome = self._operation.outcomes.get(asked)
        if outcome is None:
            outcome = self._operation.outcomes[asked] = await self._outcome(question, answers)
        if isinstance(outcome, UpstreamError):
            raise outcome
        return cast("Answer", outcome)

    async def _outcome(self, question: _Question, answers: frozenset[int]) -> Answer | UpstreamError:
        failure: UpstreamError | None
        started = time.perf_counter()
        try:
            answer = await self._timed(question)
            if question.changes:
                answer = answer._replace(changes=True)
            failure = None if answer.status in answers else _failure(self.system.id, answer)
        except UpstreamError as unusable:
            if isinstance(question.content, Relayed) and question.content.failure:
                raise question.content.failure from unusable
            failure = unusable
            failure.unsettled = question.changes and _may_have_arrived(unusable)
        meters.called(self.system.id, failure.code if failure else "ok", time.perf_counter() - started)
        self._upstream.state = _state(failure)
        self._upstream.closed_until = _closed_until(failure)
        return failure or answer

    async def _timed(self, question: _Question) -> Answer:
        system, allowance, left = self.system.id, self._upstream.timeout, self.seconds_left()
        if left <= 0:  # nobody is to knock at the door for an operation that can no longer go in
            raise UpstreamTimeout(system, f"its {allowance} s are used up")
        try:
            if self._operation.waited_for:
                return await self._retried(question)
            async with asyncio.timeout(left):
                return await self._retried(question)
        except TimeoutError as failure:
            raise UpstreamTimeout(system, f"no answer within {allowance} s") from failure
        except asyncio.CancelledError:
            if self._operation.over:  # those who waited have gone: that it was silent is known all the same
                raise UpstreamTimeout(system, f"no answer within {allowance} s") from None
            raise
        except UnusableAnswer as failure:
            raise UpstreamBadResponse(system, str(failure)) from failure
        except ExchangeFailed as failure:
            raise UpstreamError(system, f"{type(failure).__name__}: {failure}") from failure

    async def _retried(self, question: _Question) -> Answer:
        self._upstream.earned_by_call()
        send = self._sent if self._upstream.door is None else partial(self._signed, self._upstream.door)
        try:
            return await send(question)
        except (LostConnection, NotConnected):
            if not question.again or not self._upstream.may_retry():
                raise
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311  full jitter, no secret
        return await send(question)

    async def _signed(self, door: Door, question: _Question) -> Answer:
        """Let in first; what the system refuses may have ended early, so once more anew."""
        admission = await door.admission(self._admitted)
        answer = await self._sent(_shown(question, admission))
        if answer.status != 401:
            return answer
        door.refused(admission)
        return await self._sent(_shown(question, await door.admission(self._admitted)))

    async def _admitted(self, sign_in: SignIn) -> Admission:
        """On a clock of its own: others may wait for it longer than this operation may."""
        content_type, content = sign_in.question()
        question = _Question("POST", self._target(sign_in.path), {"Content-Type": content_type}, content)
        async with asyncio.timeout(self._upstream.timeout):
            answer = await self._sent(question)
        if answer.status == 400:  # RFC 6749, 5.2: how a client may be refused, too
            raise UpstreamError(self.system.id, "HTTP 400: our credential is refused")
        if failure := _failure(self.system.id, answer):
            raise failure
        admission = self.read(answer, sign_in.shape).admission()
        if admission is None:
            raise UpstreamError(self.system.id, "our credential is refused")
        return admission

    def _sent(self, question: _Question) -> Coroutine[None, None, Answer]:
        method, target, headers, content, *_ = question
        self._operation.calls[self.system.id] += 1
        own = {"X-Correlation-Id": self._operation.correlation_id, **headers}
        request = Request(method, target, own, content)
        return self._upstream.carrier(request).exchange(request)


def _may_have_arrived(failure: UpstreamError) -> bool:
    """Whether the request can have come to the system: not if we never sent it, nor had a connection to send it on."""
    return failure.__cause__ is not None and not isinstance(failure.__cause__, NotConnected)


def _shown(question: _Question, admission: Admission) -> _Question:
    return question._replace(headers={**question.headers, **admission.headers})


def segment(text: str) -> str:
    """A value as one segment of a path, whatever is in it."""
    return quote(text, safe="")


def _state(failure: UpstreamError | None) -> str:
    if failure is None or isinstance(failure, UpstreamRateLimited):
        return "UP"
    return "MAINTENANCE" if isinstance(failure, UpstreamMaintenance) else "DOWN"


def _closed_until(failure: UpstreamError | None) -> datetime | None:
    if not isinstance(failure, UpstreamMaintenance) or failure.retry_after is None:
        return None
    return datetime.now(UTC) + timedelta(seconds=failure.retry_after)


def _failure(system: str, answer: Answer) -> UpstreamError | None:
    """What a status means where the protocol has no word of its own for it."""
    status = answer.status
    if 200 <= status < 300:
        return None
    wait = _retry_after(answer.headers)
    if status == 429:
        return UpstreamRateLimited(system, "HTTP 429", wait)
    if status == 503 and wait is not None:
        return UpstreamMaintenance(system, "HTTP 503", wait)
    if status in (401, 403):
        return UpstreamError(system, f"HTTP {status}: our credential is refused")
    if status >= 500:
        failed = UpstreamError(system, f"HTTP {status}", wait)
        failed.unsettled = answer.changes
        return failed
    return UpstreamBadResponse(system, f"HTTP {status}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now; RFC 9110, 10.2.3 allows a number of them or a date."""
    value = headers.get("Retry-After", "")
    if value.isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # no date either
        return None
    seconds = (moment.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()  # HTTP dates are always GMT
    return min(max(0.0, seconds), LONGEST_WAIT)
