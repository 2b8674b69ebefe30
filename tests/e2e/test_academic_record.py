"""The student record whole: marks, averages, standing, credits from elsewhere, holds, and the account."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from pipeline.documents import widget_documents
from tests.e2e import plain_reads as plain
from tests.e2e.altered_sis import campus_with_altered
from tests.simulated_campus import SimulatedCampus, University, campus_over

STUDENTS = ("alex", "mei", "jordan", "wing", "sam", "taiman-a", "taiman-b", "bo", "quinn")
CAMPUS_OF = {"sis-cwb": "CWB", "sis-gz": "GZ"}
POINTS = {
    "A+": "4.3", "A": "4.0", "A-": "3.7", "B+": "3.3", "B": "3.0", "B-": "2.7", "C+": "2.3", "C": "2.0", "C-": "1.7",
    "D": "1.0", "F": "0",
}  # fmt: skip

Row = Mapping[str, Any]


async def held(campus: SimulatedCampus, who: str, kind: str) -> dict[str, list[Row]]:
    """What each student system lists of a person, by plain GETs."""
    found = {}
    for system, number in (await plain.numbers(campus, who)).items():
        registry = campus.systems[system]
        person = await plain.person(registry, number)
        found[system] = await plain.rows(registry, f"/persons/{person['personId']}/{kind}-associations")
    return found


async def files(campus: SimulatedCampus, who: str) -> dict[str, Row]:
    """The profile of the person's document in each student system."""
    return {
        system: (await plain.person(campus.systems[system], number))["ext"]["campus"]
        for system, number in (await plain.numbers(campus, who)).items()
    }


async def studies(campus: SimulatedCampus, who: str) -> dict[str, Row]:
    """The profile of the programme association in each student system."""
    told = await held(campus, who, "programme-offering")
    return {system: rows[0]["ext"]["campus"] for system, rows in told.items()}


def profile(row: Row) -> Row:
    told: Row = row["ext"]["campus"]
    return told


def on_record(rows: list[Row]) -> list[Row]:
    kept = [row for row in rows if row["state"] in ("associated", "finished")]
    return sorted(kept, key=lambda row: profile(row)["termCode"])


def grade(row: Row) -> str | None:
    result = row["result"] or {}
    return result["score"] if result.get("state") == "completed" else None


def average(rows: list[Row]) -> str | None:
    weighed = [
        (Decimal(POINTS[grade(row)]), Decimal(str(profile(row)["credits"]))) for row in rows if grade(row) in POINTS
    ]
    credits = sum(credit for _, credit in weighed)
    points = sum((point * credit for point, credit in weighed), Decimal())
    return str((points / credits).quantize(Decimal("0.01"), ROUND_HALF_UP)) if credits else None


def after_repeats(rows: list[Row], policy: str) -> list[Row]:
    if policy == "both":
        return rows
    return list({profile(row)["courseCode"]: row for row in rows if grade(row) in POINTS}.values())


def said(word: str) -> str:
    """What English calls a system's word: our own for one that we know, else the system's."""
    return word if word.startswith("x-") else word.capitalize()


@pytest.mark.parametrize("who", STUDENTS)
async def test_averages_are_those_of_what_the_student_systems_hold(open_campus: SimulatedCampus, who: str) -> None:
    rows = {system: on_record(each) for system, each in (await held(open_campus, who, "course-offering")).items()}
    studied = await studies(open_campus, who)
    answer = await open_campus.widget("gpa-trend", as_=who, headers={"Accept-Language": "en"})
    assert answer.errors == []
    record = answer.at("me.academicRecord")
    everything = [row for each in rows.values() for row in each]
    codes = sorted({profile(row)["termCode"] for row in everything}, reverse=True)
    assert [(term["code"], term["gpa"]) for term in record["terms"]["nodes"]] == [
        (code, average([row for row in everything if profile(row)["termCode"] == code])) for code in codes
    ]
    counting = {
        system: after_repeats(each, studied[system]["programme"]["repeatPolicy"]) for system, each in rows.items()
    }
    assert record["cumulativeGpa"] == average([row for each in counting.values() for row in each])
    assert record["majorGpa"] == average([
        row
        for system, each in counting.items()
        for row in each
        if profile(row)["courseCode"] in studied[system]["programme"]["majorCourses"]
    ])  # fmt: skip
    passed = {
        (system, profile(row)["courseCode"]): Decimal(str(profile(row)["credits"]))
        for system, each in rows.items()
        for row in each
        if (row["result"] or {}).get("pass") == "passed"
    }
    assert Decimal(record["creditsEarned"]) == sum(passed.values())
    assert [(each["campus"], each["stateLabel"], each["sinceTerm"]) for each in record["standing"]["nodes"]] == [
        (CAMPUS_OF[system], said(told["standing"]["state"]), told["standing"]["since"])
        for system, told in studied.items()
        if "standing" in told
    ]


