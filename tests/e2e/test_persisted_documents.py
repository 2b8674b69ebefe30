"""Documents by their hash or their id: what is run, what is asked for once more, and what is refused."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest

from pipeline.documents import widget_documents
from tests.simulated_campus import SimulatedCampus

from .npm import run_in
from .small_gateway import SmallGateway, small_gateway

GRAPHQL = "application/graphql-response+json"
GREETING = "query Greeting { hello }"
RENEWAL = "mutation Renewal { renew }"
NEWS = "subscription Ticks { ticks(upTo: 2) }"
TRUSTED = {"greeting": GREETING, "renewal": RENEWAL, "ticks": NEWS}
OTHER = "query Other($name: String!) { hello(name: $name) }"


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}


async def codes(response: Any) -> list[str]:
    return [error["extensions"]["code"] for error in (await response.json(content_type=None)).get("errors", [])]


@pytest.fixture
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway(TRUSTED) as ready:
        yield ready


async def post(gate: SmallGateway, accept: str = GRAPHQL, **body: Any) -> Any:
    return await gate.client.post("/graphql", json=body, headers={"Accept": accept})


async def test_a_hash_is_enough_once_the_text_was_sent_with_it(gate: SmallGateway) -> None:
    ask = {"variables": {"name": "Ann"}, "extensions": persisted(OTHER)}
    for accept, status in ((GRAPHQL, 404), ("application/json", 200)):
        unknown = await post(gate, accept, **ask)
        assert unknown.status == status
        assert unknown.headers["Cache-Control"] == "no-store"
        (error,) = (await unknown.json(content_type=accept))["errors"]
        assert (error["message"], error["extensions"]["code"]) == ("PersistedQueryNotFound", "DOCUMENT_NOT_FOUND")
    for body in ({"query": OTHER, **ask}, ask):
        assert await (await post(gate, **body)).json(content_type=GRAPHQL) == {"data": {"hello": "hello Ann"}}
    parameters = {"variables": '{"name": "Bea"}', "extensions": json.dumps(persisted(OTHER))}
    got = await gate.client.get("/graphql", params=parameters)
    assert await got.json() == {"data": {"hello": "hello Bea"}}


async def test_a_text_is_not_remembered_by_the_hash_of_another(gate: SmallGateway) -> None:
    refused = await post(gate, "application/json", query="{ hello }", extensions=persisted("{ person }"))
    assert (refused.status, await codes(refused)) == (400, ["BAD_REQUEST"])
    assert await codes(await post(gate, extensions=persisted("{ person }"))) == ["DOCUMENT_NOT_FOUND"]
    assert gate.contexts == []


@pytest.mark.parametrize(
    "extension", ["abc", {"version": 2, "sha256Hash": "abc"}, {"version": 1}, {"version": 1, "sha256Hash": 7}]
)
async def test_a_hash_in_another_manner_is_refused(gate: SmallGateway, extension: Any) -> None:
    for text in ({"query": "{ hello }"}, {}):
        assert (await post(gate, "application/json", extensions={"persistedQuery": extension}, **text)).status == 400


async def test_a_trusted_document_is_asked_for_by_its_id(gate: SmallGateway) -> None:
    by_hash = f"sha256:{sha256(GREETING.encode()).hexdigest()}"
    for document_id in ("greeting", by_hash):
        posted = await post(gate, documentId=document_id)
        got = await gate.client.get("/graphql", params={"documentId": document_id})
        assert await posted.json(content_type=GRAPHQL) == await got.json() == {"data": {"hello": "hello world"}}
    assert await (await post(gate, documentId="renewal")).json(content_type=GRAPHQL) == {"data": {"renew": "renewed"}}
    assert (await gate.client.get("/graphql", params={"documentId": "renewal"})).status == 405
    streamed = await gate.client.get(
        "/graphql", params={"documentId": "ticks"}, headers={"Accept": "text/event-stream"}
    )
    assert (await streamed.text()).count("event: next") == 2


async def test_what_names_no_document_is_refused(gate: SmallGateway) -> None:
    unknown = await post(gate, documentId="nothing")
    assert (unknown.status, await codes(unknown)) == (404, ["DOCUMENT_NOT_FOUND"])
    assert (await post(gate, "application/json", documentId="nothing")).status == 200
    for body in ({"documentId": 7}, {"documentId": "greeting", "query": GREETING}, {"documentId": None}):
        assert (await post(gate, "application/json", **body)).status == 400


async def test_sockets_take_them_as_well(gate: SmallGateway) -> None:
    async with gate.client.ws_connect("/graphql", protocols=("graphql-transport-ws",)) as socket:
        await socket.send_json({"type": "connection_init"})
        await socket.receive_json()
        await socket.send_json({"type": "subscribe", "id": "1", "payload": {"documentId": "ticks"}})
        told = [await socket.receive_json() for _ in range(3)]
    assert [each.get("payload") for each in told] == [{"data": {"ticks": 1}}, {"data": {"ticks": 2}}, None]


async def test_nothing_else_is_run_where_only_trusted_documents_are() -> None:
    async with small_gateway(TRUSTED, documents={"only_trusted": True}) as gate:
        for body in ({"query": OTHER}, {"query": OTHER, "extensions": persisted(OTHER)}, {"query": "{ __typename }"}):
            refused = await post(gate, **body)
            assert (refused.status, await codes(refused)) == (403, ["FORBIDDEN"])
        assert await codes(await post(gate, extensions=persisted(OTHER))) == ["DOCUMENT_NOT_FOUND"]
        assert gate.contexts == []
        for body in ({"documentId": "greeting"}, {"query": GREETING}, {"extensions": persisted(GREETING)}):
            assert await codes(await post(gate, **body)) == []
        assert len(gate.contexts) == 3


async def test_apollo_client_sends_a_text_once_and_then_its_hash(gate: SmallGateway) -> None:
    printed = await run_in("live-clients", "apollo-persisted.mjs", str(gate.client.make_url("/graphql")))
    told = json.loads(printed)
    assert told["data"] == [{"hello": "hello Ann"}, {"hello": "hello Bea"}]
    assert [(each["method"], "query" in each["sent"]) for each in told["requests"]] == [
        ("GET", False), ("GET", True), ("GET", False),
    ]  # fmt: skip


async def test_each_widget_is_a_trusted_document(open_campus: SimulatedCampus) -> None:
    for name in ("shuttle-board", "service-catalogue", "dashboard"):
        assert name in widget_documents()
        answer = await open_campus.client.get("/graphql", params={"documentId": name})
        assert answer.status == 200
        assert (await answer.json())["data"]
