"""Whom a licence lets in, reason by reason."""

from datetime import date
from typing import Any

import pytest

from connectors.library import LicenceTerms
from resolvers.entitlement import NotEntitled, refusal

TODAY = date(2026, 10, 28)
HERE, THERE, BOTH = {"CWB"}, {"GZ"}, {"CWB", "GZ"}


def terms(**told: Any) -> LicenceTerms:
    open_to_all = {"active": True, "begins": None, "ends": None, "campuses": None, "affiliations": None}
    return LicenceTerms(**{**open_to_all, **told})


STAFF = frozenset({"faculty", "staff"})
OF_BOTH = frozenset(BOTH)

TABLE = [
    # what the licences of Clear Water Bay's library say, who asks, why not
    (None, THERE, {"alumni"}, None),
    (None, set(), set(), None),
    ((terms(),), HERE, {"student"}, None),
    ((terms(),), HERE, {"alumni"}, None),
    ((terms(),), THERE, {"student"}, NotEntitled.CAMPUS),
    ((terms(),), BOTH, {"student"}, None),
    ((terms(),), set(), {"student"}, NotEntitled.CAMPUS),
    ((terms(campuses=OF_BOTH),), THERE, {"student"}, None),
    ((terms(campuses=frozenset(THERE)),), HERE, {"student"}, NotEntitled.CAMPUS),
    ((terms(affiliations=STAFF),), HERE, {"student"}, NotEntitled.AFFILIATION),
    ((terms(affiliations=STAFF),), HERE, {"student", "staff"}, None),
    ((terms(affiliations=STAFF),), HERE, set(), NotEntitled.AFFILIATION),
    ((terms(affiliations=frozenset()),), HERE, {"staff"}, NotEntitled.AFFILIATION),
    ((terms(affiliations=STAFF),), THERE, {"student"}, NotEntitled.CAMPUS),
    ((terms(affiliations=STAFF, campuses=OF_BOTH),), THERE, {"faculty"}, None),
    ((terms(active=False),), HERE, {"student"}, NotEntitled.INACTIVE),
    ((terms(active=False, affiliations=STAFF),), THERE, {"student"}, NotEntitled.INACTIVE),
    ((terms(begins=TODAY, ends=TODAY),), HERE, {"student"}, None),
    ((terms(begins=date(2026, 10, 29)),), HERE, {"student"}, NotEntitled.INACTIVE),
    ((terms(ends=date(2026, 10, 27)),), HERE, {"student"}, NotEntitled.INACTIVE),
    ((terms(begins=date(2020, 1, 1), ends=date(2030, 1, 1)),), HERE, {"student"}, None),
    ((terms(active=None),), HERE, {"student"}, NotEntitled.UNKNOWN),
    ((terms(active=None, ends=date(2026, 10, 27)),), HERE, {"student"}, NotEntitled.INACTIVE),
    ((terms(active=None),), THERE, {"student"}, NotEntitled.CAMPUS),
    ((terms(active=None, affiliations=STAFF),), HERE, {"student"}, NotEntitled.AFFILIATION),
    ((), HERE, {"student"}, NotEntitled.UNKNOWN),
    ((), set(), set(), NotEntitled.UNKNOWN),
    ((terms(active=False), terms()), HERE, {"student"}, None),
    ((terms(), terms(active=False)), HERE, {"student"}, None),
    ((terms(active=None), terms(affiliations=STAFF)), HERE, {"staff"}, None),
    ((terms(active=False), terms(affiliations=STAFF)), HERE, {"student"}, NotEntitled.AFFILIATION),
    ((terms(campuses=OF_BOTH, affiliations=STAFF), terms()), THERE, {"student"}, NotEntitled.AFFILIATION),
    ((terms(active=None), terms(active=False)), HERE, {"student"}, NotEntitled.UNKNOWN),
    ((terms(active=False), terms(active=False)), HERE, {"student"}, NotEntitled.INACTIVE),
]


@pytest.mark.parametrize(("said", "campuses", "affiliations", "reason"), TABLE)
def test_a_licence_lets_in_whom_it_says_on_the_days_it_says(
    said: tuple[LicenceTerms, ...] | None, campuses: set[str], affiliations: set[str], reason: NotEntitled | None
) -> None:
    assert refusal(said, "CWB", campuses=campuses, affiliations=affiliations, day=TODAY) == reason
