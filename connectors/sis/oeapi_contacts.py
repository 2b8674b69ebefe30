"""Open Education API v6: how to reach a person, and whom to call for them, brought to what shall be.

Source: Open Education API 6.0, replacePersonById. A person is replaced whole and has no version, so that it is read,
written with ours changed and all else as it came, and read again.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from campus.contacts import (
    ContactDetails,
    ContactPart,
    ContactsWritten,
    ContactSyncState,
    PersonToCall,
    PostalAddress,
)
from connectors.wire import AccountConflict, Line, System, UpstreamBadResponse, brought_to, segment

from .oeapi_person_shapes import ContactOnWire, PersonOnWire, PersonProfile

Whole = dict[str, Any]


class OeapiContacts(ABC):
    _line: Line
    system: System

    contact_parts = frozenset(ContactPart)
    """What a student system has a place for."""

    @abstractmethod
    def _rows(self, path: str, shape: type[Any], params: Sequence[tuple[str, str]] = ()) -> AsyncIterator[Any]: ...

    async def write_contacts(self, number: str, wanted: ContactDetails) -> ContactsWritten | None:
        """Writes only what is otherwise; None where the system knows no such person. Raises UpstreamError."""

        async def write(found: Whole) -> ContactsWritten | None:
            path = f"/persons/{segment(found['personId'])}"
            answer = await self._line.change("PUT", path, _merged(found, wanted), answers=frozenset({400}))
            if answer.status == 400:
                return ContactsWritten(state=ContactSyncState.REFUSED, reason="HTTP 400")
            # "Accepted" is not done yet.
            return ContactsWritten(state=ContactSyncState.PENDING) if answer.status == 202 else None

        def held(found: Whole) -> ContactDetails:
            return contacts_of(self._checked(found))

        return await brought_to(wanted, self.system.id, partial(self._whole, number), held, write)

    async def _whole(self, number: str) -> Whole | None:
        """Everything the system tells of a person, whether we know what it means or not."""
        found = [row async for row in self._rows("/persons", dict[str, Any], (("primaryCode", number),))]
        if len(found) > 1:
            raise AccountConflict(self.system.id, "several persons have one number")
        if found and self._checked(found[0]).primary_code.code != number:
            raise UpstreamBadResponse(self.system.id, "a person was answered who was not asked for")
        return found[0] if found else None

    def _checked(self, whole: Whole) -> PersonOnWire:
        try:
            return msgspec.convert(whole, PersonOnWire)
        except msgspec.ValidationError as failure:
            raise UpstreamBadResponse(self.system.id, f"unexpected shape: {failure}") from failure


def contacts_of(row: PersonOnWire) -> ContactDetails:
    address = row.address
    return ContactDetails(
        private_email=row.secondary_email,
        telephone=row.mobile_number or row.telephone_number,
        address=PostalAddress(
            street=" ".join(filter(None, (address.street_number, address.street))) or None,
            city=address.city,
            post_code=address.post_code,
            country=address.country_code.alpha2 if address.country_code else None,
        )
        if address
        else None,
        emergency_contacts=to_call(row),
    )


def to_call(row: PersonOnWire) -> list[PersonToCall]:
    """The standard has room for one emergency contact (ICE); the profile carries the others."""
    profile = (row.ext.campus if row.ext else None) or PersonProfile()
    first = [ContactOnWire(row.ice_name, row.ice_relation, row.ice_phone_number)] if row.ice_name else []
    return [
        PersonToCall(name=each.name, relation=each.relation, telephone=each.telephone)
        for each in (*first, *profile.emergency_contacts)
    ]


def _merged(whole: Whole, wanted: ContactDetails) -> Whole:
    """The person as it was read, but for what is wanted."""
    changed = dict(whole)
    if wanted.private_email is not None:
        changed["secondaryEmail"] = wanted.private_email
    if wanted.telephone is not None:
        changed["mobileNumber"] = wanted.telephone
    if wanted.address is not None:
        changed["address"] = _address(whole.get("address") or {}, wanted.address)
    if wanted.emergency_contacts is not None:
        changed |= _emergency(whole, wanted.emergency_contacts)
    return changed


def _address(before: Mapping[str, Any], wanted: PostalAddress) -> Whole:
    """What is said beside it of the old place (its entrance, a floor) is not true of the new one."""
    kept = {name: value for name, value in before.items() if name not in ("streetNumber", "geolocation", "additional")}
    return {
        "addressType": "postal",
        **kept,
        "street": wanted.street,
        "city": wanted.city,
        "postCode": wanted.post_code,
        "countryCode": {"iso3166-1-alpha2": wanted.country} if wanted.country else None,
    }


def _emergency(whole: Whole, wanted: Sequence[PersonToCall]) -> Whole:
    first, *others = wanted
    ext = whole.get("ext") or {}
    further = [{"name": each.name, "relation": each.relation, "telephone": each.telephone} for each in others]
    return {
        "ICEName": first.name,
        "ICERelation": first.relation,
        "ICEPhoneNumber": first.telephone,
        "ext": {**ext, "campus": {**(ext.get("campus") or {}), "emergencyContacts": further}},
    }
