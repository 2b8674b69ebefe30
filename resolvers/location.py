"""Where rooms are: what a campus's student system knows of its places."""

from strawberry import Parent

from campus.location import Location
from campus.text import best
from connectors import sis

from .context import Info


async def location_of(info: Info, campus: str, room: str) -> Location | None:
    """None where nobody knows the room, as nobody does while it is TBA."""
    for system in info.context.campus.answering("places", campus):
        places = await info.context.collection(info.context.indexes.sis.places, system)
        if room in places:
            return places[room]
    return None


async def location_of_meeting(meeting: Parent[sis.CampusMeeting], info: Info) -> Location | None:
    return await location_of(info, meeting.campus, meeting.room)


def building(location: Parent[Location], info: Info) -> str | None:
    return best(location.building, info.context.languages) if location.building else None
