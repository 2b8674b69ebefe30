"""How the systems behind the graph are doing, as the last call to each of them went."""

from datetime import datetime

from campus.record import Record
from connectors.wire import Upstream

from .context import Info


class Maintenance(Record, frozen=True):
    until: datetime


class SystemStatus(Record, frozen=True):
    id: str
    kind: str
    campus: str
    state: str
    maintenance: Maintenance | None


def systems(info: Info) -> list[SystemStatus]:
    return [_status(upstream, info) for upstream in info.context.campus.upstreams.values()]


def _status(upstream: Upstream, info: Info) -> SystemStatus:
    system, until = upstream.system, upstream.closed_until
    zone = info.context.campus.zones[system.campus]
    return SystemStatus(
        id=system.id,
        kind=system.kind,
        campus=system.campus,
        state=upstream.state,
        maintenance=Maintenance(until=until.astimezone(zone)) if until else None,
    )
