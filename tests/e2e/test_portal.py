"""What the gateway keeps of people: layouts, preferences, what they have read; theirs alone, and lost alone."""

import asyncio
import re
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from campus.academic_year import AcademicPhase
from campus.announcement import AnnouncementKey
from connectors import portal
from connectors.portal import (
    DashboardLayout,
    NotificationCategory,
    NotificationChannel,
    NotificationMatter,
    NotificationSetting,
    PlacedWidget,
    Preferences,
    QuietHours,
)
from pipeline.documents import widget_documents
from resolvers.dashboard import UNARRANGED
from tests.simulated_campus import SimulatedCampus, University, campus_over

from .canaries import EVERYBODY, appears, text_of
from .outages import compared
from .plain_reads import claims

CANARY = "A layout nobody else has seen"
QUIET = time(3, 33)
NOW = datetime(2026, 10, 28, 2, tzinfo=UTC)

LAYOUTS = """query($at: DateTime, $campus: String) { me { dashboard {
    layouts { name phase phaseLabel isDefault updatedAt widgets { widget column row width height } }
    active(at: $at, campus: $campus) { name phase isDefault } } } }"""
PREFERENCES = """{ me { notificationPreferences {
    settings { category matter channel enabled isDefault } quietHours { matter starts ends isDefault } } } }"""
NOTIFIED = """{ me { unreadNotifications notifications { totalCount
    nodes { id category matter readAt notifiedAt announcement { title priority } } } } }"""

BAD_WEATHER = "Adverse weather: classes after 14:00 are suspended"
REGISTRATION = "Course registration for the coming term opens on Monday"


@pytest.fixture(scope="module")
async def kept(university: University, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SimulatedCampus]:
    """A gateway over a store of its own, in which Alex has chosen something of everything."""
    place = tmp_path_factory.mktemp("portal")
    settings = university.settings({"portal": {"url": f"sqlite:///{place}/portal.sqlite"}})
    await university.well()
    async with campus_over(university, settings) as campus:
        await campus.indexes_filled()
        alex = (await claims(campus, "alex"))["university_person_id"]
        async with portal.open_store(settings.portal.database) as store, store.changing() as connection:
            for name, phase in ((CANARY, AcademicPhase.TEACHING), ("Any day", None)):
                placed = [PlacedWidget(widget="grades", column=3, row=7, width=9, height=2)]
                layout = DashboardLayout(name=name, phase=phase, widgets=placed, updated_at=None)
                await portal.save_layout(connection, alex, layout, NOW)
            departments = NotificationSetting(
                category=NotificationCategory.DEPARTMENTS, channel=NotificationChannel.PORTAL, enabled=False
            )
            mail = NotificationSetting(
                category=NotificationCategory.FEES, channel=NotificationChannel.MAIL, enabled=False
            )
            quiet = QuietHours(matter=NotificationMatter.ACADEMIC, starts=QUIET, ends=None)
            await portal.save_preferences(connection, alex, Preferences([departments, mail], [quiet]), NOW)
            weather = AnnouncementKey("notices-cwb", "tag:notices.cwb.example,2026:0001")
            await portal.mark_read(connection, alex, [weather], NOW)
        yield campus


async def test_who_arranged_nothing_has_a_layout_of_ours_for_each_phase_told_as_such(kept: SimulatedCampus) -> None:
    answer = await kept.ask(LAYOUTS, as_="mei", headers={"Accept-Language": "zh-Hans"})
    assert answer.errors == []
    layouts = answer.at("me.dashboard.layouts")
    assert [(each["phase"], each["isDefault"], each["updatedAt"]) for each in layouts] == [
        (phase.name, True, None) for phase in AcademicPhase
    ]
    assert all(each["name"] == each["phaseLabel"] for each in layouts)
    shown = [[placed["widget"] for placed in each["widgets"]] for each in layouts]
    assert shown == [list(widgets) for widgets in UNARRANGED.values()]
    assert {widget for each in shown for widget in each} <= set(widget_documents())
    for each in layouts:
        cells = {
            (placed["column"] + across, placed["row"] + down)
            for placed in each["widgets"]
            for across in range(placed["width"])
            for down in range(placed["height"])
        }
        assert len(cells) == sum(placed["width"] * placed["height"] for placed in each["widgets"]), "none overlap"
        assert {column for column, _ in cells} <= set(range(12))
    assert answer.at("me.dashboard.active") == {"name": layouts[2]["name"], "phase": "TEACHING", "isDefault": True}


