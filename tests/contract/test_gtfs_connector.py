"""The shuttle connector over the simulated operator, and over feeds that are not quite like that one."""

import io
import sqlite3
import zipfile
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import gtfs_kit
import pytest
from google.transit import gtfs_realtime_pb2 as realtime

from connectors.gz_campus import Alert, AlertEffect, Concern, Gtfs, Period, VehiclePosition
from connectors.wire import UpstreamBadResponse
from sandbox import gtfs
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, drive
from .small_university import small_university
from .wire import ZONE, Recorded, reached, replayed, witnessed

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
    assert {
        stop.code: (stop.name["en"], stop.location.latitude, stop.location.longitude, stop.zone)
        for stop in timetable.stops.values()
    } == {
        row.stop_id: (row.stop_name, row.stop_lat, row.stop_lon, row.stop_timezone) for row in feed.stops.itertuples()
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


async def test_what_leaves_is_worked_out_once_for_who_asks_on_a_day_and_is_right_at_each_moment():
    async with operator() as (shuttle, _):
        read = await shuttle.ask().timetable(None)
        ways = [(None, None), *((call.stop, None) for call in next(iter(read.trips.values())).calls), ("none", None)]
        for minutes in (0, 1, 24 * 60 - 488, 24 * 60 - 487, 24 * 60, 48 * 60):  # 488 minutes after midnight it begins
            now, anew = MONDAY_MORNING + timedelta(minutes=minutes), await shuttle.ask().timetable(None)
            for way in ways:
                assert read.departures(now, *way, 9999) == anew.departures(now, *way, 9999)
    (first, second, *_), (again, *_) = read.departures(now, None, None, 50), read.departures(now, None, None, 1)
    assert again is first
    assert read.departures(second.scheduled_at, None, None, 1) == [second]
    assert read.departures(now, "none", None, 9) == read.departures(now, None, "none", 9) == []


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


async def test_positions_are_what_googles_bindings_read_and_say_nothing_of_passengers():
    async with operator() as (shuttle, seen):
        positions = await shuttle.ask().positions()
    message = realtime.FeedMessage.FromString(seen[0].answer)
    assert [each.path for each in seen] == ["/gtfs-rt/vehicle-positions.pb"]
    assert [
        (each.trip, each.route, each.stop, each.vehicle, each.latitude, each.longitude, each.bearing, each.speed)
        for each in positions
    ] == [
        (
            *(of.trip.trip_id, of.trip.route_id, of.stop_id, of.vehicle.label),
            *(of.position.latitude, of.position.longitude, of.position.bearing, of.position.speed),
        )
        for of in (entity.vehicle for entity in message.entity)
    ]
    assert len(positions) >= 3
    assert {each.reported_at.timestamp() for each in positions} == {message.header.timestamp}
    assert {each.reported_at.tzinfo for each in positions} == {ZONE}
    assert not [name for name in VehiclePosition.__struct_fields__ if "occupancy" in name or "passenger" in name]


async def test_alerts_are_what_googles_bindings_read():
    async with operator() as (shuttle, seen):
        alerts = await shuttle.ask().alerts()
    message = realtime.FeedMessage.FromString(seen[0].answer)
    assert len(alerts) == len(message.entity) == 5
    for alert, entity in zip(alerts, message.entity, strict=True):
        told = entity.alert
        assert alert.id == entity.id
        assert alert.header == {each.language: each.text for each in told.header_text.translation}
        assert alert.description == {each.language: each.text for each in told.description_text.translation}
        assert list(alert.url.items()) == [("und", each.text) for each in told.url.translation]
        assert alert.effect.value == realtime.Alert.Effect.Name(told.effect)
        assert [(each.starts.timestamp(), each.ends.timestamp()) for each in alert.periods] == [
            (each.start, each.end) for each in told.active_period
        ]
        assert [(each.route or "", each.stop or "", each.trip or "") for each in alert.concerns] == [
            (each.route_id, each.stop_id, each.trip.trip_id) for each in told.informed_entity
        ]


async def test_the_ride_between_the_campuses_tells_the_border_in_both_directions():
    async with operator() as (shuttle, _):
        timetable = await shuttle.ask().timetable(None)
    for origin, destination, exit_, entry in (
        ("GZ-GATE", "CWB", "SZ-BAY-SZ", "SZ-BAY-HK"),
        ("CWB", "GZ-GATE", "SZ-BAY-HK", "SZ-BAY-SZ"),
    ):
        (ride, *_) = timetable.departures(MONDAY_MORNING, origin, destination, 3)
        (crossing,) = ride.crossings
        assert (crossing.exit.code, crossing.entry.code) == (exit_, entry)
        assert crossing.continues_at - crossing.arrives_at == timedelta(minutes=30)
        assert ride.scheduled_at < crossing.arrives_at < crossing.continues_at < ride.arrives_at
        assert ride.stops == {"GZ-GATE", "SZ-BAY-SZ", "SZ-BAY-HK", "CWB"}
    for origin, destination in (("GZ-GATE", "SZ-BAY-SZ"), ("SZ-BAY-HK", "CWB"), ("GZ-DORM", "QINGSHENG")):
        (ride, *_) = timetable.departures(MONDAY_MORNING, origin, destination, 3)
        assert list(ride.crossings) == []


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


async def test_a_station_is_no_stop_and_a_platform_has_its_time():
    """Reference, stops.txt: stop_timezone of a station holds for what belongs to it."""
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,stop_timezone\n"
        "P,Port,22.5,113.9,1,,Asia/Shanghai\nA,Gate,22.9,113.4,0,P,Asia/Tokyo\nB,Station,22.8,113.5,,,\n"
        "E,,,,3,P,\n"
    )
    read = await timetable(feed(**{"stops.txt": stops}))
    assert {stop.code: stop.zone for stop in read.stops.values()} == {"A": "Asia/Shanghai", "B": None}


