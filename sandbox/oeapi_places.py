"""The places of a campus, as Open Education API v6 documents: buildings, and rooms as the schedule prints them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .examinations import HALLS
from .oeapi_store import Resource, coded, identify, in_languages
from .university import Campus, Text

_SEATS = re.compile(r"\((\d+)\)$")
_IN_THE_MAIN_BUILDING = re.compile(r"Lift|\d|Lecture Theater|Acad Concourse")
"""What the schedule prints of Clear Water Bay's Academic Building: a lift, a theatre; of others it prints the name."""


@dataclass(frozen=True, slots=True)
class _Building:
    code: str
    name: Text
    latitude: float
    longitude: float


_MAIN = _Building(
    "ACAD", {"en": "Academic Building", "zh-hant": "學術大樓", "zh-hans": "学术大楼"}, 22.33743, 114.26549
)
_BUILDINGS = {
    "LSK Bldg": _Building(
        "LSK",
        {"en": "Lee Shau Kee Business Building", "zh-hant": "李兆基商學大樓", "zh-hans": "李兆基商学大楼"},
        22.33336, 114.26497,
    ),
    "CYT Bldg": _Building(
        "CYT", {"en": "Cheng Yu Tung Building", "zh-hant": "鄭裕彤樓", "zh-hans": "郑裕彤楼"}, 22.33528, 114.26327
    ),
    "LIB": _Building(
        "LIB",
        {"en": "Lee Shau Kee Library", "zh-hant": "李兆基圖書館", "zh-hans": "李兆基图书馆"},
        22.33806, 114.26421,
    ),
    "Shaw Auditorium": _Building(
        "SHAW", {"en": "Shaw Auditorium", "zh-hant": "逸夫演藝中心", "zh-hans": "逸夫演艺中心"}, 22.33621, 114.26789
    ),
    "Sports Hall": _Building(
        "SPORT", {"en": "Sports Hall", "zh-hant": "體育館", "zh-hans": "体育馆"}, 22.33507, 114.26722
    ),
    **{
        code: _Building(
            code,
            {"en": f"Building {code}", "zh-hant": f"{code} 座", "zh-hans": f"{code} 座"},
            latitude, longitude,
        )
        for code, latitude, longitude in (
            ("E1", 22.88934, 113.47781), ("E3", 22.89087, 113.47834), ("W1", 22.88921, 113.47402),
            ("W2", 22.89036, 113.47377), ("C7", 22.88828, 113.47596), ("C2", 22.88873, 113.47611),
        )
    },
}  # fmt: skip
"""By what stands last in a room's name."""
_LIFTS = {
    "2": (22.33691, 114.26311), "4": (22.33702, 114.26345), "17-18": (22.33771, 114.26468),
    "25-26": (22.33752, 114.26571), "27-28": (22.33737, 114.26612), "31-32": (22.33718, 114.26655),
}  # fmt: skip
"""Where one gets off: the Academic Building is long, and its rooms are known better than by it."""


def places(system: str, campus: Campus) -> Iterator[Resource]:
    """Every room that a class meets in, and the hall. What is printed without a building is known without one."""
    meetings = (
        meeting for sections in campus.sections.values() for section in sections for meeting in section.meetings
    )
    buildings: dict[str, _Building] = {}
    for name in sorted({meeting.room for meeting in meetings} - {"TBA"} | {HALLS[campus.code]}):
        building = _building_of(name)
        if building:
            buildings[building.code] = building
        yield _room(system, name, building)
    for building in buildings.values():
        yield _document(system, building)


def _building_of(room: str) -> _Building | None:
    within = _SEATS.sub("", room.split(", ")[-1]).strip()
    if within in _BUILDINGS:
        return _BUILDINGS[within]
    return _MAIN if _IN_THE_MAIN_BUILDING.match(within) else None


def _room(system: str, name: str, building: _Building | None) -> Resource:
    seats = _SEATS.search(name)
    lift = re.search(r", Lift (\S+)", name)
    entrance = _LIFTS.get(lift[1]) if lift else None
    document: dict[str, Any] = {
        "roomId": identify(system, "rooms", name),
        "primaryCode": coded("room_code", name),
        "roomType": _type(name, int(seats[1]) if seats else 0),
        "name": [{"language": "en", "value": name}],
        "totalSeats": int(seats[1]) if seats else None,
        "geolocation": {"latitude": entrance[0], "longitude": entrance[1]} if entrance else None,
    }
    if building:
        document["buildingId"] = identify(system, "buildings", building.code)
    return Resource("rooms", document["roomId"], document)


def _type(room: str, seats: int) -> str:
    if room in HALLS.values():
        return "exam_location"
    return "lecture_room" if seats >= 100 else "general_purpose"


def _document(system: str, building: _Building) -> Resource:
    id_ = identify(system, "buildings", building.code)
    document = {
        "buildingId": id_,
        "primaryCode": coded("building_id", building.code),
        "name": in_languages(building.name),
        "address": {
            "addressType": "teaching",
            "geolocation": {"latitude": building.latitude, "longitude": building.longitude},
        },
    }
    return Resource("buildings", id_, document)
