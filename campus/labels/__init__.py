"""Words of our own in the languages we serve: gettext catalogues beside this file, English where they have nothing.

English is the source and has no catalogue. `make labels` brings the catalogues up to what the code says.
"""

import enum
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from campus.text import ENGLISH

from .translations import Translations, translations_in

DIRECTORY = Path(__file__).parent
LANGUAGES = ("zh-Hant", "zh-Hans")
"""Those with a catalogue: `<language>.po`."""


class Told(NamedTuple):
    """A text, and the language it is in."""

    text: str
    language: str


class Message(NamedTuple):
    """A sentence of ours: in English, with the names of what is filled in, as str.format has them, and the values."""

    english: str
    values: Mapping[str, object] = {}

    def told(self, language: str) -> Told:
        """In that language, or in English where nobody has translated it; a Message among the values likewise."""
        sentence, served = _translated(self.english, language)
        values = {
            name: value.told(language).text if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return Told(sentence.format_map(values), served)

    def __str__(self) -> str:
        return self.told(ENGLISH).text


def served(languages: Iterable[str]) -> str:
    """The first of them that we serve; English where that is none."""
    return next((each for each in languages if each == ENGLISH or each in LANGUAGES), ENGLISH)


def label(value: enum.Enum, language: str) -> Told:
    """What people call a value of an enumeration."""
    return _translated(english_label(value), language, type(value).__name__)


def english_label(value: enum.Enum) -> str:
    """RETURNED_FOR_AMENDMENT is Returned for amendment; the context in the catalogues is the enumeration's name."""
    return value.name.replace("_", " ").capitalize()


def catalogue_file(language: str) -> Path:
    return DIRECTORY / f"{language}.po"


@cache
def translations(language: str) -> Translations:
    return translations_in(catalogue_file(language).read_text(encoding="utf-8"))


def _translated(english: str, language: str, context: str | None = None) -> Told:
    told = translations(language).get((context, english)) if language in LANGUAGES else None
    return Told(told, language) if told else Told(english, ENGLISH)
