"""The tables of a GTFS feed, read into what a timetable is made of. What fails in here is no GTFS."""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from campus.location import Location
from campus.text import Text, served_language, text

from .records import Route, ServiceDays, Stop, StopKey, StopTime, Trip

STOP = "0"
"""location_type of a stop or platform, and what is meant where it is left out."""
NOT_AVAILABLE = "1"
"""pickup_type and drop_off_type: nobody gets on, or off."""
MOST_UNPACKED = 2**29
"""Bytes of all tables: a hundred times what a university's shuttle has, and what a machine still has room for."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Feed:
    """One operator's feed. Which files must exist: GTFS Schedule reference, "Dataset files"."""

    def __init__(self, archive: zipfile.ZipFile, system: str, campus: str) -> None:
        if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
            raise ValueError("too much to unpack")
        self._archive = archive
        self._files = frozenset(archive.namelist())
        self._system = system
        self._campus = campus
        self._translations = self._read_translations()

    def stops(self) -> dict[str, Stop]:
        """Where buses stop. Stations and entrances are in the table too; a platform has its station's time zone."""
        places = {row["stop_id"]: row for row in self._rows("stops.txt")}
        return {
            code: self._stop(code, row, places.get(row.get("parent_station") or "", row))
            for code, row in places.items()
            if (row.get("location_type") or STOP) == STOP
        }

    def _stop(self, code: str, row: Mapping[str, str], station: Mapping[str, str]) -> Stop:
        name = self._named("stops", "stop_name", code, row["stop_name"])
        latitude, longitude = _degrees(row["stop_lat"], 90), _degrees(row["stop_lon"], 180)
        return Stop(
            key=StopKey(self._system, code),
            campus=self._campus,
            name=name,
            location=Location(building=name, room=None, latitude=latitude, longitude=longitude),
            zone=station.get("stop_timezone") or None,
        )

    def routes(self) -> dict[str, Route]:
        return {
            row["route_id"]: Route(
                system=self._system,
                campus=self._campus,
                id=row["route_id"],
                code=row.get("route_short_name") or row["route_id"],
                name=self._named("routes", "route_long_name", row["route_id"], row.get("route_long_name") or ""),
                type=int(row["route_type"]),
                agency=row.get("agency_id") or None,
            )
            for row in self._rows("routes.txt")
        }

    def trips(self) -> dict[str, Trip]:
        calls: defaultdict[str, list[StopTime]] = defaultdict(list)
        for row in self._rows("stop_times.txt"):
            if row["arrival_time"] or row["departure_time"]:  # a bus passes stops between two time points unannounced
                calls[row["trip_id"]].append(_stop_time(row))
        return {
            row["trip_id"]: Trip(
                id=row["trip_id"],
                route=row["route_id"],
                service=row["service_id"],
                headsign=row.get("trip_headsign") or None,
                calls=sorted(calls[row["trip_id"]], key=lambda call: call.sequence),
                direction=int(row["direction_id"]) if row.get("direction_id") else None,
            )
            for row in self._rows("trips.txt")
        }

    def service_days(self) -> dict[str, ServiceDays]:
        """calendar.txt says the weekdays, calendar_dates.txt the exceptions; either may be missing."""
        changes: defaultdict[str, dict[date, str]] = defaultdict(dict)
        for row in self._rows("calendar_dates.txt", optional=True):
            changes[row["service_id"]][_date(row["date"])] = row["exception_type"]
        weekly = {row["service_id"]: row for row in self._rows("calendar.txt", optional=True)}
        return {
            service: ServiceDays(
                weekdays=frozenset(
                    day for day, name in enumerate(WEEKDAYS) if weekly.get(service, {}).get(name) == "1"
                ),
                first=_date(weekly[service]["start_date"]) if service in weekly else date.max,
                last=_date(weekly[service]["end_date"]) if service in weekly else date.min,
                added=frozenset(day for day, kind in changes[service].items() if kind == "1"),
                removed=frozenset(day for day, kind in changes[service].items() if kind == "2"),
            )
            for service in {*weekly, *changes}
        }

    def _named(self, table: str, column: str, record: str, name: str) -> Text:
        """A name in its own language and in those it is translated to, by record or by the name itself."""
        told = self._translations
        return text([("en", name), *told[table, column, record].items(), *told[table, column, name].items()])

    def _read_translations(self) -> Mapping[tuple[str, str, str], Mapping[str, str]]:
        told: defaultdict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for row in self._rows("translations.txt", optional=True):
            of = row.get("record_id") or row.get("field_value") or ""
            told[row["table_name"], row["field_name"], of][served_language(row["language"])] = row["translation"]
        return told

    def _rows(self, file: str, *, optional: bool = False) -> Iterator[Mapping[str, str]]:
        if optional and file not in self._files:
            return
        with self._archive.open(file) as raw:
            # A row that ends early is one whose last fields are empty.
            yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), restval="")


def _stop_time(row: Mapping[str, str]) -> StopTime:
    arrives = row["arrival_time"] or row["departure_time"]
    departs = row["departure_time"] or row["arrival_time"]
    return StopTime(
        stop=row["stop_id"],
        sequence=int(row["stop_sequence"]),
        arrives=_since_start(arrives),
        departs=_since_start(departs),
        boards=row.get("pickup_type") != NOT_AVAILABLE,
        alights=row.get("drop_off_type") != NOT_AVAILABLE,
    )


def _degrees(told: str, most: int) -> float:
    degrees = float(told)
    if not abs(degrees) <= most:  # what is no number is not either
        raise ValueError(f"{told!r} is no place on earth")
    return degrees


def _since_start(clock: str) -> timedelta:
    hours, minutes, seconds = clock.strip().split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def _date(digits: str) -> date:
    return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}")
