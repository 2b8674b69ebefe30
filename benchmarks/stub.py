"""The systems behind the dashboard, as one process that answers at once, or after a while, and counts what it is asked.

python -m benchmarks.stub MILLISECONDS    prints its port
"""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

import msgspec
import uvloop

from .dashboard import COURSES, LISTS, PEOPLE


def answer(target: str) -> object:
    """Of any system: `/records/people?ids=p1,p2`, `/records/courses?ids=…` or `/calendar/lists/events?first=5`."""
    _, _system, kind, *name = urlsplit(target).path.split("/")
    given = parse_qs(urlsplit(target).query)
    if kind == "lists":
        return LISTS[name[0]][: int(given["first"][0])]
    rows = PEOPLE if kind == "people" else COURSES
    return [rows[key] for key in given["ids"][0].split(",")]


class Stub(asyncio.Protocol):
    """One connection. Whoever asks keeps it and sends one question after the other."""

    asked = 0
    seconds = 0.0
    known: dict[str, bytes] = {}  # noqa: RUF012  one for all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode()
            if target == "/__asked":
                told, Stub.asked = _response(Stub.asked), 0
                self._write(told)
                continue
            Stub.asked += 1
            told = Stub.known.get(target) or Stub.known.setdefault(target, _response(answer(target)))
            if self.seconds:
                asyncio.get_running_loop().call_later(self.seconds, self._write, told)
            else:
                self._write(told)

    def _write(self, told: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(told)  # type: ignore[attr-defined]


def _response(value: object) -> bytes:
    body = msgspec.json.encode(value)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def main() -> None:
    Stub.seconds = float(sys.argv[1]) / 1000
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
