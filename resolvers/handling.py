"""How an application is handled: its steps, how far it is, and what its applicant has to do next."""

import enum
from collections.abc import Iterable
from datetime import datetime

from strawberry import Parent

from campus.record import Record
from campus.text import Text, best, told_language
from connectors import onestop
from connectors.onestop import ApplicationKey, ApplicationState, StepState
from execution.relation import relation

from .context import Info
from .onestop import service_by_key


class ExpectedKind(enum.Enum):
    AMEND = "AMEND"
    COLLECT = "COLLECT"
    NOTHING = "NOTHING"


class Expected(Record, frozen=True):
    """What the applicant has to do."""

    kind: ExpectedKind
    until: datetime | None = None
    place: Text | None = None


class Progress(Record, frozen=True):
    """How many of the service's steps are done."""

    done: int
    total: int


steps = relation(
    key=lambda application: ApplicationKey(application.system, application.owner, application.id),
    by=lambda context: context.onestop.steps_by_application,
)


def expected(application: Parent[onestop.Application], info: Info) -> Expected:
    if application.state is ApplicationState.RETURNED_FOR_AMENDMENT:
        return Expected(kind=ExpectedKind.AMEND, until=application.amend_until)
    waiting = application.collection
    if waiting and (waiting.until is None or waiting.until >= info.context.campus.now()):
        return Expected(kind=ExpectedKind.COLLECT, until=waiting.until, place=waiting.place)
    return Expected(kind=ExpectedKind.NOTHING)


def place(expected: Parent[Expected], info: Info) -> str | None:
    return best(expected.place, info.context.languages) if expected.place else None


def language_of_place(expected: Parent[Expected], info: Info) -> str | None:
    return told_language(expected.place, info.context.languages) if expected.place else None


async def progress(application: Parent[onestop.Application], info: Info) -> Progress | None:
    """None where the service is gone: how many steps it had, nobody knows any more."""
    service = await service_by_key(info, application.service)
    if service is None:
        return None
    key = ApplicationKey(application.system, application.owner, application.id)
    handled = await info.context.onestop.steps_by_application.load(key)
    done = _done(handled) & {step.id for step in service.steps}
    return Progress(done=len(done), total=len(service.steps))


def _done(handled: Iterable[onestop.Step]) -> set[str]:
    """Steps done since the application was last given back: an amended one begins anew."""
    done: set[str] = set()
    for step in handled:
        if step.state is StepState.RETURNED_FOR_AMENDMENT:
            done.clear()
        elif step.state is StepState.DONE:
            done.add(step.key)
    return done


def name_of_step(step: Parent[onestop.Step], info: Info) -> str:
    """In the engine's own word while the catalogue is not read, or where it does not know the step."""
    known = _as_catalogued(step, info)
    return best(known.name, info.context.languages) if known else step.name


def language_of_step(step: Parent[onestop.Step], info: Info) -> str | None:
    known = _as_catalogued(step, info)
    return told_language(known.name, info.context.languages) if known else None


async def department_of_step(step: Parent[onestop.Step], info: Info) -> str | None:
    """None where it is the applicant's turn, and for a step that the service has no longer."""
    service = await service_by_key(info, step.service)
    known = service.step(step.key) if service else None
    return best(known.department, info.context.languages) if known and known.department else None


def language_of_department(step: Parent[onestop.Step], info: Info) -> str | None:
    known = _as_catalogued(step, info)
    return told_language(known.department, info.context.languages) if known and known.department else None


def _as_catalogued(step: onestop.Step, info: Info) -> onestop.ServiceStep | None:
    services = info.context.indexes.onestop.services.peek(step.service.system) or []
    service = next((each for each in services if each.key == step.service), None)
    return service.step(step.key) if service else None
