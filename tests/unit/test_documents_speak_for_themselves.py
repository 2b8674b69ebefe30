"""What the documents name exists: files, links, make's targets, commands, tests, and the queries one can try."""

import json
import re
import shlex
from pathlib import PurePosixPath

import pytest
from graphql import build_schema, parse, validate

from commands.arguments import COMMANDS, _parser

from .house import ROOT, files, text

DOCUMENTS = [name for name in files() if name.endswith(".md")]
DECISIONS = [name for name in DOCUMENTS if name.startswith("docs/decisions/")]
FOLDERS = {str(parent) for name in files() for parent in PurePosixPath(name).parents}
TESTS = {test for name in files() if name.startswith("tests/") for test in re.findall(r"def (test_\w+)", text(name))}
TARGETS = set(re.findall(r"^(\w+):", text("Makefile"), re.MULTILINE))

BUILT = re.compile(r"(\.campus-gateway|\.venv|dist|dashboard/graphiql/dist)(/.*)?|campus\.toml|sandbox\.json")
"""What running, installing and configuring leave in a checkout."""

PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|txt|json|graphql|yaml|sh)|(?:[\w.-]+/)+)`")
"""A file or a folder of the project."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text(name)) if "://" not in target]
    assert [target for target in targets if target and not (ROOT / name).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_are_named_exist(name: str) -> None:
    """From the checkout, from the document's folder, or by a file's own name. What is yet to be made is called new."""
    known = {PurePosixPath(file).name for file in files()}
    beside = PurePosixPath(name).parent
    new = set(re.findall(r"new `([^`]+)`", text(name)))
    missing = [
        path
        for path in PATH.findall(text(name))
        if path not in new
        and not BUILT.fullmatch(path.rstrip("/"))
        and path not in files()
        and str(beside / path) not in files()
        and path.rstrip("/") not in FOLDERS
        and not ("/" not in path and path in known)
    ]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_targets_of_make_and_tests_that_are_named_exist(name: str) -> None:
    assert set(re.findall(r"(?:`|^    )make (\w+)", text(name), re.MULTILINE)) <= TARGETS
    named = set(re.findall(r"`(test_\w+)`", text(name)))
    assert named <= TESTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_are_understood(name: str) -> None:
    commands = "|".join(["serve", *COMMANDS])
    for words in re.findall(rf"python gateway\.py ((?:{commands})[^`#)\n]*)", text(name)):
        _parser().parse_args(shlex.split(words))  # ends the test with SystemExit where it does not understand


def test_queries_one_can_try_fit_the_schema() -> None:
    graph = build_schema(text("schema/schema.graphql"))
    bodies = re.findall(r"-d '(\{.*\})'", text("README.md"))
    assert len(bodies) == 2
    for body in bodies:
        assert validate(graph, parse(json.loads(body)["query"])) == []


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_a_page_titled_with_what_was_decided(name: str) -> None:
    lines = text(name).splitlines()
    assert lines[0].startswith("# ")
    assert {"## Why", "## What"} <= set(lines)
    assert len(lines) <= 60


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(PurePosixPath(name).name[:4]) for name in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_walk_through_begins_with_the_files_it_touches_and_a_neighbour() -> None:
    parts = text("CONTRIBUTING.md").split("\n## ")[2:]
    assert len(parts) == 5
    for part in parts:
        assert "**Files you will touch**" in part, part.splitlines()[0]
        assert "**Neighbour**" in part, part.splitlines()[0]
