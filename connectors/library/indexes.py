"""What libraries tell everybody, in memory: what is read online, and where holds are fetched."""

from collections.abc import Callable
from typing import Any

from connectors.reads import Index
from connectors.wire import Operation

from .change_records import PickupLocation
from .e_resource_records import EResource


class LibraryIndexes:
    """By system; public, one for the whole process."""

    e_resources: Index[str, list[EResource]]
    """Who may use it, is decided for each who asks."""
    pickup_locations: Index[str, list[PickupLocation]]

    def __init__(self, ask: Callable[[str, Operation], Any], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self.e_resources = Index("e-resources", self._e_resources, refresh)
        self.pickup_locations = Index("pickup-locations", self._pickup_locations, refresh)

    async def _e_resources(self, system: str, operation: Operation) -> list[EResource]:
        resources: list[EResource] = await self._ask(system, operation).e_resources()
        return resources

    async def _pickup_locations(self, system: str, operation: Operation) -> list[PickupLocation]:
        places: list[PickupLocation] = await self._ask(system, operation).pickup_locations()
        return places
