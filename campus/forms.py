"""Application forms: JSON Schema (2020-12) whose labels are in several languages, and the same in one of them.

Beside an annotation stands what it is in each language: `title` and `x-title`, `description` and `x-description`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .text import best, text

LABELS = ("title", "description")
BY_NAME = ("properties", "patternProperties", "$defs", "dependentSchemas")
"""Keywords whose value holds schemas under names of its own, which are no keywords."""
SCHEMAS = (
    "items", "prefixItems", "contains", "additionalProperties", "allOf", "anyOf", "oneOf", "if", "then", "else", "not",
)  # fmt: skip
"""Keywords whose value is a schema, or a list of them. All other values are the form's own and stay."""


def in_language(form: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    """The form with each label in the best of these languages, and without the others."""
    wanted = tuple(languages)
    told: dict[str, Any] = {}
    for keyword, value in form.items():
        if keyword in BY_NAME and isinstance(value, Mapping):
            told[keyword] = {name: _schema(each, wanted) for name, each in value.items()}
        elif keyword in SCHEMAS and isinstance(value, list):
            told[keyword] = [_schema(each, wanted) for each in value]
        elif keyword in SCHEMAS:
            told[keyword] = _schema(value, wanted)
        elif keyword.removeprefix("x-") not in LABELS or not keyword.startswith("x-"):
            told[keyword] = value
    for label in LABELS:
        choices = form.get(f"x-{label}")
        if isinstance(choices, Mapping) and choices:
            told[label] = best(text(choices.items()), wanted)
    return told


def _schema(value: Any, languages: Iterable[str]) -> Any:
    """A schema may also be true or false."""
    return in_language(value, languages) if isinstance(value, Mapping) else value
