"""Shuttles: where they stop, and when the next one leaves."""

from datetime import datetime

import strawberry

from connectors import gz_campus
from resolvers import shuttle

from .cards import Data
from .fields import campus_type, field, global_id_of, resolved, translated
from .node import Listing, Node


@campus_type(record=gz_campus.Stop, data=Data.PUBLIC, system="gz_campus", node=True)
class ShuttleStop(Node):
    """Where a shuttle stops."""

    id: strawberry.ID = global_id_of("ShuttleStop")
    code: str = field("The operator's own id, for `shuttles(from:, to:)`.")
    campus: str = field("Code of the campus that runs the shuttle.")
    name: str = translated("name", "Name.")
    latitude: float = field("Degrees north (WGS 84).")
    longitude: float = field("Degrees east (WGS 84).")


@campus_type(record=gz_campus.Route, data=Data.PUBLIC, system="gz_campus")
class ShuttleRoute:
    """A line of the shuttle."""

    code: str = field("Short name, as on the bus.")
    name: str = translated("name", "From where to where.")


@campus_type(record=gz_campus.Departure, data=Data.PUBLIC, system="gz_campus")
class ShuttleDeparture:
    """One shuttle leaving one stop."""

    route: ShuttleRoute = field("The line.")
    campus: str = field("Code of the campus that runs it.")
    headsign: str | None = field("What the bus says where it goes.")
    origin: ShuttleStop = field("Where one gets on.")
    destination: ShuttleStop = field("Where one gets off: the stop asked for, or the last one.")
    scheduled_at: datetime = field("When it leaves by the timetable.")
    expected_at: datetime | None = field("When it leaves by its own report; null where it reports nothing.")
    arrives_at: datetime = field("When it arrives by the timetable.")
    cancelled: bool = field("Whether it was called off.")


@strawberry.type
class ShuttleQueries:
    shuttles: Listing[ShuttleDeparture] | None = resolved(
        shuttle.departures,
        "The next departures, soonest first. Without live reports the timetable stands.",
        arguments={
            "from": "Code of the stop where one gets on; any, if left out.",
            "to": "Code of the stop where one gets off; the last one, if left out.",
            "first": "How many, 1 to 50.",
        },
    )
    shuttle_stops: Listing[ShuttleStop] | None = resolved(shuttle.stops, "All stops.")
