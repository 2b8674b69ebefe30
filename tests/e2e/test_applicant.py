"""Who has applied for admission sees what they gave of themselves, what is public, and their own portal; no more."""

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus

MAY = {"profile", "contacts", "applications", "dashboard", "notifications", "unreadNotifications"}
"""Of what the dashboard shows of a person."""

LAYOUT = '{ me { dashboard { active(campus: "CWB") { phase isDefault } } } }'
SEEN_BY_ALL = "{ announcements(first: 100) { nodes { id } } }"


async def test_an_applicant_belongs_to_no_campus_and_has_the_profile_that_the_student_system_holds(
    cold_campus: SimulatedCampus,
) -> None:
    answer = await cold_campus.widget("profile", as_="ivy")
    assert answer.errors == []
    assert {system: len(calls) for system, calls in (await cold_campus.calls()).items()} == {"sis-cwb": 1}
    held = await plain.person(cold_campus.systems["sis-cwb"], (await plain.numbers(cold_campus, "ivy"))["sis-cwb"])
    assert (held["primaryCode"]["codeType"], held["affiliations"]) == ("x-application-number", ["x-applicant"])
    profile = answer.at("me.profile")
    assert (profile["displayName"], profile["dateOfBirth"]) == (held["displayName"], held["dateOfBirth"])
    assert profile["numbers"] == [{"campus": "CWB", "number": held["primaryCode"]["code"]}]
    (contacts,) = answer.at("me.contacts.nodes")
    assert (contacts["email"], contacts["privateEmail"]) == (None, held["secondaryEmail"])
    first, *_ = answer.at("me.emergencyContacts.nodes")
    assert (first["name"], first["telephone"]) == (held["ICEName"], held["ICEPhoneNumber"])
    other = await cold_campus.widget("profile", as_="pat")
    assert other.at("me.profile.displayName") != profile["displayName"]
    viewer = await cold_campus.ask("{ viewer { affiliations campuses } }", as_="ivy")
    assert viewer.at("viewer") == {"affiliations": ["applicant"], "campuses": []}


async def test_what_an_applicant_may_not_see_is_refused_and_nobody_is_asked_for_it(
    cold_campus: SimulatedCampus,
) -> None:
    answer = await cold_campus.widget("dashboard", as_="ivy")
    me = answer.data["me"]
    assert answer.faults() == {(f"me.{name}", "FORBIDDEN", None) for name in me.keys() - MAY}
    assert {name for name, value in me.items() if value is None} == me.keys() - MAY | {"applications"}
    assert me["profile"]
    assert me["dashboard"] == {"active": None}, "which campus's calendar says the phase, nobody knows"
    for public in ("services", "terms", "courses", "shuttles", "facilities", "announcements"):
        assert answer.data[public]["nodes"]
    assert set(await cold_campus.counts()) == {"sis-cwb", "shuttle-gz", "facilities-gz"}
    layout = await cold_campus.ask(LAYOUT, as_="ivy")
    assert layout.at("me.dashboard.active") == {"phase": "TEACHING", "isDefault": True}
    number = (await plain.numbers(cold_campus, "alex"))["sis-cwb"]
    record = await cold_campus.widget("student-record", {"campus": "CWB", "number": number}, as_="ivy")
    assert (record.data, record.faults()) == ({"student": None}, {("student", "FORBIDDEN", None)})


async def test_no_service_is_for_applicants_yet_and_announcements_are_those_for_everybody(
    open_campus: SimulatedCampus,
) -> None:
    answer = await open_campus.widget("service-catalogue", as_="ivy")
    assert answer.errors == []
    held = await plain.services(open_campus)
    shown = {each["key"]: each["eligible"] for each in answer.at("services.nodes")}
    assert shown.keys() == held.keys()
    for key, eligible in shown.items():
        (who,) = [rule for rule in held[key]["eligibility"] if rule["rule"] == "affiliation"]
        assert "applicant" not in who["of"]
        assert not eligible["eligible"]
        assert who["reason"]["en"] in [reason["text"] for reason in eligible["reasons"]]
    seen = [await open_campus.ask(SEEN_BY_ALL, as_=who) for who in ("ivy", None)]
    assert seen[0].at("announcements.nodes") == seen[1].at("announcements.nodes") != []