@pytest.mark.parametrize(("column", "leaves"), [("pickup_type", "A"), ("drop_off_type", "B")])
async def test_nobody_gets_on_or_off_where_the_feed_says_so(column, leaves):
    times = (
        f"trip_id,arrival_time,departure_time,stop_id,stop_sequence,{column}\n"
        f"t1,24:50:00,24:50:00,A,1,{int(leaves == 'A')}\nt1,25:10:00,25:10:00,B,9,{int(leaves == 'B')}\n"
    )
    read = await timetable(feed(**{"stop_times.txt": times}))
    assert read.departures(datetime(2026, 11, 24, 0, 30, tzinfo=CAMPUS_TIME), "A", "B", 9) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"stops.txt": None},
        {"stops.txt": "stop_id,stop_name\nA,Gate\n"},
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate,north,113.4\n"},
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate,nan,113.4\n"},
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate,22.9,181\n"},
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Gate\n"},
        {"stops.txt": f"stop_id,stop_name,stop_lat,stop_lon\nA,{'Gate' * 40_000},22.9,113.4\n"},
        {"routes.txt": "route_id,route_long_name,route_type\nS\n"},
        {"stop_times.txt": f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,{'9' * 15}:0:0,,A,1\n"},
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


FLAGS, METHOD, NEEDED, SIZE = slice(8, 10), slice(10, 12), slice(6, 8), slice(24, 28)
"""Of an entry in the archive's list (APPNOTE.TXT, 4.3.12), where its own header has them two bytes earlier."""


def packed_otherwise(field, value):
    """A feed all of whose entries say that they are packed so."""
    whole = bytearray(feed().body)
    for signature, shift in ((b"PK\x01\x02", 0), (b"PK\x03\x04", -2)):
        place = whole.find(signature)
        while place >= 0:
            whole[place + field.start + shift : place + field.stop + shift] = value.to_bytes(
                field.stop - field.start, "little"
            )
            place = whole.find(signature, place + 4)
    return Recorded(200, "application/zip", bytes(whole))


@pytest.mark.parametrize(
    ("field", "value"),
    [(FLAGS, 1), (FLAGS, 1 << 5), (FLAGS, 1 << 6), (METHOD, 99), (NEEDED, 99), (METHOD, 8), (METHOD, 12), (METHOD, 14)],
    ids=["encrypted", "patched", "strongly encrypted", "unknown", "newer", "no deflate", "no bzip2", "no LZMA"],
)
async def test_an_archive_that_cannot_be_unpacked_is_a_bad_response(field, value):
    with pytest.raises(UpstreamBadResponse, match="no GTFS feed"):
        await timetable(packed_otherwise(field, value))


async def test_an_archive_that_would_fill_the_memory_is_not_unpacked():
    with pytest.raises(UpstreamBadResponse, match="too much to unpack"):
        await timetable(packed_otherwise(SIZE, 2**29))


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


WHOLE_LINE = {"route": "S"}


@pytest.mark.parametrize(
    ("concern", "ride", "line", "stop"),
    [
        ({}, True, True, False),
        (WHOLE_LINE, True, True, False),
        ({"route": "other"}, False, False, False),
        ({"route_type": 3}, True, True, False),
        ({"route_type": 2}, False, False, False),
        ({"agency": "another"}, False, False, False),
        ({"direction": 1}, False, True, False),
        ({"stop": "B"}, True, False, True),
        ({"stop": "C"}, False, False, False),
        ({**WHOLE_LINE, "stop": "B"}, True, True, True),
        ({"trip": "t1"}, True, False, False),
        ({"trip": "t1", "service_day": date(2026, 11, 24)}, False, False, False),
        ({"trip": "t2"}, False, False, False),
    ],
)
async def test_an_alert_is_about_what_all_that_it_names_is_true_of(concern, ride, line, stop):
    """Reference, EntitySelector: what is given must all hold, what is left out does not matter."""
    read = await timetable(feed())
    now = datetime(2026, 11, 24, 0, 30, tzinfo=CAMPUS_TIME)
    (departure,) = read.departures(now, "A", "B", 1)
    alert = Alert(
        system="system-1",
        id="1",
        header={"en": "-"},
        description={},
        url={},
        effect=AlertEffect.OTHER,
        periods=[],
        concerns=[Concern(**concern)],
    )
    found = (
        alert.is_of_departure(departure),
        alert.is_of_route(departure.route, now),
        alert.is_of_stop(read.stops["B"], now),
    )
    assert found == (ride, line, stop)


def test_an_alert_holds_from_its_beginning_to_its_end():
    noon = datetime(2026, 11, 24, 12, tzinfo=CAMPUS_TIME)
    hour = timedelta(hours=1)
    assert Period(starts=noon, ends=noon + hour).holds(noon)
    assert not Period(starts=noon, ends=noon + hour).holds(noon + hour)
    assert Period(starts=noon, ends=None).holds(noon + 1000 * hour)
    assert Period(starts=None, ends=noon).holds(noon - 1000 * hour)
    assert not Period(starts=None, ends=noon).holds(noon)


@pytest.mark.parametrize(
    "body", [b"", report()[:9], b"<html></html>", report(timestamp=2**63), report(start_date="today")]
)
async def test_what_is_no_report_is_a_bad_response_and_not_a_quiet_day(body):
    with pytest.raises(UpstreamBadResponse):
        await trip_updates(body)
