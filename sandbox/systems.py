"""Which systems the simulated university runs, and which protocol each of them speaks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    id: str
    kind: str
    """What it holds, in the gateway's words: sis, library, onestop, gz_campus, rates."""
    campus: str
    protocol: str
    """The module of this package that speaks it."""
    parts: tuple[str, ...] = ()
    """Which parts of its protocol it has, where it has not all."""


SYSTEMS = (
    System("sis-cwb", "sis", "CWB", "oeapi"),
    System("sis-gz", "sis", "GZ", "oeapi"),
    System("library-cwb", "library", "CWB", "alma"),
    System("catalogue-cwb", "library", "CWB", "sru"),
    System("library-gz", "library", "GZ", "koha"),
    System("onestop-gz", "onestop", "GZ", "flowable"),
    System("tickets-cwb", "onestop", "CWB", "request_tracker"),
    System("notices-cwb", "gz_campus", "CWB", "atom"),
    System("notices-gz", "gz_campus", "GZ", "atom"),
    System("shuttle-gz", "gz_campus", "GZ", "gtfs"),
    System("rates-hkma", "rates", "CWB", "hkma"),
    System("life-gz", "gz_campus", "GZ", "campus_life"),
    System("life-cwb", "gz_campus", "CWB", "campus_life", parts=("housing",)),
    System("facilities-gz", "gz_campus", "GZ", "librebooking"),
)
CAMPUSES = ("CWB", "GZ")
