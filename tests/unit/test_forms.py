"""A form is told in one language, with every label in it and nothing else of it touched."""

import copy

from jsonschema import Draft202012Validator

from campus.forms import in_language

ROOM = {"en": "Room", "zh-hant": "房間", "zh-hans": "房间"}
FORM = {
    "type": "object",
    "title": "Move",
    "x-title": {"en": "Move", "zh-hant": "搬遷"},
    "properties": {
        "room": {
            "type": "string",
            "title": "Room",
            "x-title": ROOM,
            "oneOf": [{"const": "D1", "title": "East", "x-title": {"en": "East", "zh-hans": "东"}}],
        },
        # Names of fields that look like keywords, and values that look like labels.
        "title": {"type": "string", "description": "plain"},
        "x-title": {"type": "string", "default": "x"},
        "data": {"const": {"title": "kept", "x-title": {"en": "kept"}}, "enum": [{"x-title": 1}]},
        "list": {"type": "array", "items": {"title": "Item", "x-title": {"zh-hant": "項"}}, "contains": True},
    },
    "required": ["room"],
    "additionalProperties": False,
}


def test_each_label_is_in_the_best_language_and_the_others_are_gone():
    before = copy.deepcopy(FORM)
    told = in_language(FORM, ("zh-Hans", "zh-Hant"))
    assert before == FORM
    assert told == {
        "type": "object",
        "title": "搬遷",
        "properties": {
            "room": {"type": "string", "title": "房间", "oneOf": [{"const": "D1", "title": "东"}]},
            "title": {"type": "string", "description": "plain"},
            "x-title": {"type": "string", "default": "x"},
            "data": {"const": {"title": "kept", "x-title": {"en": "kept"}}, "enum": [{"x-title": 1}]},
            "list": {"type": "array", "items": {"title": "項"}, "contains": True},
        },
        "required": ["room"],
        "additionalProperties": False,
    }
    Draft202012Validator.check_schema(told)


def test_english_stands_in_for_a_language_that_is_missing():
    assert in_language(FORM, ())["properties"]["room"]["title"] == "Room"
    assert in_language({"title": "Move", "x-title": {}}, ("zh-Hant",)) == {"title": "Move"}
