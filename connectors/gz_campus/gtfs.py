"""GTFS and GTFS-Realtime: the shuttle's schedule as a zip of tables, what the vehicles report as protobuf.

Source: GTFS Schedule reference and GTFS-Realtime 2.0 (gtfs.org).
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as realtime

from connectors.wire import Line, UpstreamBadResponse

from .gtfs_tables import Feed
from .records import TripUpdate, TripUpdates
from .timetable import ShuttleTimetable


class Gtfs:
    """One shuttle operator, asked on behalf of one operation."""

    def __init__(self, line: Line, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone
        self.system = line.system

    @staticmethod
    def authorization(secret: str, username: str | None) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {secret}"}

    async def timetable(self, known: ShuttleTimetable | None) -> ShuttleTimetable:
        """The schedule; the one we know already where the operator says that it stands."""
        answer = await self._line.get("/gtfs.zip", answers=frozenset({304}), etag=known.etag if known else None)
        if answer.status == 304 and known is not None:
            return known
        try:
            with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
                feed = Feed(archive, self.system.id, self.system.campus)
                timetable = ShuttleTimetable(
                    system=self.system.id,
                    campus=self.system.campus,
                    zone=self._zone,
                    stops=feed.stops(),
                    routes=feed.routes(),
                    trips=feed.trips(),
                    service_days=feed.service_days(),
                    etag=answer.headers.get("ETag"),
                )
                _refers_to_itself(timetable)
        except (zipfile.BadZipFile, KeyError, ValueError) as failure:
            raise UpstreamBadResponse(self.system.id, f"no GTFS feed: {failure!r}") from failure
        return timetable

    async def trip_updates(self) -> TripUpdates:
        """What the vehicles report of delays and cancellations."""
        answer = await self._line.get("/gtfs-rt/trip-updates.pb")
        feed = realtime.FeedMessage()
        try:
            feed.ParseFromString(answer.body)
            if not feed.IsInitialized():  # protobuf reads nothing at all as a message without its required header
                raise DecodeError("no header")
            updates = (entity.trip_update for entity in feed.entity if entity.HasField("trip_update"))
            return TripUpdates(
                as_of=datetime.fromtimestamp(feed.header.timestamp, UTC),
                by_trip={(each.trip.trip_id, _day(each.trip.start_date)): _update(each) for each in updates},
            )
        except (DecodeError, ValueError, OverflowError) as failure:
            raise UpstreamBadResponse(self.system.id, f"no GTFS-Realtime feed: {failure!r}") from failure


def _refers_to_itself(timetable: ShuttleTimetable) -> None:
    """ValueError where a trip names what the feed does not have: its departures could not be told."""
    trips = timetable.trips.values()
    missing = {trip.route for trip in trips} - timetable.routes.keys()
    missing |= {trip.service for trip in trips} - timetable.service_days.keys()
    missing |= {call.stop for trip in trips for call in trip.calls} - timetable.stops.keys()
    if missing:
        raise ValueError(f"{len(missing)} references lead nowhere")


def _update(update: realtime.TripUpdate) -> TripUpdate:
    cancelled = update.trip.schedule_relationship == realtime.TripDescriptor.CANCELED
    delays = {
        each.stop_sequence: timedelta(seconds=(each.departure if each.HasField("departure") else each.arrival).delay)
        for each in update.stop_time_update
    }
    return TripUpdate(cancelled=cancelled, delays=delays)


def _day(digits: str) -> date | None:
    """start_date may be left out where a trip runs once a day."""
    return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}") if digits else None
