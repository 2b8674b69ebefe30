"""Our own words exist in every language we serve, and what is missing is told in English and says so."""

import ast
import enum
import string
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from hypothesis import given
from hypothesis import strategies as st

from campus.labels import LANGUAGES, Message, Told, label, served, translations
from campus.labels.translations import translations_in
from commands.labels import CHECKOUT, PACKAGES, SPOKEN, catalogue, spoken
from connectors.library import HoldState


def words(found: Catalog) -> set[tuple[str | None, str]]:
    return {(entry.context, entry.id) for entry in found if entry.id}


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_word_that_is_spoken_and_no_other(language: str) -> None:
    """Where this fails: `make labels`, and fill in what is missing."""
    assert words(catalogue(language)) == words(spoken())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated_with_the_same_blanks(language: str) -> None:
    for entry in catalogue(language):
        if entry.id:
            assert entry.string, entry.id
            assert not entry.fuzzy, entry.id
            assert blanks(entry.string) == blanks(entry.id)
            assert any("\u4e00" <= character <= "\u9fff" for character in entry.string), entry.string


def calls(source: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
            yield node.func.id, node


def test_sentences_stand_where_they_are_said_so_that_they_can_be_found() -> None:
    """A sentence put together first would never reach the translators."""
    hidden = []
    for package in PACKAGES:
        for source in (CHECKOUT / package).rglob("*.py"):
            for name, call in calls(source):
                sentence = call.args[(SPOKEN[name] or (1,))[0] - 1]
                if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
                    hidden.append(str(source.relative_to(CHECKOUT)))
    # Where sentences are handed on rather than said.
    assert sorted(hidden) == ["pipeline/errors.py", "resolvers/refusals.py"]


def test_a_word_is_told_in_the_language_that_is_wanted_and_says_which() -> None:
    assert label(HoldState.READY_FOR_PICKUP, "en") == Told("Ready for pickup", "en")
    assert label(HoldState.READY_FOR_PICKUP, "zh-Hant") == Told("可取書", "zh-Hant")
    assert label(HoldState.READY_FOR_PICKUP, "zh-Hans") == Told("可取书", "zh-Hans")


def test_a_word_without_a_translation_is_told_in_english_and_says_so() -> None:
    class Weather(enum.Enum):
        RAINY_DAY = 1

    assert label(Weather.RAINY_DAY, "zh-Hant") == Told("Rainy day", "en")
    assert Message("It rains {much}.", {"much": "a lot"}).told("zh-Hans") == Told("It rains a lot.", "en")


def test_what_is_filled_in_is_told_in_the_same_language() -> None:
    sentence = Message("The access token is not accepted: {reason}.", {"reason": Message("the token has expired")})
    assert sentence.told("zh-Hant").text == "不接受此存取權杖：權杖已過期。"
    assert str(sentence) == "The access token is not accepted: the token has expired."


@given(st.text())
def test_what_a_client_wrote_is_filled_in_as_it_stands(written: str) -> None:
    told = Message("The token lacks the scope {scope}.", {"scope": written}).told("zh-Hans")
    assert told.text == f"令牌没有权限范围 {written}。"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [((), "en"), (("fr",), "en"), (("fr", "zh-Hans", "en"), "zh-Hans"), (("en", "zh-Hant"), "en")],
)
def test_the_first_language_that_we_serve_is_served(wanted: tuple[str, ...], language: str) -> None:
    assert served(wanted) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_read_as_gettext_reads_it(language: str) -> None:
    whole = {(entry.context, entry.id): entry.string for entry in catalogue(language) if entry.id}
    assert translations(language) == whole


WRITTEN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from("\n\t"))
WORDS = WRITTEN.filter(bool)


@given(st.dictionaries(st.tuples(st.none() | WORDS, WORDS), st.tuples(WRITTEN, st.booleans()), max_size=5))
def test_whatever_is_written_is_read_but_what_nobody_vouches_for(
    written: dict[tuple[str | None, str], tuple[str, bool]],
) -> None:
    found, file = Catalog(), BytesIO()
    for (context, english), (told, fuzzy) in written.items():
        found.add(english, told, context=context, flags=["fuzzy"] if fuzzy else [])
    write_po(file, found, width=20, omit_header=True)
    vouched = {key: told for key, (told, fuzzy) in written.items() if told and not fuzzy}
    assert translations_in(file.getvalue().decode()) == vouched
