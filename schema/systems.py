"""The systems behind the graph."""

from datetime import datetime

import strawberry

from resolvers import systems

from .cards import Data
from .fields import campus_type, field, resolved


@campus_type(record=systems.Maintenance, data=Data.PUBLIC)
class Maintenance:
    """A system that is closed on purpose."""

    until: datetime = field("When it said it would be back.")


@campus_type(record=systems.SystemStatus, data=Data.PUBLIC)
class System:
    """A campus system behind the graph."""

    id: str = field("Its id, as errors name it.")
    kind: str = field("What it is for: sis, library, onestop, gz_campus, rates.")
    campus: str = field("Code of the campus that runs it.")
    state: str = field("How the last call to it went: UP, DOWN, MAINTENANCE; UNKNOWN before the first.")
    maintenance: Maintenance | None = field("Set while the system says that it is closed on purpose.")


@strawberry.type
class SystemQueries:
    systems: list[System] = resolved(systems.systems, "All systems, and how they are doing.")
