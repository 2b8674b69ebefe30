"""Where rooms and libraries are: what a campus's student system knows of its places, and what the settings say."""

from collections.abc import Sequence

from strawberry import Parent

from campus.location import Location
from campus.text import best, told_language
from connectors import library, sis
from execution.derived import derived

from .context import Info
from .texts import LANGUAGES


async def location_of(info: Info, campus: str, room: str) -> Location | None:
    """None where nobody knows the room, as nobody does while it is TBA."""
    for system in info.context.campus.answering("places", campus):
        places = await info.context.collection(info.context.indexes.sis.places, system)
        if room in places:
            return places[room]
    return None


def location_of_holding(holding: Parent[library.Holding], info: Info) -> Location | None:
    return info.context.campus.libraries.get((holding.campus, holding.library or ""))


async def location_of_meeting(meeting: Parent[sis.CampusMeeting], info: Info) -> Location | None:
    return await location_of(info, meeting.campus, meeting.room)


def _building(location: Location, languages: Sequence[str]) -> str | None:
    return best(location.building, languages) if location.building else None


def _building_language(location: Location, languages: Sequence[str]) -> str | None:
    return told_language(location.building, languages) if location.building else None


building = derived(_building, by=LANGUAGES)
building_language = derived(_building_language, by=LANGUAGES)
