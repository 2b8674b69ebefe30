"""Anything by its global id, under the same rules as where it is found otherwise."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from campus.announcement import AnnouncementKey
from campus.ids import GlobalId, global_id
from connectors.gz_campus import FacilityKey, StopKey
from connectors.library import LoanKey
from connectors.onestop import ServiceKey
from connectors.reads import AccountKey
from connectors.sis import CourseKey, SectionKey, TermKey

from .access import check_owner, check_scope
from .announcements import announcement_by_key
from .catalogue import edition_by_id
from .context import Info, RequestContext
from .courses import course_by_key, section_by_key, term_by_key
from .facilities import facility_by_key
from .notifications import notification_by_key
from .onestop import service_by_key
from .people import student
from .refusals import BadUserInput
from .shuttle import stop_by_key


@dataclass(frozen=True, slots=True)
class NodeKind:
    """How the ids of one type are made, and what they lead to."""

    key: Callable[[Any], tuple[str, ...]]
    """Of a record: the system, then the system's own words for the thing."""
    load: Callable[[Info, GlobalId], Awaitable[Any]]
    parts: int = 1
    """How many words follow the system."""
    endpoint: str = ""
    """What a system must be able to answer for an id of this kind to be one; empty where `load` knows."""
    requires: str = ""
    """Scope, where the thing is a person's."""


def _owned(endpoint: str, requires: str, find: Callable[[RequestContext, AccountKey, str], Awaitable[Any]]) -> NodeKind:
    """A kind whose things are their owner's; the owner's account is the first word of the key."""

    async def load(info: Info, wanted: GlobalId) -> Any:
        owner, thing = wanted.key
        await check_owner(info, wanted.system, owner)
        return await find(info.context, AccountKey(wanted.system, owner), thing)

    return NodeKind(lambda record: (record.system, record.owner, record.id), load, 2, endpoint, requires)


def _listed(endpoint: str, requires: str, load: Callable[[RequestContext, AccountKey], Awaitable[Any]]) -> NodeKind:
    """One whose things are found in the list of all that is their owner's."""

    async def find(context: RequestContext, owner: AccountKey, thing: str) -> Any:
        found: Iterable[Any] | None = await load(context, owner)
        return next((each for each in found or () if each.id == thing), None)

    return _owned(endpoint, requires, find)


def _section_key(wanted: GlobalId) -> SectionKey:
    term, number = wanted.key
    if not number.isdecimal():
        raise BadUserInput("This is no id of the graph.")
    return SectionKey(wanted.system, term, int(number))


async def _student(info: Info, wanted: GlobalId) -> Any:
    campus = info.context.campus.upstreams[wanted.system].system.campus
    return await student(campus, wanted.key[0], info)


NODES: Mapping[str, NodeKind] = {
    "Term": NodeKind(
        lambda term: (term.key.system, term.code),
        lambda info, wanted: term_by_key(info, TermKey(wanted.system, *wanted.key)),
        endpoint="catalogue",
    ),
    "Course": NodeKind(
        lambda course: (course.key.system, course.key.term, course.code),
        lambda info, wanted: course_by_key(info, CourseKey(wanted.system, *wanted.key)),
        parts=2,
        endpoint="catalogue",
    ),
    "Section": NodeKind(
        lambda section: (section.key.system, section.key.term, str(section.class_number)),
        lambda info, wanted: section_by_key(info, _section_key(wanted)),
        parts=2,
        endpoint="catalogue",
    ),
    "Edition": NodeKind(lambda edition: edition.key, edition_by_id),
    "Service": NodeKind(
        lambda service: tuple(service.key),
        lambda info, wanted: service_by_key(info, ServiceKey(wanted.system, *wanted.key)),
        endpoint="services",
    ),
    "ShuttleStop": NodeKind(
        lambda stop: tuple(stop.key),
        lambda info, wanted: stop_by_key(info, StopKey(wanted.system, *wanted.key)),
        endpoint="timetable",
    ),
    "Facility": NodeKind(
        lambda facility: tuple(facility.key),
        lambda info, wanted: facility_by_key(info, FacilityKey(wanted.system, *wanted.key)),
        endpoint="facilities",
    ),
    "Announcement": NodeKind(
        lambda announcement: tuple(announcement.key),
        lambda info, wanted: announcement_by_key(info, AnnouncementKey(wanted.system, *wanted.key)),
        endpoint="notices",
    ),
    "Notification": NodeKind(
        lambda each: (each.key.system, each.person, each.key.entry),
        lambda info, wanted: notification_by_key(info, wanted.key[0], AnnouncementKey(wanted.system, wanted.key[1])),
        parts=2,
        requires="notifications:read",
    ),
    "Student": NodeKind(
        lambda student: (student.person.identity.system, student.number),
        _student,
        endpoint="person",
        requires="students:read",
    ),
    "Enrolment": _listed(
        "enrolments", "enrolment:read", lambda context, key: context.sis.enrolments_by_person.load(key)
    ),
    "Loan": _owned("loans", "library:read", lambda context, owner, id: context.library.loan(LoanKey(*owner, id))),
    "Hold": _listed("holds", "library:read", lambda context, key: context.library.holds_by_account.load(key)),
    "Fine": _listed("fines", "library:read", lambda context, key: context.library.fines_by_account.load(key)),
    "Application": _listed(
        "applications", "services:read", lambda context, key: context.onestop.applications_by_account.load(key)
    ),
    "Housing": _listed(
        "housing", "housing:read", lambda context, key: context.campus_life.housing_by_account.load(key)
    ),
    "Booking": _listed(
        "bookings", "bookings:read", lambda context, key: context.facilities.bookings_by_account.load(key)
    ),
    "Ticket": _listed("tickets", "tickets:read", lambda context, key: context.onestop.tickets_by_account.load(key)),
}
"""By GraphQL type. A type that is a Node stands here."""


def id_of(type_name: str, record: Any) -> str:
    system, *key = NODES[type_name].key(record)
    return GlobalId(type_name, system, tuple(key)).encoded()


def id_in(info: Info, id: str) -> tuple[GlobalId, NodeKind]:
    """What an id says. Raises BadUserInput for what never was one here."""
    wanted = global_id(id)
    kind = NODES.get(wanted.type) if wanted else None
    if wanted is None or kind is None or len(wanted.key) != kind.parts:
        raise BadUserInput("This is no id of the graph.")
    if kind.endpoint and wanted.system not in info.context.campus.answering(kind.endpoint):
        raise BadUserInput("This is no id of the graph.")
    return wanted, kind


def section_key(info: Info, id: str) -> SectionKey:
    """The section of this id. Raises BadUserInput for the id of anything else."""
    wanted, _ = id_in(info, id)
    if wanted.type != "Section":
        raise BadUserInput("This is no id of a section.")
    return _section_key(wanted)


async def node(info: Info, id: strawberry.ID) -> Any:
    """The thing of this id; None where it is gone. Raises BadUserInput for what never was an id here."""
    wanted, kind = id_in(info, id)
    if kind.requires:
        check_scope(info.context.viewer, kind.requires)
    return await kind.load(info, wanted)
