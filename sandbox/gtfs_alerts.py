"""What is out of the ordinary at the shuttle: on a line, at a stop, on one ride, and next week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.transit import gtfs_realtime_pb2 as realtime

from .shuttle_network import first_day, midnight, service_on, trips
from .university import Text


@dataclass(frozen=True, slots=True)
class Alert:
    id: str
    cause: realtime.Alert.Cause
    effect: realtime.Alert.Effect
    header: Text
    description: Text
    informed: Sequence[realtime.EntitySelector]
    period: tuple[datetime, datetime] | None = None
    """None: for as long as it is told."""
    url: str = ""


def alerts_at(now: datetime) -> list[Alert]:
    monday = midnight(first_day(now.date()))
    weeks = (monday, monday + timedelta(days=56))
    coming = midnight(now.date() + timedelta(days=7))
    return [
        Alert(
            "road-works-jiaomen", realtime.Alert.CONSTRUCTION, realtime.Alert.STOP_MOVED,
            {"en": "S2 stops opposite Jiaomen station", "zh-Hant": "S2 於蕉門站對面上落客",
             "zh-Hans": "S2 于蕉门站对面上下客"},
            {"en": "Road works: please wait on the other side of the street.",
             "zh-Hant": "因道路工程，請於馬路對面候車。", "zh-Hans": "因道路工程，请于马路对面候车。"},
            [realtime.EntitySelector(route_id="S2", stop_id="JIAOMEN")], weeks,
        ),
        Alert(
            "queues-shenzhen-bay", realtime.Alert.OTHER_CAUSE, realtime.Alert.SIGNIFICANT_DELAYS,
            {"en": "Long queues at Shenzhen Bay Port", "zh-Hant": "深圳灣口岸人流擠擁",
             "zh-Hans": "深圳湾口岸人流拥挤"},
            {"en": "Allow half an hour more.", "zh-Hant": "請預留多半小時。", "zh-Hans": "请预留多半小时。"},
            [realtime.EntitySelector(route_id="X1")], weeks,
        ),
        Alert(
            "lift-qingsheng", realtime.Alert.TECHNICAL_PROBLEM, realtime.Alert.ACCESSIBILITY_ISSUE,
            {"en": "Lift at Qingsheng Station out of order", "zh-Hant": "慶盛站升降機故障",
             "zh-Hans": "庆盛站电梯故障"},
            {},
            [realtime.EntitySelector(stop_id="QINGSHENG")],
            url="https://shuttle.example/lifts",
        ),
        Alert(
            "east-gate", realtime.Alert.OTHER_CAUSE, realtime.Alert.MODIFIED_SERVICE,
            {"en": "Leaves from the east gate", "zh-Hant": "於東門開出", "zh-Hans": "从东门发车"},
            {},
            [realtime.EntitySelector(trip=_last_ride_over_the_border(now))], weeks,
        ),
        Alert(
            "fewer-next-week", realtime.Alert.MAINTENANCE, realtime.Alert.REDUCED_SERVICE,
            {"en": "S1 runs less often", "zh-Hant": "S1 班次減少", "zh-Hans": "S1 班次减少"},
            {},
            [realtime.EntitySelector(route_id="S1")], (coming, coming + timedelta(days=5)),
        ),
    ]  # fmt: skip


def _last_ride_over_the_border(now: datetime) -> realtime.TripDescriptor:
    today = service_on(now.date())
    *_, last = (trip for trip in trips() if (trip.route.id, trip.service, trip.direction) == ("X1", today, 0))
    return realtime.TripDescriptor(trip_id=last.id, start_date=f"{now:%Y%m%d}")
