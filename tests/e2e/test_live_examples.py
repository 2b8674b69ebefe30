"""Each example of docs/live.md is run, and begins with what is so now."""

import asyncio
import gc
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql.execution import Executor

from pipeline.documents import stream_documents
from resolvers.context import RequestContext
from schema.root import schema
from tests.simulated_campus import SimulatedCampus

PAGE = Path(__file__).parents[2] / "docs" / "live.md"
EXAMPLES = re.findall(r"^```graphql\n(.+?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
SECTION = "{ courses(first: 1) { nodes { sections { id } } } }"


def test_every_subscription_has_an_example() -> None:
    root = schema._schema.subscription_type
    assert root is not None
    shown = {field for example in EXAMPLES for field in root.fields if f"  {field}" in example}
    assert shown == set(root.fields)


def test_each_example_is_a_stream_of_the_dashboard_and_so_a_tab_of_graphiql() -> None:
    shown = {re.sub(r"^#.*\n", "", text) for text in stream_documents().values()}
    assert shown == set(EXAMPLES)
    for name, text in stream_documents().items():
        operation = re.search(r"^subscription (\w+)", text, re.MULTILINE)
        assert operation
        assert operation[1] == "".join(word.title() for word in name.split("-"))


@asynccontextmanager
async def begun(campus: SimulatedCampus, example: str) -> AsyncIterator[Any]:
    """The first event of an example, while more may come."""
    sections = (await campus.ask(SECTION)).at("courses.nodes.0.sections")
    variables = {"sections": [section["id"] for section in sections]}
    body = {"query": example, "variables": {name: variables[name] for name in variables if f"${name}" in example}}
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {await campus.token('alex')}"}
    async with campus.client.post("/graphql", json=body, headers=headers) as stream:
        event = b":"
        while event.startswith(b":"):
            event = await stream.content.readuntil(b"\n\n")
        yield json.loads(event.removeprefix(b"event: next\ndata: "))


async def test_every_example_begins_with_what_is_so_now(campus: SimulatedCampus) -> None:
    for example in EXAMPLES:
        async with begun(campus, example) as answer:
            assert "errors" not in answer
            (told,) = answer["data"].values()
            assert told


@pytest.mark.parametrize(
    "field", ["seatsChanged", "ticketChanged", "applicationChanged", "gradeReleased", "shuttlePositions"]
)
async def test_who_waits_for_news_keeps_nothing_that_the_first_answer_was_made_with(
    open_campus: SimulatedCampus, field: str
) -> None:
    (example,) = [each for each in EXAMPLES if f"  {field}" in each]
    before = kept()
    async with begun(open_campus, example):
        for _ in range(20):
            if not new_beside(before):
                return
            await asyncio.sleep(0.05)  # the first answer is read before its sender is asked for the next
        assert new_beside(before) == []


def kept() -> list[object]:
    """The contexts and executors of operations."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, (RequestContext, Executor))]


def new_beside(before: list[object]) -> list[object]:
    known = {id(each) for each in before}
    return [each for each in kept() if id(each) not in known]
