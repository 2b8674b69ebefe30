"""Whose account is it? None there, not to be told now, or more than one candidate: three outcomes, told apart."""

import time

import pytest

from tests.e2e import plain_reads as plain
from tests.e2e.altered_sis import campus_with_altered, with_code, without_code
from tests.simulated_campus import SimulatedCampus, University, campus_over, every_path
from tests.small_issuer import SmallIssuer

PERSON = "GET /persons?primaryCode={}&pageSize=250&pageNumber=1"
LIBRARY = ("me.loans", "me.holds", "me.fines")
STUDIES = ("me.profile", "me.contacts", "me.academicRecord", "me.account", "me.enrolments", "me.timetable")


async def test_no_account_is_null_without_error_and_the_system_is_not_called(campus: SimulatedCampus) -> None:
    mei = (await plain.numbers(campus, "mei"))["sis-gz"]
    answer = await campus.widget("loans", as_="mei")
    assert (answer.data, answer.errors) == ({"me": {"loans": None}}, [])
    assert await campus.calls() == {"sis-gz": [PERSON.format(mei)]}
    again = await campus.widget("holds-and-fines", as_="mei")
    assert (again.data, again.errors) == ({"me": {"holds": None, "fines": None}}, [])
    assert await campus.counts() == {"sis-gz": 1}  # that there is none is known too


async def test_an_account_that_cannot_be_told_now_is_an_error_of_the_system_that_should_tell(
    campus: SimulatedCampus,
) -> None:
    await campus.systems["sis-gz"].fault("down")
    answer = await campus.widget("dashboard", as_="mei")
    broken = {*LIBRARY, *STUDIES}
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", "sis-gz") for path in broken}
    assert all(answer.at(path) is None for path in broken)
    assert answer.at("me.applications.nodes") and answer.at("me.tickets.nodes")  # noqa: PT018  named by the token
    assert not {"library-cwb", "sis-cwb"} & set(await campus.counts())
    await campus.systems["sis-gz"].fault("none")
    later = await campus.widget("dashboard", as_="mei")
    assert later.errors == []
    assert later.at("me.loans") is None
    assert later.at("me.profile.displayName") == "Mei Lin"


async def test_with_the_student_system_down_loans_answer_if_the_token_names_the_reader(
    campus: SimulatedCampus,
) -> None:
    account = (await plain.claims(campus, "alex"))["library_id"]
    held = await plain.loans(campus, account)
    await campus.systems["sis-cwb"].fault("down")
    answer = await campus.widget("dashboard", as_="alex")
    assert answer.faults() == {(path, "UPSTREAM_UNAVAILABLE", "sis-cwb") for path in STUDIES}
    assert sorted(each["title"] for each in answer.at("me.loans.nodes")) == [title for title, _ in held]
    for path in (*LIBRARY, "me.applications", "me.tickets"):
        assert answer.at(path)["nodes"]
        assert answer.at(path)["unavailable"] == []


@pytest.mark.parametrize(
    ("down", "widget", "path"),
    [
        ("sis-gz", "loans", "me.loans"),
        ("sis-gz", "my-applications", "me.applications"),
        ("sis-gz", "tickets", "me.tickets"),
        ("sis-cwb", "loans", "me.loans"),
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
    assert time.monotonic() - started < 2.5
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
        assert all(answer.at(path) is None for path in LIBRARY)
        assert "library-cwb" not in await campus.counts()
        for path in (*STUDIES, "me.applications", "me.tickets"):
            assert answer.at(path)
        told = await campus.widget("loans", as_="jordan", issuer="CWB")
        assert told.errors == []  # the token names one, and the file is not asked


async def test_a_conflict_in_one_way_is_not_covered_by_another(university: University) -> None:
    other = "u00000001@itsc.ust.example"
    async with campus_with_altered(university, "sis-cwb", with_code("x-ticket-address", other)) as campus:
        answer = await campus.widget("tickets", as_="jordan", issuer="GZ")
        assert answer.data == {"me": {"tickets": None}}
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
        broken = {*STUDIES, *LIBRARY}  # the file would also have told of a library account
        assert mei.faults() == {(path, "CONFLICT", "sis-gz") for path in broken}
        assert all(mei.at(path) is None for path in broken)
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
            scopes = "profile:read record:read enrolment:read account:read library:read services:read tickets:read"
            token = issuer.token(sub="visitor", university_person_id="p-visitor", scope=scopes)
            answer = await campus.widget("dashboard", headers={"Authorization": f"Bearer {token}"})
            assert answer.errors == []
            assert set(answer.data["me"].values()) == {None}
            assert await campus.counts() == {"shuttle-gz": 1}
