"""The shuttle connector over the simulated operator, and over feeds that are not quite like that one."""

import io
import sqlite3
import zipfile
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import gtfs_kit
import pytest
from google.transit import gtfs_realtime_pb2 as realtime

from connectors.gz_campus import Gtfs
from connectors.wire import UpstreamBadResponse
from sandbox import gtfs
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, drive
from .small_university import small_university
from .wire import Recorded, reached, replayed, witnessed

MONDAY_MORNING = datetime(2026, 11, 23, 8, 7, 20, tzinfo=CAMPUS_TIME)


@asynccontextmanager
async def operator(now=MONDAY_MORNING):
    db = sqlite3.connect(":memory:")
    gtfs.seed(db, small_university(), "GZ")
    async with (
        witnessed(gtfs.build_app(db, clock_at(now), "")) as (origin, seen),
        reached(Gtfs, origin, campus="GZ") as reach,
    ):
        yield reach, seen
    db.close()


async def test_the_timetable_is_what_a_third_party_reads_from_the_same_feed(tmp_path):
    async with operator() as (shuttle, seen):
        timetable = await shuttle.ask().timetable(None)
    (tmp_path / "gtfs.zip").write_bytes(seen[0].answer)
    feed = await drive(gtfs_kit.read_feed, tmp_path / "gtfs.zip", dist_units="km")
    assert {stop.code: (stop.name["en"], stop.latitude, stop.longitude) for stop in timetable.stops.values()} == {
        row.stop_id: (row.stop_name, row.stop_lat, row.stop_lon) for row in feed.stops.itertuples()
    }
    assert {key: route.code for key, route in timetable.routes.items()} == dict(
        zip(feed.routes["route_id"], feed.routes["route_short_name"], strict=True)
    )
    # Service by service and day by day, exceptions included.
    for day in await drive(feed.get_dates):
        running = {
            key
            for key, trip in timetable.trips.items()
            if timetable.service_days[trip.service].runs(datetime.strptime(day, "%Y%m%d").date())
        }
        assert running == set((await drive(feed.get_trips, day))["trip_id"])


async def test_departures_are_the_feeds_own_next_ones_between_two_stops(tmp_path):
    async with operator() as (shuttle, seen):
        timetable = await shuttle.ask().timetable(None)
    (tmp_path / "gtfs.zip").write_bytes(seen[0].answer)
    feed = await drive(gtfs_kit.read_feed, tmp_path / "gtfs.zip", dist_units="km")
    origin, destination = timetable.trips[next(iter(timetable.trips))].calls[0].stop, None
    today = set((await drive(feed.get_trips, "20261123"))["trip_id"])
    calls = feed.stop_times[feed.stop_times["trip_id"].isin(today)]
    last = calls.groupby("trip_id")["stop_sequence"].transform("max")
    expected = sorted(
        (row.departure_time, row.trip_id)
        for row in calls[(calls["stop_id"] == origin) & (calls["stop_sequence"] < last)].itertuples()
        if row.departure_time >= "08:07:20"
    )[:5]
    found = timetable.departures(MONDAY_MORNING, origin, destination, 5)
    assert [(f"{each.scheduled_at:%H:%M:%S}", each.trip) for each in found] == expected
    assert {each.origin.code for each in found} == {origin}


async def test_an_unchanged_timetable_is_not_sent_again():
    async with operator() as (shuttle, seen):
        first = await shuttle.ask().timetable(None)
        again = await shuttle.ask().timetable(first)
    assert again is first
    assert [each.status for each in seen] == [200, 304]
    assert seen[1].headers["If-None-Match"] == first.etag
    assert "Authorization" not in seen[0].headers


