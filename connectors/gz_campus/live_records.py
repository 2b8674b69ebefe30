"""What a shuttle operator tells of right now: where buses are, how late they run, and what is out of the ordinary."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from campus.record import Record
from campus.text import Text

from .records import Departure, Route, Stop


class TripUpdate(Record, frozen=True):
    cancelled: bool
    delays: Mapping[int, timedelta]
    """By stop sequence; holds for the following stops too, until the next one told."""

    def delay_at(self, sequence: int) -> timedelta | None:
        told = [each for each in sorted(self.delays) if each <= sequence]
        return self.delays[told[-1]] if told else None


class TripUpdates(Record, frozen=True):
    """What the vehicles report, by trip and service day."""

    as_of: datetime
    by_trip: Mapping[tuple[str, date | None], TripUpdate]

    def of(self, departure: Departure) -> TripUpdate | None:
        return self.by_trip.get((departure.trip, departure.service_day)) or self.by_trip.get((departure.trip, None))


class VehicleState(enum.Enum):
    """VehicleStopStatus of the reference."""

    INCOMING_AT = "INCOMING_AT"
    STOPPED_AT = "STOPPED_AT"
    IN_TRANSIT_TO = "IN_TRANSIT_TO"


class VehiclePosition(Record, frozen=True):
    """Where a bus is. Who or how many ride in it is not read, whatever the operator sends."""

    system: str
    trip: str | None
    route: str | None
    stop: str | None
    vehicle: str | None
    """What is written on it, or the operator's own id."""
    latitude: float
    longitude: float
    bearing: float | None
    speed: float | None
    state: VehicleState
    reported_at: datetime


class PositionReport(Record, frozen=True):
    """Where all buses of an operator are."""

    system: str
    vehicles: Sequence[VehiclePosition]
    etag: str | None
    """By which the operator says whether there is another report by now."""


class AlertEffect(enum.Enum):
    """Effect of the reference; OTHER for its two words for that, and for those that come later."""

    NO_SERVICE = "NO_SERVICE"
    REDUCED_SERVICE = "REDUCED_SERVICE"
    SIGNIFICANT_DELAYS = "SIGNIFICANT_DELAYS"
    DETOUR = "DETOUR"
    ADDITIONAL_SERVICE = "ADDITIONAL_SERVICE"
    MODIFIED_SERVICE = "MODIFIED_SERVICE"
    STOP_MOVED = "STOP_MOVED"
    NO_EFFECT = "NO_EFFECT"
    ACCESSIBILITY_ISSUE = "ACCESSIBILITY_ISSUE"
    OTHER = "OTHER"


class Period(Record, frozen=True):
    starts: datetime | None
    """None: it always has been."""
    ends: datetime | None
    """None: nobody knows until when."""

    def holds(self, moment: datetime) -> bool:
        return (self.starts is None or self.starts <= moment) and (self.ends is None or moment < self.ends)


class Concern(Record, frozen=True):
    """What an alert is about: everything that is given must be true of it (EntitySelector of the reference)."""

    agency: str | None = None
    route: str | None = None
    route_type: int | None = None
    direction: int | None = None
    trip: str | None = None
    service_day: date | None = None
    stop: str | None = None

    def fits_route(self, route: Route) -> bool:
        return (
            self.agency in (None, route.agency)
            and self.route in (None, route.id)
            and self.route_type in (None, route.type)
        )

    def fits_trip(self, departure: Departure) -> bool:
        return (
            self.direction in (None, departure.direction)
            and self.trip in (None, departure.trip)
            and self.service_day in (None, departure.service_day)
            and (self.stop is None or self.stop in departure.stops)
        )


class Alert(Record, frozen=True):
    system: str
    id: str
    header: Text
    description: Text
    """Empty where there is none."""
    url: Text
    effect: AlertEffect
    periods: Sequence[Period]
    """Empty: as long as it is told."""
    concerns: Sequence[Concern]

    def holds(self, moment: datetime) -> bool:
        return not self.periods or any(period.holds(moment) for period in self.periods)

    def is_of_departure(self, departure: Departure) -> bool:
        """Whether who takes it meets what the alert tells."""
        return self.holds(departure.scheduled_at) and any(
            each.fits_route(departure.route) and each.fits_trip(departure) for each in self.concerns
        )

    def is_of_route(self, route: Route, now: datetime) -> bool:
        """What is about a single trip, or about a stop whatever comes there, is not about a route."""
        own = [each for each in self.concerns if each.trip is None and (each.route or each.stop is None)]
        return self.holds(now) and any(each.fits_route(route) for each in own)

    def is_of_stop(self, stop: Stop, now: datetime) -> bool:
        return self.holds(now) and any(each.stop == stop.code and each.trip is None for each in self.concerns)
