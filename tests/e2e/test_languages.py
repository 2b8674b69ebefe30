"""Each text is told in the best language there is for the viewer, and says in which."""

from typing import Any

import pytest

from tests.simulated_campus import SimulatedCampus

from .plain_reads import claims

TERM = '{ terms(campus: "CWB") { nodes { code name nameLanguage } } }'
SHELF = "{ me { holds { nodes { state stateLabel stateLabelLanguage } } } viewer { locale languages } }"


async def term_names(campus: SimulatedCampus) -> dict[str, dict[str, str]]:
    """Names of terms as the student system tells them, by code and language."""
    told = await campus.systems["sis-cwb"].get("/academic-sessions", {"pageSize": "250"})
    return {
        row["primaryCode"]["code"]: {each["language"]: each["value"] for each in row["name"]}
        for row in told["items"]
        if "parentId" not in row or row["parentId"] is None
    }


@pytest.mark.parametrize(
    ("wished", "served", "theirs"),
    [
        ("en-GB", "en", "en"),
        ("zh-HK", "zh-Hant", "zh-hant"),
        ("zh-CN, en;q=0.8", "zh-Hans", "zh-hans"),
        ("fr, zh-TW;q=0.5, en;q=0.4", "zh-Hant", "zh-hant"),
        ("fr", "en", "en"),
        ("zh-Hans;q=0, zh-Hant;q=0.1", "zh-Hant", "zh-hant"),
    ],
)
async def test_texts_of_the_systems_are_told_in_the_language_asked_for(
    open_campus: SimulatedCampus, wished: str, served: str, theirs: str
) -> None:
    answer = await open_campus.ask(TERM, headers={"Accept-Language": wished})
    assert answer.headers["Content-Language"] == served
    assert {"Accept-Language", "Authorization", "Accept"} <= set(answer.headers["Vary"].split(", "))
    names = await term_names(open_campus)
    terms = answer.at("terms.nodes")
    assert len(terms) > 8
    for term in terms:
        assert (term["name"], term["nameLanguage"]) == (names[term["code"]][theirs], served)


async def test_a_text_whose_language_nobody_tells_says_none(open_campus: SimulatedCampus) -> None:
    """A library keeps titles in many languages and does not say in which."""
    query = "{ me { today { nodes { kind title titleLanguage detailLanguage } } } }"
    answer = await open_campus.ask(query, as_="quinn", headers={"Accept-Language": "zh-Hans"})
    loans = [each for each in answer.at("me.today.nodes") if each["kind"] == "LOAN_DUE"]
    assert loans
    for loan in loans:
        assert loan["title"]
        assert (loan["titleLanguage"], loan["detailLanguage"]) == (None, None)


LABELS: dict[str, dict[str, str]] = {
    "en": {"REQUESTED": "Requested", "IN_PROCESS": "In process", "READY_FOR_PICKUP": "Ready for pickup"},
    "zh-Hant": {"REQUESTED": "已預約", "IN_PROCESS": "處理中", "READY_FOR_PICKUP": "可取書"},
    "zh-Hans": {"REQUESTED": "已预约", "IN_PROCESS": "处理中", "READY_FOR_PICKUP": "可取书"},
}


@pytest.mark.parametrize("language", LABELS)
async def test_states_have_labels_in_each_language(open_campus: SimulatedCampus, language: str) -> None:
    answer = await open_campus.ask(SHELF, as_="quinn", headers={"Accept-Language": language})
    holds: list[dict[str, Any]] = answer.at("me.holds.nodes")
    assert {hold["state"] for hold in holds} == set(LABELS[language])
    for hold in holds:
        assert (hold["stateLabel"], hold["stateLabelLanguage"]) == (LABELS[language][hold["state"]], language)
    assert answer.at("viewer.locale") == language


async def test_without_a_wish_the_token_says_the_language(open_campus: SimulatedCampus) -> None:
    mei = await claims(open_campus, "mei")
    answer = await open_campus.ask("{ viewer { locale languages } }", as_="mei")
    assert answer.at("viewer") == {"locale": "zh-Hans", "languages": ["zh-Hans"]}
    assert mei["locale"] == "zh-Hans"
    wished = await open_campus.ask("{ viewer { locale languages } }", as_="mei", headers={"Accept-Language": "ja, en"})
    assert wished.at("viewer") == {"locale": "en", "languages": ["ja", "en", "zh-Hans"]}


async def test_errors_of_fields_are_told_in_the_viewers_language(open_campus: SimulatedCampus) -> None:
    query = '{ me { advisees { nodes { number } } } course(campus: "XX", code: "COMP 2011") { code } }'
    answer = await open_campus.ask(query, as_="alex", headers={"Accept-Language": "zh-Hant"})
    assert {(error["message"], error["extensions"]["code"]) for error in answer.errors} == {
        ("權杖沒有權限範圍 students:read。", "FORBIDDEN"),
        ("沒有校園 'XX'；現有 CWB, GZ。", "BAD_USER_INPUT"),
    }
    assert all("language" not in error["extensions"] for error in answer.errors)


async def test_a_refused_request_is_told_in_the_language_it_asks_for(open_campus: SimulatedCampus) -> None:
    bad = {"Authorization": "Bearer nonsense", "Accept-Language": "zh-Hans"}
    answer = await open_campus.ask("{ viewer { locale } }", headers=bad)
    assert (answer.status, answer.errors[0]["message"]) == (401, "不接受此访问令牌：令牌格式不正确。")
    assert answer.headers["Content-Language"] == "zh-Hans"
    assert "the token is malformed" in answer.headers["WWW-Authenticate"], "a header has no language"


async def test_what_only_exists_in_english_says_so_in_an_error(open_campus: SimulatedCampus) -> None:
    answer = await open_campus.ask("{ viewer { colour } }", headers={"Accept-Language": "zh-Hans"})
    (error,) = answer.errors
    assert error["message"] == "Cannot query field 'colour' on type 'Viewer'."
    assert (error["extensions"]["code"], error["extensions"]["language"]) == ("GRAPHQL_VALIDATION_FAILED", "en")
