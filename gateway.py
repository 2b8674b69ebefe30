"""The campus gateway: everything that is opened, in the order it is opened; the command line is in commands/."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

from campus.announcement import AnnouncementFeed
from campus.grades import Scale
from campus.location import Location
from campus.text import text
from commands.arguments import run
from connectors import gz_campus, library, onestop, portal, rates, sis
from connectors.reads import AccountKey, Caches, Hub, Index, Joining, Said
from connectors.wire import Access, Operation, SignIn, System, Upstream, connected
from pipeline import settings_systems
from pipeline.answers import Answers
from pipeline.correlation import mark_answer
from pipeline.documents import add_documents, trusted_documents, widget_documents
from pipeline.health import Health
from pipeline.http import Gateway
from pipeline.inlet import Inlet
from pipeline.issuers import open_issuers
from pipeline.metrics import open_metrics
from pipeline.pages import add_pages
from pipeline.settings import Settings
from pipeline.viewer import Viewers
from resolvers.accounts import ByClaim, ByLookUp, KnownAccounts, Way
from resolvers.contact_retries import Retries
from resolvers.context import PROTOCOLS, Campus, Followed, Indexes, RequestContext, Shared
from resolvers.events import Events
from resolvers.viewer import Viewer
from schema.root import schema, sdl

if TYPE_CHECKING:
    from connectors.reads.redis_relay import RedisRelay


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
    documents = trusted_documents(settings.documents)
    health = Health()
    async with AsyncExitStack() as stack:
        campus = await _open_campus(settings, now, stack)
        relay = await _open_relay(settings, stack)
        hub = Hub(settings.subscriptions.waiting, relay)
        indexes = await _open_indexes(campus, settings, hub, stack)
        caches = _open_caches(settings, campus.upstreams, hub, relay, stack)
        joining = Joining(campus.ask, campus.upstreams, caches)
        stack.push_async_callback(joining.close)
        shared = Shared(indexes, _followed(campus, settings, hub, caches), KnownAccounts(), joining, caches)
        events = Events(campus, shared, hub)

        def context_for(viewer: Viewer, correlation_id: str, seconds: float | None) -> RequestContext:
            return RequestContext(campus, shared, viewer, Operation(correlation_id, seconds=seconds))

        _retry_contacts(campus, context_for, shared.followed.portal.told, stack)
        answers = Answers(schema=schema, settings=settings, context_for=context_for, documents=documents, hub=hub)
        issuers = await stack.enter_async_context(open_issuers(settings.issuers))
        gateway = Gateway(answers, Viewers(issuers, settings.account_claims), settings)
        app = web.Application()
        app.on_response_prepare.append(mark_answer)
        gateway.add_to(app)
        Inlet(events, Said("event", hub, 2 * settings.events.window_seconds), settings).add_to(app)
        health.add_to(app)
        await stack.enter_async_context(open_metrics(app, settings.metrics))
        add_documents(app, sdl())
        add_pages(app, sandbox=sandbox is not None)
        if sandbox:
            sandbox(app)
        health.accepting = True
        yield app
        health.accepting = False


def _retry_contacts(
    campus: Campus,
    context_for: Callable[[Viewer, str, float | None], RequestContext],
    tell: Callable[[str], None],
    stack: AsyncExitStack,
) -> None:
    """What systems have yet to agree with, in contexts of no operation's."""

    def asking(viewer: Viewer) -> RequestContext:
        context = context_for(viewer, f"contacts-{uuid.uuid4().hex}", None)
        context.reading.anew()  # whose account it is, is asked and not remembered
        return context

    retries = Retries(campus, asking, tell)
    retrying = asyncio.create_task(retries.keep_on(), name="retry contact writes")
    stack.push_async_callback(retries.leave)
    stack.push_async_callback(_ended, retrying)


async def _open_campus(settings: Settings, now: Callable[[], datetime] | None, stack: AsyncExitStack) -> Campus:
    zones = {campus.code: ZoneInfo(campus.timezone) for campus in settings.campuses}
    here = next(iter(zones.values()), None)
    now = now or (lambda: datetime.now(here))
    upstreams: dict[str, Upstream] = {}
    for system in settings.systems:
        name = System(system.id, system.kind, system.campus, system.protocol, system.options, frozenset(system.parts))
        upstreams[system.id] = await stack.enter_async_context(connected(name, _access(system)))
    store = await _open_store(settings, now, stack)
    once = portal.Once(store, now)
    stack.push_async_callback(once.close)
    return Campus(
        upstreams=upstreams,
        names={campus.code: text(campus.name.items()) for campus in settings.campuses},
        zones=zones,
        scales={
            campus.code: Scale(points=campus.grade_points, uncounted=frozenset(campus.uncounted_grades))
            for campus in settings.campuses
        },
        libraries={
            (campus.code, each.name): Location(
                building=text(each.building.items()), room=each.room, latitude=each.latitude, longitude=each.longitude
            )
            for campus in settings.campuses
            for each in campus.libraries
        },
        ways={system.id: [_way(way) for way in system.account] for system in settings.systems},
        now=now,
        store=store,
        once=once,
        widgets=frozenset(widget_documents()) - {"dashboard"},  # which is all of them
    )


