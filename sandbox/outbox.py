"""What a simulated system tells by itself: signed CloudEvents, sent to whoever asked for them.

After CloudEvents 1.0.2 over HTTP, in structured mode or in binary; signed as `README.md` says. An event is sent up to
three times, with the same id, until somebody takes it.
"""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

_KEPT = 1000
_PAUSES = (0.2, 1.0)
"""Seconds before the second try and the third."""
_PATIENCE = aiohttp.ClientTimeout(total=5)


class UnknownWish(ValueError):
    """No address, or no event; the message says what was expected."""


@dataclass(slots=True)
class Told:
    type: str
    subject: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: int | None = None
    """What the last try was answered; None while it was not."""


class Outbox:
    """One system's events; before anybody asks for them, nothing is sent."""

    def __init__(self, system: str, secret: str) -> None:
        self._source = f"//{system}.example"
        self._secret = secret.encode()
        self._url = ""
        self._binary = False
        self._told: deque[Told] = deque(maxlen=_KEPT)
        self._waiting: asyncio.Queue[Told] = asyncio.Queue()
        self._sending: asyncio.Task[None] | None = None

    def tell(self, type_: str, subject: str = "") -> Told:
        told = Told(type_, subject)
        if self._url:
            self._told.append(told)
            self._waiting.put_nowait(told)
        return told

    def address(self, wish: Any) -> None:
        """Where events go from now on, from the body of a PUT; an empty `url` ends it. UnknownWish."""
        if not isinstance(wish, dict) or not isinstance(wish.get("url"), str):
            raise UnknownWish('expected {"url": "http://…", "binary": false}')
        self._url, self._binary = wish["url"], bool(wish.get("binary"))
        if self._sending is None:
            self._sending = asyncio.create_task(self._keep_sending())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """`/__events`: GET shows what was told, DELETE forgets it, PUT says where to, POST has something told."""
        try:
            match request.method:
                case "PUT":
                    self.address(await request.json())
                case "POST":
                    wish = await request.json()
                    self.tell(str(wish["type"]), str(wish.get("subject", "")))
                case "DELETE":
                    self._told.clear()
        except (UnknownWish, json.JSONDecodeError, KeyError, TypeError, AttributeError) as reason:
            return web.json_response({"error": f"not understood: {reason}"}, status=400)
        return web.json_response(self.shown())

    def shown(self) -> dict[str, Any]:
        return {"url": self._url, "binary": self._binary, "told": [asdict(told) for told in self._told]}

    async def close(self, _: web.Application) -> None:
        if self._sending:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    async def _keep_sending(self) -> None:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            while True:
                told = await self._waiting.get()
                for pause in (0.0, *_PAUSES):
                    await asyncio.sleep(pause)
                    with suppress(aiohttp.ClientError, TimeoutError):
                        told.status = await self._sent(session, told)
                    if told.status is not None and told.status < 500:
                        break

    async def _sent(self, session: aiohttp.ClientSession, told: Told) -> int:
        attributes = {"specversion": "1.0", "id": told.id, "source": self._source, "type": told.type}
        if told.subject:
            attributes["subject"] = told.subject
        headers, body = _binary_mode(attributes) if self._binary else _structured_mode(attributes)
        stamp = str(int(time.time()))
        lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()) if name.startswith("ce-"))
        words = f"{stamp}.{lines}".encode() + body
        headers["Webhook-Timestamp"] = stamp
        headers["Webhook-Signature"] = "v1=" + hmac.new(self._secret, words, hashlib.sha256).hexdigest()
        async with session.post(self._url, data=body, headers=headers) as answer:
            return answer.status


def _binary_mode(attributes: dict[str, str]) -> tuple[dict[str, str], bytes]:
    headers = {f"ce-{name}": quote(value, safe="/:@ !#$&'()*+,;=?-._~") for name, value in attributes.items()}
    return {**headers, "Content-Type": "application/json"}, b"{}"


def _structured_mode(attributes: dict[str, str]) -> tuple[dict[str, str], bytes]:
    return {"Content-Type": "application/cloudevents+json"}, json.dumps(attributes).encode()


HAPPEN = "/__happen"
"""Where a system has something done on command, that nobody can do over its protocol."""

OUTBOX = web.AppKey("outbox", Outbox)


def tell(app: web.Application, type_: str, subject: str = "") -> None:
    """After what happened is stored. A system that stands alone, as in tests of its protocol, tells nobody."""
    if OUTBOX in app:
        app[OUTBOX].tell(type_, subject)
