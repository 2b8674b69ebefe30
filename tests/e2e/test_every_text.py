"""Each text of the graph that may be in several languages, asked for in each: told in it, or in which it is instead."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type, is_required_argument

from schema.root import schema
from tests.simulated_campus import SimulatedCampus

TOLD = "Language"
"""A field that has another beside it, called like it and so, says in it which language it is in."""
ROOTS = ("me", "services", "shuttles", "shuttlePositions", "shuttleStops", "facilities", "announcements", "terms",
         "courses", "academicCalendar")  # fmt: skip
PEOPLE = ("jordan", "quinn", "sam", "lee")
"""Together they have something of everything."""
LANGUAGES = ("en", "zh-Hant", "zh-Hans")

Text = tuple[str, str]
"""Type and field."""


def texts_of(kind: GraphQLObjectType) -> list[str]:
    return [name for name in kind.fields if name + TOLD in kind.fields]


def selection(kind: GraphQLObjectType, seen: set[str]) -> str:
    """Every text below a type, of each type once, with how many languages it is told in."""
    seen.add(kind.name)
    parts = [f"{name} {name}{TOLD}" for name in texts_of(kind)]
    for name, field in kind.fields.items():
        inside = get_named_type(field.type)
        if isinstance(inside, GraphQLUnionType) or not isinstance(inside, GraphQLObjectType) or inside.name in seen:
            continue
        if not any(is_required_argument(each) for each in field.args.values()):
            below = selection(inside, seen)
            parts += [f"{name} {{ {below} }}"] if below else []
    return " ".join(["__typename", *parts]) if parts else ""


def question(seen: set[str]) -> str:
    """`seen`: what types it comes by."""
    query = schema._schema.query_type
    assert query
    seen.add("Query")
    kinds = {root: get_named_type(query.fields[root].type) for root in ROOTS}
    return "{ " + " ".join(f"{root} {{ {selection(kind, seen)} }}" for root, kind in kinds.items()) + " }"


def told(value: Any) -> Iterator[tuple[Text, str, str | None]]:
    """(which text, what it says, in which language) of all that was answered."""
    if isinstance(value, list):
        for each in value:
            yield from told(each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name + TOLD in value and each is not None:
                yield (value["__typename"], name), each, value[name + TOLD]
            yield from told(each)


UNTOLD = {("EResource", "kindLabel"), ("Standing", "stateLabel"), ("TodayItem", "title"), ("TodayItem", "detail")}
"""Words of the systems' own, some of which say no language: titles of books, what people wrote, a state of its own."""
NEVER_SAID = {("Loan", "renewalRefusalLabel"), ("Problem", "message"), ("ContactSync", "stateLabel")}
"""Libraries tell the first of one loan at a time; the others are said of a draft and a change, which nobody has yet."""


async def everything_told(campus: SimulatedCampus, language: str) -> dict[Text, set[tuple[str, str | None]]]:
    found: dict[Text, set[tuple[str, str | None]]] = {}
    for who in PEOPLE:
        answer = await campus.ask(question(set()), as_=who, headers={"Accept-Language": language})
        assert {code for _, code, _ in answer.faults()} <= {"FORBIDDEN"}
        for which, words, in_language in told(answer.data):
            found.setdefault(which, set()).add((words, in_language))
    return found


async def test_every_text_is_told_in_the_language_asked_for_and_says_so(open_campus: SimulatedCampus) -> None:
    answers = {language: await everything_told(open_campus, language) for language in LANGUAGES}
    for language, found in answers.items():
        assert found.keys() == answers["en"].keys()
        languages = {which: {in_language for _, in_language in each} for which, each in found.items()}
        assert {which for which, each in languages.items() if each != {language}} == UNTOLD
        assert all(languages[which] <= {language, None} for which in UNTOLD)
    for which in answers["en"]:
        if which[1].endswith("Label"):
            english, hant, hans = ({words for words, of in answers[each][which] if of} for each in LANGUAGES)
            assert not english & (hant | hans), which
    seen: set[str] = set()
    question(seen)
    kinds = [schema._schema.type_map[name] for name in seen]
    there_are = {(kind.name, name) for kind in kinds if isinstance(kind, GraphQLObjectType) for name in texts_of(kind)}
    assert there_are - answers["en"].keys() == NEVER_SAID
    assert len(there_are) > 70


async def test_what_there_is_in_one_language_only_is_told_in_that_one_and_says_so(open_campus: SimulatedCampus) -> None:
    query = """{ announcements(filter: {campus: "GZ"}, first: 100) { nodes { title titleLanguage textLanguage } } }"""
    for language in LANGUAGES:
        answer = await open_campus.ask(query, as_="mei", headers={"Accept-Language": language})
        told_as = {each["title"]: each for each in answer.at("announcements.nodes")}
        only = told_as["宿舍换房申请即将截止"]
        assert (only["titleLanguage"], only["textLanguage"]) == ("zh-Hans", "zh-Hans")
        others = [each["titleLanguage"] for title, each in told_as.items() if each is not only]
        assert language in others
