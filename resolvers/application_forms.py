"""What is handed in at One Stop, held against its service: the form, its files, and the time it is wanted for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from strawberry.scalars import JSON

from campus.eligibility import Eligibility
from campus.labels import Message
from campus.problem import InvalidInput, Problem
from campus.record import Record
from campus.text import best
from campus.upload import FileRefused, Upload
from connectors import onestop
from connectors.gz_campus import Facility, FacilityKey, SlotTaken, SystemDay
from connectors.onestop import ApplicationWish, FileWish, Service, ServiceKey, ServiceSlot, SlotWish

from .changes import invalid
from .context import Info
from .eligibility import eligible
from .facilities import facility_by_key
from .nodes import id_in
from .onestop import service_by_key

LONGEST = timedelta(days=7)
"""That a slot may last: each of its days is a call to the booking system."""

FORM = ("input", "form")


@dataclass
class ApplicationFileInput:
    """A file that an application comes with."""

    id: str
    content: Upload


class NotEligible(Record, frozen=True):
    eligibility: Eligibility


class Wanted(NamedTuple):
    """What is to be handed in: nothing stands against it, as far as is known before."""

    account: str
    wish: ApplicationWish


async def wanted_of(
    info: Info, key: ServiceKey, form: JSON, files: Sequence[ApplicationFileInput]
) -> Wanted | NotEligible | SlotTaken | InvalidInput:
    """Raises UpstreamError where a system does not say what must be known."""
    service = await service_of(info, key)
    if isinstance(service, InvalidInput):
        return service
    account = await info.context.accounts.name(key.system)
    if account is None:
        return invalid("input", "service", message=Message("You have no account at the One Stop of this campus."))
    may = await eligible(service, info)
    if may is not None and not may.eligible:
        return NotEligible(eligibility=may)
    filled = wish_of(info, service, form, files)
    if isinstance(filled, InvalidInput):
        return filled
    wish = await looked_up(info, filled)
    return wish if isinstance(wish, SlotTaken) else Wanted(account, wish)


def service_key(info: Info, id: str, *path: str) -> ServiceKey | InvalidInput:
    """The key in this id; `path` is where the id stands in the input."""
    wanted, _ = id_in(info, id)
    if wanted.type != "Service" or wanted.system not in info.context.campus.answering("apply"):
        return invalid(*path, message=Message("This is no id of a service that can be applied for."))
    return ServiceKey(wanted.system, *wanted.key)


async def service_of(info: Info, key: ServiceKey) -> Service | InvalidInput:
    found = await service_by_key(info, key)
    return found or invalid("input", "service", message=Message("This service is not there any longer."))


def wish_of(
    info: Info, service: Service, form: JSON, files: Sequence[ApplicationFileInput], *, anew: bool = False
) -> ApplicationWish | InvalidInput:
    """What is handed in, if nothing is wrong with it; `anew` where files that were there before need not come again.

    Raises UpstreamError where the service's form is none.
    """
    filled: Any = form
    found = [*onestop.check_form(service, filled, FORM), *_of_files(info, service, files, anew=anew)]
    if found:
        return InvalidInput(problems=found)
    slot = None
    if service.slot:
        starts, ends = (datetime.fromisoformat(filled[name]) for name in (service.slot.starts, service.slot.ends))
        slot = SlotWish(starts, ends)
        if found := [*_of_slot(info, service.slot, slot)]:
            return InvalidInput(problems=found)
    wanted = {each.id: each for each in service.files}
    wishes = [FileWish(each.id, wanted[each.id].types, wanted[each.id].maximum_size, each.content) for each in files]
    wishes.sort(key=lambda wish: wish.upload.place)
    return ApplicationWish(service, filled, wishes, slot)


def refused_file(files: Sequence[ApplicationFileInput], refused: FileRefused) -> InvalidInput:
    place = next(place for place, each in enumerate(files) if each.content is refused.upload)
    return invalid("files", place, "content", message=refused.message)


async def looked_up(info: Info, wish: ApplicationWish) -> ApplicationWish | SlotTaken:
    """A wish held against the booking system of the campus, where that has what is wanted for a time.

    What is agreed to is booked there (connectors/onestop/README.md). Raises UpstreamError where it does not say.
    """
    place = await _facility_of(info, wish.service)
    if wish.slot is None or place is None:
        return wish
    if await _booked_otherwise(info, place, wish.slot):
        return SlotTaken(facility=place.key, starts=wish.slot.starts, ends=wish.slot.ends)
    return wish._replace(slot=wish.slot._replace(booked=True))


async def slot_lost(info: Info, wish: ApplicationWish) -> SlotTaken | None:
    """What is told where somebody else has asked before."""
    place = await _facility_of(info, wish.service)
    return wish.slot and SlotTaken(facility=place.key if place else None, starts=wish.slot.starts, ends=wish.slot.ends)


async def _booked_otherwise(info: Info, facility: Facility, slot: SlotWish) -> bool:
    zone = info.context.campus.zones[facility.campus]
    first, last = (moment.astimezone(zone).date() for moment in (slot.starts, slot.ends))
    for day in range((last - first).days + 1):
        key = SystemDay(facility.key.system, first + timedelta(days=day))
        taken = (await info.context.facilities.taken_by_day.load(key)).get(facility.key.facility, ())
        if sum(each.start < slot.ends and each.end > slot.starts for each in taken) >= facility.at_once:
            return True
    return False


async def _facility_of(info: Info, service: Service) -> Facility | None:
    """What the campus's booking system knows of the place that a service gives for a time; None for nothing."""
    systems = info.context.campus.answering("facilities", service.campus)
    if not systems or service.slot is None or service.slot.facility is None:
        return None
    return await facility_by_key(info, FacilityKey(systems[0], service.slot.facility))


def _of_files(info: Info, service: Service, files: Sequence[ApplicationFileInput], *, anew: bool) -> Iterator[Problem]:
    wanted, seen = {each.id: each for each in service.files}, set[str]()
    for place, file in enumerate(files):
        if file.id not in wanted:
            words = Message("No such file is taken; there are: {known}.", {"known": ", ".join(wanted)})
            yield Problem(path=["files", str(place), "id"], message=words)
        elif file.id in seen:
            yield Problem(path=["files", str(place), "id"], message=Message("No entry may be there twice."))
        seen.add(file.id)
    for each in service.files:
        if each.required and each.id not in seen and not anew:
            name = best(each.name, info.context.languages)
            yield Problem(path=["files"], message=Message("This file is missing: {name}.", {"name": name}))


def _of_slot(info: Info, named: ServiceSlot, slot: SlotWish) -> Iterator[Problem]:
    if slot.starts < info.context.campus.now():
        yield Problem(path=[*FORM, named.starts], message=Message("This is over already."))
    if slot.ends <= slot.starts:
        yield Problem(path=[*FORM, named.ends], message=Message("It must end after it begins."))
    elif slot.ends - slot.starts > LONGEST:
        words = Message("At most {days} days.", {"days": LONGEST // timedelta(days=1)})
        yield Problem(path=[*FORM, named.ends], message=words)
