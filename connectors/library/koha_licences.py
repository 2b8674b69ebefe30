"""What a library's agreements and licences in Koha come to: whom they let in, and on which days."""

from collections.abc import Mapping, Sequence
from datetime import date

from .e_resource_records import LicenceTerms
from .koha_erm_shapes import AgreementOnWire, LicenceOnWire, PeriodOnWire, ValueOnWire

AGREED: Mapping[str, bool] = {"active": True, "in_negotiation": False, "closed": False}
"""Koha's own states of an agreement; a library may add others, of which we do not know what they mean."""

IN_FORCE: Mapping[str, bool] = {
    "active": True,
    "in_negotiation": False,
    "not_yet_active": False,
    "rejected": False,
    "expired": False,
}
"""Koha's own states of a licence."""

CONTROLLING = "controlling"

NOT_ON_RECORD = LicenceOnWire(license_id=0, status="")

WHENEVER: tuple[date | None, date | None] = (None, None)


def values(told: Sequence[ValueOnWire], field: int | None) -> frozenset[str]:
    """What stands in an additional field; nothing in one that the library does not have."""
    return frozenset(each.value.strip() for each in told if each.field_id == field and each.value)


def terms_of(
    agreement: AgreementOnWire, licences: Mapping[int, LicenceOnWire], fields: Mapping[str, int]
) -> tuple[LicenceTerms, ...]:
    """What an agreement's controlling licence says, once for each period of the agreement, within which it holds.

    Without a controlling licence nobody knows whom the agreement lets in.
    """
    holding = (licences[each.license_id] for each in agreement.agreement_licenses if each.status == CONTROLLING)
    licence = next(holding, NOT_ON_RECORD)
    campuses = values(licence.extended_attributes, fields.get("campuses_field"))
    affiliations = values(licence.extended_attributes, fields.get("affiliations_field"))
    return tuple(
        LicenceTerms(
            active=_both(AGREED.get(agreement.status), IN_FORCE.get(licence.status)),
            begins=max(filter(None, (begins, licence.started_on)), default=None),
            ends=min(filter(None, (ends, licence.ended_on)), default=None),
            campuses=campuses or None,
            affiliations=frozenset(each.lower() for each in affiliations) or None,
        )
        for begins, ends in _days(agreement.is_perpetual, agreement.periods)
    )


def _days(perpetual: bool, periods: Sequence[PeriodOnWire]) -> Sequence[tuple[date | None, date | None]]:
    """One that is perpetual, or has no periods on record, lasts as long as its licence."""
    return [WHENEVER] if perpetual or not periods else [(each.started_on, each.ended_on) for each in periods]


def _both(one: bool | None, other: bool | None) -> bool | None:
    """No, if either says no; unknown, if either is."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True
