"""Whatever stands in one place of an answer becomes a record or an error of the system's, never a failure of ours."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from connectors.wire import UpstreamError

from .protocols import ENDPOINTS, Case
from .protocols.met import Said
from .simulators import served

MISSING = object()
NONSENSE = (
    *(MISSING, None, True, -1, 1.5, 10**30, "", "soon", [], {}, [None], "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("2026-10-28T10:00:00", "2026-02-30T00:00:00Z", "9999-12-31", "24:00:00"),
)

ROWS = (1, 2, 4, 8)
"""An answer is cut to so many rows, the fewest of which the endpoint tells any: some of a list may be none of its."""

BYTES = 20
"""So many places of an answer that is no JSON are broken: as many at its beginning, at its end, and in between."""


@pytest.mark.parametrize("place", ENDPOINTS)
async def test_nonsense_in_one_place_is_told_as_the_systems(meet, place):
    protocol, name, endpoint = ENDPOINTS[place]
    system = await meet(protocol)
    wanted = await system.asked(name)
    async with system.reach(timeout=10) as reach:
        await system.ask(reach, name)
    said = list(system.said)
    told: dict[str, Said] = {}
    asked: set[str] = set()

    async def answer(request: web.Request) -> web.Response:
        asked.add(request.path)
        each = told.get(request.path, NOT_ASKED_WELL)
        return web.Response(status=each.status, body=each.answer, headers=each.headers)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    failures, tried = [], 0
    async with served(app) as origin, system.reach(at=origin, timeout=0.5) as reach:

        async def ask() -> Any:
            reach.upstream.kept.clear()
            return await getattr(reach.ask(), name)(*wanted)

        for rows in ROWS:
            whole = {each.path: _cut(each, system.case, rows) for each in said}
            told.update(whole)
            if found := list(endpoint.told(await ask())):
                break
        assert found, "what is broken below is whole to begin with"
        for path in asked & whole.keys():
            for where, broken in _broken(whole[path].answer):
                told[path] = whole[path]._replace(answer=broken)
                tried += 1
                if failure := await _failure(ask):
                    failures.append(f"{path} {where}: {failure!r}")
            told[path] = whole[path]
    assert failures == []
    assert tried > 50


async def _failure(ask: Callable[[], Awaitable[Any]]) -> Exception | None:
    """What went wrong with us, and not with the system."""
    try:
        await ask()
    except UpstreamError:
        return None
    except Exception as failure:  # noqa: BLE001  whatever it is, it is what we look for
        return failure
    return None


NOT_ASKED_WELL = Said("", {"Content-Type": "application/json"}, 200, b"")


def _cut(said: Said, case: Case, rows: int) -> Said:
    """Of JSON the first rows only, so that there are few places; and few rows have one page."""
    if "json" not in said.headers.get("Content-Type", "") or said.path in case.whole:
        return said
    headers = {
        name: str(min(int(value), rows)) if name in case.counts else value for name, value in said.headers.items()
    }
    return said._replace(headers=headers, answer=json.dumps(_first(rows, json.loads(said.answer), case)).encode())


def _first(rows: int, value: Any, case: Case) -> Any:
    if isinstance(value, dict):
        counted = {name: min(value[name], rows) for name in case.counts & value.keys()}
        return {key: each if key in case.whole else _first(rows, each, case) for key, each in value.items()} | counted
    return [_first(rows, row, case) for row in value[:rows]] if isinstance(value, list) else value


def _broken(body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        document = json.loads(body)
    except ValueError:
        yield from _broken_bytes(body)
        return
    for place in _places(document):
        for nonsense in NONSENSE:
            broken = json.loads(body)
            *way, last = place
            inside = broken
            for part in way:
                inside = inside[part]
            if nonsense is MISSING:
                del inside[last]
            else:
                inside[last] = nonsense
            where = f"{'.'.join(map(str, place))} = {'left out' if nonsense is MISSING else nonsense!r}"
            yield where, json.dumps(broken).encode()


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in rows:
        yield (*at, key)
        yield from _places(each, (*at, key))


def _broken_bytes(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Text, archives and protobuf: one byte turned over, or the answer ended there."""
    size = len(body)
    spread = {step * size // BYTES for step in range(BYTES)} if body else set()
    for place in sorted({*range(min(BYTES, size)), *range(max(0, size - BYTES), size), *spread}):
        yield f"byte {place} turned over", body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]
        yield f"ended at byte {place}", body[:place]
