"""Whose account is it? What each system calls the viewer: told by the token, or by another system that knows.

A system that knows people by a number of its own besides, is asked for that by the name that was found.

Three outcomes are told apart: no account there (None), not resolvable now (the UpstreamError of the system that
should have told), and two candidates (AccountConflict). Never matched by name, nor by an address that is reissued.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cachetools import TTLCache

from connectors import sis
from connectors.reads import AccountKey, Loads, settled
from connectors.wire import AccountConflict

from .viewer import Viewer

SECONDS_KEPT = 600
VIEWERS_KEPT = 50_000 * 6
"""Everybody at once, with an account in each system."""

ViewersSystem = tuple[str, str, str]
"""Issuer, subject, system."""


@dataclass(frozen=True, slots=True)
class ByClaim:
    """The token names the account."""

    claim: str


@dataclass(frozen=True, slots=True)
class ByLookUp:
    """Another student system has the account's name among the person's codes."""

    system: str
    identifier: str


Way = ByClaim | ByLookUp
Ways = Mapping[str, Sequence[Way]]
"""System id to the ways its account is found, in the order they are tried."""
OwnNumber = Callable[[str, str], Awaitable[str | None]]
"""System and the name found for it -> what the system itself calls this account; None where it has none."""


def claims_towards(ways: Ways, system: str, asking: frozenset[str] = frozenset()) -> frozenset[str]:
    """Claims of a token by which an account in the system may be found, there or by a look-up."""
    found: frozenset[str] = frozenset()
    for way in ways[system]:
        if isinstance(way, ByClaim):
            found |= {way.claim}
        elif way.system not in asking:
            found |= claims_towards(ways, way.system, asking | {system})
    return found


class KnownAccounts:
    """What was found lately. Keys begin with issuer and subject: one viewer's names never answer for another's."""

    def __init__(self) -> None:
        # In tuples of one, since that there is no account is known too.
        self.names: TTLCache[ViewersSystem, tuple[str | None]] = TTLCache(VIEWERS_KEPT, SECONDS_KEPT)
        self.identities: TTLCache[ViewersSystem, tuple[sis.Identity | None]] = TTLCache(VIEWERS_KEPT, SECONDS_KEPT)
        self._told_by: TTLCache[AccountKey, set[ViewersSystem]] = TTLCache(VIEWERS_KEPT, SECONDS_KEPT)
        """What was found in the file of a person, by the system's own id of the person."""

    def note(self, told_by: sis.Identity, keys: Iterable[ViewersSystem]) -> None:
        """What is found under these keys rests on that person's file."""
        person = AccountKey(told_by.system, told_by.wire_id)
        # Put back each time, so that it is there for as long as what was found last.
        self._told_by[person] = self._told_by.get(person, set()) | set(keys)

    def forget(self, person: AccountKey) -> None:
        """That person's file has changed: what was found in it is looked up anew."""
        for key in self._told_by.pop(person, ()):
            self.names.pop(key, None)
            self.identities.pop(key, None)


class Accounts:
    """The viewer's accounts, as one operation finds them."""

    def __init__(
        self,
        viewer: Viewer,
        ways: Ways,
        persons: Loads[AccountKey, sis.Person | None],
        own_number: OwnNumber,
        known: KnownAccounts,
    ) -> None:
        self._viewer = viewer
        self._ways = ways
        self._persons = persons
        self._own_number = own_number
        self._known = known

    async def name(self, system: str) -> str | None:
        """The viewer's account in a system; None where there is none."""
        key = (self._viewer.issuer, self._viewer.subject, system)
        if known := self._known.names.get(key):
            return known[0]
        name = await self._find(system, frozenset({system}))
        if name is not None:
            name = await self._own_number(system, name)
        self._known.names[key] = (name,)
        return name

    def found(self, system: str) -> str | None:
        """The viewer's account in a system, as far as somebody asked for it lately."""
        known = self._known.names.get((self._viewer.issuer, self._viewer.subject, system))
        return known[0] if known else None

    async def identity(self, system: str) -> sis.Identity | None:
        """Who the viewer is in a student system."""
        key = (self._viewer.issuer, self._viewer.subject, system)
        if known := self._known.identities.get(key):
            return known[0]
        number = await self.name(system)
        person = await self._persons.load(AccountKey(system, number)) if number else None
        identity = person.identity if person else None
        if identity:
            self._known.note(identity, [key])
        self._known.identities[key] = (identity,)
        return identity

    async def _find(self, system: str, asking: frozenset[str]) -> str | None:
        """The first way that leads somewhere. A way that fails is only an answer if no later one succeeds."""
        failure: Exception | None = None
        for way in self._ways[system]:
            (outcome,) = await settled([self._by(way, system, asking)])
            if isinstance(outcome, AccountConflict):
                raise outcome
            if isinstance(outcome, Exception):
                failure = failure or outcome
            elif outcome is not None:
                return outcome
        if failure:
            raise failure
        return None

    async def _by(self, way: Way, system: str, asking: frozenset[str]) -> str | None:
        if isinstance(way, ByClaim):
            return self._viewer.accounts.get(way.claim)
        if way.system in asking:  # two systems that name each other know nothing more the second time
            return None
        number = await self._find(way.system, asking | {way.system})
        person = await self._persons.load(AccountKey(way.system, number)) if number else None
        if person:
            self._known.note(person.identity, [(self._viewer.issuer, self._viewer.subject, each) for each in asking])
        codes = set(person.identity.codes.get(way.identifier, ())) if person else set()
        if len(codes) > 1:
            raise AccountConflict(system, f"{way.system} names {len(codes)} accounts")
        return next(iter(codes), None)
