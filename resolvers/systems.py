"""How the systems behind the graph are doing, as the last call to each of them went."""

from campus.record import Record

from .context import Info


class SystemStatus(Record, frozen=True):
    id: str
    kind: str
    campus: str
    state: str


def systems(info: Info) -> list[SystemStatus]:
    return [
        SystemStatus(
            id=upstream.system.id, kind=upstream.system.kind, campus=upstream.system.campus, state=upstream.state
        )
        for upstream in info.context.campus.upstreams.values()
    ]
