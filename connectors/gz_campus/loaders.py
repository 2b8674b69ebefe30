"""The shuttle's timetable for everybody, and the live reports one operation asks for."""

from collections.abc import Callable, Sequence

from connectors.reads import Index, Loader, settled
from connectors.wire import Operation

from .gtfs import Gtfs
from .records import TripUpdates
from .timetable import ShuttleTimetable


class ShuttleIndexes:
    """By system; public, one for the whole process."""

    def __init__(self, ask: Callable[[str, Operation], Gtfs], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self.timetable: Index[str, ShuttleTimetable] = Index("shuttle timetable", self._timetable, refresh)

    async def _timetable(self, system: str, operation: Operation) -> ShuttleTimetable:
        return await self._ask(system, operation).timetable(self.timetable.peek(system))


class ShuttleLoaders:
    """What the vehicles report right now, by system, asked once per operation."""

    def __init__(self, ask: Callable[[str], Gtfs]) -> None:
        self._ask = ask
        self.trip_updates_by_system: Loader[str, TripUpdates] = Loader(self._trip_updates)

    async def _trip_updates(self, systems: list[str]) -> Sequence[TripUpdates | Exception]:
        return await settled(self._ask(system).trip_updates() for system in systems)
