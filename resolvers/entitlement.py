"""Whether a licence lets somebody in. A pure rule: what the licences say, and who asks on which day."""

import enum
from collections.abc import Sequence, Set
from datetime import date

from connectors.library import LicenceTerms


class NotEntitled(enum.Enum):
    """Why not; where several reasons hold of one licence, the first of these."""

    INACTIVE = "INACTIVE"
    CAMPUS = "CAMPUS"
    AFFILIATION = "AFFILIATION"
    UNKNOWN = "UNKNOWN"


FROM_FAR_TO_NEAR = tuple(NotEntitled)
"""The later a licence fails somebody, the nearer it came to letting them in."""


def refusal(
    licences: Sequence[LicenceTerms] | None, campus: str, *, campuses: Set[str], affiliations: Set[str], day: date
) -> NotEntitled | None:
    """Why no licence lets in who belongs to these campuses in these ways; None where one does.

    `campus` is that of the library: what its licences leave open holds for its own people. None: it is free. Of
    several reasons it is that of the licence which came nearest; without any licence nobody knows.
    """
    if licences is None:
        return None
    reasons = [_reason(each, campus, campuses, affiliations, day) for each in licences]
    if None in reasons:
        return None
    return max(filter(None, reasons), key=FROM_FAR_TO_NEAR.index, default=NotEntitled.UNKNOWN)


def _reason(
    terms: LicenceTerms, campus: str, campuses: Set[str], affiliations: Set[str], day: date
) -> NotEntitled | None:
    if terms.active is False or (terms.begins and day < terms.begins) or (terms.ends and day > terms.ends):
        return NotEntitled.INACTIVE
    if not campuses & (terms.campuses or {campus}):
        return NotEntitled.CAMPUS
    if terms.affiliations is not None and not affiliations & terms.affiliations:
        return NotEntitled.AFFILIATION
    return NotEntitled.UNKNOWN if terms.active is None else None
