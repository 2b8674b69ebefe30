"""Each example of docs/live.md is run, and begins with what is so now."""

import json
import re
from pathlib import Path

from pipeline.documents import stream_documents
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


async def test_every_example_begins_with_what_is_so_now(campus: SimulatedCampus) -> None:
    sections = (await campus.ask(SECTION)).at("courses.nodes.0.sections")
    variables = {"sections": [section["id"] for section in sections]}
    for example in EXAMPLES:
        body = {"query": example, "variables": {name: variables[name] for name in variables if f"${name}" in example}}
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {await campus.token('alex')}"}
        async with campus.client.post("/graphql", json=body, headers=headers) as stream:
            event = b":"
            while event.startswith(b":"):
                event = await stream.content.readuntil(b"\n\n")
        answer = json.loads(event.removeprefix(b"event: next\ndata: "))
        assert "errors" not in answer
        (told,) = answer["data"].values()
        assert told
