"""What is said of a schema that clients of the last release are to live with; each case in a checkout of its own."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import parse

from commands.deprecation import unpromising
from commands.failure import Failure
from commands.stable import stable
from schema.fields import field, resolved

TODAY = date(2027, 7, 1)
RELEASED = """
directive @card(data: Data!) on OBJECT | FIELD_DEFINITION
directive @requiresScopes(scopes: [[String!]!]!) on OBJECT | FIELD_DEFINITION
directive @shown(in: String) on FIELD

enum Data { PUBLIC PERSONAL }
enum State { OPEN SHUT }
interface Node { id: ID! }

type Query @card(data: PUBLIC) {
  node(id: ID!): Node
  books(first: Int! = 10, state: State): [Book!]
  mine: [Loan!] @requiresScopes(scopes: [["library:read"]])
}

type Book implements Node { id: ID! title: String! year: Int @deprecated(reason: "%s") }
type Loan implements Node @card(data: PERSONAL) { id: ID! book: Book! slip: Slip }
type Slip { number: Int! }
"""
DATED = "Use `Book.title`; goes after 2027-06-30."
RULE = "deprecate in a release first, with what takes its place and a day, and remove after that day"


def git(place: Path, *words: str) -> None:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    subprocess.run(["git", *who, *words], cwd=place, check=True, capture_output=True)  # noqa: S603, S607


def publish(place: Path, schema: str, tag: str = "") -> None:
    (place / "schema").mkdir(exist_ok=True)
    (place / "schema/schema.graphql").write_text(schema)
    git(place, "add", "schema")
    git(place, "commit", "--allow-empty", "-m", "The schema as it is")
    if tag:
        git(place, "tag", tag)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    git(place, "init")
    return place


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose last release is RELEASED; each test writes what stands in it now."""
    place = tmp_path_factory.mktemp("released")
    git(place, "init")
    publish(place, RELEASED % DATED, "v0.1.0")
    return place


def changed(released: Path, old: str, new: str) -> list[str]:
    """What is told when this stands where that stood in the release; nothing, if all is well."""
    assert old in RELEASED % DATED
    (released / "schema/schema.graphql").write_text((RELEASED % DATED).replace(old, new, 1))
    return sentences(released)


def sentences(checkout: Path, today: date = TODAY) -> list[str]:
    try:
        stable(checkout, today)
    except Failure as failure:
        return list(failure.sentences)
    return []


CATALOGUE = '@requiresScopes(scopes: [["catalogue"]])'
EITHER = '@requiresScopes(scopes: [["a", "b"], ["c"]])'

BREAKING = [
    ("books(first", "titles(first", "Field Query.books was removed."),
    ("title: String!", "title: String", "Field Book.title changed type from String! to String."),
    ("state: State)", "state: State, year: Int!)", "A required argument Query.books(year:) was added."),
    (" SHUT }", " }", "Enum value State.SHUT was removed."),
    ("first: Int! = 10", "first: Int! = 50", "Query.books(first:) has changed defaultValue from 10 to 50."),
    ("type Book implements Node ", "type Book ", "Book no longer implements interface Node."),
    ("slip: Slip }\ntype Slip { number: Int! }", "}", "Slip was removed."),
    ("state: State): [Book!]", f"state: State): [Book!] {CATALOGUE}", "Query.books requires the scope catalogue."),
    ("@card(data: PERSONAL) {", f"{EITHER} {{", "Loan requires the scope a and b or c."),
    ('[["library:read"]]', '[["library:read", "mfa"]]', "Query.mine requires the scope library:read and mfa."),
    ("directive @shown(in: String) on FIELD\n", "", "Directive @shown was removed."),
]


@pytest.mark.parametrize(("old", "new", "sentence"), BREAKING)
def test_what_breaks_a_client_of_the_last_release_fails(released: Path, old: str, new: str, sentence: str) -> None:
    told = changed(released, old, new)
    assert f"breaks clients of v0.1.0: {sentence}" in told
    assert told[-1] == RULE


HARMLESS = [
    ("title: String!", "title: String! author: String"),
    ("state: State)", "state: State, year: Int)"),
    (" SHUT }", " SHUT OTHER }"),
    (' @requiresScopes(scopes: [["library:read"]])', ""),
    ('[["library:read"]]', '[["library:read"], ["staff"]]'),
    ("number: Int!", "number: Int! printed: Int!"),
    # How the schema is kept is nothing that a client's document can name.
    ("directive @card(data: Data!)", "directive @card(data: Data!, system: String!)"),
    ("enum Data { PUBLIC PERSONAL }", "enum Data { PUBLIC PERSONAL SENSITIVE }"),
    (" @card(data: PERSONAL) {", " {"),
]


