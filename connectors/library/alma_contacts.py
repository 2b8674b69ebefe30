"""Alma: how to reach a reader, brought to what shall be.

Source: Alma REST APIs, Users: Get user details, Update user details, the object Rest User. An update swaps everything
that the user consists of for what comes, so that the user goes back as it was read, with ours changed.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Any

from campus.contacts import (
    ContactDetails,
    ContactPart,
    ContactsWritten,
    ContactSyncState,
    PostalAddress,
)
from campus.countries import THREE_LETTERS, TWO_LETTERS
from connectors.wire import Answer, Line, Params, System, brought_to, segment

from .alma_shapes import ErrorOnWire, UserOnWire

Whole = dict[str, Any]
KINDS = ("email", "phone", "address")
"""The lists of `contact_info`."""
OWN = {"email": "personal", "phone": "mobile", "address": "home"}
"""The type of the entry in each that is the person's own."""

LINES = ("line1", "line2", "line3", "line4", "line5")
OF_THE_OLD_PLACE = frozenset({*LINES, "city", "state_province", "postal_code", "country", "address_note"})


class AlmaContacts(ABC):
    _line: Line
    system: System

    contact_parts = frozenset({ContactPart.PRIVATE_EMAIL, ContactPart.TELEPHONE, ContactPart.ADDRESS})

    @abstractmethod
    async def _answer(self, path: str, params: Params) -> Answer | None: ...

    @abstractmethod
    async def _changed(
        self, method: str, path: str, params: Params, body: object = None
    ) -> tuple[Answer, ErrorOnWire | None]: ...

    async def write_contacts(self, user: str, wanted: ContactDetails) -> ContactsWritten | None:
        """Writes only what is otherwise; None where the library knows no such reader. Raises UpstreamError."""
        path = f"/almaws/v1/users/{segment(user)}"

        async def write(found: Whole) -> ContactsWritten | None:
            sent, refusal = await self._changed("PUT", path, (), _merged(found, wanted))
            if refusal is not None:
                return ContactsWritten(state=ContactSyncState.REFUSED, reason=refusal.error_code)
            self._line.read(sent, UserOnWire)
            return None

        return await brought_to(wanted, self.system.id, partial(self._whole, path), contacts_of, write)

    async def _whole(self, path: str) -> Whole | None:
        """Everything Alma tells of a user, whether we know what it means or not."""
        answer = await self._answer(path, ())
        if answer is None:
            return None
        self._line.read(answer, UserOnWire)
        return self._line.read(answer, Whole)


def contacts_of(user: Whole) -> ContactDetails:
    """Of a user whose shape was checked."""
    email, phone, address = (_own(user, kind) for kind in KINDS)
    return ContactDetails(
        private_email=email.get("email_address"),
        telephone=phone.get("phone_number"),
        address=_place(address) if address else None,
    )


def _own(user: Whole, kind: str) -> Whole:
    """The entry that is the person's own word, empty where there is none."""
    entries = _entries(user, kind)
    place = _place_of_own(entries, kind)
    return {} if place is None else entries[place]


def _entries(user: Whole, kind: str) -> list[Whole]:
    return list((user.get("contact_info") or {}).get(kind) or ())


def _place_of_own(entries: Sequence[Whole], kind: str) -> int | None:
    """Of the person's own type; else the preferred one, as long as nobody said of which type that is."""
    types = [[each["value"] for each in entry.get(f"{kind}_type") or ()] for entry in entries]
    preferred = (place for place, entry in enumerate(entries) if entry.get("preferred") and not types[place])
    return next((place for place, each in enumerate(types) if OWN[kind] in each), next(preferred, None))


def _place(row: Whole) -> PostalAddress:
    country = (row.get("country") or {}).get("value")
    return PostalAddress(
        street=" ".join(filter(None, (row.get(line) for line in LINES))) or None,
        city=row.get("city"),
        post_code=row.get("postal_code"),
        country=TWO_LETTERS.get(country, country) if country else None,
    )


def _merged(user: Whole, wanted: ContactDetails) -> Whole:
    """The user as it was read, but for what is wanted."""
    told = {}
    if wanted.private_email is not None:
        told["email"] = _told(user, "email", {"email_address": wanted.private_email})
    if wanted.telephone is not None:
        told["phone"] = _told(user, "phone", {"phone_number": wanted.telephone})
    if wanted.address is not None:
        told["address"] = _told(user, "address", _address(wanted.address))
    return {**user, "contact_info": {**(user.get("contact_info") or {}), **told}}


def _told(user: Whole, kind: str, wanted: Whole) -> list[Whole]:
    """All entries of a kind, the person's own among them saying what is wanted. Alma wants one of them preferred."""
    entries = _entries(user, kind)
    place = _place_of_own(entries, kind)
    if place is None:
        preferred = not any(each.get("preferred") for each in entries)
        return [*entries, {**wanted, "preferred": preferred, f"{kind}_type": [{"value": OWN[kind]}]}]
    kept = {name: each for name, each in entries[place].items() if name not in OF_THE_OLD_PLACE}
    entries[place] = {**kept, **wanted, f"{kind}_type": kept.get(f"{kind}_type") or [{"value": OWN[kind]}]}
    return entries


def _address(wanted: PostalAddress) -> Whole:
    country = {"value": THREE_LETTERS.get(wanted.country, wanted.country)} if wanted.country else None
    return {"line1": wanted.street, "city": wanted.city, "postal_code": wanted.post_code, "country": country}
