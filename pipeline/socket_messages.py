"""What is said on a socket: the messages of graphql-transport-ws and the codes that close it.

Source: the protocol of graphql-ws (PROTOCOL.md), and RFC 6455, section 7.4.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import WSMessage, WSMsgType, web

PROTOCOL = "graphql-transport-ws"


class Close:
    """The codes a socket is closed with, and why. Those above 4000 are the protocol's: its clients give up for good on
    4400, 4401, 4406, 4409 and 4429, and come back, with a new token, after 4403."""

    IDLE = (1000, "Idle")
    STOPPING = (1001, "The gateway stops")
    LATER = (1013, "The access token cannot be verified now")
    BAD_MESSAGE = (4400, "Invalid message")
    UNAUTHORIZED = (4401, "Unauthorized")
    FORBIDDEN = (4403, "Forbidden")
    TOKEN_ENDED = (4403, "The access token has ended")
    OTHER_PROTOCOL = (4406, "Subprotocol not acceptable")
    NO_INIT = (4408, "Connection initialisation timeout")
    DUPLICATE = (4409, "Subscriber for this id already exists")
    SECOND_INIT = (4429, "Too many initialisation requests")
    TOO_MANY = (4429, "Too many operations")


class ClosedByUs(Exception):
    """The client did what ends a connection."""

    def __init__(self, why: tuple[int, str]) -> None:
        self.why = why


class Message(msgspec.Struct):
    """What a client sends."""

    type: str
    id: str = ""
    payload: Any = None


def message_in(frame: WSMessage) -> Message:
    if frame.type is not WSMsgType.TEXT:
        raise ClosedByUs(Close.BAD_MESSAGE)
    try:
        return msgspec.json.decode(frame.data, type=Message)
    except msgspec.DecodeError as error:
        raise ClosedByUs(Close.BAD_MESSAGE) from error


def bearer_in(payload: Any, request: web.Request) -> Sequence[str]:
    """The Authorization of `connection_init`; of the handshake, where that has none: browsers can send none there."""
    if payload is not None and not isinstance(payload, dict):
        raise ClosedByUs(Close.BAD_MESSAGE)
    given = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
    if not all(isinstance(each, str) for each in given):
        raise ClosedByUs(Close.FORBIDDEN)
    return given or request.headers.getall("Authorization", [])