async def test_standing_has_a_word_of_ours_or_is_something_else(open_campus: SimulatedCampus) -> None:
    found = {}
    for who in ("alex", "mei", "jordan", "bo"):
        answer = await open_campus.widget("gpa-trend", as_=who)
        found[who] = [(each["campus"], each["state"]) for each in answer.at("me.academicRecord.standing.nodes")]
    # The dean's list is this university's own word; Bo has not finished a term yet.
    assert found == {"alex": [("CWB", "GOOD")], "mei": [("GZ", "WARNING")], "jordan": [("CWB", "OTHER")], "bo": []}


@pytest.mark.parametrize("who", STUDENTS)
async def test_marks_are_those_held_as_far_as_they_are_released(open_campus: SimulatedCampus, who: str) -> None:
    answer = await open_campus.widget("grades", as_=who)
    assert answer.errors == []
    shown = {
        (result["campus"], term["code"], result["courseCode"], item["name"]): item
        for term in answer.at("me.academicRecord.terms.nodes")
        for result in term["results"]
        for item in result["assessments"]
    }
    language = {"mei": "zh-hans"}.get(who, "en")
    told = {
        (
            CAMPUS_OF[system],
            profile(row)["termCode"],
            profile(row)["courseCode"],
            next(name["value"] for name in profile(row)["itemName"] if name["language"] == language),
        ): row
        for system, rows in (await held(open_campus, who, "test-component-offering")).items()
        for row in rows
        if row["state"] in ("associated", "finished")
    }
    assert shown.keys() == told.keys()
    for key, item in shown.items():
        mark, row = profile(told[key]), told[key]["result"]
        assert (item["weight"], Decimal(item["maximum"])) == (row["weight"], row["maxRawScore"])
        assert plain.moment(item["heldAt"]) == plain.moment(row["resultDateTime"])
        assert item["released"] == mark["released"]
        assert (
            item["score"] is None if not mark["released"] else Decimal(item["score"]) == Decimal(str(mark["rawScore"]))
        )


async def test_a_mark_that_is_not_released_is_in_no_answer(university: University) -> None:
    changed = []

    def unmistakable(row: dict[str, Any]) -> list[dict[str, Any]]:
        if not row["ext"]["campus"]["released"]:
            changed.append(row["associationId"])
            row["ext"]["campus"]["rawScore"] = 98765.5
            row["result"] |= {"score": "98765.5", "rawScore": 98765}
        return [row]

    async with campus_with_altered(
        university, "sis-cwb", unmistakable, "/test-component-offering-associations"
    ) as campus:
        for name in widget_documents():
            if name not in ("student-record", "anything", "seat-watch"):
                answer = await campus.widget(name, as_="alex")
                assert "98765" not in str(answer.body), name
    assert changed, "the system did tell such marks"


