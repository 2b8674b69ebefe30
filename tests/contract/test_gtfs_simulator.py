"""The simulated shuttle operator, read by gtfs-kit and by Google's GTFS-Realtime bindings."""

import io
import sqlite3
import zipfile
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import gtfs_kit
import pytest
from aiohttp import ClientSession
from google.transit import gtfs_realtime_pb2 as realtime

from sandbox import gtfs
from sandbox.university import CAMPUS_TIME

from .simulators import clock_at, drive, served
from .small_university import NOW, small_university

MONDAY_MORNING = datetime(2026, 11, 23, 8, 7, 20, tzinfo=CAMPUS_TIME)


@asynccontextmanager
async def operator(now):
    db = sqlite3.connect(":memory:")
    gtfs.seed(db, small_university(), "GZ")
    async with served(gtfs.build_app(db, clock_at(now), "")) as origin, ClientSession(origin) as session:
        yield session


async def feed(session, tmp_path):
    async with session.get("/gtfs.zip") as answer:
        assert answer.content_type == "application/zip"
        (tmp_path / "gtfs.zip").write_bytes(await answer.read())
    return await drive(gtfs_kit.read_feed, tmp_path / "gtfs.zip", dist_units="km")


async def report(session, name):
    async with session.get(f"/gtfs-rt/{name}.pb") as answer:
        assert (answer.status, answer.content_type) == (200, "application/x-protobuf")
        message = realtime.FeedMessage()
        message.ParseFromString(await answer.read())
    assert message.IsInitialized()
    return message


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(days=400)])
async def test_a_third_party_reads_about_sixty_days_of_service_around_now(tmp_path, now):
    async with operator(now) as session:
        read = await feed(session, tmp_path)
    dates = await drive(read.get_dates)
    assert len(dates) == 63
    assert dates[0] <= f"{now - timedelta(days=7):%Y%m%d}"
    assert dates[-1] >= f"{now + timedelta(days=28):%Y%m%d}"
    assert set(read.routes["route_short_name"]) == {"S1", "S2", "X1"}
    running = await drive(read.get_trips, f"{now:%Y%m%d}")
    assert {"S1", "S2", "X1"} == set(running["route_id"])
    assert read.list_fields() is not None


async def test_the_tables_refer_to_each_other(tmp_path):
    async with operator(NOW) as session:
        read = await feed(session, tmp_path)
    assert set(read.stop_times["stop_id"]) <= set(read.stops["stop_id"])
    assert set(read.stop_times["trip_id"]) == set(read.trips["trip_id"])
    assert set(read.trips["service_id"]) == set(read.calendar["service_id"])
    assert read.stop_times["departure_time"].str.startswith("24:").any()
    assert read.stops["stop_lat"].between(22, 23.5).all()
    assert read.stops["stop_lon"].between(113, 115).all()
    assert read.calendar_dates["exception_type"].isin([1, 2]).all()
    assert set(read.agency["agency_timezone"]) == {"Asia/Shanghai"}


