"""A change of how a person is reached, brought to the systems that are to agree with it; and how far each is."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from strawberry import Parent

from campus.contacts import IN_AGREEMENT, ContactDetails, ContactPart, ContactsWritten, ContactSyncState
from campus.record import Record
from connectors import portal
from connectors.portal import PendingWrite
from connectors.reads import settled
from connectors.wire import AccountConflict, UpstreamError, local

from .context import Campus, Info, RequestContext
from .people import Me

_log = logging.getLogger("gateway.contacts")

ATTEMPT = timedelta(seconds=10)
"""Longer than one attempt takes, whatever the system does."""

LONGEST_PAUSE = timedelta(seconds=30)
"""Between two attempts, so that a system that is back has everything within a minute."""

REFUSED_PAUSE = timedelta(hours=1)
"""What was refused is refused again, until somebody has changed something there."""


class ContactSync(Record, frozen=True):
    """How far one system is with what a person changed."""

    system: str
    campus: str
    state: ContactSyncState
    parts: Sequence[ContactPart]
    """Of what was changed: what it agrees with, or does not yet."""
    since: datetime
    """In agreement: when that was seen; else: when the change was asked for."""


Attempt = tuple[RequestContext, Sequence[PendingWrite]]
"""What is claimed of one person in one system, and a context that finds the account."""


def claims_end(campus: Campus, systems: Iterable[str]) -> dict[str, datetime]:
    """Until when nobody else may write a person into each system, should we end without a word: it may be at work."""
    now = campus.now()
    return {system: now + ATTEMPT + _at_work(campus, system) for system in systems}


async def write_all(campus: Campus, attempts: Sequence[Attempt]) -> list[bool]:
    """Asks systems, all at once, to agree with what was claimed, and keeps what came of it. Tells which could be asked.

    Raises UpstreamError where the store does not answer; what was claimed is then tried again when the claim is over.
    """
    outcomes = await settled(_written(context, those) for context, those in attempts)
    moment = campus.now()
    async with campus.store.changing() as connection:
        for (_, those), outcome in zip(attempts, outcomes, strict=True):
            person, system = those[0].person, those[0].system
            state = _state(system, outcome)
            if state is ContactSyncState.IN_AGREEMENT:
                await portal.reached(connection, those)
            else:
                await portal.put_off(connection, those, state, moment + _pause(state, those))
            # A request that nobody answered may be carried out yet, and would undo what is written meanwhile.
            lost = isinstance(outcome, UpstreamError) and outcome.unsettled
            await portal.hold(connection, person, system, moment + _at_work(campus, system) if lost else None)
    return [not isinstance(outcome, UpstreamError) for outcome in outcomes]


def _at_work(campus: Campus, system: str) -> timedelta:
    """How long the system may be at work on a request."""
    return timedelta(seconds=campus.upstreams[system].change_limit)


async def _written(context: RequestContext, those: Sequence[PendingWrite]) -> ContactsWritten:
    """In agreement, too, where the system knows nobody whom it could be told about."""
    system = those[0].system
    account = await context.accounts.name(system)
    if account is None:
        return IN_AGREEMENT
    wanted = msgspec.convert({each.part.value: each.value for each in those}, ContactDetails)
    outcome: ContactsWritten | None = await context.apart(system).write_contacts(account, wanted)
    return outcome or IN_AGREEMENT


def _state(system: str, outcome: ContactsWritten | Exception) -> ContactSyncState:
    if isinstance(outcome, ContactsWritten):
        if outcome.state is ContactSyncState.REFUSED:
            _log.warning("%s refuses contact details: %s", system, outcome.reason or "no reason given")
        return outcome.state
    if not isinstance(outcome, UpstreamError):
        _log.error("contact details of %s", system, exc_info=outcome)
    return ContactSyncState.CONFLICT if isinstance(outcome, AccountConflict) else ContactSyncState.PENDING


def _pause(state: ContactSyncState, those: Sequence[PendingWrite]) -> timedelta:
    if state is ContactSyncState.REFUSED:
        return REFUSED_PAUSE
    tried = max(each.attempts for each in those)
    doubled = timedelta(seconds=2 ** min(tried, 10))  # after more, no timedelta is long enough
    return min(LONGEST_PAUSE, doubled)


async def sync_status(
    info: Info, person: str, systems: Sequence[str], parts: Collection[ContactPart]
) -> list[ContactSync]:
    """How far each of these systems is with these parts."""
    pending = await info.context.portal.pending_by_person.load(person)
    waiting = {each.system: each for each in _behind(info, pending, parts)}
    now = info.context.campus.now()
    return [waiting.get(system) or _in_agreement(info, system, parts, now) for system in systems]


async def contact_sync(me: Parent[Me], info: Info) -> list[ContactSync] | None:
    """Only systems that do not agree yet."""
    return _behind(info, await info.context.portal.pending_by_person.load(me.viewer.person), ContactPart)


def _behind(info: Info, pending: Sequence[PendingWrite], parts: Iterable[ContactPart]) -> list[ContactSync]:
    wanted, campus = set(parts), info.context.campus
    by_system: dict[str, list[PendingWrite]] = {}
    for each in pending:
        if each.part in wanted and each.system in campus.upstreams:
            by_system.setdefault(each.system, []).append(each)
    return [
        ContactSync(
            system=system,
            campus=campus.upstreams[system].system.campus,
            state=those[0].state,
            parts=[each.part for each in those],
            since=local(min(each.asked_at for each in those), campus.zones[campus.upstreams[system].system.campus]),
        )
        for system, those in by_system.items()
    ]


def _in_agreement(info: Info, system: str, parts: Collection[ContactPart], now: datetime) -> ContactSync:
    campus = info.context.campus.upstreams[system].system.campus
    held = info.context.campus.contact_parts(system)
    return ContactSync(
        system=system,
        campus=campus,
        state=ContactSyncState.IN_AGREEMENT,
        parts=[part for part in ContactPart if part in parts and part in held],
        since=local(now, info.context.campus.zones[campus]),
    )
