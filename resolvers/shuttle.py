"""When the next shuttle leaves, and what it says of itself."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import strawberry

from connectors.gz_campus import Departure, Stop, StopKey, TripUpdates
from connectors.reads import settled
from connectors.wire import UpstreamError
from execution.derived import derived

from .ahead import ALERTS, wanted_below
from .context import Info
from .merged import Merged, merged, missing
from .refusals import BadUserInput

MOST = 50
"""Departures one may ask for."""


async def stops(info: Info) -> Merged[Stop] | None:
    async def of(system: str) -> Sequence[Stop]:
        return list((await info.context.collection(info.context.indexes.shuttle.timetable, system)).stops.values())

    return await merged(info, {system: of(system) for system in info.context.campus.answering("timetable")})


async def stop_by_key(info: Info, key: StopKey) -> Stop | None:
    return (await info.context.collection(info.context.indexes.shuttle.timetable, key.system)).stops.get(key.stop)


async def departures(
    info: Info,
    origin: Annotated[str | None, strawberry.argument(name="from")] = None,
    destination: Annotated[str | None, strawberry.argument(name="to")] = None,
    first: int = 10,
) -> Merged[Departure] | None:
    """The next ones of all operators. Without live reports the schedule stands, and what is missing is told."""
    if not 1 <= first <= MOST:
        raise BadUserInput("`first` is {first}; one may ask for 1 to {most} departures.", first=first, most=MOST)
    asked = info.context.campus.answering("timetable")
    now = info.context.campus.now()

    async def of(system: str) -> Sequence[Departure]:
        timetable = await info.context.collection(info.context.indexes.shuttle.timetable, system)
        return timetable.departures(now, origin, destination, first)

    alerts = wanted_below(info, ALERTS)
    for system in asked:
        alerts(system)
    found = await merged(info, {system: of(system) for system in asked})
    if found is None:
        return None
    scheduled = sorted(found.nodes, key=lambda each: (each.scheduled_at, each.trip))[:first]
    systems = sorted({departure.system for departure in scheduled})
    reports = dict(zip(systems, await _reports(info, systems), strict=True))
    failures = [report for report in reports.values() if isinstance(report, UpstreamError)]
    return Merged(
        nodes=[_with_report(departure, reports[departure.system]) for departure in scheduled],
        unavailable=[*found.unavailable, *missing(info, failures)],
    )


async def _reports(info: Info, systems: Sequence[str]) -> list[TripUpdates | Exception]:
    loader = info.context.shuttle.trip_updates_by_system
    return await settled(loader.load(system) for system in systems)


def _with_report(departure: Departure, reports: TripUpdates | Exception) -> Departure:
    if not isinstance(reports, TripUpdates):
        return departure
    report = reports.of(departure)
    delay = report.delay_at(departure.origin_sequence) if report else None
    return msgspec.structs.replace(
        departure,
        delay=delay,
        cancelled=report.cancelled if report else False,
    )


@derived
def seconds_late(departure: Departure) -> int | None:
    return None if departure.delay is None else int(departure.delay.total_seconds())
