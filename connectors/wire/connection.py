"""One connection over which HTTP/1.1 (RFC 9112) is spoken: a request, its answer, and then the next."""

import asyncio
import zlib
from typing import cast

import httptools
from multidict import CIMultiDict

from .exchange import BODY_LIMIT, Answer, LostConnection, UnusableAnswer, too_long

HEAD_LIMIT = 64 * 1024
"""Bytes of status line and headers."""

PIECE = 1024 * 1024
"""Bytes that are unpacked before it is looked how many there are."""


class Connection(asyncio.Protocol):
    """httptools (llhttp) tells what is in the bytes; this tells whose they are, and where an answer ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        # What aiohttp takes, too: systems that are old say things in a manner of their own.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._asked: asyncio.Future[Answer] | None = None
        self._begin()
        self.idle_since = 0.0
        """When it was left, on the loop's clock."""

    @property
    def usable(self) -> bool:
        """Whether another request may go over it: it stands, and nothing is under way."""
        return self._transport is not None and self._asked is None and not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Sends it. The future fails with ExchangeFailed; whoever cancels it has to end the connection."""
        if self._transport is None or self._transport.is_closing():
            raise LostConnection("closed before it was used")
        self._begin()
        self._asked = self._loop.create_future()
        self._transport.write(request)
        return self._asked

    def end(self) -> None:
        """At once: what is under way is lost."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._asked is None:  # an answer to nothing would be taken for that to the next question
            self.end()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as failure:
            self._fail(UnusableAnswer(f"{type(failure).__name__}: {failure}"))
        if not self._headed:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self._fail(UnusableAnswer("its head does not end"))

    def connection_lost(self, failure: Exception | None) -> None:
        self._transport = None
        if self._asked is None:
            return
        if not self._headed:
            self._fail(LostConnection("closed" if failure is None else type(failure).__name__))
        elif failure is not None or "Content-Length" in self._headers or "Transfer-Encoding" in self._headers:
            self._fail(UnusableAnswer("cut off"))
        else:  # RFC 9112, 6.3: it ends where the connection does
            self._tell()

    # What httptools calls, in this order.

    def on_message_begin(self) -> None:
        if self._asked is None:
            self.end()
        self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._headed:  # a trailer
            return
        told = name.decode(errors="surrogateescape")
        self._headers.add(told, value.decode(errors="surrogateescape"))

    def on_headers_complete(self) -> None:
        self._headed = self._parser.get_status_code() >= 200  # what is below only says that the answer is to come

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > BODY_LIMIT:
            self._fail(too_long())
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if not self._headed:
            return
        if not self._parser.should_keep_alive():
            self.end()
        self._tell()

    def _begin(self) -> None:
        self._headers: CIMultiDict[str] = CIMultiDict()
        self._body: list[bytes] = []
        self._size = self._head = 0
        self._headed = False

    def _tell(self) -> None:
        asked, self._asked = self._asked, None
        if asked is None or asked.done():
            return
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body = []  # else it stays in memory until the connection is used again
        try:
            body = _unpacked(body, self._headers.get("Content-Encoding", "identity"))
        except UnusableAnswer as failure:
            asked.set_exception(failure)
        else:
            asked.set_result(Answer(self._parser.get_status_code(), self._headers, body))

    def _fail(self, failure: Exception) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and not asked.done():
            asked.set_exception(failure)
        self.end()


def _unpacked(body: bytes, coding: str) -> bytes:
    """Raises UnusableAnswer for a coding that was not asked for, and for what is not packed as it says."""
    if coding == "identity" or not body:
        return body
    if coding.lower() not in ("gzip", "x-gzip"):
        raise UnusableAnswer("packed in another manner than was asked for")
    told = bytearray()
    while body:  # RFC 1952, 2.2: one member after the other
        unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            while not unpacking.eof:
                piece = unpacking.decompress(body, PIECE)
                body = unpacking.unconsumed_tail
                if not piece and not body and not unpacking.eof:
                    raise UnusableAnswer("packed, and cut off")
                told += piece
                if len(told) > BODY_LIMIT:
                    raise too_long()
        except zlib.error as failure:
            raise UnusableAnswer("not packed as it says") from failure
        body = unpacking.unused_data
    return bytes(told)
