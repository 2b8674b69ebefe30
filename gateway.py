"""The campus gateway: everything that is opened, in the order it is opened; the command line is in commands/."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from campus.grades import Scale
from campus.text import text
from commands.arguments import run
from connectors import gz_campus, onestop, sis
from connectors.wire import Access, System, Upstream, connected
from pipeline import settings_systems
from pipeline.correlation import mark_answer
from pipeline.documents import add_documents, widget_documents
from pipeline.health import Health
from pipeline.http import Gateway
from pipeline.issuers import open_issuers
from pipeline.pages import add_pages
from pipeline.settings import Settings
from resolvers.accounts import ByClaim, ByLookUp, KnownAccounts, Way
from resolvers.context import PROTOCOLS, Campus, Indexes, RequestContext
from resolvers.viewer import Viewer
from schema.root import schema


@asynccontextmanager
async def open_gateway(
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    sandbox: Callable[[web.Application], None] | None = None,
) -> AsyncIterator[web.Application]:
    """Everything open, as a web application ready to be served; closed again when the context ends.

    `now` is the campus's clock, `sandbox` adds the sandbox's own routes.
    """
    documents = widget_documents()
    health = Health()
    async with AsyncExitStack() as stack:
        campus = await _open_campus(settings, now, stack)
        indexes = await _open_indexes(campus, settings, stack)
        known = KnownAccounts()

        def context_for(viewer: Viewer, correlation_id: str) -> RequestContext:
            return RequestContext(campus, indexes, known, viewer, correlation_id)

        gateway = Gateway(
            schema=schema,
            settings=settings,
            issuers=await stack.enter_async_context(open_issuers(settings.issuers)),
            context_for=context_for,
            documents=documents,
        )
        app = web.Application()
        app.on_response_prepare.append(mark_answer)
        gateway.add_to(app)
        health.add_to(app)
        add_documents(app, documents, schema.as_str())
        add_pages(app, sandbox=sandbox is not None)
        if sandbox:
            sandbox(app)
        health.accepting = True
        yield app
        health.accepting = False


async def _open_campus(settings: Settings, now: Callable[[], datetime] | None, stack: AsyncExitStack) -> Campus:
    zones = {campus.code: ZoneInfo(campus.timezone) for campus in settings.campuses}
    here = next(iter(zones.values()), None)
    upstreams: dict[str, Upstream] = {}
    for system in settings.systems:
        name = System(system.id, system.kind, system.campus, system.protocol)
        upstreams[system.id] = await stack.enter_async_context(connected(name, _access(system)))
    return Campus(
        upstreams=upstreams,
        names={campus.code: text(campus.name.items()) for campus in settings.campuses},
        zones=zones,
        scales={
            campus.code: Scale(points=campus.grade_points, uncounted=frozenset(campus.uncounted_grades))
            for campus in settings.campuses
        },
        ways={system.id: [_way(way) for way in system.account] for system in settings.systems},
        now=now or (lambda: datetime.now(here)),
    )


def _access(system: settings_systems.System) -> Access:
    protocol = PROTOCOLS[system.kind][system.protocol]
    credential, certificate = system.credential, system.client_cert
    headers: Mapping[str, str] = {}
    if credential:
        headers = protocol.authorization(credential.secret.get_secret_value(), credential.username)
    return Access(
        url=system.url,
        headers=headers,
        ca_file=system.ca_file,
        client_cert=(certificate.cert, certificate.key) if certificate else None,
        proxy=system.proxy,
        timeout=system.timeout,
    )


def _way(way: settings_systems.AccountWay) -> Way:
    if isinstance(way, settings_systems.ByClaim):
        return ByClaim(way.claim)
    return ByLookUp(way.system, way.identifier)


async def _open_indexes(campus: Campus, settings: Settings, stack: AsyncExitStack) -> Indexes:
    """Public collections, whose first fill nobody waits for."""
    seconds = {system.id: system.index_refresh for system in settings.systems}
    refresh: Callable[[str], float] = seconds.__getitem__
    indexes = Indexes(
        sis=sis.SisIndexes(campus.ask, campus.answering, refresh),
        onestop=onestop.OneStopIndexes(campus.ask, refresh),
        shuttle=gz_campus.ShuttleIndexes(campus.ask, refresh),
    )
    keeping = asyncio.create_task(indexes.sis.keep_filled(campus.now), name="keep the terms filled")
    stack.push_async_callback(_ended, keeping)
    for index in (indexes.sis, indexes.onestop.services, indexes.shuttle.timetable):
        stack.push_async_callback(index.close)
    for system in campus.answering("services"):
        indexes.onestop.services.keep(system)
    for system in campus.answering("timetable"):
        indexes.shuttle.timetable.keep(system)
    return indexes


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], open_gateway))
