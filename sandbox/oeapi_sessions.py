"""Academic sessions as Open Education API v6 documents: terms, and what their calendars have beside lessons."""

from collections.abc import Iterator
from typing import Any

from .academic_calendar import Event, events_of
from .oeapi_store import END_OF_DAY, Resource, at, coded, identify, in_languages
from .terms import is_main
from .university import Campus, Term


def sessions(system: str, campus: Campus) -> Iterator[Resource]:
    for term in campus.terms:
        yield _term(system, term)
        for place, event in enumerate(events_of(campus.code, term), start=1):
            yield _event(system, term, event, place)


def _term(system: str, term: Term) -> Resource:
    id_ = identify(system, "academic-sessions", term.code)
    document = {
        "academicSessionId": id_,
        "academicSessionType": "semester" if is_main(term) else "period",
        "primaryCode": coded("identifier", term.code),
        "name": in_languages(term.name),
        "startDateTime": at(term.starts),
        "endDateTime": at(term.ends, END_OF_DAY),
    }
    return Resource("academic-sessions", id_, document)


def _event(system: str, term: Term, event: Event, place: int) -> Resource:
    code = f"{term.code}-{place:02}"
    id_ = identify(system, "academic-sessions", code)
    told: dict[str, Any] = {"kind": event.kind}
    if event.teaches_as:
        told["teachesAs"] = event.teaches_as
    document = {
        "academicSessionId": id_,
        "academicSessionType": "testing_period" if event.kind == "examinations" else "period",
        "primaryCode": coded("identifier", code),
        "name": in_languages(event.name),
        "startDateTime": at(event.starts),
        "endDateTime": at(event.ends, END_OF_DAY),
        "parentId": identify(system, "academic-sessions", term.code),
        "ext": {"campus": {"calendar": told}},
    }
    return Resource("academic-sessions", id_, document)
