"""The gateway's HTTP side over a schema of one page, on a real socket."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from aiohttp import web
from aiohttp.test_utils import TestClient
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from campus.upload import Upload
from connectors.reads import Reading
from connectors.wire.errors import UpstreamError, UpstreamTimeout
from pipeline.answers import Answers
from pipeline.correlation import mark_answer
from pipeline.health import Health
from pipeline.http import Gateway
from pipeline.issuers import open_issuers
from pipeline.settings import Campus, Settings
from pipeline.viewer import Viewers
from resolvers.refusals import Forbidden
from resolvers.viewer import Viewer
from schema.uploads import SCALARS
from tests.served import Served
from tests.small_issuer import SmallIssuer

SECRET = "secret of the server"


News = asyncio.Queue[Any]
"""What a subscription tells next; an exception is what it fails with at that event."""


class SmallContext:
    def __init__(self, viewer: Viewer, correlation_id: str, news: News, followers: list[object]) -> None:
        self.viewer = viewer
        self.correlation_id = correlation_id
        self.calls: Counter[str] = Counter()
        self.joined: Counter[str] = Counter()
        self.late_errors: list[GraphQLError] = []
        self.reading = Reading()
        self.news = news
        self.followers = followers
        self.ended = False

    def end(self) -> None:
        self.ended = True


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
    async def moment(self) -> str:
        await asyncio.sleep(0.3)
        return "over"

    @strawberry.field
    async def slow(self, info: Info) -> str | None:
        info.context.followers.append(self)
        try:
            await asyncio.sleep(60)
        finally:
            info.context.followers.pop()
        return None


@strawberry.type
class Mutation:
    @strawberry.mutation
    def renew(self) -> str:
        return "renewed"

    @strawberry.mutation
    async def renew_when_told(self, info: Info) -> str | None:
        info.context.followers.append(self)
        told: str | None = await info.context.news.get()
        info.context.followers.pop()
        return told

    @strawberry.mutation
    async def hand_in(
        self, info: Info, files: list[Upload], maximum: int | None = None, wait: bool = False
    ) -> list[str]:
        """What came of each: name, type, digest; those that a test waits with are told to it chunk by chunk."""
        told = []
        for file in files:
            arriving = await file.open(["image/png", "application/pdf", "text/plain"], maximum)
            digest = hashlib.sha256()
            async for chunk in arriving.chunks():
                digest.update(chunk)
                if wait:
                    info.context.followers.append(len(chunk))
                    await info.context.news.get()
            told.append(f"{arriving.name} {arriving.type} {arriving.size} {digest.hexdigest()}")
        return told

    @strawberry.mutation
    def leave(self, files: list[Upload]) -> int:
        """Reads none of them."""
        return len(files)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, up_to: int = 1) -> AsyncGenerator[int, None]:
        for tick in range(1, up_to + 1):
            yield tick

    @strawberry.subscription
    async def news(self, info: Info) -> AsyncGenerator[str | None, None]:
        """What a test tells; one news is there already."""
        info.context.followers.append(self)
        try:
            yield f"hello {info.context.viewer.person or 'nobody'}"
            while True:
                yield await info.context.news.get()
        finally:
            info.context.followers.pop()

    @strawberry.subscription
    async def contexts(self, info: Info) -> AsyncGenerator[Person, None]:
        for name in ("Ann", "Bea"):
            yield Person(name=name)

    @strawberry.subscription
    async def closed(self) -> AsyncGenerator[int, None]:
        raise Forbidden("This is somebody else's.")
        yield 1


class SmallGateway:
    def __init__(
        self,
        client: TestClient[Any, Any],
        issuer: SmallIssuer,
        contexts: list[SmallContext],
        news: News,
        followers: list[object],
    ) -> None:
        self.client = client
        self.issuer = issuer
        self.contexts = contexts
        self.news = news
        self.followers = followers

    async def post(self, query: Any = "{ hello }", headers: Any = None, **more: Any) -> Any:
        return await self.client.post("/graphql", json={"query": query, **more}, headers=headers)


@asynccontextmanager
async def small_gateway(trusted: dict[str, str] | None = None, **settings: Any) -> AsyncIterator[SmallGateway]:
    contexts: list[SmallContext] = []
    news: News = asyncio.Queue()
    followers: list[object] = []

    def context_for(viewer: Viewer, correlation_id: str, _: float | None) -> SmallContext:
        contexts.append(SmallContext(viewer, correlation_id, news, followers))
        return contexts[-1]

    async with SmallIssuer() as issuer:
        whole = Settings(
            issuers=(issuer.settings(),),
            campuses=(Campus(code="CWB", name={"en": "Clear Water Bay"}, timezone="Asia/Hong_Kong"),),
            **settings,
        )
        async with open_issuers(whole.issuers) as issuers:
            app, health = web.Application(), Health()
            answers = Answers(
                schema=strawberry.Schema(Query, Mutation, Subscription, config=StrawberryConfig(scalar_map=SCALARS)),
                settings=whole,
                context_for=context_for,
                documents=trusted or {},
            )
            Gateway(answers, Viewers(issuers, whole.account_claims), whole).add_to(app)
            health.add_to(app)
            health.accepting = True
            app.on_response_prepare.append(mark_answer)
            async with TestClient(Served(app)) as client:
                yield SmallGateway(client, issuer, contexts, news, followers)
