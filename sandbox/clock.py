"""The sandbox's one clock: real time moved by a fixed offset, so that it always lies inside a term."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .university import CAMPUS_TIME


@dataclass(frozen=True, slots=True)
class Clock:
    offset: timedelta = timedelta()
    """Added to real time; kept with the data, so that a restart goes on where time would be."""

    def now(self) -> datetime:
        return datetime.now(CAMPUS_TIME) + self.offset
