"""Where the buses are, and what is out of the ordinary on a ride, a line or at a stop."""

from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from datetime import datetime

from strawberry import Parent

from campus.record import Record
from campus.text import Text, best, told_language
from connectors.gz_campus import Alert, PositionReport, Route, Stop, VehiclePosition, VehicleState
from connectors.wire import UpstreamError
from execution.relation import relation

from .ahead import ALERTS, wanted_below
from .context import Info
from .merged import Merged, merged


class ShuttlePosition(Record, frozen=True):
    """A bus on the road, with what the timetable knows of it."""

    campus: str
    vehicle: str | None
    route: Route | None
    """None where it drives what the timetable does not have."""
    next_stop: Stop | None
    latitude: float
    longitude: float
    bearing: float | None
    speed: float | None
    state: VehicleState
    reported_at: datetime


class Reports(Record, frozen=True):
    """What each operator reported last, or why it cannot be told."""

    by_system: Mapping[str, PositionReport | UpstreamError]


async def positions(info: Info, route: str | None = None) -> Merged[ShuttlePosition] | None:
    """In order of line and bus."""
    systems = info.context.campus.answering("positions")
    load, alerts = info.context.shuttle.positions_by_system.load, wanted_below(info, ALERTS)
    for system in systems:
        alerts(system)
    return await _shown_of(info, {system: load(system) for system in systems}, route)


async def positions_followed(info: Info, route: str | None = None) -> AsyncGenerator[Reports, None]:
    """What all operators report, each time that one reports anew; what `route` wants of it, `positions_told` picks."""
    systems = info.context.campus.answering("positions")
    if not systems:
        yield Reports(by_system={})
        return
    told: dict[str, PositionReport | UpstreamError] = {}
    source = info.context.indexes.shuttle.positions
    del info  # whoever waits here for hours need not keep the operation
    with source.following(systems) as news:
        async for each in news:
            told[each.system] = each
            if len(told) == len(systems):  # before that, nobody knows what the others will say
                yield Reports(by_system=dict(told))


async def positions_told(reports: Reports, info: Info, route: str | None = None) -> Merged[ShuttlePosition] | None:
    """What is shown of reports, in order of line and bus."""

    async def of(report: PositionReport | UpstreamError) -> Sequence[VehiclePosition]:
        if isinstance(report, UpstreamError):
            raise report
        return report.vehicles

    return await _shown_of(info, {system: of(report) for system, report in reports.by_system.items()}, route)


async def _shown_of(
    info: Info, asked: Mapping[str, Awaitable[Sequence[VehiclePosition]]], route: str | None
) -> Merged[ShuttlePosition] | None:
    async def of(system: str) -> Sequence[ShuttlePosition]:
        vehicles = await asked[system]
        timetable = await info.context.collection(info.context.indexes.shuttle.timetable, system)
        found = []
        for each in vehicles:
            trip = timetable.trips.get(each.trip or "")
            line = timetable.routes.get(each.route or (trip.route if trip else ""))
            stop = timetable.stops.get(each.stop or "")
            if route is None or (line and route == line.code):
                found.append(_shown(each, timetable.campus, line, stop))
        return found

    found = await merged(info, {system: of(system) for system in asked})
    if found is None:
        return None
    nodes = sorted(found.nodes, key=lambda each: (each.route.code if each.route else "", each.vehicle or ""))
    return Merged(nodes=nodes, unavailable=found.unavailable)


alerts_of_departure = relation(
    key=lambda departure: departure.system,
    by=lambda context: context.shuttle.alerts_by_system,
    then=lambda departure, told: [alert for alert in told if alert.is_of_departure(departure)],
)
"""Those that hold when it leaves."""


async def alerts_of_route(route: Parent[Route], info: Info) -> list[Alert]:
    """Those that hold now."""
    now = info.context.campus.now()
    told = await info.context.shuttle.alerts_by_system.load(route.system)
    return [alert for alert in told if alert.is_of_route(route, now)]


async def alerts_of_stop(stop: Parent[Stop], info: Info) -> list[Alert]:
    """Those that hold now."""
    now = info.context.campus.now()
    told = await info.context.shuttle.alerts_by_system.load(stop.key.system)
    return [alert for alert in told if alert.is_of_stop(stop, now)]


def description(alert: Parent[Alert], info: Info) -> str | None:
    return _if_any(alert.description, info)


def description_language(alert: Parent[Alert], info: Info) -> str | None:
    return told_language(alert.description, info.context.languages)


def url(alert: Parent[Alert], info: Info) -> str | None:
    return _if_any(alert.url, info)


def _if_any(told: Text, info: Info) -> str | None:
    return best(told, info.context.languages) if told else None


def _shown(told: VehiclePosition, campus: str, route: Route | None, stop: Stop | None) -> ShuttlePosition:
    return ShuttlePosition(
        campus=campus,
        vehicle=told.vehicle,
        route=route,
        next_stop=stop,
        latitude=told.latitude,
        longitude=told.longitude,
        bearing=told.bearing,
        speed=told.speed,
        state=told.state,
        reported_at=told.reported_at,
    )
