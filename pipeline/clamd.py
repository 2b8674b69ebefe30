"""Looks for harm in a file while it passes: clamd's command INSTREAM, fed chunk by chunk.

Source: clamd's manual page, COMMANDS: after `zINSTREAM` come chunks, each after its length in four bytes, big-endian;
one of no length ends them; the answer is `stream: OK` or `stream: <name> FOUND`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from connectors.wire.errors import UpstreamError

SYSTEM = "scanner"
"""What errors call it."""

SECONDS = 10.0
"""For the connection, for taking a chunk, and for the verdict, each."""


class Scan:
    """One file under way to the scanner."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def feed(self, chunk: bytes) -> None:
        """Raises UpstreamError where the scanner is gone: one that ends early would have refused the rest."""
        try:
            async with asyncio.timeout(SECONDS):
                self._writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await self._writer.drain()
        except (OSError, TimeoutError) as failure:
            raise UpstreamError(SYSTEM, type(failure).__name__) from failure

    async def harmless(self) -> bool:
        """The verdict, after the last chunk. Raises UpstreamError where there is none."""
        await self.feed(b"")
        try:
            async with asyncio.timeout(SECONDS):
                answer = (await self._reader.read(4096)).rstrip(b"\0\n")
        except (OSError, TimeoutError) as failure:
            raise UpstreamError(SYSTEM, type(failure).__name__) from failure
        if answer.endswith(b" FOUND"):
            return False
        if answer != b"stream: OK":
            raise UpstreamError(SYSTEM, "no verdict")
        return True


@asynccontextmanager
async def scan(address: str) -> AsyncIterator[Scan]:
    """A scan at clamd's address, tcp://host:port or unix:///path. Raises UpstreamError where nobody answers there."""
    url = urlsplit(address)
    try:
        async with asyncio.timeout(SECONDS):
            if url.scheme == "unix":
                reader, writer = await asyncio.open_unix_connection(url.path)
            else:
                reader, writer = await asyncio.open_connection(url.hostname, url.port)
    except (OSError, TimeoutError) as failure:
        raise UpstreamError(SYSTEM, type(failure).__name__) from failure
    try:
        writer.write(b"zINSTREAM\0")
        yield Scan(reader, writer)
    finally:
        writer.close()
