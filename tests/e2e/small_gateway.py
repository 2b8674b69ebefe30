"""The gateway's HTTP side over a schema of one page, on a real socket."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from graphql import GraphQLError

from connectors.wire.errors import UpstreamError, UpstreamTimeout
from pipeline.correlation import mark_answer
from pipeline.health import Health
from pipeline.http import Gateway
from pipeline.issuers import open_issuers
from pipeline.settings import Campus, Settings
from resolvers.refusals import Forbidden
from resolvers.viewer import Viewer
from tests.small_issuer import SmallIssuer

SECRET = "secret of the server"


class SmallContext:
    def __init__(self, viewer: Viewer, correlation_id: str) -> None:
        self.viewer = viewer
        self.correlation_id = correlation_id
        self.calls: Counter[str] = Counter()
        self.late_errors: list[GraphQLError] = []


Info = strawberry.Info[SmallContext, None]


@strawberry.type
class Person:
    name: str

    @strawberry.field
    def friend(self) -> "Person":
        return Person(name=f"friend of {self.name}")


@strawberry.type
class Query:
    @strawberry.field
    async def hello(self, info: Info, name: str = "world") -> str | None:
        info.context.calls["sis-cwb"] += 1
        return f"hello {name}"

    @strawberry.field
    def person(self, info: Info) -> str | None:
        return info.context.viewer.person or None

    @strawberry.field
    def somebody(self) -> Person:
        return Person(name="Ann")

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    async def forbidden(self) -> str | None:
        raise Forbidden("This is somebody else's.")

    @strawberry.field
    async def loans(self) -> list[str] | None:
        raise UpstreamTimeout("library-cwb", SECRET, retry_after=2)

    @strawberry.field
    async def merged(self, info: Info) -> list[str] | None:
        cause = UpstreamError("sis-gz", SECRET)
        info.context.late_errors.append(GraphQLError("part", path=["merged"], original_error=cause))
        return ["what came"]

    @strawberry.field
    async def slow(self) -> str | None:
        await asyncio.sleep(60)
        return None


@strawberry.type
class Mutation:
    @strawberry.mutation
    def renew(self) -> str:
        return "renewed"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        yield 1


class SmallGateway:
    def __init__(self, client: TestClient[Any, Any], issuer: SmallIssuer, contexts: list[SmallContext]) -> None:
        self.client = client
        self.issuer = issuer
        self.contexts = contexts

    async def post(self, query: Any = "{ hello }", headers: Any = None, **more: Any) -> Any:
        return await self.client.post("/graphql", json={"query": query, **more}, headers=headers)


@asynccontextmanager
async def small_gateway(documents: dict[str, str] | None = None, **settings: Any) -> AsyncIterator[SmallGateway]:
    contexts: list[SmallContext] = []

    def context_for(viewer: Viewer, correlation_id: str) -> SmallContext:
        contexts.append(SmallContext(viewer, correlation_id))
        return contexts[-1]

    async with SmallIssuer() as issuer:
        whole = Settings(
            issuers=(issuer.settings(),),
            campuses=(Campus(code="CWB", name={"en": "Clear Water Bay"}, timezone="Asia/Hong_Kong"),),
            **settings,
        )
        async with open_issuers(whole.issuers) as issuers:
            app, health = web.Application(), Health()
            Gateway(
                schema=strawberry.Schema(Query, Mutation, Subscription),
                settings=whole,
                issuers=issuers,
                context_for=context_for,
                documents=documents or {},
            ).add_to(app)
            health.add_to(app)
            health.accepting = True
            app.on_response_prepare.append(mark_answer)
            async with TestClient(TestServer(app)) as client:
                yield SmallGateway(client, issuer, contexts)