ACTIVE = [
    (None, "CWB", CANARY, "TEACHING"),
    ("2026-12-10T12:00:00+08:00", "CWB", "Any day", None),  # examinations, for which Alex arranged nothing
    ("2026-10-28", "GZ", CANARY, "TEACHING"),
]


@pytest.mark.parametrize(("at", "campus", "name", "phase"), ACTIVE)
async def test_the_active_layout_is_ones_own_for_the_phase_or_for_any(
    kept: SimulatedCampus, at: str | None, campus: str, name: str, phase: str | None
) -> None:
    moment = f"{at}T00:00:00" if at and len(at) == 10 else at
    answer = await kept.ask(LAYOUTS, {"at": moment, "campus": campus}, as_="alex")
    assert answer.errors == []
    assert answer.at("me.dashboard.active") == {"name": name, "phase": phase, "isDefault": False}
    own = [each for each in answer.at("me.dashboard.layouts") if not each["isDefault"]]
    assert [each["name"] for each in own] == [CANARY, "Any day"]
    assert own[0]["widgets"] == [{"widget": "grades", "column": 3, "row": 7, "width": 9, "height": 2}]
    assert own[0]["updatedAt"] == "2026-10-28T10:00:00+08:00"


async def test_preferences_tell_what_was_chosen_from_what_was_not(kept: SimulatedCampus) -> None:
    answers = {who: (await kept.ask(PREFERENCES, as_=who)).at("me.notificationPreferences") for who in ("alex", "mei")}
    by_place = {
        who: {(each["category"], each["channel"]): each for each in told["settings"]} for who, told in answers.items()
    }
    assert len(by_place["mei"]) == len(NotificationCategory) * len(NotificationChannel)
    assert all(each["isDefault"] for each in by_place["mei"].values())
    assert all(each["enabled"] for (_, channel), each in by_place["mei"].items() if channel == "PORTAL")
    differ = {place for place, each in by_place["alex"].items() if each != by_place["mei"][place]}
    assert differ == {("DEPARTMENTS", "PORTAL"), ("FEES", "MAIL")}
    for place in differ:
        assert (by_place["alex"][place]["enabled"], by_place["alex"][place]["isDefault"]) == (False, False)
    hours = {who: {each.pop("matter"): each for each in told["quietHours"]} for who, told in answers.items()}
    assert hours["mei"]["ACADEMIC"] == {"starts": "23:00:00", "ends": "07:00:00", "isDefault": True}
    assert hours["alex"]["ACADEMIC"] == {"starts": "03:33:00", "ends": None, "isDefault": False}
    assert hours["alex"]["ADMINISTRATIVE"] == hours["mei"]["ADMINISTRATIVE"]


async def test_an_urgent_announcement_for_a_person_is_a_notification(kept: SimulatedCampus) -> None:
    """Not what is for others, not what is not urgent, not the ceremony of two months ago, not what Alex shut out."""
    english = {"Accept-Language": "en"}
    told = {who: (await kept.ask(NOTIFIED, as_=who, headers=english)).at("me") for who in ("alex", "sam", "mei")}
    shown = {who: [each["announcement"]["title"] for each in me["notifications"]["nodes"]] for who, me in told.items()}
    assert shown == {
        "alex": [BAD_WEATHER, REGISTRATION],
        "sam": [BAD_WEATHER, REGISTRATION],
        "mei": [
            "Shuttle to Qingsheng: extra trips during the trade fair",
            REGISTRATION,
            "GPU cluster: maintenance and new quotas",
        ],
    }
    assert {who: me["unreadNotifications"] for who, me in told.items()} == {"alex": 1, "sam": 2, "mei": 3}
    weather, registration = told["alex"]["notifications"]["nodes"]
    assert (weather["readAt"], registration["readAt"]) == ("2026-10-28T10:00:00+08:00", None)
    assert weather["notifiedAt"] == "2026-10-28T07:00:00+08:00"
    assert {(each["category"], each["matter"]) for each in told["mei"]["notifications"]["nodes"]} == {
        ("ADMINISTRATION", "ADMINISTRATIVE"), ("DEPARTMENTS", "ACADEMIC"),
    }  # fmt: skip
    query = "query($filter: AnnouncementFilter) { announcements(filter: $filter) { nodes { title } } }"
    unread = await kept.ask(query, {"filter": {"unread": True, "priority": "HIGH"}}, as_="alex")
    assert BAD_WEATHER not in [each["title"] for each in unread.at("announcements.nodes")]


