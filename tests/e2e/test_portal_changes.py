"""People arrange their own dashboard, choose what they are notified of, and say what they have read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulated_campus import Answer, SimulatedCampus, University, campus_over

SAVE = """
mutation($input: DashboardLayoutInput!) {
  saveDashboardLayout(input: $input) {
    __typename
    ... on DashboardLayoutSaved { layout { ...All } }
    ... on DashboardLayoutConflict { reason reasonLabel stored { ...All } }
    ... on InvalidInput { problems { path message } }
  }
}
fragment All on DashboardLayout { name phase version isDefault updatedAt widgets { widget column row width height } }
"""
DELETE = """
mutation($name: String!, $version: String!) {
  deleteDashboardLayout(name: $name, version: $version) {
    __typename
    ... on DashboardLayoutDeleted { dashboard { layouts { name phase isDefault } } }
    ... on DashboardLayoutConflict { reason stored { name version } }
  }
}
"""
LAYOUTS = "{ me { dashboard { layouts { name phase version isDefault } active { name } } } }"
CHOOSE = """
mutation($input: NotificationPreferencesInput!) {
  setNotificationPreferences(input: $input) {
    __typename
    ... on NotificationPreferencesSet {
      preferences { settings { category channel enabled isDefault } quietHours { matter starts ends isDefault } }
    }
    ... on InvalidInput { problems { path message } }
  }
}
"""
READ = """
mutation($ids: [ID!], $until: DateTime) {
  markNotificationsRead(ids: $ids, until: $until) {
    __typename
    ... on NotificationsRead { unread notifications { id readAt } }
    ... on InvalidInput { problems { path message } }
  }
}
"""
NOTIFIED = "{ me { unreadNotifications notifications { nodes { id notifiedAt readAt } } } }"
EXAMS = {"widget": "exams", "column": 0, "row": 0, "width": 12, "height": 4}
TODAY = {"widget": "today", "column": 0, "row": 4, "width": 6, "height": 4}


@pytest.fixture(scope="module")
async def fresh(university: University, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SimulatedCampus]:
    """A gateway over a store of its own, empty at first; each test is another persona's."""
    await university.well()
    place = tmp_path_factory.mktemp("portal")
    settings = university.settings({"portal": {"url": f"sqlite:///{place}/portal.sqlite"}})
    async with campus_over(university, settings) as campus:
        await campus.indexes_filled()
        yield campus


async def save(campus: SimulatedCampus, who: str = "alex", **more: Any) -> Any:
    wanted = {"name": "Exams", "phase": "EXAMINATIONS", "widgets": [EXAMS], **more}
    answer = await campus.ask(SAVE, {"input": wanted}, as_=who, headers={"Accept-Language": "en"})
    assert answer.errors == []
    return answer.at("saveDashboardLayout")


async def layouts(campus: SimulatedCampus, who: str) -> list[dict[str, Any]]:
    told = (await campus.ask(LAYOUTS, as_=who)).at("me.dashboard.layouts")
    return [each for each in told if not each["isDefault"]]


async def test_a_layout_is_kept_changed_over_what_was_seen_and_deleted(fresh: SimulatedCampus) -> None:
    made = await save(fresh)
    first = made["layout"]
    assert made["__typename"] == "DashboardLayoutSaved"
    assert (first["name"], first["phase"], first["isDefault"], first["widgets"]) == (
        "Exams", "EXAMINATIONS", False, [EXAMS],
    )  # fmt: skip
    assert first["updatedAt"].endswith("+08:00")
    assert await layouts(fresh, "alex") == [
        {"name": "Exams", "phase": "EXAMINATIONS", "version": first["version"], "isDefault": False}
    ]
    other_window = await save(fresh, widgets=[EXAMS, TODAY])
    assert other_window == {
        "__typename": "DashboardLayoutConflict", "reason": "CHANGED", "reasonLabel": "Changed", "stored": first,
    }  # fmt: skip
    second = (await save(fresh, name="  Exams ", widgets=[EXAMS, TODAY], version=first["version"]))["layout"]
    assert (second["name"], len(second["widgets"])) == ("Exams", 2)
    stale = await fresh.ask(DELETE, {"name": "Exams", "version": first["version"]}, as_="alex")
    assert stale.at("deleteDashboardLayout") == {
        "__typename": "DashboardLayoutConflict",
        "reason": "CHANGED",
        "stored": {"name": "Exams", "version": second["version"]},
    }
    for _ in range(2):
        gone = await fresh.ask(DELETE, {"name": "Exams", "version": second["version"]}, as_="alex")
        left = gone.at("deleteDashboardLayout.dashboard.layouts")
        assert {(each["phase"], each["isDefault"]) for each in left} >= {("EXAMINATIONS", True)}
        assert len(left) == 6
    assert (await save(fresh, version=second["version"])) == {
        "__typename": "DashboardLayoutConflict", "reason": "REMOVED", "reasonLabel": "Removed", "stored": None,
    }  # fmt: skip