async def test_a_student_of_both_campuses_has_one_record(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("academic-history", as_="jordan", issuer="GZ")
    assert answer.errors == []
    record = answer.at("me.academicRecord")
    assert [each["campus"] for each in record["programmes"]["nodes"]] == ["CWB", "GZ"]
    told = await studies(open_campus, "jordan")
    assert [
        (each["campus"], each["fromCampus"], each["fromCourseCode"], each["courseCode"], each["stateLabel"])
        for each in record["creditTransfers"]["nodes"]
    ] == [
        (CAMPUS_OF[system], each["fromCampus"], each["fromCourseCode"], each["courseCode"], said(each["state"]))
        for system, studied in told.items()
        for each in studied["creditTransfers"]
    ]
    assert {each["state"] for each in record["creditTransfers"]["nodes"]} == {"APPROVED", "REQUESTED"}
    assert [(each["institution"], each["country"], each["termCode"]) for each in record["exchanges"]["nodes"]] == [
        (each["institution"], each["countryCode"], each["termCode"])
        for studied in told.values()
        for each in studied["exchanges"]
    ]


@pytest.mark.parametrize("who", STUDENTS)
async def test_transferred_credits_say_where_they_were_earned(open_campus: SimulatedCampus, who: str) -> None:
    rows = [row for each in (await held(open_campus, who, "course-offering")).values() for row in each]
    answer = await open_campus.widget("academic-history", as_=who)
    shown = answer.at("me.academicRecord.transferCredits.nodes")
    assert [
        (each["courseCode"], Decimal(each["credits"]), each["origin"]["institution"], each["origin"]["courseCode"])
        for each in shown
    ] == [
        (
            profile(row)["courseCode"],
            Decimal(str(profile(row)["credits"])),
            profile(row)["origin"]["institution"],
            profile(row)["origin"]["courseCode"],
        )
        for row in rows
        if grade(row) == "T"
    ]


async def test_what_another_campus_recognises_is_earned_once(open_campus: SimulatedCampus) -> None:
    recognised = [
        each
        for told in (await studies(open_campus, "jordan")).values()
        for each in told["creditTransfers"]
        if each["state"] == "approved"
    ]
    assert recognised, "there would be something to count twice"
    rows = [row for each in (await held(open_campus, "jordan", "course-offering")).values() for row in each]
    passed = [Decimal(str(profile(row)["credits"])) for row in rows if (row["result"] or {}).get("pass") == "passed"]
    answer = await open_campus.widget("gpa-trend", as_="jordan")
    assert Decimal(answer.at("me.academicRecord.creditsEarned")) == sum(passed)


async def test_what_is_recognised_of_a_campus_that_is_not_in_the_record_counts(university: University) -> None:
    def with_transfers(row: dict[str, Any]) -> list[dict[str, Any]]:
        transfer = {"fromCampus": "SZ", "fromCourseCode": "X 1", "fromTermCode": "2510", "courseCode": "COMP 1021"}
        row["ext"]["campus"]["creditTransfers"] = [
            {**transfer, "credits": 6, "state": "approved"},
            {**transfer, "credits": 3, "state": "refused"},
            {**transfer, "credits": 2, "state": "x-under-appeal"},
        ]
        return [row]

    query = "{ me { academicRecord { creditsEarned creditTransfers { nodes { credits state stateLabel } } } } }"
    async with campus_over(university) as campus:
        before = await campus.ask(query, as_="alex")
    async with campus_with_altered(university, "sis-cwb", with_transfers, "/programme-offering-associations") as campus:
        after = await campus.ask(query, as_="alex")
    earned = [Decimal(answer.at("me.academicRecord.creditsEarned")) for answer in (before, after)]
    assert earned[1] - earned[0] == 6
    assert after.at("me.academicRecord.creditTransfers.nodes") == [
        {"credits": "6", "state": "APPROVED", "stateLabel": "Approved"},
        {"credits": "3", "state": "REFUSED", "stateLabel": "Refused"},
        {"credits": "2", "state": "OTHER", "stateLabel": "x-under-appeal"},
    ]


@pytest.mark.parametrize("who", STUDENTS)
async def test_account_and_holds_are_what_the_offices_keep(open_campus: SimulatedCampus, who: str) -> None:
    told = await files(open_campus, who)
    answer = await open_campus.widget("account", as_=who)
    assert answer.errors == []
    account = answer.at("me.account")
    assert [(each["currency"], each["amount"]) for each in account["balance"]] == sorted(
        (each["account"]["currency"], each["account"]["balance"]) for each in told.values()
    )
    for name, amount_of, when in (("charges", "due", "due"), ("payments", "reference", "paidAt")):
        assert sorted(
            (each["campus"], each["amount"]["amount"], each["amount"]["currency"], each[amount_of])
            for each in account[name]["nodes"]
        ) == sorted(
            (CAMPUS_OF[system], each["amount"], file["account"]["currency"], each[amount_of])
            for system, file in told.items()
            for each in file["account"][name]
        )
        moments = [each[when] for each in account[name]["nodes"]]
        assert moments == sorted(moments, reverse=True)
    for currency, balance in ((each["currency"], each["amount"]) for each in account["balance"]):
        charged, paid = (
            sum(
                Decimal(each["amount"]["amount"])
                for each in account[name]["nodes"]
                if each["amount"]["currency"] == currency
            )
            for name in ("charges", "payments")
        )
        assert charged - paid == Decimal(balance)
    assert {
        (each["campus"], each["method"], each["currency"], each["url"]) for each in account["payableBy"]["nodes"]
    } == {
        (CAMPUS_OF[system], each["method"], file["account"]["currency"], each["url"])
        for system, file in told.items()
        for each in file["account"]["paymentMethods"]
    }
    for name, blocks in (("enrolmentHolds", True), ("otherHolds", False)):
        assert [
            (each["campus"], each["since"], each["contact"]) for each in answer.at(f"me.academicRecord.{name}.nodes")
        ] == [
            (CAMPUS_OF[system], each["since"], each["contact"])
            for system, file in told.items()
            for each in file["holds"]
            if each["blocksEnrolment"] is blocks
        ]


async def test_nobodys_record_is_like_anothers(open_campus: SimulatedCampus) -> None:
    balances, averages = {}, {}
    for who in STUDENTS:
        money = await open_campus.widget("account", as_=who)
        balances[who] = str(money.at("me.account.balance")) + str(money.at("me.account.payments.nodes"))
        averages[who] = (await open_campus.widget("gpa-trend", as_=who)).at("me.academicRecord.cumulativeGpa")
    assert len(set(balances.values())) == len(STUDENTS)
    assert averages["bo"] is None, "no term is over"
    assert len(set(averages.values())) >= len(STUDENTS) - 1


async def test_emergency_contacts_of_both_campuses_are_one_list(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.widget("profile", as_="jordan")
    told = {}
    for system, number in (await plain.numbers(open_campus, "jordan")).items():
        told[system] = await plain.person(open_campus.systems[system], number)
    assert [(each["campus"], each["name"], each["telephone"]) for each in answer.at("me.emergencyContacts.nodes")] == [
        (CAMPUS_OF[system], name, telephone)
        for system, person in told.items()
        for name, telephone in [
            (person["ICEName"], person["ICEPhoneNumber"]),
            *((each["name"], each["telephone"]) for each in person["ext"]["campus"]["emergencyContacts"]),
        ]
    ]
    advisors = {(each["campus"], each["name"], each["email"]) for each in answer.at("me.profile.advisors")}
    assert advisors == {
        (
            CAMPUS_OF[system],
            person["ext"]["campus"]["advisor"]["displayName"],
            person["ext"]["campus"]["advisor"]["email"],
        )
        for system, person in told.items()
    }


async def test_nothing_is_worked_out_over_half_a_record(campus: SimulatedCampus) -> None:
    await campus.widget("dashboard", as_="jordan")
    await campus.systems["sis-gz"].fault("down")
    trend, money = await campus.widget("gpa-trend", as_="jordan"), await campus.widget("account", as_="jordan")
    record = trend.at("me.academicRecord")
    assert [record[name] for name in ("cumulativeGpa", "majorGpa", "creditsEarned")] == [None] * 3
    assert record["terms"]["nodes"], "what the other campus holds stands"
    assert {(term["gpa"], term["creditsEarned"]) for term in record["terms"]["nodes"]} == {(None, None)}
    sums = {"cumulativeGpa", "majorGpa", "creditsEarned", "terms", "standing"}
    terms = {
        f"terms.nodes.{place}.{name}"
        for place, _ in enumerate(record["terms"]["nodes"])
        for name in ("gpa", "creditsEarned")
    }
    assert trend.faults() == {(f"me.academicRecord.{path}", "UPSTREAM_UNAVAILABLE", "sis-gz") for path in sums | terms}
    assert money.at("me.account.balance") is None
    assert {each["campus"] for each in money.at("me.account.charges.nodes")} == {"CWB"}
    assert money.codes_at("me.account") == money.codes_at("me.account.balance") == ["UPSTREAM_UNAVAILABLE"]


async def test_a_grade_that_nobody_explained_is_shown_and_nothing_is_worked_out_over_it(university: University) -> None:
    def strange(row: dict[str, Any]) -> list[dict[str, Any]]:
        if (row["result"] or {}).get("score") == "P":
            row["result"]["score"] = "XYZ"
        return [row]

    async with campus_with_altered(university, "sis-cwb", strange, "/course-offering-associations") as campus:
        grades = await campus.widget("grades", as_="alex")
        trend = await campus.widget("gpa-trend", as_="alex")
    shown = {
        place: [result["grade"] for result in term["results"]]
        for place, term in enumerate(grades.at("me.academicRecord.terms.nodes"))
    }
    hit = {place for place, each in shown.items() if "XYZ" in each}
    assert hit
    assert hit < shown.keys()
    lost = {f"terms.nodes.{place}.{name}" for place in hit for name in ("gpa", "creditsEarned")}
    lost |= {"cumulativeGpa", "majorGpa", "creditsEarned"}
    assert trend.faults() == {(f"me.academicRecord.{path}", "UPSTREAM_BAD_RESPONSE", "sis-cwb") for path in lost}


async def test_what_a_grade_is_worth_is_a_setting_of_the_campus(university: University) -> None:
    own = {
        "code": "CWB", "name": {"en": "Clear Water Bay"}, "timezone": "Asia/Hong_Kong",
        "grade_points": dict.fromkeys(POINTS, 2.5), "uncounted_grades": ["T", "W", "P", "I"],
    }  # fmt: skip
    async with campus_over(university, university.settings({"campuses": [own]})) as campus:
        answer = await campus.widget("gpa-trend", as_="alex")
    assert answer.errors == []
    assert answer.at("me.academicRecord.cumulativeGpa") == "2.50"
