"""Shuttles: where they stop, and when the next one leaves."""

from datetime import datetime

import strawberry

from connectors import gz_campus
from connectors.gz_campus import VehicleState
from resolvers import shuttle, shuttle_live

from .cards import Data
from .enums import LABEL
from .fields import campus_type, field, global_id_of, labelled, resolved, translated
from .location import Location
from .node import Listing, Node
from .shuttle_live import ShuttleAlert
from .streams import streamed


@campus_type(record=gz_campus.Stop, data=Data.PUBLIC, system="gz_campus", node=True)
class ShuttleStop(Node):
    """Where a shuttle stops."""

    id: strawberry.ID = global_id_of("ShuttleStop")
    code: str = field("The operator's own id, for `shuttles(from:, to:)`.")
    campus: str = field("Code of the campus that runs the shuttle.")
    name: str = translated("name", "Name.")
    location: Location = field("Where it is.")
    alerts: list[ShuttleAlert] | None = resolved(shuttle_live.alerts_of_stop, "What is out of the ordinary there now.")


@campus_type(record=gz_campus.Route, data=Data.PUBLIC, system="gz_campus")
class ShuttleRoute:
    """A line of the shuttle."""

    code: str = field("Short name, as on the bus.")
    name: str = translated("name", "From where to where.")
    alerts: list[ShuttleAlert] | None = resolved(
        shuttle_live.alerts_of_route,
        "What is out of the ordinary on the line now; not what is about a single ride.",
    )


@campus_type(record=gz_campus.Crossing, data=Data.PUBLIC, system="gz_campus")
class BorderCrossing:
    """A border between two stops of a ride, which everybody walks through: bring what one needs to pass it."""

    exit: ShuttleStop = field("Where one gets off before the border.")
    entry: ShuttleStop = field("Where one gets on behind it.")
    arrives_at: datetime = field("When the bus is at the one, by the timetable.")
    continues_at: datetime = field("When it leaves the other.")


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
    delay: int | None = resolved(
        shuttle.seconds_late, "Seconds it leaves late, below zero early; null where it reports nothing."
    )
    arrives_at: datetime = field("When it arrives by the timetable.")
    crossings: list[BorderCrossing] = field("Borders on the ride, in their order; none where it stays on one side.")
    cancelled: bool = field("Whether it was called off.")
    alerts: list[ShuttleAlert] | None = resolved(
        shuttle_live.alerts_of_departure,
        "What is out of the ordinary on the ride: its line, its stops, itself.",
    )


@campus_type(record=shuttle_live.ShuttlePosition, data=Data.PUBLIC, system="gz_campus")
class ShuttlePosition:
    """A bus on the road, as it reports itself. Who rides in it is not known here."""

    vehicle: str | None = field("What is written on it.")
    campus: str = field("Code of the campus that runs it.")
    route: ShuttleRoute | None = field("The line; null where it drives none of the timetable.")
    latitude: float = field("Degrees north (WGS 84).")
    longitude: float = field("Degrees east (WGS 84).")
    bearing: float | None = field("Where it heads, in degrees from north by east.")
    speed: float | None = field("Metres a second.")
    next_stop: ShuttleStop | None = field("The stop it comes to, or stands at.")
    state: VehicleState = field("How it stands to that stop.")
    state_label: str = labelled("state", LABEL)
    reported_at: datetime = field("When it was there.")


@strawberry.type
class ShuttleSubscriptions:
    shuttle_positions: Listing[ShuttlePosition] | None = streamed(
        shuttle_live.positions_followed,
        "Where the buses on the road are, by line, each time that an operator reports anew.",
        each=shuttle_live.positions_told,
        arguments={"route": "Short name of a line; all, if left out."},
    )


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
    shuttle_positions: Listing[ShuttlePosition] | None = resolved(
        shuttle_live.positions,
        "Where the buses on the road are, by line.",
        arguments={"route": "Short name of a line; all, if left out."},
    )
    shuttle_stops: Listing[ShuttleStop] | None = resolved(shuttle.stops, "All stops.")
