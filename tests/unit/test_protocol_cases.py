"""What the suite is told of each protocol is whole: each endpoint, each growing vocabulary, a reason for each gap."""

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest

from tests.contract.protocols import BY_PROTOCOL, ENDPOINTS, Lacks


@pytest.mark.parametrize("protocol", BY_PROTOCOL)
def test_each_endpoint_of_a_wire_module_is_in_its_case(protocol: str) -> None:
    case = BY_PROTOCOL[protocol]
    public = inspect.getmembers(case.module, inspect.iscoroutinefunction)
    assert {*case.endpoints, *case.changes} == {name for name, _ in public if not name.startswith("_")}
    assert not set(case.endpoints) & set(case.changes)


@pytest.mark.parametrize("place", ENDPOINTS)
def test_each_vocabulary_with_an_other_is_met_with_a_word_that_nobody_knows(place: str) -> None:
    protocol, name, endpoint = ENDPOINTS[place]
    answered = get_type_hints(getattr(BY_PROTOCOL[protocol].module, name))["return"]
    growing = {kind for kind in reached(answered, set()) if issubclass(kind, Enum) and "OTHER" in kind.__members__}
    assert growing <= set(endpoint.words)


def test_what_a_protocol_lacks_it_lacks_for_a_reason() -> None:
    told = [case.account for case in BY_PROTOCOL.values()] + [case.repeats for case in BY_PROTOCOL.values()]
    told += [each for case in BY_PROTOCOL.values() for each in case.endpoints.values()]
    for _, _, endpoint in ENDPOINTS.values():
        told += [endpoint.held, endpoint.page, endpoint.absent, *endpoint.words.values()]
    assert [lack for lack in told if isinstance(lack, Lacks) and len(lack.why.split()) < 3] == []


def reached(annotation: Any, known: set[type[Any]]) -> Iterator[type[Any]]:
    """Every class that an answer of this type may hold, through containers and the fields of records."""
    for part in get_args(annotation):
        yield from reached(part, known)
    if inspect.isclass(annotation) and annotation not in known:
        known.add(annotation)
        yield annotation
        if not annotation.__module__.startswith(("connectors.", "campus.")):
            return
        for field in get_type_hints(annotation).values():
            yield from reached(field, known)
