"""Clients that ask over and over, each on a connection of its own that it keeps."""

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle, islice

HEAD = (
    "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    "{more}Content-Length: {length}\r\n\r\n"
)


def request(body: bytes, token: str = "") -> bytes:
    more = f"Authorization: Bearer {token}\r\n" if token else ""
    return HEAD.format(more=more, length=len(body)).encode() + body


async def asked(
    port: int, requests: Sequence[bytes], connections: int, many: int
) -> tuple[list[float], dict[int, bytes]]:
    """Milliseconds of so many requests, which are taken in turn, and the last answer to each by its place. Raises
    SystemExit for whatever is no 200."""
    left = islice(cycle(enumerate(requests)), many)
    spent: list[float] = []
    last: dict[int, bytes] = {}

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for place, request in left:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            last[place] = await reader.readexactly(int(length.split(b":")[1]))
            spent.append((time.perf_counter() - started) * 1000)
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return spent, last


async def calls_since(port: int) -> int:
    """What the stub was asked since this was asked last."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /__asked HTTP/1.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    calls = await reader.read(20)
    writer.close()
    return int(calls)
