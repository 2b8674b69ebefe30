"""Brings the catalogues of our own words up to what the code says; run by `make labels`.

New words come in untranslated, for people to fill in; those that nobody says any more go.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from graphql import GraphQLEnumType

from campus.labels import DIRECTORY, LANGUAGES, catalogue_file, english_label
from schema.root import schema

CHECKOUT = Path(__file__).parents[1]
PACKAGES = ("campus", "connectors", "pipeline", "resolvers")
SPOKEN = {
    "Message": None,
    "Forbidden": None,
    "Unauthenticated": None,
    "BadUserInput": None,
    "refused": (2,),
}
"""Whose arguments are sentences of ours: the first one, or the one of that number."""

NOT_LABELLED = frozenset({"Data", "Kept"})
"""Enumerations that only developers see."""


def spoken() -> Catalog:
    """Every word that may need a translation, with the context it is said in."""
    found = Catalog()
    for context, english in sorted({*_labels(), *_sentences()}, key=lambda word: (word[0] or "", word[1])):
        found.add(english, context=context)
    return found


def _labels() -> Iterator[tuple[str | None, str]]:
    for each in schema._schema.type_map.values():
        if isinstance(each, GraphQLEnumType) and not each.name.startswith("__") and each.name not in NOT_LABELLED:
            # Strawberry keeps the enumeration itself behind each of its values.
            enumeration = each.extensions["strawberry-definition"].wrapped_cls
            for value in enumeration:
                yield enumeration.__name__, english_label(value)


def _sentences() -> Iterator[tuple[str | None, str]]:
    for package in PACKAGES:
        for _, _, sentence, _, _ in extract_from_dir(CHECKOUT / package, keywords=SPOKEN):
            yield None, str(sentence)


def catalogue(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def brought_up(language: str) -> Catalog:
    """The catalogue of a language with exactly what is spoken now, and the translations it has."""
    fresh, known = spoken(), catalogue(language)
    fresh.locale = known.locale
    fresh.header_comment = "# The campus gateway's own words. Written by `make labels`; people fill in `msgstr`."
    for entry in fresh:
        old = known.get(entry.id, entry.context) if entry.id else None
        if old is not None:
            entry.string = old.string
    return fresh


def main() -> None:
    for language in LANGUAGES:
        file = catalogue_file(language)
        if not file.exists():
            write_empty(language)
        fresh = brought_up(language)
        with file.open("wb") as out:
            write_po(out, fresh, width=120, omit_header=True)
        missing = sum(1 for entry in fresh if entry.id and not entry.string)
        print(f"{file.relative_to(DIRECTORY.parents[1])}: {len(fresh)} words, {missing} without a translation")


def write_empty(language: str) -> None:
    with catalogue_file(language).open("wb") as out:
        write_po(out, Catalog(), omit_header=True)


if __name__ == "__main__":
    main()
