"""One call to one system on behalf of one operation: asked in time, retried where that is safe, or told why not."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar, cast
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from multidict import CIMultiDictProxy
from yarl import URL

from .errors import UpstreamBadResponse, UpstreamError, UpstreamMaintenance, UpstreamRateLimited, UpstreamTimeout
from .operation import Operation
from .sign_in import ClientCredentials, TokenOnWire
from .upstream import LostConnection, Upstream

Shape = TypeVar("Shape")
Kept = TypeVar("Kept")
Params = Sequence[tuple[str, str]]

NO_HEADERS: Mapping[str, str] = {}

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes; more than any page of any protocol we speak, and little enough to survive."""


class Answer(NamedTuple):
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class _Question(NamedTuple):
    method: str
    url: URL
    headers: Mapping[str, str]
    content: bytes | None = None
    again: bool = True
    """Whether it may be asked a second time after a lost connection."""


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
        return await self._ask(_Question("GET", self._url(path, params), sent), answers)

    async def get_once(self, path: str, headers: Mapping[str, str], answers: frozenset[int]) -> Answer:
        """The answer to a GET that is never repeated, for servers whose visits are counted."""
        return await self._ask(_Question("GET", self._url(path), headers, again=False), answers)

    async def query(self, path: str, body: object) -> Answer:
        """The answer to a POST that only reads, and so may be repeated like a GET."""
        headers = {"Content-Type": "application/json"}
        return await self._ask(_Question("POST", self._url(path), headers, msgspec.json.encode(body)))

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
            raise UpstreamBadResponse(self.system.id, f"unexpected shape: {failure}") from failure

    def _url(self, path: str, params: Params = ()) -> URL:
        return URL(
            self._upstream.url + path + ("?" + urlencode(params, quote_via=quote) if params else ""), encoded=True
        )

    async def _ask(self, question: _Question, answers: frozenset[int] = frozenset()) -> Answer:
        """Nothing is asked twice in one operation: what was answered stands, and what failed has failed."""
        asked = (question.method, question.url, question.content)
        outcome = self._operation.outcomes.get(asked)
        if outcome is None:
            outcome = self._operation.outcomes[asked] = await self._outcome(question, answers)
        if isinstance(outcome, UpstreamError):
            raise outcome
        return cast("Answer", outcome)

    async def _outcome(self, question: _Question, answers: frozenset[int]) -> Answer | UpstreamError:
        failure: UpstreamError | None
        try:
            answer = await self._timed(question)
            failure = None if answer.status in answers else _failure(self.system.id, answer)
        except UpstreamError as unusable:
            failure = unusable
        self._upstream.state = _state(failure)
        self._upstream.closed_until = _closed_until(failure)
        return failure or answer

    async def _timed(self, question: _Question) -> Answer:
        system, allowance = self.system.id, self._upstream.timeout
        try:
            async with asyncio.timeout(max(0.0, self.seconds_left())):
                return await self._retried(question)
        except TimeoutError as failure:
            raise UpstreamTimeout(system, f"no answer within {allowance} s") from failure
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as failure:
            raise UpstreamBadResponse(system, type(failure).__name__) from failure
        except aiohttp.ClientError as failure:
            raise UpstreamError(system, type(failure).__name__) from failure

    async def _retried(self, question: _Question) -> Answer:
        self._upstream.earned_by_call()
        try:
            return await self._signed(question)
        except (LostConnection, aiohttp.ClientConnectorError):
            if not question.again or not self._upstream.may_retry():
                raise
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311  full jitter, no secret
        return await self._signed(question)

    async def _signed(self, question: _Question) -> Answer:
        """With a token where the system wants one; a refused one may have been withdrawn early, so once more anew."""
        bearer = self._upstream.bearer
        if bearer is None:
            return await self._once(question)
        token = await bearer.token(self._token_given)
        answer = await self._once(_with_token(question, token))
        if answer.status != 401:
            return answer
        bearer.refused(token)
        return await self._once(_with_token(question, await bearer.token(self._token_given)))

    async def _token_given(self, credentials: ClientCredentials) -> TokenOnWire:
        """On a clock of its own: others may wait for it longer than this operation may."""
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.secret,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        question = _Question("POST", self._url(credentials.token_path), headers, urlencode(form).encode())
        async with asyncio.timeout(self._upstream.timeout):
            answer = await self._once(question)
        if answer.status == 400:  # RFC 6749, 5.2: how a client may be refused, too
            raise UpstreamError(self.system.id, "HTTP 400: our credential is refused")
        if failure := _failure(self.system.id, answer):
            raise failure
        return self.read(answer, TokenOnWire)

    async def _once(self, question: _Question) -> Answer:
        method, url, headers, content, _ = question
        self._operation.calls[self.system.id] += 1
        async with self._upstream.session.request(
            method,
            url,
            data=content,
            headers={**self._upstream.headers, "X-Correlation-Id": self._operation.correlation_id, **headers},
            proxy=self._upstream.proxy,
            allow_redirects=False,
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise UpstreamBadResponse(self.system.id, f"more than {BODY_LIMIT} bytes")
            return Answer(response.status, response.headers, bytes(body))


def _with_token(question: _Question, token: str) -> _Question:
    return question._replace(headers={**question.headers, "Authorization": f"Bearer {token}"})


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
    wait = _retry_after(answer.headers)
    if 200 <= status < 300:
        return None
    if status == 429:
        return UpstreamRateLimited(system, "HTTP 429", wait)
    if status == 503 and wait is not None:
        return UpstreamMaintenance(system, "HTTP 503", wait)
    if status in (401, 403):
        return UpstreamError(system, f"HTTP {status}: our credential is refused")
    if status >= 500:
        return UpstreamError(system, f"HTTP {status}", wait)
    return UpstreamBadResponse(system, f"HTTP {status}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now; RFC 9110, 10.2.3 allows a number of them or a date."""
    value = headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:  # no date either
        return None
    return max(0.0, (moment.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())  # HTTP dates are always GMT
