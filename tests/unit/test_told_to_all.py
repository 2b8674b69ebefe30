"""What is for everybody is worked out once for all who follow it; what may differ from one to the other, for each."""

from collections.abc import AsyncGenerator, Iterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import strawberry

from campus.record import Record
from connectors.reads import Reading
from connectors.wire.errors import UpstreamError
from pipeline.answers import Answers
from pipeline.request import Parameters
from pipeline.settings import Settings
from pipeline.telemetry import OperationLine
from resolvers.viewer import Viewer
from schema.cards import Data
from schema.fields import CARDS, RECORDS, SCOPES, campus_type, field, resolved
from schema.streams import guard_streams, streamed


class Hall(Record, frozen=True):
    name: str
    free: Any


@pytest.fixture(autouse=True)
def registers_as_before() -> Iterator[None]:
    registers: list[dict[str, Any]] = [CARDS, RECORDS, SCOPES]
    before = [dict(register) for register in registers]
    yield
    for register, known in zip(registers, before, strict=True):
        register.clear()
        register.update(known)


def shout(hall: strawberry.Parent[Hall]) -> str:
    return hall.name.upper()


def greeting(hall: strawberry.Parent[Hall], info: strawberry.Info) -> str:
    return f"{info.context.viewer.locale}: {hall.name}"


def named(hall: Hall, info: Any) -> Hall:
    return Hall(name=f"{hall.name} for {info.context.viewer.subject}", free=hall.free)


class Followed:
    """A hall that many follow, and the contexts in which they were told of it."""

    def __init__(self, event: Any, card: dict[str, Any], words: dict[str, Any]) -> None:
        async def halls() -> AsyncGenerator[Any, None]:
            yield event

        members = {
            "__doc__": "A hall.",
            "__annotations__": {"name": str, "free": int, "shout": str, "greeting": str},
            "name": field("Its name."),
            "free": field("Seats."),
            "shout": resolved(shout, "Its name, loud."),
            "greeting": resolved(greeting, "Its name, in a language."),
        }
        hall = campus_type(record=Hall, **card)(type("Hall", (), members))
        stream = {"__annotations__": {"hall": hall | None}, "hall": streamed(halls, "A hall.", **words)}
        query = strawberry.type(type("Query", (), {"__annotations__": {"word": str}, "word": "hello"}))
        schema = strawberry.Schema(query=query, subscription=strawberry.type(type("Subscription", (), stream)))
        guard_streams(schema)
        self.contexts: list[Any] = []
        self._answers = Answers(schema=schema, settings=Settings(), context_for=self._context, documents={})

    def _context(self, viewer: Viewer, _: str, __: float | None) -> Any:
        made = SimpleNamespace(viewer=viewer, calls={}, joined={}, late_errors=[], reading=Reading(), end=lambda: None)
        self.contexts.append(made)
        return made

    async def told(self, selection: str, viewer: Viewer, **variables: Any) -> Any:
        """The one answer to a viewer who follows now."""
        line = OperationLine(f"of {viewer.subject}", viewer)
        declared = "($loud: Boolean!)" if variables else ""
        asked = Parameters(f"subscription {declared} {{ hall {selection} }}", None, variables)
        operation = self._answers.prepared(asked, line)
        (answer,) = [
            orjson.loads(orjson.dumps(each)) async for each in self._answers.stream(operation, variables, line)
        ]
        assert (line.events, line.ran) == (1, True)
        return answer


PUBLIC: dict[str, Any] = {"data": Data.PUBLIC, "system": "sis"}
PERSONAL: dict[str, Any] = {"data": Data.PERSONAL, "purpose": "To sit.", "requires": "halls:read"}
EVENT = Hall(name="great", free=7)
ANN = Viewer(issuer="login", subject="ann", languages=("en",), scopes=frozenset({"halls:read"}))
BEA = Viewer(issuer="login", subject="bea", languages=("zh-Hant",))
LOUD = "{ name @skip(if: $loud) shout @include(if: $loud) }"


async def test_what_is_for_everybody_is_worked_out_for_the_first_who_follows() -> None:
    followed = Followed(EVENT, PUBLIC, {})
    for viewer in (ANN, BEA, Viewer()):
        assert await followed.told("{ name free shout }", viewer) == {
            "data": {"hall": {"name": "great", "free": 7, "shout": "GREAT"}}
        }
    # One for the beginning of each, and one for the event.
    assert [each.viewer for each in followed.contexts] == [ANN, ANN, BEA, Viewer()]


async def test_what_is_told_in_a_language_is_worked_out_for_each() -> None:
    followed = Followed(EVENT, PUBLIC, {})
    told = [await followed.told("{ greeting }", viewer) for viewer in (ANN, BEA)]
    assert [each["data"]["hall"]["greeting"] for each in told] == ["en: great", "zh-Hant: great"]
    assert len(followed.contexts) == 4


async def test_each_selection_is_told_what_it_asks_for_whatever_decides_it() -> None:
    followed = Followed(EVENT, PUBLIC, {})
    for _ in range(2):
        assert await followed.told(LOUD, ANN, loud=True) == {"data": {"hall": {"shout": "GREAT"}}}
        assert await followed.told(LOUD, BEA, loud=False) == {"data": {"hall": {"name": "great"}}}
        assert await followed.told("{ n: name }", BEA) == {"data": {"hall": {"n": "great"}}}
    assert len(followed.contexts) == 6 + 3


async def test_what_is_personal_is_permitted_and_worked_out_for_each() -> None:
    followed = Followed(EVENT, PERSONAL, {})
    for viewer in (ANN, ANN):
        assert await followed.told("{ name }", viewer) == {"data": {"hall": {"name": "great"}}}
    assert len(followed.contexts) == 4


@pytest.mark.parametrize("words", [{"requires": "halls:read"}, {"each": named}])
async def test_what_is_guarded_or_made_for_its_viewer_is_worked_out_for_each(words: dict[str, Any]) -> None:
    followed = Followed(EVENT, PUBLIC, words)
    also = Viewer(issuer="login", subject="cat", scopes=frozenset({"halls:read"}))
    told = [(await followed.told("{ name }", viewer))["data"]["hall"]["name"] for viewer in (ANN, also)]
    assert told == (["great for ann", "great for cat"] if "each" in words else ["great", "great"])
    assert len(followed.contexts) == 4


@pytest.mark.parametrize("event", [UpstreamError("sis", "gone"), Hall(name="great", free="many")])
async def test_what_fails_is_told_to_each_by_the_id_of_its_own_operation(event: Any) -> None:
    followed = Followed(event, PUBLIC, {})
    told = [await followed.told("{ free }", viewer) for viewer in (ANN, BEA)]
    assert [each["data"] for each in told] == [{"hall": None}] * 2
    assert [each["errors"][0]["extensions"]["correlationId"] for each in told] == ["of ann", "of bea"]
    assert len(followed.contexts) == 4