async def test_a_person_has_several_layouts_one_for_a_phase_and_nobody_elses(fresh: SimulatedCampus) -> None:
    teaching = (await save(fresh, "jordan", name="Term", phase="TEACHING"))["layout"]
    assert (await fresh.ask(LAYOUTS, as_="jordan")).at("me.dashboard.active.name") == "Term"
    taken = await save(fresh, "jordan", name="Another", phase="TEACHING")
    assert (taken["reason"], taken["stored"]) == ("PHASE_TAKEN", teaching)
    for number in range(19):
        assert (await save(fresh, "jordan", name=f"Any {number:02}", phase=None))[
            "__typename"
        ] == "DashboardLayoutSaved"
    assert (await save(fresh, "jordan", name="Any 19", phase=None))["reason"] == "TOO_MANY"
    assert len(await layouts(fresh, "jordan")) == 20
    assert await layouts(fresh, "mei") == []
    assert (await save(fresh, "mei", name="Term", phase="TEACHING"))["__typename"] == "DashboardLayoutSaved"


async def test_a_layout_that_cannot_be_is_told_place_by_place_and_not_written(fresh: SimulatedCampus) -> None:
    over = {"widget": "loans", "column": 3, "row": 2, "width": 3, "height": 9}
    out = {"widget": "dashboard", "column": 8, "row": -1, "width": 5, "height": 0}
    wanted = {"name": " ", "widgets": [EXAMS, over, out]}
    answer = await fresh.ask(SAVE, {"input": wanted}, as_="sam", headers={"Accept-Language": "zh-Hans"})
    told = answer.at("saveDashboardLayout")
    assert told["__typename"] == "InvalidInput"
    assert [".".join(each["path"]) for each in told["problems"]] == [
        "input.name", "input.widgets.2.widget", "input.widgets.2.row", "input.widgets.2.width",
        "input.widgets.2.height", "input.widgets.1",
    ]  # fmt: skip
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in each["message"]) for each in told["problems"])
    many = await save(fresh, "sam", widgets=[EXAMS] * 51)
    assert many["problems"] == [{"path": ["input", "widgets"], "message": "At most 50 widgets."}]
    assert await layouts(fresh, "sam") == []


async def test_preferences_are_what_was_chosen_last_and_what_is_not_named_stays(fresh: SimulatedCampus) -> None:
    fees = {"category": "FEES", "channel": "MAIL", "enabled": False}
    grades = {"category": "GRADES", "channel": "PUSH", "enabled": False}
    quiet = {"matter": "ACADEMIC", "starts": "22:30:00", "ends": "06:00:00"}
    never = {"matter": "ADMINISTRATIVE", "starts": None, "ends": None}
    await fresh.ask(CHOOSE, {"input": {"settings": [fees], "quietHours": [quiet]}}, as_="bo")
    answer = await fresh.ask(CHOOSE, {"input": {"settings": [grades], "quietHours": [never]}}, as_="bo")
    told = answer.at("setNotificationPreferences.preferences")
    assert [each for each in told["settings"] if not each["isDefault"]] == [
        {**grades, "isDefault": False}, {**fees, "isDefault": False},
    ]  # fmt: skip
    assert told["quietHours"] == [{**quiet, "isDefault": False}, {**never, "isDefault": False}]
    read = await fresh.ask("{ me { notificationPreferences { quietHours { starts isDefault } } } }", as_="mei")
    assert {each["isDefault"] for each in read.at("me.notificationPreferences.quietHours")} == {True}


async def test_preferences_that_contradict_themselves_are_told_place_by_place(fresh: SimulatedCampus) -> None:
    fees = {"category": "FEES", "channel": "MAIL", "enabled": False}
    hours = [
        {"matter": "ACADEMIC", "starts": "22:00:00"},
        {"matter": "ACADEMIC", "starts": "08:00:00", "ends": "08:00:00"},
        {"matter": "ADMINISTRATIVE", "starts": "08:00:00+08:00", "ends": "09:00:00"},
    ]
    wanted = {"settings": [fees, {**fees, "enabled": True}], "quietHours": hours}
    answer = await fresh.ask(CHOOSE, {"input": wanted}, as_="quinn", headers={"Accept-Language": "en"})
    told = answer.at("setNotificationPreferences.problems")
    assert [(".".join(each["path"]), each["message"]) for each in told] == [
        ("input.settings.1", "This was said before."),
        ("input.quietHours.1", "This was said before."),
        ("input.quietHours.0.ends", "Both ends, or neither."),
        ("input.quietHours.1.ends", "No time lies between the two."),
        ("input.quietHours.2.starts", "On the clock of the campus, without a zone."),
    ]
    read = await fresh.ask("{ me { notificationPreferences { settings { isDefault } } } }", as_="quinn")
    assert all(each["isDefault"] for each in read.at("me.notificationPreferences.settings"))


