"""The systems behind the graph."""

import strawberry

from resolvers import systems

from .cards import Data
from .fields import campus_type, field, resolved


@campus_type(record=systems.SystemStatus, data=Data.PUBLIC)
class System:
    """A campus system behind the graph."""

    id: str = field("Its id, as errors name it.")
    kind: str = field("What it is for: sis, library, onestop, gz_campus.")
    campus: str = field("Code of the campus that runs it.")
    state: str = field("How the last call to it went: UP, DOWN, MAINTENANCE; UNKNOWN before the first.")


@strawberry.type
class SystemQueries:
    systems: list[System] = resolved(systems.systems, "All systems, and how they are doing.")
