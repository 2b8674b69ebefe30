"""Whose account is it? None there, not to be told now, or more than one candidate: three outcomes, told apart."""

import time

import pytest

from tests.e2e import plain_reads as plain
from tests.e2e.altered_sis import campus_with_altered, with_code, without_code
from tests.machine import soon_enough
from tests.simulated_campus import SimulatedCampus, University, campus_over, every_path
from tests.small_issuer import SmallIssuer

PERSON = "GET /persons?primaryCode={}&pageSize=250&pageNumber=1"
LIBRARY = ("me.loans", "me.holds", "me.fines")
STUDIES = ("me.profile", "me.contacts", "me.academicRecord", "me.account", "me.enrolments", "me.timetable")


async def test_no_account_is_null_without_error_and_the_system_is_not_called(cold_campus: SimulatedCampus) -> None:
    wing = (await plain.numbers(cold_campus, "wing"))["sis-cwb"]
    answer = await cold_campus.widget("my-applications", as_="wing")
    assert (answer.data, answer.errors) == ({"me": {"applications": None}}, [])
    assert await cold_campus.calls() == {"sis-cwb": [PERSON.format(wing)]}
    again = await cold_campus.widget("my-applications", as_="wing")
    assert (again.data, again.errors) == ({"me": {"applications": None}}, [])
    assert await cold_campus.counts() == {"sis-cwb": 1}  # that there is none is known too


async def test_a_library_without_an_account_is_not_missing_from_the_other_ones_list(
    cold_campus: SimulatedCampus,
) -> None:
    answer = await cold_campus.widget("loans", as_="mei")
    assert answer.errors == []
    assert {each["campus"] for each in answer.at("me.loans.nodes")} == {"GZ"}
    assert answer.at("me.loans.unavailable") == []
    assert set(await cold_campus.counts()) == {"sis-gz", "library-gz"}


async def test_a_card_is_looked_up_once_for_all_lists_and_then_known(cold_campus: SimulatedCampus) -> None:
    await cold_campus.widget("dashboard", as_="mei")
    calls = (await cold_campus.calls())["library-gz"]
    assert len([call for call in calls if call.startswith("GET /api/v1/patrons?")]) == 1
    await cold_campus.forget_calls()
    await cold_campus.widget("dashboard", as_="mei")
    assert [call for call in (await cold_campus.calls())["library-gz"] if call.startswith("GET /api/v1/patrons?")] == []


async def test_a_card_that_cannot_be_looked_up_now_is_an_error_of_its_library(campus: SimulatedCampus) -> None:
    await campus.systems["library-gz"].fault("closed")
    answer = await campus.widget("loans", as_="jordan")
    assert answer.faults() == {("me.loans", "UPSTREAM_MAINTENANCE", "library-gz")}
    assert {each["campus"] for each in answer.at("me.loans.nodes")} == {"CWB"}
    await campus.systems["library-gz"].fault("none")
    later = await campus.widget("loans", as_="jordan")
    assert later.errors == []
    assert {each["campus"] for each in later.at("me.loans.nodes")} == {"CWB", "GZ"}


async def test_an_account_that_cannot_be_told_now_is_an_error_of_the_system_that_should_tell(
    campus: SimulatedCampus,
) -> None:
    await campus.systems["sis-gz"].fault("down")
    answer = await campus.widget("dashboard", as_="mei")
    in_part = (*LIBRARY, "me.housing")
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", "sis-gz") for path in (*STUDIES, *in_part)}
    assert all(answer.at(path) is None for path in STUDIES)
    for path in in_part:  # the token names her accounts in Guangzhou; whether she has any elsewhere is not known
        assert {each["campus"] for each in answer.at(path)["nodes"]} == {"GZ"}
        assert [each["system"] for each in answer.at(path)["unavailable"]] == ["sis-gz"]
    assert answer.at("me.applications.nodes") and answer.at("me.tickets.nodes")  # noqa: PT018  named by the token
    assert not {"library-cwb", "sis-cwb"} & set(await campus.counts())
    await campus.systems["sis-gz"].fault("none")
    later = await campus.widget("dashboard", as_="mei")
    assert later.errors == []
    assert later.at("me.loans.unavailable") == []
    assert later.at("me.profile.displayName") == "Mei Lin"