async def test_what_is_read_is_read_since_it_was_first(fresh: SimulatedCampus) -> None:
    before = (await fresh.ask(NOTIFIED, as_="mei")).at("me")
    newest, middle, oldest = before["notifications"]["nodes"]
    assert before["unreadNotifications"] == 3
    told = (await fresh.ask(READ, {"ids": [middle["id"]]}, as_="mei")).at("markNotificationsRead")
    (read,) = told["notifications"]
    assert (told["unread"], read["id"], read["readAt"] is None) == (2, middle["id"], False)
    again = (await fresh.ask(READ, {"ids": [middle["id"]]}, as_="mei")).at("markNotificationsRead")
    assert (again["unread"], again["notifications"]) == (2, [read])
    shown = await fresh.ask(READ, {"until": middle["notifiedAt"]}, as_="mei")
    assert [each["id"] for each in shown.at("markNotificationsRead.notifications")] == [oldest["id"]]
    after = (await fresh.ask(NOTIFIED, as_="mei")).at("me")
    assert after["unreadNotifications"] == 1
    assert [each["readAt"] is None for each in after["notifications"]["nodes"]] == [True, False, False]
    assert after["notifications"]["nodes"][1]["readAt"] == read["readAt"]
    assert newest["id"] == after["notifications"]["nodes"][0]["id"]


async def test_only_ones_own_notifications_can_be_marked_and_only_in_one_way(fresh: SimulatedCampus) -> None:
    before = (await fresh.ask(NOTIFIED, as_="mei")).at("me")
    (theirs, *_) = before["notifications"]["nodes"]
    english = {"Accept-Language": "en"}
    for variables, problems in (
        ({"ids": [theirs["id"], "nonsense"]}, [
            (["ids", "0"], "This is no id of a notification of yours."),
            (["ids", "1"], "This is no id of a notification of yours."),
        ]),
        ({"ids": ["x"] * 101}, [(["ids"], "At most 100 at once.")]),
        ({}, [(["ids"], "Either which ones, or until when.")]),
        ({"ids": [], "until": "2026-10-28T00:00:00Z"}, [(["ids"], "Either which ones, or until when.")]),
    ):  # fmt: skip
        answer = await fresh.ask(READ, variables, as_="jordan", headers=english)
        told = answer.at("markNotificationsRead.problems")
        assert [(each["path"], each["message"]) for each in told] == problems
    assert (await fresh.ask(NOTIFIED, as_="mei")).at("me") == before


CHANGES = {
    "saveDashboardLayout": (SAVE, {"input": {"name": "Exams", "widgets": [EXAMS]}}),
    "deleteDashboardLayout": (DELETE, {"name": "Exams", "version": "x"}),
    "setNotificationPreferences": (CHOOSE, {"input": {}}),
    "markNotificationsRead": (READ, {"until": "2026-10-28T00:00:00"}),
}


async def test_who_may_not_write_writes_nothing_and_a_store_that_is_away_says_so(
    university: University, fresh: SimulatedCampus, tmp_path: Any
) -> None:
    def refused(answer: Answer, name: str, code: str, system: str | None = None) -> bool:
        return answer.data == {name: None} and answer.faults() == {(name, code, system)}

    for name, (document, variables) in CHANGES.items():
        readers = await fresh.ask(document, variables, as_="wing", scope="dashboard:read notifications:read")
        assert refused(readers, name, "FORBIDDEN"), readers.body
        assert refused(await fresh.ask(document, variables), name, "UNAUTHENTICATED")
    assert await layouts(fresh, "wing") == []
    away = tmp_path / "away"
    away.write_text("a file where a folder belongs")
    settings = university.settings({"portal": {"url": f"sqlite:///{away}/portal.sqlite"}})
    async with campus_over(university, settings) as campus:
        for name, (document, variables) in CHANGES.items():
            answer = await campus.ask(document, variables, as_="alex")
            assert refused(answer, name, "UPSTREAM_UNAVAILABLE", "portal")
