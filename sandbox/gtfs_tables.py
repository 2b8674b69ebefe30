"""The shuttle's schedule as a GTFS zip: tables after the GTFS Schedule reference, names in three languages."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from .shuttle_network import DAYS, ROUTES, STOPS, WEEKDAYS, WEEKEND, runs_as_weekend, trips
from .university import Text

_AGENCY: Text = {"en": "HKUST(GZ) Shuttle", "zh-Hant": "港科大（廣州）穿梭巴士", "zh-Hans": "港科大（广州）穿梭巴士"}


def feed(first: date) -> bytes:
    """The zip of the feed that begins on that day; the same bytes whenever it is made."""
    last = first + timedelta(days=DAYS - 1)
    tables = {
        "agency.txt": _table(
            ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
            [("HKUSTGZ", _AGENCY["en"], "https://shuttle.example/", "Asia/Shanghai", "en")],
        ),
        "stops.txt": _table(
            ("stop_id", "stop_code", "stop_name", "stop_lat", "stop_lon", "stop_timezone"),
            [(stop.id, stop.id, stop.name["en"], stop.latitude, stop.longitude, stop.zone) for stop in STOPS.values()],
        ),
        "routes.txt": _table(
            ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type", "route_color"),
            # 3 is a bus.
            [(route.id, "HKUSTGZ", route.id, route.name["en"], 3, route.colour) for route in ROUTES],
        ),
        "trips.txt": _table(
            ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id"),
            [(trip.route.id, trip.service, trip.id, trip.headsign["en"], trip.direction) for trip in trips()],
        ),
        "stop_times.txt": _table(
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint"),
            [
                (trip.id, clock_time(at), clock_time(at), stop, sequence, 1)
                for trip in trips()
                for sequence, (stop, at) in enumerate(trip.calls, 1)
            ],
        ),
        "calendar.txt": _table(
            ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
             "start_date", "end_date"),
            [(WEEKDAYS, 1, 1, 1, 1, 1, 0, 0, f"{first:%Y%m%d}", f"{last:%Y%m%d}"),
             (WEEKEND, 0, 0, 0, 0, 0, 1, 1, f"{first:%Y%m%d}", f"{last:%Y%m%d}")],
        ),
        "calendar_dates.txt": _table(
            ("service_id", "date", "exception_type"),
            # 1 adds the service on that date, 2 removes it.
            [
                (service, f"{day:%Y%m%d}", kind)
                for day in (first + timedelta(days=number) for number in range(DAYS))
                if runs_as_weekend(day)
                for service, kind in ((WEEKDAYS, 2), (WEEKEND, 1))
            ],
        ),
        "feed_info.txt": _table(
            ("feed_publisher_name", "feed_publisher_url", "feed_lang",
             "feed_start_date", "feed_end_date", "feed_version"),
            [(_AGENCY["en"], "https://shuttle.example/", "en", f"{first:%Y%m%d}", f"{last:%Y%m%d}", f"{first:%G-W%V}")],
        ),
        "translations.txt": _table(
            ("table_name", "field_name", "language", "translation", "record_id", "field_value"), _translations()
        ),
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            # A fixed date inside, so that the ETag depends on the content alone.
            archive.writestr(zipfile.ZipInfo(name, (first.year, first.month, first.day, 0, 0, 0)), text)
    return packed.getvalue()


def without_tables() -> bytes:
    """A good zip that is no feed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt"), "The timetable has moved.\n")
    return packed.getvalue()


def clock_time(since_midnight: timedelta) -> str:
    """HH:MM:SS as GTFS counts it: 24:10:00 is ten past midnight at the end of the service day."""
    minutes, seconds = divmod(int(since_midnight.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _translations() -> Iterable[tuple[str, ...]]:
    for language in ("zh-Hant", "zh-Hans"):
        yield "agency", "agency_name", language, _AGENCY[language], "HKUSTGZ", ""
        for stop in STOPS.values():
            yield "stops", "stop_name", language, stop.name[language], stop.id, ""
            # By value, since a headsign belongs to no record of its own.
            yield "trips", "trip_headsign", language, stop.name[language], "", stop.name["en"]
        for route in ROUTES:
            yield "routes", "route_long_name", language, route.name[language], route.id, ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
