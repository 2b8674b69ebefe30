"""Whatever stands in one place of an answer becomes a record or an error of the system's, never a failure of ours."""

import copy
import inspect
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web

from connectors.library import Alma
from connectors.onestop import Flowable, RequestTracker
from connectors.sis import Oeapi
from connectors.wire import UpstreamError
from sandbox import alma, flowable, oeapi, request_tracker
from sandbox.population import populate
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, served
from .wire import reached, witnessed

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)

MISSING = object()
NONSENSE = (
    *(MISSING, None, True, -1, 1.5, 10**30, "", "soon", [], {}, [None], "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("2026-10-28T10:00:00", "2026-02-30T00:00:00Z", "9999-12-31", "24:00:00"),
)


@pytest.fixture(scope="module")
def university():
    return populate(1, 40, NOW)


def _itself(_, account):
    return account


async def _wire_id(sis, number):
    return (await sis.person(number)).identity.wire_id


async def _group(sis, number):
    return (await sis.person(number)).identity.advisees_group


async def _term(sis, _):
    return next(term for term in await sis.terms() if term.code == "2610")


# name of the endpoint: (module, simulator, campus, persona, claim that names the account, what is asked for with it)
ENDPOINTS = {
    "terms": (Oeapi, oeapi, "CWB", "alex", "cwb_sis_id", None),
    "catalogue": (Oeapi, oeapi, "CWB", "alex", "cwb_sis_id", _term),
    "person": (Oeapi, oeapi, "CWB", "alex", "cwb_sis_id", _itself),
    "enrolments": (Oeapi, oeapi, "CWB", "quinn", "cwb_sis_id", _wire_id),
    "seats": (Oeapi, oeapi, "CWB", "quinn", "cwb_sis_id", _wire_id),
    "assessments": (Oeapi, oeapi, "CWB", "quinn", "cwb_sis_id", _wire_id),
    "places": (Oeapi, oeapi, "CWB", "alex", "cwb_sis_id", None),
    "programmes": (Oeapi, oeapi, "CWB", "quinn", "cwb_sis_id", _wire_id),
    "advisees": (Oeapi, oeapi, "CWB", "lee", "cwb_sis_id", _group),
    "loans": (Alma, alma, "CWB", "quinn", "library_id", _itself),
    "holds": (Alma, alma, "CWB", "quinn", "library_id", _itself),
    "fines": (Alma, alma, "CWB", "quinn", "library_id", _itself),
    "services": (Flowable, flowable, "GZ", "quinn", "onestop_id", None),
    "applications": (Flowable, flowable, "GZ", "quinn", "onestop_id", _itself),
    "steps": (Flowable, flowable, "GZ", "quinn", "onestop_id", _itself),
    "tickets": (RequestTracker, request_tracker, "CWB", "quinn", "ticket_address", _itself),
}


@pytest.mark.parametrize("name", ENDPOINTS)
async def test_nonsense_in_one_place_is_told_as_the_systems(university, name):
    module, *_ = ENDPOINTS[name]
    wanted, answers = await _asked_well(university, name)
    told = {path: json.dumps(document).encode() for path, document in answers.items()}
    asked = set()

    async def answer(request: web.Request) -> web.Response:
        asked.add(request.path)
        return web.Response(body=told.get(request.path, b""), content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    failures, tried = [], 0
    async with served(app) as origin, reached(module, origin, timeout=0.5) as reach:
        assert await getattr(reach.ask(), name)(*wanted), "what is broken below is whole to begin with"
        for path in asked & answers.keys():
            whole = told[path]
            for place, broken in _broken(answers[path]):
                told[path] = json.dumps(broken).encode()
                tried += 1
                try:
                    await getattr(reach.ask(), name)(*wanted)
                except UpstreamError:
                    continue
                except Exception as failure:  # noqa: BLE001  whatever it is, it is what we look for
                    failures.append(f"{path} {place}: {failure!r}")
            told[path] = whole
    assert failures == []
    assert tried > 100


async def _asked_well(university, name) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What to ask an endpoint for, and what the simulated system answers, by path; lists are cut to their first row."""
    module, simulator, campus, persona, claim, looked_up = ENDPOINTS[name]
    account = next(person.accounts[claim] for person in university.people if person.persona == persona)
    db = sqlite3.connect(":memory:")
    simulator.seed(db, university, campus)
    async with (
        witnessed(simulator.build_app(db, clock_at(NOW), "gateway:")) as (origin, seen),
        reached(module, origin) as reach,
    ):
        found = looked_up(reach.ask(), account) if looked_up else None
        wanted = () if looked_up is None else (await found if inspect.isawaitable(found) else found,)
        seen.clear()
        await getattr(reach.ask(), name)(*wanted)
    db.close()
    return wanted, {each.path: _first_rows(json.loads(each.answer)) for each in seen}


def _first_rows(value: Any) -> Any:
    if isinstance(value, dict):
        # Which variables there are matters; and one row has one page.
        counted = dict.fromkeys({"total", "total_record_count"} & value.keys(), 1)
        return {key: each if key == "variables" else _first_rows(each) for key, each in value.items()} | counted
    if isinstance(value, list):
        terms = [row for row in value if isinstance(row, dict) and row.get("primaryCode", {}).get("code") == "2610"]
        return [_first_rows(row) for row in (terms or value)[:1]]
    return value


def _broken(document: Any) -> Iterator[tuple[str, Any]]:
    for place in _places(document):
        for nonsense in NONSENSE:
            broken = copy.deepcopy(document)
            *way, last = place
            inside = broken
            for part in way:
                inside = inside[part]
            if nonsense is MISSING:
                del inside[last]
            else:
                inside[last] = nonsense
            yield f"{'.'.join(map(str, place))} = {'left out' if nonsense is MISSING else nonsense!r}", broken


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in rows:
        yield (*at, key)
        yield from _places(each, (*at, key))
