"""What Alma takes of an update of a user: "swap all", so that what is not sent is gone.

After the reference, Update user details and the object Rest User. Code tables (countries, types) are not simulated
whole: a code is one if it looks like one.
"""

import re
from collections.abc import Mapping
from typing import Any

from .alma_answers import AlmaError

_NEEDED = ("record_type", "primary_id", "last_name", "account_type", "status", "contact_info")
_KEPT = ("full_name", "user_role")
"""Only told, or kept where nothing of them is sent."""
_OWN_FIELD = {"email": "email_address", "phone": "phone_number", "address": "line1"}
_TYPES = {
    "email": {"personal", "school", "work"},
    "phone": {"home", "mobile", "office", "office_fax"},
    "address": {"alternative", "home", "school", "work"},
}
_LINES = re.compile(r"line[1-5]|city|state_province|postal_code|address_note|start_date|end_date|segment_type")


def updated(user: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The user as it is from now on. Raises AlmaError."""
    missing = [name for name in _NEEDED if not sent.get(name)]
    if missing:
        raise AlmaError("60105", f"JSON is not valid: {', '.join(missing)}.")
    if sent.get("external_id") != user["external_id"] or sent["primary_id"] != user["primary_id"]:
        raise AlmaError("401858", "The external id in DB does not fit the given value in xml.")
    for kind, field in _OWN_FIELD.items():
        _check(kind, field, sent["contact_info"].get(kind) or [])
    return {**{name: user[name] for name in _KEPT if name in user}, **sent, "full_name": user["full_name"]}


def _check(kind: str, field: str, entries: list[Any]) -> None:
    for entry in entries:
        types = {each.get("value") for each in entry.get(f"{kind}_type") or ()}
        if not entry.get(field) or not types or not types <= _TYPES[kind]:
            raise AlmaError("60105", f"JSON is not valid: contact_info.{kind}.")
        if kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+", entry[field]):
            raise AlmaError("60105", "JSON is not valid: contact_info.email.email_address.")
        country = (entry.get("country") or {}).get("value")
        if country and not re.fullmatch(r"[A-Z]{3}", country):
            raise AlmaError("60105", "JSON is not valid: contact_info.address.country.")
        odd = [name for name in entry if name not in _known(kind, field) and not _LINES.fullmatch(name)]
        if odd:
            raise AlmaError("60105", f"JSON is not valid: {', '.join(odd)}.")
    if entries and sum(bool(each.get("preferred")) for each in entries) != 1:
        raise AlmaError("60105", f"JSON is not valid: one preferred {kind} is needed.")


def _known(kind: str, field: str) -> set[str]:
    return {field, "preferred", "preferred_sms", f"{kind}_type", "country", "description"}
