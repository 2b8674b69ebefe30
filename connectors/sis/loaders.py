"""Student records: what is asked of each person, and what is read for everybody."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from campus.location import Location
from connectors.reads import HOUR, AccountKey, Audience, Hub, Index, Joined, Lifetime, Live, Loaders, one_call_each
from connectors.wire import Operation, UpstreamError

from .exams import Exams
from .oeapi import Oeapi
from .person_records import Advisee, Person
from .records import CourseKey, Section, SectionKey, Term, TermCatalogue, TermKey
from .searchable import SearchableCatalogue, searchable
from .study_records import Assessment, Enrolment, ProgrammeEnrolment, Seat

Value = TypeVar("Value")

Ask = Callable[[str, Operation], Oeapi]
"""A system's id and who asks, to the system's protocol."""


class SisIndexes:
    """Terms and their catalogues, public, one for the whole process."""

    terms: Index[str, list[Term]]
    catalogue: Index[TermKey, SearchableCatalogue]
    exams: Index[TermKey, Exams]
    places: Index[str, Mapping[str, Location]]
    """Where a room is, by system and what the schedule prints for it."""
    seats: Live[SectionKey, Section]
    """Sections whose seats have changed: told when a catalogue is renewed, and by whoever learns of it sooner."""

    def __init__(
        self, ask: Ask, answering: Callable[[str], Sequence[str]], refresh: Callable[[str], float], hub: Hub
    ) -> None:
        self._ask = ask
        self._answering = answering
        self.terms = Index("terms", self._terms, refresh)
        self.catalogue = Index("catalogue", self._catalogue, lambda key: refresh(key.system), renewed=self._tell_seats)
        self.seats = Live("seats", hub, tuple[SectionKey, Section], key=lambda section: section.key)
        self.exams = Index("exams", self._exams, lambda key: refresh(key.system))
        self.places = Index("places", self._places, refresh)

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

    def _tell_seats(self, key: TermKey, before: TermCatalogue | None, now: TermCatalogue) -> None:
        for followed in [each for each in self.seats.topics if (each.system, each.term) == key]:
            section = now.section_by_number.get(followed.class_number)
            known = before.section_by_number.get(followed.class_number) if before else None
            if section and not (known and section.seats == known.seats):
                self.seats.tell(followed, section)

    async def _term(self, key: TermKey) -> Term:
        found = await self.term(key)
        if found is None:
            raise UpstreamError(key.system, f"no term {key.code}")
        return found


def _wanted(term: Term, terms: Sequence[Term], now: datetime) -> bool:
    """The current term, and the one that comes next."""
    upcoming = [each for each in terms if each.ends_at >= now]
    return term in sorted(upcoming, key=lambda each: each.starts_at)[:2]


LASTS = Lifetime(fresh=5, stale_if_error=3 * HOUR)
"""Student records close for two hours a day during add/drop."""


def _of_person(endpoint: Callable[[Oeapi, str], Awaitable[Value]]) -> Joined[AccountKey, Value]:
    return one_call_each(endpoint, audience=Audience.PERSONAL, lifetime=LASTS)


class SisLoaders(Loaders):
    """Keys name a person in one system: by number in `person_by_number`, by the system's own id in the others.

    The standard has no batch reads by person, so each is a call of its own, side by side.
    """

    person_by_number: Joined[AccountKey, Person | None] = _of_person(Oeapi.person)
    enrolments_by_person: Joined[AccountKey, list[Enrolment]] = _of_person(Oeapi.enrolments)
    seats_by_person: Joined[AccountKey, list[Seat]] = _of_person(Oeapi.seats)
    assessments_by_person: Joined[AccountKey, Mapping[CourseKey, Sequence[Assessment]]] = _of_person(Oeapi.assessments)
    programmes_by_person: Joined[AccountKey, list[ProgrammeEnrolment]] = _of_person(Oeapi.programmes)
    advisees_by_group: Joined[AccountKey, list[Advisee]] = one_call_each(
        # Whom one advises decides what one may see: it is never taken from before.
        Oeapi.advisees,
        audience=Audience.PERSONAL,
        lifetime=Lifetime(fresh=5),
    )
