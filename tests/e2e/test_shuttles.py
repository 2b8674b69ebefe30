"""Shuttles as the operator's own files tell them: how late, where they are, over the border, and what is unusual."""

from datetime import datetime, timedelta

from google.transit import gtfs_realtime_pb2 as realtime

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

OPERATOR = "shuttle-gz"

ALERTS = """
query ($from: String, $to: String) {
  shuttles(from: $from, to: $to, first: 4) {
    nodes {
      scheduledAt
      route { alerts { header } }
      origin { alerts { header } }
      alerts { header headerLanguage }
    }
  }
}
"""


async def report(campus: SimulatedCampus, name: str) -> realtime.FeedMessage:
    """What the operator reports right now, to whoever asks."""
    url = f"{campus.systems[OPERATOR].url}/gtfs-rt/{name}.pb"
    async with campus.university.session.get(url) as answer:
        return realtime.FeedMessage.FromString(await answer.read())


async def test_a_departure_is_as_late_as_its_bus_reports(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("shuttle-board", {"first": 12})
    assert answer.errors == []
    told = {}
    for entity in (await report(open_campus, "trip-updates")).entity:
        update = entity.trip_update
        for call in update.stop_time_update:
            told[update.trip.route_id, call.stop_id, call.departure.time] = call.departure.delay
    seen = 0
    for each in answer.at("shuttles.nodes"):
        if each["expectedAt"] is None:
            assert each["delay"] is None
            continue
        leaves = plain.moment(each["expectedAt"])
        assert each["delay"] == told[each["route"]["code"], each["origin"]["code"], int(leaves.timestamp())]
        assert leaves - plain.moment(each["scheduledAt"]) == timedelta(seconds=each["delay"])
        seen += 1
    assert seen >= 5


async def test_the_ride_between_the_campuses_says_where_one_walks_over_the_border(open_campus: SimulatedCampus) -> None:
    for origin, destination, sides in (
        ("GZ-GATE", "CWB", ("深圳湾口岸（深圳）", "深圳湾口岸（香港）")),
        ("CWB", "GZ-GATE", ("深圳湾口岸（香港）", "深圳湾口岸（深圳）")),
    ):
        wish = {"from": origin, "to": destination, "first": 3}
        answer = await open_campus.widget("shuttle-board", wish, headers={"Accept-Language": "zh-CN"})
        assert answer.errors == []
        rides = answer.at("shuttles.nodes")
        assert [ride["route"]["code"] for ride in rides] == ["X1"] * 3
        for ride in rides:
            (crossing,) = ride["crossings"]
            assert (crossing["exit"]["name"], crossing["entry"]["name"]) == sides
            times = [ride["scheduledAt"], crossing["arrivesAt"], crossing["continuesAt"], ride["arrivesAt"]]
            assert times == sorted(times)
            assert {datetime.fromisoformat(time).utcoffset() for time in times} == {timedelta(hours=8)}
    here = await open_campus.widget("shuttle-board", {"from": "GZ-DORM", "to": "QINGSHENG", "first": 3})
    assert [ride["crossings"] for ride in here.at("shuttles.nodes")] == [[]] * 3


async def test_alerts_stand_at_the_line_the_stop_and_the_ride_they_are_about(open_campus: SimulatedCampus) -> None:
    """In the viewer's language; what begins next week is not told yet, and on each day one ride leaves elsewhere."""
    answer = await open_campus.ask(ALERTS, {"from": "GZ-GATE", "to": "CWB"}, headers={"Accept-Language": "zh-HK"})
    assert answer.errors == []
    rides = answer.at("shuttles.nodes")
    queues = {"header": "深圳灣口岸人流擠擁", "headerLanguage": "zh-Hant"}
    elsewhere = {"header": "於東門開出", "headerLanguage": "zh-Hant"}
    (last,) = [entity.alert for entity in (await report(open_campus, "alerts")).entity if entity.id == "east-gate"]
    minute = int(last.informed_entity[0].trip.trip_id.rpartition("-")[2])
    for ride in rides:
        at = plain.moment(ride["scheduledAt"])
        is_last = (at.date(), at.hour * 60 + at.minute) == (plain.TODAY, minute)
        assert ride["alerts"] == ([queues, elsewhere] if is_last else [queues])
        assert ride["route"]["alerts"] == [{"header": "深圳灣口岸人流擠擁"}]
        assert ride["origin"]["alerts"] == []
    assert sum(len(ride["alerts"]) == 2 for ride in rides) == 1
    back = await open_campus.ask(ALERTS, {"from": "QINGSHENG"}, headers={"Accept-Language": "en"})
    for ride in back.at("shuttles.nodes"):
        lift = "Lift at Qingsheng Station out of order"
        assert [each["header"] for each in ride["alerts"]] == [lift]
        assert ride["origin"]["alerts"] == [{"header": lift}]
        assert ride["route"]["alerts"] == []


async def test_buses_are_where_they_report_to_be_and_can_be_shown_by_line(open_campus: SimulatedCampus) -> None:
    shown = {}
    for _ in range(2):  # a report may come between the two questions
        answer = await open_campus.widget("shuttle-map")
        assert answer.errors == []
        vehicles = [entity.vehicle for entity in (await report(open_campus, "vehicle-positions")).entity]
        shown = {(each["vehicle"], plain.moment(each["reportedAt"]).timestamp()) for each in _nodes(answer)}
        if shown == {(each.vehicle.label, each.timestamp) for each in vehicles}:
            break
    assert shown == {(each.vehicle.label, each.timestamp) for each in vehicles}
    assert {
        (each["vehicle"], each["latitude"], each["longitude"], each["nextStop"]["code"], each["route"]["code"])
        for each in _nodes(answer)
    } == {
        (of.vehicle.label, of.position.latitude, of.position.longitude, of.stop_id, of.trip.route_id) for of in vehicles
    }
    assert len(vehicles) >= 3
    only = await open_campus.widget("shuttle-map", {"route": "S1"})
    assert {each["route"]["code"] for each in _nodes(only)} == {"S1"}
    assert _nodes(await open_campus.widget("shuttle-map", {"route": "none"})) == []


def _nodes(answer):
    return answer.at("shuttlePositions.nodes")


async def test_each_file_is_asked_for_once_however_many_rides_and_stops_are_shown(open_campus: SimulatedCampus) -> None:
    await open_campus.forget_calls()
    answer = await open_campus.ask(
        """{ shuttles(first: 50) {
               nodes { alerts { header } route { alerts { header } } origin { alerts { header } } } }
             again: shuttles(first: 9) { nodes { delay } } shuttlePositions { nodes { vehicle } }
             line: shuttlePositions(route: "S1") { nodes { vehicle } } shuttleStops { nodes { alerts { header } } } }"""
    )
    assert answer.errors == []
    calls = (await open_campus.calls())[OPERATOR]
    assert sorted(call.split()[1].split("?")[0] for call in calls) == [
        "/gtfs-rt/alerts.pb",
        "/gtfs-rt/trip-updates.pb",
        "/gtfs-rt/vehicle-positions.pb",
    ]


async def test_without_reports_the_timetable_stands_and_what_is_missing_is_told(campus: SimulatedCampus) -> None:
    await campus.systems[OPERATOR].fault("down")
    answer = await campus.widget("shuttle-board", {"from": "GZ-GATE", "to": "CWB", "first": 2})
    rides = answer.at("shuttles.nodes")
    assert [(each["delay"], each["alerts"], len(each["crossings"])) for each in rides] == [(None, None, 1)] * 2
    paths = {"shuttles", "shuttles.nodes.0.alerts", "shuttles.nodes.1.alerts"}
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", OPERATOR) for path in paths}
    where = await campus.widget("shuttle-map")
    assert where.data == {"shuttlePositions": None}
    assert where.faults() == {("shuttlePositions", "UPSTREAM_UNAVAILABLE", OPERATOR)}