async def _open_store(settings: Settings, now: Callable[[], datetime], stack: AsyncExitStack) -> portal.Store:
    """The gateway's own, its tables migrated, and purged every day."""
    store = await stack.enter_async_context(portal.open_store(settings.portal.database))
    periods = settings.portal.retention.periods
    purging = asyncio.create_task(portal.keep_purged(store, periods, now), name="purge the portal's tables")
    stack.push_async_callback(_ended, purging)
    return store


def _access(system: settings_systems.System) -> Access:
    protocol = PROTOCOLS[system.kind][system.protocol]
    credential, certificate = system.credential, system.client_cert
    headers: Mapping[str, str] = {}
    sign_in: SignIn | None = None
    if credential:
        ours = credential.secret.get_secret_value(), credential.username
        headers = protocol.authorization(*ours)
        sign_in = protocol.sign_in(*ours) if hasattr(protocol, "sign_in") else None
    return Access(
        url=system.url,
        headers=headers,
        sign_in=sign_in,
        ca_file=system.ca_file,
        client_cert=(certificate.cert, certificate.key) if certificate else None,
        proxy=system.proxy,
        timeout=system.timeout,
        change_limit=system.change_limit,
    )


def _way(way: settings_systems.AccountWay) -> Way:
    if isinstance(way, settings_systems.ByClaim):
        return ByClaim(way.claim)
    return ByLookUp(way.system, way.identifier)


async def _open_indexes(campus: Campus, settings: Settings, hub: Hub, stack: AsyncExitStack) -> Indexes:
    """Public collections, whose first fill nobody waits for."""
    seconds = {system.id: system.index_refresh for system in settings.systems}
    refresh: Callable[[str], float] = seconds.__getitem__
    live = {system.id: system.live_refresh for system in settings.systems}
    indexes = Indexes(
        sis=sis.SisIndexes(campus.ask, campus.answering, refresh, hub),
        library=library.LibraryIndexes(campus.ask, refresh),
        onestop=onestop.OneStopIndexes(campus.ask, refresh),
        shuttle=gz_campus.ShuttleIndexes(campus.ask, refresh, hub, live.__getitem__),
        facilities=gz_campus.FacilityIndexes(campus.ask, refresh, campus.now),
        rates=rates.RatesIndexes(campus.ask, refresh),
        notices=gz_campus.NoticeIndexes(campus.ask, _keeping(campus, settings), refresh, hub),
    )
    keeping = asyncio.create_task(indexes.sis.keep_filled(campus.now), name="keep the terms filled")
    stack.push_async_callback(_ended, keeping)
    stack.push_async_callback(indexes.sis.close)
    stack.push_async_callback(indexes.library.pickup_locations.close)  # read when somebody first wants to know
    whole: Mapping[str, Index[str, Any]] = {
        "e_resources": indexes.library.e_resources,
        "services": indexes.onestop.services,
        "queues": indexes.onestop.queues,
        "timetable": indexes.shuttle.timetable,
        "facilities": indexes.facilities.facilities,
        "notices": indexes.notices.feeds,
        "rates": indexes.rates.rates,
    }
    for endpoint, index in whole.items():
        stack.push_async_callback(index.close)
        for system in campus.answering(endpoint):
            index.keep(system)
    return indexes


def _open_caches(
    settings: Settings,
    upstreams: Mapping[str, Upstream],
    hub: Hub,
    relay: "RedisRelay | None",
    stack: AsyncExitStack,
) -> Caches:
    chosen = settings.caches
    shelf = relay if chosen.on and chosen.shared else None
    caches = Caches(hub, upstreams, on=chosen.on, entries=chosen.entries, scale=chosen.scale, shelf=shelf)
    stack.push_async_callback(_ended, asyncio.create_task(caches.keep_swept(), name="sweep the caches"))
    return caches


def _followed(campus: Campus, settings: Settings, hub: Hub, caches: Caches) -> Followed:
    """Systems that tell what changes are asked by themselves for no more than what got lost."""
    seconds = {each.id: each.index_refresh if each.events else each.personal_refresh for each in settings.systems}
    every: Callable[[str], float] = seconds.__getitem__

    def news(key: AccountKey) -> None:
        caches.forget(key.system, key.account)

    return Followed(
        sis=sis.SisFollowed(campus.ask, hub, every, news),
        onestop=onestop.OneStopFollowed(campus.ask, hub, every, news),
        portal=portal.PortalFollowed(campus.store, hub),
    )


async def _open_relay(settings: Settings, stack: AsyncExitStack) -> "RedisRelay | None":
    """The way to the gateway's other processes, where there are any."""
    if settings.redis.url is None:
        return None
    from connectors.reads.redis_relay import open_relay

    return await stack.enter_async_context(
        open_relay(settings.redis.url, settings.redis.options, settings.redis.prefix)
    )


def _keeping(campus: Campus, settings: Settings) -> Callable[[AnnouncementFeed], Awaitable[None]]:
    """What becomes of a feed of announcements that was read."""
    period = settings.portal.retention.periods["announcements"]

    async def keep(feed: AnnouncementFeed) -> None:
        now = campus.now()
        async with campus.store.changing() as connection:
            await portal.keep_feed(connection, feed, read_at=now, since=now - period)

    return keep


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], open_gateway))