async def test_with_the_student_system_down_loans_answer_if_the_token_names_the_reader(
    campus: SimulatedCampus,
) -> None:
    account = (await plain.claims(campus, "alex"))["library_id"]
    held = await plain.loans(campus, account)
    await campus.systems["sis-cwb"].fault("down")
    answer = await campus.widget("dashboard", as_="alex")
    in_part, only_there = (*LIBRARY, "me.housing"), ("me.campusCards", "me.bookings")
    lost = (*STUDIES, *in_part, *only_there)
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", "sis-cwb") for path in lost}
    assert sorted(each["title"] for each in answer.at("me.loans.nodes")) == [title for title, _ in held]
    for path in ("me.applications", "me.tickets"):
        assert answer.at(path)["nodes"]
        assert answer.at(path)["unavailable"] == []
    for path in in_part:  # that there is nothing in Guangzhou, nobody can say
        assert answer.at(path)["nodes"]
        assert [each["system"] for each in answer.at(path)["unavailable"]] == ["sis-cwb"]


@pytest.mark.parametrize(
    ("down", "widget", "path"),
    [
        ("sis-gz", "loans", "me.loans"),
        ("sis-gz", "my-applications", "me.applications"),
        ("sis-gz", "tickets", "me.tickets"),
    ],
)
async def test_no_way_that_leads_somewhere_is_an_error_of_the_first_that_failed(
    campus: SimulatedCampus, down: str, widget: str, path: str
) -> None:
    await campus.systems[down].fault("down")
    answer = await campus.widget(widget, as_="jordan", issuer="GZ")
    assert answer.at(path) is None
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", down)}
    assert set(await campus.counts()) <= {"sis-gz", "sis-cwb"}


async def test_a_later_way_that_succeeds_covers_an_earlier_one_that_fails(campus: SimulatedCampus) -> None:
    address = (await plain.claims(campus, "jordan"))["ticket_address"]
    await campus.systems["sis-cwb"].fault("down")
    answer = await campus.widget("tickets", as_="jordan", issuer="GZ")
    assert answer.errors == []
    assert {each["subject"] for each in answer.at("me.tickets.nodes")} == await plain.tickets(campus, address)


async def test_a_look_up_that_hangs_holds_the_answer_up_for_two_seconds_and_no_more(campus: SimulatedCampus) -> None:
    await campus.systems["sis-cwb"].fault("hang")
    started = time.monotonic()
    answer = await campus.widget("dashboard", as_="jordan", issuer="GZ")
    assert soon_enough(time.monotonic() - started, 2.5)
    # Guangzhou says that there is a record, and what stands in it is told in part.
    broken = {*LIBRARY, *STUDIES, "me.academicRecord.programmes"} - {"me.academicRecord"}
    assert {fault for fault in answer.faults() if fault[0] in broken} == {
        (path, "UPSTREAM_TIMEOUT", "sis-cwb") for path in broken
    }
    assert answer.at("me.tickets.nodes")  # by Guangzhou's file
    assert answer.at("me.applications.nodes")


async def test_an_earlier_way_that_knows_of_no_account_leaves_it_to_the_later_one(university: University) -> None:
    async with campus_with_altered(university, "sis-cwb", without_code("x-ticket-address")) as campus:
        answer = await campus.widget("tickets", as_="jordan", issuer="GZ")
        assert answer.errors == []
        assert answer.at("me.tickets.nodes")


async def test_two_codes_on_a_persons_file_are_a_conflict_and_neither_account_is_shown(
    university: University,
) -> None:
    another = "ustl0000001"
    async with campus_with_altered(university, "sis-cwb", with_code("x-library-id", another)) as campus:
        answer = await campus.widget("dashboard", as_="jordan", issuer="GZ")
        assert answer.faults() == {(path, "CONFLICT", "library-cwb") for path in LIBRARY}
        assert {each["campus"] for path in LIBRARY for each in answer.at(path)["nodes"]} == {"GZ"}
        assert "library-cwb" not in await campus.counts()
        for path in (*STUDIES, "me.applications", "me.tickets"):
            assert answer.at(path)
        told = await campus.widget("loans", as_="jordan", issuer="CWB")
        assert told.errors == []  # the token names one, and the file is not asked


