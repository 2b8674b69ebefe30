"""The dashboard's loaders over HTTP: made for each operation, as one does; and ours, shared while in flight."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import msgspec
from aiodataloader import DataLoader
from graphql import GraphQLError

from connectors import reads
from connectors.wire import Line, Operation, Upstream

from .dashboard import STUB, Entry, Key, Loaders, PersonRecord, RowKey

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

    async def _people(self, keys: list[RowKey]) -> Sequence[PersonRecord]:
        return _people.decode(await self._ask("/people?ids=" + _ids(keys)))

    async def _courses(self, keys: list[RowKey]) -> Sequence[Entry]:
        return _entries.decode(await self._ask("/courses?ids=" + _ids(keys)))

    async def _lists(self, keys: list[Key]) -> Sequence[list[Entry]]:
        return await asyncio.gather(*(self._list(*key) for key in keys))

    async def _list(self, name: str, many: int) -> list[Entry]:
        return _entries.decode(await self._ask(f"/lists/{name}?first={many}"))


def _ids(keys: list[RowKey]) -> str:
    return ",".join([id for _, id in keys])


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

    async def _get(self, target: str) -> bytes:
        """As our wire modules ask: with deadline, retry, what a status means, and a correlation id."""
        line: Line = self.ask(STUB)
        return (await line.get(target)).body

    async def _people(self, keys: list[RowKey]) -> Sequence[PersonRecord]:
        return _people.decode(await self._get("/people?ids=" + _ids(keys)))

    async def _courses(self, keys: list[RowKey]) -> Sequence[Entry]:
        return _entries.decode(await self._get("/courses?ids=" + _ids(keys)))

    async def _list(self, keys: list[OwnKey]) -> Sequence[list[Entry]]:
        return [_entries.decode(await self._get(f"/lists/{name}?first={many}")) for _, name, many, _ in keys]

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
        return self._joint.list_by_key.load((STUB, *key, self._joint.operation.correlation_id))


def joint(upstream: Upstream, *, keeps: bool) -> Callable[[str], Joint]:
    """Loaders for an operation of this correlation id."""
    upstreams = {STUB: upstream}
    caches = reads.Caches(reads.Hub(1), upstreams) if keeps else None
    joining = reads.Joining(lambda _, operation: Line(upstream, operation), upstreams, caches)
    return lambda correlation_id: Joint(joining, Operation(correlation_id), reads.Reading(through=keeps))
