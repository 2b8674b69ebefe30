"""The whole campus: the simulated university in its own process, and a real gateway over it, for tests to ask."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakSet
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp.test_utils import TestClient

import gateway
from commands import simulated_settings
from commands.simulated import Announcement, simulated
from commands.simulated_routes import routes
from pipeline import preparation
from pipeline.documents import widget_documents
from pipeline.settings import Settings, settings_from
from pipeline.settings_values import Surroundings
from resolvers.accounts import KnownAccounts
from schema.root import schema

from .served import Served

NOW = "2026-10-28T10:00:00+08:00"
"""A Wednesday in mid-term 2610."""

_PREPARED: dict[tuple[Any, ...], preparation.Prepared] = {}


def _prepared_once(
    self: preparation.Preparation, text: str, document_hash: str, document_id: str | None = None
) -> preparation.Prepared:
    """To prepare the trusted documents costs more than most tests, each of which opens a gateway of its own."""
    if self._schema is not schema or document_id is None:
        return _prepare(self, text, document_hash, document_id)
    key = (self._limits, text, document_id)
    if key not in _PREPARED:
        _PREPARED[key] = _prepare(self, text, document_hash, document_id)
    return _PREPARED[key]


_prepare = preparation.Preparation.of
preparation.Preparation.of = _prepared_once  # type: ignore[method-assign]

_KNOWN: WeakSet[KnownAccounts] = WeakSet()


def _seen_from_outside() -> KnownAccounts:
    """To forget whom a gateway knows costs nothing beside a fresh gateway, which reads every index."""
    known = KnownAccounts()
    _KNOWN.add(known)
    return known


gateway.KnownAccounts = _seen_from_outside  # type: ignore[assignment,misc]

OF_NOBODY = ("index-", "live-")
"""How the correlation ids of calls begin that belong to no operation."""

INDEXES = """
{
  courses { totalCount } services { nodes { key } } shuttleStops { nodes { code } }
  announcements { totalCount } facilities { nodes { name } } me { eResources { nodes { name } } }
}
"""


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def data(self) -> Any:
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.body.get("errors", [])

    def at(self, path: str) -> Any:
        """The value at a dotted path; numbers are places in a list. None where something above is null."""
        value = self.data
        for part in path.split("."):
            if value is None:
                return None
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def faults(self) -> set[tuple[str, str, str | None]]:
        """Each error as (dotted path, code, system)."""
        return {
            (".".join(map(str, error.get("path", ()))), error["extensions"]["code"], error["extensions"].get("system"))
            for error in self.errors
        }

    def codes_at(self, path: str) -> list[str]:
        return sorted(code for where, code, _ in self.faults() if where == path)


class SimulatedSystem:
    """One system of the simulated university, by its own origin."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def fault(self, mode: str, **more: Any) -> None:
        async with self._session.put(f"{self.url}/__faults", json={"mode": mode, **more}) as answer:
            assert answer.status == 200, await answer.text()

    async def calls(self) -> list[dict[str, Any]]:
        async with self._session.get(f"{self.url}/__calls") as answer:
            return (await answer.json())["calls"]

    async def asked(self) -> list[dict[str, Any]]:
        """The calls of operations; those that fill an index, or follow what is live, belong to none."""
        return [call for call in await self.calls() if not call["correlation_id"].startswith(OF_NOBODY)]

    async def forget_calls(self) -> None:
        async with self._session.delete(f"{self.url}/__calls") as answer:
            assert answer.status == 204

    async def get(self, path: str, params: Mapping[str, str] | None = None, **headers: str) -> Any:
        """A plain GET, as a developer's curl would ask."""
        sent = {"Accept": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        async with self._session.get(self.url + path, params=params, headers=sent) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def text(self, path: str, params: Mapping[str, str] | None = None) -> str:
        """The same, of what does not speak JSON."""
        async with self._session.get(self.url + path, params=params) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()


class University:
    """The simulated university, for the whole test session."""

    def __init__(self, told: Announcement, session: aiohttp.ClientSession) -> None:
        self.told = told
        self.session = session
        self.systems = {system.id: SimulatedSystem(session, system.url) for system in told.systems}
        self.tokens: dict[tuple[str, str, str], str] = {}

    def settings(self, own: Mapping[str, Any] | None = None, **environ: str) -> Settings:
        """The gateway's settings for it, under those of a campus.toml. Nothing of systems' answers is kept, unless it
        says so: tests change what systems hold, and see it at once."""
        document = simulated_settings.document(self.told, {"caches": {"on": False}, **(own or {})})
        surroundings = Surroundings(environ={**simulated_settings.secrets(self.told), **environ})
        return settings_from(document, source="test", surroundings=surroundings)

    async def well(self) -> None:
        """No faults, and no calls remembered."""
        for system in self.systems.values():
            await system.fault("none")
            await system.forget_calls()


class SimulatedCampus:
    """A gateway over the simulated university, as its clients see it."""

    def __init__(self, client: TestClient[Any, Any], university: University) -> None:
        self.client = client
        self.university = university

    @property
    def systems(self) -> Mapping[str, SimulatedSystem]:
        return self.university.systems

    async def token(self, who: str, scope: str = "", issuer: str = "") -> str:
        wish = (who, scope, issuer)
        if wish not in self.university.tokens:
            body = {"as": who, "scope": scope, "issuer": issuer}
            async with self.client.post("/sandbox/token", json=body) as answer:
                told = await answer.json()
                assert answer.status == 200, told
            self.university.tokens[wish] = told["access_token"]
        return self.university.tokens[wish]

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        as_: str | None = None,
        scope: str = "",
        issuer: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if as_ is not None:
            sent["Authorization"] = f"Bearer {await self.token(as_, scope, issuer)}"
        body = {"query": query, "variables": dict(variables or {})}
        async with self.client.post("/graphql", json=body, headers=sent) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.json(content_type=None))

    async def widget(self, name: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Answer:
        return await self.ask(widget_documents()[name], variables, **more)

    async def calls(self) -> dict[str, list[str]]:
        """Calls of operations by system, as "METHOD path?query body"."""
        told = {}
        for name, system in self.systems.items():
            if rows := await system.asked():
                told[name] = [" ".join(filter(None, (_line(call), call["body"]))) for call in rows]
        return told

    async def counts(self) -> dict[str, int]:
        return {name: len(calls) for name, calls in (await self.calls()).items()}

    async def forget_calls(self) -> None:
        for system in self.systems.values():
            await system.forget_calls()

    def forget_people(self) -> None:
        """Nobody's accounts are known any longer, to this gateway or any other of this process."""
        for known in _KNOWN:
            known.names.clear()
            known.identities.clear()

    async def indexes_filled(self) -> None:
        for _ in range(100):
            answer = await self.ask(INDEXES, as_="alex")
            if not answer.errors:
                await self.forget_calls()
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"the indexes are not filled: {answer.errors}")


