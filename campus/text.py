"""Text that exists in several languages, and which of them a reader gets."""

from collections.abc import Iterable, Mapping

ENGLISH = "en"

UNTOLD = "und"
"""Of a text in a language that nobody tells: BCP 47's undetermined."""

Text = Mapping[str, str]
"""Language tag (BCP 47 as we serve it: en, zh-Hant, zh-Hans) to text. Never empty."""

_SCRIPTS = {"hant": "zh-Hant", "hans": "zh-Hans"}
_TRADITIONAL = frozenset({"hk", "mo", "tw"})
"""Where Chinese is written in traditional characters, if a tag does not say."""


def served_language(tag: str) -> str:
    """The tag we serve for one a system or a client uses: en-GB is en, zh-HK is zh-Hant; an unknown one stays."""
    language, *rest = tag.lower().split("-")
    if language == "en":
        return ENGLISH
    if language != "zh":
        return tag
    written = next((_SCRIPTS[part] for part in rest if part in _SCRIPTS), None)
    return written or ("zh-Hant" if _TRADITIONAL.intersection(rest) else "zh-Hans")


def text(entries: Iterable[tuple[str, str]]) -> Text:
    """A Text of (tag, value) pairs; empty values are no text."""
    return {served_language(tag): value for tag, value in entries if value}


def best(choices: Text, languages: Iterable[str]) -> str:
    """The text in the best language, empty where there is none."""
    language = _best_language(choices, languages)
    return choices[language] if language else ""


def told_language(choices: Text, languages: Iterable[str]) -> str | None:
    """The language `best` answers in; None where nobody tells, and where there is no text."""
    language = _best_language(choices, languages)
    return None if language == UNTOLD else language


def _best_language(choices: Text, languages: Iterable[str]) -> str | None:
    """The first language there is; English, and then whatever exists, stand in for the rest."""
    for language in (*languages, ENGLISH):
        if language in choices:
            return language
    return next(iter(choices), None)
