"""What the shuttle's vehicles report, computed from timetable and clock: positions, delays and alerts, as protobuf.

After the GTFS-Realtime 2.0 reference. Delays are a few minutes, drawn once for each trip of each day.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import atan2, cos, degrees, hypot, radians

from google.transit import gtfs_realtime_pb2 as realtime

from .gtfs_alerts import alerts_at
from .gtfs_tables import clock_time
from .shuttle_network import STOPS, Trip, midnight, service_on, trips

EVERY = 15
"""Seconds between two reports."""
_AHEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Run:
    """A trip on one day, as it really goes."""

    trip: Trip
    day: date
    delay: timedelta
    cancelled: bool

    def at(self, call: int) -> datetime:
        return midnight(self.day) + self.trip.calls[call][1] + self.delay


def vehicle_positions(seed: str, now: datetime) -> bytes:
    message = _message(now)
    for run in runs(seed, now):
        if not run.cancelled and run.at(0) <= now <= run.at(-1):
            _add_vehicle(message, run, now)
    return message.SerializeToString()


def trip_updates(seed: str, now: datetime) -> bytes:
    """Trips on the road, and those that leave within two hours."""
    message = _message(now)
    for run in runs(seed, now):
        if run.at(-1) >= now and run.at(0) <= now + _AHEAD:
            update = message.entity.add(id=f"update-{run.day:%Y%m%d}-{run.trip.id}").trip_update
            update.timestamp = int(now.timestamp())
            _describe(update.trip, run)
            if run.cancelled:
                update.trip.schedule_relationship = realtime.TripDescriptor.CANCELED
                continue
            for call, (stop, _) in enumerate(run.trip.calls):
                if run.at(call) >= now:
                    _add_call(update, run, call, stop)
    return message.SerializeToString()


def alerts(now: datetime) -> bytes:
    message = _message(now)
    for told in alerts_at(now):
        alert = message.entity.add(id=told.id).alert
        if told.period:
            begins, ends = told.period
            alert.active_period.add(start=int(begins.timestamp()), end=int(ends.timestamp()))
        alert.informed_entity.extend(told.informed)
        alert.cause, alert.effect = told.cause, told.effect
        for translated, text in ((alert.header_text, told.header), (alert.description_text, told.description)):
            for language, words in text.items():
                translated.translation.add(text=words, language=language)
        if told.url:
            alert.url.translation.add(text=told.url)
    return message.SerializeToString()


def reported_at(now: datetime) -> datetime:
    """The moment of the last report."""
    seconds = int(now.timestamp()) // EVERY * EVERY
    return datetime.fromtimestamp(seconds, now.tzinfo)


def runs(seed: str, now: datetime) -> Iterator[Run]:
    """All trips of yesterday (whose service day may last past midnight) and today."""
    for day in (now.date() - timedelta(days=1), now.date()):
        service = service_on(day)
        for trip in trips():
            if trip.service == service:
                chance = random.Random(f"{seed}:gtfs:{day}:{trip.id}")
                late = chance.choice((0, 0, 0, 30, 45, 60, 90, 120, 180, 240, 360))
                yield Run(trip, day, timedelta(seconds=late), cancelled=chance.random() < 0.02)


def _message(now: datetime) -> realtime.FeedMessage:
    message = realtime.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.incrementality = realtime.FeedHeader.FULL_DATASET
    message.header.timestamp = int(now.timestamp())
    return message


def _describe(descriptor: realtime.TripDescriptor, run: Run) -> None:
    descriptor.trip_id, descriptor.route_id = run.trip.id, run.trip.route.id
    descriptor.direction_id = run.trip.direction
    descriptor.start_date, descriptor.start_time = f"{run.day:%Y%m%d}", clock_time(run.trip.calls[0][1])
    descriptor.schedule_relationship = realtime.TripDescriptor.SCHEDULED


def _add_call(update: realtime.TripUpdate, run: Run, call: int, stop: str) -> None:
    seconds, moment = int(run.delay.total_seconds()), int(run.at(call).timestamp())
    at_stop = update.stop_time_update.add(stop_sequence=call + 1, stop_id=stop)
    at_stop.schedule_relationship = realtime.TripUpdate.StopTimeUpdate.SCHEDULED
    at_stop.arrival.delay, at_stop.arrival.time = seconds, moment
    at_stop.departure.delay, at_stop.departure.time = seconds, moment


def _add_vehicle(message: realtime.FeedMessage, run: Run, now: datetime) -> None:
    # The call that is next: the first whose time has not passed.
    coming = next(call for call in range(len(run.trip.calls)) if run.at(call) >= now)
    last = max(0, coming - 1)
    there, here = STOPS[run.trip.calls[coming][0]], STOPS[run.trip.calls[last][0]]
    ride = (run.at(coming) - run.at(last)).total_seconds()
    share = (now - run.at(last)).total_seconds() / ride if ride else 0.0
    vehicle = message.entity.add(id=f"vehicle-{run.day:%Y%m%d}-{run.trip.id}").vehicle
    _describe(vehicle.trip, run)
    number = random.Random(f"{run.day}:{run.trip.id}").randint(1, 40)
    vehicle.vehicle.id, vehicle.vehicle.label = f"bus-{number:02d}", f"{run.trip.route.id} {number:02d}"
    north = there.latitude - here.latitude
    east = (there.longitude - here.longitude) * cos(radians(here.latitude))
    vehicle.position.latitude = here.latitude + share * north
    vehicle.position.longitude = here.longitude + share * (there.longitude - here.longitude)
    vehicle.position.bearing = degrees(atan2(east, north)) % 360
    # A degree of latitude is 111 195 m.
    vehicle.position.speed = hypot(north, east) * 111_195 / ride if ride else 0.0
    vehicle.current_stop_sequence, vehicle.stop_id = coming + 1, there.id
    stands = run.at(coming) == now or not ride
    states = realtime.VehiclePosition
    vehicle.current_status = states.STOPPED_AT if stands else states.IN_TRANSIT_TO
    vehicle.timestamp = int(now.timestamp())
