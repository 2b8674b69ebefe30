"""Open Education API v6: rooms and buildings, and where each is.

Source: Open Education API 6.0, resources Room and Building. A room's own geolocation is that of its entrance.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from campus.location import Location
from campus.text import text

from .oeapi_shapes import Code, Translated


class Geolocation(Struct):
    latitude: float
    longitude: float


class PlaceAddress(Struct):
    geolocation: Geolocation | None = None


class BuildingOnWire(Struct, rename="camel"):
    building_id: str
    name: list[Translated]
    address: PlaceAddress | None = None


class RoomOnWire(Struct, rename="camel"):
    room_id: str
    primary_code: Code
    building_id: str | None = None
    geolocation: Geolocation | None = None


def places(rooms: Iterable[RoomOnWire], buildings: Mapping[str, BuildingOnWire]) -> dict[str, Location]:
    """Each room by what the schedule prints for it, which is its code (docs/ext-campus.md)."""
    return {room.primary_code.code: _location(room, buildings.get(room.building_id or "")) for room in rooms}


def _location(room: RoomOnWire, building: BuildingOnWire | None) -> Location:
    address = building.address if building else None
    point = room.geolocation or (address.geolocation if address else None)
    return Location(
        building=text((each.language, each.value) for each in building.name) if building else None,
        room=room.primary_code.code,
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
    )
