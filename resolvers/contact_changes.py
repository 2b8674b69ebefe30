"""What a person says of how to be reached, and of whom to call for them: told to every system that holds it."""

import uuid
from collections.abc import Mapping, Sequence

import msgspec
from strawberry import Parent

from campus.contacts import ContactDetails, ContactPart
from campus.labels import Message
from campus.problem import InvalidInput
from campus.record import Record
from connectors import portal, sis
from connectors.portal import PendingWrite
from connectors.reads import settled
from connectors.wire import UpstreamError

from .access import signed_in_person
from .accounts import claims_towards
from .changes import afterwards, invalid, once
from .contact_input import (
    ContactDetailsInput,
    EmergencyContactsInput,
    contacts_wanted,
    details_wanted,
    problems_of_contacts,
    problems_of_details,
)
from .contact_sync import ATTEMPT, Attempt, ContactSync, claims_end, sync_status, write_all
from .context import Info
from .merged import Merged
from .people import Me, contacts, emergency_contacts


class ContactDetailsUpdated(Record, frozen=True):
    sync_status: Sequence[ContactSync]


class EmergencyContactsUpdated(Record, frozen=True):
    sync_status: Sequence[ContactSync]


class AskedContacts(Record, frozen=True):
    """What is kept of it: nothing of what was said."""

    systems: Sequence[str]


async def update_contact_details(
    info: Info, input: ContactDetailsInput, idempotency_key: str | None = None
) -> ContactDetailsUpdated | InvalidInput | None:
    """Raises UpstreamError where the store does not answer; a system that does not is told as pending."""
    if problems := list(problems_of_details(input)):
        return InvalidInput(problems=problems)
    status = await _changed(info, "updateContactDetails", details_wanted(input), idempotency_key)
    return status if isinstance(status, InvalidInput) else ContactDetailsUpdated(sync_status=status)


async def update_emergency_contacts(
    info: Info, input: EmergencyContactsInput, idempotency_key: str | None = None
) -> EmergencyContactsUpdated | InvalidInput | None:
    """Only student systems know whom to call."""
    if problems := list(problems_of_contacts(input)):
        return InvalidInput(problems=problems)
    status = await _changed(info, "updateEmergencyContacts", contacts_wanted(input), idempotency_key)
    return status if isinstance(status, InvalidInput) else EmergencyContactsUpdated(sync_status=status)


async def contacts_now(_: Parent[ContactDetailsUpdated], info: Info) -> Merged[sis.Contacts] | None:
    return await afterwards(contacts(_me(info), info))


async def emergency_contacts_now(
    _: Parent[EmergencyContactsUpdated], info: Info
) -> Merged[sis.EmergencyContact] | None:
    return await afterwards(emergency_contacts(_me(info), info))


def _me(info: Info) -> Me:
    return Me(viewer=signed_in_person(info.context.viewer))


async def _changed(
    info: Info, mutation: str, wanted: ContactDetails, key: str | None
) -> list[ContactSync] | InvalidInput:
    """Written down before any system is asked; a repeat with the same key is told how far they are by now."""
    person = signed_in_person(info.context.viewer).person
    ours: dict[str, Sequence[PendingWrite]] = {}

    async def send(mark: str) -> AskedContacts | InvalidInput:
        holders = await _holders(info, wanted)
        if not holders:
            return invalid("input", message=Message("No system of the university holds this of you."))
        ours.update(await _kept(info, mark or uuid.uuid4().hex, wanted, holders))
        return AskedContacts(systems=list(holders))

    async def find(mark: str) -> AskedContacts | None:
        pending = await info.context.portal.pending_by_person.load(person)
        there = any(each.change == mark for each in pending)
        return AskedContacts(systems=list(await _holders(info, wanted))) if there else None

    attempt = portal.Attempt(portal.SYSTEM, AskedContacts, send, find, ATTEMPT.total_seconds())
    made = await once(info, mutation, key, msgspec.to_builtins(wanted), attempt)
    if isinstance(made, InvalidInput):
        return made
    attempts: list[Attempt] = [(info.context, those) for those in ours.values()]
    if attempts:
        await afterwards(write_all(info.context.campus, attempts))
    for system in made.systems:
        info.context.changed(system)
    return await afterwards(sync_status(info, person, made.systems, wanted.parts))


async def _holders(info: Info, wanted: ContactDetails) -> dict[str, bool]:
    """Systems that hold something of it for the viewer, and whether the account is known: it may be nobody's now."""
    campus = info.context.campus
    systems = [each for each in campus.answering("write_contacts") if wanted.parts & campus.contact_parts(each)]
    found: dict[str, bool] = {}
    for system, account in zip(systems, await settled(map(info.context.accounts.name, systems)), strict=True):
        if isinstance(account, Exception) and not isinstance(account, UpstreamError):
            raise account
        if account is not None:
            found[system] = isinstance(account, str)
    return found


async def _kept(
    info: Info, change: str, wanted: ContactDetails, holders: Mapping[str, bool]
) -> Mapping[str, Sequence[PendingWrite]]:
    """Writes it down, and tells what of it is ours to write at once."""
    context, person, now = info.context, info.context.viewer.person, info.context.campus.now()
    told = msgspec.to_builtins(wanted)
    writes = [
        PendingWrite(
            person=person,
            system=system,
            part=part,
            value=told[part.value],
            accounts=_claims(info, system),
            change=change,
            asked_at=now,
            due_at=now,
        )
        for system in holders
        for part in ContactPart
        if part in wanted.parts & context.campus.contact_parts(system)
    ]
    known = [system for system, found in holders.items() if found]
    async with context.campus.store.changing() as connection:
        await portal.keep_pending(connection, writes)
        return await portal.claimed(connection, person, claims_end(context.campus, known), now)


def _claims(info: Info, system: str) -> Mapping[str, str]:
    """What the token says that leads to the account, for whoever writes when it is over."""
    wanted = claims_towards(info.context.campus.ways, system)
    return {claim: name for claim, name in info.context.viewer.accounts.items() if claim in wanted}
