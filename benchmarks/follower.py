"""A client of graphql-transport-ws that follows one thing: as little of it as a load of thousands needs."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def frame(kind: int, payload: bytes) -> bytes:
    """As a client sends it (RFC 6455, 5.2): masked, with a mask that changes nothing."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2)
    return bytes([0x80 | kind]) + length + bytes(4) + payload


def _said(**message: Any) -> bytes:
    return frame(TEXT, json.dumps(message).encode())


class Follower(asyncio.Protocol):
    """Subscribes as soon as it may; `told` hears each event, `ended` why there are no more."""

    def __init__(
        self, subscription: dict[str, Any], told: Callable[["Follower", Any], None], ended: Callable[[str], None]
    ) -> None:
        self._subscribe = _said(type="subscribe", id="1", payload=subscription)
        self._told = told
        self._ended = ended
        self._read = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not self._upgraded:
            head, end, rest = self._read.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head:
                self._ended(head.decode())
            self._read, self._upgraded = rest, True
            self._transport.write(_said(type="connection_init"))
        while (whole := _frame_in(self._read)) is not None:
            kind, payload, self._read = whole
            if kind == PING:
                self._transport.write(frame(PONG, payload))
            elif kind == CLOSE:
                self._ended(payload[2:].decode())
            else:
                self._hear(json.loads(payload))

    def close(self) -> None:
        self._transport.abort()

    def _hear(self, message: Any) -> None:
        if message["type"] == "connection_ack":
            self._transport.write(self._subscribe)
        elif message["type"] == "next":
            self._told(self, message["payload"])
        else:
            self._ended(str(message))


def _frame_in(read: bytes) -> tuple[int, bytes, bytes] | None:
    """Kind, payload, and what follows; None as long as it is not all there."""
    if len(read) < 2:
        return None
    size, start = read[1], 2
    if size == 126:
        size, start = int.from_bytes(read[2:4]), 4
    if len(read) < start + size or (start == 4 and len(read) < 4):
        return None
    return read[0] & 0xF, read[start : start + size], read[start + size :]
