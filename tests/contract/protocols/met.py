"""A simulated system that can be made to fail and to say what nobody has heard of, and the connector that meets it."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

from connectors.wire import Operation
from sandbox.frame import framed
from tests.contract.simulators import clock_at, served
from tests.contract.wire import Reach, reached

from .case import NOW, Case, Endpoint, Held, Lacks

SECRET = "s3cret-of-the-gateway"

OPEN = {"Host", "Accept", "Accept-Encoding", "User-Agent", "Content-Length", "Content-Type", "X-Correlation-Id"}
"""Headers of a question that everybody may see; what stands in any other may be a credential."""


class Said(NamedTuple):
    """A question and the answer that the simulated system gave."""

    path: str
    headers: Mapping[str, str]
    """Of the answer."""
    status: int
    answer: bytes


class Met:
    """One protocol: its system, and what went over the wire since it was last well."""

    def __init__(self, case: Case, db: sqlite3.Connection, session: aiohttp.ClientSession) -> None:
        self.case = case
        self.origin = ""
        self.said: list[Said] = []
        self.credentials: set[str] = set()
        """Whatever was sent that could be one."""
        self.accounts: set[str] = set()
        """Whose data was asked for."""
        self.plant: Callable[[bytes], bytes] | None = None
        self._db = db
        self._session = session
        self._asked: dict[str, tuple[Any, ...]] = {}

    async def fault(self, mode: str, path: str = "", method: str = "") -> None:
        fault = {"mode": mode, "seconds": 0.05, "path": path, "method": method}
        async with self._session.put(f"{self.origin}/__faults", json=fault) as answer:
            assert answer.status == 200

    async def well(self) -> None:
        """As if nothing had been asked yet."""
        await self.fault("none")
        self.plant = None
        self.said.clear()
        self.credentials.clear()
        async with self._session.delete(f"{self.origin}/__calls") as answer:
            assert answer.status == 204

    async def calls(self) -> list[dict[str, Any]]:
        async with self._session.get(f"{self.origin}/__calls") as answer:
            return (await answer.json())["calls"]

    def reach(self, at: str = "", **access: Any) -> AbstractAsyncContextManager[Reach]:
        """The connector over the simulated system, or over another server in its place."""
        case = self.case
        return reached(
            case.module,
            (at or self.origin) + case.path,
            SECRET,
            case.username,
            campus=case.campus,
            options=case.options,
            **access,
        )

    async def asked(self, name: str) -> tuple[Any, ...]:
        """What the endpoint is asked with, looked up once while all is well."""
        if name not in self._asked:
            async with self.reach(timeout=10) as reach:
                arguments = (self.case.changes.get(name) or self._endpoint(name)).arguments
                self._asked[name] = await arguments(reach.ask(), self._account_of)
            await self.well()
        return self._asked[name]

    async def ask(self, reach: Reach, name: str, operation: Operation | None = None) -> Any:
        return await getattr(reach.ask(operation), name)(*await self.asked(name))

    async def questions(self) -> list[Callable[[Any], Awaitable[Any]]]:
        """Different ones, as many as the protocol has: each endpoint, and the keys that nobody has."""
        found = []
        for name, endpoint in self.case.endpoints.items():
            if isinstance(endpoint, Endpoint):
                arguments = await self.asked(name)
                found.append(_question(name, arguments))
                if not isinstance(endpoint.absent, Lacks):
                    found.append(_question(name, endpoint.absent.instead(*arguments)))
        return found

    async def held(self, name: str) -> Held:
        return Held(self._db, self.case.university(), await self.asked(name))

    def _endpoint(self, name: str) -> Endpoint:
        endpoint = self.case.endpoints[name]
        assert isinstance(endpoint, Endpoint)
        return endpoint

    def _account_of(self, persona: str) -> str:
        assert isinstance(self.case.account, str), "a protocol without accounts asks for nobody's"
        (person,) = [each for each in self.case.university().people if each.persona == persona]
        account = person.accounts[self.case.account]
        self.accounts.add(account)
        return account

    @web.middleware
    async def witness(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        answer = await handler(request)
        if request.path.startswith("/__"):
            return answer
        self.credentials |= {value.split()[-1] for name, value in request.headers.items() if name not in OPEN and value}
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
        headers = {name: value for name, value in answer.headers.items() if name not in ("Content-Length", "Date")}
        if self.plant and answer.status == 200:
            body = self.plant(body)
            answer = web.Response(body=body, headers=headers)
        self.said.append(Said(request.path, headers, answer.status, body))
        return answer


def _question(name: str, arguments: tuple[Any, ...]) -> Callable[[Any], Awaitable[Any]]:
    return lambda module: getattr(module, name)(*arguments)


@asynccontextmanager
async def met(case: Case) -> AsyncIterator[Met]:
    db = sqlite3.connect(":memory:")
    case.simulator.seed(db, case.university(), case.campus)
    clock = clock_at(NOW)
    secret = f"{case.username}:{SECRET}" if case.username else SECRET
    async with aiohttp.ClientSession() as session:
        simulated = Met(case, db, session)
        app = framed(case.simulator.build_app(db, clock, secret), case.simulator, clock)
        app.middlewares.insert(0, simulated.witness)
        async with served(app) as simulated.origin:
            yield simulated
            await simulated.fault("none")  # whoever is kept waiting is let go
    db.close()
