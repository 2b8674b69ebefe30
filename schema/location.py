"""Where something is."""

from campus.location import Location as LocationRecord
from resolvers import location

from .cards import Data
from .fields import campus_type, field, resolved

WHERE = "Where the room is; null while it is to be announced, or where the campus does not know it."


@campus_type(record=LocationRecord, data=Data.PUBLIC, system="sis")
class Location:
    """A place on a campus."""

    building: str | None = resolved(
        location.building,
        "Name of the building; null where nobody says which.",
        language=location.building_language,
    )
    room: str | None = field("As signs and schedules print it; null for a whole building.")
    latitude: float | None = field("Degrees north (WGS 84): of the room's entrance or, failing that, the building's.")
    longitude: float | None = field("Degrees east (WGS 84), of the same.")
