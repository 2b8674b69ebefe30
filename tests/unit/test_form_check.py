"""What is filled in is held against the form: what is wrong and where, in three languages, and never at any price."""

import time
from typing import Any

import pytest
from pydantic_core import SchemaError

from campus.form_check import problems, unusable
from campus.form_words import WORDS
from tests.machine import patience

TEXT = {"type": "string", "minLength": 1, "maxLength": 5}


def form(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


def told(schema: dict[str, Any], filled: Any, language: str = "en") -> list[tuple[str, str]]:
    assert unusable(schema) is None
    return [(".".join(each.path), each.message.told(language).text) for each in problems(schema, filled, path=["form"])]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        (TEXT, "", "This must be filled in."),
        (TEXT, "abcdef", "At most 5 characters."),
        (TEXT, 7, "This must be text."),
        ({"minLength": 3}, "ab", "At least 3 characters."),
        ({"type": "integer"}, 1.5, "This must be a whole number."),
        ({"type": "integer"}, True, "This must be a whole number."),
        ({"type": "number"}, "1", "This must be a number."),
        ({"type": "boolean"}, "yes", "This must be yes or no."),
        ({"type": "array"}, {}, "This must be a list."),
        ({"type": ["array", "null"]}, {}, "This does not fit the form."),
        ({"minimum": 2}, 1, "At least 2."),
        ({"maximum": 2}, 3, "At most 2."),
        ({"exclusiveMinimum": 2}, 2, "More than 2."),
        ({"exclusiveMaximum": 2}, 2, "Less than 2."),
        ({"multipleOf": 0.5}, 0.7, "This must be a multiple of 0.5."),
        ({"enum": ["D1", "E1"]}, "D2", "This is none of the choices."),
        ({"const": True}, False, "This is none of the choices."),
        ({"format": "date"}, "2026-02-30", "This must be a date, such as 2026-09-01."),
        ({"format": "date"}, "20260901", "This must be a date, such as 2026-09-01."),
        *(
            ({"format": "date-time"}, moment,
             "This must be a moment with its zone, such as 2026-09-01T09:00:00+08:00.")
            for moment in ("2026-09-01T09:00:00", "2026-09-01", "2026-13-01T09:00:00Z", "٢026-09-01T09:00:00Z")
        ),
        ({"format": "email"}, "nobody", "This must be a mail address."),
        ({"pattern": "^[A-Z][0-9]+$"}, "a1", "This is not written in the way it must be."),
        ({"minItems": 2}, [1], "At least 2 entries."),
        ({"maxItems": 1}, [1, 2], "At most 1 entries."),
        ({"uniqueItems": True}, [{"a": 1}, {"a": 1}], "No entry may be there twice."),
        ({"anyOf": [{"minimum": 3}, {"maximum": 1}]}, 2, "This does not fit the form."),
        ({"$ref": "#/$defs/line"}, 7, "This must be text."),
        (False, 7, "This does not fit the form."),
    ],
)  # fmt: skip
def test_each_way_not_to_fit_has_its_words(schema: Any, value: Any, words: str) -> None:
    whole = form(one=schema) | {"$defs": {"line": {"type": "string"}}}
    assert told(whole, {"one": value}) == [("form.one", words)]


def test_every_entry_that_is_wrong_is_told_at_its_place_and_what_fits_is_not() -> None:
    schema = form(
        reason=TEXT,
        until={"type": "string", "format": "date-time"},
        guests={"type": "array", "items": form(name=TEXT)},
        note={"format": "uri-template"},
    )
    filled = {
        "until": "2026-09-01T09:00:00.5+08:00",
        "guests": [{"name": "Li"}, {"name": "", "age": 9}],
        "extra": 1,
        "note": "{",
    }
    assert sorted(told(schema, filled)) == [
        ("form.extra", "The form has no such entry."),
        ("form.guests.1.age", "The form has no such entry."),
        ("form.guests.1.name", "This must be filled in."),
        ("form.reason", "This must be filled in."),
    ]
    assert told(schema, {**filled, "reason": "x", "extra": 1}, "zh-Hans")[0][1] != "The form has no such entry."
    assert told({"additionalProperties": {"type": "integer"}}, {"a": 1, "b": "x"}) == [
        ("form.b", "This must be a whole number.")
    ]
    assert told(form(), []) == [("form", "This does not fit the form.")]


def test_what_costs_more_than_a_form_is_worth_is_refused_before_it_is_looked_at() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    anything: dict[str, Any] = {}
    for filled in ([{"a": number} for number in range(2_000)], deep):
        assert told(anything, filled) == [("form", "This is more than a form can hold.")]
    for number in (2**60, float("inf"), float("nan"), -1e300):
        assert told(anything, {"n": number}) == [("form.n", "This number is too large.")]
    assert told(anything, {"file": object()}) == [("form.file", "This does not fit the form.")]


def test_no_pattern_goes_back_over_what_it_has_read() -> None:
    schema = form(name={"type": "string", "pattern": "^(a+)+$", "maxLength": 100_000})
    begin = time.perf_counter()
    assert told(schema, {"name": "a" * 50_000 + "!"}) == [("form.name", "This is not written in the way it must be.")]
    assert time.perf_counter() - begin < patience(1)
    for pattern in (r"(a)\1", "(?=a)b", "("):
        with pytest.raises(SchemaError):
            unusable(form(name={"pattern": pattern}))


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "colour"}, "$.type is no JSON Schema"),
        ({"properties": {"a": {"minimum": "one"}}}, "$.properties.a.minimum is no JSON Schema"),
        *(
            ({"properties": {"a": {"$ref": place}}, "$defs": {"b": {}}}, "it refers to what it does not define")
            for place in ("https://elsewhere.example/schema", "#", "#/$defs/a", "#/properties/a", "other.json#/$defs/b")
        ),
        ({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}, "a definition refers to another"),
        ({"items": {"patternProperties": {"(a+)+": {}}}}, "it asks for patternProperties"),
        ({"unevaluatedProperties": False}, "it asks for unevaluatedProperties"),
        ({"$id": "https://elsewhere.example/"}, "it asks for $id"),
        ({"$dynamicRef": "#meta"}, "it asks for $dynamicRef"),
        ({"properties": {f"a{number}": {} for number in range(1_001)}}, "more than 1000 schemas"),
    ],
)  # fmt: skip
def test_a_form_that_asks_for_more_than_we_check_is_not_taken_for_one_that_is_kept(schema: Any, why: str) -> None:
    assert unusable(schema) == why


def test_what_a_form_calls_its_entries_is_never_taken_for_a_keyword() -> None:
    names = ["$ref", "pattern", "patternProperties", "$id", "properties", "items", "required"]
    schema = form(**{name: {"type": "string"} for name in names})
    assert told(schema, {name: "(" for name in names}) == []


def test_every_word_says_its_limit_or_has_none() -> None:
    assert all("{limit}" in words.english or "{" not in words.english for words in WORDS.values())