async def test_reports_are_what_googles_bindings_read(tmp_path):
    async with operator() as (shuttle, seen):
        updates = await shuttle.ask().trip_updates()
    message = realtime.FeedMessage.FromString(seen[0].answer)
    assert updates.as_of == datetime.fromtimestamp(message.header.timestamp, UTC)
    assert len(updates.by_trip) == len(message.entity) > 10
    for entity in message.entity:
        of = entity.trip_update
        told = updates.by_trip[of.trip.trip_id, date(2026, 11, int(of.trip.start_date[-2:]))]
        assert told.cancelled == (of.trip.schedule_relationship == realtime.TripDescriptor.CANCELED)
        assert told.delays == {
            each.stop_sequence: timedelta(seconds=each.departure.delay) for each in of.stop_time_update
        }


FEED = {
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate,22.9,113.4\nB,Station,22.8,113.5\n",
    "routes.txt": "route_id,route_long_name,route_type\nS,Shuttle,3\n",
    "trips.txt": "route_id,service_id,trip_id\nS,daily,t1\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,25:10:00,,B,9\nt1,,,A,5\nt1,24:50:00,24:50:00,A,1\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\ndaily,20261123,1\n",
}


def feed(**changes):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (FEED | changes).items():
            if text is not None:
                # Spreadsheets put a byte order mark in front.
                archive.writestr(name, text.encode("utf-8-sig"))
    return Recorded(200, "application/zip", packed.getvalue())


async def timetable(answer):
    async with replayed(answer) as (origin, _), reached(Gtfs, origin) as reach:
        return await reach.ask().timetable(None)


async def test_a_feed_with_the_least_it_must_have_is_read():
    read = await timetable(feed())
    (departure,) = read.departures(datetime(2026, 11, 24, 0, 30, tzinfo=CAMPUS_TIME), "A", "B", 9)
    assert departure.scheduled_at == datetime(2026, 11, 24, 0, 50, tzinfo=CAMPUS_TIME), "24:50 of the day before"
    assert departure.service_day == date(2026, 11, 23)
    assert departure.arrives_at == datetime(2026, 11, 24, 1, 10, tzinfo=CAMPUS_TIME)
    assert (departure.route.code, departure.route.name) == ("S", {"en": "Shuttle"})
    assert read.departures(datetime(2026, 11, 24, 0, 51, tzinfo=CAMPUS_TIME), None, None, 9) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"stops.txt": None},
        {"stops.txt": "stop_id,stop_name\nA,Gate\n"},
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate,north,113.4\n"},
        {"stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,soon,soon,A,1\n"},
        {"calendar_dates.txt": "service_id,date,exception_type\ndaily,23.11.2026,1\n"},
        {"calendar_dates.txt": None},
        {"trips.txt": "route_id,service_id,trip_id\nnowhere,daily,t1\n"},
        {"stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,9:00:00,9:00:00,X,1\n"},
    ],
)
async def test_a_feed_that_contradicts_itself_is_a_bad_response(changes):
    with pytest.raises(UpstreamBadResponse):
        await timetable(feed(**changes))


def report(timestamp=1_795_399_640, **trip):
    message = realtime.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = timestamp
    update = message.entity.add(id="1").trip_update
    update.trip.CopyFrom(realtime.TripDescriptor(trip_id="t1", **trip))
    update.stop_time_update.add(stop_sequence=1).arrival.delay = 120
    return message.SerializeToString()


async def trip_updates(body):
    answer = Recorded(200, "application/x-protobuf", body)
    async with replayed(answer) as (origin, _), reached(Gtfs, origin) as reach:
        return await reach.ask().trip_updates()


async def test_a_report_without_a_day_holds_for_whichever_day_the_trip_runs():
    updates = await trip_updates(report())
    midnight = datetime(2026, 11, 24, 0, 30, tzinfo=CAMPUS_TIME)
    (departure,) = (await timetable(feed())).departures(midnight, "A", None, 9)
    assert updates.of(departure).delay_at(departure.origin_sequence) == timedelta(minutes=2)


@pytest.mark.parametrize(
    "body", [b"", report()[:9], b"<html></html>", report(timestamp=2**63), report(start_date="today")]
)
async def test_what_is_no_report_is_a_bad_response_and_not_a_quiet_day(body):
    with pytest.raises(UpstreamBadResponse):
        await trip_updates(body)
