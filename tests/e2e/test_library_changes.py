"""A reader renews, waits and gives up waiting at the libraries of both campuses; nobody for anybody else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from campus.ids import GlobalId, global_id
from pipeline.documents import action_documents
from tests.simulated_campus import Answer, SimulatedCampus, campus_over, simulated_university

LOANS = "{ me { loans { nodes { id campus title dueAt renewable } } } }"
HOLDS = "{ me { holds { nodes { id campus title state pickupLocation cancellationRequested } } } }"
BOOKS = """
query ($search: String!, $campus: String) {
  catalogue(search: $search, campus: $campus) { nodes { id title holdings { campus copies } } }
}
"""


@pytest.fixture(scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SimulatedCampus]:
    """Over a university of this file's own: what is changed here stays changed."""
    folder = tmp_path_factory.mktemp("lending")
    async with simulated_university(folder, students=5) as university, campus_over(university) as campus:
        await campus.indexes_filled()
        yield campus


@pytest.fixture
async def libraries(opened: SimulatedCampus) -> AsyncIterator[SimulatedCampus]:
    await opened.forget_calls()
    yield opened
    await opened.university.well()


async def act(campus: SimulatedCampus, name: str, variables: Mapping[str, Any], **more: Any) -> Answer:
    return await campus.ask(action_documents()[name], variables, **more)


async def nodes(campus: SimulatedCampus, query: str, at: str, who: str) -> list[dict[str, Any]]:
    answer = await campus.ask(query, as_=who)
    assert answer.errors == []
    found: list[dict[str, Any]] = answer.at(f"me.{at}.nodes")
    return found


async def changes(campus: SimulatedCampus) -> list[str]:
    """Everything that was sent to the libraries to change something."""
    calls = await campus.calls()
    sent = [call for system in ("library-cwb", "library-gz") for call in calls.get(system, ())]
    return [call for call in sent if not call.startswith("GET") and "oauth/token" not in call]


def number(id: str) -> str:
    wanted = global_id(id)
    assert wanted
    return wanted.key[-1]


async def book(campus: SimulatedCampus, code: str, search: str, place: int = 0) -> str:
    """One that the library has on paper, and that no named person has anything to do with."""
    answer = await campus.ask(BOOKS, {"search": search, "campus": code})
    printed = [each for each in answer.at("catalogue.nodes") if any(held["copies"] for held in each["holdings"])]
    return str(printed[place]["id"])


async def test_loans_of_both_libraries_are_renewed_at_once_and_each_by_itself(libraries: SimulatedCampus) -> None:
    before = await nodes(libraries, LOANS, "loans", "jordan")
    assert {loan["campus"] for loan in before} == {"CWB", "GZ"}
    await libraries.forget_calls()
    ids = [loan["id"] for loan in before]
    answer = await act(libraries, "renew-loans", {"loans": ids}, as_="jordan")
    assert answer.errors == []
    outcomes = answer.at("renewLoans.outcomes")
    assert [outcome["id"] for outcome in outcomes] == ids
    for loan, outcome in zip(before, outcomes, strict=True):
        if loan["campus"] == "CWB":
            assert (outcome["__typename"] == "LoanRenewed") == (loan["renewable"] == "YES")
            assert outcome.get("reason") is None, "Alma says no and not why"
    refused = {outcome["reason"] for outcome in outcomes if outcome["__typename"] == "LoanNotRenewable"}
    assert refused >= {"RENEWED_TOO_OFTEN", "OVERDUE"}
    renewed = {outcome["id"]: outcome["loan"]["dueAt"] for outcome in outcomes if "loan" in outcome}
    assert {loan["campus"] for loan in before if loan["id"] in renewed} == {"CWB", "GZ"}
    counts = await libraries.counts()
    assert counts == {
        "library-cwb": len([loan for loan in before if loan["campus"] == "CWB"]),
        "library-gz": 2 + len([loan for loan in before if loan["campus"] == "GZ"]),
    }
    after = {loan["id"]: loan["dueAt"] for loan in await nodes(libraries, LOANS, "loans", "jordan")}
    assert after == {loan["id"]: renewed.get(loan["id"], loan["dueAt"]) for loan in before}
    assert after != {loan["id"]: loan["dueAt"] for loan in before}


