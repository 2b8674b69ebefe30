"""Where something is."""

from .record import Record
from .text import Text


class Location(Record, frozen=True):
    building: Text | None
    """None where nobody says which."""
    room: str | None
    """As signs and schedules print it; None for a whole building."""
    latitude: float | None
    """Degrees north, WGS 84; of the room's entrance or, failing that, the building's."""
    longitude: float | None
