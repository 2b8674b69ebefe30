"""Booking a facility for oneself, and giving it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import strawberry

from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from connectors import gz_campus, portal
from connectors.gz_campus import (
    Booking,
    BookingOutcome,
    BookingRefused,
    BookingWish,
    CancellationRefused,
    FacilityKey,
    SlotTaken,
)
from connectors.reads import AccountKey
from connectors.wire import local

from .access import check_owner
from .changes import afterwards, blank_or_long, invalid, once
from .context import Info
from .facilities import facility_by_key
from .nodes import id_in

LONGEST_TITLE = 200
"""Characters."""


@dataclass
class BookingInput:
    """A facility, and when one wants it."""

    facility: strawberry.ID
    starts: datetime
    ends: datetime
    title: str = ""


class FacilityBooked(Record, frozen=True):
    booking: Booking


class Reserved(Record, frozen=True):
    """What is kept of it."""

    reference: str


class BookingCancelled(Record, frozen=True):
    reference: str


async def book_facility(
    info: Info, input: BookingInput, idempotency_key: str | None = None
) -> FacilityBooked | SlotTaken | BookingRefused | InvalidInput | None:
    """By the account of the viewer's in the booking system. Raises UpstreamError, `unsettled` where nobody knows."""
    wanted, _ = id_in(info, input.facility)
    if wanted.type != "Facility" or wanted.system not in info.context.campus.answering("book"):
        return invalid("input", "facility", message=Message("This is no id of a facility that can be booked."))
    wish = _wish(info, input, FacilityKey(wanted.system, *wanted.key))
    made = await _made(info, wish, idempotency_key)
    if not isinstance(made, Reserved):
        return made
    booking = await afterwards(_reserved(info, wish.facility, made.reference))
    if booking is None:
        return invalid("idempotencyKey", message=Message("What was booked with this key is not there any longer."))
    return FacilityBooked(booking=booking)


async def cancel_booking(
    info: Info, booking: strawberry.ID
) -> BookingCancelled | CancellationRefused | InvalidInput | None:
    """One of the viewer's own. Raises Forbidden for anybody else's; UpstreamError, `unsettled` where nobody knows."""
    wanted, _ = id_in(info, booking)
    if wanted.type != "Booking" or wanted.system not in info.context.campus.answering("cancel"):
        return invalid("booking", message=Message("This is no id of a booking."))
    owner, thing = wanted.key
    await check_owner(info, wanted.system, owner)
    # Whatever the id says, only what the system lists as theirs is touched: the gateway itself could cancel anybody's.
    found = await _of(info, AccountKey(wanted.system, owner), thing)
    if found is None:
        return BookingCancelled(reference=thing.rpartition("/")[0])
    facility = await facility_by_key(info, found.facility)
    if reason := gz_campus.cancellation(found, facility.rules if facility else None, info.context.campus.now()):
        return CancellationRefused(reason=reason)
    refused = await info.context.apart(wanted.system).cancel(found)
    info.context.changed(wanted.system)
    return refused or BookingCancelled(reference=found.reference)


async def _made(info: Info, wish: BookingWish, key: str | None) -> Reserved | SlotTaken | BookingRefused | InvalidInput:
    system = wish.facility.system
    office = info.context.apart(system)

    async def send(_: str) -> Reserved | SlotTaken | BookingRefused | InvalidInput:
        facility = await facility_by_key(info, wish.facility)
        if facility is None:
            return invalid("input", "facility", message=Message("This facility is not there any longer."))
        if problems := [*_of_time(info, wish), *_of_title(wish.title)]:
            return InvalidInput(problems=problems)
        account = await info.context.accounts.name(system)
        if account is None:
            words = Message("You have no account in the booking system of this campus.")
            return invalid("input", "facility", message=words)
        outcome: BookingOutcome = await office.book(account, wish, facility, info.context.campus.now())
        if outcome.booked is None:
            return outcome.refused or SlotTaken(facility=wish.facility, starts=wish.starts, ends=wish.ends)
        return Reserved(reference=outcome.booked.reference)

    async def find(_: str) -> Reserved | None:
        """No mark is left on a reservation: nobody needs the same time in the same facility twice."""
        account = await info.context.accounts.name(system)
        booked = await office.booked(account, wish) if account else None
        return Reserved(reference=booked.reference) if booked else None

    limit = info.context.campus.upstreams[system].change_limit
    return await once(info, "bookFacility", key, wish, portal.Attempt(system, Reserved, send, find, limit))


async def _reserved(info: Info, facility: FacilityKey, reference: str) -> Booking | None:
    account = await info.context.accounts.name(facility.system)
    return (
        await _of(info, AccountKey(facility.system, account), f"{reference}/{facility.facility}") if account else None
    )


async def _of(info: Info, owner: AccountKey, thing: str) -> Booking | None:
    """One of the person's own, as the system has it now; None where it is gone."""
    own = await info.context.facilities.bookings_by_account.load(owner)
    return next((each for each in own or () if each.id == thing), None)


def _wish(info: Info, input: BookingInput, facility: FacilityKey) -> BookingWish:
    """On the campus's clock, by which a moment without a zone is meant as well."""
    zone = info.context.campus.zones[info.context.campus.upstreams[facility.system].system.campus]
    starts, ends = (
        local(each, zone) if each.tzinfo else each.replace(tzinfo=zone) for each in (input.starts, input.ends)
    )
    return BookingWish(facility=facility, starts=starts, ends=ends, title=input.title.strip())


def _of_time(info: Info, wish: BookingWish) -> Iterator[Problem]:
    for name, moment in (("starts", wish.starts), ("ends", wish.ends)):
        if moment.second or moment.microsecond:
            yield Problem(path=["input", name], message=Message("Whole minutes only."))
    if wish.ends <= wish.starts:
        yield Problem(path=["input", "ends"], message=Message("It must end after it begins."))
    most = gz_campus.AHEAD
    if max(wish.starts, wish.ends) - info.context.campus.now() > most:
        words = Message("At most {most} days from today.", {"most": most // timedelta(days=1)})
        yield Problem(path=["input", "ends"], message=words)


def _of_title(title: str) -> Iterator[Problem]:
    if title and (said := blank_or_long(title, LONGEST_TITLE)):
        yield Problem(path=["input", "title"], message=said)