async def test_nobody_renews_or_cancels_what_is_another_readers(libraries: SimulatedCampus) -> None:
    """Neither by their id, nor by an id of one's own with their number in it, which Koha itself would take."""
    theirs = await nodes(libraries, LOANS, "loans", "mei") + await nodes(libraries, HOLDS, "holds", "mei")
    own = await nodes(libraries, LOANS, "loans", "jordan")
    mine = next(global_id(loan["id"]) for loan in own if loan["campus"] == "GZ")
    assert mine
    await libraries.forget_calls()
    for each in theirs:
        what = global_id(each["id"])
        assert what
        forged = GlobalId(what.type, "library-gz", (mine.key[0], what.key[1])).encoded()
        if what.type == "Loan":
            refused = await act(libraries, "renew-loans", {"loans": [own[0]["id"], each["id"]]}, as_="jordan")
            assert (refused.codes_at("renewLoans"), refused.at("renewLoans")) == (["FORBIDDEN"], None)
            (told,) = (await act(libraries, "renew-loans", {"loans": [forged]}, as_="jordan")).at("renewLoans.outcomes")
            assert (told["__typename"], told["reason"]) == ("LoanNotRenewable", "NOT_ON_LOAN")
        else:
            refused = await act(libraries, "cancel-hold", {"hold": each["id"]}, as_="jordan")
            assert (refused.codes_at("cancelHold"), refused.at("cancelHold")) == (["FORBIDDEN"], None)
            told = (await act(libraries, "cancel-hold", {"hold": forged}, as_="jordan")).at("cancelHold")
            assert (told["__typename"], told["reason"]) == ("HoldNotCancelled", "GONE")
        assert each.get("title", "") not in str(refused.body) + str(told)
    assert await changes(libraries) == []


async def test_what_cannot_be_right_is_told_by_place_in_the_viewers_language(libraries: SimulatedCampus) -> None:
    loan = (await nodes(libraries, LOANS, "loans", "alex"))[0]["id"]
    hold = (await nodes(libraries, HOLDS, "holds", "alex"))[0]["id"]
    wanted = {"edition": await book(libraries, "CWB", "robotics"), "campus": "CWB", "pickupLocation": "MAIN"}
    await libraries.forget_calls()
    for name, variables, path, message in (
        ("renew-loans", {"loans": [loan, hold]}, ["loans", "1"], "這不是借閱的識別碼。"),
        ("renew-loans", {"loans": []}, ["loans"], "一次可續借 1 至 100 項。"),
        ("renew-loans", {"loans": [loan] * 101}, ["loans"], "一次可續借 1 至 100 項。"),
        ("cancel-hold", {"hold": loan}, ["hold"], "這不是預約的識別碼。"),
        ("place-hold", {"input": wanted | {"edition": loan}}, ["input", "edition"], "這不是書目版本的識別碼。"),
        ("place-hold", {"input": wanted | {"campus": "XX"}}, ["input", "campus"], "此校園沒有圖書館接受預約。"),
        (
            "place-hold",
            {"input": wanted | {"pickupLocation": "GZM"}},
            ["input", "pickupLocation"],
            "沒有此地點；可選 MAIN, LSK。",
        ),
        (
            "place-hold",
            {"input": wanted, "idempotencyKey": "two words"},
            ["idempotencyKey"],
            None,
        ),
    ):
        answer = await act(libraries, name, variables, as_="alex", headers={"Accept-Language": "zh-Hant"})
        assert answer.errors == []
        (result,) = answer.data.values()
        (problem,) = result["problems"]
        assert problem["path"] == path
        assert message in (problem["message"], None)
    garbage = await act(libraries, "cancel-hold", {"hold": "garbage"}, as_="alex")
    assert garbage.codes_at("cancelHold") == ["BAD_USER_INPUT"]
    for name, variables, at in (
        ("renew-loans", {"loans": [loan]}, "renewLoans"),
        ("place-hold", {"input": wanted}, "placeHold"),
        ("cancel-hold", {"hold": hold}, "cancelHold"),
    ):
        answer = await act(libraries, name, variables, as_="alex", scope="library:read")
        assert answer.codes_at(at) == ["FORBIDDEN"]
        assert (await act(libraries, name, variables)).codes_at(at) == ["UNAUTHENTICATED"]
    assert await changes(libraries) == []


@pytest.mark.parametrize(
    ("who", "code", "search", "place"), [("alex", "CWB", "robotics", "LSK"), ("jordan", "GZ", "data", "GZE")]
)
async def test_a_book_is_waited_for_once_for_each_key_until_it_is_not_wanted(
    libraries: SimulatedCampus, who: str, code: str, search: str, place: str
) -> None:
    places = (await libraries.ask("{ pickupLocations { nodes { campus code name } } }")).at("pickupLocations.nodes")
    (there,) = [each for each in places if each["code"] == place]
    assert there["campus"] == code
    wanted = {"edition": await book(libraries, code, search, 1), "campus": code, "pickupLocation": place}
    await libraries.forget_calls()
    keyed = {"input": wanted, "idempotencyKey": f"hold-{code}"}
    first = await act(libraries, "place-hold", keyed, as_=who)
    assert first.errors == []
    hold = first.at("placeHold.hold")
    assert (hold["campus"], hold["state"], hold["placeInQueue"]) == (code, "REQUESTED", 1)
    assert hold["pickupLocation"] in (there["name"], there["code"])
    assert (await act(libraries, "place-hold", keyed, as_=who)).at("placeHold") == first.at("placeHold")
    assert len(await changes(libraries)) == 1
    other = await act(libraries, "place-hold", {"input": wanted, "idempotencyKey": "another"}, as_=who)
    assert (other.at("placeHold.__typename"), other.at("placeHold.reason")) == ("HoldNotPlaced", "ALREADY_REQUESTED")
    elsewhere = {**keyed, "input": wanted | {"edition": await book(libraries, code, search, 2)}}
    reused = await act(libraries, "place-hold", elsewhere, as_=who)
    assert reused.at("placeHold.problems.0.path") == ["idempotencyKey"]
    assert hold["id"] in [each["id"] for each in await nodes(libraries, HOLDS, "holds", who)]
    done = await act(libraries, "cancel-hold", {"hold": hold["id"]}, as_=who)
    assert done.at("cancelHold") == {"__typename": "HoldCancelled", "id": hold["id"], "pending": False}
    assert hold["id"] not in [each["id"] for each in await nodes(libraries, HOLDS, "holds", who)]
    again = await act(libraries, "cancel-hold", {"hold": hold["id"]}, as_=who)
    assert (again.at("cancelHold.__typename"), again.at("cancelHold.reason")) == ("HoldNotCancelled", "GONE")
    assert (await act(libraries, "place-hold", keyed, as_=who)).at("placeHold.hold") is None, "that one is gone"


