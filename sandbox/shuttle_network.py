"""The simulated shuttle between Guangzhou campus, metro, Nansha and Clear Water Bay: stops, routes and times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .university import CAMPUS_TIME, Text

WEEKDAYS, WEEKEND = "WD", "WE"

# A feed covers this many days from a Monday; the next one is published when four weeks of it have passed.
DAYS, RENEWED_AFTER = 63, 28
# The Wednesday of the third week after a feed was published.
_SPORTS_DAY = 16


MAINLAND, HONG_KONG = "Asia/Shanghai", "Asia/Hong_Kong"


@dataclass(frozen=True, slots=True)
class Stop:
    id: str
    name: Text
    latitude: float
    longitude: float
    zone: str = MAINLAND
    """Time zone, which tells the side of the border: GTFS has no other word for it."""


@dataclass(frozen=True, slots=True)
class Route:
    id: str
    name: Text
    colour: str
    stops: Sequence[tuple[str, int]]
    """Stop and minutes from the one before, outbound; inbound is the same backwards."""
    outbound: Mapping[str, Sequence[int]]
    """Minutes after midnight at which the first stop is left, by service; above 1440 it is the next morning."""
    inbound: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Trip:
    id: str
    route: Route
    service: str
    direction: int
    calls: Sequence[tuple[str, timedelta]]
    """Stop and time since the start of the service day."""

    @property
    def headsign(self) -> Text:
        return STOPS[self.calls[-1][0]].name


STOPS = {
    stop.id: stop
    for stop in (
        Stop("GZ-GATE", {"en": "HKUST(GZ) Main Gate", "zh-Hant": "港科大（廣州）正門", "zh-Hans": "港科大（广州）正门"},
             22.8886, 113.4752),
        Stop("GZ-DORM", {"en": "HKUST(GZ) Student Residences", "zh-Hant": "港科大（廣州）學生宿舍",
                         "zh-Hans": "港科大（广州）学生宿舍"}, 22.8931, 113.4809),
        Stop("QINGSHENG", {"en": "Qingsheng Station", "zh-Hant": "慶盛站", "zh-Hans": "庆盛站"}, 22.8722, 113.4968),
        Stop("JIAOMEN", {"en": "Jiaomen Metro Station", "zh-Hant": "蕉門地鐵站", "zh-Hans": "蕉门地铁站"},
             22.8013, 113.5319),
        Stop("NANSHA", {"en": "Nansha Passenger Port", "zh-Hant": "南沙客運港", "zh-Hans": "南沙客运港"},
             22.7653, 113.6055),
        Stop("SZ-BAY-SZ", {"en": "Shenzhen Bay Port (Shenzhen)", "zh-Hant": "深圳灣口岸（深圳）",
                           "zh-Hans": "深圳湾口岸（深圳）"}, 22.5043, 113.9421),
        Stop("SZ-BAY-HK", {"en": "Shenzhen Bay Port (Hong Kong)", "zh-Hant": "深圳灣口岸（香港）",
                           "zh-Hans": "深圳湾口岸（香港）"}, 22.5017, 113.9450, HONG_KONG),
        Stop("CWB", {"en": "HKUST Clear Water Bay, North Gate", "zh-Hant": "港科大清水灣北閘",
                     "zh-Hans": "港科大清水湾北闸"}, 22.3385, 114.2626, HONG_KONG),
    )
}  # fmt: skip

ROUTES = (
    Route(
        "S1", {"en": "Campus – Qingsheng Station", "zh-Hant": "校園 – 慶盛站", "zh-Hans": "校园 – 庆盛站"}, "0B5FA5",
        (("GZ-DORM", 0), ("GZ-GATE", 5), ("QINGSHENG", 12)),
        {WEEKDAYS: (*range(420, 1351, 15), 1450), WEEKEND: (*range(450, 1351, 30), 1450)},
        {WEEKDAYS: (*range(440, 1371, 15), 1475), WEEKEND: (*range(470, 1371, 30), 1475)},
    ),
    Route(
        "S2", {"en": "Campus – Nansha", "zh-Hant": "校園 – 南沙", "zh-Hans": "校园 – 南沙"}, "2E7D32",
        (("GZ-GATE", 0), ("JIAOMEN", 28), ("NANSHA", 22)),
        {WEEKDAYS: range(480, 1201, 60), WEEKEND: range(480, 1201, 60)},
        {WEEKDAYS: range(545, 1266, 60), WEEKEND: range(545, 1266, 60)},
    ),
    Route(
        "X1", {"en": "Guangzhou – Clear Water Bay", "zh-Hant": "廣州 – 清水灣", "zh-Hans": "广州 – 清水湾"}, "996600",
        # Everybody walks through the port, and the coach waits on the other side.
        (("GZ-GATE", 0), ("SZ-BAY-SZ", 85), ("SZ-BAY-HK", 30), ("CWB", 75)),
        {WEEKDAYS: (450, 660, 900, 1110), WEEKEND: (540, 1020)},
        {WEEKDAYS: (450, 660, 900, 1110), WEEKEND: (540, 1020)},
    ),
)  # fmt: skip


def trips() -> Iterator[Trip]:
    """Every trip of the timetable, once for each service it belongs to."""
    for route in ROUTES:
        for direction, departures in enumerate((route.outbound, route.inbound)):
            for service, minutes in departures.items():
                for minute in minutes:
                    way = "IO"[direction == 0]
                    yield Trip(f"{route.id}-{way}-{service}-{minute:04d}", route, service, direction,
                               tuple(_calls(route, direction, minute)))  # fmt: skip


def _calls(route: Route, direction: int, minute: int) -> Iterator[tuple[str, timedelta]]:
    stops = [stop for stop, _ in route.stops]
    rides = [ride for _, ride in route.stops[1:]]
    if direction:
        stops, rides = stops[::-1], rides[::-1]
    at = timedelta(minutes=minute)
    for stop, ride in zip(stops, [0, *rides], strict=True):
        at += timedelta(minutes=ride)
        yield stop, at


def first_day(today: date) -> date:
    """The Monday on which the feed that is valid today begins: a week before it was published."""
    weeks = (today.toordinal() - 1) // RENEWED_AFTER * RENEWED_AFTER + 1
    return date.fromordinal(weeks) - timedelta(days=7)


def runs_as_weekend(day: date) -> bool:
    """Working days without their service: public holidays, and a sports day every four weeks."""
    public = (day.month, day.day) in ((1, 1), (5, 1), (10, 1))
    return day.weekday() < 5 and (public or (day.toordinal() - 1) % RENEWED_AFTER == _SPORTS_DAY)


def service_on(day: date) -> str:
    """Which service runs on a day: WD or WE."""
    return WEEKEND if day.weekday() >= 5 or runs_as_weekend(day) else WEEKDAYS


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CAMPUS_TIME)
