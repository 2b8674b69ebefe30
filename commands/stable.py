"""Whether clients of the last release can live with this checkout's schema: what they rely on goes only announced.

Announced is what was deprecated in that release as commands/deprecation.py says, once its day is over.
"""

import os
import subprocess
from datetime import date
from pathlib import Path

from graphql import DocumentNode, GraphQLSyntaxError, parse

from .breaking import breaking_changes
from .deprecation import unpromising, without_what_was_due
from .failure import Failure

CHECKOUT = Path(__file__).parent.parent
SCHEMA = "schema/schema.graphql"
RELEASES = "v*"
"""Tags that are releases."""

PATIENCE = 20.0
"""Seconds that the place a shallow clone came from may take to answer."""


def stable(checkout: Path, today: date) -> None:
    """Raises Failure with a sentence for each change that breaks a client, or each deprecation that says too little."""
    now = _read((checkout / SCHEMA).read_text(encoding="utf-8"), "of this checkout")
    if unsaid := unpromising(now):
        raise Failure(*unsaid)
    release = _last_release(checkout)
    if release is None:
        print("gateway: there is no release yet, so the schema may change as it likes")
        return
    released = without_what_was_due(_read(_git(checkout, "show", f"{release}:{SCHEMA}"), f"of {release}"), today)
    if broken := breaking_changes(released, now):
        rule = "deprecate in a release first, with what takes its place and a day, and remove after that day"
        raise Failure(*(f"breaks clients of {release}: {change}" for change in broken), rule)
    print(f"gateway: clients of {release} find all they rely on")


def _read(text: str, whose: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLSyntaxError as error:  # as a merge leaves it
        line = error.locations[0].line if error.locations else 0
        raise Failure(f"{SCHEMA} {whose} cannot be read: line {line}: {error.message}") from error


def _last_release(checkout: Path) -> str | None:
    """The newest tag before this commit. Raises Failure where the clone lacks what would tell."""
    listed = _git(checkout, "tag", "--list", RELEASES, "--merged", "HEAD")
    if listed:
        return _git(checkout, "describe", "--tags", "--abbrev=0", "--match", RELEASES)
    if _git(checkout, "rev-parse", "--is-shallow-repository") == "true" and _origin_has_releases(checkout):
        raise Failure("this clone is shallow and has no release to compare with: git fetch --unshallow --tags")
    return None


def _origin_has_releases(checkout: Path) -> bool:
    return _git(checkout, "ls-remote", "--tags", "origin", RELEASES) != ""


def _git(checkout: Path, *words: str) -> str:
    """What git answers. Raises Failure with git's own last words."""
    try:
        done = subprocess.run(  # noqa: S603  our own words
            ["git", *words],  # noqa: S607  whichever git made the checkout
            cwd=checkout,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.CalledProcessError as failure:
        raise Failure(f"nobody can say what was released: {failure.stderr.strip()}") from failure
    except subprocess.TimeoutExpired as failure:
        raise Failure(f"nobody can say what was released: git {words[0]} takes too long") from failure
    return done.stdout.strip()
