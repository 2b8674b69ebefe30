"""Persons: the signed-in one, and students whom staff may read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from strawberry import Parent

from campus.record import Record
from connectors import sis
from connectors.reads import AccountKey, settled

from .access import may_read_student, signed_in_person
from .context import Info, RequestContext
from .courses import student_system
from .merged import Merged, Unavailable, merged, parts, whole
from .viewer import Viewer

Item = TypeVar("Item")


class Owner(Protocol):
    """Whoever a study record belongs to."""

    def student_systems(self, context: RequestContext) -> Sequence[str]:
        """Systems that may know the person."""

    async def identity(self, context: RequestContext, system: str) -> sis.Identity | None:
        """Who the person is there; None where unknown."""


class Me(Record, frozen=True):
    """The signed-in person, whichever campus signed them in."""

    viewer: Viewer

    def student_systems(self, context: RequestContext) -> Sequence[str]:
        return context.campus.answering("person")

    async def identity(self, context: RequestContext, system: str) -> sis.Identity | None:
        return await context.accounts.identity(system)


class Student(Record, frozen=True):
    """A student in the records of one campus, as staff read it."""

    person: sis.Person

    @property
    def campus(self) -> str:
        return self.person.campus

    @property
    def number(self) -> str:
        return self.person.number

    def student_systems(self, context: RequestContext) -> Sequence[str]:
        return [self.person.identity.system]

    async def identity(self, context: RequestContext, system: str) -> sis.Identity | None:
        return self.person.identity


class StudentNumber(Record, frozen=True):
    campus: str
    number: str


class Profile(Record, frozen=True):
    """One profile of all campuses that know the person; the first one's words where they differ."""

    persons: Merged[sis.Person]

    @property
    def display_name(self) -> str:
        return self.persons.nodes[0].display_name

    @property
    def given_name(self) -> str | None:
        return self.persons.nodes[0].given_name

    @property
    def surname(self) -> str | None:
        return self.persons.nodes[0].surname

    @property
    def chinese_name(self) -> str | None:
        return self.persons.nodes[0].chinese_name

    @property
    def date_of_birth(self) -> date | None:
        return self.persons.nodes[0].date_of_birth

    @property
    def nationality(self) -> str | None:
        return self.persons.nodes[0].nationality

    @property
    def advisors(self) -> list[sis.Advisor]:
        return [person.advisor for person in self.persons.nodes if person.advisor]

    @property
    def unavailable(self) -> Sequence[Unavailable]:
        return self.persons.unavailable

    @property
    def numbers(self) -> list[StudentNumber]:
        return [StudentNumber(campus=person.campus, number=person.number) for person in self.persons.nodes]


def me(info: Info) -> Me:
    return Me(viewer=signed_in_person(info.context.viewer))


async def student(campus: str, number: str, info: Info) -> Student | None:
    system = student_system(info, campus)
    await may_read_student(info, system, campus, number)
    person = await info.context.sis.person_by_number.load(AccountKey(system, number))
    return Student(person=person) if person and person.identity.student else None


async def advisees(me: Parent[Me], info: Info) -> Merged[sis.Advisee] | None:
    """Null for who advises nobody."""

    async def of(identity: sis.Identity) -> Sequence[sis.Advisee] | None:
        if identity.advisees_group is None:
            return None
        return await info.context.sis.advisees_by_group.load(AccountKey(identity.system, identity.advisees_group))

    return await known_to(me, info, of)


async def profile(owner: Parent[Me | Student], info: Info) -> Profile | None:
    persons = await known_to(owner, info, lambda identity: persons_of(info, identity))
    return Profile(persons=persons) if persons else None


async def contacts(owner: Parent[Me | Student], info: Info) -> Merged[sis.Contacts] | None:
    persons = await known_to(owner, info, lambda identity: persons_of(info, identity))
    return None if persons is None else parts(persons, lambda person: [person.contacts])


async def emergency_contacts(owner: Parent[Me | Student], info: Info) -> Merged[sis.EmergencyContact] | None:
    """Campus by campus, at each whom to call first comes first."""
    persons = await known_to(owner, info, lambda identity: persons_of(info, identity))
    return None if persons is None else parts(persons, lambda person: person.emergency_contacts)


async def persons_of(info: Info, identity: sis.Identity) -> list[sis.Person]:
    person = await info.context.sis.person_by_number.load(AccountKey(identity.system, identity.number))
    return [person] if person else []


async def known_to(
    owner: Owner, info: Info, load: Callable[[sis.Identity], Awaitable[Sequence[Item] | None]]
) -> Merged[Item] | None:
    """One list from every student system that knows the person."""
    return await merged(info, _asked(owner, info, load))


async def studies(
    owner: Owner, info: Info, load: Callable[[sis.Identity], Awaitable[Sequence[Item]]]
) -> Merged[Item] | None:
    """One list from every campus where the person is or was a student."""
    return await known_to(owner, info, _of_students(load))


async def whole_studies(
    owner: Owner, info: Info, load: Callable[[sis.Identity], Awaitable[Sequence[Item]]]
) -> list[Item]:
    """The same for what is computed over all of it: raises unless every campus answered."""
    return await whole(_asked(owner, info, _of_students(load)))


async def ever_student(owner: Owner, info: Info) -> bool:
    """Whether the person is or was a student at any campus; the first that says so is believed at once.

    Raises where only a campus that did not answer could tell.
    """
    systems = owner.student_systems(info.context)
    asked = [asyncio.ensure_future(settled([owner.identity(info.context, system)])) for system in systems]
    failure: Exception | None = None
    for answered in asyncio.as_completed(asked):
        (outcome,) = await answered
        if isinstance(outcome, Exception):
            failure = failure or outcome
        elif outcome and outcome.student:
            return True
    if failure:
        raise failure
    return False


def _asked(
    owner: Owner, info: Info, load: Callable[[sis.Identity], Awaitable[Sequence[Item] | None]]
) -> dict[str, Awaitable[Sequence[Item] | None]]:
    async def one(system: str) -> Sequence[Item] | None:
        identity = await owner.identity(info.context, system)
        return await load(identity) if identity else None

    return {system: one(system) for system in owner.student_systems(info.context)}


def _of_students(
    load: Callable[[sis.Identity], Awaitable[Sequence[Item]]],
) -> Callable[[sis.Identity], Awaitable[Sequence[Item] | None]]:
    async def one(identity: sis.Identity) -> Sequence[Item] | None:
        return await load(identity) if identity.student else None

    return one
