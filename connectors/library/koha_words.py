"""Koha's codes in campus words: where a hold is, what a fee is for, why a loan is not renewed and a title not kept."""

from collections.abc import Mapping

from .change_records import HoldRefusal
from .records import HoldState, RenewalRefusal

_FOUND = {
    "P": (HoldState.IN_PROCESS, "In processing"),
    "T": (HoldState.IN_PROCESS, "In transit"),
    "W": (HoldState.READY_FOR_PICKUP, "Waiting for pickup"),
}
"""Letters that a hold has once a copy was found for it."""


def hold_state(status: str | None, suspended: bool) -> tuple[HoldState, str]:
    """The state and what to call it; a letter we do not know stays as its label."""
    if status is None:
        return HoldState.REQUESTED, "Suspended" if suspended else "Pending"
    return _FOUND.get(status, (HoldState.OTHER, status))


FEES: Mapping[str, str] = {
    "ACCOUNT": "Account creation fee",
    "ACCOUNT_RENEW": "Account renewal fee",
    "LOST": "Lost item",
    "NEW_CARD": "New card",
    "OVERDUE": "Overdue fine",
    "PROCESSING": "Lost item processing fee",
    "RENT": "Rental fee",
    "RESERVE": "Hold fee",
    "RESERVE_EXPIRED": "Hold waited too long",
}
"""Debit types that every Koha has; a library's own types say what they are in the description of the debit."""

RENEWAL_REFUSALS: Mapping[str, RenewalRefusal] = {
    "too_many": RenewalRefusal.RENEWED_TOO_OFTEN,
    "too_unseen": RenewalRefusal.RENEWED_TOO_OFTEN,
    "on_reserve": RenewalRefusal.WANTED_BY_OTHERS,
    "recalled": RenewalRefusal.WANTED_BY_OTHERS,
    "booked": RenewalRefusal.WANTED_BY_OTHERS,
    "too_soon": RenewalRefusal.TOO_SOON,
    "auto_too_soon": RenewalRefusal.TOO_SOON,
    "overdue": RenewalRefusal.OVERDUE,
    "restriction": RenewalRefusal.READER_BLOCKED,
    "auto_account_expired": RenewalRefusal.READER_BLOCKED,
    "auto_too_much_oweing": RenewalRefusal.READER_BLOCKED,
    "item_denied_renewal": RenewalRefusal.NOT_ALLOWED,
    "onsite_checkout": RenewalRefusal.NOT_ALLOWED,
}
"""What the check before a renewal may come to."""

HOLD_REFUSALS: Mapping[str, HoldRefusal] = {
    "age_restricted": HoldRefusal.NOT_REQUESTABLE,
    "already_possession": HoldRefusal.ALREADY_BORROWED,
    "alreadypossession": HoldRefusal.ALREADY_BORROWED,
    "bad_address": HoldRefusal.READER_BLOCKED,
    "branch_not_in_hold_group": HoldRefusal.NOT_REQUESTABLE,
    "cannot_be_transferred": HoldRefusal.NOT_AT_THIS_PLACE,
    "cannot_reserve_from_other_branches": HoldRefusal.NOT_REQUESTABLE,
    "card_lost": HoldRefusal.READER_BLOCKED,
    "damaged": HoldRefusal.NOT_REQUESTABLE,
    "debt_limit": HoldRefusal.READER_BLOCKED,
    "expired": HoldRefusal.READER_BLOCKED,
    "hold_limit": HoldRefusal.TOO_MANY_HOLDS,
    "item_already_on_hold": HoldRefusal.ALREADY_REQUESTED,
    "library_not_found": HoldRefusal.NOT_AT_THIS_PLACE,
    "library_not_pickup_location": HoldRefusal.NOT_AT_THIS_PLACE,
    "no_reserves_allowed": HoldRefusal.NOT_REQUESTABLE,
    "not_reservable": HoldRefusal.NOT_REQUESTABLE,
    "pickup_not_in_hold_group": HoldRefusal.NOT_AT_THIS_PLACE,
    "recall": HoldRefusal.ALREADY_REQUESTED,
    "restricted": HoldRefusal.READER_BLOCKED,
    "too_many_holds_for_this_record": HoldRefusal.ALREADY_REQUESTED,
    "too_many_reserves": HoldRefusal.TOO_MANY_HOLDS,
    "too_many_reserves_today": HoldRefusal.TOO_MANY_HOLDS,
}
"""What the checks before a hold may come to, of the patron and of the title, in the form of newer versions."""
