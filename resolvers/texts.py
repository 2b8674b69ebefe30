"""The best language for this viewer of texts that exist in several."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from campus.labels import label
from campus.text import Text, best, told_language
from execution.derived import derived

from .viewer import Viewer

OTHER = "OTHER"
"""The value for states that we do not know."""

LANGUAGES = attrgetter("languages")
VIEWER = attrgetter("viewer")
"""Of the operation."""


def in_best_language(attribute: str) -> Callable[..., str]:
    """A resolver for the record's Text of this name."""

    def served(record: Any, languages: Sequence[str]) -> str:
        return best(getattr(record, attribute), languages)

    return derived(served, by=LANGUAGES)


def language_of(attribute: str) -> Callable[..., str | None]:
    """A resolver for the language in which `in_best_language` answers; None where there is no text."""

    def language(record: Any, languages: Sequence[str]) -> str | None:
        return told_language(getattr(record, attribute), languages)

    return derived(language, by=LANGUAGES)


def in_our_words(state: str, own: str | None = None) -> Callable[..., str]:
    """A resolver for what people call the value of the record's enumeration; the system's own word for OTHER.

    Its word is a str, or a Text where the system has it in several languages.
    """
    return derived(_in_our_words(state, own), by=VIEWER)


def in_our_words_if_any(state: str, own: str | None = None) -> Callable[..., str | None]:
    """The same where the record may have no value; then there is no word."""
    called = _in_our_words(state, own)

    def perhaps(record: Any, viewer: Viewer) -> str | None:
        return None if getattr(record, state) is None else called(record, viewer)

    return derived(perhaps, by=VIEWER)


def _in_our_words(state: str, own: str | None) -> Callable[[Any, Viewer], str]:
    def called(record: Any, viewer: Viewer) -> str:
        value = getattr(record, state)
        if own and value.name == OTHER:
            word: str | Text = getattr(record, own)
            return word if isinstance(word, str) else best(word, viewer.languages)
        return label(value, viewer.locale).text

    return called


def language_of_label(state: str, own: str | None) -> Callable[..., str | None]:
    """A resolver for the language of such a word; None where the system does not tell it, and where there is none."""

    def language(record: Any, viewer: Viewer) -> str | None:
        value = getattr(record, state)
        if value is None:
            return None
        if own and value.name == OTHER:
            word: str | Text = getattr(record, own)
            return None if isinstance(word, str) else told_language(word, viewer.languages)
        return label(value, viewer.locale).language

    return derived(language, by=VIEWER)
