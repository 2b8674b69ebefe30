"""Faults on demand, made at the socket: what a client meets is what a broken system would do to it."""

import asyncio
import itertools
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

MODES = ("none", "down", "hang", "slow", "cut", "garbage", "wrong-schema", "closed", "401", "404", "429", "500")
_GARBAGE = b"\x00\xff\xfe<<%PDF\x1b[31m }{ not what you asked for \x80\x81"
_CLOSED_SECONDS = 120
_SLOW_SECONDS = 1.0


class Wording(Protocol):
    """A protocol module, as far as faults need its words."""

    WRONG_SCHEMA: bytes

    def error_body(self, status: int) -> tuple[str, bytes]: ...


class UnknownFault(ValueError):
    """No such mode, or a time that is none."""


@dataclass(frozen=True, slots=True)
class Fault:
    mode: str = "none"
    ends: float | None = None
    """On the monotonic clock; None stays until another is set."""
    seconds: float = _SLOW_SECONDS
    """How long `slow` waits before it answers."""
    path: str = ""
    """Only what is asked under it is met; everything, if empty."""
    method: str = ""
    """Only what is asked by it is met; everything, if empty."""
    each: int = 1
    """Only every so many-th request is met; the others are answered."""


class Faults:
    """The fault a system has now. It is forgotten with the process."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._fault = Fault()
        self._changed = asyncio.Event()
        self._requests = itertools.count(1)
        self._open: set[asyncio.WriteTransport] = set()

    def set(self, asked: Any) -> None:
        """Sets what a PUT body asks. UnknownFault: it asks for something else than wire faults."""
        if not isinstance(asked, dict) or asked.get("mode") not in MODES:
            raise UnknownFault(f"mode is one of {', '.join(MODES)}")
        lasting, seconds = asked.get("for"), asked.get("seconds", _SLOW_SECONDS)
        for number in (lasting, seconds):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int | float) or number <= 0):
                raise UnknownFault("for and seconds are positive numbers of seconds")
        path, method, each = asked.get("path", ""), asked.get("method", ""), asked.get("each", 1)
        if not isinstance(path, str) or not isinstance(method, str):
            raise UnknownFault("path is how the paths begin that the fault meets, method what they are asked by")
        if isinstance(each, bool) or not isinstance(each, int) or each < 1:
            raise UnknownFault("each is a whole number from 1 on: which requests the fault meets")
        ends = None if lasting is None else time.monotonic() + lasting
        self._fault = Fault(asked["mode"], ends, seconds, path, method, each)
        self._changed.set()
        self._changed = asyncio.Event()
        if self._fault.mode == "down" and not path and not method:
            for transport in list(self._open):
                reset(transport)

    def now(self) -> Fault:
        if self._fault.ends is not None and time.monotonic() >= self._fault.ends:
            self._fault = Fault()
        return self._fault

    def told(self) -> dict[str, Any]:
        fault = self.now()
        left = None if fault.ends is None else round(fault.ends - time.monotonic(), 3)
        told = {"mode": fault.mode, "for": left, "seconds": fault.seconds, "path": fault.path}
        return {**told, "method": fault.method, "each": fault.each}

    async def meet(
        self, request: web.Request, answer: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """The answer to a request, or what the present fault makes of it."""
        transport = request.transport
        if transport is not None:
            self._open.add(transport)
        try:
            if next(self._requests) % self._meeting(request).each:
                return await answer()
            return await self._met(request, answer)
        finally:
            if transport is not None:
                self._open.discard(transport)

    async def _met(
        self, request: web.Request, answer: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        while (fault := self._meeting(request)).mode == "hang":
            await self._until_changed(fault)
        if fault.mode == "down":
            return _broken_off(request)
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.mode in ("none", "slow"):
            return await answer()
        if fault.mode == "cut":
            return await _cut(request, await answer())
        if fault.mode == "garbage":
            return web.Response(body=_GARBAGE, content_type="application/json")
        if fault.mode == "wrong-schema":
            body = self._wording.WRONG_SCHEMA
            return web.Response(body=body, content_type="application/zip" if body[:2] == b"PK" else "application/json")
        return self._refusal(fault)

    def _meeting(self, request: web.Request) -> Fault:
        fault = self.now()
        met = request.path.startswith(fault.path) and fault.method in ("", request.method)
        return fault if met else Fault()

    async def _until_changed(self, fault: Fault) -> None:
        left = None if fault.ends is None else max(0.0, fault.ends - time.monotonic())
        try:
            await asyncio.wait_for(self._changed.wait(), left)
        except TimeoutError:
            return

    def _refusal(self, fault: Fault) -> web.Response:
        status = 503 if fault.mode == "closed" else int(fault.mode)
        content_type, body = self._wording.error_body(status)
        headers = {"Content-Type": content_type}
        if fault.mode == "closed":
            left = _CLOSED_SECONDS if fault.ends is None else fault.ends - time.monotonic()
            headers["Retry-After"] = str(max(1, round(left)))
        elif fault.mode == "429":
            headers["Retry-After"] = "2"
        elif fault.mode == "401":
            headers["WWW-Authenticate"] = "Bearer"
        return web.Response(status=status, body=body, headers=headers)


def reset(transport: asyncio.WriteTransport) -> None:
    """Breaks a connection off with RST instead of the orderly FIN."""
    if transport.is_closing():  # the client gave up before, and its descriptor may be somebody else's by now
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # A duplicate of the descriptor, because uvloop's own socket object cannot set options.
        with socket.fromfd(raw.fileno(), socket.AF_INET, socket.SOCK_STREAM) as duplicate:
            duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _broken_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        reset(request.transport)
    return web.Response()


async def _cut(request: web.Request, whole: web.StreamResponse) -> web.Response:
    """The right head with the full length, half of the body, then RST."""
    transport = request.transport
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    if transport is not None:
        head = f"HTTP/1.1 {whole.status} {whole.reason}\r\nContent-Length: {max(len(body), 2)}\r\n"
        head += "".join(
            f"{name}: {value}\r\n" for name, value in whole.headers.items() if name.lower() != "content-length"
        )
        transport.write(head.encode() + b"\r\n" + body[: len(body) // 2])
        # What was written must be on its way before the reset discards what was not.
        while transport.get_write_buffer_size():  # noqa: ASYNC110 - a transport has no event for that
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)
    return _broken_off(request)
