"""Opaque words give back the key they were made of, and no other word is taken for one."""

import base64

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campus.ids import GlobalId, global_id, opaque, parts_of

parts = st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.integers())
words = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
calmly = settings(derandomize=True, deadline=None, max_examples=300)


@calmly
@given(parts)
def test_a_word_gives_back_its_parts(given_parts: list[str | int]) -> None:
    word = opaque(given_parts)
    assert parts_of(word) == given_parts
    assert [type(part) for part in parts_of(word) or ()] == [type(part) for part in given_parts]
    assert word.isascii()
    assert not set(word) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@calmly
@given(parts, parts)
def test_different_parts_make_different_words(one: list[str | int], other: list[str | int]) -> None:
    assert (opaque(one) == opaque(other)) is (one == other)


@calmly
@given(words)
@example("")
@example("\n")
@example("\ud800")
@example("A" * 100_000)
@example(base64.urlsafe_b64encode(b"[" * 50_000).decode())
@example(base64.urlsafe_b64encode(b'["\\ud800"]').rstrip(b"=").decode())
@example(base64.urlsafe_b64encode(b"[1e999]").rstrip(b"=").decode())
@example(base64.urlsafe_b64encode(b"[" + b"9" * 5_000 + b"]").rstrip(b"=").decode())
def test_no_text_of_a_client_breaks_it_and_only_a_words_own_spelling_counts(word: str) -> None:
    found = parts_of(word)
    assert found is None or opaque(found) == word
    assert global_id(word) is None or global_id(word).encoded() == word  # type: ignore[union-attr]


@calmly
@given(st.binary())
def test_no_bytes_of_a_client_break_it(content: bytes) -> None:
    word = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    found = parts_of(word)
    assert found is None or opaque(found) == word


@calmly
@given(words, words, st.lists(words, min_size=1).map(tuple))
def test_a_global_id_is_found_again(type_name: str, system: str, key: tuple[str, ...]) -> None:
    wanted = GlobalId(type_name, system, key)
    assert global_id(wanted.encoded()) == wanted


@pytest.mark.parametrize(
    "other",
    [
        [],
        ["Loan"],
        ["Loan", "library-cwb"],
        ["Loan", "library-cwb", 7],
        [1, 2, 3],
    ],
)
def test_a_word_of_other_parts_is_no_global_id(other: list[str | int]) -> None:
    assert global_id(opaque(other)) is None


@pytest.mark.parametrize("other", ['["a","b","c"] ', ' ["a","b","c"]', '["a", "b","c"]', '["\\u0061","b","c"]'])
def test_another_spelling_of_the_same_parts_is_no_id(other: str) -> None:
    """One thing has one id, so that clients may compare them."""
    assert global_id(base64.urlsafe_b64encode(b'["a","b","c"]').rstrip(b"=").decode()) == GlobalId("a", "b", ("c",))
    assert global_id(base64.urlsafe_b64encode(other.encode()).rstrip(b"=").decode()) is None
