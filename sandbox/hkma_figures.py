"""Invented exchange rates of the Hong Kong dollar: near the real ones of 2026, the same for the same seed and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .academic_calendar import holidays

FIRST = date(2022, 1, 3)
"""The sandbox keeps figures from here on; the authority has them since 1981."""
OUT_ON = 8
"""Day of the month on which the bulletin with the month before is out; the authority promises none."""
_DAY = timedelta(days=1)

_USUAL = {
    "usd": 7.8, "gbp": 10.35, "jpy": 0.0495, "cad": 5.62, "aud": 5.37, "sgd": 6.07, "twd": 0.255, "chf": 9.8,
    "cny": 1.13, "krw": 0.0053, "thb": 0.238, "myr": 1.84, "dem": None, "nlg": None, "bef": None, "frf": None,
    "itl": None, "eur": 8.99, "php": 0.133, "inr": 0.0868, "idr": 0.00048, "zar": 0.419,
    "special_drawing_rights": 10.6,
}  # fmt: skip
"""Hong Kong dollars for one unit; of those that the euro replaced there is nothing any more."""
_INDICES = tuple(
    f"neeri_{base}_{weighted}_wgt" for base in (1983, 2000, 2010, 2020) for weighted in ("trade", "import", "export")
)
COLUMNS = ("end_of_day", *_USUAL, *_INDICES)

Row = dict[str, str | float | None]


def days_published(today: date) -> Iterator[date]:
    """The latest first: working days to the end of the last month of which there is a bulletin."""
    month = today.replace(day=1)
    day = (month if today.day >= OUT_ON else (month - _DAY).replace(day=1)) - _DAY
    off = {
        first + after * _DAY
        for year in range(FIRST.year, day.year + 1)
        for _, first, days in holidays("CWB", year)
        for after in range(days)
    }
    while day >= FIRST:
        if day.weekday() < 5 and day not in off:
            yield day
        day -= _DAY


@dataclass(frozen=True, slots=True)
class Figures:
    seed: str

    def at(self, day: date) -> Row:
        """A row of the table, as the authority names its columns."""
        row: Row = {"end_of_day": day.isoformat()}
        for name, usual in _USUAL.items():
            row[name] = None if usual is None else self._near(usual, name, day)
        for name in _INDICES:
            row[name] = round(self._near(100.0, name, day), 1)
        return row

    def _near(self, usual: float, name: str, day: date) -> float:
        """To five digits. The dollar is held between 7.75 and 7.85; all others wander no further than that."""
        return float(f"{usual * (1 + Random(f'{self.seed}:{name}:{day}').uniform(-0.006, 0.006)):.5g}")
