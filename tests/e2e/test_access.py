"""Whose record may be read by whom, what a token's scopes open, and that a refused system is never asked."""

import pytest

from tests.e2e import plain_reads as plain
from tests.simulated_campus import SimulatedCampus, University, campus_over
from tests.small_issuer import SmallIssuer

REFUSED = {("student", "FORBIDDEN", None)}
OWN_ACCOUNT = "GET /persons?primaryCode={}&pageSize=250&pageNumber=1"
SYSTEM = {"CWB": "sis-cwb", "GZ": "sis-gz"}


async def ask_record(campus: SimulatedCampus, reader: str, at: str, of: str, **more: str):
    number = (await plain.numbers(campus, of))[SYSTEM[at]]
    return number, await campus.widget("student-record", {"campus": at, "number": number}, as_=reader, **more)


@pytest.mark.parametrize(
    ("reader", "at", "of"),
    [
        ("lee", "CWB", "alex"),
        ("lee", "CWB", "jordan"),
        ("lee", "CWB", "taiman-a"),
        ("rita", "CWB", "alex"),
        ("rita", "CWB", "sam"),
        ("rita", "CWB", "wing"),
        ("rita", "CWB", "jordan"),
    ],
)
async def test_advisors_and_registrars_read_the_students_they_are_responsible_for(
    open_campus: SimulatedCampus, reader: str, at: str, of: str
) -> None:
    number, answer = await ask_record(open_campus, reader, at, of)
    assert answer.errors == []
    held = await plain.studies(open_campus.systems[SYSTEM[at]], number)
    assert answer.at("student.number") == number
    shown = {
        (term["code"], result["courseCode"]): result["grade"]
        for term in answer.at("student.academicRecord.terms.nodes")
        for result in term["results"]
    }
    assert shown == held.grades
    assert {each["courseCode"] for each in answer.at("student.enrolments.nodes")} == {
        code for code, _ in held.enrolments
    }


async def test_an_advisors_list_is_whom_the_advisor_may_read(cold_campus: SimulatedCampus) -> None:
    answer = await cold_campus.widget("advisees", as_="lee")
    assert answer.errors == []
    listed = {each["number"]: each["name"] for each in answer.at("me.advisees.nodes")}
    for who, name in {"alex": "Alex Chan", "jordan": "Jordan Wong", "taiman-a": "Tai Man Chan"}.items():
        assert listed.pop((await plain.numbers(cold_campus, who))["sis-cwb"]) == name
    others = [
        (await plain.numbers(cold_campus, who)).get("sis-cwb") for who in ("sam", "wing", "taiman-b", "bo", "quinn")
    ]
    assert not listed.keys() & set(others)
    number = next(iter(listed))
    crowd = await cold_campus.widget("student-record", {"campus": "CWB", "number": number}, as_="lee")
    assert crowd.errors == []
    assert crowd.at("student.profile.displayName") == listed[number]


@pytest.mark.parametrize("who", ["rita", "pat"])
async def test_who_advises_nobody_has_no_list(open_campus: SimulatedCampus, who: str) -> None:
    answer = await open_campus.widget("advisees", as_=who)
    assert answer.errors == []
    assert answer.at("me.advisees") is None


@pytest.mark.parametrize(
    ("reader", "at", "of"),
    [
        ("pat", "CWB", "alex"),
        ("pat", "GZ", "mei"),
        ("lee", "CWB", "sam"),
        ("lee", "CWB", "taiman-b"),
        ("lee", "CWB", "wing"),
        ("lee", "GZ", "mei"),
        ("lee", "GZ", "jordan"),
        ("rita", "GZ", "mei"),
        ("rita", "GZ", "jordan"),
    ],
)
async def test_who_is_not_responsible_is_refused_and_only_their_own_accounts_are_asked(
    cold_campus: SimulatedCampus, reader: str, at: str, of: str
) -> None:
    own = (await plain.numbers(cold_campus, reader))["sis-cwb"]
    number = (await plain.numbers(cold_campus, of))[SYSTEM[at]]
    await cold_campus.forget_calls()
    answer = await cold_campus.widget("student-record", {"campus": at, "number": number}, as_=reader)
    assert answer.data == {"student": None}
    assert answer.faults() == REFUSED
    calls = await cold_campus.calls()
    assert set(calls) == {"sis-cwb"}
    assert calls["sis-cwb"][0] == OWN_ACCOUNT.format(own)
    # Beside the reader's own file, only an advisor's own group is asked, and at the campus of that record only.
    assert [line.split("/")[1] for line in calls["sis-cwb"][1:]] == (
        ["groups"] if (reader, at) == ("lee", "CWB") else []
    )
    assert not any(number in line for line in calls["sis-cwb"])


async def test_a_refusal_does_not_tell_who_exists(open_campus: SimulatedCampus) -> None:
    _, somebody = await ask_record(open_campus, "pat", "CWB", "alex")
    nobody = await open_campus.widget("student-record", {"campus": "CWB", "number": "20000000"}, as_="pat")
    told = [(each["message"], each["path"], each["extensions"]["code"]) for each in (*somebody.errors, *nobody.errors)]
    assert told[0] == told[1]


@pytest.mark.parametrize("of", ["lee", "pat"])
async def test_a_registrar_finds_students_and_nobody_else(open_campus: SimulatedCampus, of: str) -> None:
    _, answer = await ask_record(open_campus, "rita", "CWB", of)
    assert (answer.data, answer.errors) == ({"student": None}, [])
    unknown = await open_campus.widget("student-record", {"campus": "CWB", "number": "20000000"}, as_="rita")
    assert (unknown.data, unknown.errors) == ({"student": None}, [])


