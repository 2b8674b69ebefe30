"""Student records: what one operation asks together, and what all operations share."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from campus.location import Location
from connectors.reads import Index, one_call_each
from connectors.wire import Operation, UpstreamError

from .exams import Exams
from .oeapi import Oeapi
from .records import Term, TermKey
from .searchable import SearchableCatalogue, searchable

Ask = Callable[[str, Operation], Oeapi]
"""A system's id and who asks, to the system's protocol."""


class SisIndexes:
    """Terms and their catalogues, public, one for the whole process."""

    def __init__(self, ask: Ask, answering: Callable[[str], Sequence[str]], refresh: Callable[[str], float]) -> None:
        self._ask = ask
        self._answering = answering
        self.terms: Index[str, list[Term]] = Index("terms", self._terms, refresh)
        self.catalogue: Index[TermKey, SearchableCatalogue] = Index(
            "catalogue", self._catalogue, lambda key: refresh(key.system)
        )
        self.exams: Index[TermKey, Exams] = Index("exams", self._exams, lambda key: refresh(key.system))
        self.places: Index[str, Mapping[str, Location]] = Index("places", self._places, refresh)
        """Where a room is, by system and what the schedule prints for it."""

    async def keep_filled(self, now: Callable[[], datetime]) -> None:
        """Read the current and the next term of every system, for as long as the process runs."""
        for system in self._answering("places"):
            self.places.keep(system)
        await asyncio.gather(*(self._keep(system, now) for system in self._answering("catalogue")))

    async def _keep(self, system: str, now: Callable[[], datetime]) -> None:
        self.terms.keep(system)
        while True:
            terms = self.terms.peek(system)
            for term in terms or ():
                if _wanted(term, terms or (), now()):
                    self.catalogue.keep(term.key)
                    if system in self._answering("exams"):
                        self.exams.keep(term.key)
            await asyncio.sleep(0.2 if terms is None else 60)

    async def term(self, key: TermKey) -> Term | None:
        return next((term for term in await self.terms.get(key.system) if term.key == key), None)

    async def close(self) -> None:
        await self.terms.close()
        await self.catalogue.close()
        await self.exams.close()
        await self.places.close()

    async def _terms(self, system: str, operation: Operation) -> list[Term]:
        return await self._ask(system, operation).terms()

    async def _places(self, system: str, operation: Operation) -> Mapping[str, Location]:
        return await self._ask(system, operation).places()

    async def _exams(self, key: TermKey, operation: Operation) -> Exams:
        return await self._ask(key.system, operation).exams(await self._term(key))

    async def _catalogue(self, key: TermKey, operation: Operation) -> SearchableCatalogue:
        catalogue = await self._ask(key.system, operation).catalogue(await self._term(key))
        # In a thread of its own: nobody's request waits while a term's words are sorted.
        return await asyncio.to_thread(searchable, catalogue)

    async def _term(self, key: TermKey) -> Term:
        found = await self.term(key)
        if found is None:
            raise UpstreamError(key.system, f"no term {key.code}")
        return found


def _wanted(term: Term, terms: Sequence[Term], now: datetime) -> bool:
    """The current term, and the one that comes next."""
    upcoming = [each for each in terms if each.ends_at >= now]
    return term in sorted(upcoming, key=lambda each: each.starts_at)[:2]


class SisLoaders:
    """One operation's view of the student systems: each thing asked at most once per person.

    Keys name a person in one system: by number in `person_by_number`, by the system's own id in the others.
    The standard has no batch reads by person, so each is a call of its own, side by side.
    """

    def __init__(self, ask: Callable[[str], Oeapi]) -> None:
        self.person_by_number = one_call_each(ask, Oeapi.person)
        self.enrolments_by_person = one_call_each(ask, Oeapi.enrolments)
        self.seats_by_person = one_call_each(ask, Oeapi.seats)
        self.assessments_by_person = one_call_each(ask, Oeapi.assessments)
        self.programmes_by_person = one_call_each(ask, Oeapi.programmes)
        self.advisees_by_group = one_call_each(ask, Oeapi.advisees)
