"""GTFS and GTFS-Realtime: the shuttle's schedule as a zip of tables, what the vehicles report as protobuf.

Source: GTFS Schedule reference and GTFS-Realtime 2.0 (gtfs.org).
"""

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TypeVar

from google.protobuf.message import DecodeError
from google.transit.gtfs_realtime_pb2 import FeedMessage

from connectors.wire import Answer, Line, UpstreamBadResponse

from . import gtfs_live
from .gtfs_tables import Feed
from .live_records import Alert, PositionReport, TripUpdates, VehiclePosition
from .timetable import ShuttleTimetable

Told = TypeVar("Told")

NO_FEED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),  # a broken archive; OSError is bzip2's word
    RuntimeError,  # one that is encrypted, or packed in a way that zipfile does not know
    *(csv.Error, KeyError, ValueError, OverflowError),  # tables that are none of GTFS
)
"""What reading an archive of tables raises, all of which is in memory by then."""


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
        except NO_FEED as failure:
            raise UpstreamBadResponse(self.system.id, f"no GTFS feed: {failure!r}") from failure
        return timetable

    async def trip_updates(self) -> TripUpdates:
        """What the vehicles report of delays and cancellations."""
        return await self._live("trip-updates", gtfs_live.trip_updates)

    async def positions(self) -> list[VehiclePosition]:
        """Where the vehicles are."""
        return await self._live("vehicle-positions", self._positions)

    async def position_report(self, known: PositionReport | None) -> PositionReport:
        """The same for whoever follows them; the one we know already where the operator says that it stands."""
        etag = known.etag if known else None
        answer = await self._line.get("/gtfs-rt/vehicle-positions.pb", answers=frozenset({304}), etag=etag)
        if answer.status == 304 and known is not None:
            return known
        vehicles = self._read(answer, self._positions)
        return PositionReport(system=self.system.id, vehicles=vehicles, etag=answer.headers.get("ETag"))

    def _positions(self, feed: FeedMessage) -> list[VehiclePosition]:
        return list(gtfs_live.positions(feed, self.system.id, self._zone))

    async def alerts(self) -> list[Alert]:
        """What is out of the ordinary, now and later."""
        return await self._live("alerts", lambda feed: list(gtfs_live.alerts(feed, self.system.id, self._zone)))

    async def _live(self, name: str, read: Callable[[FeedMessage], Told]) -> Told:
        return self._read(await self._line.get(f"/gtfs-rt/{name}.pb"), read)

    def _read(self, answer: Answer, read: Callable[[FeedMessage], Told]) -> Told:
        try:
            return read(gtfs_live.message(answer.body))
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
