"""What systems tell of themselves, and what becomes of it: what was read before is read anew.

An event says that something has changed, never what it is now: that is asked of the system, as for a query.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from connectors.reads import AccountKey, Hub
from connectors.sis import SisLoaders, TermKey

from .context import Campus, Shared

_NAME = "events"

_log = logging.getLogger("gateway.events")


class Event(NamedTuple):
    system: str
    type: str
    subject: str
    """What it is about, in the system's own words; empty where it is about the system as a whole."""


@dataclass(frozen=True, slots=True)
class EventType:
    endpoint: str
    """A system may send it if its wire module has this endpoint."""
    subject: str
    """What its subject is; empty where it needs none."""
    take: Callable[[Shared, Event], None]


EVENT_TYPES: Mapping[str, EventType] = {
    "campus.application.changed": EventType(
        "applications",
        "applicant's account",
        lambda shared, event: _account_changed(shared, event, shared.followed.onestop.application_changed),
    ),
    "campus.ticket.changed": EventType(
        "tickets",
        "requestor's address",
        lambda shared, event: _account_changed(shared, event, shared.followed.onestop.ticket_changed),
    ),
    "campus.grade.released": EventType(
        "enrolments",
        "the system's own id of the student",
        lambda shared, event: _account_changed(shared, event, shared.followed.sis.grade_released),
    ),
    "campus.service.changed": EventType(
        "services", "", lambda shared, event: shared.indexes.onestop.services.renew(event.system)
    ),
    "campus.announcement.changed": EventType(
        "notices", "", lambda shared, event: shared.indexes.notices.feeds.renew(event.system)
    ),
    "campus.facility.changed": EventType(
        "facilities", "", lambda shared, event: _facility_changed(shared, event.system)
    ),
    "campus.term.changed": EventType(
        "catalogue",
        "code of the term",
        lambda shared, event: shared.indexes.sis.catalogue.renew(TermKey(event.system, event.subject)),
    ),
    "campus.person.changed": EventType(
        "person",
        "the system's own id of the person",
        lambda shared, event: _person_changed(shared, AccountKey(event.system, event.subject)),
    ),
}
"""By `type` of the CloudEvent."""


def _account_changed(shared: Shared, event: Event, tell: Callable[[str, str], None]) -> None:
    shared.caches.forget(event.system, event.subject)
    tell(event.system, event.subject)


def _facility_changed(shared: Shared, system: str) -> None:
    shared.caches.forget(system)
    shared.indexes.facilities.facilities.renew(system)


def _person_changed(shared: Shared, person: AccountKey) -> None:
    """What a person is called elsewhere is looked up anew, in a file that is kept by the person's number."""
    shared.known.forget(person)
    shared.caches.forget(*person)
    file = SisLoaders.person_by_number.name
    shared.caches.forget_where(file, person.system, lambda found: found and found.identity.wire_id == person.account)


class Events:
    """Takes what systems tell, on every process."""

    def __init__(self, campus: Campus, shared: Shared, hub: Hub) -> None:
        self._campus = campus
        self._shared = shared
        self._hub = hub
        hub.hear(_NAME, self._heard)

    def type_of(self, event: Event) -> EventType | None:
        """None where this system may not send such an event, or nobody knows what it would mean."""
        known = EVENT_TYPES.get(event.type)
        return known if known and event.system in self._campus.answering(known.endpoint) else None

    def take(self, event: Event) -> None:
        """Here and on the other processes. What no type is known of is passed over."""
        self._apply(event)
        self._hub.send(_NAME, msgspec.json.encode(event))

    def _heard(self, message: bytes) -> None:
        self._apply(msgspec.json.decode(message, type=Event))

    def _apply(self, event: Event) -> None:
        if known := self.type_of(event):
            self._shared.caches.outdate(event.system)
            known.take(self._shared, event)
