"""A stream is guarded when it begins and at each of its events, and no personal one is built without a guard."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult

from campus.record import Record
from pipeline.operation_store import OperationStore
from pipeline.settings import Limits
from resolvers.refusals import Forbidden
from resolvers.viewer import Viewer
from schema.cards import Data
from schema.classified import UnclassifiedError, check_cards
from schema.fields import CARDS, RECORDS, SCOPES, campus_type, field
from schema.streams import guard_streams, streamed


class Note(Record, frozen=True):
    text: str


class Context:
    def __init__(self, *scopes: str, withdrawn: bool = False) -> None:
        self.viewer = Viewer(issuer="login", subject="alex", scopes=frozenset(scopes))
        self.withdrawn = withdrawn


@pytest.fixture(autouse=True)
def registers_as_before() -> Iterator[None]:
    registers: list[dict[str, Any]] = [CARDS, RECORDS, SCOPES]
    before = [dict(register) for register in registers]
    yield
    for register, known in zip(registers, before, strict=True):
        register.clear()
        register.update(known)


async def notes() -> AsyncGenerator[Note, None]:
    for text in ("one", "two"):
        yield Note(text=text)


def told(note: Note, info: Any) -> Note:
    if info.context.withdrawn:
        raise Forbidden("Withdrawn.")
    return Note(text=note.text.upper())


def built(**words: Any) -> strawberry.Schema:
    """A graph whose one stream is declared with these words."""
    members = {"__doc__": "A note.", "__annotations__": {"text": str}, "text": field("What it says.")}
    card = {"data": Data.PERSONAL, "purpose": "To remember.", "requires": "notes:read"}
    note = campus_type(record=Note, **card)(type("Note", (), members))
    query = strawberry.type(type("Query", (), {"__annotations__": {"word": str}, "word": "hello"}))
    stream = {"__annotations__": {"notes": note | None}, "notes": streamed(notes, "Notes.", **words)}
    schema = strawberry.Schema(query=query, subscription=strawberry.type(type("Subscription", (), stream)))
    check_cards(schema)
    guard_streams(schema)
    return schema


async def events(schema: strawberry.Schema, begun: Context, *contexts: Context) -> list[ExecutionResult]:
    """What the stream begins with, and what each event is in a context of its own."""
    store = OperationStore(schema, Limits(), {})
    operation = store.operation("subscription { notes { text } }", None)
    source = await store.events(operation, {}, begun)
    if isinstance(source, ExecutionResult):
        return [source]
    coming = iter(contexts)
    return [await store.run(operation, {}, next(coming), event=event.payload) async for event in source]


def refusal(result: ExecutionResult) -> str:
    (error,) = result.errors or ()
    return error.message


def test_a_personal_stream_is_not_built_without_its_scope() -> None:
    with pytest.raises(UnclassifiedError, match=r"Subscription\.notes leads to Note and must require notes:read"):
        built()


async def test_the_scope_is_asked_for_at_the_beginning_and_at_each_event() -> None:
    schema = built(requires="notes:read")
    (begun,) = await events(schema, Context())
    assert refusal(begun) == "The token lacks the scope notes:read."
    first, second = await events(schema, Context("notes:read"), Context("notes:read"), Context())
    assert (first.data, first.errors) == ({"notes": {"text": "one"}}, None)
    assert (second.data, refusal(second)) == ({"notes": None}, "The token lacks the scope notes:read.")


async def test_what_is_told_of_an_event_is_decided_anew_for_each() -> None:
    schema = built(requires="notes:read", each=told)
    context = Context("notes:read")
    first, second = await events(schema, context, context, Context("notes:read", withdrawn=True))
    assert first.data == {"notes": {"text": "ONE"}}
    assert (second.data, refusal(second)) == ({"notes": None}, "Withdrawn.")
