"""What people are told of an entry that does not fit, by the keyword of JSON Schema that it breaks."""

from collections.abc import Mapping
from typing import Any

from .labels import Message

OTHER = Message("This does not fit the form.")

TYPES: Mapping[object, Message] = {
    "string": Message("This must be text."),
    "integer": Message("This must be a whole number."),
    "number": Message("This must be a number."),
    "boolean": Message("This must be yes or no."),
    "array": Message("This must be a list."),
}

FORMATS: Mapping[object, Message] = {
    "date": Message("This must be a date, such as 2026-09-01."),
    "date-time": Message("This must be a moment with its zone, such as 2026-09-01T09:00:00+08:00."),
    "email": Message("This must be a mail address."),
}

WORDS: Mapping[str, Message] = {
    "required": Message("This must be filled in."),
    "additionalProperties": Message("The form has no such entry."),
    "enum": Message("This is none of the choices."),
    "const": Message("This is none of the choices."),
    "maxLength": Message("At most {limit} characters."),
    "minimum": Message("At least {limit}."),
    "maximum": Message("At most {limit}."),
    "exclusiveMinimum": Message("More than {limit}."),
    "exclusiveMaximum": Message("Less than {limit}."),
    "multipleOf": Message("This must be a multiple of {limit}."),
    "pattern": Message("This is not written in the way it must be."),
    "minItems": Message("At least {limit} entries."),
    "maxItems": Message("At most {limit} entries."),
    "uniqueItems": Message("No entry may be there twice."),
}


def message_of(keyword: str | None, limit: Any) -> Message:
    """`limit` is the keyword's value in the form."""
    if keyword == "type":
        return TYPES.get(limit, OTHER) if isinstance(limit, str) else OTHER
    if keyword == "format":
        return FORMATS.get(limit, OTHER)
    if keyword == "minLength":
        return WORDS["required"] if limit == 1 else Message("At least {limit} characters.", {"limit": limit})
    words = WORDS.get(keyword or "", OTHER)
    return words._replace(values={"limit": limit}) if "{limit}" in words.english else words
