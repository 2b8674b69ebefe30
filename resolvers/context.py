"""What a resolver may reach while answering one operation."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property, partial
from typing import Any, TypeVar, cast, get_type_hints

import strawberry
from graphql import GraphQLError
from graphql.pyutils import Path

from campus.contacts import ContactPart
from campus.grades import Scale
from campus.location import Location
from campus.text import Text
from connectors import gz_campus, library, onestop, portal, rates, sis
from connectors.gz_campus import CampusLifeLoaders, FacilityLoaders, ShuttleLoaders
from connectors.library import CatalogueLoaders, LibraryLoaders
from connectors.onestop import OneStopLoaders
from connectors.portal import PortalLoaders
from connectors.reads import (
    AccountKey,
    Caches,
    Index,
    Joining,
    Reading,
    Watching,
    kept_for_everybody,
    lasting,
    system_of,
)
from connectors.sis import SisLoaders
from connectors.wire import Line, Operation, System, Upstream
from execution.answering import ANSWERING

from .accounts import Accounts, KnownAccounts, Ways
from .viewer import Viewer

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "sis": sis.PROTOCOLS,
    "library": library.PROTOCOLS,
    "onestop": onestop.PROTOCOLS,
    "gz_campus": gz_campus.PROTOCOLS,
    "rates": rates.PROTOCOLS,
}
"""Kind of system -> protocol -> wire module."""


@dataclass(frozen=True, slots=True)
class Campus:
    """Every system, open for the life of the process."""

    upstreams: Mapping[str, Upstream]
    names: Mapping[str, Text]
    """Campuses by code."""
    zones: Mapping[str, tzinfo]
    """By campus code."""
    scales: Mapping[str, Scale]
    """What grades are worth, by campus code."""
    libraries: Mapping[tuple[str, str], Location]
    """Where branches stand, by campus code and the name under which their catalogue has them."""
    ways: Ways
    now: Callable[[], datetime]
    store: portal.Store
    """What the gateway keeps itself."""
    once: portal.Once
    """Changes that carry a key."""
    widgets: frozenset[str]
    """Names of those that can be placed on a dashboard."""
    _answering: dict[str, list[System]] = field(default_factory=dict, init=False)
    """By endpoint."""

    def ask(self, system: str, operation: Operation) -> Any:
        """A system's wire module, bound to the operation that asks."""
        upstream = self.upstreams[system]
        protocol = PROTOCOLS[upstream.system.kind][upstream.system.protocol]
        return protocol(Line(upstream, operation), self.zones[upstream.system.campus])

    def contact_parts(self, system: str) -> frozenset[ContactPart]:
        """Which parts of how a person is reached the system can be told."""
        of = self.upstreams[system].system
        if system not in self.answering("write_contacts"):
            return frozenset()
        parts: frozenset[ContactPart] = PROTOCOLS[of.kind][of.protocol].contact_parts
        return parts

    def answering(self, endpoint: str, campus: str | None = None) -> list[str]:
        """Ids of the systems whose wire module has this endpoint, at one campus or at all."""
        known = self._answering.get(endpoint)
        if known is None:
            known = self._answering[endpoint] = [
                system
                for system in (upstream.system for upstream in self.upstreams.values())
                if hasattr(PROTOCOLS[system.kind][system.protocol], endpoint)
                and (not system.parts or endpoint in system.parts)
            ]
        return [system.id for system in known if campus in (None, system.campus)]


@dataclass(frozen=True, slots=True)
class Followed:
    """What persons follow of their own: shared by the connections of each, and by nobody else."""

    sis: sis.SisFollowed
    onestop: onestop.OneStopFollowed
    portal: portal.PortalFollowed


@dataclass(frozen=True, slots=True)
class Indexes:
    """Public collections, shared by everybody."""

    sis: sis.SisIndexes
    library: library.LibraryIndexes
    onestop: onestop.OneStopIndexes
    shuttle: gz_campus.ShuttleIndexes
    facilities: gz_campus.FacilityIndexes
    rates: rates.RatesIndexes
    notices: gz_campus.NoticeIndexes


@dataclass(frozen=True, slots=True)
class Shared:
    """What all operations of a process share."""

    indexes: Indexes
    followed: Followed
    known: KnownAccounts
    joining: Joining
    """What is asked of systems at the moment."""
    caches: Caches


LOADERS = (
    SisLoaders,
    LibraryLoaders,
    CatalogueLoaders,
    OneStopLoaders,
    ShuttleLoaders,
    CampusLifeLoaders,
    FacilityLoaders,
)
"""Whose answers are kept where they say so."""

PUBLIC_RECORDS = frozenset[type]().union(
    *map(kept_for_everybody, get_type_hints(Indexes).values()),
    *(records for each in LOADERS for declared, records in lasting(each) if not declared.audience.personal),
)
"""What lies in indexes, and in caches for everybody."""

