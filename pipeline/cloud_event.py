"""A CloudEvent as it comes over HTTP: whole in a JSON body, or its attributes in headers.

Source: CloudEvents 1.0.2, its JSON format, and its HTTP protocol binding (section 3.1 binary, 3.2 structured mode).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import msgspec

from .errors import Code, refused

STRUCTURED = "application/cloudevents+json"
PREFIX = "ce-"

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class CloudEvent(msgspec.Struct, frozen=True):
    """The attributes that we read. Its data is never read: the system is asked instead."""

    specversion: Literal["1.0"]
    id: Word
    source: Word
    type: Word
    subject: Annotated[str, msgspec.Meta(max_length=1024)] = ""


def cloud_event(content_type: str, headers: Iterable[tuple[str, str]], body: bytes) -> CloudEvent:
    """Raises RequestRefused: 415 for a batch or a format other than JSON, 400 for what is no event."""
    if content_type == STRUCTURED:
        return _event(body)
    if content_type.startswith("application/cloudevents"):
        raise refused(
            Code.BAD_REQUEST, "Events are sent one by one, in binary mode or as {type}.", status=415, type=STRUCTURED
        )
    return _event(msgspec.json.encode(_attributes(headers)))


def _event(told: bytes) -> CloudEvent:
    try:
        return msgspec.json.decode(told, type=CloudEvent)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refused(Code.BAD_REQUEST, "This is no event of CloudEvents 1.0: {reason}", reason=error) from error


def _attributes(headers: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    found: dict[str, str] = {}
    for header, value in headers:
        name = header.lower()
        if not name.startswith(PREFIX):
            continue
        if name in found:
            raise refused(Code.BAD_REQUEST, "The attribute {name} is given twice.", name=name.removeprefix(PREFIX))
        found[name] = _value(value)
    return {name.removeprefix(PREFIX): value for name, value in found.items()}


def _value(text: str) -> str:
    """Section 3.1.3.2: perhaps in quotation marks, and what is not ASCII by percent signs."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return unquote(text)
