"""The best language for this viewer of texts that exist in several."""

from collections.abc import Callable
from typing import Any

import strawberry

from campus.labels import label
from campus.text import Text, best, told_language

from .context import Info

OTHER = "OTHER"
"""The value for states that we do not know."""


def in_best_language(attribute: str) -> Callable[..., str]:
    """A resolver for the record's Text of this name."""

    def served(record: strawberry.Parent[Any], info: Info) -> str:
        return best(getattr(record, attribute), info.context.languages)

    return served


def language_of(attribute: str) -> Callable[..., str | None]:
    """A resolver for the language in which `in_best_language` answers; None where there is no text."""

    def language(record: strawberry.Parent[Any], info: Info) -> str | None:
        return told_language(getattr(record, attribute), info.context.languages)

    return language


def in_our_words(state: str, own: str | None = None) -> Callable[..., str]:
    """A resolver for what people call the value of the record's enumeration; the system's own word for OTHER.

    Its word is a str, or a Text where the system has it in several languages.
    """

    def called(record: strawberry.Parent[Any], info: Info) -> str:
        value = getattr(record, state)
        if own and value.name == OTHER:
            word: str | Text = getattr(record, own)
            return word if isinstance(word, str) else best(word, info.context.languages)
        return label(value, info.context.viewer.locale).text

    return called


def in_our_words_if_any(state: str, own: str | None = None) -> Callable[..., str | None]:
    """The same where the record may have no value; then there is no word."""
    called = in_our_words(state, own)

    def perhaps(record: strawberry.Parent[Any], info: Info) -> str | None:
        return None if getattr(record, state) is None else called(record, info)

    return perhaps


def language_of_label(state: str, own: str | None) -> Callable[..., str | None]:
    """A resolver for the language of such a word; None where the system does not tell it, and where there is none."""

    def language(record: strawberry.Parent[Any], info: Info) -> str | None:
        value = getattr(record, state)
        if value is None:
            return None
        if own and value.name == OTHER:
            word: str | Text = getattr(record, own)
            return None if isinstance(word, str) else told_language(word, info.context.languages)
        return label(value, info.context.viewer.locale).language

    return language
