"""Guangzhou campus: the shuttle."""

from .gtfs import Gtfs
from .loaders import ShuttleIndexes, ShuttleLoaders
from .records import Departure, Route, Stop, StopKey, TripUpdate, TripUpdates
from .timetable import ShuttleTimetable

PROTOCOLS = {"gtfs": Gtfs}
"""Wire modules by the name that settings call them."""

__all__ = [
    "PROTOCOLS",
    "Departure",
    "Gtfs",
    "Route",
    "ShuttleIndexes",
    "ShuttleLoaders",
    "ShuttleTimetable",
    "Stop",
    "StopKey",
    "TripUpdate",
    "TripUpdates",
]
