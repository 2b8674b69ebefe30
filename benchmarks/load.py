"""Clients that ask one thing over and over, each on a connection of its own that it keeps."""

import asyncio
import time

HEAD = (
    "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    "Content-Length: {length}\r\n\r\n"
)


async def asked(port: int, body: bytes, connections: int, requests: int) -> tuple[list[float], bytes]:
    """Milliseconds of each request, and the last answer. Raises SystemExit for whatever is no 200."""
    request = HEAD.format(length=len(body)).encode() + body
    left = iter(range(requests))
    spent: list[float] = []
    last = b""

    async def client() -> None:
        nonlocal last
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for _ in left:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            last = await reader.readexactly(int(length.split(b":")[1]))
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
