"""Handing in at One Stop: applying, amending what was given back, and withdrawing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import strawberry
from strawberry.scalars import JSON

from campus.labels import Message
from campus.problem import InvalidInput
from campus.record import Record
from campus.upload import FileRefused
from connectors import onestop, portal
from connectors.gz_campus import SlotTaken
from connectors.onestop import ApplicationState, ApplicationWish, Service, ServiceKey, SlotLost
from connectors.reads import AccountKey, settled
from connectors.wire import UpstreamBadResponse

from .access import check_owner, signed_in_person
from .application_forms import (
    FORM,
    ApplicationFileInput,
    NotEligible,
    Wanted,
    looked_up,
    refused_file,
    service_key,
    slot_lost,
    wanted_of,
    wish_of,
)
from .changes import afterwards, invalid, once
from .context import Info
from .nodes import id_in
from .onestop import service_by_key

Unmade = TypeVar("Unmade")

WITHDRAWABLE = frozenset({ApplicationState.IN_PROCESS, ApplicationState.RETURNED_FOR_AMENDMENT})


@dataclass
class ApplicationInput:
    """What one applies for, and what one says to it."""

    service: strawberry.ID
    form: JSON


@dataclass
class AmendmentInput:
    """An application that was given back, and what one says to it now."""

    application: strawberry.ID
    form: JSON


class ServiceApplied(Record, frozen=True):
    application: onestop.Application


class ApplicationResubmitted(Record, frozen=True):
    application: onestop.Application


class ApplicationWithdrawn(Record, frozen=True):
    application: onestop.Application


class NotReturned(Record, frozen=True):
    """It is not the applicant's turn."""

    application: onestop.Application


class AlreadyOver(Record, frozen=True):
    """It ended before it was withdrawn."""

    application: onestop.Application


class HandedIn(Record, frozen=True):
    """What is kept of it."""

    id: str


async def apply_for_service(
    info: Info,
    input: ApplicationInput,
    files: list[ApplicationFileInput] | None = None,
    idempotency_key: str | None = None,
) -> ServiceApplied | NotEligible | SlotTaken | InvalidInput | None:
    """Raises UpstreamError, `unsettled` where nobody knows whether it is handed in."""
    signed_in_person(info.context.viewer)
    key = service_key(info, input.service, "input", "service")
    if isinstance(key, InvalidInput):
        return key
    office = info.context.apart(key.system)

    async def send(mark: str) -> HandedIn | NotEligible | SlotTaken | InvalidInput | None:
        wanted = await wanted_of(info, key, input.form, files or [])
        if not isinstance(wanted, Wanted):
            return wanted
        outcome = await office.apply(wanted.account, wanted.wish, mark)
        return await slot_lost(info, wanted.wish) if isinstance(outcome, SlotLost) else await handed_in(outcome)

    async def find(mark: str) -> HandedIn | None:
        account = await info.context.accounts.name(key.system)
        found = await office.application_by_mark(account, mark) if account else None
        return await handed_in(found) if found else None

    async def handed_in(id: str) -> HandedIn:
        await settled([_draft_dropped(info, key)])  # what is done is done; a draft that stays is only shown
        return HandedIn(id=id)

    request = [*key, input.form, [each.id for each in files or []]]
    attempt = _attempt(info, key.system, files or [], send, find)
    made = await once(info, "applyForService", idempotency_key, request, attempt)
    if not isinstance(made, HandedIn):
        return made
    return ServiceApplied(application=await afterwards(_handed_in(info, key.system, made.id)))


async def resubmit_application(
    info: Info,
    input: AmendmentInput,
    files: list[ApplicationFileInput] | None = None,
    idempotency_key: str | None = None,
) -> ApplicationResubmitted | NotReturned | InvalidInput | None:
    """Files that were handed in before need not come again. Raises as applying does."""
    named = _application_key(info, input.application, "input", "application")
    if isinstance(named, InvalidInput):
        return named
    owner, id_ = named
    office = info.context.apart(owner.system)

    async def send(mark: str) -> HandedIn | NotReturned | InvalidInput:
        amended = await _amended(info, owner, id_, input.form, files or [])
        if isinstance(amended, InvalidInput):
            return amended
        outcome = await office.amend(*amended, mark)
        if isinstance(outcome, SlotLost):
            return _time_is_taken(amended[1].service)
        if outcome:
            return HandedIn(id=id_)
        info.context.changed(owner.system)  # by the office, since it was read
        return NotReturned(application=await _own(info, owner, id_))

    async def find(mark: str) -> HandedIn | None:
        return HandedIn(id=id_) if await office.amended_by_mark(owner.account, id_, mark) else None

    request = [*owner, id_, input.form, [each.id for each in files or []]]
    attempt: portal.Attempt[HandedIn, NotReturned | InvalidInput] = _attempt(
        info, owner.system, files or [], send, find
    )
    made = await once(info, "resubmitApplication", idempotency_key, request, attempt)
    if not isinstance(made, HandedIn):
        return made
    return ApplicationResubmitted(application=await afterwards(_own(info, owner, id_)))


