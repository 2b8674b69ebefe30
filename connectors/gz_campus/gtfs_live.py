"""GTFS-Realtime messages, read into what the campus says of them. A DecodeError or ValueError means: not GTFS-Realtime.

Source: GTFS-Realtime 2.0 reference (gtfs.org).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as realtime

from campus.text import UNTOLD, Text, text

from .live_records import (
    Alert,
    AlertEffect,
    Concern,
    Period,
    TripUpdate,
    TripUpdates,
    VehiclePosition,
    VehicleState,
)


def message(body: bytes) -> realtime.FeedMessage:
    feed = realtime.FeedMessage()
    feed.ParseFromString(body)
    if not feed.IsInitialized():  # protobuf reads nothing at all as a message without its required header
        raise DecodeError("no header")
    return feed


def trip_updates(feed: realtime.FeedMessage) -> TripUpdates:
    updates = (entity.trip_update for entity in feed.entity if entity.HasField("trip_update"))
    return TripUpdates(
        as_of=_moment(feed.header.timestamp, UTC),
        by_trip={(_word(each.trip.trip_id) or "", _day(each.trip.start_date)): _update(each) for each in updates},
    )


def positions(feed: realtime.FeedMessage, system: str, zone: tzinfo) -> Iterator[VehiclePosition]:
    """A vehicle that does not say where it is, is nowhere."""
    for entity in feed.entity:
        vehicle = entity.vehicle
        if entity.HasField("vehicle") and vehicle.HasField("position"):
            at = vehicle.position
            yield VehiclePosition(
                system=system,
                trip=_word(vehicle.trip.trip_id),
                route=_word(vehicle.trip.route_id),
                stop=_word(vehicle.stop_id),
                vehicle=_word(vehicle.vehicle.label) or _word(vehicle.vehicle.id),
                latitude=at.latitude,
                longitude=at.longitude,
                bearing=at.bearing if at.HasField("bearing") else None,
                speed=at.speed if at.HasField("speed") else None,
                state=VehicleState[realtime.VehiclePosition.VehicleStopStatus.Name(vehicle.current_status)],
                reported_at=_moment(vehicle.timestamp or feed.header.timestamp, zone),
            )


def alerts(feed: realtime.FeedMessage, system: str, zone: tzinfo) -> Iterator[Alert]:
    for entity in feed.entity:
        if entity.HasField("alert"):
            alert = entity.alert
            effect = realtime.Alert.Effect.Name(alert.effect)
            yield Alert(
                system=system,
                id=_word(entity.id) or "",
                header=_text(alert.header_text),
                description=_text(alert.description_text),
                url=_text(alert.url),
                effect=AlertEffect[effect] if effect in AlertEffect.__members__ else AlertEffect.OTHER,
                periods=[
                    Period(
                        starts=_moment(each.start, zone) if each.start else None,
                        ends=_moment(each.end, zone) if each.end else None,
                    )
                    for each in alert.active_period
                ],
                concerns=[_concern(each) for each in alert.informed_entity],
            )


def _update(update: realtime.TripUpdate) -> TripUpdate:
    cancelled = update.trip.schedule_relationship == realtime.TripDescriptor.CANCELED
    delays = {
        each.stop_sequence: timedelta(seconds=(each.departure if each.HasField("departure") else each.arrival).delay)
        for each in update.stop_time_update
    }
    return TripUpdate(cancelled=cancelled, delays=delays)


def _concern(told: realtime.EntitySelector) -> Concern:
    trip = told.trip
    return Concern(
        agency=_word(told.agency_id),
        route=_word(told.route_id) or _word(trip.route_id),
        route_type=told.route_type if told.HasField("route_type") else None,
        direction=told.direction_id if told.HasField("direction_id") else None,
        trip=_word(trip.trip_id),
        service_day=_day(trip.start_date),
        stop=_word(told.stop_id),
    )


def _text(told: realtime.TranslatedString) -> Text:
    """Where a text is told once, its language may be left out."""
    return text((_word(each.language) or UNTOLD, _word(each.text) or "") for each in told.translation)


def _moment(seconds: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(seconds, zone)


def _word(told: str) -> str | None:
    """None where nothing is told. Of a text that is no UTF-8, protobuf hands out the bytes."""
    if not isinstance(told, str):
        raise ValueError("a text that is no UTF-8")
    return told or None


def _day(digits: str) -> date | None:
    """start_date may be left out where a trip runs once a day."""
    told = _word(digits)
    return date.fromisoformat(f"{told[:4]}-{told[4:6]}-{told[6:8]}") if told else None
