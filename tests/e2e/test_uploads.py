"""Files by the GraphQL multipart request specification: streamed, limited, known by content, guarded, and scanned."""

import asyncio
import hashlib
import json
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.machine import patience

from .small_gateway import SmallGateway, small_gateway

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 9
PDF = b"%PDF-1.7\n" + b"\r\n--boundary\r\n" * 700
HAND_IN = "mutation($files: [Upload!]!, $maximum: Int) { handIn(files: $files, maximum: $maximum) }"
UNREACHED = ("UPSTREAM_UNAVAILABLE", "scanner cannot be reached at the moment.")
GUARD = {"GraphQL-Preflight": "1"}


@pytest.fixture
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway(uploads={"files": 3, "file_bytes": 40_000}) as ready:
        yield ready


def form(
    *files: tuple[str, Any], query: str = HAND_IN, operations: Any = None, mapped: Any = None, **variables: Any
) -> aiohttp.FormData:
    """As clients send it: operations, map, then the files."""
    asked = {"query": query, "variables": {"files": [None] * len(files), **variables}}
    places = {str(place): [f"variables.files.{place}"] for place in range(len(files))}
    sent = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    sent.add_field("operations", json.dumps(asked if operations is None else operations))
    sent.add_field("map", json.dumps(places if mapped is None else mapped))
    for place, (name, content) in enumerate(files):
        sent.add_field(str(place), content, filename=name, content_type="application/octet-stream")
    return sent


async def sent(gate: SmallGateway, data: Any, headers: Any = GUARD) -> tuple[int, Any]:
    async with gate.client.post("/graphql", data=data, headers=headers) as response:
        return response.status, await response.json()


def told(name: str, kind: str, content: bytes) -> str:
    return f"{name} {kind} {len(content)} {hashlib.sha256(content).hexdigest()}"


def refusals(body: Any) -> list[tuple[str, str]]:
    return [(error["extensions"]["code"], error["message"]) for error in body["errors"]]


async def test_files_arrive_byte_for_byte_under_harmless_names(gate: SmallGateway) -> None:
    status, body = await sent(gate, form(("me.PNG", PNG), ("../../etc/x\u202egnp.exe", PNG), (" lea\u200bse.pdf", PDF)))
    assert (status, body) == (
        200,
        {
            "data": {
                "handIn": [
                    told("me.PNG", "image/png", PNG),
                    told("xgnp.exe.png", "image/png", PNG),
                    told("lease.pdf", "application/pdf", PDF),
                ]
            }
        },
    )


async def test_a_file_is_what_its_bytes_say_and_not_what_it_is_called(gate: SmallGateway) -> None:
    for name, content in (("me.png", b"MZ\x90\x00" + bytes(500)), ("me.png", b"<!DOCTYPE html><html><script>")):
        _, body = await sent(gate, form((name, content)))
        assert refusals(body) == [
            (
                "BAD_USER_INPUT",
                "By its content this is none of the types taken here: image/png, application/pdf, text/plain.",
            )
        ]
    _, body = await sent(gate, form(("空.txt", "二零二六年".encode() * 400)))
    assert body == {"data": {"handIn": [told("空.txt", "text/plain", "二零二六年".encode() * 400)]}}
    _, body = await sent(gate, form(("nul.txt", b"text\0with nul")))
    assert refusals(body)[0][0] == "BAD_USER_INPUT"
    _, body = await sent(gate, form(("empty.txt", b"")))
    assert refusals(body) == [("BAD_USER_INPUT", "The file is empty.")]


async def test_size_and_number_are_limited_while_they_come(gate: SmallGateway) -> None:
    _, body = await sent(gate, form(("a.png", PNG + bytes(40_000))))
    assert refusals(body) == [("BAD_USER_INPUT", "The file is larger than 40000 bytes.")]
    _, body = await sent(gate, form(("a.png", PNG), maximum=2_000))
    assert refusals(body) == [("BAD_USER_INPUT", "The file is larger than 2000 bytes.")]
    status, body = await sent(gate, form(*[("a.png", PNG)] * 4))
    assert (status, refusals(body)) == (413, [("QUERY_TOO_COMPLEX", "There are more than 3 files.")])


async def test_no_page_can_send_files_unasked(gate: SmallGateway) -> None:
    status, body = await sent(gate, form(("a.png", PNG)), headers={})
    assert (status, refusals(body)) == (
        400,
        [("BAD_REQUEST", "A multipart request needs the header GraphQL-Preflight, with any value.")],
    )
    status, body = await sent(gate, form(("a.png", PNG)), headers={"Apollo-Require-Preflight": "true"})
    assert (status, "errors" in body) == (200, False)
    status, body = await sent(gate, form(("a.png", PNG)), headers={**GUARD, "Origin": "https://elsewhere.example"})
    assert (status, refusals(body)[0][0]) == (403, "FORBIDDEN")


ASKED = {"query": HAND_IN, "variables": {"files": [None, 1]}}


@pytest.mark.parametrize(
    ("operations", "mapped", "words"),
    [
        ([ASKED], {}, "Several requests in one (batching) are not answered; send them one by one."),
        (ASKED, [], "The part `map` must be a JSON object."),
        (ASKED, {"0": []}, "The map must name one variable for the file '0'."),
        (ASKED, {"0": ["variables.files.0", "variables.files.1"]}, "The map must name one variable for the file '0'."),
        *(
            (ASKED, {"0": [path]}, f"The map names {path!r}, where no file is awaited.")
            for path in ("query", "variables", "variables.files", "variables.files.1", "variables.files.2",
                         "variables.files.x", "variables.other", "variables.files.0.0", "operationName.0", 7)
        ),
    ],
)  # fmt: skip
async def test_what_is_no_multipart_request_of_the_specification_is_refused(
    gate: SmallGateway, operations: Any, mapped: Any, words: str
) -> None:
    status, body = await sent(gate, form(("a.png", PNG), operations=operations, mapped=mapped))
    assert (status, refusals(body)) == (400, [("BAD_REQUEST", words)])


