"""International Standard Book Numbers: one book is one number, whichever way its number is written."""

import re

_NUMBER = re.compile(r"(?<!\d)(?:97[89][ \-\u2010-\u2013]?)?(?:\d[ \-\u2010-\u2013]?){9}[\dXx](?!\d)")


def isbn13(text: str) -> str | None:
    """The thirteen digits of the ISBN in a text, as cataloguers write it: with hyphens, blanks or words around it.

    One of ten digits is told as the one of thirteen that names the same book (ISO 2108). None where there is no
    number, or where its check digit says that it was mistyped.
    """
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(r"[^\dX]", "", found[0].upper())
    if len(digits) == 10:
        return f"978{digits[:9]}{_last_of_13(f'978{digits[:9]}')}" if digits[9] == _last_of_10(digits[:9]) else None
    return digits if digits[12] == _last_of_13(digits[:12]) else None


def isbn10(number: str) -> str | None:
    """The ten digits that name the same book as these thirteen; None for books numbered since there are no more."""
    return f"{number[3:12]}{_last_of_10(number[3:12])}" if number.startswith("978") else None


def _last_of_13(digits: str) -> str:
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10)


def _last_of_10(digits: str) -> str:
    rest = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return "X" if rest == 10 else str(rest)
