"""The dashboard's loaders over HTTP: made for each operation, as one does; and ours, shared while in flight."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import aiohttp
import msgspec
from aiodataloader import DataLoader
from graphql import GraphQLError

from connectors import reads
from connectors.wire import Line, Operation, Upstream

from .dashboard import SYSTEM_OF, Entry, Key, Loaders, PersonRecord, RowKey

MINUTE = reads.Lifetime(fresh=60.0)

Ask = Callable[[str], Awaitable[bytes]]
OwnKey = tuple[str, str, int, str]
"""The system of a list, its name, how much of it, and whose it is."""

_people = msgspec.json.Decoder(list[PersonRecord])
_entries = msgspec.json.Decoder(list[Entry])


class Remote(Loaders):
    """New for each operation, so that nothing is told that was read before."""

    def __init__(self, kind: type[DataLoader[Any, Any]], ask: Ask) -> None:
        super().__init__(kind)
        self._ask = ask

    async def _people(self, keys: list[RowKey]) -> list[PersonRecord]:
        """One call to each system, side by side."""
        systems = sorted({system for system, _ in keys})
        asked = [[key for key in keys if key[0] == system] for system in systems]
        told = await asyncio.gather(*(self._ask(_rows("people", each)) for each in asked))
        found = {key: row for each, rows in zip(asked, told, strict=True) for key, row in _by_key(each, rows)}
        return [found[key] for key in keys]

    async def _courses(self, keys: list[RowKey]) -> list[Entry]:
        return _entries.decode(await self._ask(_rows("courses", keys)))

    async def _lists(self, keys: list[Key]) -> list[list[Entry]]:
        return await asyncio.gather(*(self._list(*key) for key in keys))

    async def _list(self, name: str, many: int) -> list[Entry]:
        return _entries.decode(await self._ask(_list_of(name, many)))


def _by_key(keys: list[RowKey], rows: bytes) -> Iterable[tuple[RowKey, PersonRecord]]:
    return zip(keys, _people.decode(rows), strict=True)


def _rows(kind: str, keys: list[RowKey]) -> str:
    """Where these rows are, all of one system."""
    return f"/{keys[0][0]}/{kind}?ids=" + ",".join([id for _, id in keys])


def _list_of(name: str, many: int) -> str:
    return f"/{SYSTEM_OF[name]}/lists/{name}?first={many}"


def by_aiohttp(session: aiohttp.ClientSession, url: str) -> Ask:
    """As aiohttp's documentation asks."""

    async def ask(target: str) -> bytes:
        async with session.get(url + target) as answer:
            answer.raise_for_status()
            return await answer.read()

    return ask


class Joint(reads.Loaders):
    """As our connectors declare them: what several operations ask at once is one call; what is everybody's is kept for
    a minute, by whoever reads through caches."""

    def __init__(self, joining: reads.Joining, operation: Operation, reading: reads.Reading) -> None:
        super().__init__(joining, operation, reading)
        self.late_errors: list[GraphQLError] = []

    @property
    def calls(self) -> Counter[str]:
        return self.operation.calls

    @property
    def joined(self) -> Counter[str]:
        return self.operation.joined

    def end(self) -> None:
        self.operation.end()

    async def _get(self, system: str, target: str) -> bytes:
        """As our wire modules ask: with deadline, retry, what a status means, and a correlation id."""
        line: Line = self.ask(system)
        return (await line.get(target)).body

    async def _people(self, keys: list[RowKey]) -> Sequence[PersonRecord]:
        return _people.decode(await self._get(keys[0][0], _rows("people", keys)))

    async def _courses(self, keys: list[RowKey]) -> Sequence[Entry]:
        return _entries.decode(await self._get(keys[0][0], _rows("courses", keys)))

    async def _list(self, keys: list[OwnKey]) -> Sequence[list[Entry]]:
        return [_entries.decode(await self._get(system, _list_of(name, many))) for system, name, many, _ in keys]

    @property
    def lists(self) -> "_Own":
        return _Own(self)

    people: reads.Joined[RowKey, PersonRecord] = reads.Joined(_people, audience=reads.Audience.PUBLIC, lifetime=MINUTE)
    courses: reads.Joined[RowKey, Entry] = reads.Joined(_courses, audience=reads.Audience.PUBLIC, lifetime=MINUTE)
    list_by_key: reads.Joined[OwnKey, list[Entry]] = reads.Joined(
        _list, audience=reads.Audience.PERSONAL, together=reads.alone
    )


class _Own:
    """Lists are a person's own, and each request is somebody else's: that all clients ask the same would let all of
    them join one call, as people with lists of their own never do."""

    def __init__(self, joint: Joint) -> None:
        self._joint = joint

    def load(self, key: Key) -> asyncio.Future[list[Entry]]:
        return self._joint.list_by_key.load((SYSTEM_OF[key[0]], *key, self._joint.operation.correlation_id))


def joint(upstreams: Mapping[str, Upstream], *, keeps: bool) -> Callable[[str], Joint]:
    """Loaders for an operation of this correlation id, over systems by their ids."""
    caches = reads.Caches(reads.Hub(1), upstreams) if keeps else None
    joining = reads.Joining(lambda system, operation: Line(upstreams[system], operation), upstreams, caches)
    return lambda correlation_id: Joint(joining, Operation(correlation_id), reads.Reading(through=keeps))