def _line(call: Mapping[str, Any]) -> str:
    query = call["query"]
    return f"{call['method']} {call['path']}" + (f"?{query}" if query else "")


@asynccontextmanager
async def simulated_university(data_dir: Path, **options: Any) -> AsyncIterator[University]:
    wanted: dict[str, Any] = {
        "data_dir": data_dir,
        "students": 80,
        "seed": 7,
        "now": NOW,
        "catalogue": None,
        "term": None,
        "officers": None,
        "reset": False,
    }
    wanted |= options
    async with (
        simulated(argparse.Namespace(**wanted)) as (told, _),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
    ):
        yield University(told, session)


@asynccontextmanager
async def campus_over(
    university: University, settings: Settings | None = None, *, stopped_at: datetime | None = None
) -> AsyncIterator[SimulatedCampus]:
    """A fresh gateway, which knows nobody's accounts yet; its indexes may still be filling.

    Its clock is the university's, unless it is stopped.
    """
    offset, zone = timedelta(seconds=university.told.clock_offset), ZoneInfo("Asia/Hong_Kong")
    opened = gateway.open_gateway(
        settings or university.settings(),
        now=lambda: stopped_at or datetime.now(zone) + offset,
        sandbox=routes(university.told),
    )
    async with opened as app, TestClient(Served(app)) as client:
        yield SimulatedCampus(client, university)


def every_path(value: Any, path: Sequence[str] = ()) -> list[tuple[str, Any]]:
    """Each leaf of an answer with its dotted path."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in every_path(each, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, each in enumerate(value) for leaf in every_path(each, (*path, str(index)))]
    return [(".".join(path), value)]