async def test_a_conflict_in_one_way_is_not_covered_by_another(university: University) -> None:
    other = "u00000001@itsc.ust.example"
    async with campus_with_altered(university, "sis-cwb", with_code("x-ticket-address", other)) as campus:
        answer = await campus.widget("tickets", as_="jordan", issuer="GZ")
        assert answer.data["me"] == {"tickets": None}
        assert answer.faults() == {("me.tickets", "CONFLICT", "tickets-cwb")}
        assert set(await campus.counts()) == {"sis-gz", "sis-cwb"}


async def test_a_code_that_is_listed_twice_is_one_account(university: University) -> None:
    async with campus_with_altered(
        university, "sis-cwb", lambda person: [person | {"otherCodes": person["otherCodes"] * 2}]
    ) as campus:
        answer = await campus.widget("loans", as_="jordan", issuer="GZ")
        assert answer.errors == []
        assert answer.at("me.loans.nodes")


async def test_two_persons_of_one_number_are_a_conflict_and_neither_is_shown(university: University) -> None:
    def twice(person: dict[str, object]) -> list[dict[str, object]]:
        return [person, person | {"personId": "00000000-0000-4000-8000-000000000000", "displayName": "Somebody Else"}]

    async with campus_with_altered(university, "sis-gz", twice) as campus:
        mei = await campus.widget("dashboard", as_="mei")
        in_part = (*LIBRARY, "me.housing")  # the file would also have told of accounts at the other campus
        assert mei.faults() == {(path, "CONFLICT", "sis-gz") for path in (*STUDIES, *in_part)}
        assert all(mei.at(path) is None for path in STUDIES)
        assert {each["campus"] for path in in_part for each in mei.at(path)["nodes"]} == {"GZ"}
        assert mei.at("me.tickets.nodes")
        await campus.forget_calls()
        jordan = await campus.widget("dashboard", as_="jordan")
        assert jordan.codes_at("me.profile") == ["CONFLICT"]
        assert [each["campus"] for each in jordan.at("me.contacts.nodes")] == ["CWB"]
        assert [(each["system"], each["code"]) for each in jordan.at("me.contacts.unavailable")] == [
            ("sis-gz", "CONFLICT")
        ]
        assert {line.partition("?")[0] for line in (await campus.calls())["sis-gz"]} == {"GET /persons"}
        shown = {value for answer in (mei, jordan) for _, value in every_path(answer.body)}
        assert "Somebody Else" not in shown


async def test_a_person_who_was_not_asked_for_is_no_answer(university: University) -> None:
    def another(person: dict[str, object]) -> list[dict[str, object]]:
        return [person | {"primaryCode": {"codeType": "student_number", "code": "50000000"}}]

    async with campus_with_altered(university, "sis-gz", another) as campus:
        answer = await campus.widget("profile", as_="mei")
        assert set(answer.data["me"].values()) == {None}
        assert answer.faults() == {(f"me.{name}", "UPSTREAM_BAD_RESPONSE", "sis-gz") for name in answer.data["me"]}


async def test_a_number_that_a_system_does_not_know_is_no_account(university: University) -> None:
    async with campus_with_altered(university, "sis-gz", lambda person: []) as campus:
        answer = await campus.widget("profile", as_="mei")
        assert (set(answer.data["me"].values()), answer.errors) == ({None}, [])


async def test_ways_that_lead_in_a_circle_end(university: University) -> None:
    """Each student system is told to ask the other, and the token of a third issuer names an account in neither."""
    async with SmallIssuer() as issuer:
        own = {"issuers": [issuer.settings().model_dump(exclude_none=True)]}
        async with campus_over(university, university.settings(own)) as campus:
            await campus.indexes_filled()
            scopes = "profile:read record:read enrolment:read account:read library:read services:read"
            scopes += " tickets:read housing:read card:read bookings:read dashboard:read notifications:read"
            token = issuer.token(sub="visitor", university_person_id="p-visitor", scope=scopes)
            answer = await campus.widget("dashboard", headers={"Authorization": f"Bearer {token}"})
            assert answer.errors == []
            me = answer.data["me"]
            # What the gateway keeps itself needs no account, and is of no campus here: one announcement is for all.
            assert (me.pop("dashboard"), me.pop("unreadNotifications")) == ({"active": None}, 1)
            assert me.pop("notifications")["totalCount"] == 1
            assert set(me.values()) == {None}
            assert await campus.counts() == {"shuttle-gz": 2, "facilities-gz": 1}
