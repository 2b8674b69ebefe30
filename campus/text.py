"""Text that exists in several languages, and which of them a reader gets."""

from collections.abc import Iterable, Mapping

ENGLISH = "en"

Text = Mapping[str, str]
"""Language tag (BCP 47 as we serve it: en, zh-Hant, zh-Hans) to text. Never empty."""

_SERVED = {
    "en": "en",
    "zh-hant": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-hk": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-cn": "zh-Hans",
    "zh": "zh-Hans",
}


def served_language(tag: str) -> str:
    """The tag we serve for one a system or a client uses: en-GB is en, zh-HK is zh-Hant; an unknown one stays."""
    lowered = tag.lower()
    return _SERVED.get(lowered) or _SERVED.get(lowered.split("-")[0]) or tag


def text(entries: Iterable[tuple[str, str]]) -> Text:
    """A Text of (tag, value) pairs; empty values are no text."""
    return {served_language(tag): value for tag, value in entries if value}


def best(choices: Text, languages: Iterable[str]) -> str:
    """The text in the first language there is; English, and then whatever exists, stand in for the rest."""
    for language in (*languages, ENGLISH):
        if language in choices:
            return choices[language]
    return next(iter(choices.values()), "")
