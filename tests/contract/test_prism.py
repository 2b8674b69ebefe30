"""A third party reads the published documents its own way: npm's prism serves them and names what breaks them."""

import asyncio
import fcntl
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from connectors.gz_campus import CampusLife, HousingState
from connectors.onestop import Flowable
from connectors.sis import Oeapi
from connectors.wire import UpstreamBadResponse, UpstreamError
from sandbox import campus_life

from .openapi import corrected
from .simulators import served
from .wire import ZONE, Reach, reached

PRISM = Path(__file__).parent / "prism"
SOMEBODY = "0a1b2c3d-0000-4000-8000-000000000001"


@asynccontextmanager
async def prism(document: dict[str, Any], folder: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """The origin of a server made of the document, and the violations it found in what it was asked."""
    await _installed()
    path = folder / "document.json"
    path.write_text(json.dumps(document, default=lambda moment: moment.isoformat()))  # YAML knows moments, JSON none
    process = await asyncio.create_subprocess_exec(
        _program("node"),
        *(str(PRISM / "node_modules/@stoplight/prism-cli/dist/index.js"), "mock", "-h", "127.0.0.1", "-p", "0", path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = b""
    while not (listening := re.search(rb"Prism is listening on (http://[\d.:]+)", said)):
        line = await asyncio.wait_for(process.stdout.readline(), timeout=600)
        assert line, f"prism ended: {said.decode()[-2000:]}"
        said += line
    drained = asyncio.create_task(process.stdout.read())  # a full pipe would stop it
    violations: list[str] = []
    try:
        async with _witness(listening[1].decode(), violations) as origin:
            yield origin, violations
    finally:
        process.terminate()
        await process.wait()
        await drained


@asynccontextmanager
async def _witness(prism: str, violations: list[str]) -> AsyncIterator[str]:
    """Passes everything on to prism, and keeps what it complains of in requests."""

    async def forward(request: web.Request) -> web.Response:
        asked = {name: value for name, value in request.headers.items() if name != "Host"}
        url, body = prism + request.raw_path, await request.read()
        async with session.request(request.method, url, data=body or None, headers=asked) as answer:
            told = await answer.read()
            # It finds faults in the documents' own examples too, which are not ours to mend, and cuts a long list off.
            complaints = answer.headers.get("sl-violations", "")
            violations.extend(re.findall(r'"location":\["request".*?"message":"(.*?)"', complaints))
            if answer.status >= 400:
                violations.append(f"{request.rel_url}: {answer.status} {told.decode()[:500]}")
            return web.Response(status=answer.status, body=told, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", forward)
    async with aiohttp.ClientSession() as session, served(app) as origin:
        yield origin


async def _installed() -> None:
    with (PRISM / "package-lock.json").open() as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)  # another worker of the test run may be at it
        if (PRISM / "node_modules/@stoplight/prism-cli").is_dir():
            return
        npm = _program("npm")
        environ = {**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
        command = await asyncio.create_subprocess_exec(
            *(npm, "ci", "--no-progress"),
            cwd=PRISM,
            env=environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        complaint, _ = await asyncio.wait_for(command.communicate(), timeout=600)
        if command.returncode:
            _missing(f"prism cannot be installed: {complaint.decode()[-300:]}")


def _program(name: str) -> str:
    own = Path(sys.executable).parent / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        _missing(f"{name} is not on this machine")
    return found


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


async def outcome(reach: Reach, endpoint: str, *wanted: Any) -> Any:
    """What the connector makes of prism's example, or what it finds wrong with it."""
    try:
        return await getattr(reach.ask(), endpoint)(*wanted)
    except UpstreamBadResponse as failure:
        return str(failure)


def served_registry() -> dict[str, Any]:
    """The document of the student systems, where its examples would keep prism from answering to the end."""
    document = corrected("oeapi-v6.yaml")
    schemas = document["components"]["schemas"]
    schemas["Pagination"]["properties"]["hasNextPage"]["example"] = False  # by the document there is always one more
    schemas["AcademicSession"]["properties"]["parentId"]["example"] = SOMEBODY  # by the document it is its own parent
    # Prism takes seconds to make these up, or finds their schemas too complex: it is given an answer without rows.
    page = {"pageSize": 250, "pageNumber": 1, "hasPreviousPage": False, "hasNextPage": False, "items": []}
    for path in (
        "/academic-sessions/{academicSessionId}/course-offerings",
        "/academic-sessions/{academicSessionId}/learning-component-offerings",
        "/persons/{personId}/learning-component-offering-associations",
        "/persons/{personId}/test-component-offering-associations",
        "/persons/{personId}/programme-offering-associations",
    ):
        answer = document["paths"][path]["get"]["responses"]["200"]
        answer["content"]["application/json"]["example"] = page
    return document


async def test_student_records(tmp_path):
    async with (
        prism(served_registry(), tmp_path) as (origin, violations),
        reached(Oeapi, origin, "prism", timeout=60) as registry,
    ):
        (term,) = await outcome(registry, "terms")
        assert (term.campus, term.starts_at.tzinfo) == ("CWB", ZONE)
        assert len(await outcome(registry, "places")) == 1
        # Of what may be a reference or the whole, prism makes up the reference.
        assert "missing required field `primaryCode`" in await outcome(registry, "person", "20000001")
        # What the standard has no place for, no example of it can have.
        assert (await outcome(registry, "enrolments", SOMEBODY)).endswith("lacks ext.campus")
        assert (await outcome(registry, "advisees", SOMEBODY)).endswith("lacks ext.campus")
        for endpoint in ("seats", "assessments", "programmes"):
            assert not await outcome(registry, endpoint, SOMEBODY)
        assert (await outcome(registry, "catalogue", term)).courses == []
    assert violations == []


async def test_one_stop(tmp_path):
    document = corrected("flowable-oas-process.yaml")
    at = "/repository/deployments/{deploymentId}/resourcedata/{resourceName}"
    # The document cannot know what lies in a resource; ours is described in connectors/onestop/README.md.
    service = {"type": "housing", "name": {"en": "Room change"}, "steps": []}
    document["paths"][at]["get"]["responses"]["200"]["content"] = {"application/json": {"example": service}}
    async with (
        prism(document, tmp_path) as (origin, violations),
        reached(Flowable, origin, "prism", "gateway", timeout=60) as one_stop,
    ):
        (service,) = await outcome(one_stop, "services")
        assert (service.key.key, service.name) == ("oneTaskProcess", {"en": "Room change"})
        assert "unexpected variables" in await outcome(one_stop, "applications", "os-1")
        assert await outcome(one_stop, "steps", "os-1")
        assert violations == []
        async with reached(Flowable, origin) as stranger:
            with pytest.raises(UpstreamError, match="our credential is refused"):
                await stranger.ask().steps("os-1")
        assert len(violations) == 1, "it does complain"


async def test_campus_life(tmp_path):
    """Here the document is ours, so that its examples are too."""
    document = json.loads(campus_life.DOCUMENT.read_text(encoding="utf-8"))
    async with (
        prism(document, tmp_path) as (origin, violations),
        reached(CampusLife, origin, "prism", timeout=60) as offices,
    ):
        (stay,) = await outcome(offices, "housing", "1")
        assert (stay.state, stay.room, stay.rent.currency) == (HousingState.ACTIVE, "617", "HKD")
        card = await outcome(offices, "card", "1")
        assert (card.balance, card.loss_reported_at) == (card.latest.transactions[0].balance, None)
        page = await outcome(offices, "transactions", "1", 100, 42)
        assert (page.total, [each.number for each in page.transactions], page.more) == (41, [41], False)
        assert violations == []
        with pytest.raises(UpstreamBadResponse, match="HTTP 400"):
            await offices.ask().transactions("1", 101, None)
        assert violations, "it does complain"
