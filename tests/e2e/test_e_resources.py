"""What each may use online is what the licences say, and a library that cannot be read is told."""

from collections import Counter
from typing import Any

import pytest

from tests.e2e import plain_reads as plain
from tests.e2e.plain_licences import Who, e_resources
from tests.simulated_campus import SimulatedCampus, University, campus_over

PEOPLE = ("alex", "mei", "jordan", "wing", "lee", "pat")


async def seen(campus: SimulatedCampus, who: str, **more: Any) -> list[dict[str, Any]]:
    answer = await campus.widget("e-resources", more, as_=who)
    assert answer.errors == []
    assert answer.at("me.eResources.unavailable") == []
    return answer.at("me.eResources.nodes")


@pytest.mark.parametrize("who", PEOPLE)
async def test_each_may_use_what_the_licences_in_the_library_say(open_campus: SimulatedCampus, who: str) -> None:
    named = await plain.claims(open_campus, who)
    told = await seen(open_campus, who)
    held = await e_resources(open_campus, Who(set(named["campuses"]), set(named["affiliations"])))
    assert {(each["campus"], each["name"]): (each["accessUrl"], each["entitled"]) for each in told} == held
    assert Counter(campus for campus, _ in held) == {"CWB": 9, "GZ": 10}
    verdicts = {True: None, None: "UNKNOWN"}
    assert all(each["reason"] == verdicts[each["entitled"]] for each in told if each["entitled"] is not False)
    assert all(each["reason"] in ("INACTIVE", "CAMPUS", "AFFILIATION") for each in told if each["entitled"] is False)


async def test_students_staff_alumni_and_the_other_campus_each_see_their_own_reasons(
    open_campus: SimulatedCampus,
) -> None:
    reasons: dict[str, dict[str, dict[str, str]]] = {"CWB": {}, "GZ": {}}
    for who in ("alex", "pat", "wing", "mei", "jordan"):
        for each in await seen(open_campus, who):
            if each["reason"]:
                reasons[each["campus"]].setdefault(who, {})[each["name"].split()[0]] = each["reason"]
    assert reasons["CWB"] == {
        "alex": {"Electron": "AFFILIATION", "Fragrant": "INACTIVE", "Greater": "CAMPUS"},
        "pat": {"Fragrant": "INACTIVE", "Greater": "CAMPUS"},
        "wing": {
            "Anthology": "AFFILIATION", "Bauhinia": "AFFILIATION", "Delta": "AFFILIATION", "Electron": "AFFILIATION",
            "Fragrant": "INACTIVE", "Greater": "CAMPUS",
        },
        "mei": {
            "Anthology": "CAMPUS", "Clear": "CAMPUS", "Electron": "CAMPUS", "Fragrant": "INACTIVE", "Index": "CAMPUS",
        },
        "jordan": {"Electron": "AFFILIATION", "Fragrant": "INACTIVE"},
    }  # fmt: skip
    at_home = {"Mirror": "AFFILIATION", "Oyster": "INACTIVE", "Pearl": "UNKNOWN", "Quarry": "UNKNOWN"}
    elsewhere = {
        "Jade": "CAMPUS", "Lingnan": "CAMPUS", "Mirror": "CAMPUS", "Oyster": "INACTIVE", "Pearl": "CAMPUS",
        "Quarry": "UNKNOWN", "Textile": "CAMPUS",
    }  # fmt: skip
    assert reasons["GZ"] == {
        "alex": elsewhere,
        "pat": elsewhere,
        "wing": elsewhere | {"Kapok": "AFFILIATION", "Nansha": "AFFILIATION"},
        "mei": at_home,
        "jordan": at_home,
    }


async def test_they_are_told_by_name_by_kind_and_in_ones_language(open_campus: SimulatedCampus) -> None:
    everything = await seen(open_campus, "alex")
    assert [each["name"] for each in everything] == sorted(each["name"] for each in everything)
    software = await seen(open_campus, "alex", kind="SOFTWARE")
    assert [(each["campus"], each["name"]) for each in software] == [
        ("CWB", "Delta Statistics Workbench"),
        ("CWB", "Electron Microscopy Suite"),
        ("GZ", "Mirror Lake Circuit Simulator"),
        ("GZ", "Nansha Computing Workbench"),
    ]
    assert [(each["name"], each["kindLabel"]) for each in await seen(open_campus, "alex", kind="OTHER")] == [
        ("Fragrant Harbour Newspapers", "Newspapers"),
        ("Oyster Shell Newspapers", "Mixed content"),
    ]
    answer = await open_campus.widget(
        "e-resources", {"kind": "DATABASE"}, as_="jordan", headers={"Accept-Language": "zh-Hant"}
    )
    labels = {each["name"]: (each["kindLabel"], each["reasonLabel"]) for each in answer.at("me.eResources.nodes")}
    assert labels["Textile Standards"] == ("資料庫", None)
    assert labels["Quarry Statistics"] == ("資料庫", "未能確定，請向圖書館查詢")


async def test_nothing_is_asked_for_it_and_a_token_without_the_scope_sees_none(open_campus: SimulatedCampus) -> None:
    await open_campus.forget_calls()
    await seen(open_campus, "jordan")
    for who, scope, code in ((None, "", "UNAUTHENTICATED"), ("jordan", "profile:read", "FORBIDDEN")):
        answer = await open_campus.widget("e-resources", as_=who, scope=scope)
        assert [each for _, each, _ in answer.faults()] == [code]
        assert answer.at("me.eResources") is None
    assert await open_campus.counts() == {}


async def test_a_library_that_was_never_read_is_told_rather_than_an_empty_list(university: University) -> None:
    await university.well()
    libraries = [university.systems[system] for system in ("library-cwb", "library-gz")]
    for library in libraries:
        await library.fault("down")
    async with campus_over(university) as campus:
        answer = await campus.widget("e-resources", as_="alex")
        assert answer.at("me.eResources") is None
        assert answer.faults() == {
            ("me.eResources", "UPSTREAM_UNAVAILABLE", "library-cwb"),
            ("me.eResources", "UPSTREAM_UNAVAILABLE", "library-gz"),
        }
        await libraries[1].fault("none")
        while (answer := await campus.widget("e-resources", as_="alex")).at("me.eResources") is None:
            assert set(answer.codes_at("me.eResources")) == {"UPSTREAM_UNAVAILABLE"}
        assert {each["campus"] for each in answer.at("me.eResources.nodes")} == {"GZ"}
        assert answer.faults() == {("me.eResources", "UPSTREAM_UNAVAILABLE", "library-cwb")}
        await university.well()
        while (answer := await campus.widget("e-resources", as_="alex")).errors:
            assert answer.codes_at("me.eResources") == ["UPSTREAM_UNAVAILABLE"]
        assert len(answer.at("me.eResources.nodes")) == 19
        for library in libraries:
            await library.fault("down")
        assert await seen(campus, "alex") == answer.at("me.eResources.nodes"), "what was read once stands"
    await university.well()
