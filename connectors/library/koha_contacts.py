"""Koha: how to reach a patron, brought to what shall be.

Source: the OpenAPI document of Koha (paths patrons, definition patron) and its controller: what an update does not name
stays, three members are needed whatever is updated, and a body with one that can only be read is refused.
"""

from abc import ABC
from functools import partial

from campus.contacts import (
    ContactDetails,
    ContactPart,
    ContactsWritten,
    ContactSyncState,
    PostalAddress,
)
from connectors.wire import brought_to, segment

from .koha_lists import KohaLists
from .koha_shapes import ReachedOnWire


class KohaContacts(KohaLists, ABC):
    contact_parts = frozenset({ContactPart.PRIVATE_EMAIL, ContactPart.TELEPHONE, ContactPart.ADDRESS})

    async def write_contacts(self, patron: str, wanted: ContactDetails) -> ContactsWritten | None:
        """Writes only what is otherwise; None where the library knows no such patron. Raises UpstreamError."""
        path = f"/api/v1/patrons/{segment(patron)}"

        async def write(found: ReachedOnWire) -> ContactsWritten | None:
            answer = await self._line.change("PUT", path, _told(found, wanted), answers=frozenset({400, 409}))
            if answer.status >= 400:
                return ContactsWritten(state=ContactSyncState.REFUSED, reason=f"HTTP {answer.status}")
            self._line.read(answer, ReachedOnWire)
            return None

        return await brought_to(wanted, self.system.id, partial(self._patron, path), contacts_of, write)

    async def _patron(self, path: str) -> ReachedOnWire | None:
        answer = await self._line.get(path, answers=frozenset({404}))
        return None if answer.status == 404 else self._line.read(answer, ReachedOnWire)


def contacts_of(row: ReachedOnWire) -> ContactDetails:
    lines = (row.street_number, row.street_type, row.address, row.address2)
    street = " ".join(filter(None, lines)) or None
    return ContactDetails(
        private_email=row.email,
        telephone=row.phone,
        address=PostalAddress(street=street, city=row.city, post_code=row.postal_code, country=row.country),
    )


def _told(row: ReachedOnWire, wanted: ContactDetails) -> dict[str, str | None]:
    told: dict[str, str | None] = {
        "surname": row.surname,
        "library_id": row.library_id,
        "category_id": row.category_id,
    }
    if wanted.private_email is not None:
        told["email"] = wanted.private_email
    if wanted.telephone is not None:
        told["phone"] = wanted.telephone
    if wanted.address is not None:
        at = wanted.address
        told |= {"address": at.street, "city": at.city, "postal_code": at.post_code, "country": at.country}
        told |= dict.fromkeys(("street_number", "street_type", "address2", "state"))  # of the old place
    return told
