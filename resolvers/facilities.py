"""What can be booked, when it is free, and what the viewer has booked."""

from collections.abc import Sequence
from datetime import date

from strawberry import Parent

from connectors import gz_campus
from connectors.gz_campus import Booking, Facility, FacilityKey, Slot, SlotTaken, SystemDay

from .context import Info
from .merged import Merged, merged, of_accounts
from .people import Me
from .refusals import BadUserInput

FARTHEST = 366
"""Days from today, before and after, of which one may ask what is taken."""


async def facilities(
    info: Info, campus: str | None = None, kind: str | None = None, search: str | None = None
) -> Merged[Facility] | None:
    """In the order of each system. A campus without a booking system has none: None."""
    if campus not in (None, *info.context.campus.names):
        known = ", ".join(sorted(info.context.campus.names))
        raise BadUserInput("No campus {campus!r}; there are {known}.", campus=campus, known=known)
    words = (search or "").casefold().split()

    async def of(system: str) -> Sequence[Facility]:
        everything = await info.context.collection(info.context.indexes.facilities.facilities, system)
        return [each for each in everything.values() if kind in (None, each.kind) and _has(each, words)]

    return await merged(info, {system: of(system) for system in info.context.campus.answering("facilities", campus)})


def _has(facility: Facility, words: Sequence[str]) -> bool:
    if not words:
        return True
    place = facility.location
    told = [*facility.name.values(), *(place.building or {}).values(), place.room, facility.kind]
    text = "\n".join(filter(None, told)).casefold()
    return all(word in text for word in words)


async def facility_by_key(info: Info, key: FacilityKey) -> Facility | None:
    everything = await info.context.collection(info.context.indexes.facilities.facilities, key.system)
    return everything.get(key.facility)


async def facility_of_booking(booking: Parent[Booking], info: Info) -> Facility | None:
    """None where it is hidden by now."""
    return await facility_by_key(info, booking.facility)


async def facility_of_slot(slot: Parent[SlotTaken], info: Info) -> Facility | None:
    """None where it is hidden by now, or the booking system never knew it."""
    return await facility_by_key(info, slot.facility) if slot.facility else None


async def availability(facility: Parent[Facility], info: Info, day: date | None = None) -> list[Slot]:
    """Its day, in order of time. One call tells what is taken of all facilities of its system."""
    zone = info.context.campus.zones[facility.campus]
    today = info.context.campus.now().astimezone(zone).date()
    wanted = day or today
    if abs((wanted - today).days) > FARTHEST:
        raise BadUserInput("{day} is more than {most} days from today.", day=wanted, most=FARTHEST)
    taken = await info.context.facilities.taken_by_day.load(SystemDay(facility.key.system, wanted))
    return gz_campus.slots(facility, wanted, taken.get(facility.key.facility, ()), zone)


async def bookings(me: Parent[Me], info: Info, past: bool = False) -> Merged[Booking] | None:
    """The next one first; with `past` those of the last days that are over come before."""
    loader = info.context.facilities.bookings_by_account
    found = await of_accounts(info, "bookings", loader, key=lambda booking: (booking.starts, booking.id))
    if found is None:
        return None
    now = info.context.campus.now()
    return Merged(nodes=[each for each in found.nodes if past or each.ends > now], unavailable=found.unavailable)
