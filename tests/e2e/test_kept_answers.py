"""What caches may keep of answers, what a client that has it already is told, and how answers are packed."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import brotli

from pipeline.documents import widget_documents
from pipeline.preparation import Preparation
from pipeline.settings import Limits
from schema.root import schema
from tests.simulated_campus import SimulatedCampus

from .small_gateway import small_gateway

LONG = "x" * 3000
PUBLIC = {
    "announcements", "catalogue-search", "course-catalogue", "course-search", "facilities", "seat-watch",
    "shuttle-board", "shuttle-map", "systems-status",
}  # fmt: skip
"""Widgets of which all is for everybody."""


async def got(campus: SimulatedCampus, document_id: str, as_: str | None = None, **headers: str) -> Any:
    if as_:
        headers["Authorization"] = f"Bearer {await campus.token(as_)}"
    async with campus.client.get("/graphql", params={"documentId": document_id}, headers=headers) as answer:
        assert bool(await answer.read()) is (answer.status == 200)
        return answer


def test_widgets_are_public_or_not_by_their_cards() -> None:
    preparation = Preparation(schema, Limits())
    documents = widget_documents()
    public = set()
    for name, text in documents.items():
        (operation,) = preparation.of(text, "", name).operations.values()
        public |= {name} if operation.public else set()
    assert public == PUBLIC
    text = "{ terms { nodes { code } } }"
    for asked in (text, "{ systems { id } __schema { types { name } } }", '{ node(id: "x") { id } }', "{ me { id } }"):
        told = preparation.of(asked, "", "asked").operations.values()
        assert [operation.public for operation in told] in ([asked == text], [])


async def test_public_answers_may_be_kept_by_all_and_a_persons_by_that_person(open_campus: SimulatedCampus) -> None:
    public = await got(open_campus, "systems-status")
    assert public.headers["Cache-Control"] == "public, max-age=30"
    for word in ("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Origin"):
        assert word in public.headers["Vary"].split(", ")
    assert (await got(open_campus, "systems-status", "alex")).headers["Cache-Control"] == "private, max-age=30"
    loans = await got(open_campus, "loans", "alex")
    assert loans.headers["Cache-Control"] == "private, no-cache"
    assert (await open_campus.ask(widget_documents()["loans"], as_="alex")).headers["Cache-Control"] == "no-store"
    params = {"query": "{ systems { id } }"}
    async with open_campus.client.get("/graphql", params=params) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


async def test_who_has_it_already_is_told_so(open_campus: SimulatedCampus) -> None:
    first = await got(open_campus, "loans", "alex")
    etag = first.headers["ETag"]
    for known in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = await got(open_campus, "loans", "alex", **{"If-None-Match": known})
        assert again.status == 304
        for name in ("ETag", "Cache-Control", "Vary", "Content-Language"):
            assert again.headers[name] == first.headers[name]
    assert (await got(open_campus, "loans", "alex", **{"If-None-Match": '"other"'})).status == 200
    of_jordan = await got(open_campus, "loans", "jordan", **{"If-None-Match": etag})
    assert of_jordan.status == 200
    assert of_jordan.headers["ETag"] != etag


async def test_what_failed_in_part_is_kept_by_nobody() -> None:
    async with small_gateway({"whole": "{ hello }", "partly": "{ hello broken }"}) as gate:
        kept = {}
        for name in ("whole", "partly", "nothing"):
            answer = await gate.client.get("/graphql", params={"documentId": name}, headers={"If-None-Match": "*"})
            kept[name] = (answer.status, answer.headers["Cache-Control"])
    assert kept == {"whole": (304, "private, no-cache"), "partly": (200, "no-store"), "nothing": (200, "no-store")}


PACKED = {
    "br": "br", "gzip": "gzip", "gzip, br": "br", "br;q=0.5, gzip": "gzip", "*": "br", "*;q=0.1, br;q=0": "gzip",
    "gzip, deflate, br, zstd": "br", "identity": None, "br;q=0": None, "": None, "deflate": None, "BR": "br",
}  # fmt: skip
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


async def test_answers_are_packed_as_the_client_asks_where_size_pays() -> None:
    async with small_gateway() as gate, aiohttp.ClientSession(auto_decompress=False) as session:
        url = gate.client.make_url("/graphql")

        async def asked(name: str, accept_encoding: str) -> tuple[str | None, bytes]:
            body = {"query": "query ($name: String!) { hello(name: $name) }", "variables": {"name": name}}
            headers = {"Accept-Encoding": accept_encoding}
            async with session.post(url, json=body, headers=headers) as answer:
                return answer.headers.get("Content-Encoding"), await answer.read()

        for accepted, expected in PACKED.items():
            coding, octets = await asked(LONG, accepted)
            assert coding == expected, accepted
            assert json.loads(UNPACKED[coding](octets)) == {"data": {"hello": f"hello {LONG}"}}
            assert (len(octets) < 200) is (coding is not None)
        assert (await asked("Ann", "br"))[0] is None


async def test_one_deadline_is_for_reading_and_answering_together() -> None:
    async with small_gateway(limits={"operation_seconds": 0.78}) as gate:

        async def halting() -> AsyncIterator[bytes]:
            yield b'{"query": '
            await asyncio.sleep(0.5)
            yield b'"{ moment }"}'  # takes 0.3 s

        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        response = await gate.client.post("/graphql", data=halting(), headers=headers)
        assert response.status == 504
        assert (await gate.post("{ moment }")).status == 200