async def test_a_notification_is_found_by_its_id_by_its_person_alone(kept: SimulatedCampus) -> None:
    id_ = (await kept.ask(NOTIFIED, as_="alex")).at("me.notifications.nodes.0.id")
    query = "query($id: ID!) { node(id: $id) { ... on Notification { announcement { title } } } }"
    found = await kept.ask(query, {"id": id_}, as_="alex")
    assert (found.errors, found.at("node.announcement.title")) == ([], BAD_WEATHER)
    for who, scope, code in (
        ("sam", "", "FORBIDDEN"),
        ("alex", "library:read", "FORBIDDEN"),
        (None, "", "UNAUTHENTICATED"),
    ):
        refused = await kept.ask(query, {"id": id_}, as_=who, scope=scope)
        assert (refused.at("node"), refused.codes_at("node")) == (None, [code])


async def test_nobody_sees_anothers_layout_preference_or_notification(kept: SimulatedCampus) -> None:
    alex = text_of((await kept.ask(NOTIFIED, as_="alex")).body)
    ids = {each for each in alex.splitlines() if len(each) > 60}
    assert len(ids) == 2
    for who in (None, *EVERYBODY):
        for query in (LAYOUTS, PREFERENCES, NOTIFIED, widget_documents()["dashboard"]):
            text = text_of((await kept.ask(query, as_=who)).body)
            seen = {value for value in (CANARY, "Any day", "03:33:00", *ids) if appears(value, text)}
            assert (seen == set()) or who == "alex", (who, seen)
    assert appears(CANARY, text_of((await kept.ask(LAYOUTS, as_="alex")).body))


async def test_a_token_without_the_scope_opens_nothing(kept: SimulatedCampus) -> None:
    fields = "dashboard { active { name } } notificationPreferences { settings { channel } }"
    fields += " notifications { totalCount } unreadNotifications"
    answer = await kept.ask(f"{{ me {{ {fields} }} }}", as_="alex", scope="library:read")
    names = {"dashboard", "notificationPreferences", "notifications", "unreadNotifications"}
    assert answer.at("me") == dict.fromkeys(names)
    assert answer.faults() == {(f"me.{name}", "FORBIDDEN", None) for name in names}


MOST_STATEMENTS = 13
"""What the dashboard asks of the store, whoever asks and however much there is: layouts 1, preferences 2, feeds 1,
announcements 3, notifications 4, the portal's own 1, and how many are unread 1."""


@pytest.mark.parametrize("who", ["alex", "mei", "jordan", "lee"])
async def test_the_dashboard_asks_the_store_each_thing_once(
    kept: SimulatedCampus, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="gateway.operations"):
        await kept.widget("dashboard", as_=who)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "gateway.operations"]
    counted = re.search(r'"portal":(\d+)', line)
    assert counted
    assert int(counted[1]) == MOST_STATEMENTS


LOST = {"me.dashboard", "me.notifications", "me.unreadNotifications", "announcements"}


async def test_without_its_store_the_gateway_serves_all_the_rest(university: University, tmp_path: Path) -> None:
    place = tmp_path / "away"
    settings = university.settings({"portal": {"url": f"sqlite:///{place}/portal.sqlite"}})
    await university.well()
    async with campus_over(university, settings) as campus:
        await campus.indexes_filled()
        healthy = await campus.widget("dashboard", as_="alex")
    assert healthy.errors == []
    for file in place.iterdir():
        file.unlink()
    place.rmdir()
    place.write_text("a file where a folder belongs")
    async with campus_over(university, settings) as campus:
        for _ in range(100):
            answer = await campus.widget("dashboard", as_="alex")
            if {path for path, _, _ in answer.faults()} == LOST:  # the other indexes fill as ever
                break
            await asyncio.sleep(0.05)
        assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", "portal") for path in LOST}
        expected = deepcopy(compared(healthy)) | {"announcements": None}
        expected["me"] |= {path.removeprefix("me."): None for path in LOST if path.startswith("me.")}
        expected["shuttles"] = compared(answer)["shuttles"]  # one may have left meanwhile
        assert compared(answer) == expected
        place.unlink()
        for _ in range(300):
            back = await campus.widget("dashboard", as_="alex")
            if not back.errors:
                break
            await asyncio.sleep(0.05)
        assert back.errors == []
        assert back.at("me.dashboard") == healthy.at("me.dashboard")
