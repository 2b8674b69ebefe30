"""The clients that frontends and partners use ask, change and follow, each in the way of its own."""

import json
from collections.abc import AsyncIterator

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from .npm import run_in
from .small_gateway import SmallGateway, small_gateway

CLIENTS = "live-clients"
TOLD = {
    "query": {"hello": "hello Ann"},
    "mutation": {"renew": "renewed"},
    "subscription": [{"ticks": 1}, {"ticks": 2}, {"ticks": 3}],
}


@pytest.fixture(scope="module")
async def gate() -> AsyncIterator[SmallGateway]:
    async with small_gateway() as gate:
        yield gate


@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "apollo", "urql", "relay"])
async def test_a_client_of_npm_asks_changes_and_follows(gate: SmallGateway, client: str) -> None:
    gate.contexts.clear()
    token = gate.issuer.token(university_person_id="p-000017")
    printed = await run_in(CLIENTS, f"{client}.mjs", str(gate.client.make_url("/graphql")), token)
    assert json.loads(printed) == TOLD
    assert {context.viewer.person for context in gate.contexts} == {"p-000017"}


async def test_gql_of_python_asks_changes_and_follows(gate: SmallGateway) -> None:
    url = str(gate.client.make_url("/graphql"))
    authorization = {"Authorization": f"Bearer {gate.issuer.token(university_person_id='p-000017')}"}
    over_http = AIOHTTPTransport(url=url, headers=authorization)
    over_socket = WebsocketsTransport(
        url=url.replace("http", "ws", 1),
        init_payload=authorization,
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    for transport in (over_http, over_socket):
        async with Client(transport=transport) as session:
            greeting = gql("query Greet($name: String!) { hello(name: $name) person }")
            greeting.variable_values = {"name": "Ann"}
            assert await session.execute(greeting) == {"hello": "hello Ann", "person": "p-000017"}
            assert await session.execute(gql("mutation { renew }")) == TOLD["mutation"]
    async with Client(transport=over_socket) as session:
        ticks = gql("subscription { ticks(upTo: 3) }")
        assert [told async for told in session.subscribe(ticks)] == TOLD["subscription"]
