"""GET /metrics for Prometheus: operations, systems, loaders, indexes, what is kept, and who follows.

Source: the Prometheus text format; prometheus_client's mode for several processes, which share a folder of counters.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from connectors.wire import Meters, meters

from . import settings_metrics
from .settings_problems import SettingsError

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the folder; it must be set before prometheus_client is imported."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@asynccontextmanager
async def open_metrics(app: web.Application, settings: settings_metrics.Metrics) -> AsyncIterator[None]:
    """Counts while the context lasts. Raises SettingsError where the port of its own cannot be had."""
    metrics = Metrics()
    metrics.listen(meters)
    runner: web.AppRunner | None = None
    try:
        if settings.port is None:
            app.router.add_get("/metrics", metrics.answer_here)
        else:
            alone = web.Application()
            alone.router.add_get("/metrics", metrics.answer)
            runner = web.AppRunner(alone, access_log=None)
            await runner.setup()
            # Each worker listens on it; whichever is asked tells of all.
            site = web.TCPSite(runner, settings.host, settings.port, reuse_port=True)
            try:
                await site.start()
            except OSError as error:
                reason = f"metrics: cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
                raise SettingsError("settings", [reason]) from error
        yield
    finally:
        nobody = Meters()
        for name in Meters.__slots__:
            setattr(meters, name, getattr(nobody, name))
        if runner:
            await runner.cleanup()


class Metrics:
    """The counters of this process; where several share a folder, what is told is of all of them."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess

        own = CollectorRegistry()
        self._registry = own
        if SHARED in os.environ:
            self._registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]

        def seconds(name: str, told: str, *labels: str) -> Any:
            return Histogram(name, told, labels, registry=own, buckets=SECONDS)

        self._operations = seconds(
            "gateway_operation_seconds",
            "Operations by name, where their document is trusted.",
            "operation", "type", "outcome",
        )  # fmt: skip
        self._calls = seconds("gateway_system_call_seconds", "Calls to campus systems.", "system", "outcome")
        self._fills = seconds("gateway_index_fill_seconds", "Readings of public lists.", "index", "system", "outcome")
        self._filled_at = Gauge(
            "gateway_index_filled_timestamp_seconds",
            "When a public list was read last.",
            ("index", "system"),
            registry=own,
            multiprocess_mode="mostrecent",
        )
        self._batches = Counter("gateway_loader_batches", "Batches of loaders.", ("loader",), registry=own)
        self._keys = Counter("gateway_loader_keys", "Keys in them.", ("loader",), registry=own)
        self._joined = Counter(
            "gateway_loader_joined", "Keys asked together with another operation.", ("loader",), registry=own
        )
        self._lookups = Counter("gateway_lookups", "Looks into what is kept.", ("cache", "result"), registry=own)
        self._connections = Gauge(
            "gateway_connections", "Sockets and event streams.", registry=own, multiprocess_mode="livesum"
        )
        self._subscriptions = Gauge(
            "gateway_subscriptions", "Subscriptions under way.", registry=own, multiprocess_mode="livesum"
        )
        self._late = Counter(
            "gateway_contact_changes_late",
            "People whose contact details a system did not have after a day.",
            ("system",),
            registry=own,
        )
        self._events = Counter("gateway_subscription_events", "Events that subscriptions told.", registry=own)

    def listen(self, told: Meters) -> None:
        """Has everything counted here."""
        lookups = _by_labels(self._lookups, "inc", 2)
        told.answered = _by_labels(self._operations, "observe", 3)
        told.called = _by_labels(self._calls, "observe", 2)
        told.looked_up = lambda cache, there: lookups(cache, "hit" if there else "miss", 1)
        told.cached = lambda cache, result: lookups(cache, result, 1)
        told.loaded = self._loaded
        told.joined = lambda loader: self._joined.labels(loader).inc()
        told.filled = self._filled
        told.connected = self._connections.inc
        told.following = self._subscriptions.inc
        told.late = _by_labels(self._late, "inc", 1)
        told.told = self._events.inc

    async def answer(self, request: web.Request) -> web.Response:
        """Everything, as Prometheus reads it."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return web.Response(body=generate_latest(self._registry), headers=headers)

    async def answer_here(self, request: web.Request) -> web.Response:
        """The same to whoever asks from this machine, and not for somebody else."""
        if request.remote not in ("127.0.0.1", "::1") or any(name in request.headers for name in PASSED_ON):
            raise web.HTTPNotFound
        return await self.answer(request)

    def _loaded(self, loader: str, keys: int) -> None:
        self._batches.labels(loader).inc()
        self._keys.labels(loader).inc(keys)

    def _filled(self, index: str, system: str, could_be: bool, seconds: float) -> None:
        self._fills.labels(index, system, "ok" if could_be else "failed").observe(seconds)
        if could_be:
            self._filled_at.labels(index, system).set_to_current_time()


def _by_labels(metric: Any, method: str, labels: int) -> Callable[..., None]:
    """Its method for each set of labels, looked up once."""
    known: dict[tuple[str, ...], Callable[[float], None]] = {}

    def tell(*given: Any) -> None:
        names, value = given[:labels], given[labels]
        told = known.get(names)
        if told is None:
            told = known[names] = getattr(metric.labels(*names), method)
        told(value)

    return tell