async def withdraw_application(
    info: Info, application: strawberry.ID
) -> ApplicationWithdrawn | AlreadyOver | InvalidInput | None:
    """Sent again, the answer is the same. Raises UpstreamError, `unsettled` where nobody knows."""
    named = _application_key(info, application, "application")
    if isinstance(named, InvalidInput):
        return named
    own = await _named(info, *named, "application")
    if isinstance(own, InvalidInput):
        return own
    if own.state in WITHDRAWABLE:
        await info.context.apart(own.system).withdraw(own)
        info.context.changed(own.system)
        own = await afterwards(_own(info, AccountKey(own.system, own.owner), own.id))
    return (
        ApplicationWithdrawn(application=own)
        if own.state is ApplicationState.WITHDRAWN
        else AlreadyOver(application=own)
    )


async def _amended(
    info: Info, owner: AccountKey, id: str, form: JSON, files: Sequence[ApplicationFileInput]
) -> tuple[onestop.Application, ApplicationWish] | InvalidInput:
    """What was given back, and what is handed in in its place."""
    application = await _named(info, owner, id, "input", "application")
    if isinstance(application, InvalidInput):
        return application
    service = await service_by_key(info, application.service)
    if service is None:
        return invalid("input", "application", message=Message("This service is not there any longer."))
    filled = wish_of(info, service, form, files, anew=True)
    if isinstance(filled, InvalidInput):
        return filled
    wish = await looked_up(info, filled)
    return _time_is_taken(service) if isinstance(wish, SlotTaken) else (application, wish)


def _time_is_taken(service: Service) -> InvalidInput:
    return invalid(*FORM, *((service.slot.starts,) if service.slot else ()), message=Message("This time is taken."))


def _attempt(
    info: Info,
    system: str,
    files: Sequence[ApplicationFileInput],
    send: Callable[[str], Awaitable[HandedIn | InvalidInput | Unmade]],
    find: Callable[[str], Awaitable[HandedIn | None]],
) -> portal.Attempt[HandedIn, Unmade | InvalidInput]:
    async def file_by_file(mark: str) -> HandedIn | Unmade | InvalidInput:
        """What came of it; a file that is not taken is something that is wrong with the input."""
        (outcome,) = await settled([send(mark)])
        if isinstance(outcome, FileRefused):
            return refused_file(files, outcome)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    seconds = info.context.seconds  # where there are files: each is a request, and the last may be sent at the end
    limit = info.context.campus.upstreams[system].change_limit + (seconds or 0)
    return portal.Attempt(system, HandedIn, file_by_file, find, limit, seconds or portal.PATIENCE)


def _application_key(info: Info, id: str, *path: str) -> tuple[AccountKey, str] | InvalidInput:
    """Its applicant, and what the workflow system calls it."""
    wanted, _ = id_in(info, id)
    if wanted.type != "Application" or wanted.system not in info.context.campus.answering("withdraw"):
        return invalid(*path, message=Message("This is no id of an application."))
    owner, number = wanted.key
    return AccountKey(wanted.system, owner), number


async def _named(info: Info, owner: AccountKey, id: str, *path: str) -> onestop.Application | InvalidInput:
    """The viewer's own application. Raises Forbidden for anybody else's."""
    await check_owner(info, *owner)
    found = await info.context.onestop.applications_by_account.load(owner)
    own = next((each for each in found if each.id == id), None)
    return own or invalid(*path, message=Message("This application is not there any longer."))


async def _handed_in(info: Info, system: str, id: str) -> onestop.Application:
    account = await info.context.accounts.name(system)
    return await _own(info, AccountKey(system, account or ""), id)


async def _own(info: Info, owner: AccountKey, id: str) -> onestop.Application:
    """As the workflow system has it now. Raises Forbidden where it is not the viewer's by now."""
    await check_owner(info, *owner)
    found = await info.context.onestop.applications_by_account.load(owner)
    own = next((each for each in found if each.id == id), None)
    if own is None:
        raise UpstreamBadResponse(owner.system, "what was handed in is not among its applicant's applications")
    return own


async def _draft_dropped(info: Info, service: ServiceKey) -> None:
    async with info.context.campus.store.changing() as connection:
        await portal.drop_draft(connection, info.context.viewer.person, *service)
