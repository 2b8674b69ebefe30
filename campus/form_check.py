"""Whether a filled-in form fits its JSON Schema (2020-12): what is wrong, place by place, in words for people.

Neither the form nor what is filled in is ours, so that neither may cost us more than it is worth: patterns are matched
in linear time, references stay within the form and go one deep, and nothing is ever fetched.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import create
from pydantic_core import SchemaValidator, core_schema

from .form_words import message_of
from .forms import BY_NAME, SCHEMAS
from .labels import Message
from .problem import Problem

MOST = 1_000
"""Values in a filled-in form, and schemas in a form: as many can be compared each with each."""

DEEP = 20
"""Values inside one another."""

LARGEST = 2**53
"""Whole numbers over it are not the same to everybody who reads JSON (RFC 8259, 6)."""

DEFINITIONS = "#/$defs/"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)

FORMATS = FormatChecker(formats=("date", "email"))
"""Those that are held to; all others say what is meant and no more, as the standard has it."""


@FORMATS.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator]
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or (MOMENT.fullmatch(value) is not None and bool(datetime.fromisoformat(value)))


@cache
def _pattern(text: str) -> SchemaValidator:
    """Matched by Rust's regular expressions, which never go back; ones that would have to are an error."""
    return SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex"))


def _matched(validator: Any, pattern: str, value: Any, _: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not _pattern(pattern).isinstance_python(value):
        yield ValidationError("")


def _required(validator: Any, names: Iterable[str], value: Any, _: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        yield from (ValidationError("", path=[name]) for name in names if name not in value)


def _others(validator: Any, schema: Any, value: Any, parent: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Of fields that the form does not name."""
    named = parent.get("properties", {})
    for name in [name for name in value if name not in named] if isinstance(value, dict) else ():
        if schema is False:
            yield ValidationError("", path=[name])
        else:
            yield from validator.descend(value[name], schema, path=name)


KEYWORDS = {
    **{
        name: Draft202012Validator.VALIDATORS[name]
        for name in (
            "type", "enum", "const", "properties", "minLength", "maxLength", "format", "minimum", "maximum",
            "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "prefixItems", "minItems", "maxItems",
            "uniqueItems", "contains", "minProperties", "maxProperties", "allOf", "anyOf", "oneOf", "not", "if",
            "dependentRequired", "dependentSchemas",
        )
    },
    "pattern": _matched,
    "required": _required,
    "additionalProperties": _others,
}  # fmt: skip
"""What a form may ask for."""

UNKNOWN = (Draft202012Validator.VALIDATORS.keys() - KEYWORDS.keys() - {"$ref"}) | {"$id", "$anchor", "$dynamicAnchor"}
"""What JSON Schema has besides, and we do not hold anybody to."""

_Validator: Any = create(
    Draft202012Validator.META_SCHEMA, KEYWORDS, type_checker=Draft202012Validator.TYPE_CHECKER, format_checker=FORMATS
)
_FORM = Draft202012Validator(Draft202012Validator.META_SCHEMA)


def unusable(form: Mapping[str, Any]) -> str | None:
    """Why nothing can be held against a form: it is no schema, or asks for what we do not check. None if it can.

    Raises pydantic_core.SchemaError for a pattern that cannot be matched in linear time.
    """
    wrong = next(_FORM.iter_errors(form), None)
    if wrong:
        return f"{wrong.json_path} is no JSON Schema"
    schemas, definitions = list(_schemas(form)), form.get("$defs", {})
    if len(schemas) > MOST:
        return f"more than {MOST} schemas"
    if any("$ref" in schema for each in definitions.values() for schema in _schemas(each)):
        return "a definition refers to another"
    for schema in schemas:
        if asked := UNKNOWN & schema.keys():
            return f"it asks for {min(asked)}"
        if "$ref" in schema and schema["$ref"].removeprefix(DEFINITIONS) not in definitions:
            return "it refers to what it does not define"
        if "pattern" in schema:
            _pattern(schema["pattern"])
    return None


def problems(form: Mapping[str, Any], filled: Any, *, path: Iterable[str] = ()) -> list[Problem]:
    """What is wrong, in the order of the form; nothing if all is well. `form` must be usable; `path` leads to it."""
    begun = [*path]
    if wrong := oddity(filled, begun):
        return [wrong]
    validator = _Validator(_inlined(form, form.get("$defs", {})), format_checker=FORMATS)
    return [
        Problem(
            path=[*begun, *(str(each) for each in error.absolute_path)],
            message=message_of(error.validator, error.validator_value),
        )
        for error in validator.iter_errors(filled)
    ]


def oddity(filled: Any, path: Iterable[str] = ()) -> Problem | None:
    """The first thing that no form can ask for, however it is written."""
    return next(_oddities(filled, [*path]), None)


def _schemas(form: Any) -> Iterator[Mapping[str, Any]]:
    """The form and every schema in it; those that are just true or false ask for nothing."""
    if isinstance(form, Mapping):
        yield form
        for inner in _inner(form):
            yield from _schemas(inner)


def _inner(schema: Mapping[str, Any]) -> Iterator[Any]:
    for keyword, value in schema.items():
        if keyword in BY_NAME and isinstance(value, Mapping):
            yield from value.values()
        elif keyword in SCHEMAS:
            yield from value if isinstance(value, list) else (value,)


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """With what is referred to in the reference's place; of `false` alone the validator would not tell the place."""
    if schema is False:
        return {"not": {}}
    if not isinstance(schema, Mapping):
        return schema
    told: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in BY_NAME:
            told[keyword] = {name: _inlined(each, definitions) for name, each in value.items()}
        elif keyword in SCHEMAS and value is not False:
            many = isinstance(value, list)
            told[keyword] = [_inlined(each, definitions) for each in value] if many else _inlined(value, definitions)
        elif keyword != "$ref":
            told[keyword] = value
    if "$ref" in schema:
        told["allOf"] = [*told.get("allOf", ()), definitions[schema["$ref"].removeprefix(DEFINITIONS)]]
    return told


def _oddities(filled: Any, begun: list[str]) -> Iterator[Problem]:
    """What no form can ask for: too much, too deep, numbers beyond JSON's, and values that are none of its own."""
    left, waiting = MOST, [(filled, begun)]
    while waiting:
        value, path = waiting.pop()
        left -= 1
        if left < 0 or len(path) - len(begun) > DEEP:
            yield Problem(path=begun, message=Message("This is more than a form can hold."))
            return
        if isinstance(value, dict):
            waiting += [(each, [*path, str(name)]) for name, each in value.items()]
        elif isinstance(value, list):
            waiting += [(each, [*path, str(place)]) for place, each in enumerate(value)]
        elif isinstance(value, int | float):
            if not math.isfinite(value) or abs(value) > LARGEST:
                yield Problem(path=path, message=Message("This number is too large."))
        elif not isinstance(value, str | None):
            yield Problem(path=path, message=Message("This does not fit the form."))