async def test_operations_and_map_come_first_and_are_no_larger_than_a_body_may_be(gate: SmallGateway) -> None:
    late = aiohttp.FormData(default_to_multipart=True)
    late.add_field("map", "{}")
    late.add_field("operations", "{}")
    status, body = await sent(gate, late)
    assert (status, refusals(body)) == (
        400,
        [("BAD_REQUEST", "The part `operations` is missing, or not where it must be.")],
    )
    broken = aiohttp.FormData(default_to_multipart=True)
    broken.add_field("operations", "{")
    assert refusals((await sent(gate, broken))[1]) == [("BAD_REQUEST", "The part `operations` is not JSON.")]
    status, body = await sent(gate, form(("a.png", PNG), operations={"query": "#" * 300_000}))
    assert (status, refusals(body)[0][0]) == (413, "QUERY_TOO_COMPLEX")
    status, body = await sent(
        gate, b"no boundary", headers={**GUARD, "Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (status, refusals(body)) == (400, [("BAD_REQUEST", "The body was cut off, or is no multipart form.")])


async def test_a_file_is_no_file_that_is_no_upload_or_does_not_come_in_its_order(gate: SmallGateway) -> None:
    response = await gate.post(HAND_IN, variables={"files": ["me.png"]})
    assert refusals(await response.json())[0][0] == "BAD_USER_INPUT"
    backwards = {"1": ["variables.files.0"], "0": ["variables.files.1"]}
    _, body = await sent(gate, form(("a.png", PNG), ("b.png", PNG), mapped=backwards))
    assert refusals(body) == [("BAD_USER_INPUT", "The file did not come, or not in the order that the map names.")]
    missing = {"0": ["variables.files.0"], "9": ["variables.files.1"]}
    _, body = await sent(gate, form(("a.png", PNG), ("b.png", PNG), mapped=missing))
    assert refusals(body) == [("BAD_USER_INPUT", "The file did not come, or not in the order that the map names.")]


async def test_files_that_nobody_reads_keep_nobody_from_the_answer(gate: SmallGateway) -> None:
    query = "mutation($files: [Upload!]!) { leave(files: $files) }"
    assert await sent(gate, form(("a.png", PNG), ("b.png", PNG), query=query)) == (200, {"data": {"leave": 2}})
    assert (await sent(gate, form(("a.png", PNG))))[0] == 200


async def test_a_large_file_is_never_held_whole() -> None:
    size = 96 * 2**20

    async def long() -> AsyncIterator[bytes]:
        yield PNG
        for _ in range(size // 2**20):
            yield bytes(2**20)

    async with small_gateway(uploads={"file_bytes": 2 * size}) as gate:
        await sent(gate, form(("warm.png", PNG)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        status, body = await sent(gate, form(("long.png", long())))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert status == 200
    assert body["data"]["handIn"][0].startswith(f"long.png image/png {size + len(PNG)} ")
    assert grown < 24 * 1024, f"{grown} KiB more"


async def test_a_reader_that_waits_makes_the_sender_wait() -> None:
    query = "mutation($files: [Upload!]!) { handIn(files: $files, wait: true) }"
    offered = 0

    async def offer() -> AsyncIterator[bytes]:
        nonlocal offered
        yield PNG
        for _ in range(1_000):
            offered += 2**16
            yield bytes(2**16)

    async with small_gateway() as gate:
        sending = asyncio.create_task(sent(gate, form(("a.png", offer()), query=query)))
        async with asyncio.timeout(patience(5)):
            while not gate.followers:  # noqa: ASYNC110 - what the reader has seen has no event
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        # What two sockets and the buffers of both sides hold, and no more of the 64 MB.
        assert offered < 16 * 2**20
        for _ in range(1_000):
            gate.news.put_nowait(None)
        _, body = await sending
    assert refusals(body) == [("BAD_USER_INPUT", "The file is larger than 10485760 bytes.")]


@asynccontextmanager
async def clamd(verdict: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A scanner that speaks INSTREAM, and what it was shown."""
    shown: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        seen = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            seen += await reader.readexactly(length)
        shown.append(seen)
        writer.write(verdict)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}", shown


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (b"stream: OK\0", None),
        (b"stream: Eicar-Test-Signature FOUND\0", ("BAD_USER_INPUT", "The file was found to be harmful.")),
        (
            b"INSTREAM size limit exceeded. ERROR\0",
            ("UPSTREAM_UNAVAILABLE", "scanner cannot be reached at the moment."),
        ),
        (b"", ("UPSTREAM_UNAVAILABLE", "scanner cannot be reached at the moment.")),
    ],
)
async def test_what_a_scanner_does_not_let_pass_is_not_taken(verdict: bytes, expected: Any) -> None:
    async with clamd(verdict) as (address, shown), small_gateway(uploads={"scanner": address}) as gate:
        _, body = await sent(gate, form(("a.png", PNG)))
    assert shown == [PNG]
    assert refusals(body) == [expected] if expected else "errors" not in body


async def test_without_its_scanner_no_file_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with small_gateway(uploads={"scanner": f"tcp://127.0.0.1:{port}"}) as gate:
        _, body = await sent(gate, form(("a.png", PNG)))
    assert refusals(body) == [UNREACHED]