async def test_what_lies_ready_stands_until_the_library_decides(libraries: SimulatedCampus) -> None:
    holds = await nodes(libraries, HOLDS, "holds", "jordan")
    ready = next(each for each in holds if (each["campus"], each["state"]) == ("GZ", "READY_FOR_PICKUP"))
    assert not ready["cancellationRequested"]
    told = await act(libraries, "cancel-hold", {"hold": ready["id"]}, as_="jordan")
    assert told.at("cancelHold") == {"__typename": "HoldCancelled", "id": ready["id"], "pending": True}
    (now,) = [each for each in await nodes(libraries, HOLDS, "holds", "jordan") if each["id"] == ready["id"]]
    assert now == ready | {"cancellationRequested": True}


async def test_a_library_that_keeps_nothing_says_why_in_the_viewers_language(libraries: SimulatedCampus) -> None:
    paper = await book(libraries, "CWB", "robotics", 3)
    found = await libraries.ask(BOOKS, {"search": "robotics", "campus": "CWB"})
    online = next(
        each["id"] for each in found.at("catalogue.nodes") if not any(held["copies"] for held in each["holdings"])
    )
    own = await book(libraries, "GZ", "data", 4)
    for who, edition, campus, place, reason, label in (
        ("alex", online, "CWB", "MAIN", "NOT_REQUESTABLE", "不可预约"),
        ("alex", own, "GZ", "GZM", "NO_ACCOUNT", "没有读者账户"),
        ("quinn", paper, "CWB", "MAIN", "OTHER", "Failed to create request."),
    ):
        wanted = {"edition": edition, "campus": campus, "pickupLocation": place}
        answer = await act(libraries, "place-hold", {"input": wanted}, as_=who, headers={"Accept-Language": "zh-Hans"})
        assert answer.errors == []
        assert answer.at("placeHold") == {"__typename": "HoldNotPlaced", "reason": reason, "reasonLabel": label}


async def test_a_hold_whose_answer_was_lost_is_found_again_by_whoever_repeats_it(libraries: SimulatedCampus) -> None:
    wanted = {"edition": await book(libraries, "CWB", "robotics", 5), "campus": "CWB", "pickupLocation": "MAIN"}
    keyed = {"input": wanted, "idempotencyKey": "lost"}
    await nodes(libraries, HOLDS, "holds", "sam")  # whose account it is, is known from here on
    await libraries.forget_calls()
    await libraries.systems["library-cwb"].fault("cut")
    lost = await act(libraries, "place-hold", keyed, as_="sam")
    assert lost.at("placeHold") is None
    assert [error["extensions"]["unsettled"] for error in lost.errors] == [True]
    await libraries.systems["library-cwb"].fault("none")
    found = await act(libraries, "place-hold", keyed, as_="sam")
    assert found.errors == []
    assert found.at("placeHold.hold.id") in [each["id"] for each in await nodes(libraries, HOLDS, "holds", "sam")]
    assert len(await changes(libraries)) == 1


async def test_a_library_that_does_not_answer_leaves_the_other_ones_renewals_standing(
    libraries: SimulatedCampus,
) -> None:
    loans = await nodes(libraries, LOANS, "loans", "jordan")
    ids: Sequence[str] = [loan["id"] for loan in loans]
    await libraries.systems["library-cwb"].fault("500")
    answer = await act(libraries, "renew-loans", {"loans": ids}, as_="jordan")
    places = [place for place, loan in enumerate(loans) if loan["campus"] == "CWB"]
    outcomes = answer.at("renewLoans.outcomes")
    for place, outcome in enumerate(outcomes):
        assert (outcome["__typename"] == "RenewalUnanswered") == (place in places)
    assert [outcomes[place]["unsettled"] for place in places] == [True] * len(places)
    assert {outcomes[place]["code"] for place in places} == {"UPSTREAM_UNAVAILABLE"}
    assert [error["path"] for error in answer.errors] == [["renewLoans", "outcomes", place] for place in places]
    assert all(error["extensions"]["unsettled"] for error in answer.errors)
