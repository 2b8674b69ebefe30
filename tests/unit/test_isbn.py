"""One book is one number, whichever way its ISBN is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus.isbn import isbn10, isbn13

calmly = settings(derandomize=True, deadline=None, max_examples=300)
bodies = st.text("0123456789", min_size=9, max_size=9)


def ten(body: str) -> str:
    """By the standard's own words: the weighted sum over all ten places is a multiple of eleven."""
    (last,) = [
        digit
        for value, digit in enumerate("0123456789X")
        if (sum((10 - place) * int(each) for place, each in enumerate(body)) + value) % 11 == 0
    ]
    return body + last


def thirteen(prefix: str, body: str) -> str:
    (last,) = [
        digit
        for digit in "0123456789"
        if sum((1, 3)[place % 2] * int(each) for place, each in enumerate(prefix + body + digit)) % 10 == 0
    ]
    return prefix + body + last


@calmly
@given(bodies)
def test_ten_digits_are_the_thirteen_that_name_the_same_book(body: str) -> None:
    assert isbn13(ten(body)) == isbn13(thirteen("978", body)) == thirteen("978", body)
    assert isbn10(thirteen("978", body)) == ten(body)


@calmly
@given(bodies, st.sampled_from(("978", "979")), st.data())
def test_hyphens_blanks_and_words_around_a_number_change_nothing(body: str, prefix: str, data: st.DataObject) -> None:
    number = thirteen(prefix, body)
    marks = data.draw(st.lists(st.sampled_from(("", "-", " ", "–")), min_size=10, max_size=10))
    before, after = data.draw(st.sampled_from((("", ""), ("ISBN: ", " (pbk. : alk. paper)"), ("", " ib."))))
    marked = "".join(mark + digit for mark, digit in zip(marks, number[3:], strict=True))
    written = f"{before}{prefix}{marked}{after}"
    assert isbn13(written) == number


@calmly
@given(bodies, st.integers(0, 12), st.integers(1, 9))
def test_a_number_with_one_digit_mistyped_is_none(body: str, place: int, by: int) -> None:
    number = thirteen("978", body)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert isbn13(wrong) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("8876248641", "9788876248641"),
        ("1506344747 (pbk. : alk. paper)", "9781506344744"),
        ("978-82-02-41373-6", "9788202413736"),
        ("0-8044-2957-X", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("97888762486411", None),
        ("machine learning", None),
        ("", None),
    ],
)
def test_numbers_as_they_are_found_in_catalogues(written: str, number: str | None) -> None:
    assert isbn13(written) == number


def test_a_number_of_979_has_no_older_one() -> None:
    assert isbn10("9791032305690") is None
