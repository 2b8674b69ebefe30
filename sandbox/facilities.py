"""What can be booked in Guangzhou: halls, rooms, courts and laboratories, and when each may be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .examinations import HALLS
from .university import CAMPUS_TIME, Text

SHOWN, OUT_OF_SERVICE, HIDDEN = 1, 2, 0
"""How LibreBooking numbers the states of a resource."""

MEMBERS, STAFF = 1, 2
GROUPS = {MEMBERS: "Members of the campus", STAFF: "Faculty and staff"}

TYPES = {1: "Hall", 2: "Meeting room", 3: "Study room", 4: "Sports", 5: "Laboratory"}

_WEEK = range(7)
_WEEKDAYS = range(5)


@dataclass(frozen=True, slots=True)
class Schedule:
    id: int
    name: str
    slot: timedelta
    """What is booked at once; a booking is one of them or several."""
    open: dict[int, tuple[int, int]]
    """Hours from and to by weekday, 0 is Monday; closed on other days."""


@dataclass(frozen=True, slots=True)
class Facility:
    id: int
    type: int
    schedule: int
    name: Text
    building: Text
    room: str
    capacity: int | None
    position: tuple[float, float]
    needs_approval: bool = False
    release_after: int = 0
    """Minutes after which it is given to others unless somebody checked in; 0 where nobody has to."""
    longest: int = 4
    """Hours."""
    shortest: int = 0
    """Hours; 0 where one slot is enough."""
    notice: int = 0
    """Hours before its beginning within which it is no longer booked; 0 where there are none."""
    ahead: int = 0
    """Days from now within which it must end; 0 where it may be booked for any day."""
    cancelled_before: int = 0
    """Hours before its beginning within which it is no longer given back; 0 where there are none."""
    group: int = MEMBERS
    """Whose members may book it."""
    at_once: int = 1
    """Bookings of the same time that it has room for."""
    state: int = SHOWN


@dataclass(frozen=True, slots=True)
class Period:
    starts: datetime
    ends: datetime
    reservable: bool


SCHEDULES = {
    each.id: each
    for each in (
        Schedule(1, "Rooms", timedelta(minutes=30), dict.fromkeys(_WEEK, (8, 22))),
        Schedule(2, "Sports", timedelta(hours=1),
                 {**dict.fromkeys(_WEEKDAYS, (7, 22)), 5: (8, 21), 6: (8, 21)}),
        Schedule(3, "Laboratories", timedelta(hours=1), dict.fromkeys(_WEEKDAYS, (9, 18))),
        Schedule(4, "Halls", timedelta(hours=1), dict.fromkeys(_WEEK, (8, 24))),
    )
}  # fmt: skip


def _block(code: str) -> Text:
    return {"en": f"Building {code}", "zh-hant": f"{code} 座", "zh-hans": f"{code} 座"}


_E1, _E3, _W1, _W2, _C2 = (_block(code) for code in ("E1", "E3", "W1", "W2", "C2"))
_SPORTS = {"en": "Sports Centre", "zh-hant": "體育中心", "zh-hans": "体育中心"}
_AT_E1, _AT_E3, _AT_W1 = (22.88934, 113.47781), (22.89087, 113.47834), (22.88921, 113.47402)
_AT_W2, _AT_C2, _AT_SPORTS = (22.89036, 113.47377), (22.88873, 113.47611), (22.89240, 113.47950)

FACILITIES = {
    each.id: each
    for each in (
        Facility(11, 1, 4, {"en": HALLS["GZ"], "zh-hant": "C2 多功能廳（102）", "zh-hans": "C2 多功能厅（102）"},
                 _C2, "102", 300, _AT_C2, needs_approval=True, longest=12),
        Facility(12, 1, 4, {"en": "Exhibition Space (115), C2", "zh-hant": "C2 展覽空間（115）",
                            "zh-hans": "C2 展览空间（115）"}, _C2, "115", 80, _AT_C2, needs_approval=True, longest=12),
        Facility(21, 2, 1, {"en": "Meeting Room 210, E1", "zh-hant": "E1 會議室 210", "zh-hans": "E1 会议室 210"},
                 _E1, "210", 8, _AT_E1, release_after=15),
        Facility(22, 2, 1, {"en": "Meeting Room 310, E1", "zh-hant": "E1 會議室 310", "zh-hans": "E1 会议室 310"},
                 _E1, "310", 12, _AT_E1, release_after=15),
        Facility(23, 2, 1, {"en": "Meeting Room 204, W2", "zh-hant": "W2 會議室 204", "zh-hans": "W2 会议室 204"},
                 _W2, "204", 20, _AT_W2, release_after=15, group=STAFF),
        Facility(31, 3, 1, {"en": "Study Room A, W1", "zh-hant": "W1 研習室 A", "zh-hans": "W1 研习室 A"},
                 _W1, "A", 4, _AT_W1, longest=3),
        Facility(32, 3, 1, {"en": "Study Room B, W1", "zh-hant": "W1 研習室 B", "zh-hans": "W1 研习室 B"},
                 _W1, "B", 6, _AT_W1, longest=3),
        Facility(41, 4, 2, {"en": "Badminton Court 1", "zh-hant": "1 號羽毛球場", "zh-hans": "1 号羽毛球场"},
                 _SPORTS, "", 4, _AT_SPORTS, longest=2, ahead=14, cancelled_before=2),
        Facility(42, 4, 2, {"en": "Badminton Court 2", "zh-hant": "2 號羽毛球場", "zh-hans": "2 号羽毛球场"},
                 _SPORTS, "", 4, _AT_SPORTS, longest=2, ahead=14, cancelled_before=2),
        Facility(43, 4, 2, {"en": "Basketball Court", "zh-hant": "籃球場", "zh-hans": "篮球场"},
                 _SPORTS, "", 20, _AT_SPORTS, longest=2, ahead=14, cancelled_before=2),
        Facility(51, 5, 3, {"en": "Makerspace, W2", "zh-hant": "W2 創客空間", "zh-hans": "W2 创客空间"},
                 _W2, "110", 12, _AT_W2, at_once=3, shortest=2, notice=24),
        Facility(52, 5, 3, {"en": "Electron Microscope, E3", "zh-hant": "E3 電子顯微鏡", "zh-hans": "E3 电子显微镜"},
                 _E3, "B02", None, _AT_E3, needs_approval=True),
        Facility(53, 5, 3, {"en": "Laser Cutter, W2", "zh-hant": "W2 激光切割機", "zh-hans": "W2 激光切割机"},
                 _W2, "112", None, _AT_W2, state=OUT_OF_SERVICE),
        Facility(90, 2, 1, {"en": "Council Room, E1"}, _E1, "601", 30, _AT_E1, state=HIDDEN),
    )
}  # fmt: skip


def periods(schedule: Schedule, day: date) -> Sequence[Period]:
    """A whole day in slots, and what lies before and after them in one period each, as layouts are drawn up."""
    midnight = datetime.combine(day, time(), CAMPUS_TIME)
    tomorrow = midnight + timedelta(days=1)
    if day.weekday() not in schedule.open:
        return [Period(midnight, tomorrow, False)]
    opens, closes = (midnight + timedelta(hours=hour) for hour in schedule.open[day.weekday()])
    count = (closes - opens) // schedule.slot
    slots = [Period(opens + n * schedule.slot, opens + (n + 1) * schedule.slot, True) for n in range(count)]
    around = [Period(midnight, opens, False), *slots, Period(closes, tomorrow, False)]
    return [each for each in around if each.starts < each.ends]