@pytest.mark.parametrize(("old", "new"), HARMLESS)
def test_what_no_client_feels_passes(released: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert changed(released, old, new) == []
    assert capsys.readouterr().out == "gateway: clients of v0.1.0 find all they rely on\n"


def year(reason: str) -> str:
    return f'year: Int @deprecated(reason: "{reason}")'


def test_what_was_announced_may_go_once_its_day_is_over(released: Path) -> None:
    assert changed(released, year(DATED), "") == []


def test_what_was_announced_may_not_go_before_its_day_is_over(released: Path) -> None:
    (released / "schema/schema.graphql").write_text((RELEASED % DATED).replace(year(DATED), ""))
    assert sentences(released, date(2027, 6, 30)) == ["breaks clients of v0.1.0: Field Book.year was removed.", RULE]


@pytest.mark.parametrize("reason", ["Use `Book.title`.", "Goes after 2027-06-30.", "Use `Book.title` till 2027-02-30."])
def test_what_was_not_announced_in_full_may_not_go(checkout: Path, reason: str) -> None:
    publish(checkout, RELEASED % reason, "v0.1.0")
    publish(checkout, (RELEASED % reason).replace(year(reason), ""))
    assert sentences(checkout) == ["breaks clients of v0.1.0: Field Book.year was removed.", RULE]


def test_announcing_and_removing_between_two_releases_announces_nothing(checkout: Path) -> None:
    before = RELEASED.replace(' @deprecated(reason: "%s")', "")
    publish(checkout, before, "v0.1.0")
    publish(checkout, RELEASED % DATED)
    assert sentences(checkout) == []
    publish(checkout, before.replace("year: Int", ""))
    assert sentences(checkout) == ["breaks clients of v0.1.0: Field Book.year was removed.", RULE]


def test_a_type_may_go_with_the_last_field_that_leads_to_it(checkout: Path) -> None:
    leading = (RELEASED % DATED).replace("slip: Slip", f'slip: Slip @deprecated(reason: "{DATED}")')
    publish(checkout, leading, "v0.1.0")
    publish(checkout, (RELEASED % DATED).replace("slip: Slip }\ntype Slip { number: Int! }", "}"))
    assert sentences(checkout) == []


def test_an_argument_and_a_value_may_go_like_a_field(checkout: Path) -> None:
    old = (RELEASED % DATED).replace("state: State)", f'state: State @deprecated(reason: "{DATED}"))')
    publish(checkout, old.replace(" SHUT }", f' SHUT @deprecated(reason: "{DATED}") }}'), "v0.1.0")
    publish(checkout, (RELEASED % DATED).replace(", state: State)", ")").replace(" SHUT }", " }"))
    assert sentences(checkout) == []


@pytest.mark.parametrize(
    ("reason", "lacking"),
    [
        ("Use `Book.title`.", ["without the day until which it stays, as 2027-06-30"]),
        ("Goes after 2027-06-30.", ["without what takes its place, as `Type.field`"]),
        ("Use `Book.name`; goes after 2027-06-30.", ["in favour of Book.name, which is not in the graph"]),
        ("Use `the title`; goes after 2027-06-30.", ["in favour of the title, which is not in the graph"]),
        (
            "No longer supported",
            [
                "without the day until which it stays, as 2027-06-30",
                "without what takes its place, as `Type.field`",
            ],
        ),
    ],
)
def test_a_deprecation_says_what_to_use_instead_and_until_when(released: Path, reason: str, lacking: list[str]) -> None:
    (released / "schema/schema.graphql").write_text(RELEASED % reason)
    assert sentences(released) == [f"Book.year is deprecated {each}: {reason!r}" for each in lacking]


@pytest.mark.parametrize("made", [field, lambda *words, **more: resolved(lambda: "", *words, **more)])
def test_a_field_is_deprecated_where_it_is_declared(made: Callable[..., Any]) -> None:
    old = made("What it was called.", deprecated="Use `Query.title`; goes after 2027-06-30.")
    members = {"__annotations__": {"old": str, "title": str}, "old": old, "title": field("What it is called.")}
    printed = strawberry.Schema(strawberry.type(type("Query", (), members))).as_str()
    assert 'old: String! @deprecated(reason: "Use `Query.title`; goes after 2027-06-30.")' in printed
    assert unpromising(parse(printed)) == []


def test_before_the_first_release_everything_may_change(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(checkout, RELEASED % DATED, "draft-1")
    publish(checkout, (RELEASED % DATED).replace("title", "name").replace("`Book.name`", "`Book.id`"))
    assert sentences(checkout) == []
    assert capsys.readouterr().out == "gateway: there is no release yet, so the schema may change as it likes\n"


def test_the_last_release_is_the_one_that_counts(checkout: Path) -> None:
    publish(checkout, RELEASED % DATED, "v0.1.0")
    publish(checkout, (RELEASED % DATED).replace("title: String!", "title: String! author: String"), "v0.2.0")
    publish(checkout, RELEASED % DATED)
    assert sentences(checkout) == ["breaks clients of v0.2.0: Field Book.author was removed.", RULE]


def test_a_shallow_clone_without_the_releases_of_its_origin_is_told_to_fetch_them(
    checkout: Path, tmp_path: Path
) -> None:
    publish(checkout, RELEASED % DATED, "v0.1.0")
    publish(checkout, RELEASED % DATED)
    git(tmp_path, "clone", "--depth", "1", checkout.as_uri(), "shallow")
    shallow = tmp_path / "shallow"
    assert sentences(shallow) == [
        "this clone is shallow and has no release to compare with: git fetch --unshallow --tags"
    ]
    git(shallow, "fetch", "--unshallow", "--tags")
    assert sentences(shallow) == []


def test_a_shallow_clone_of_what_was_never_released_has_nothing_to_compare(checkout: Path, tmp_path: Path) -> None:
    publish(checkout, RELEASED % DATED)
    publish(checkout, RELEASED % DATED)
    git(tmp_path, "clone", "--depth", "1", checkout.as_uri(), "shallow")
    assert sentences(tmp_path / "shallow") == []
    checkout.rename(tmp_path / "gone")
    (told,) = sentences(tmp_path / "shallow")
    assert told.startswith("nobody can say what was released: fatal: ")


def test_a_schema_that_a_merge_left_broken_is_told_with_its_line(released: Path) -> None:
    (told,) = changed(released, "enum State", "<<<<<<< HEAD\nenum State")
    assert told.startswith("schema/schema.graphql of this checkout cannot be read: line 7: Syntax Error: ")


def test_where_git_knows_nothing_nobody_can_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/schema.graphql").write_text(RELEASED % DATED)
    (told,) = sentences(tmp_path)
    assert told.startswith("nobody can say what was released: fatal: not a git repository")
