"""A dashboard over four systems, all of it in memory: records, loaders and one query of some 270 leaves.

Each list is another system's, and so are the people in it: nobody can ask one system for another's."""

import enum
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import strawberry
from aiodataloader import DataLoader

from connectors.reads import Loader
from execution.relation import relation

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@strawberry.enum
class State(enum.Enum):
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class PersonRecord(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str | None


class Entry(msgspec.Struct, frozen=True):
    """A row of any of the four lists."""

    system: str
    id: str
    title: str
    about: str
    room: str | None
    at: datetime
    until: datetime
    state: State
    open: bool
    places: int
    share: float
    person_id: str
    course_id: str


PEOPLE = {f"p{n}": PersonRecord(f"p{n}", f"Person {n}", None if n % 3 == 0 else f"p{n}@example.edu") for n in range(60)}


SYSTEM_OF = {"courses": "records", "assignments": "learning", "announcements": "portal", "events": "calendar"}
"""List -> the system that holds it."""


def _entries(name: str, many: int) -> list[Entry]:
    return [
        Entry(
            system=SYSTEM_OF[name],
            id=f"{name}-{n}",
            title=f"{name} {n}",
            about="what there is to say of it " * 3,
            room=None if n % 4 == 0 else f"Room {n}",
            at=START + timedelta(hours=n),
            until=START + timedelta(hours=n + 2),
            state=list(State)[n % 3],
            open=n % 5 != 0,
            places=n,
            share=n / 7,
            person_id=f"p{n}",
            course_id=f"courses-{n % 5}",
        )
        for n in range(many)
    ]


LISTS = {name: _entries(name, 40) for name in ("courses", "assignments", "announcements", "events")}
COURSES = {entry.id: entry for entry in LISTS["courses"]}

RowKey = tuple[str, str]
"""The system whose row it is, as keys of our connectors begin, and its id."""

Key = tuple[str, int]


class Loaders:
    """By key, from memory; for one operation, or for all where everything is known already."""

    def __init__(self, kind: type[DataLoader[Any, Any]]) -> None:
        self.people = kind(self._people)
        self.courses = kind(self._courses)
        self.lists = kind(self._lists)

    async def _people(self, keys: list[RowKey]) -> list[PersonRecord]:
        return [PEOPLE[id] for _, id in keys]

    async def _courses(self, keys: list[RowKey]) -> list[Entry]:
        return [COURSES[id] for _, id in keys]

    async def _lists(self, keys: list[Key]) -> list[list[Entry]]:
        return [LISTS[name][:many] for name, many in keys]


OURS, SHIPPED = Loader, DataLoader


@strawberry.type
class Person:
    id: strawberry.ID
    name: str
    email: str | None


@strawberry.type
class Course:
    id: strawberry.ID
    title: str
    room: str | None
    at: datetime
    state: State
    open: bool
    places: int
    share: float
    person: Person = strawberry.field(
        resolver=relation(key=lambda entry: (entry.system, entry.person_id), by=lambda loaders: loaders.people)
    )


@strawberry.type
class Event(Course):
    about: str
    until: datetime
    course: Course = strawberry.field(
        resolver=relation(key=lambda entry: (SYSTEM_OF["courses"], entry.course_id), by=lambda loaders: loaders.courses)
    )


def _list(name: str) -> Any:
    async def entries(info: strawberry.Info, first: int = 5) -> Any:
        return await info.context.lists.load((name, first))

    return entries


@strawberry.type
class Query:
    courses: list[Course] = strawberry.field(resolver=_list("courses"))
    assignments: list[Event] = strawberry.field(resolver=_list("assignments"))
    announcements: list[Event] = strawberry.field(resolver=_list("announcements"))
    events: list[Event] = strawberry.field(resolver=_list("events"))


QUERY = """
query Dashboard($many: Int = 8) {
  courses(first: 5) { id title room at state open places share person { ...P } }
  assignments(first: $many) { id title at until state open places share about course { id title room } }
  announcements(first: 6) { id title about at open places state room person { ...P } }
  events(first: 5) { id title room at until places open person { ...P } }
}
fragment P on Person { id name email }
"""


def leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1
