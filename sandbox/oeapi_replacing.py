"""What a student system refuses of a person who is to be replaced: the registry's own members; what is no address."""

import re
from collections.abc import Mapping
from typing import Any

_WORDS = {
    "addressType": ("postal", "visit", "deliveries", "invoicing", "teaching"),
    "ICERelation": ("partner", "parent"),
}


def why_not_replaced(kept: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """What identifies somebody, and what is owed, stays the registry's to change. None where nothing is wrong."""
    for member in ("personId", "primaryCode", "otherCodes", "dateOfBirth"):
        if given.get(member) != kept.get(member):
            return f"{member} cannot be changed."
    for member in ("holds", "account"):
        if _profile(given).get(member) != _profile(kept).get(member):
            return f"ext.campus.{member} cannot be changed."
    if not isinstance(given.get("surname"), str) or not isinstance(given.get("activeEnrolment"), bool):
        return "surname and activeEnrolment are required."
    return _unreachable(given)


def _unreachable(person: Mapping[str, Any]) -> str | None:
    """What is wrong with the members that tell how a person is reached."""
    for name in ("email", "secondaryEmail"):
        given = person.get(name)
        if given is not None and not (isinstance(given, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", given)):
            return f"{name} is no address of mail."
    for name in ("telephoneNumber", "mobileNumber", "ICEName", "ICEPhoneNumber"):
        given = person.get(name)
        if given is not None and not (isinstance(given, str) and len(given) <= 256):
            return f"{name} is no text of at most 256 characters."
    address = person.get("address")
    if address is not None and not _is_word(address.get("addressType"), "addressType"):
        return "address has no addressType."
    country = ((address or {}).get("countryCode") or {}).get("iso3166-1-alpha2")
    if country is not None and len(country) != 2:
        return "iso3166-1-alpha2 has two letters."
    relation = person.get("ICERelation")
    return None if relation is None or _is_word(relation, "ICERelation") else "ICERelation is no relation."


def _is_word(given: Any, vocabulary: str) -> bool:
    """Of a vocabulary that may be extended by words of one's own."""
    return isinstance(given, str) and (given in (*_WORDS[vocabulary], "other") or given.startswith("x-"))


def _profile(person: Mapping[str, Any]) -> Mapping[str, Any]:
    ext = person.get("ext")
    profile = ext.get("campus") if isinstance(ext, dict) else None
    return profile if isinstance(profile, dict) else {}
