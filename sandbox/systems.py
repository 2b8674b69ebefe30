"""Which systems the simulated university runs, and which protocol each of them speaks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    id: str
    kind: str
    """What it holds, in the gateway's words: sis, library, onestop, gz_campus."""
    campus: str
    protocol: str
    """The module of this package that speaks it."""


SYSTEMS = (
    System("sis-cwb", "sis", "CWB", "oeapi"),
    System("sis-gz", "sis", "GZ", "oeapi"),
    System("library-cwb", "library", "CWB", "alma"),
    System("onestop-gz", "onestop", "GZ", "flowable"),
    System("tickets-cwb", "onestop", "CWB", "request_tracker"),
    System("shuttle-gz", "gz_campus", "GZ", "gtfs"),
)
CAMPUSES = ("CWB", "GZ")
