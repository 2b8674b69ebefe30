"""What a resolver may reach while answering one operation."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError

from campus.grades import Scale
from campus.text import Text
from connectors import gz_campus, library, onestop, sis
from connectors.reads import Index, system_of
from connectors.wire import Line, Operation, Upstream

from .accounts import Accounts, KnownAccounts, Ways
from .viewer import Viewer

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PROTOCOLS: Mapping[str, Mapping[str, Any]] = {
    "sis": sis.PROTOCOLS,
    "library": library.PROTOCOLS,
    "onestop": onestop.PROTOCOLS,
    "gz_campus": gz_campus.PROTOCOLS,
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
    ways: Ways
    now: Callable[[], datetime]

    def ask(self, system: str, operation: Operation) -> Any:
        """A system's wire module, bound to the operation that asks."""
        upstream = self.upstreams[system]
        protocol = PROTOCOLS[upstream.system.kind][upstream.system.protocol]
        return protocol(Line(upstream, operation), self.zones[upstream.system.campus])

    def answering(self, endpoint: str, campus: str | None = None) -> list[str]:
        """Ids of the systems whose wire module has this endpoint, at one campus or at all."""
        return [
            upstream.system.id
            for upstream in self.upstreams.values()
            if hasattr(PROTOCOLS[upstream.system.kind][upstream.system.protocol], endpoint)
            and campus in (None, upstream.system.campus)
        ]


@dataclass(frozen=True, slots=True)
class Indexes:
    """Public collections, shared by everybody."""

    sis: sis.SisIndexes
    onestop: onestop.OneStopIndexes
    shuttle: gz_campus.ShuttleIndexes


class RequestContext:
    """One operation: who asks, what it may spend, and loaders of its own so that nothing reaches the next viewer."""

    def __init__(
        self, campus: Campus, indexes: Indexes, known: KnownAccounts, viewer: Viewer, correlation_id: str
    ) -> None:
        self.campus = campus
        self.indexes = indexes
        self.viewer = viewer
        self.languages = (viewer.locale,)
        self.late_errors: list[GraphQLError] = []
        """Errors beside a value that stands: lists that came in part."""
        self._operation = Operation(correlation_id)
        self.sis = sis.SisLoaders(self._ask)
        self.library = library.LibraryLoaders(self._ask)
        self.onestop = onestop.OneStopLoaders(self._ask, self._ask)
        self.shuttle = gz_campus.ShuttleLoaders(self._ask)
        self.accounts = Accounts(viewer, campus.ways, self.sis.person_by_number, known)

    @property
    def calls(self) -> Counter[str]:
        """Upstream calls so far, by system."""
        return self._operation.calls

    async def collection(self, index: Index[Key, Value], key: Key) -> Value:
        """A public collection; waiting for its first fill is time spent on its system like any other."""
        found = index.peek(key)
        if found is not None:
            return found
        system = system_of(key)
        return await index.get(key, self._operation.seconds_left(system, self.campus.upstreams[system].timeout))

    def _ask(self, system: str) -> Any:
        return self.campus.ask(system, self._operation)


Info = strawberry.Info[RequestContext, None]
