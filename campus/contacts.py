"""How the university reaches a person and whom it calls for them: as one says it, and as systems come to hold it."""

import enum
import re
from collections.abc import Collection, Sequence

import msgspec

from .record import Record


class ContactPart(enum.Enum):
    """What is changed as one: a newer change of it takes the place of an older one."""

    PRIVATE_EMAIL = "private_email"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    EMERGENCY_CONTACTS = "emergency_contacts"


class PostalAddress(Record, frozen=True):
    street: str | None
    """With the number of the house."""
    city: str | None
    post_code: str | None
    country: str | None
    """ISO 3166-1, two letters; or what a system has written there instead."""


NOWHERE = PostalAddress(street=None, city=None, post_code=None, country=None)


class PersonToCall(Record, frozen=True):
    name: str
    relation: str | None
    """partner, parent, other, or the system's own word."""
    telephone: str | None


class ContactDetails(Record, frozen=True):
    """What a system holds of them, or shall hold; of what shall be, None leaves a part as it is."""

    private_email: str | None = None
    telephone: str | None = None
    address: PostalAddress | None = None
    emergency_contacts: Sequence[PersonToCall] | None = None
    """All of them, whom to call first first."""

    @property
    def parts(self) -> frozenset[ContactPart]:
        return frozenset(part for part in ContactPart if getattr(self, part.value) is not None)

    def holds(self, wanted: "ContactDetails") -> bool:
        """Whether what is wanted is so."""
        return self.same_in(wanted.parts, wanted)

    def same_in(self, parts: Collection[ContactPart], other: "ContactDetails") -> bool:
        """Numbers may be grouped differently, mail be written in any case, and what is not there be told as empty."""
        return all(self._comparable(part) == other._comparable(part) for part in parts)

    def _comparable(self, part: ContactPart) -> object:
        match part:
            case ContactPart.PRIVATE_EMAIL:
                return (self.private_email or "").casefold()
            case ContactPart.TELEPHONE:
                return _ungrouped(self.telephone)
            case ContactPart.ADDRESS:
                return [each or "" for each in msgspec.structs.astuple(self.address or NOWHERE)]
            case ContactPart.EMERGENCY_CONTACTS:
                return [
                    (each.name, each.relation, _ungrouped(each.telephone)) for each in self.emergency_contacts or ()
                ]


def _ungrouped(number: str | None) -> str:
    return re.sub(r"[\s().-]", "", number or "")


class ContactSyncState(enum.Enum):
    """How far a system is with what shall be."""

    IN_AGREEMENT = "IN_AGREEMENT"
    PENDING = "PENDING"
    CONFLICT = "CONFLICT"
    REFUSED = "REFUSED"


class ContactsWritten(Record, frozen=True):
    """What came of bringing one system to what shall be."""

    state: ContactSyncState
    reason: str = ""
    """The system's code for why it refused; nothing personal."""


IN_AGREEMENT = ContactsWritten(state=ContactSyncState.IN_AGREEMENT)


def written(before: ContactDetails, now: ContactDetails, wanted: ContactDetails) -> ContactsWritten | None:
    """By what a system held before it was written to and holds now; None where it has changed nothing.

    What is neither the one nor the other was written by somebody else in between.
    """
    if now.holds(wanted):
        return IN_AGREEMENT
    if now.same_in(wanted.parts, before):
        return None
    return ContactsWritten(state=ContactSyncState.CONFLICT)