async def test_without_the_scope_students_do_not_even_read_themselves_by_number(cold_campus: SimulatedCampus) -> None:
    """Students are given no `students:read`; their own world is `me`."""
    for reader, scope in {"alex": "", "lee": "profile:read"}.items():
        number = (await plain.numbers(cold_campus, "alex"))["sis-cwb"]
        answer = await cold_campus.widget(
            "student-record", {"campus": "CWB", "number": number}, as_=reader, scope=scope
        )
        assert answer.faults() == REFUSED
    assert await cold_campus.counts() == {}


async def test_a_student_whose_token_has_the_scope_reads_nobody_but_themselves(university: University) -> None:
    async with SmallIssuer() as issuer:
        own = {"issuers": [issuer.settings().model_dump(exclude_none=True)]}
        async with campus_over(university, university.settings(own)) as campus:
            await campus.indexes_filled()
            number, other = [(await plain.numbers(campus, who))["sis-cwb"] for who in ("bo", "quinn")]
            token = issuer.token(
                sub="bo",
                scope="students:read",
                university_person_id="p-bo",
                cwb_sis_id=number,
                affiliations=["student"],
            )
            headers = {"Authorization": f"Bearer {token}"}
            answer = await campus.widget("student-record", {"campus": "CWB", "number": number}, headers=headers)
            assert answer.errors == []
            assert answer.at("student.profile.displayName") == "Bo Tam"
            refused = await campus.widget("student-record", {"campus": "CWB", "number": other}, headers=headers)
            assert refused.faults() == REFUSED


async def test_a_partner_application_has_no_world_of_its_own_and_no_system_is_called(
    cold_campus: SimulatedCampus,
) -> None:
    answer = await cold_campus.ask("{ viewer { client person } me { profile { displayName } loans { nodes { id } } } }",
                              as_="partner-portal")  # fmt: skip
    assert answer.data == {"viewer": {"client": "partner-portal", "person": None}, "me": None}
    assert answer.faults() == {("me", "FORBIDDEN", None)}
    record = await cold_campus.widget("student-record", {"campus": "CWB", "number": "20000000"}, as_="partner-portal")
    assert record.faults() == REFUSED
    assert await cold_campus.counts() == {}


async def test_a_partner_application_reads_what_is_public(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("service-catalogue", as_="partner-portal")
    assert answer.errors == []
    assert answer.body == (await open_campus.widget("service-catalogue")).body


SCOPES = {
    "profile:read": ({"profile", "contacts"}, {"sis-cwb": 1}),
    "record:read": ({"academicRecord"}, {"sis-cwb": 4}),
    "account:read": ({"account"}, {"sis-cwb": 1}),
    "enrolment:read": ({"enrolments", "timetable"}, {"sis-cwb": 3}),
    "library:read": ({"loans", "holds", "fines"}, {"library-cwb": 3, "sis-cwb": 1}),
    "services:read": ({"applications"}, {"onestop-gz": 2}),
    "tickets:read": ({"tickets"}, {"tickets-cwb": 1}),
    # What Guangzhou alone has is nothing to Alex, as the student system says.
    "housing:read": ({"housing"}, {"life-cwb": 1, "sis-cwb": 1}),
    "card:read": (set(), {"sis-cwb": 1}),
    "bookings:read": (set(), {"sis-cwb": 1}),
    # What the gateway keeps itself.
    "dashboard:read": ({"dashboard"}, {}),
    "notifications:read": ({"notifications", "unreadNotifications"}, {}),
}
NOTHING = {"card:read": {"campusCards"}, "bookings:read": {"bookings"}}


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_opens_its_own_fields_and_no_refused_system_is_called(
    cold_campus: SimulatedCampus, scope: str
) -> None:
    opened, calls = SCOPES[scope]
    answer = await cold_campus.widget("dashboard", as_="alex", scope=scope)
    me = answer.data["me"]
    assert {name for name, value in me.items() if value is not None} == opened
    refused = me.keys() - opened - NOTHING.get(scope, set())
    assert answer.faults() == {(f"me.{name}", "FORBIDDEN", None) for name in refused}
    assert await cold_campus.counts() == {**calls, "shuttle-gz": 2, "facilities-gz": 1}


async def test_all_scopes_but_one_open_all_fields_but_its_own(cold_campus: SimulatedCampus) -> None:
    scopes = " ".join(scope for scope in SCOPES if scope != "library:read")
    answer = await cold_campus.widget("dashboard", as_="alex", scope=scopes)
    assert answer.faults() == {(f"me.{name}", "FORBIDDEN", None) for name in ("loans", "holds", "fines")}
    assert set(await cold_campus.counts()) == {
        "sis-cwb", "onestop-gz", "tickets-cwb", "life-cwb", "shuttle-gz", "facilities-gz",
    }  # fmt: skip


async def test_a_token_that_is_none_is_refused_whole_and_no_system_is_called(cold_campus: SimulatedCampus) -> None:
    good = await cold_campus.token("alex")
    head, payload, signature = good.split(".")
    for token in (
        "nonsense",
        f"{head}.{payload}.",
        f"{head}.{(await cold_campus.token('sam')).split('.')[1]}.{signature}",
    ):
        answer = await cold_campus.widget("dashboard", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 401
        assert answer.data is None
        assert [each["extensions"]["code"] for each in answer.errors] == ["UNAUTHENTICATED"]
    assert await cold_campus.counts() == {}