ACCOUNT_RECORDS = frozenset[type]().union(
    *(records for each in LOADERS for declared, records in lasting(each) if declared.audience.personal)
)
"""What lies in caches under somebody's account."""


class RequestContext:
    """One operation: who asks, what it may spend, and what it has read. Nothing that it holds holds it, so that what is
    somebody's is gone from memory with the answer."""

    def __init__(self, campus: Campus, shared: Shared, viewer: Viewer, operation: Operation) -> None:
        self.campus = campus
        self.indexes = shared.indexes
        self.followed = shared.followed
        self.viewer = viewer
        self.languages = viewer.languages
        self.late_errors: list[GraphQLError] = []
        """Errors beside a value that stands: lists that came in part."""
        self.reading = Reading(through=shared.caches.on, places=ANSWERING.get)
        """How it reads, and how old what it was told is."""
        self._operation = operation
        self._known = shared.known
        self._joining = shared.joining
        self._caches = shared.caches

    # What it reads with is made when somebody reads: most operations want little of it, and each subscription keeps its
    # own. Joined with those of other operations are calls of all but the portal's.

    @cached_property
    def sis(self) -> SisLoaders:
        return SisLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def library(self) -> LibraryLoaders:
        return LibraryLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def catalogue(self) -> CatalogueLoaders:
        return CatalogueLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def onestop(self) -> OneStopLoaders:
        return OneStopLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def shuttle(self) -> ShuttleLoaders:
        return ShuttleLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def portal(self) -> PortalLoaders:
        return PortalLoaders(self.campus.store, self._operation.calls)

    @cached_property
    def campus_life(self) -> CampusLifeLoaders:
        return CampusLifeLoaders(self._joining, self._operation, self.reading)

    @cached_property
    def facilities(self) -> FacilityLoaders:
        return FacilityLoaders(self._joining, self._operation, self.campus.now, self.reading)

    @cached_property
    def accounts(self) -> Accounts:
        by_number = self.sis.person_by_number
        return Accounts(
            self.viewer, self.campus.ways, by_number, partial(_own_number, self.campus, self.library), self._known
        )

    def changed(self, system: str) -> None:
        """Something was changed there: what this operation reads from now on, and what is followed, is read anew."""
        if account := self.accounts.found(system):
            self.followed.onestop.changed(AccountKey(system, account))
        self._operation.forget(system)
        self._caches.outdate(system)
        for name in READ_WITH:
            self.__dict__.pop(name, None)

    def end(self) -> None:
        """The operation has its answer, or its asker has left."""
        self._operation.end()

    def apart(self, system: str) -> Any:
        """A system's wire module for a change: it has its own time, and goes on when this operation is over."""
        watch = Watching(self._caches, self.accounts.found, self._change_seconds)
        return self.campus.ask(system, self._operation.apart(watch))

    @property
    def seconds(self) -> float | None:
        """What the operation may take where that is longer than usual."""
        return self._operation.seconds

    @property
    def calls(self) -> Counter[str]:
        """Upstream calls so far by system, and statements to the portal's own store."""
        return self._operation.calls

    @property
    def joined(self) -> Counter[str]:
        """What was told so far by calls that are counted for other operations, by system."""
        return self._operation.joined

    async def collection(self, index: Index[Key, Value], key: Key) -> Value:
        """A public collection; waiting for its first fill is time spent on its system like any other."""
        found = index.peek(key)
        if found is not None:
            return found
        system = system_of(key)
        return await index.get(key, self._operation.seconds_left(system, self.campus.upstreams[system].timeout))

    def _change_seconds(self, system: str) -> tuple[float, float]:
        upstream = self.campus.upstreams[system]
        return self._operation.seconds or upstream.timeout, upstream.change_limit


async def _own_number(campus: Campus, library: LibraryLoaders, system: str, name: str) -> str | None:
    """What a system calls the account of this name: the same, unless it can be asked for a patron."""
    if system not in campus.answering("patron"):
        return name
    return await library.reader_by_name.load(AccountKey(system, name))


READ_WITH = [name for name, each in vars(RequestContext).items() if isinstance(each, cached_property)]
"""What is made anew after a change."""

Info = strawberry.Info[RequestContext, None]


class FieldInfo(strawberry.Info[RequestContext, None]):
    """Whoever reaches for the context is answering this field: what is asked through it belongs to its place."""

    @property
    def context(self) -> RequestContext:
        # The path and nothing else of the operation: what is begun meanwhile may outlive it, and keeps what is set.
        ANSWERING.set(partial(_place, self._raw_info.path))
        return cast("RequestContext", self._raw_info.context)


def _place(path: Path) -> list[tuple[str | int, ...]]:
    return [tuple(path.as_list())]
