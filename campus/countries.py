"""Countries by their codes of ISO 3166-1: those of two letters, and those of three that some systems have instead."""

from collections.abc import Mapping

from babel.core import get_global

_WITHDRAWN = frozenset({"ANT", "BUR", "DDR", "FXX", "NTZ", "SCG", "SUN", "TMP", "YMD", "YUG", "ZAR"})
"""Codes of countries that are no longer, which CLDR still leads to those that came after."""

_NO_COUNTRIES = frozenset({"AA", "AC", "CP", "DG", "EU", "TA", "ZZ"})
"""Codes that the standard reserves for what is no country; so are all that begin with Q or X, but Qatar's."""


def _countries() -> Mapping[str, str]:
    """Unicode CLDR's list, which babel carries."""
    return {
        two: three
        for three, alone in get_global("territory_aliases").items()
        for two in alone
        if len(three) == 3
        and three.isalpha()
        and three not in _WITHDRAWN
        and two not in _NO_COUNTRIES
        and (two[0] not in "QX" or two == "QA")
    }


THREE_LETTERS = _countries()
"""By the code of two letters: HK is HKG."""

TWO_LETTERS: Mapping[str, str] = {three: two for two, three in THREE_LETTERS.items()}
