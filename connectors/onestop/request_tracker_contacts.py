"""Request Tracker: how to reach a requestor beside the address that the desk knows them by, brought to what shall be.

That address is the account, so that it is never changed here. RT answers an update with 200 and a sentence for each
change, also for one that it refuses: what came of it is read.
Source: RT::REST2, "Users" and "Creating and updating", of Request Tracker 5.0; verified against a real 5.0.3.
"""

from abc import ABC
from collections.abc import Mapping
from functools import partial

from msgspec import Struct, field

from campus.contacts import (
    ContactDetails,
    ContactPart,
    ContactsWritten,
    ContactSyncState,
    PostalAddress,
)
from connectors.wire import AccountConflict, Line, System, UpstreamError, brought_to, segment

FIELDS = "EmailAddress,MobilePhone,Address1,Address2,City,Zip,Country"
DENIED = "Permission Denied"


class UserOnWire(Struct, rename="pascal"):
    """As a search tells one; GET /user/{id} tells of others only to who may administer them."""

    id: str | int = field(name="id")
    email_address: str
    mobile_phone: str
    address1: str
    address2: str
    city: str
    zip: str
    country: str


class UsersOnWire(Struct):
    items: list[UserOnWire]


class RequestTrackerContacts(ABC):
    _line: Line
    system: System

    contact_parts = frozenset({ContactPart.TELEPHONE, ContactPart.ADDRESS})

    async def write_contacts(self, address: str, wanted: ContactDetails) -> ContactsWritten | None:
        """Writes only what is otherwise; None where the desk knows no such user. Raises UpstreamError."""

        async def write(user: UserOnWire) -> ContactsWritten:
            answer = await self._line.change("PUT", f"/REST/2.0/user/{segment(str(user.id))}", _told(wanted))
            said = self._line.read(answer, list[str])
            if any(each.endswith(DENIED) for each in said):
                raise UpstreamError(self.system.id, f"{DENIED}: our user may not change others")
            # What it does not take (a number of more than 30 characters is cut), it will not take the next time either.
            return ContactsWritten(state=ContactSyncState.REFUSED)

        return await brought_to(wanted, self.system.id, partial(self._user, address), contacts_of, write)

    async def _user(self, address: str) -> UserOnWire | None:
        search = [{"field": "EmailAddress", "value": address}]
        answer = await self._line.query("/REST/2.0/users", search, (("fields", FIELDS),))
        found = self._line.read(answer, UsersOnWire).items
        theirs = [each for each in found if each.email_address.casefold() == address.casefold()]
        if len(theirs) > 1:
            raise AccountConflict(self.system.id, "several users have one address")
        return theirs[0] if theirs else None


def contacts_of(user: UserOnWire) -> ContactDetails:
    return ContactDetails(
        telephone=user.mobile_phone or None,
        address=PostalAddress(
            street=" ".join(filter(None, (user.address1, user.address2))) or None,
            city=user.city or None,
            post_code=user.zip or None,
            country=user.country or None,
        ),
    )


def _told(wanted: ContactDetails) -> Mapping[str, str]:
    """RT passes over a null: what shall be empty is an empty text."""
    told = {}
    if wanted.telephone is not None:
        told["MobilePhone"] = wanted.telephone
    if wanted.address is not None:
        at = wanted.address
        told |= {"Address1": at.street or "", "City": at.city or "", "Zip": at.post_code or ""}
        told |= {"Country": at.country or "", "Address2": "", "State": ""}
    return told
