"""What the suite has to be told of a protocol, to hold it against everything that any protocol must bear.

Nothing here has a default that would leave a question out: what a protocol does not have is a `Lacks`, with its reason.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from campus.contacts import ContactDetails, PostalAddress
from connectors.wire import UpstreamError
from sandbox.population import populate
from sandbox.university import CAMPUS_TIME, University

NOW = datetime(2026, 10, 28, 10, 0, tzinfo=CAMPUS_TIME)


@cache
def forty_students() -> University:
    """With the personas; quinn has more than a page of everything."""
    return populate(1, 40, NOW)


class Lacks(NamedTuple):
    """The protocol has no such thing."""

    why: str


AccountOf = Callable[[str], str]
"""The account of a persona in the system that is asked."""

Arguments = Callable[[Any, AccountOf], Awaitable[tuple[Any, ...]]]
"""What an endpoint is asked with, found by asking the wire module where it has to be looked up."""


async def nothing(_: Any, __: AccountOf) -> tuple[Any, ...]:
    return ()


def account_of(persona: str) -> Arguments:
    async def arguments(_: Any, of: AccountOf) -> tuple[Any, ...]:
        return (of(persona),)

    return arguments


NEW_HOME = ContactDetails(
    telephone="+852 6123 4567",
    address=PostalAddress(street="7 Hang Hau Road", city="Sai Kung", post_code=None, country="HK"),
)
"""Where a persona is to be reached from now on."""


def moved(persona: str) -> Arguments:
    async def arguments(_: Any, of: AccountOf) -> tuple[Any, ...]:
        return of(persona), NEW_HOME

    return arguments


class Held(NamedTuple):
    """What a simulated system holds, and what its endpoint was asked with."""

    db: sqlite3.Connection
    university: University
    asked: tuple[Any, ...]

    def column(self, query: str, *values: object) -> list[Any]:
        return [value for (value,) in self.db.execute(query, values)]


class Page(NamedTuple):
    size: str
    """The constant that says how many rows are asked for at once, by its dotted name."""
    rows: int
    """So many of them are a page in the test: fewer than there are rows, and a number that the system allows."""


class Absent(NamedTuple):
    """A key that nobody has, and what comes of it: an answer, or an error where the gateway never asks for one."""

    instead: Callable[..., tuple[Any, ...]]
    """From what the endpoint is asked with to what it has never heard of."""
    answer: object | type[UpstreamError]
    by_404: bool = False
    """Whether the system says so with a 404, which elsewhere means that it is not what it should be."""


def nobody(key: str) -> Callable[..., tuple[Any, ...]]:
    return lambda *_: (key,)


class Word(NamedTuple):
    """A vocabulary that may grow: a word is planted that we do not know."""

    plant: Callable[[bytes], bytes]
    """From a body as the simulator wrote it to one with the word everywhere; bodies without a place for it stay."""
    read: Callable[[Any], Iterable[tuple[Enum, object]]]
    """What the answer makes of it, and the label beside it."""
    label: object | Lacks
    """The word itself, as the record keeps it."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method of the wire module."""

    arguments: Arguments
    told: Callable[[Any], Iterable[Any]]
    """From the answer to what tells its rows apart; there are some."""
    held: Callable[[Held], Iterable[Any]] | Lacks
    """The same, in the order that the endpoint promises, from the simulator's own store."""
    page: Page | Lacks
    absent: Absent | Lacks
    words: Mapping[type[Enum], Word | Lacks]
    """By the enumeration that a word becomes; each with an OTHER that the answer can reach must be here."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A method of the wire module that changes something."""

    arguments: Arguments
    """Of a change that the system makes."""
    method: str
    at: Callable[..., str]
    """From the arguments to how its path begins; no other request has both that and the method."""
    refused: type[Any] | None = None
    """What a 404 becomes where it is the system's own no; else it is a bad response."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A protocol: the wire module, and the simulated system that it meets."""

    module: type[Any]
    simulator: ModuleType
    campus: str
    account: str | Lacks
    """The claim that names a person's account."""
    endpoints: Mapping[str, Endpoint | Lacks]
    """Every public method of the wire module that asks; the first one is asked where one is enough."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    """Every other one."""
    repeats: bool | Lacks
    """Whether a call whose connection was lost is made once more."""
    username: str | None = None
    """Where the system signs in by name and password; the simulator then has both as `name:secret`."""
    options: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    """What the configured address has behind the origin."""
    university: Callable[[], University] = forty_students
    remembers: float = 0.0
    """Seconds for which the module itself leaves alone what failed; an error then says how many of them are left."""
    counts: frozenset[str] = frozenset()
    """Members and headers that say how many rows there are."""
    whole: frozenset[str] = frozenset()
    """Lists of which each row matters, since they are read by name: members, or paths of answers."""