async def test_names_are_translated(tmp_path):
    async with operator(NOW) as session, session.get("/gtfs.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    text = archive.read("translations.txt").decode()
    assert "stops,stop_name,zh-Hant,慶盛站,QINGSHENG," in text
    assert "stops,stop_name,zh-Hans,庆盛站,QINGSHENG," in text


async def test_an_unchanged_feed_is_304_and_the_same_after_a_restart():
    tags = []
    for now in (NOW, NOW + timedelta(hours=1)):
        async with operator(now) as session:
            async with session.get("/gtfs.zip") as answer:
                tags.append(answer.headers["ETag"])
                assert answer.headers["Last-Modified"].endswith("GMT")
            async with session.get("/gtfs.zip", headers={"If-None-Match": tags[0]}) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
    assert tags[0] == tags[1]
    async with operator(NOW + timedelta(days=60)) as session, session.get("/gtfs.zip") as answer:
        assert answer.headers["ETag"] != tags[0]


async def test_vehicles_are_between_their_stops_on_trips_of_today(tmp_path):
    async with operator(MONDAY_MORNING) as session:
        read = await feed(session, tmp_path)
        positions = await report(session, "vehicle-positions")
    today = set((await drive(read.get_trips, "20261123"))["trip_id"])
    assert len(positions.entity) >= 3
    stops = read.stops.set_index("stop_id")
    for entity in positions.entity:
        vehicle = entity.vehicle
        assert vehicle.trip.trip_id in today
        assert vehicle.trip.start_date == "20261123"
        calls = read.stop_times[read.stop_times["trip_id"] == vehicle.trip.trip_id].set_index("stop_sequence")
        assert calls.loc[vehicle.current_stop_sequence, "stop_id"] == vehicle.stop_id
        around = [
            stops.loc[calls.loc[n, "stop_id"]]
            for n in (max(1, vehicle.current_stop_sequence - 1), vehicle.current_stop_sequence)
        ]
        latitudes = sorted(stop["stop_lat"] for stop in around)
        assert latitudes[0] - 1e-4 <= vehicle.position.latitude <= latitudes[1] + 1e-4


async def test_reports_carry_the_sandboxes_clock_and_change_every_fifteen_seconds():
    stamps = []
    for seconds in (0, 4, 15):
        async with operator(MONDAY_MORNING + timedelta(seconds=seconds)) as session:
            message = await report(session, "vehicle-positions")
            stamps.append(message.header.timestamp)
    assert stamps[0] == int(MONDAY_MORNING.timestamp()) - 5
    assert [stamp - stamps[0] for stamp in stamps] == [0, 0, 15]


async def test_updates_tell_the_delay_of_each_call_that_is_still_to_come(tmp_path):
    async with operator(MONDAY_MORNING) as session:
        read = await feed(session, tmp_path)
        updates = await report(session, "trip-updates")
    known = set(read.trips["trip_id"])
    delays = set()
    for entity in updates.entity:
        update = entity.trip_update
        assert update.trip.trip_id in known
        if update.trip.schedule_relationship == realtime.TripDescriptor.CANCELED:
            assert not update.stop_time_update
            continue
        calls = read.stop_times[read.stop_times["trip_id"] == update.trip.trip_id].set_index("stop_sequence")
        for call in update.stop_time_update:
            hours, minutes, seconds = map(int, calls.loc[call.stop_sequence, "arrival_time"].split(":"))
            scheduled = datetime(2026, 11, 23, tzinfo=CAMPUS_TIME) + timedelta(
                hours=hours, minutes=minutes, seconds=seconds
            )
            assert call.arrival.time == int(scheduled.timestamp()) + call.arrival.delay
            delays.add(call.arrival.delay)
    assert len(updates.entity) > 10
    assert len(delays) > 2
    assert max(delays) <= 360


async def test_alerts_are_about_lines_stops_and_rides_and_speak_english_and_chinese(tmp_path):
    async with operator(NOW) as session:
        read = await feed(session, tmp_path)
        told = {entity.id: entity.alert for entity in (await report(session, "alerts")).entity}
    for alert in told.values():
        assert {each.language for each in alert.header_text.translation} == {"en", "zh-Hant", "zh-Hans"}
        for concern in alert.informed_entity:
            assert concern.route_id in {"", *read.routes["route_id"]}
            assert concern.stop_id in {"", *read.stops["stop_id"]}
            assert concern.trip.trip_id in {"", *read.trips["trip_id"]}
    begun = {
        name: not alert.active_period or alert.active_period[0].start <= NOW.timestamp() < alert.active_period[0].end
        for name, alert in told.items()
    }
    assert begun == {
        "road-works-jiaomen": True,
        "queues-shenzhen-bay": True,
        "lift-qingsheng": True,
        "east-gate": True,
        "fewer-next-week": False,
    }


async def test_the_ride_between_the_campuses_stops_on_both_sides_of_the_border(tmp_path):
    async with operator(NOW) as session:
        read = await feed(session, tmp_path)
    zones = read.stops.set_index("stop_id")["stop_timezone"]
    over = read.stop_times[read.stop_times["trip_id"].str.startswith("X1")]
    for _, calls in over.groupby("trip_id"):
        passed = [zones[stop] for stop in calls.sort_values("stop_sequence")["stop_id"]]
        assert passed in (
            ["Asia/Shanghai", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Hong_Kong"],
            ["Asia/Hong_Kong", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Shanghai"],
        )


async def test_a_late_bus_after_midnight_belongs_to_the_day_before():
    async with operator(datetime(2026, 11, 24, 0, 25, tzinfo=CAMPUS_TIME)) as session:
        updates = await report(session, "trip-updates")
    late = [e.trip_update.trip for e in updates.entity if e.trip_update.trip.start_date == "20261123"]
    assert late
    assert all(trip.start_time.startswith("24:") for trip in late)


def test_the_wrong_schema_is_a_good_zip_without_the_required_files():
    assert zipfile.ZipFile(io.BytesIO(gtfs.WRONG_SCHEMA)).namelist() == ["readme.txt"]
